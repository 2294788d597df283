"""The slip that tries out the printer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.printer.document import Barcode, Document, Text
from kiosk.desk.samples import SampleSlip
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.words import LANGUAGES, Words

SLIP = SampleSlip(
    at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    library="Northside Branch Library",
    staff="Ines",
    terminal="desk-1",
)


def drawn(columns: int, language: str = "en") -> Document:
    return lay_out(SLIP, columns, Words(language), ReceiptSettings())


def lines(document: Document) -> list[str]:
    return [each.text for each in document.elements if isinstance(each, Text)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_line_of_it_is_as_wide_as_the_paper_and_none_wider(columns: int, language: str) -> None:
    assert max(map(len, lines(drawn(columns, language)))) == columns


def test_it_says_that_it_is_a_test_of_which_desk_and_has_a_barcode_to_scan() -> None:
    document = drawn(42)
    said = " ".join(lines(document))
    assert "TEST" in said
    assert "desk-1" in said
    assert "It is no receipt." in said
    assert Barcode(":help") in document.elements
