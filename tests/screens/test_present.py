"""What the screens say in one chip or story, without drawing it."""

from __future__ import annotations

import pytest

from kiosk.desk.words import say
from kiosk.screens import present
from kiosk.view.state import Library
from kiosk.words import Words


@pytest.mark.parametrize(
    ("reason", "chip", "tone"),
    [
        ("no_answer", "Offline · 3 wait", "recorded"),
        ("login_refused", "Not let in · 3 wait", "look"),
    ],
)
def test_the_library_chip_tells_an_outage_from_a_login_that_is_refused(
    reason: str, chip: str, tone: str
) -> None:
    why = say(f"library.{reason}", host="sip.library.example")
    library = Library(state="offline", waiting=3, reason=why)
    assert present.library_chip(Words(), library)[1:] == (chip, tone)
    assert present.library_story(Words(), library)[1].startswith(Words()(why))
