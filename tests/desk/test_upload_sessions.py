"""Upload sessions at the desk: who is in, which one is used, and having one processed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.desk_script import LEFT_HAND, MAYA, MORNING, TODAYS, Day, rows, settings

from kiosk.desk import effects
from kiosk.desk.batches.standing import DeskIn, Session
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.words import say
from kiosk.words import Words

OPEN = Session(
    key="s1",
    title=TODAYS,
    created=MORNING,
    desks=(DeskIn("desk-1", 120), DeskIn("desk-2", 31)),
    missing=("desk-3",),
    mine=120,
    total=151,
)
OLDER = replace(OPEN, key="s0", title="Power cut", mine=0, missing=())
ADA = Member(number="5093", name="Ada", role="supervisor")
INES = Member(number="2741", name="Ines")


def a_day(**more: object) -> Day:
    return Day(system="evergreen", **more)  # type: ignore[arg-type] # named by each test


def put(day: Day) -> list[effects.Effect]:
    """What is on its way to the disk."""
    return [x for x in day.waiting if isinstance(x, effects.ChooseSession | effects.ProcessSession)]


def says(day: Day) -> str:
    answer = day.desk.state.answer
    assert answer is not None
    words = Words()
    return f"{words(answer.headline)} {words(answer.detail) if answer.detail else ''}"


def test_the_list_says_who_is_in_and_who_is_missing() -> None:
    day = a_day()
    day.presses("sessions")
    assert day.answer[1] == "sessions.looking"
    day.sessions_are(OPEN, OLDER)
    assert rows(day)[0] == (
        "Internet Down 2026-11-21 (Sat 21 Nov 10:42) · Uploaded by desk-1 (120), desk-2 (31) · "
        "Missing: desk-3 · waiting to be processed"
    )


def test_an_answer_that_comes_late_takes_nothing_away() -> None:
    day = a_day()
    day.presses("sessions")
    day.records(MAYA, LEFT_HAND)
    before = day.answer
    day.sessions_are(OPEN)
    assert day.answer == before


def test_why_they_cannot_be_told_is_said() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(problem=say("library.reply_lost"))
    assert day.answer == ("look", "sessions.not_told", "library.reply_lost")


def test_the_next_uploads_go_into_the_one_that_is_chosen() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(OPEN, OLDER)
    day.presses("choose:2", "choose:1")
    [fact] = put(day)
    assert isinstance(fact, effects.ChooseSession)
    assert (fact.key, fact.title, fact.by) == ("s0", "Power cut", "Ines")
    day.disk_syncs()
    assert day.answer[1] == "sessions.joined"


def test_a_choice_can_be_taken_back() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(replace(OPEN, chosen=True))
    day.presses("choose:1", "choose:1")
    [fact] = put(day)
    assert isinstance(fact, effects.ChooseSession)
    assert fact.key == ""


def test_a_new_one_has_the_usual_name_unless_staff_change_it() -> None:
    day = a_day()
    day.presses("sessions:new")
    day.sessions_are()
    form = day.desk.state.form
    assert form is not None
    assert form.value("name") == TODAYS
    day.presses("next")
    assert day.sessions_wanted == [TODAYS]
    day.presses("sessions:new")
    day.sessions_are()
    day.types("Server moved")
    assert day.sessions_wanted[-1] == "Server moved"
    day.session_is_made(replace(OPEN, title="Server moved"))
    assert day.answer[1] == "sessions.made"


def test_one_that_cannot_be_made_is_told() -> None:
    day = a_day()
    day.presses("sessions:new")
    day.sessions_are()
    day.presses("next")
    day.session_is_made(None, say("library.reply_lost"))
    assert day.answer == ("look", "sessions.not_made", "library.reply_lost")


def test_processing_names_the_missing_desks_and_asks_first() -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(OPEN, OLDER)
    assert "Missing: desk-3" in says(day)
    assert "cannot be undone" in says(day)
    assert not put(day)
    day.presses("yes")
    [fact] = put(day)
    assert isinstance(fact, effects.ProcessSession)
    assert (fact.key, fact.title, fact.by) == ("s1", TODAYS, "Ines")
    assert day.answer[1] != "sessions.asking"
    day.disk_syncs()
    assert day.answer[1] == "sessions.asking"


def test_the_list_on_show_follows_what_becomes_of_them_and_takes_nothing_away() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(OPEN, OLDER)
    before = day.desk.state.answer
    day.sessions_asked.append("follow")
    day.sessions_are(replace(OPEN, stage="processing", processed=3), OLDER)
    listing = day.desk.state.listing
    assert listing is not None
    assert listing.rows[0].aside == say("sessions.is_processing", done=3, count=151)
    assert day.desk.state.answer == before
    day.sessions_are(problem=say("library.lost"))
    assert day.desk.state.answer == before
    day.presses("checkout")
    day.sessions_are(OPEN)
    assert day.desk.state.listing is None


def test_what_nothing_would_come_of_is_not_offered() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(replace(OPEN, desks=(), mine=0, total=0))
    assert day.desk.state.listing is not None
    assert day.desk.state.listing.idle == ("process",)
    day.presses("sessions")
    day.sessions_are(replace(OPEN, stage="done"))
    assert day.desk.state.listing.idle == ("process", "sessions:print")
    day.presses("sessions")
    day.sessions_are(OPEN, replace(OLDER, stage="done"))
    assert day.desk.state.listing.idle == ()


def test_no_leaves_it() -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(OPEN)
    day.presses("no")
    assert day.answer[1] == "sessions.left"
    assert not put(day)


def test_that_it_was_asked_for_before_is_said() -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(replace(OPEN, asked=MORNING))
    assert "It was asked for at 10:42 already." in says(day)


def test_of_several_that_may_be_meant_staff_choose() -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(replace(OPEN, mine=0), OLDER)
    assert day.answer[1] == "sessions.count"
    day.presses("choose:2", "choose:2")
    assert "Power cut" in says(day)


@pytest.mark.parametrize(
    "session", [replace(OPEN, total=0, mine=0), replace(OPEN, stage="done"), None]
)
def test_where_there_is_nothing_to_process_that_is_said(session: Session | None) -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(*([] if session is None else [session]))
    assert day.answer[1] == "sessions.nothing"


def test_it_can_take_a_supervisor() -> None:
    roster = Roster(members=(INES, ADA))
    pins = {INES.number: "1111", ADA.number: "2222"}
    day = a_day(settings=settings(process="supervisor"), roster=roster, pins=pins)
    day.logs_in(INES.number, "yes")
    day.presses("process")
    day.sessions_are(OPEN)
    day.presses("yes")
    assert not put(day)
    day.types(ADA.number)
    day.types("2222")
    [fact] = put(day)
    assert isinstance(fact, effects.ProcessSession)
    assert fact.by == "Ada"


def test_nothing_is_asked_for_that_is_not_on_the_disk() -> None:
    day = a_day()
    day.presses("process")
    day.sessions_are(OPEN)
    day.presses("yes")
    day.disk_fails()
    assert day.answer[1] == "alarm.headline"
    assert not day.desk.state.pending


def test_a_notice_for_colleagues_is_printed() -> None:
    day = a_day()
    day.presses("sessions:print")
    day.sessions_are(OLDER, OPEN)
    [notice] = day.notices
    assert (notice.session.title, notice.terminal) == (TODAYS, "desk-1")


@pytest.mark.parametrize("command", ["sessions", "process", "sessions:new"])
def test_where_there_are_none_that_is_said(command: str) -> None:
    day = Day(system="sip2")
    day.presses(command)
    assert day.answer[1] == "sessions.none_here"
    assert not day.sessions_asked


def test_another_word_after_sessions_is_explained() -> None:
    day = a_day()
    day.presses("sessions:later")
    assert day.answer[1] == "sessions.how_to"


def test_of_one_in_which_nobody_is_yet_that_is_said() -> None:
    day = a_day()
    day.presses("sessions")
    day.sessions_are(replace(OPEN, desks=(), mine=0, total=0))
    assert rows(day)[0].endswith("nobody in yet · Missing: desk-3 · nothing to process yet")


def test_a_desk_to_practise_on_has_none() -> None:
    day = a_day()
    day.desk._work.set(session=replace(day.desk.session, practice=True))
    day.presses("process")
    assert day.answer[1] == "sessions.none_here"
