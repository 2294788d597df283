"""What the screens say in one chip or story, without drawing it."""

from __future__ import annotations

import pytest

from kiosk.desk.words import say
from kiosk.screens import present, standing
from kiosk.view.state import Library
from kiosk.words import Words


@pytest.mark.parametrize(
    ("reason", "chip", "tone"),
    [
        ("no_answer", "Offline · 3 waiting", "recorded"),
        ("login_refused", "Login refused · 3 waiting", "look"),
    ],
)
def test_the_library_chip_tells_an_outage_from_a_login_that_is_refused(
    reason: str, chip: str, tone: str
) -> None:
    why = say(f"library.{reason}", host="sip.library.example")
    library = Library(state="offline", waiting=3, reason=why)
    assert standing.library_chip(Words(), library)[1:] == (chip, tone)
    assert standing.library_state(Words(), library)[3].startswith(Words()(why))


@pytest.mark.parametrize(
    ("item", "marked"),
    [
        ("31234000992l63", "31234000992<l>63"),
        ("31234000992163", ""),
        ("ABC-1234", ""),
    ],
)
def test_a_letter_within_a_number_is_marked(item: str, marked: str) -> None:
    facts = say("exceptions.facts", origin=say("origin.item", item=item))
    shown = present.odd_signs((facts,), "#A4161A")
    plain = shown.replace("[color=#A4161A][u]", "<").replace("[/u][/color]", ">")
    assert plain == marked
