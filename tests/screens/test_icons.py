"""Every icon of the screen can be drawn."""

from __future__ import annotations

from reportlab.pdfbase.ttfonts import TTFontFile

from kiosk.screens.icons import ICONS
from kiosk.screens.theme import FONT_FILES, FONTS


def test_the_typeface_has_every_icon():
    """One is missing: run tools/make_icons.py."""
    known = TTFontFile(str(FONTS / FONT_FILES["Icons"])).charToGlyph
    assert {name for name, sign in ICONS.items() if ord(sign) not in known} == set()
