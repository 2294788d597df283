"""`help` in every state of the desk: what it is doing, and what it cannot know.

Issue 4, point 10. Documents: WorkFlows offline, "Help"; a screen that says where one is and whom to
call takes its place.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, get_args

import pytest
from support.desk_script import LEFT_HAND, MAYA, MISREAD, PIPPI, Day

from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.commands import Word
from kiosk.desk.help import explain
from kiosk.desk.session.sessions import Roster
from kiosk.desk.visits import Visit
from kiosk.desk.vocabulary import FieldKind, Mode
from kiosk.desk.words import say
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.desk.state import DeskState

WORDS = Words()


def helped(day: Day) -> tuple[str, str]:
    """The keys of headline and detail that `help` answers."""
    day.presses("help")
    _, headline, detail = day.answer
    return headline, detail


def state(day: Day, **changes: object) -> DeskState:
    return replace(day.desk.state, **changes)  # type: ignore[arg-type] # named by each test


@pytest.mark.parametrize(
    ("mode", "visit", "online"), list(product(get_args(Mode), [False, True], [False, True]))
)
def test_every_mode_says_what_a_scan_does_and_what_is_known(
    mode: Mode, *, visit: bool, online: bool
) -> None:
    day = Day()
    opened = Visit(id="v", opened=day.now) if visit else None
    answer = explain(state(day, mode=mode, visit=opened, online=online))
    assert answer.headline.key == f"help.{mode}_{'open' if visit else 'idle'}"
    assert answer.detail == say("help.online" if online else f"help.offline_{mode}")
    assert all(WORDS(x) != x.key for x in (answer.headline, answer.detail))


def test_a_day_at_the_desk_with_help_at_each_step() -> None:
    day = Day()
    assert helped(day) == ("help.checkout_idle", "help.offline_checkout")
    day.records(MAYA, LEFT_HAND)
    assert helped(day) == ("help.checkout_open", "help.offline_checkout")
    day.scans(MISREAD)
    assert helped(day) == ("help.question", "scan.check_digit")
    assert day.desk.state.asked is not None, "asking for help answers nothing"
    day.presses("no", "done", "checkin")
    assert helped(day) == ("help.checkin_idle", "help.offline_checkin")
    day.records(PIPPI)
    day.library_is_reached()
    assert helped(day) == ("help.checkin_open", "help.online")


def test_what_stops_the_desk_comes_first() -> None:
    day = Day()
    day.records(MAYA)
    day.clock_is("wrong", latest=day.now)
    assert helped(day) == ("help.clock_wrong", "clock.how")
    day.scans(LEFT_HAND, MISREAD)
    assert helped(day) == ("help.question", "scan.check_digit")
    day.disk_fails()
    assert helped(day) == ("help.alarm", "alarm.use_paper")


def test_while_done_waits_for_the_library() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert helped(day) == ("help.closing", "help.online")


@pytest.mark.parametrize("kind", get_args(FieldKind))
def test_a_form_is_explained_by_the_field_that_it_asks(kind: FieldKind) -> None:
    option = Option("1", say("plain.text", text="One"))
    field = Field(name="x", label=say("plain.text", text="X"), kind=kind, options=(option,))
    form = Form(kind="some", headline=say("plain.text", text="Some"), fields=(field,))
    answer = explain(state(Day(), form=form))
    assert answer.headline.key == "help.form"
    assert answer.detail == say(f"form.how.{kind}")
    assert answer.rows == (option.words,)


def test_at_a_locked_desk() -> None:
    answer = explain(state(Day(), locked="lock"))
    assert (answer.headline.key, answer.detail) == ("duty.locked.lock", say("duty.how_place"))
    broken = Roster(problem=say("duty.file_damaged"))
    assert explain(state(Day(), locked="start", roster=broken)).detail == broken.problem
    field = Field(name="pin", label=say("plain.text", text="PIN"), kind="pin")
    form = Form(kind="login", headline=field.label, fields=(field,))
    answer = explain(state(Day(), locked="lock", form=form))
    assert (answer.headline.key, answer.detail) == ("help.locked", say("form.how.pin"))


@pytest.mark.parametrize("word", get_args(Word))
def test_every_command_is_explained(word: str) -> None:
    day = Day()
    day.types(f":help:{word}")
    tone, headline, _ = day.answer
    assert (tone, headline) == ("neutral", f"help.command.{word.replace('-', '_')}")


def test_a_command_is_explained_by_any_of_its_forms() -> None:
    day = Day()
    for text in (":help due:21", ":HELP:DUE", ":help::due"):
        day.types(text)
        assert day.answer[1] == "help.command.due"


def test_what_is_no_command_is_said() -> None:
    day = Day()
    day.types(":help:dance")
    assert day.answer == ("not_taken", "command.unknown", "help.commands")
