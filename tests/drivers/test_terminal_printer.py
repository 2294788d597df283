"""A receipt drawn for a terminal."""

from drivers.printer.document import Barcode, Cut, Document, Text
from drivers.printer.terminal import draw


def drawn(*elements, columns=20):
    return draw(Document(columns, elements))


def test_a_slip_is_paper_with_an_edge_torn_off_at_the_cut():
    assert drawn(Text("Riverside Library", "bold"), Text(""), Text("2 books"), Cut()) == (
        "┌──────────────────────┐\n"
        "│ Riverside Library    │\n"
        "│                      │\n"
        "│ 2 books              │\n"
        " - - - - - 8< - - - - -\n"
    )


def test_two_slips_are_two_papers():
    assert drawn(Text("one"), Cut(), Text("two"), columns=5) == (
        "┌───────┐\n"
        "│ one   │\n"
        " - 8< - -\n"
        "┌───────┐\n"
        "│ two   │\n"
        "└───────┘\n"
    )  # fmt: skip


def test_nothing_is_no_paper():
    assert drawn() == ""


def test_a_line_wider_than_the_paper_is_cut():
    assert "│ 12345 │" in drawn(Text("1234567"), columns=5)


def test_wide_characters_take_two_columns():
    assert "│ 紅樓  │" in drawn(Text("紅樓夢"), columns=5)


def test_nothing_in_a_title_commands_the_terminal():
    assert "\x1b" not in drawn(Text("\x1b[2J cleared"))


def test_a_barcode_is_hinted_at_above_its_text():
    assert drawn(Barcode("42"), columns=16) == (
        "┌──────────────────┐\n"
        "│ ▌║▐│▌║▐│▌║▐│▌║▐│ │\n"
        "│        42        │\n"
        "└──────────────────┘\n"
    )  # fmt: skip


def test_one_that_does_not_fit_is_text_alone():
    assert drawn(Barcode("31234000517861"), columns=20).count("\n") == 3
