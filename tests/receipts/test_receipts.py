"""Receipts: what they say, on paper of 32, 42 and 48 columns."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.printer.document import Cut, Document, Text
from kiosk.desk.visits import Receipt, ReceiptLine
from kiosk.desk.words import say
from kiosk.receipts.layout import lay_out
from kiosk.receipts.settings import ReceiptSettings
from kiosk.receipts.text import width, wrapped
from kiosk.words import LANGUAGES, Words

WORDS = Words()
AT = datetime(2026, 11, 21, 10, 42)  # noqa: DTZ001 - the desk's own clock
DECEMBER = datetime(2026, 12, 12, 23, 59)  # noqa: DTZ001
FOOTER = ReceiptSettings(footer=("Renew by phone:", "555 0142"))


def lent(item: str, title: str = "", due: datetime = DECEMBER) -> ReceiptLine:
    return ReceiptLine(item=item, due=due, title=title)


def receipt(*lines: ReceiptLine, library: str = "Northside Branch Library") -> Receipt:
    return Receipt(visit="v", at=AT, library=library, card_ending="4417", lines=lines)


def paper(document: Document) -> list[str]:
    assert isinstance(document.elements[-1], Cut)
    return [element.text for element in document.elements if isinstance(element, Text)]


def printed(what: Receipt, columns: int = 42, footer: ReceiptSettings = FOOTER) -> list[str]:
    return paper(lay_out(what, columns, WORDS, footer))


THREE = receipt(
    lent("31234000517861", "The Left Hand of Darkness"),
    lent("31234000448204", "Braiding Sweetgrass"),
    lent("31234000992163", due=datetime(2026, 11, 28, 23, 59)),  # noqa: DTZ001
)


def test_a_receipt_of_42_columns() -> None:
    assert "\n".join(printed(THREE)) == (
        "         NORTHSIDE BRANCH LIBRARY\n"
        "          Sat 21 Nov 2026  10:42\n"
        "\n"
        "Card ending 4417                   3 items\n"
        "------------------------------------------\n"
        "The Left Hand of Darkness\n"
        "  31234000517861       due Sat 12 Dec 2026\n"
        "Braiding Sweetgrass\n"
        "  31234000448204       due Sat 12 Dec 2026\n"
        "31234000992163         due Sat 28 Nov 2026\n"
        "------------------------------------------\n"
        "Earliest due:              Sat 28 Nov 2026\n"
        "        Thank you. Renew by phone:\n"
        "                 555 0142"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_is_too_long_for_the_narrowest_paper(language: str) -> None:
    words, first = Words(language), datetime(2026, 1, 1, 14, 30)  # noqa: DTZ001
    days = [first + timedelta(days=number) for number in range(365)]
    for due in days:
        line = ReceiptLine(item="31234000517861", due=due, renewed=True)
        text = " ".join(" ".join(paper(lay_out(receipt(line), 32, words, FOOTER))).split())
        for key in ("receipt.renewed_time", "receipt.earliest", "receipt.date_time"):
            assert " ".join(words(say(key, due=due.isoformat())).split()) in text


def test_a_receipt_of_32_columns_gives_the_due_date_a_line_of_its_own() -> None:
    assert "\n".join(printed(THREE, 32)) == (
        "    NORTHSIDE BRANCH LIBRARY\n"
        "     Sat 21 Nov 2026  10:42\n"
        "\n"
        "Card ending 4417         3 items\n"
        "--------------------------------\n"
        "The Left Hand of Darkness\n"
        "  31234000517861\n"
        "             due Sat 12 Dec 2026\n"
        "Braiding Sweetgrass\n"
        "  31234000448204\n"
        "             due Sat 12 Dec 2026\n"
        "31234000992163\n"
        "             due Sat 28 Nov 2026\n"
        "--------------------------------\n"
        "Earliest due:    Sat 28 Nov 2026\n"
        "   Thank you. Renew by phone:\n"
        "            555 0142"
    )


def test_a_receipt_of_48_columns() -> None:
    lines = printed(THREE, 48)
    assert lines[3] == "Card ending 4417                         3 items"
    assert lines[6] == "  31234000517861             due Sat 12 Dec 2026"


def test_what_matters_most_is_bold() -> None:
    elements = lay_out(THREE, 42, WORDS, FOOTER).elements
    bold = [x.text.strip() for x in elements if isinstance(x, Text) and x.style == "bold"]
    assert bold == ["NORTHSIDE BRANCH LIBRARY", "Earliest due:              Sat 28 Nov 2026"]


def test_a_receipt_printed_again_says_so() -> None:
    again = Receipt(
        visit="v", at=AT, library="North", card_ending="4417", lines=THREE.lines, again=True
    )
    assert printed(again)[2].strip() == "(printed again)"


def test_one_item_is_one_item() -> None:
    assert printed(receipt(lent("31234000517861")))[3].endswith(" 1 item")


def test_a_long_title_takes_two_lines() -> None:
    title = "The Left Hand of Darkness and other stories of Gethen"
    lines = printed(receipt(lent("31234000517861", title)))
    assert lines[5:8] == [
        "The Left Hand of Darkness and other",
        "stories of Gethen",
        "  31234000517861       due Sat 12 Dec 2026",
    ]


def test_a_longer_one_ends_in_an_ellipsis() -> None:
    lines = printed(receipt(lent("31234000517861", "All about Gethen, " * 10)))
    assert lines[5:7] == [
        "All about Gethen, All about Gethen, All",
        "about Gethen, All about Gethen, All abo...",
    ]
    assert lines[7].startswith("  31234000517861")


def test_wide_characters_take_two_columns() -> None:
    lines = printed(receipt(lent("31234000517861", "闇の左手" * 20)))
    assert [width(line) for line in lines[5:7]] == [42, 41]
    assert lines[6].endswith("...")
    assert lines[5] + lines[6][:-3] == ("闇の左手" * 20)[:40]


def test_a_line_never_begins_with_the_colon_that_a_no_break_space_ties_to_its_word() -> None:
    assert wrapped("Une fois saisi, scannez au poste\u00a0: merci", 32) == [
        "Une fois saisi, scannez au",
        "poste : merci",
    ]


def test_a_library_whose_name_is_longer_than_the_paper_is_named_whole() -> None:
    name = "The Public Library of the United Townships of Upper and Lower Northside"
    lines = printed(receipt(lent("1"), library=name), 32)
    head = lines[: lines.index("     Sat 21 Nov 2026  10:42")]
    assert " ".join(line.strip() for line in head) == name.upper()


def test_a_label_longer_than_the_paper_is_written_whole() -> None:
    lines = printed(receipt(lent("X" * 64)), 32)
    assert lines[5:7] == ["X" * 32, "X" * 32]


def test_forty_items_are_all_there_in_order() -> None:
    items = [lent(f"312340005178{number:02}", f"Volume {number}") for number in range(40)]
    lines = printed(receipt(*items))
    assert [line for line in lines if line.startswith("Volume")] == [
        f"Volume {number}" for number in range(40)
    ]
    assert lines[3].endswith("40 items")


def test_a_receipt_without_items_has_no_due_date() -> None:
    assert not any("due" in line for line in printed(receipt()))


def test_footers_are_centred_one_a_line() -> None:
    footer = ReceiptSettings(footer=("Open Monday to Saturday from nine to six", "Welcome back"))
    assert [line.strip() for line in printed(receipt(), footer=footer)[-3:]] == [
        "Thank you.",
        "Open Monday to Saturday from nine to six",
        "Welcome back",
    ]


def test_nothing_in_a_title_is_a_command_to_the_printer() -> None:
    lines = printed(receipt(lent("31234000517861", "Dark\x1b@ness\tof\r\nGethen\u200b")))
    assert lines[5] == "Dark?@ness of Gethen"


TEXT = st.text(st.characters(codec=None), max_size=120)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([32, 42, 48]),
    TEXT,
    st.lists(st.tuples(TEXT, TEXT.map(lambda text: text[:64])), max_size=4),
    st.lists(TEXT, max_size=2),
)
def test_no_line_is_wider_than_the_paper(
    columns: int, library: str, items: list[tuple[str, str]], footer: list[str]
) -> None:
    lines = [
        lent(item, title, DECEMBER + timedelta(days=day)) for day, (title, item) in enumerate(items)
    ]
    said = printed(receipt(*lines, library=library), columns, ReceiptSettings(footer=tuple(footer)))
    assert all(width(line) <= columns for line in said)
    assert all(line.isprintable() for line in said)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_every_due_date_stands_at_the_right_edge(columns: int) -> None:
    dues = [line for line in printed(THREE, columns) if "due Sat" in line]
    assert len(dues) == 3
    assert all(len(line) == columns for line in dues)


def test_renewals_have_their_new_date_and_items_without_a_barcode_their_number() -> None:
    renewed = ReceiptLine(item="31234000448204", due=DECEMBER, title="Beloved", renewed=True)
    paperbacks = ReceiptLine(item="", due=DECEMBER, title="Paperback", count=3)
    lines = printed(receipt(renewed, paperbacks))
    assert lines[3] == "Card ending 4417                   4 items"
    assert lines[5:9] == [
        "Beloved",
        "  31234000448204   now due Sat 12 Dec 2026",
        "3 x Paperback",
        "                       due Sat 12 Dec 2026",
    ]


def test_somebody_without_a_card_is_named() -> None:
    guest = Receipt(visit="v", at=AT, library="N", card_ending="", lines=THREE.lines, name="Anna")
    assert printed(guest)[3] == "Anna                               3 items"


def test_a_long_name_is_written_whole() -> None:
    name = "Anna-Lena Featherstonehaugh-Montgomery de la Fontaine"
    guest = Receipt(visit="v", at=AT, library="N", card_ending="", lines=THREE.lines, name=name)
    assert printed(guest)[3:5] == [
        "Anna-Lena Featherstonehaugh-Montgomery de",
        "la Fontaine                        3 items",
    ]
    assert printed(guest, 32)[3:6] == [
        "Anna-Lena",
        "Featherstonehaugh-Montgomery de",
        "la Fontaine              3 items",
    ]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([32, 42, 48]), TEXT)
def test_nor_is_a_name_ever_too_wide(columns: int, name: str) -> None:
    guest = Receipt(visit="v", at=AT, library="N", card_ending="", lines=THREE.lines, name=name)
    assert all(width(line) <= columns for line in printed(guest, columns))
