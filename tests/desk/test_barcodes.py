"""What a number is: card, item, ISBN, doubtful, or damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import ISBN, LEFT_HAND, MAYA, MISREAD, Day

from kiosk.desk.barcodes import BarcodeRules, luhn, read
from kiosk.desk.words import say

RULES = BarcodeRules()
NUMBERS = st.from_regex(r"[23][0-9]{12}", fullmatch=True).map(
    lambda start: next(start + str(last) for last in range(10) if luhn(start + str(last)))
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MAYA, "card"),
        (LEFT_HAND, "item"),
        (f"  {LEFT_HAND} ", "item"),
        (ISBN, "isbn"),
        (MISREAD, "doubtful"),
        ("3123400051786", "doubtful"),
        ("", "damaged"),
        ("   ", "damaged"),
        ("3123\x000051786", "damaged"),
        ("3123\x1b[2J", "damaged"),
        ("\udcff", "damaged"),
        ("3" * 64, "doubtful"),
        ("3" * 65, "damaged"),
        ("3" * 10_000, "damaged"),
        ("2" + "\u0663" * 13, "doubtful"),  # Arabic-Indic digits
        ("²" * 14, "doubtful"),
        ("2123 4000 094417", "doubtful"),
    ],
)
def test_what_a_number_is(text: str, kind: str) -> None:
    assert read(text, RULES).kind == kind


@given(NUMBERS, st.integers(0, 13), st.integers(1, 9))
def test_any_single_wrong_digit_is_caught(number: str, place: int, change: int) -> None:
    assert read(number, RULES).kind in ("card", "item")
    wrong = str((int(number[place]) + change) % 10)
    misread = number[:place] + wrong + number[place + 1 :]
    assert read(misread, RULES).kind == "doubtful"


@given(NUMBERS, st.integers(1, 13))
def test_a_scan_cut_short_is_caught(number: str, length: int) -> None:
    assert read(number[:length], RULES).kind in ("doubtful", "isbn")


def test_a_doubtful_number_says_what_it_would_be() -> None:
    assert read(MISREAD, RULES).likely == "item"
    assert read(MISREAD, RULES).problem == say("scan.check_digit")
    assert read("123", RULES).likely is None
    assert read("123", RULES).problem == say("scan.unlike_label", count=3)


def test_an_isbn_is_known_by_its_first_digits_and_its_length() -> None:
    assert read("9790060115615", RULES).kind == "isbn"
    assert read("9771234567003", RULES).kind == "doubtful"
    assert read("978044147812", RULES).kind == "doubtful"


def test_a_librarys_own_patterns_decide() -> None:
    rules = BarcodeRules(patron=(r"P\d{5}",), item=(r"\d{6}", r"[A-Z]{2}\d+"), check_digit=False)
    assert [read(text, rules).kind for text in ("P00417", "123456", "DV12", "P004170")] == [
        "card",
        "item",
        "item",
        "doubtful",
    ]


@given(st.text(st.characters(codec=None), max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    reading = read(text, RULES)
    assert (reading.problem is None) == (reading.kind in ("card", "item"))


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x07", "\udcff", ":\x1b[2J", ":due:\udcff", "\n" * 10_000]
)
def test_what_is_shown_of_a_strange_scan_can_be_shown(text: str) -> None:
    day = Day()
    day.scans(MAYA, text)
    for answer in day.told:
        for phrase in (answer.headline, answer.detail):
            shown = [] if phrase is None else [str(value) for value in phrase.args.values()]
            assert all(value.isprintable() and len(value) <= 64 for value in shown)
