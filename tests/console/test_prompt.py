"""A console on a terminal: a prompt that tells how the desk stands, and PINs that nobody reads."""

from __future__ import annotations

import os
import pty
import termios
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.desk_script import LEFT_HAND, MAYA, Day

from kiosk.console import Console
from kiosk.console.prompt import prompt
from kiosk.console.terminal import echo
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.words import say
from kiosk.view.messages import Happened, Picture
from kiosk.view.picture import picture
from kiosk.view.state import Asking, BlockList, FormField, Library, Support
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import AppState

WIDE = 400


def seen(day: Day, *, waiting: int = 0) -> AppState:
    return picture(
        day.desk,
        day.now,
        library=Library(state="offline", waiting=waiting),
        block_list=BlockList(),
        devices=(),
        space=None,
        support=Support(name="Northside IT", phone="555 0199"),
    )


def test_it_tells_mode_patron_due_date_what_waits_who_is_on_duty_and_where() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("due:7")
    assert prompt(seen(day, waiting=3), Words(), WIDE) == (
        "Check out · card 4417, 1 item · due Sat 28 Nov · 3 waiting · Ines"
        " · Northside Branch Library > "
    )


def test_a_patron_without_a_card_has_no_number_there() -> None:
    day = Day()
    day.presses("guest")
    for text in ("Ana Rey", "", "555 0100"):
        day.types(text)
    assert prompt(seen(day), Words(), WIDE).startswith("Check out · without a card, 0 items · ")


def test_the_usual_due_date_takes_no_room() -> None:
    assert prompt(seen(Day()), Words(), WIDE) == "Check out · Ines · Northside Branch Library > "


def test_a_book_drop_day_stays_in_sight() -> None:
    day = Day()
    day.presses("bookdrop:yesterday")
    day.records(LEFT_HAND)
    assert prompt(seen(day), Words(), WIDE).startswith("Check in · 1 item · returned Fri 20 Nov · ")


def test_an_alarm_stands_before_everything() -> None:
    day = Day()
    day.disk_fails()
    assert prompt(seen(day), Words(), WIDE).startswith("Stop. Nothing is being recorded. · ")


@pytest.mark.parametrize("columns", [0, 20, 40, 80, 200])
def test_room_is_left_for_typing(columns: int) -> None:
    text = prompt(seen(Day(), waiting=12_345), Words(), columns)
    assert len(text) <= max(columns - 28, 16)
    assert text.endswith(" > ")


class Screen:
    """The writing of a console, as a terminal would show it."""

    def __init__(self, columns: int) -> None:
        self.typing: list[bool] = []
        self.text = ""
        self.console = Console(Words(), self, columns)
        self.console.send = lambda _: True
        self.console.show_typing = self.typing.append

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass

    def fileno(self) -> int:
        raise OSError

    @property
    def lines(self) -> list[str]:
        return [line.rpartition("\r\x1b[K")[2] for line in self.text.split("\n")]

    def shows(self, state: AppState) -> None:
        self.console.on_message(Picture(state=state))

    def tells(self, day: Day) -> None:
        assert day.desk.state.answer is not None
        self.console.on_message(Happened(at=day.now.isoformat(), answer=day.desk.state.answer))


def test_what_happens_is_printed_above_the_prompt() -> None:
    screen, day = Screen(WIDE), Day()
    screen.shows(seen(day))
    day.scans(MAYA)
    screen.tells(day)
    screen.shows(seen(day))
    assert screen.lines == [
        "10:42:00  -          Scan the items · Card ending 4417",
        "Check out · card 4417, 0 items · Ines · Northside Branch Library > ",
    ]


def test_after_a_line_the_prompt_is_there_again() -> None:
    screen = Screen(WIDE)
    screen.shows(seen(Day()))
    before = screen.text
    screen.console.line(":done")
    assert screen.text == before + "\r\x1b[KCheck out · Ines · Northside Branch Library > "


def test_without_a_terminal_there_is_no_prompt() -> None:
    screen, day = Screen(0), Day()
    screen.shows(seen(day))
    day.scans(MAYA)
    screen.tells(day)
    screen.shows(seen(day))
    assert screen.text == "10:42:00  -          Scan the items · Card ending 4417\n"


def test_help_ends_with_whom_to_call() -> None:
    screen, day = Screen(0), Day()
    screen.shows(seen(day))
    day.types(":help")
    screen.tells(day)
    assert screen.lines[-2] == "Help: Northside IT · 555 0199"


def test_the_choices_of_help_and_of_forms_are_numbered() -> None:
    screen, day = Screen(0), Day()
    day.types(":commands")
    screen.tells(day)
    assert screen.lines[1] == f"{'1':>17}  The visit: done, done-noslip, undo, reprint"


def test_a_pin_is_not_shown_while_it_is_typed() -> None:
    screen, day = Screen(0), Day()
    pin = FormField(
        label=say("plain.text", text="PIN"),
        kind="pin",
        shown=say("plain.text", text=""),
        required=True,
    )
    form = Asking(kind="login", headline=pin.label, detail=None, fields=(pin,), at=0)
    screen.shows(replace(seen(day), form=form))
    screen.shows(seen(day))
    assert screen.typing == [False, True]


# -- the terminal ----------------------------------------------------------------------------------


@pytest.fixture
def terminal() -> Iterator[int]:
    outer, inner = pty.openpty()
    yield inner
    os.close(outer)
    os.close(inner)


def echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_the_echo_is_turned_off_and_on(terminal: int) -> None:
    with echo(terminal) as show:
        show(False)
        assert not echoes(terminal)
        show(True)
        assert echoes(terminal)


def test_the_echo_is_as_it_was_whatever_happens(terminal: int) -> None:
    def asks_and_breaks() -> None:
        with echo(terminal) as show:
            show(False)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asks_and_breaks()
    assert echoes(terminal)


def test_a_terminal_that_hung_up_is_no_trouble() -> None:
    outer, inner = pty.openpty()
    with echo(inner) as show:
        os.close(outer)
        show(False)
    os.close(inner)


def test_what_is_no_terminal_is_left_alone() -> None:
    reader, writer = os.pipe()
    with echo(reader) as show:
        show(False)
    os.close(reader)
    os.close(writer)


def test_the_time_on_a_paper_stays_in_sight_before_everything_else() -> None:
    day = Day()
    day.presses("paper:09:00")
    text = prompt(seen(day), Words(), WIDE)
    assert text.startswith("from paper Sat 21 Nov 09:00 · Check out · ")


def test_the_cart_is_counted_down() -> None:
    day = Day()
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.presses("done", "cart")
    assert prompt(seen(day), Words(), WIDE).startswith("The cart · 1 left · ")


# -- who is on duty ----------------------------------------------------------------------------

STAFF = Roster(members=(Member(number="1", name="Ines", role="supervisor"),))


class Lines:
    """Keeps what is printed."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        """Hold nothing back."""

    def fileno(self) -> int:
        raise OSError


def greeted(day: Day) -> list[str]:
    """What a console prints that comes now, and sees the desk twice."""
    out = Lines()
    console = Console(Words(), out)
    for _ in range(2):
        console.on_message(Picture(state=seen(day)))
    return out.text.splitlines()


def test_a_console_that_comes_is_told_that_nobody_is_on_duty_and_what_is_asked() -> None:
    assert greeted(Day(roster=STAFF, pins={"1": "2741"})) == [
        "Nobody is on duty yet",
        "Scan a badge, or log in with your PIN.",
        "Help: Northside IT · 555 0199",
        "Who is on duty? Scan the badge, or choose",
        "                1  Ines, supervisor",
    ]


def test_a_console_that_comes_is_told_who_is_on_duty_where_and_whom_to_ask() -> None:
    day = Day(roster=STAFF, pins={"1": "2741"})
    day.logs_in("1", ":yes")
    assert greeted(day) == [
        "On duty: Ines · Northside Branch Library · Circulation",
        "Help: Northside IT · 555 0199",
    ]


def test_a_desk_at_which_nobody_says_who_they_are_greets_nobody() -> None:
    assert greeted(Day()) == []


def test_the_prompt_says_first_that_the_desk_is_locked() -> None:
    day = Day(roster=STAFF, pins={"1": "2741"})
    assert prompt(seen(day), Words(), WIDE).startswith("Nobody is on duty yet · Check out")
