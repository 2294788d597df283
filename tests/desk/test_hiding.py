"""Cards in the words of others are hidden, but for their endings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import JONAS, LEFT_HAND, MAYA

from kiosk.desk.checks.barcodes import BarcodeRules
from kiosk.desk.checks.hiding import without_cards

RULES = BarcodeRules()
MAYAS = f"••••{MAYA[-4:]}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Checked out to {MAYA} (MUELLER, ANNA)", f"Checked out to {MAYAS} (MUELLER, ANNA)"),
        (f"{JONAS}, then {MAYA}.", f"••••{JONAS[-4:]}, then {MAYAS}."),
        (f"^UO{MAYA}^NQ{LEFT_HAND}", f"^UO{MAYAS}^NQ{LEFT_HAND}"),
        (f"Patron {MAYA[0]} {MAYA[1:5]} {MAYA[5:10]} {MAYA[10:]} owes 5", f"Patron {MAYAS} owes 5"),
        (f"{MAYA[0]}-{MAYA[1:5]}-{MAYA[5:10]}-{MAYA[10:]}", MAYAS),
        (f"{LEFT_HAND} is due 2026-12-01 10:42", f"{LEFT_HAND} is due 2026-12-01 10:42"),
        ("", ""),
    ],
)
def test_of_a_card_the_ending_alone_is_left(said: str, shown: str) -> None:
    assert without_cards(said, RULES) == shown


def test_rules_that_fit_anything_leave_words_as_they_are() -> None:
    anything = BarcodeRules(patron=(r"[A-Za-z0-9]+",), item=(r"3\d{13}",), check_digit=False)
    assert (
        without_cards("Patron debarred until A12345", anything) == "Patron debarred until ••••345"
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_none_is_left_whole_wherever_it_stands(before: str, after: str) -> None:
    assert MAYA not in without_cards(f"{before} {MAYA}, {after}", RULES)
