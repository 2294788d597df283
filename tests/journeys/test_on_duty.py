"""Going on duty at a real engine: PINs, wrong ones, a lock, and what a restart makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.shift import LEFT_HAND, MAYA, ConsoleAtWork, Shift, kiosk, shift, wait_for

from kiosk.cli.common import FAILED
from kiosk.daybook.daybook import Daybook
from kiosk.staff import changes, file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INES, TOMAS = "2741", "8316"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    """A desk with two of staff; Tomas is the administrator."""
    data = tmp_path / "data"
    data.mkdir()
    staff = changes.add(file.Staff(), "Tomas", "administrator", TOMAS)
    file.write(data, changes.add(staff, "Ines", "staff", INES, "B-100"))
    with shift(tmp_path) as opened:
        opened.sees(lambda s: s.form is not None, "the question who is on duty")
        yield opened


def asked(desk: Shift, key: str) -> None:
    desk.sees(lambda s: s.form and s.form.fields[s.form.at].label.key == key, key)


def goes_on_duty(desk: Shift) -> None:
    desk.scan("B-100")
    asked(desk, "duty.pin")
    desk.type(INES)
    desk.sees(lambda s: s.form and s.form.headline.key == "duty.session", "the session's form")
    desk.press("yes")
    desk.sees(lambda s: s.locked is None and s.staff == "Ines", "Ines on duty")


def test_a_console_ends_with_what_is_true_of_its_own_lines(desk: Shift) -> None:
    config = str(desk.config)
    elsewhere = ConsoleAtWork(config, drain=0)
    elsewhere.enters(":help")
    elsewhere.says("before this is answered")
    desk.press("no")
    desk.sees(lambda s: s.form is None, "the question left")
    desk.scan(MAYA)
    elsewhere.says("Not taken")
    code, told, _ = kiosk("console", "--config", config, lines=f"{MAYA}\n")
    assert code == FAILED, told
    assert elsewhere.ends() != FAILED, "what others scanned is none of its lines"


def test_nothing_is_recorded_before_somebody_is_on_duty_and_then_it_says_who(desk: Shift) -> None:
    desk.press("no")
    desk.sees(lambda s: s.form is None, "the question left")
    desk.scan(MAYA, LEFT_HAND)
    desk.hears("duty.not_taken")
    assert desk.transactions() == []
    goes_on_duty(desk)
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item")
    (lent,) = desk.transactions()
    assert lent["staff"] == "Ines"
    with Daybook(desk.data, read_only=True) as daybook:
        duty = daybook.duty()
    assert duty is not None
    assert (duty.id, duty.staff) == (lent["desk_session"], "Ines")
    assert duty.number.startswith("2.")
    _, out, _ = kiosk("status", "--json", "--config", str(desk.config))
    told = json.loads(out)
    assert (told["on_duty"], told["locked"]) == ("Ines", "")
    assert told["duty_at"] == "Northside Branch Library"


def test_wrong_pins_are_put_off_and_a_restart_gives_no_new_tries(desk: Shift) -> None:
    desk.scan("B-100")
    asked(desk, "duty.pin")
    for wrong in range(5):
        desk.type(f"900{wrong}")
    desk.hears("duty.wait_seconds")
    desk.kill_engine()
    desk.engine.start()
    desk.sees(lambda s: s.form is not None, "the question who is on duty")
    desk.happened.clear()
    desk.scan("B-100")
    asked(desk, "duty.pin")
    desk.type(INES)
    answer = desk.hears("duty.wait_seconds").answer
    assert answer.detail is not None
    assert 0 < int(answer.detail.args["count"]) <= 30
    assert desk.state is not None
    assert desk.state.locked is not None


def test_a_restart_goes_on_with_the_session_but_not_where_it_was_locked(desk: Shift) -> None:
    goes_on_duty(desk)
    desk.kill_engine()
    desk.engine.start()
    desk.sees(lambda s: s.staff == "Ines" and s.locked is None, "Ines still on duty")
    desk.press("lock")
    desk.sees(lambda s: s.locked is not None, "the desk locked")
    desk.kill_engine()
    desk.engine.start()
    desk.sees(lambda s: s.locked and s.locked.key == "duty.locked.lock", "the desk still locked")


def test_a_staff_file_that_breaks_while_the_desk_works_is_noticed(desk: Shift) -> None:
    goes_on_duty(desk)
    (desk.data / file.NAME).write_text("{")
    wait_for(lambda: b"kiosk staff list" in desk.engine.errors, "the engine to notice")
    desk.press("login")
    desk.hears("duty.no_roster")
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item, as Ines is still on duty")


def test_a_staff_file_that_goes_lets_nobody_in_without_a_pin_also_when_it_comes_back(
    desk: Shift,
) -> None:
    goes_on_duty(desk)
    desk.press("lock")
    asked(desk, "duty.who")
    away = (desk.data / file.NAME).rename(desk.data / "away.json")
    desk.hears("duty.no_roster")
    desk.press("yes")
    desk.scan(MAYA)
    desk.hears("duty.not_taken")
    away.rename(desk.data / file.NAME)
    asked(desk, "duty.who")
    desk.press("yes")
    desk.hears("duty.who")
    desk.sees(lambda s: s.locked is not None and not s.items, "the desk still locked")


def made_anew(desk: Shift) -> None:
    """Remove the staff file and begin another one, as an administrator does."""
    (desk.data / file.NAME).unlink()
    for name, pin, role in (("Eve", "6402", "administrator"), ("Zoe", "7153", "administrator")):
        add = ("staff", "add", name, "--role", role, "--config", str(desk.config))
        assert kiosk(*add, lines=f"{pin}\n")[0] == 0


def test_nobody_is_taken_for_who_has_the_number_in_a_staff_file_that_was_made_anew(
    desk: Shift,
) -> None:
    goes_on_duty(desk)
    made_anew(desk)
    desk.sees(lambda s: s.locked and s.locked.key == "duty.locked.gone", "the desk locked")
    desk.scan(MAYA, LEFT_HAND)
    desk.hears("form.label_scanned")
    assert desk.transactions() == []
    desk.sees(lambda s: s.form and len(s.form.fields[0].options) == 2, "both of the new staff")
    desk.type("2")
    asked(desk, "duty.pin")
    desk.type("7153")
    desk.sees(lambda s: s.locked is None and s.staff == "Zoe", "Zoe on duty")


def test_nor_do_the_settings_stay_open_that_one_of_the_old_file_has_opened(desk: Shift) -> None:
    desk.press("no")  # nobody is on duty, so that nobody goes off duty either
    desk.press("settings")
    asked(desk, "duty.pin")
    desk.type(TOMAS)
    desk.sees(lambda s: s.settings and s.settings.by == "Tomas", "the settings open")
    made_anew(desk)
    desk.sees(lambda s: s.settings is None, "the settings closed")


def test_so_it_is_where_the_file_was_made_anew_while_the_kiosk_was_off(desk: Shift) -> None:
    goes_on_duty(desk)
    desk.kill_engine()
    made_anew(desk)
    desk.engine.start()
    desk.sees(lambda s: s.locked is not None and s.form is not None, "the desk locked")
    assert desk.state is not None
    assert desk.state.staff not in ("Eve", "Zoe")


def test_real_pins_are_given_while_somebody_practises_and_change_nothing_at_the_desk(
    desk: Shift,
) -> None:
    goes_on_duty(desk)
    desk.type(":practice")
    desk.sees(lambda s: bool(s.practice_until), "the practice")
    desk.press("login")
    asked(desk, "duty.who")
    desk.type("1")
    asked(desk, "duty.pin")
    desk.type(TOMAS)
    desk.sees(lambda s: s.form and s.form.headline.key == "duty.session", "the PIN was right")
    desk.press("yes")
    desk.sees(lambda s: s.staff == "Tomas" and bool(s.practice_until), "Tomas practising")
    desk.type(":practice")
    desk.sees(lambda s: not s.practice_until and s.staff == "Ines", "Ines on duty as before")
