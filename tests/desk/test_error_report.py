"""An error report from elsewhere: each line meets the transaction that it is about."""

from __future__ import annotations

import json
from datetime import UTC
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, PIPPI, SWEETGRASS, ZONE, Day, rows
from test_exceptions import left

from kiosk.desk.checks.barcodes import BarcodeRules
from kiosk.desk.settling import lines


def a_loaded_day() -> Day:
    """Everything was sent away in a file, and counts as taken."""
    day = Day()
    day.records(MAYA, LEFT_HAND, SWEETGRASS)
    day.seconds_pass(600)
    day.presses("checkin")
    day.records(LEFT_HAND)
    day.seconds_pass(600)
    day.presses("checkout")
    day.records(JONAS, LEFT_HAND)
    day.presses("done")
    for _ in range(4):
        day.library_confirms()
    day.presses("report")
    return day


def types(day: Day, *texts: str) -> None:
    for text in texts:
        day.types(text)
        day.disk_syncs()


def reported(day: Day) -> dict[str, str]:
    """What reports say, by kind and item."""
    names = day.disk.transactions
    return {f"{names[x].kind} {names[x].item}": words for x, words in day.disk.reports.items()}


def test_a_line_meets_its_transaction_which_then_needs_a_person() -> None:
    day = a_loaded_day()
    day.types(f"Item not found  {SWEETGRASS}")
    assert day.answer[1] != "report.met"
    day.disk_syncs()
    assert day.answer[1] == "report.met"
    assert left(day) == [SWEETGRASS]
    day.presses("report")
    assert day.answer == ("neutral", "report.ended", "report.all_met")
    day.presses("exceptions", "choose:1")
    form = day.desk.state.form
    assert form is not None
    assert form.field.options[0].value == "correct"  # the words say that the item is not known
    day.presses("no")


@pytest.mark.parametrize(
    "line",
    [
        f"checkin,{LEFT_HAND},some words",
        f"2026-11-21 10:52:00\treturn\t{LEFT_HAND}\tItem not issued.",
        f"{LEFT_HAND} 11/21/2026,10:52 User not found",
        f"E202611211052080031R ^S01EVFFADMIN^FEEPLRIV^NQ{LEFT_HAND}^^O00049 already discharged",
        f"Return item failed, item was not on loan. Barcode: {LEFT_HAND} 202611211052",
        json.dumps(
            {
                "command": {"type": "checkin", "barcode": LEFT_HAND, "timestamp": 1795254720},
                "event": {"ilsevent": "7000", "textcode": "ROUTE_ITEM", "desc": "Route it"},
            }
        ),
    ],
)
def test_of_several_it_is_the_one_of_that_kind_or_moment(line: str) -> None:
    day = a_loaded_day()
    types(day, line)
    assert list(reported(day)) == [f"checkin {LEFT_HAND}"]


def test_where_several_fit_staff_choose_the_newest_stands_first() -> None:
    day = a_loaded_day()
    types(day, f"User not found {LEFT_HAND}")
    assert day.answer[1] == "report.which"
    told = rows(day)
    assert told[0] == f"Sat 21 Nov 11:02  Checked out {LEFT_HAND} · card 4944 · due Sat 12 Dec"
    assert told[2].startswith("Sat 21 Nov 10:42")
    assert told[3:] == ["All of these", "None of these"]
    types(day, "3")
    assert day.answer[1] == "report.met"
    [(about, words)] = reported(day).items()
    assert (about, words) == (f"checkout {LEFT_HAND}", f"User not found {LEFT_HAND}")
    types(day, f"Item not found {SWEETGRASS}")
    assert len(reported(day)) == 2


def test_a_card_and_an_item_mean_what_is_about_both_and_the_card_is_hidden() -> None:
    day = a_loaded_day()
    types(day, f"{JONAS} {LEFT_HAND} Patron not found")
    [words] = reported(day).values()
    assert words == f"••••4944 {LEFT_HAND} Patron not found"


def test_a_card_in_an_exception_of_evergreen_is_hidden_too() -> None:
    day = a_loaded_day()
    event = {"ilsevent": "1", "textcode": "PATRON_BARRED", "desc": f"card {JONAS} barred"}
    command = {"type": "checkin", "barcode": LEFT_HAND, "timestamp": 1795254720}
    types(day, json.dumps({"command": command, "event": event}))
    assert list(reported(day).values()) == ["card ••••4944 barred"]


def test_what_cannot_be_written_raises_no_alarm_and_moves_no_cursor() -> None:
    event = {"textcode": "\ud800\x1b[0m", "desc": "\ud800 \x1b[31mitem\u202e lost"}
    line = lines.read(json.dumps({"command": {"barcode": LEFT_HAND}, "event": event}), ZONE, RULES)
    assert (line.words, line.code) == ("[31mitem lost", "[0m")


def test_a_line_about_a_patron_alone_may_mean_all_that_was_done() -> None:
    day = a_loaded_day()
    types(day, f"{MAYA} User is barred", "3")
    assert set(reported(day)) == {f"checkout {LEFT_HAND}", f"checkout {SWEETGRASS}"}
    assert day.answer[1] == "report.met"


def test_lines_pasted_faster_than_the_disk_writes_are_taken_one_by_one() -> None:
    day = a_loaded_day()
    for text in (f"bad {SWEETGRASS}", f"User not found {LEFT_HAND}", ":no", MAYA):
        day.types(text)
    for _ in range(3):
        day.disk_syncs()
    assert day.desk.state.report is None
    assert day.patron == MAYA


def test_a_heading_is_said_of_the_numbers_below_it() -> None:
    day = a_loaded_day()
    types(day, "Report of 22 Nov 2026, 07:30", "Items not found:", "", f"  {SWEETGRASS}")
    assert reported(day) == {f"checkout {SWEETGRASS}": f"Items not found: {SWEETGRASS}"}


def test_the_same_line_again_changes_nothing() -> None:
    day = a_loaded_day()
    types(day, f"Item not found {SWEETGRASS}", f"Item not found {SWEETGRASS}")
    assert day.answer[1] == "report.known"
    day.presses("exceptions", "choose:1")
    day.presses("choose:3", "choose:1")
    day.disk_syncs()
    assert left(day) == []
    day.presses("report")
    types(day, f"Item not found {SWEETGRASS}")
    assert left(day) == []
    types(day, f"Something else about {SWEETGRASS}")
    assert left(day) == [SWEETGRASS]


def test_what_met_nothing_is_told_and_printed_at_the_end() -> None:
    day = a_loaded_day()
    types(day, f"Item not found {PIPPI}", f"Invalid patron {MAYA[:-1]}8 x", f"bad {SWEETGRASS}")
    day.presses("done")
    assert day.answer == ("look", "report.ended", "report.left_over")
    assert rows(day)[0] == f"Item not found {PIPPI}"
    [papers] = day.lists
    assert papers.unmet == tuple(rows(day))
    assert day.desk.state.report is None


def test_a_patron_who_comes_ends_it_with_a_word_and_is_served() -> None:
    day = a_loaded_day()
    types(day, f"Item not found {PIPPI}")
    day.presses("checkout")
    assert day.answer[1] == "report.ended"
    day.records(MAYA, BELOVED)
    assert day.counting == [BELOVED]


def test_staff_who_go_on_while_a_line_is_written_are_not_called_back() -> None:
    day = a_loaded_day()
    day.disk_syncs()
    day.types(f"Item not found {SWEETGRASS}")
    day.presses("override")
    day.disk_syncs()
    assert day.desk.state.form is None
    day.scans(MAYA)
    assert day.desk.state.report is None
    assert day.patron == MAYA


def test_what_is_still_on_its_way_is_left_alone() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_is_asked()
    day.presses("report")
    types(day, f"Item not found {LEFT_HAND}")
    assert day.answer[1].startswith("report.under_way")
    assert reported(day) == {}


def test_what_was_handed_over_meets_its_line_before_somebody_confirms_it() -> None:
    """The report is all that is ever heard of it."""
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.library_is_asked()
    day.disk.resting = set(day.disk.transactions)
    day.presses("report")
    types(day, f"Item not found {LEFT_HAND}")
    assert day.answer[1] == "report.met"
    assert reported(day) == {f"checkout {LEFT_HAND}": f"Item not found {LEFT_HAND}"}


def test_a_line_that_reads_like_a_command_is_a_line() -> None:
    day = a_loaded_day()
    types(day, f"find {SWEETGRASS}", f"Checkin {LEFT_HAND}")
    assert set(reported(day)) == {f"checkout {SWEETGRASS}", f"checkin {LEFT_HAND}"}


def test_an_alarm_loses_no_line() -> None:
    day = a_loaded_day()
    day.types(f"Item not found {SWEETGRASS}")
    day.disk_fails()
    day.disk_is_back()
    assert reported(day) == {}
    types(day, f"Item not found {SWEETGRASS}")
    assert left(day) == [SWEETGRASS]


# -- lines -----------------------------------------------------------------------------------------

RULES = BarcodeRules()


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=200)
    | st.from_regex(r"\{.*\}", fullmatch=True)
    | st.text(st.characters(), max_size=20).map(lambda x: json.dumps({"event": {"desc": x}}))
)
def test_any_line_can_be_read(text: str) -> None:
    line = lines.read(text, ZONE, RULES)
    assert len(line.words) <= lines.LONGEST
    assert line.words.isprintable()


def test_what_has_no_end_is_no_line() -> None:
    began = perf_counter()
    assert lines.read("a 312340000" * 300_000, ZONE, RULES).words
    assert perf_counter() - began < 5


@settings(max_examples=100, deadline=None)
@given(
    before=st.text(st.characters(categories=["L", "P", "Zs"]), max_size=30),
    after=st.text(st.characters(categories=["L", "P", "Zs"]), max_size=30),
    apart=st.sampled_from([" ", "\t", ",", ";", "|", '","', ": "]),
)
def test_a_number_is_found_wherever_it_stands(before: str, after: str, apart: str) -> None:
    line = lines.read(f"{before}{apart}{BELOVED}{apart}{after}", ZONE, RULES)
    assert BELOVED in line.numbers


@given(st.datetimes(min_value=lines.datetime(2020, 1, 1), max_value=lines.datetime(2050, 1, 1)))
def test_a_moment_is_found_however_it_is_written(at: lines.datetime) -> None:
    at = at.replace(second=0, microsecond=0, tzinfo=UTC)
    for written in (
        f"{at:%Y-%m-%d %H:%M}",
        f"{at:%Y-%m-%dT%H:%M:%S}Z",
        f"{at:%Y%m%d%H%M%S}",
        f"{at:%m/%d/%Y},{at.hour}:{at:%M}",
        f"{at.day}.{at.month}.{at.year} {at:%H:%M}",
    ):
        assert at in lines.read(f"x {written} y", UTC, RULES).moments


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_card_is_hidden_wherever_it_stands(text: str) -> None:
    line = lines.read(f"{text} {MAYA}, {text}", ZONE, RULES)
    assert MAYA not in line.words
