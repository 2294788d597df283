"""The words of the screen: where the console names a command, it names what to press."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from kiosk.desk.vocabulary import FieldKind
from kiosk.desk.words import say
from kiosk.screens.skin import BLANK, ScreenWords
from kiosk.words import LANGUAGES, Words


def test_what_is_typed_at_the_console_is_pressed_on_the_screen() -> None:
    phrase = say("clock.left_detail")
    assert "time:14:05" in Words()(phrase)
    assert ScreenWords()(phrase) == "To set it, touch the clock at the top."


def test_also_within_another_sentence_and_with_its_parameters() -> None:
    inner = say("renew.longer", due="2026-12-13")
    whole = ScreenWords()(say("plain.text", text=inner))
    assert "due-next" not in whole
    assert "Sun 13 Dec" in whole.replace(BLANK, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_in_a_form_names_no_command(language: str) -> None:
    keys = ["help.form", *(f"form.how.{kind}" for kind in get_args(FieldKind))]
    said = " ".join(ScreenWords(language)(say(key)) for key in keys)
    assert not set(re.findall(r"\w+", said)) & {"OK", "next", "back"}
    assert not re.search(r":no\b|\bno (leaves|quitte)|\bNo leaves", said)
