"""The staff file: what is taken, how it is kept, and what a wrong PIN costs."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.staff import changes, file, pins
from kiosk.staff.file import Staff, StaffError
from kiosk.staff.tries import FREE, Tries

if TYPE_CHECKING:
    from pathlib import Path


class Uptime:
    """Seconds since a machine started."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def staff() -> Staff:
    return changes.add(Staff(), "Ada", "administrator", "5093")


# -- PINs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pin", ["0000", "1234", "4321", "9876", "0123", "7890", "1212", "123123", "111111111111"]
)
def test_a_pin_that_everybody_would_try_is_refused(pin: str) -> None:
    assert "anybody would try" in pins.problem(pin)


@pytest.mark.parametrize(
    "pin", ["", "123", "1234567890123", "27a1", "\uff12\uff17\uff14\uff11", "27 41"]
)
def test_a_pin_has_four_to_twelve_digits(pin: str) -> None:
    assert pins.problem(pin) == "a PIN has 4 to 12 digits"


@pytest.mark.parametrize("pin", ["2741", "1235", "1122", "19640229"])
def test_other_pins_are_taken(pin: str) -> None:
    assert pins.problem(pin) == ""


@settings(max_examples=5, deadline=None)
@given(st.from_regex(r"\d{4,12}", fullmatch=True), st.from_regex(r"\d{4,12}", fullmatch=True))
def test_only_the_pin_itself_fits_what_is_kept_of_it(pin: str, other: str) -> None:
    kept = pins.made_of(pin)
    assert pins.fits(pin, kept)
    assert pins.fits(other, kept) == (pin == other)


def test_the_same_pin_is_kept_differently_each_time() -> None:
    assert pins.made_of("2741").hash != pins.made_of("2741").hash


def test_what_is_kept_says_how_it_was_made_so_that_the_price_may_rise() -> None:
    cheap = pins._scrypt("2741", b"salt", 1 << 10, 8, 1)
    kept = pins.PinHash(n=1 << 10, r=8, p=1, salt=b"salt".hex(), hash=cheap.hex())
    assert pins.fits("2741", kept)


# -- the file ----------------------------------------------------------------------------------


def test_the_file_is_for_the_kiosk_alone_and_never_holds_a_pin(
    tmp_path: Path, staff: Staff
) -> None:
    file.write(tmp_path, staff)
    path = tmp_path / file.NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"5093" not in path.read_bytes().replace(staff.people[0].pin.hash.encode(), b"")
    assert file.read(tmp_path) == staff
    assert [member.name for member in file.roster(tmp_path).members] == ["Ada"]


def test_without_a_file_there_is_no_staff(tmp_path: Path) -> None:
    assert file.read(tmp_path) is None
    assert not file.roster(tmp_path).asks


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"version": 2}', b"\xff", b"[" * 10_000])
def test_a_damaged_file_is_told_and_lets_nobody_in(tmp_path: Path, text: bytes) -> None:
    (tmp_path / file.NAME).write_bytes(text)
    with pytest.raises(StaffError, match="is damaged, or written by another version"):
        file.read(tmp_path)
    roster = file.roster(tmp_path)
    assert roster.asks
    assert roster.members == ()
    assert roster.problem is not None


def test_a_disk_without_room_leaves_the_old_file(
    tmp_path: Path, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write(tmp_path, staff)

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StaffError, match="No space left"):
        file.write(tmp_path, changes.add(staff, "Ines", "staff", "2741"))
    assert file.read(tmp_path) == staff


# -- changes -----------------------------------------------------------------------------------


def test_the_first_one_has_to_be_an_administrator_and_the_last_one_stays(staff: Staff) -> None:
    with pytest.raises(StaffError, match="the first one has to be an administrator"):
        changes.add(Staff(), "Ines", "staff", "2741")
    with pytest.raises(StaffError, match="Ada is the last administrator"):
        changes.remove(staff, staff.people[0])
    with pytest.raises(StaffError, match="Ada is the last administrator"):
        changes.set_role(staff, staff.people[0], "supervisor")
    two = changes.add(staff, "Ines", "administrator", "2741")
    assert [x.name for x in changes.remove(two, two.people[0]).people] == ["Ines"]


def test_a_number_is_never_given_twice(staff: Staff) -> None:
    two = changes.add(staff, "Ines", "staff", "2741")
    again = changes.add(changes.remove(two, two.people[1]), "Ines", "staff", "2741")
    assert [x.number for x in again.people] == [1, 3]


def test_nor_is_it_by_a_file_that_is_begun_anew() -> None:
    one, other = (changes.add(Staff(), "Ada", "administrator", "5093") for _ in range(2))
    (ada,), (eve,) = one.members, other.members
    assert ada.number != eve.number
    assert one.member(ada.number) == one.people[0]
    assert other.member(ada.number) is None
    more = changes.add(one, "Ines", "staff", "2741")
    assert more.members[0] == ada, "who is added changes nobody's number"


def test_a_file_of_before_such_a_mark_keeps_its_numbers(tmp_path: Path, staff: Staff) -> None:
    file.write(tmp_path, staff)
    path = tmp_path / file.NAME
    path.write_text(path.read_text().replace(f'"made": "{staff.made}",', ""))
    old = file.read(tmp_path)
    assert old is not None
    old = changes.add(old, "Ines", "staff", "2741")
    assert [x.number for x in old.members] == ["1", "2"]


def test_two_of_one_name_are_found_by_number(staff: Staff) -> None:
    two = changes.add(staff, "ada", "staff", "2741")
    with pytest.raises(StaffError, match="give the number, 1 and 2"):
        changes.found(two, "Ada")
    assert changes.found(two, "2").name == "ada"
    with pytest.raises(StaffError, match="nobody is called 'Bob'"):
        changes.found(two, "Bob")


def test_a_badge_belongs_to_one_and_is_no_command(staff: Staff) -> None:
    two = changes.add(staff, "Ines", "staff", "2741", "B-100")
    with pytest.raises(StaffError, match="belongs to Ines, number 2"):
        changes.set_badge(two, two.people[0], "B-100")
    with pytest.raises(StaffError, match="is a command of the desk"):
        changes.set_badge(two, two.people[0], "DONE")
    with pytest.raises(StaffError, match="command"):
        changes.set_badge(two, two.people[0], ":foo")  # a colon is the beginning of any command
    assert changes.set_badge(two, two.people[1], "").people[1].badge == ""


# -- wrong PINs --------------------------------------------------------------------------------


def tried(tries: Tries, times: int) -> int:
    for _ in range(times):
        tries.count("1", "salt")
    return tries.wait("1", "salt")


def test_five_wrong_pins_are_free_and_then_it_takes_longer_each_time(
    tmp_path: Path, uptime: Uptime
) -> None:
    tries = Tries(tmp_path, "boot", uptime)
    assert tried(tries, FREE - 1) == 0
    assert tries.left("1", "salt") == 1
    assert [tried(tries, 1) for _ in range(8)] == [30, 60, 120, 240, 480, 900, 900, 900]
    uptime.seconds += 899.5
    assert tries.wait("1", "salt") == 1
    uptime.seconds += 0.5
    assert tries.wait("1", "salt") == 0


def test_a_restart_gives_no_new_tries(tmp_path: Path, uptime: Uptime) -> None:
    tried(Tries(tmp_path, "boot", uptime), FREE + 1)
    uptime.seconds += 10
    assert Tries(tmp_path, "boot", uptime).wait("1", "salt") == 50


def test_after_a_reboot_the_pause_begins_anew_whatever_its_clock_says(
    tmp_path: Path, uptime: Uptime
) -> None:
    tried(Tries(tmp_path, "boot", uptime), FREE + 1)
    uptime.seconds = 15
    assert Tries(tmp_path, "next boot", uptime).wait("1", "salt") == 45


def test_the_right_pin_and_another_pin_give_new_tries(tmp_path: Path, uptime: Uptime) -> None:
    tries = Tries(tmp_path, "boot", uptime)
    tried(tries, FREE)
    assert tries.wait("1", "another salt") == 0
    assert tries.wait("2", "salt") == 0
    tries.forget("1")
    assert Tries(tmp_path, "boot", uptime).wait("1", "salt") == 0


def test_a_damaged_file_of_tries_locks_nobody_out(tmp_path: Path, uptime: Uptime) -> None:
    (tmp_path / "pin-tries.json").write_bytes(b'{"1": 5}')
    assert Tries(tmp_path, "boot", uptime).wait("1", "salt") == 0


def test_tries_are_kept_for_the_kiosk_alone(tmp_path: Path, uptime: Uptime) -> None:
    tried(Tries(tmp_path, "boot", uptime), 1)
    path = tmp_path / "pin-tries.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(msgspec.json.decode(path.read_bytes())) == ["1"]
