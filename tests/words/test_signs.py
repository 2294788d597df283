"""Every sign of every sentence can be drawn: on the screen, on the command sheet, on paper."""

from __future__ import annotations

from functools import cache

import pytest
from babel.messages.pofile import read_po
from reportlab.pdfbase.ttfonts import TTFontFile

from drivers.printer.document import Document, Text
from drivers.printer.encoding import encode
from kiosk.desk.words import say
from kiosk.screens.theme import FONT_FILES, FONTS
from kiosk.words import CATALOGUES, LANGUAGES, Words

ICONS = "Icons"


@cache
def signs(language: str) -> frozenset[str]:
    """Every sign that a language's sentences are made of."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        texts = [message.string for message in read_po(file) if message.id]
    whole = "".join("".join(text) for text in texts)  # a text, or its singular and plural
    return frozenset(whole + Words(language)(say("delivery.run_ended", count=1_234_567)))


@pytest.mark.parametrize("face", sorted(FONT_FILES.keys() - {ICONS}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_typeface_has_every_sign(language: str, face: str) -> None:
    known = TTFontFile(str(FONTS / FONT_FILES[face])).charToGlyph
    assert {sign for sign in signs(language) if ord(sign) not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_printer_has_every_sign(language: str) -> None:
    line = "".join(sorted(signs(language) - {"?"}))
    assert b"?" not in b"".join(encode(Document(columns=999, elements=(Text(line),)), columns=999))
