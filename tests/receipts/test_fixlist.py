"""The staff list of exceptions: what to do about each, with barcodes that fit on the paper."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.printer.document import Barcode, Text
from kiosk.desk.settling.fixlist import FixLine, FixList
from kiosk.desk.words import say
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.receipts.text import width
from kiosk.words import Words

AT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
LINE = FixLine(
    reference="1a2b3c",
    group=say("exceptions.is_refused"),
    what=say("plain.text", text="Checked out The Left Hand of Darkness"),
    at=AT,
    said=say("plain.text", text="Patron debarred until somebody looks at the account"),
    means=say("fault.patron_blocked"),
    todo=say("todo.lift_block"),
    item="31234000579316",
    card="21234000094417",
)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_it_fits_and_has_what_to_scan(columns: int) -> None:
    papers = FixList(at=AT, library="Northside", staff="Ines", lines=(LINE,), unmet=("bad " * 40,))
    elements = lay_out(papers, columns, Words(), ReceiptSettings()).elements
    texts = [x.text for x in elements if isinstance(x, Text)]
    assert all(width(text) <= columns for text in texts)
    told = " ".join(texts)
    assert "Patron debarred until somebody" in told
    assert "by Ines" in told
    assert "REFUSED" in texts
    assert "LINES OF THE REPORT" in told
    codes = [x.text for x in elements if isinstance(x, Barcode)]
    assert codes == ["21234000094417", "31234000579316", "fix:1a2b3c"]
