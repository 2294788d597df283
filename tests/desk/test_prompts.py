"""Forms: what may be filled in, and that every one can be filled in by keys and by scanner."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.asking.prompts import Field, Form, Option, read
from kiosk.desk.words import say

TODAY = date(2026, 11, 21)
NAME = Field(name="name", label=say("plain.text", text="Name"), required=True)
COUNT = Field(name="count", label=say("plain.text", text="How many"), kind="number", most=99)
BORN = Field(name="born", label=say("plain.text", text="Born"), kind="date", most=0)
PIN = Field(name="pin", label=say("plain.text", text="PIN"), kind="pin")
WHERE = Field(
    name="where",
    label=say("plain.text", text="Library"),
    kind="choice",
    options=(
        Option("north", say("plain.text", text="Northside")),
        Option("south", say("plain.text", text="Southside"), scan="BADGE7"),
    ),
)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (NAME, "  Maya   Okafor ", "Maya Okafor"),
        (COUNT, "007", "7"),
        (COUNT, "0", "0"),
        (BORN, "1990-04-30", "1990-04-30"),
        (BORN, "19900430", "1990-04-30"),
        (BORN, "2026-11-21", "2026-11-21"),
        (PIN, "0042", "0042"),
        (WHERE, "1", "north"),
        (WHERE, "south", "south"),
        (WHERE, "BADGE7", "south"),
        (COUNT, "", ""),
    ],
)
def test_what_fits_is_taken(field: Field, text: str, value: str) -> None:
    assert read(field, text, TODAY) == (value, None)


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        (NAME, "   ", "form.needed"),
        (NAME, "x" * 121, "form.too_long"),
        (NAME, "a\x00b", "form.too_long"),
        (COUNT, "100", "form.number"),
        (COUNT, "-1", "form.number"),
        (COUNT, "٣", "form.number"),
        (BORN, "30.4.1990", "form.date"),
        (BORN, "19901330", "form.date"),
        (BORN, "2026-11-22", "form.date_range"),
        (BORN, "1066-10-14", "form.date_range"),
        (PIN, "12a4", "form.digits"),
        (WHERE, "3", "form.choose"),
        (WHERE, "0", "form.choose"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(field: Field, text: str, problem: str) -> None:
    value, found = read(field, text, TODAY)
    assert value == ""
    assert found is not None
    assert found.key == problem


@given(
    st.sampled_from([NAME, COUNT, BORN, PIN, WHERE]), st.text(st.characters(codec=None), max_size=9)
)
def test_whatever_is_typed_is_read_or_refused(field: Field, text: str) -> None:
    value, problem = read(field, text, TODAY)
    assert problem is None or value == ""
    if problem is None and value:
        assert read(field, value, TODAY) == (value, None)


def test_a_form_keeps_what_fits_and_asks_again_for_what_does_not() -> None:
    form = Form(kind="test", headline=say("plain.text", text="Test"), fields=(NAME, COUNT))
    form = form.filled("Maya", TODAY)
    assert (form.value("name"), form.problem) == ("Maya", None)
    form = form.asking(1).filled("many", TODAY)
    assert form.value("count") == ""
    assert form.problem == say("form.number", least=0, most=99)
    assert form.missing() is None


def test_a_form_never_shows_a_pin_and_of_a_card_its_ending_alone() -> None:
    card = Field(name="card", label=say("plain.text", text="Card"), kind="card")
    form = Form(kind="test", headline=say("plain.text", text="Test"), fields=(PIN, card))
    form = form.filled("1234", TODAY).asking(1).filled("21234000094417", TODAY)
    assert [field.shown.args["text"] for field in form.fields] == ["••••", "••••4417"]
