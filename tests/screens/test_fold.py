from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.fold import ELLIPSIS, fold


def test_keeps_what_fits():
    assert fold("The Hobbit", len, 20, 1) == "The Hobbit"


def test_wraps_at_words():
    assert fold("The Left Hand of Darkness", len, 16, 2) == "The Left Hand of\nDarkness"


def test_shortens_the_last_line():
    assert fold("The Left Hand of Darkness", len, 10, 2) == "The Left\nHand of D…"


def test_breaks_a_word_that_has_no_room():
    assert fold("Donaudampfschiff", len, 10, 2) == "Donaudampf\nschiff"


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
