"""The notice of an upload session for colleagues."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.printer.document import Text
from kiosk.desk.batches.notice import Notice
from kiosk.desk.batches.standing import DeskIn, Session
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.words import Words

NOTICE = Notice(
    at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    library="Northside Branch Library",
    staff="Ines",
    terminal="desk-1",
    session=Session(
        key="s1",
        title="Internet Down 2026-11-22",
        desks=(DeskIn("desk-1", 120),),
        missing=("front", "children"),
    ),
)


def lines(columns: int) -> list[str]:
    document = lay_out(NOTICE, columns, Words(), ReceiptSettings())
    return [each.text for each in document.elements if isinstance(each, Text)]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_no_line_is_wider_than_the_paper(columns: int) -> None:
    assert max(map(len, lines(columns))) <= columns


def test_it_names_the_session_what_to_do_and_who_is_missing() -> None:
    said = " ".join(lines(48))
    assert "Internet Down 2026-11-22" in lines(48)
    assert "1. Look for the upload session" in said
    assert "Missing: front, children" in said
    assert "Uploaded by desk-1 (120)" in said
