"""The console: lines in, and one printed line for each thing that happened."""

from __future__ import annotations

import io
import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from support.desk_script import LEFT_HAND, MAYA, MISREAD, Day
from support.patience import PATIENCE

from kiosk.console import Console
from kiosk.desk.answers import Alarm, Answer, look, news, refusal
from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.words import say
from kiosk.view.messages import (
    Happened,
    Picture,
    Ping,
    Pong,
    ReceiptDrawn,
    Screenshot,
    ScreenshotTaken,
    TurnedAway,
    Typed,
)
from kiosk.view.picture import picture, reminders
from kiosk.view.state import BlockList, Library, Space, Support, Tone, ToTell
from kiosk.words import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.view.messages import Intent

AT = "2026-11-21T10:42:07+01:00"


NOT_TAKEN = refusal(say("duty.not_taken"), say("duty.how_staff"))


class Terminal:
    """A console with its link in hand."""

    def __init__(self, columns: int = 0, language: str = "en") -> None:
        self.out = io.StringIO()
        self.sent: list[Intent] = []
        self.console = Console(Words(language), self.out, columns)
        self.console.send = self._send

    def _send(self, intent: Intent) -> bool:
        self.sent.append(intent)
        return True

    @property
    def lines(self) -> list[str]:
        return self.out.getvalue().splitlines()

    @property
    def typed(self) -> list[Typed]:
        return [intent for intent in self.sent if isinstance(intent, Typed)]

    def enters(self, line: str) -> int:
        """Enter a line; give the number under which it went."""
        self.console.line(line)
        return self.typed[-1].number

    def happens(self, answer: Answer, number: int = 0) -> str:
        self.console.on_message(Happened(at=AT, answer=answer, number=number))
        return self.lines[-1]


def test_a_line_is_a_scan_or_a_command() -> None:
    terminal = Terminal()
    for line in (MAYA, f"  {LEFT_HAND}\n", ":due:21", ":nonsense"):
        assert terminal.console.line(line)
    assert [x.text for x in terminal.typed] == [MAYA, LEFT_HAND, ":due:21", ":nonsense"]
    assert len({x.number for x in terminal.typed} - {0}) == 4, "each is told from the others"
    assert terminal.lines == []


def test_an_empty_line_is_for_the_desk_to_judge() -> None:
    terminal = Terminal()
    assert terminal.console.line("   \n")
    assert [x.text for x in terminal.typed] == [""]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happens_stands_below_what_happened_in_every_language(language: str) -> None:
    terminal = Terminal(language=language)
    for tone in get_args(Tone):
        terminal.happens(Answer(tone=tone, headline=say("plain.text", text="Here")))
    assert len({len(line) for line in terminal.lines}) == 1


@pytest.mark.parametrize("word", [":quit", ":q"])
def test_quit_ends_it(word: str) -> None:
    terminal = Terminal()
    assert not terminal.console.line(word)
    assert terminal.sent == []


def test_everything_that_happens_is_one_line() -> None:
    day, terminal = Day(online=True), Terminal()
    day.records(MAYA, LEFT_HAND)
    day.library_confirms(title="The Left Hand of Darkness")
    day.scans(MISREAD, "no", ":foo")
    day.presses("done")
    for answer in day.told:
        terminal.happens(answer)
    assert terminal.lines == [
        "10:42:07  -          Scan the items · Card ending 4417",
        f"10:42:07  recorded   {LEFT_HAND} · Due Sat 12 Dec · Recorded. Asking the library…",
        (
            f"10:42:07  confirmed  The Left Hand of Darkness · {LEFT_HAND} · Due Sat 12 Dec"
            " · Checked out"
        ),
        (
            f"10:42:07  look       Use {MISREAD} anyway? · The last digit does not match the rest,"
            " so part of the number may be misread. Scan it again."
        ),
        (
            f"10:42:07  not taken  Not taken: {MISREAD} · The last digit does not match the rest,"
            " so part of the number may be misread. Scan it again."
        ),
        (
            "10:42:07  not taken  Unknown command: :foo · :commands lists those that there are,"
            " :help:done explains one."
        ),
        "10:42:07  -          1 item checked out · Card ending 4417",
    ]


def test_words_from_outside_make_no_line_of_their_own_and_no_command() -> None:
    line = Terminal().happens(news(say("plain.text", text="Dark\nness\x1b[2J\r of Gethen")))
    assert line == "10:42:07  -          Dark ness [2J  of Gethen"


def test_a_receipt_is_drawn_as_it_is() -> None:
    terminal = Terminal()
    terminal.console.on_message(ReceiptDrawn(text="┌────┐\n│ hi │"))
    assert terminal.lines == ["┌────┐", "│ hi │"]


def test_a_screenshot_is_asked_for_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    terminal = Terminal()
    terminal.console.line(":screenshot screen one.png")
    terminal.console.line(":screenshot")
    assert terminal.sent == [Screenshot(path=str(tmp_path / "screen one.png"))]
    assert terminal.lines == ["Name a file: :screenshot screen.png"]


def test_what_became_of_a_screenshot_is_said() -> None:
    terminal = Terminal()
    terminal.console.on_message(ScreenshotTaken(path="screen.png"))
    terminal.console.on_message(ScreenshotTaken(path="screen.png", problem="no screen"))
    assert terminal.lines == [
        "The screen is saved in screen.png",
        "The screen was not saved: no screen",
    ]


def test_without_an_engine_a_scan_is_not_taken() -> None:
    terminal = Terminal()
    terminal.console.send = lambda _: False
    terminal.console.line(MAYA)
    terminal.console.line(":screenshot x.png")
    assert [line.partition(".")[0] for line in terminal.lines] == [
        f"Not taken: {MAYA}",
        "Not taken: :screenshot",
    ]
    assert terminal.console.settled(1.0) is None


def test_when_nobody_reads_any_more_lines_are_still_taken() -> None:
    terminal = Terminal()
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        terminal.console = Console(Words(), out)
        terminal.console.send = terminal._send
        terminal.console.engine_lost()
        assert terminal.console.line(MAYA)
        terminal.console.engine_found()
    assert [x.text for x in terminal.typed] == [MAYA]


LIST_OF_LAST_YEAR = BlockList(state="old", made="2026-12-31", days=1, cards=2)
ALARM = refusal(say("alarm.headline"), say("alarm.use_paper"))


def shows(terminal: Terminal, day: Day | None = None, **changes: object) -> None:
    """Show a desk to the console."""
    day = day or Day()
    shown = picture(
        day.desk,
        day.now,
        library=Library(state="none"),
        block_list=BlockList(),
        devices=(),
        space=None,
        support=Support(),
    )
    terminal.console.on_message(Picture(state=replace(shown, **changes)))


def test_a_line_typed_by_a_person_says_what_was_asked_and_one_that_is_piped_in_does_not() -> None:
    day, typed, piped = Day(), Terminal(), Terminal()
    typed.console.by_hand = True
    day.presses("register")
    for terminal in (typed, piped):
        shows(terminal, day)
        terminal.console.line(MAYA)
    assert day.desk.state.prompt.form
    assert [x.prompt for x in typed.typed] == [day.desk.state.prompt]
    assert [x.prompt for x in piped.typed] == [None]


def test_what_was_half_typed_is_forgotten_when_somebody_else_has_gone_on() -> None:
    day, terminal, forgotten = Day(), Terminal(), []
    terminal.console.by_hand = True
    terminal.console.forget_typing = lambda: forgotten.append(day.desk.state.form is None)
    shows(terminal, day)
    terminal.console.line(":register")
    day.presses("register")
    shows(terminal, day)
    assert forgotten == [], "it has gone on by itself"
    shows(terminal, day)
    day.records(MISREAD)
    shows(terminal, day)
    day.presses("no")
    shows(terminal, day)
    assert forgotten[-1]
    told = len(forgotten)
    day.records(MAYA, LEFT_HAND)
    shows(terminal, day)
    assert len(forgotten) == told, "no form came or went"


def test_a_number_that_came_too_late_makes_the_end_an_unhappy_one() -> None:
    terminal = Terminal()
    late = refusal(say("late.not_taken"), say("late.not_taken_detail"))
    terminal.happens(late, terminal.enters(LEFT_HAND))
    assert terminal.console.unrecorded


def test_after_the_engine_was_killed_it_says_who_is_served_and_asks_again() -> None:
    day, terminal = Day(), Terminal()
    day.disk.block_list[MAYA] = Listed(("delinquent",), day.now.date())
    day.records(MAYA)
    shows(terminal, day)
    terminal.console.engine_lost()
    before = len(terminal.lines)
    day.is_killed()
    terminal.console.engine_found()
    shows(terminal, day)
    assert terminal.lines[before:] == [
        "The desk engine runs.",
        "Open: card ending 4417, 0 items",
        "Overdue items or fees",
        "Overdue or owing (block list of Sat 21 Nov). Tell the patron.",
        ":yes  I have told the patron  ·  :no  Do not lend",
    ]


def test_who_comes_where_the_library_refuses_the_login_is_told_whom_to_tell() -> None:
    terminal = Terminal(columns=100)
    reason = say("library.login_refused", host="sip.library.example")
    shows(terminal, library=Library(state="offline", reason=reason))
    text = terminal.out.getvalue()
    assert "The library refused this kiosk's login. " in text
    assert "The name or password in the settings is wrong or was changed: tell your" in text
    assert "Login refused" in text.splitlines()[-1]


def test_who_comes_during_an_outage_is_told_nothing_about_logins() -> None:
    terminal = Terminal()
    reason = say("library.no_answer", host="sip.library.example")
    shows(terminal, library=Library(state="offline", reason=reason))
    assert terminal.lines == []


def test_who_comes_before_somebody_was_told_of_an_outage_hears_whom_to_tell() -> None:
    terminal = Terminal()
    telling = ToTell(who=("Westside Consortium \u00b7 555 0123",), text=(say("tell.well"),))
    shows(terminal, library=Library(state="online", to_tell=(telling,)))
    assert "Yet to be told of an outage: Westside Consortium · 555 0123. " in terminal.lines[-1]


def test_who_comes_while_somebody_practises_hears_it_before_all_else() -> None:
    day, terminal = Day(), Terminal()
    day.presses("checkin")
    day.records(LEFT_HAND)
    shows(terminal, day, practice_until="2026-11-21T10:44:00+01:00")
    assert terminal.lines[0].startswith("Practice until 10:44")
    assert terminal.lines[1] == "Open: 1 item"


def test_who_comes_while_items_are_returned_hears_how_many() -> None:
    day, terminal = Day(), Terminal()
    day.presses("checkin")
    day.records(LEFT_HAND)
    shows(terminal, day)
    assert terminal.lines[0] == "Open: 1 item"


def test_who_comes_in_the_middle_of_a_sheet_hears_of_when_the_next_line_counts() -> None:
    day, terminal = Day(), Terminal()
    day.presses("paper:09:00")
    day.records(MAYA, LEFT_HAND)
    day.is_killed()
    shows(terminal, day)
    assert terminal.lines == [
        "Open: card ending 4417, 1 item",
        (
            "From paper: the next line counts as of Sat 21 Nov 09:00. "
            ":today shows which one was recorded last."
        ),
    ]


def test_a_day_of_another_year_is_told_with_its_year() -> None:
    terminal = Terminal()
    assert terminal.happens(news(say("plain.day", day="2026-12-31"))).endswith("Thu 31 Dec")
    assert terminal.happens(news(say("plain.day", day="2027-01-01"))).endswith("Fri 1 Jan 2027")
    shows(terminal, now="2027-01-01T09:00:00+01:00", block_list=BlockList(state="none"))
    shows(terminal, now="2027-01-01T09:00:00+01:00", block_list=LIST_OF_LAST_YEAR)
    assert "The block list is from Thu 31 Dec 2026" in terminal.lines[-1]


def test_who_comes_during_an_alarm_is_told_of_it_once() -> None:
    terminal = Terminal()
    for _ in range(2):
        shows(terminal, alarm=Alarm(reason="No space left on device", safe_until=""))
    (line,) = terminal.lines
    assert line.startswith("Stop. Nothing is being recorded. · ")
    assert not terminal.console.unrecorded  # nothing was entered


def test_who_heard_the_alarm_is_not_told_again_but_of_the_next_one() -> None:
    terminal = Terminal()
    for _ in range(2):
        terminal.happens(ALARM)
        shows(terminal, alarm=Alarm(reason="No space left on device", safe_until=""))
        shows(terminal, alarm=None)
    assert len(terminal.lines) == 2


@pytest.mark.parametrize("key", ["alarm.headline", "alarm.not_recorded"])
def test_it_keeps_in_mind_that_something_was_not_recorded(key: str) -> None:
    terminal = Terminal()
    terminal.happens(news(say("done.nobody")))
    assert not terminal.console.unrecorded
    terminal.happens(refusal(say(key), say("alarm.use_paper")))
    terminal.happens(news(say("alarm.over")))
    assert terminal.console.unrecorded


def test_a_scan_for_which_nobody_is_on_duty_or_that_a_form_keeps_back_is_not_recorded() -> None:
    refused = refusal(say("duty.not_taken"), say("duty.how_staff"))
    kept_back = look(say("duty.who"), say("form.label_scanned"))
    mistyped = look(say("duty.who"), say("form.choose", least=1, most=2))
    for answer, lost in ((refused, True), (kept_back, True), (mistyped, False)):
        terminal = Terminal()
        terminal.happens(answer, terminal.enters(MAYA))
        assert terminal.console.unrecorded == lost


def test_what_is_not_taken_of_others_says_nothing_of_what_was_entered_here() -> None:
    here, there = Terminal(), Terminal()
    here.enters(MAYA)
    here.happens(NOT_TAKEN)  # with a scanner
    here.happens(NOT_TAKEN, there.enters(MAYA))
    assert not here.console.unrecorded


def test_what_was_not_taken_and_was_entered_again_is_recorded() -> None:
    terminal = Terminal()
    card, item = terminal.enters(MAYA), terminal.enters(LEFT_HAND)
    terminal.happens(NOT_TAKEN, card)
    terminal.happens(NOT_TAKEN, item)
    terminal.enters(MAYA)
    assert terminal.console.unrecorded, "the item was not entered again"
    again = terminal.enters(LEFT_HAND)
    assert not terminal.console.unrecorded
    terminal.happens(NOT_TAKEN, again)
    assert terminal.console.unrecorded


def test_what_no_engine_took_or_was_under_way_when_it_went_is_not_recorded() -> None:
    terminal = Terminal()
    terminal.console.engine_lost()
    assert not terminal.console.unrecorded
    terminal.console.line(MAYA)
    terminal.console.engine_lost()
    assert terminal.console.unrecorded
    alone = Terminal()
    alone.console.send = lambda _: False
    alone.console.line(MAYA)
    assert alone.console.unrecorded


def test_an_engine_of_another_version_is_said() -> None:
    terminal = Terminal()
    terminal.console.on_message(TurnedAway(engine_version="9.9", link_version=9))
    assert terminal.console.turned_away
    assert "9.9" in terminal.lines[0]


def test_how_delivery_stands_is_told_once_all_lines_are_taken_care_of() -> None:
    terminal = Terminal()
    library = Library(state="online", waiting=1)

    def answers_late(intent: Intent) -> bool:
        assert isinstance(intent, Ping)
        old = Pong(number=intent.number - 1, library=Library(state="none"))
        terminal.console.on_message(old)
        pong = Pong(number=intent.number, library=library)
        threading.Timer(0.02, terminal.console.on_message, [pong]).start()
        return True

    terminal.console.send = answers_late
    pong = terminal.console.settled(5.0)
    assert pong is not None
    assert pong.library == library


def test_an_engine_that_does_not_answer_is_waited_for_no_longer_than_asked() -> None:
    assert Terminal().console.settled(0.01) is None


class Patience(threading.Condition):
    """Waits in vain, again and again. Meanwhile something comes, until nothing is left to come."""

    def __init__(self, *comes: Callable[[], object]) -> None:
        super().__init__()
        self._comes = iter(comes)

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        next(self._comes, lambda: None)()
        return predicate()


def test_an_engine_that_has_much_to_do_is_waited_for_as_long_as_something_comes() -> None:
    terminal = Terminal()
    console = terminal.console

    def something() -> None:
        console.on_message(Happened(at=AT, answer=news(say("sessions.left"))))

    def pong() -> None:
        ping = terminal.sent[-1]
        assert isinstance(ping, Ping)
        console.on_message(Pong(number=ping.number, library=Library(state="online")))

    console._answered = Patience(*[something] * 5, pong)
    assert console.settled(10.0) is not None
    console._answered = Patience(*[something] * 5)
    assert console.settled(10.0) is None
    console._answered = Patience(something, pong)
    assert console.standing(10.0) is None, "how it stands is asked to be told at once"


def test_of_an_engine_that_dies_no_answer_is_waited_for() -> None:
    terminal = Terminal()

    def dies(_: Intent) -> bool:
        threading.Timer(0.02, terminal.console.engine_lost).start()
        threading.Timer(0.04, terminal.console.engine_found).start()  # another one has begun
        return True

    terminal.console.send = dies
    terminal.console.line(LEFT_HAND)
    began = time.monotonic()
    assert terminal.console.settled(PATIENCE) is None
    assert time.monotonic() - began < PATIENCE
    assert terminal.console.unrecorded


class Stopped(io.StringIO):
    """Output whose reader has stopped, until it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.is_full, self.goes_on = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.is_full.set()
        self.goes_on.wait(PATIENCE)
        return super().write(text)


def test_where_nobody_reads_what_is_printed_the_engine_is_not_called_silent() -> None:
    out = Stopped()
    console = Console(Words(), out)
    console.send = lambda _: True

    def engine() -> None:
        console.on_message(Happened(at=AT, answer=news(say("done.nobody"))))
        console.on_message(Pong(number=console._pings, library=Library(state="offline")))

    printing = threading.Thread(target=engine)
    printing.start()
    assert out.is_full.wait(PATIENCE)
    threading.Timer(0.3, out.goes_on.set).start()
    assert console.settled(0.01) is not None, "its patience is over many times"
    printing.join()


def test_a_console_that_is_told_to_end_waits_for_nobody_who_does_not_read() -> None:
    out = Stopped()
    console = Console(Words(), out)
    console.send = lambda _: True
    printing = threading.Thread(target=console.say, args=(say("done.nobody"),))
    printing.start()
    assert out.is_full.wait(PATIENCE)
    threading.Timer(0.05, console.leave).start()
    assert console.settled(0.01) is None
    assert not out.goes_on.is_set()
    out.goes_on.set()
    printing.join()


def test_what_the_engine_has_taken_care_of_is_recorded_though_it_goes_afterwards() -> None:
    terminal = Terminal()
    console = terminal.console

    def answers(intent: Intent) -> bool:
        if isinstance(intent, Ping):
            console.on_message(Pong(number=intent.number, library=Library(state="offline")))
        return True

    console.send = answers
    console.line(LEFT_HAND)
    assert console.standing(PATIENCE) is not None
    assert console.settled(PATIENCE) is not None
    console.engine_lost()
    assert not console.unrecorded
    console.line(LEFT_HAND)
    assert console.standing(PATIENCE) is not None, "that says nothing of what was entered"
    console.engine_lost()
    assert console.unrecorded


FILLING = Space(
    state="low",
    headline=say("space.low", percent=14),
    lasting=say("space.lasts", transactions=2300, count=4),
)
FULL = Space(state="short", headline=say("space.short"), lasting=say("space.lasts_no_day", count=9))


def test_the_room_on_the_disk_is_told_when_it_changes_and_only_then() -> None:
    terminal, day = Terminal(), Day()

    def shown(space: Space | None) -> None:
        state = picture(
            day.desk,
            day.now,
            library=Library(state="none"),
            block_list=BlockList(),
            devices=(),
            space=space,
            support=Support(),
        )
        terminal.console.on_message(Picture(state=state))

    for space in (None, FILLING, FILLING, FULL, None):
        shown(space)
    first, second, third = terminal.lines
    assert first.startswith(
        "The disk is filling up: 14% is free · "
        "Room for about 2,300 more transactions, about 4 days. · Go on as usual"
    )
    assert second.startswith("The disk is almost full")
    assert third == "The disk has room again"


def test_a_clock_that_cannot_be_right_is_asked_about_once() -> None:
    terminal, day = Terminal(), Day()
    day.clock_is("wrong", latest=day.now)
    state = picture(
        day.desk,
        day.now,
        library=Library(state="none"),
        block_list=BlockList(),
        devices=(),
        space=None,
        support=Support(),
    )
    for _ in range(2):
        terminal.console.on_message(Picture(state=state))
    question, why, how = terminal.lines
    assert question == "Is it Sat 21 Nov 2026  10:42?"
    assert "later than Sat 21 Nov 2026  10:42" in why
    assert "time:14:05" in how


def test_the_block_list_is_told_of_when_it_is_not_used_and_when_it_is_again() -> None:
    terminal, day = Terminal(), Day()

    def shown(block_list: BlockList) -> None:
        state = picture(
            day.desk,
            day.now,
            library=Library(state="none"),
            block_list=block_list,
            devices=(),
            space=None,
            support=Support(),
        )
        terminal.console.on_message(Picture(state=state))

    shown(BlockList(state="fresh", made="2026-11-21", cards=8216))
    assert terminal.lines == []
    too_old = BlockList(state="too_old", made="2026-11-12", days=9, cards=8216)
    shown(too_old)
    shown(too_old)
    shown(BlockList(state="fresh", made="2026-11-21", cards=8216))
    told = terminal.lines
    assert len(told) == 2
    assert told[0].startswith(
        "The block list is too old. It is from Thu 12 Nov 2026 and is not used"
    )
    assert told[1].startswith("The block list is from today. It has 8,216 cards on it.")


def test_what_is_in_force_stands_at_the_end_of_each_line() -> None:
    day, terminal = Day(), Terminal()
    day.presses("bookdrop:2026-11-20")
    told = Happened(at=AT, answer=news(say("done.nobody")), reminders=reminders(day.desk.state))
    terminal.console.on_message(told)
    assert terminal.lines[-1].endswith("Nothing is open  [book drop: Fri 20 Nov]")


def test_the_advice_to_keep_returns_off_the_shelves_is_told_when_it_begins_and_ends() -> None:
    day, terminal = Day(), Terminal()

    def looks() -> None:
        state = picture(
            day.desk,
            day.now,
            library=Library(state="none"),
            block_list=BlockList(),
            devices=(),
            space=None,
            support=Support(),
        )
        terminal.console.on_message(Picture(state=state))

    looks()
    day.presses("checkin")
    for item in (LEFT_HAND, MISREAD):
        day.scans(item)
        day.presses("yes")
        day.disk_syncs()
        looks()
    day.seconds_pass(60)
    for _ in range(2):
        day.library_confirms()
        looks()
    begins, ends = terminal.lines
    assert begins.startswith("Keep 1 returned item off the shelves until the library has answered")
    assert ends.startswith("The library has answered for all returns. 2 items are on the cart")
