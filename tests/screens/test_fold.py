from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.fold import ELLIPSIS, JOINED, balance, fold, fold_end, wrap


def test_keeps_what_fits():
    assert fold("The Hobbit", len, 20, 1) == "The Hobbit"


def test_wraps_at_words():
    assert fold("The Left Hand of Darkness", len, 16, 2) == "The Left Hand of\nDarkness"


def test_shortens_the_last_line():
    assert fold("The Left Hand of Darkness", len, 10, 2) == "The Left\nHand of D…"


def test_keeps_the_end_of_a_name_without_blanks():
    assert fold("20261120-northside-DESK-1-0007.koc", len, 24, 1) == "20261120-norths…0007.koc"
    assert fold("Donaudampfschiff", len, 10, 1) == "Donaudamp…", "where there is room for both"


def test_breaks_a_word_that_has_no_room():
    assert fold("Donaudampfschiff", len, 10, 2) == "Donaudampf\nschiff"


def test_keeps_the_end_of_what_somebody_is_typing():
    assert fold_end("The Hobbit", len, 20, 1) == "The Hobbit"
    assert fold_end("31234000517861", len, 10, 2) == "…000517861"
    assert fold_end("The Left Hand of Darkness", len, 12, 2) == "…Left Hand\nof Darkness"


@given(st.text("ab c", max_size=60), st.integers(2, 20), st.integers(1, 4))
def test_what_is_typed_never_has_more_lines_nor_wider_ones(text: str, width: int, lines: int):
    folded = fold_end(text, len, width, lines).split("\n")
    assert len(folded) <= lines
    assert max(map(len, folded)) <= width


@given(st.text("ab c", max_size=60), st.integers(2, 20), st.integers(1, 4))
def test_never_wider_nor_higher_than_allowed(text, width, lines):
    folded = fold(text, len, width, lines).split("\n")
    assert len(folded) <= lines
    assert all(len(line) <= width for line in folded)


@given(st.text("ab c", max_size=60), st.integers(2, 20))
def test_loses_nothing_without_an_ellipsis(text, width):
    folded = fold(text, len, width, 100)
    assert ELLIPSIS not in folded
    assert folded.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_leaves_no_word_alone_in_the_last_line():
    text = "The next item was used five times"
    assert fold(text, len, 27, 2) == "The next item was used five\ntimes"
    assert balance(text, len, 27, 2) == "The next item was\nused five times"


def test_balances_in_no_more_lines_than_are_needed():
    assert balance("Reprint last slip", len, 30) == "Reprint last slip"
    assert balance("The Left Hand of Darkness", len, 10, 2) == "The Left\nHand of D…"


@given(st.text("ab c", max_size=60), st.integers(3, 20))
def test_balanced_is_as_high_as_folded_and_says_the_same(text, width):
    text = " ".join(text.split())
    folded, balanced = fold(text, len, width, 100), balance(text, len, width)
    assert balanced.count("\n") == folded.count("\n")
    assert all(len(line) <= width for line in balanced.split("\n"))
    assert balanced.replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_a_text_that_is_read_does_not_end_in_a_word_alone():
    text = "After 2 more wrong ones the next try has to wait."
    assert fold(text, len, 24, 9).endswith("\nthe next try has to\nwait.")
    assert wrap(text, len, 24).endswith("\nthe next try has\nto wait.")
    assert wrap("Put it on a shelf, and go on", len, 26) == "Put it on a shelf,\nand go on"


def test_a_number_stays_with_what_it_counts():
    assert wrap("The library says 21 days", len, 20) == f"The library\nsays 21{JOINED}days"
    assert balance("Library IT, 555 0142", len, 15) == f"Library IT,\n555{JOINED}0142"
    assert wrap("Item 31234000517861, by Ines", len, 21) == "Item 31234000517861,\nby Ines"
    assert wrap("1,214 transactions", len, 12) == "1,214\ntransactions", "if there is room"


def test_a_line_does_not_end_in_a_dot_that_parts_two_facts():
    assert wrap("Library IT · 555 0142 · help@library.example", len, 26) == (
        f"Library IT · 555{JOINED}0142\nhelp@library.example"
    )
    assert wrap("Library IT · 555 0142 · help@library.example", len, 30) == (
        f"Library IT · 555{JOINED}0142\nhelp@library.example"
    )
    assert wrap("2 holds · owes 4.50", len, 10) == f"2{JOINED}holds\nowes 4.50"


@pytest.mark.parametrize("folded", [wrap, balance])
def test_paragraphs_are_folded_each_for_itself_and_the_last_that_has_room_is_cut(folded):
    text = "Room for four days.\n\nGo on as usual.\nTell your administrator."
    assert folded(text, len, 24, 8) == text
    assert folded(text, len, 24, 3) == "Room for four days.\n\nGo on as usual. Tell yo…"
    assert folded("Go on.\nAs usual.", len, 20, 1) == "Go on. As usual."


@pytest.mark.parametrize("folded", [wrap, balance])
@given(text=st.text("ab1 ·\n", max_size=60), width=st.integers(2, 20), lines=st.integers(0, 4))
def test_what_is_folded_is_never_wider_nor_higher_than_allowed(folded, text, width, lines):
    laid = folded(text, len, width, lines).split("\n")
    assert not lines or len(laid) <= lines
    assert all(len(line) <= width for line in laid)


@given(st.text("ab1 c\n", max_size=60), st.integers(2, 20))
def test_wrapped_says_the_same(text, width):
    wrapped = wrap(text, len, width)
    assert "".join(wrapped.split()) == "".join(text.split())
