"""Command words: scanned from a card beside the scanner, typed after a colon, or pressed."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import LEFT_HAND, MAYA, Day, due_in, settings

from kiosk.desk.answers import news
from kiosk.desk.checks.barcodes import BarcodeRules
from kiosk.desk.checks.functions import CARRIED_BY, FunctionRules
from kiosk.desk.commandlist import GROUPS, groups
from kiosk.desk.commands import WITH_VALUE, Command, Word, parse
from kiosk.desk.dispatch import COMMANDS, PROMPTED
from kiosk.desk.words import say


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("done", Command("done")),
        (":done", Command("done")),
        ("DONE", Command("done")),
        (" :done ", Command("done")),
        ("done-noslip", Command("done-noslip")),
        ("due:21", Command("due", "21")),
        ("DUE 21", Command("due", "21")),
        (":due: 21", Command("due", "21")),
        ("bookdrop:2026-11-20", Command("bookdrop", "2026-11-20")),
        ("reprint", Command("reprint")),
        ("reprint:B00417x", Command("reprint", "B00417x")),
        ("due", Command("due")),
        ("due-next:7", Command("due-next", "7")),
        ("KIND:DVD", Command("kind", "dvd")),
        ("choose:2", Command("choose", "2")),
        ("choose:#B00417x", Command("choose", "#B00417x")),
        ("choose:=Juvenile: 3", Command("choose", "=Juvenile: 3")),
        ("choose:=", None),
        ("bookdrop:", None),
        ("done:now", None),
        ("finish", None),
        ("", None),
        (":", None),
        (":::", None),
        (LEFT_HAND, None),
    ],
)
def test_reading_a_command(text: str, command: Command | None) -> None:
    assert parse(text) == command


@given(st.text(max_size=40))
def test_any_text_is_a_command_or_is_not(text: str) -> None:
    command = parse(text)
    assert command is None or command.word in get_args(Word)


@pytest.mark.parametrize("word", get_args(Word))
def test_every_command_is_answered(word: str) -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    before = len(day.told)
    value = {"choose": "1", "key": "ok"}.get(word, "today")
    day.presses(f"{word}:{value}" if word in WITH_VALUE else word)
    day.disk_syncs()
    assert len(day.told) > before or word == "checkout"  # which it is doing already


def test_every_command_has_its_place() -> None:
    assert set(get_args(Word)) == COMMANDS.keys() | PROMPTED


@pytest.mark.parametrize("text", [":finish", ":bookdrop", "  :foo", ":"])
def test_an_unknown_command_is_said_with_the_known_ones(text: str) -> None:
    day = Day()
    day.scans(text)
    assert day.answer == ("not_taken", "command.unknown", "help.commands")


def test_a_button_nobody_knows_is_said() -> None:
    day = Day()
    day.presses("explode")
    assert day.answer == ("not_taken", "command.unknown", "help.commands")


def test_another_due_date_counts_for_this_patrons_next_items() -> None:
    day = Day()
    day.records(MAYA, LEFT_HAND)
    day.presses("due:7")
    day.records("31234000381408")
    day.presses("done")
    assert [line.due for line in day.printed[0].lines] == [due_in(21), due_in(7)]
    day.records(MAYA)
    assert day.desk.due(day.now).at == due_in(21)


def test_a_due_date_by_its_day() -> None:
    day = Day()
    day.records(MAYA)
    day.scans("due:2026-12-12")
    assert day.answer == ("neutral", "due.now", "due.for_patron")
    assert day.desk.due(day.now).at == due_in(21)


def test_the_usual_due_date_is_no_other_due_date() -> None:
    day = Day()
    day.records(MAYA)
    day.presses("due:7", "due:21")
    assert day.desk.state.visit is not None
    assert day.desk.state.visit.due is None


def test_a_due_date_needs_a_patron() -> None:
    day = Day()
    day.presses("due:7")
    assert day.answer == ("not_taken", "due.nobody", "due.nobody_detail")


@pytest.mark.parametrize("value", ["soon", "2026-11-20", "99999", "9999-12-31", "\u0667", "-3"])
def test_what_cannot_be_a_due_date_is_refused(value: str) -> None:
    day = Day()
    day.records(MAYA)
    day.presses(f"due:{value}")
    assert day.answer == ("not_taken", "due.unreadable", "due.how")
    assert day.desk.due(day.now).at == due_in(21)


def test_a_due_date_that_has_passed_overnight_counts_no_more() -> None:
    day = Day(settings(loan_days=14))
    day.records(MAYA)
    day.presses("due:0")
    day.seconds_pass(24 * 3600)
    assert day.desk.due(day.now).at == due_in(15)


def test_every_command_word_has_its_place_in_one_group() -> None:
    placed = [word for words in GROUPS.values() for word in words]
    assert sorted(placed) == sorted(get_args(Word))


def test_every_listed_command_is_a_command() -> None:
    for group in groups(settings(due_presets=(0, 7, 365))):
        for entry in group.entries:
            command = parse(entry.command)
            assert command is not None
            assert command.word == entry.word


def test_the_commands_are_listed_by_group() -> None:
    day = Day()
    day.types(":commands")
    answer = day.desk.state.answer
    assert answer is not None
    assert [row.key for row in answer.rows] == [f"commands.row_{name}" for name in GROUPS]
    assert answer.rows[0].args["words"] == "done, done-noslip, undo, reprint"


def test_what_is_off_is_not_listed_and_help_says_why_or_what_to_mind() -> None:
    day = Day(
        settings(functions=FunctionRules(checkin="off", guest="warn")), carries=CARRIED_BY["sip2"]
    )
    day.types(":commands")
    answer = day.desk.state.answer
    assert answer is not None
    rows = {row.key.removeprefix("commands.row_"): row.args["words"] for row in answer.rows}
    assert rows["modes"] == "checkout, cart"
    assert rows["functions"] == "renew, guest"
    assert "bookdrop" not in rows
    day.types(":help:bookdrop")
    assert day.answer == ("neutral", "help.command.bookdrop", "function.off.site_checkin")
    day.types(":help:guest")
    assert day.answer == ("neutral", "help.command.guest", "function.warn.site_guest")
    day.types(":help:renew")
    assert day.answer == ("neutral", "help.command.renew", "")


def test_where_cards_may_look_like_a_word_the_word_is_a_card_and_the_marked_one_the_command() -> (
    None
):
    day = Day(settings(barcodes=BarcodeRules(patron=("[A-Z]{4,8}",))))
    day.scans("UNDO")
    assert day.patron == "UNDO"
    day.scans(":DONE")
    assert day.patron is None
    day.scans("undo")
    assert day.patron is None


@pytest.mark.parametrize("text", [":key:x", ":key:12", ":key:", ":choose:one", ":choose:12345"])
def test_a_value_that_can_be_none_makes_no_command(text: str) -> None:
    assert parse(text) is None


def test_one_digit_says_how_many_days_ago_the_book_drop_was_emptied() -> None:
    day = Day()
    day.scans(":bookdrop:1")
    assert day.desk.state.bookdrop == day.now.date() - timedelta(days=1)
    day.scans(":bookdrop:0")
    assert day.desk.state.bookdrop is None


@pytest.mark.parametrize("word", ["ready", "delivery", "preview", "runs"])
def test_what_was_looked_up_stands_in_the_place_of_the_word_that_it_is_being_looked_up(
    word: str,
) -> None:
    day = Day()
    day.presses(word)
    found, more = news(say("delivery.none")), news(say("delivery.is_online"))
    day.finds(found, more)
    assert day.desk.state.answer == found
    assert day.told[-2:] == [found, more]


def test_where_staff_have_gone_on_meanwhile_it_is_only_told() -> None:
    day = Day()
    day.presses("delivery")
    day.scans(MAYA)
    on_show = day.desk.state.answer
    found = news(say("delivery.none"))
    day.finds(found)
    assert day.desk.state.answer == on_show
    assert day.told[-1] == found
