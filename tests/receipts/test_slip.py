"""The staff slip: everything a person needs, to be scanned where it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.printer.document import Barcode, Cut, Document, Text
from drivers.printer.terminal import draw
from kiosk.desk.lending.slips import Slip
from kiosk.desk.transactions import Guest, Kind
from kiosk.desk.visits import Line
from kiosk.desk.words import say
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.receipts.text import width
from kiosk.words import Words

AT = datetime(2026, 11, 21, 10, 42)  # noqa: DTZ001 - the desk's own clock
DUE = datetime(2026, 12, 12, 23, 59)  # noqa: DTZ001
ITEM, CARD = "31234000517861", "21234000094417"


def line(kind: Kind, item: str = ITEM, **more: object) -> Line:
    fields = {"id": "t", "number": 1, "at": AT, "stage": "by_hand"} | more
    return Line(kind=kind, item=item, **fields)  # type: ignore[arg-type] # as each test says


def slip(*lines: Line, card: str = "", guest: Guest | None = None) -> Slip:
    return Slip(
        reference="1a2b3c",
        at=AT,
        library="Northside Branch Library",
        staff="Ines",
        card=card,
        guest=guest,
        lines=lines,
    )


def laid_out(what: Slip, columns: int = 42) -> Document:
    return lay_out(what, columns, Words(), ReceiptSettings())


def barcodes(document: Document) -> list[str]:
    return [x.text for x in document.elements if isinstance(x, Barcode)]


ANNA = slip(
    line("checkout", title="The Left Hand of Darkness", due=DUE),
    guest=Guest(name="Anna Maier", born=date(1990, 4, 30), phone="555 0100"),
)


def test_somebody_without_a_card() -> None:
    assert draw(laid_out(ANNA)) == (
        "┌────────────────────────────────────────────┐\n"
        "│          FOR STAFF: ENTER BY HAND          │\n"
        "│ Northside Branch Library                   │\n"
        "│ Sat 21 Nov 2026 10:42 by Ines              │\n"
        "│ ------------------------------------------ │\n"
        "│ No card: Anna Maier                        │\n"
        "│ Born Mon 30 Apr 1990                       │\n"
        "│ Phone 555 0100                             │\n"
        "│ ------------------------------------------ │\n"
        "│ CHECK OUT                                  │\n"
        "│ The Left Hand of Darkness                  │\n"
        "│ due Sat 12 Dec 2026                        │\n"
        "│              ▌║▐│▌║▐│▌║▐│▌║▐│              │\n"
        "│               31234000517861               │\n"
        "│ ------------------------------------------ │\n"
        "│ When all of it is entered, scan this at    │\n"
        "│ the desk:                                  │\n"
        "│              ▌║▐│▌║▐│▌║▐│▌║▐│              │\n"
        "│               entered:1a2b3c               │\n"
        "- - - - - - - - - - - 8< - - - - - - - - - - -\n"
    )


def test_where_staff_do_not_say_who_they_are_nobody_is_named() -> None:
    drawn = draw(laid_out(replace(ANNA, staff="")))
    assert "│ Sat 21 Nov 2026 10:42                      │" in drawn


def test_a_card_can_be_scanned_and_every_item() -> None:
    other = line("in_house_use", "31234000448204", count=3)
    document = laid_out(slip(line("renewal", due=DUE), other, card=CARD))
    assert barcodes(document) == [CARD, ITEM, "31234000448204", "entered:1a2b3c"]
    texts = [x.text for x in document.elements if isinstance(x, Text)]
    assert "IN-HOUSE USE: 3 TIMES" in texts


def test_what_was_told_of_a_new_patron_stands_on_it() -> None:
    details = ((say("guest.name"), "Maier"), (say("guest.phone"), "555 0100"))
    document = laid_out(slip(line("registration", "", details=details), card=CARD))
    texts = [x.text for x in document.elements if isinstance(x, Text)]
    assert texts[texts.index("REGISTER THIS PATRON") + 1 :][:2] == [
        "Name: Maier",
        "Phone: 555 0100",
    ]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_every_barcode_of_a_usual_label_fits(columns: int) -> None:
    assert draw(laid_out(ANNA, columns)).count("▌║▐│" * 4) == 2


TEXT = st.text(st.characters(codec=None), max_size=120)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([32, 42, 48]), TEXT, TEXT, TEXT)
def test_no_line_is_wider_than_the_paper(columns: int, name: str, phone: str, title: str) -> None:
    guest = Guest(name=name, phone=phone)
    document = laid_out(slip(line("checkout", title=title, due=DUE), guest=guest), columns)
    assert isinstance(document.elements[-1], Cut)
    texts = [x.text for x in document.elements if isinstance(x, Text)]
    assert all(width(text) <= columns and text.isprintable() for text in texts)
