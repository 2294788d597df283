"""What a number is: card, item, ISBN, doubtful, or damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import ISBN, LEFT_HAND, MAYA, MISREAD, Day

from kiosk.desk.checks.barcodes import (
    BarcodeRules,
    LabelRule,
    both_kinds,
    luhn,
    read,
    read_any_case,
)
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


@pytest.mark.parametrize(
    "text",
    [
        "978-0-441-47812-5",  # as it is printed
        "9780441478125" + "51299",  # with the price beside it
        "9780441478125" + "05",
        "0441478123",  # of ten
        "0-8044-2957-X",
        "080442957x",
    ],
)
def test_an_isbn_in_other_shapes_is_known_too(text: str) -> None:
    assert read(text, RULES).kind == "isbn"


@pytest.mark.parametrize("text", ["0441478124", "044147812", "3123400009", "2123400003"])
def test_ten_digits_are_no_isbn_with_a_wrong_check_digit_or_where_labels_begin_like_that(
    text: str,
) -> None:
    assert read(text, RULES).kind == "doubtful"


def test_ten_digits_that_are_a_label_here_are_no_isbn() -> None:
    rules = BarcodeRules(item=(r"\d{10}",), check_digit=False)
    assert read("0441478123", rules).kind == "item"


def test_a_librarys_own_patterns_decide() -> None:
    rules = BarcodeRules(patron=(r"P\d{5}",), item=(r"\d{6}", r"[A-Z]{2}\d+"), check_digit=False)
    assert [read(text, rules).kind for text in ("P00417", "123456", "DV12", "P004170")] == [
        "card",
        "item",
        "item",
        "doubtful",
    ]


MERGED = BarcodeRules(
    labels=(
        LabelRule(kind="patron", prefix="2", institutions=("1234", "1299"), lengths=(14,)),
        LabelRule(kind="item", prefix="3", institutions=("1234", "1299"), lengths=(14,)),
        LabelRule(kind="item", pattern=r"DV\d{4,6}", check_digit=False),
        LabelRule(kind="item", prefix="0", lengths=(6, 7), check_digit=False),
    )
)
"""A library that has taken over two others, with their labels."""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MAYA, "card"),
        (LEFT_HAND, "item"),
        (MISREAD, "doubtful"),
        ("31299000000019", "item"),
        ("39999000000001", "doubtful"),  # of a neighbour
        ("DV00417", "item"),
        ("DV417", "doubtful"),
        ("012345", "item"),
        ("0123456", "item"),
        ("01234567", "doubtful"),
        ("01234a", "doubtful"),
    ],
)
def test_labels_by_prefix_institution_length_and_pattern(text: str, kind: str) -> None:
    assert read(text, MERGED).kind == kind


def test_each_label_says_for_itself_whether_it_has_a_check_digit() -> None:
    rules = BarcodeRules(
        labels=(
            LabelRule(kind="patron", prefix="2", lengths=(14,), check_digit=False),
            LabelRule(kind="item", prefix="3", lengths=(14,)),
        )
    )
    assert read(MAYA[:-1] + "0", rules).kind == "card"
    assert read(MISREAD, rules).kind == "doubtful"


def test_labels_of_one_kind_leave_the_patterns_of_the_other() -> None:
    rules = BarcodeRules(labels=(LabelRule(kind="item", prefix="DV", pattern=r"DV\d+"),))
    assert [read(text, rules).kind for text in (MAYA, "DV1", LEFT_HAND)] == [
        "card",
        "item",
        "doubtful",
    ]


def test_letters_may_be_small_where_labels_have_capitals() -> None:
    assert read_any_case("dv00417", MERGED).text == "DV00417"
    small = BarcodeRules(item=(r"dv\d+",), check_digit=False)
    assert read_any_case("dv00417", small).text == "dv00417"
    assert read_any_case("DV00417", small).kind == "doubtful"
    assert read_any_case("nonsense", MERGED).text == "nonsense"


@pytest.mark.parametrize(
    "rules",
    [
        BarcodeRules(item=(r"\d{14}",)),
        BarcodeRules(patron=(r"21234\d{9}",), item=(r"\d{14}",)),
        BarcodeRules(patron=(r"[A-Z]\d{5}",), item=(r"A\d+",)),
        BarcodeRules(labels=(LabelRule(kind="item", lengths=(14,)),)),
        BarcodeRules(labels=(LabelRule(kind="item", prefix="2"),)),
    ],
)
def test_patterns_that_take_a_number_for_both_are_found(rules: BarcodeRules) -> None:
    both = both_kinds(rules)
    assert both is not None
    reading = read(both, rules)
    assert (reading.kind, reading.problem) == ("doubtful", say("scan.card_or_item"))


@pytest.mark.parametrize(
    "rules", [RULES, MERGED, BarcodeRules(patron=(r"P\d{5}",), item=(r"\d{6}", r"[A-O]{2}\d+"))]
)
def test_patterns_that_differ_are_left_in_peace(rules: BarcodeRules) -> None:
    assert both_kinds(rules) is None


LABELS = st.builds(
    LabelRule,
    kind=st.sampled_from(["patron", "item"]),
    prefix=st.sampled_from(["", "2", "3", "DV"]),
    institutions=st.lists(st.sampled_from(["1234", "99"]), max_size=2).map(tuple),
    lengths=st.lists(st.integers(1, 20), max_size=2).map(tuple),
    pattern=st.sampled_from(["", r"\d+", r"[A-Z]{2}\d{3}|X\d", r"(?:a|b)+"]),
    check_digit=st.booleans(),
)
ANY_RULES = st.builds(BarcodeRules, labels=st.lists(LABELS, max_size=4).map(tuple))


@given(
    st.text(st.characters(codec=None), max_size=80) | st.from_regex(r"[23DV][0-9]{4,14}"),
    ANY_RULES,
)
def test_no_text_is_too_strange_for_any_labels(text: str, rules: BarcodeRules) -> None:
    reading = read_any_case(text, rules)
    assert (reading.problem is None) == (reading.kind in ("card", "item"))
    both = both_kinds(rules)
    assert both is None or read(both, rules).problem == say("scan.card_or_item")


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


def test_two_labels_in_one_scan_are_told_as_what_they_are() -> None:
    day = Day()
    day.scans(LEFT_HAND * 10)
    assert day.answer == ("not_taken", "scan.not_taken", "scan.too_long")
    assert day.desk.state.answer.headline.args["number"].endswith("…")
