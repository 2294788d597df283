"""Receipts as the bytes of ESC/POS: the document, its barcodes, and where it can be broken off."""

import pytest

from drivers.printer.document import Barcode, Cut, Document, Text, bars_fit
from drivers.printer.encoding import PIECE, encode

SLIP = Document(42, (Text("Riverside Library", "bold"), Text("2 books"), Cut()))
CUT = b"\x1dV"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"
CODE_128 = b"\x1dkI"  # GS k 73: Code 128, with its length before it


def encoded(document, columns=42, **how):
    return b"".join(encode(document, columns=columns, **how))


def test_the_bytes_start_from_a_printer_as_it_was_switched_on():
    assert encoded(SLIP).startswith(b"\x1b@")


def test_they_are_bold_where_the_document_is():
    data = encoded(SLIP)
    assert data.index(BOLD) < data.index(b"Riverside") < data.index(PLAIN)
    assert data.index(PLAIN) < data.index(b"2 books")


def test_they_feed_and_cut():
    assert CUT in encoded(SLIP)


@pytest.mark.parametrize("how", [{"cut": False}, {"profile": "POS-5890"}])
def test_they_leave_a_gap_to_tear_where_there_is_no_knife(how):
    data = encoded(SLIP, **how)
    assert CUT not in data
    assert data.endswith((b"\n" * 6, b"\x1bd\x06"))


def test_a_line_is_cut_at_the_width_of_the_paper():
    data = encoded(Document(48, (Text("x" * 48),)))
    assert data.count(b"x") == 42


def test_they_switch_code_pages_for_accents():
    data = encoded(Document(42, (Text("Žluťoučký kůň, €5"),)))
    assert b"?" not in data


def test_an_accent_is_put_on_its_letter():
    assert encoded(Document(42, (Text("e\u0301"),))) == encoded(
        Document(42, (Text("é"),)), columns=42
    )


@pytest.mark.parametrize("text", ["紅樓夢", "🐈", "\udcff", "मेरा", "a\x1b\x1dVb\n", "\u200e"])
def test_what_no_code_page_has_takes_a_place(text):
    data = encoded(Document(42, (Text(text),)))
    assert b"\x1dV" not in data
    assert data.count(b"\n") == 1


def test_a_character_takes_one_column():
    data = encoded(Document(42, (Text("紅樓夢|"),)))
    assert b"???|" in data


def test_a_barcode_is_drawn_by_the_printer_with_its_text_below():
    data = encoded(Document(42, (Barcode("31234000517861"), Text("after"))))
    assert CODE_128 + bytes([16]) + b"{B31234000517861" in data
    assert b"\x1dH\x02" in data  # the text below
    assert b"\x1dw\x02" in data  # the narrowest bar: 2 dots
    after = data[data.index(CODE_128) :]
    assert b"\x1ba\x00" in after[: after.index(b"after")]  # at the left edge again


def test_nothing_is_said_on_standard_output(capfd):
    encoded(Document(42, (Barcode("31234000517861"),)))
    assert capfd.readouterr() == ("", "")


def test_a_brace_in_a_barcode_is_no_special_character():
    data = encoded(Document(42, (Barcode("a{b"),)))
    assert CODE_128 + bytes([6]) + b"{Ba{{b" in data


@pytest.mark.parametrize(("length", "columns"), [(14, 32), (19, 42), (23, 48)])
def test_what_is_too_long_for_the_paper_is_written_as_text(length, columns):
    assert bars_fit("3" * length, columns)
    assert not bars_fit("3" * (length + 1), columns)
    data = encoded(Document(columns, (Barcode("3" * (length + 1)),)), columns=columns)
    assert CODE_128 not in data
    assert b"3" * (length + 1) in data


@pytest.mark.parametrize("text", ["", "Müller", "a\tb", "a\nb"])
def test_what_the_code_cannot_say_is_written_as_text(text):
    assert CODE_128 not in encoded(Document(42, (Barcode(text),)))


def test_a_long_list_is_in_pieces_that_break_off_within_no_element():
    lines = [Text(f"{n} · 31234000517861") for n in range(200)]
    bars = [Barcode(f"3123400051{n:04}") for n in range(200)]
    mixed = [element for pair in zip(lines, bars, strict=True) for element in pair]
    pieces = encode(Document(42, (*mixed, Cut())), columns=42)
    assert all(len(piece) >= PIECE for piece in pieces[:-1])
    assert max(map(len, pieces)) < 2 * PIECE
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert sum(piece.count(CODE_128) for piece in pieces) == 200
