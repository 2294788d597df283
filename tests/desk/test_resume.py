"""A crash at any point: the visit comes back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    SWEETGRASS,
    Day,
)

from kiosk.daybook.facts import decode_standing, document

if TYPE_CHECKING:
    from kiosk.desk.visits import Line


def test_the_visit_reopens_with_what_was_acknowledged() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    before = day.lines
    day.is_killed()
    assert day.patron == MAYA
    assert [line.item for line in day.lines] == [line.item for line in before]
    day.presses("done")
    assert day.receipts == [("4417", [LEFT_HAND, SWEETGRASS])]


def test_who_scanned_just_before_is_told_what_counts() -> None:
    day = Day()
    day.records(MAYA)
    day.scans(LEFT_HAND)
    day.is_killed(synced=False)
    assert day.answer == ("look", "resume.headline", "resume.detail")
    day.records(LEFT_HAND)
    day.presses("done")
    day.is_killed(synced=True)
    assert day.desk.state.answer is None


def test_a_visit_without_items_reopens_too() -> None:
    day = Day(online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, name="Maya Lindqvist", refuses="Card reported lost.")
    day.presses("due:7")
    visit = day.desk.state.visit
    day.is_killed(synced=True)
    assert day.desk.state.visit == visit


def test_an_item_that_was_not_acknowledged_may_be_gone_or_there() -> None:
    for synced, items in ((False, []), (True, [LEFT_HAND])):
        day = Day()
        day.records(MAYA)
        day.scans(LEFT_HAND)
        day.is_killed(synced=synced)
        assert day.counting == items


def test_refusals_titles_and_undone_lines_come_back() -> None:
    day = Day(online=True)
    day.records(MAYA, LEFT_HAND, SWEETGRASS, BELOVED)
    day.library_confirms(title="The Left Hand of Darkness")
    day.library_refuses("On hold.")
    day.presses("undo")
    day.disk_syncs()
    before = day.lines
    day.is_killed()
    assert day.lines == before


def test_a_line_after_a_crash_has_a_number_of_its_own() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.scans(MISREAD, "no")
    day.records(SWEETGRASS)
    day.is_killed()
    day.records(BELOVED)
    assert [line.number for line in day.lines] == [1, 3, 4]
    assert [x.position for x in day.disk.transactions.values()] == [1, 3, 4]


def test_returns_go_on_with_their_book_drop_day() -> None:
    day = Day()
    day.presses("bookdrop:yesterday")
    day.records(LEFT_HAND)
    day.is_killed()
    assert day.desk.state.mode == "checkin"
    day.records(SWEETGRASS)
    assert day.counting == [LEFT_HAND, SWEETGRASS]
    assert len({line.returned for line in day.lines}) == 1


def test_the_last_receipt_can_be_had_again() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.disk_syncs()
    day.is_killed()
    day.presses("reprint")
    assert day.receipts == [("4417", [LEFT_HAND])] * 2


def test_the_patron_at_the_desk_is_not_also_the_last_one() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.is_killed()
    assert day.desk.state.last is None


def test_where_the_desk_stands_survives_the_journal() -> None:
    day = Day(online=True)
    day.scans(MAYA)
    day.library_knows(MAYA, name="Maya", refuses="Lost card.")
    day.presses("due:7", "checkin", "bookdrop:yesterday")
    day.scans(JONAS)
    standing = day.desk.standing
    assert decode_standing(msgspec.json.encode(document(standing))) == standing


STEPS = st.one_of(
    st.sampled_from([MAYA, JONAS, LEFT_HAND, SWEETGRASS, BELOVED, MISREAD]).map(
        lambda text: ("scans", text)
    ),
    st.sampled_from(
        ["done", "undo", "checkin", "checkout", "yes", "no", "due:7", "bookdrop:yesterday"]
    ).map(lambda word: ("presses", word)),
    st.sampled_from(["disk_syncs", "confirms", "refuses", "notices", "asks"]).map(
        lambda what: (what, "")
    ),
)


def plays(day: Day, step: tuple[str, str]) -> None:
    what, text = step
    if what == "scans":
        day.scans(text)
    elif what == "presses":
        day.presses(text)
    elif what == "disk_syncs":
        day.disk_syncs()
    elif day.deliverable and what == "confirms":
        day.library_confirms(title="A title")
    elif day.deliverable and what == "refuses":
        day.library_refuses("No.")
    elif day.deliverable and what == "notices":
        day.library_notices("Look.")
    elif day.deliverable and what == "asks":
        day.library_is_asked()


def seen(line: Line) -> tuple[object, ...]:
    return (line.id, line.number, line.item, line.at, line.due, line.returned, line.title)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=30), st.booleans(), st.booleans())
def test_killed_at_any_point_the_visit_reopens_as_it_was(
    steps: list[tuple[str, str]], online: bool, synced: bool
) -> None:
    day = Day(online=online)
    for step in steps:
        plays(day, step)
    before, standing = day.desk.state.visit, day.desk.standing
    lost = "voiding" if synced else "recording"
    day.is_killed(synced=synced)
    after = day.desk.state.visit
    if synced:
        assert day.desk.standing == standing
    if before is not None and after is not None and after.id == before.id:
        kept = [line for line in before.counting if line.stage != lost]
        assert [seen(line) for line in after.counting] == [seen(line) for line in kept]
