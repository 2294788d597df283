"""PINs as the engine checks them: against the file as it is now, counted, and never in vain."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from support.patience import PATIENCE

from kiosk.engine.staff import StaffRoom
from kiosk.staff import changes, file

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk.events import PinChecked

NOW = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


@pytest.fixture
def room(tmp_path: Path) -> StaffRoom:
    file.write(tmp_path, changes.add(file.Staff(), "Ada", "administrator", "5093"))
    return StaffRoom(tmp_path, "boot", lambda: 100.0)


def check(room: StaffRoom, pin: str, staff: str = "") -> PinChecked:
    """Have a PIN checked: Ada's, where nobody else is named."""
    staff = staff or room.roster.members[0].number
    return asyncio.run(room.check(staff, pin, lambda: NOW))


def test_the_right_pin_is_right_and_a_wrong_one_costs_a_try(room: StaffRoom) -> None:
    assert check(room, "5093").ok
    wrong = check(room, "5094")
    assert (wrong.ok, wrong.tries, wrong.wait) == (False, 4, 0)
    assert check(room, "5093").ok
    assert check(room, "5094").tries == 4


def test_while_tries_are_put_off_even_the_right_one_is_not_looked_at(room: StaffRoom) -> None:
    assert [check(room, "5094").wait for _ in range(6)] == [0, 0, 0, 0, 30, 30]
    late = check(room, "5093")
    assert (late.ok, late.wait) == (False, 30)


def test_another_pin_and_nobody_at_all_are_known_at_once(room: StaffRoom, tmp_path: Path) -> None:
    staff = file.read(tmp_path)
    assert staff is not None
    file.write(tmp_path, changes.set_pin(staff, staff.people[0], "2741"))
    assert check(room, "2741").ok
    assert not check(room, "5093").ok
    assert not check(room, "5093", staff="9").ok


def test_the_pin_of_who_has_the_number_in_a_file_that_was_made_anew_is_not_right(
    room: StaffRoom, tmp_path: Path
) -> None:
    """It would be given under the name of before, until the desk has seen the file."""
    file.write(tmp_path, changes.add(file.Staff(), "Eve", "administrator", "6402"))
    assert not check(room, "6402").ok


@pytest.mark.parametrize("n", [0, 3, -1, 1 << 40])
def test_a_file_that_cannot_be_used_is_said_and_nobody_is_let_in(
    room: StaffRoom, tmp_path: Path, n: int
) -> None:
    staff = file.read(tmp_path)
    assert staff is not None
    person = staff.people[0]
    spoilt = replace(person, pin=replace(person.pin, n=n))
    file.write(tmp_path, replace(staff, people=(spoilt,)))
    answer = check(room, "5093")
    assert not answer.ok
    assert answer.problem is not None
    (tmp_path / file.NAME).write_text("{")
    assert check(room, "5093").problem is not None


def test_a_changed_file_is_followed(
    room: StaffRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.engine.staff.LOOK", 0.01)

    async def follow() -> list[int]:
        seen: asyncio.Queue[int] = asyncio.Queue()

        def changed() -> None:
            seen.put_nowait(len(room.roster.members))

        watching = asyncio.create_task(room.watch(changed))
        staff = file.read(tmp_path)
        assert staff is not None
        file.write(tmp_path, changes.add(staff, "Ines", "staff", "2741"))
        two = await seen.get()
        (tmp_path / file.NAME).unlink()
        none = await seen.get()
        problem = room.roster.problem
        assert problem is not None
        assert problem.key == "duty.file_gone", "a file that goes leaves no desk without PINs"
        file.write(tmp_path, staff)
        back = await seen.get()
        watching.cancel()
        return [two, none, back]

    assert asyncio.run(asyncio.wait_for(follow(), PATIENCE)) == [2, 0, 1]


def test_no_pin_is_right_while_the_file_is_missing_and_it_costs_no_try(
    room: StaffRoom, tmp_path: Path
) -> None:
    staff = file.read(tmp_path)
    assert staff is not None
    (tmp_path / file.NAME).unlink()
    answer = check(room, "5093")
    assert not answer.ok
    assert answer.problem is not None
    assert answer.problem.key == "duty.file_gone"
    file.write(tmp_path, staff)
    assert check(room, "5094").tries == 4
