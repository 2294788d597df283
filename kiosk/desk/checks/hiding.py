"""Cards in the words of others: what a library says may name whoever has an item, or had it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiosk.desk.checks import barcodes
from kiosk.desk.words import ending

if TYPE_CHECKING:
    from kiosk.desk.checks.barcodes import BarcodeRules

SHORTEST = 4
"""Digits that a word must have to be taken for a card: else rules that fit anything hide all."""

_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*")
_IN_GROUPS = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[ \-][0-9]+)+(?![0-9A-Za-z])")
"""A number written in groups of digits."""


def without_cards(text: str, rules: BarcodeRules) -> str:
    """Write a text with no more of any card than its ending.

    Of Symphony's records (`^UO2...`) a data code may stand before the number.
    """

    def in_a_word(word: re.Match[str]) -> str:
        number = word[0].rstrip(".-")
        for begin in (0, 2) if "^" in text else (0,):
            if _is_card(number[begin:], rules):
                return f"{number[:begin]}{_hidden(number)}{word[0][len(number) :]}"
        return word[0]

    def in_groups(groups: re.Match[str]) -> str:
        number = re.sub(r"[ \-]", "", groups[0])
        return _hidden(number) if _is_card(number, rules) else groups[0]

    return _WORD.sub(in_a_word, _IN_GROUPS.sub(in_groups, text))


def _is_card(number: str, rules: BarcodeRules) -> bool:
    digits = sum(c.isdigit() for c in number)
    return digits >= SHORTEST and barcodes.read(number, rules).kind == "card"


def _hidden(card: str) -> str:
    return f"••••{ending(card)}"
