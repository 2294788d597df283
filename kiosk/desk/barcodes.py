"""What a scanned or typed number is: a card, an item, a book's ISBN, or doubtful.

Library numbers are usually 14 digits: 2 (patron) or 3 (item), 4 for the institution, 8 serial, and
a check digit by Luhn's rule (doubling every second digit, mod 10). Truncated scans are the failure
staff fear most, because the book is gone before anyone notices: so what does not fit is asked
about, and staff have the last word. Only an ISBN is refused outright: it names an edition, never
the copy in hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kiosk.desk.words import Phrase, say

LONGEST = 64
"""Longer than any label; a longer text is two scans glued together, or a page of text."""

Kind = Literal["card", "item", "isbn", "doubtful", "damaged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BarcodeRules:
    """What numbers look like here.

    Patterns are regular expressions for the whole number, in which a digit is 0 to 9 alone.
    """

    patron: tuple[str, ...] = (r"2\d{13}",)
    item: tuple[str, ...] = (r"3\d{13}",)
    check_digit: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number is. `problem` says why it is not taken as it stands; None when it is.

    `likely` is what a doubtful number would be, where a pattern says so.
    """

    kind: Kind
    text: str
    problem: Phrase | None = None
    likely: Literal["card", "item"] | None = None


def read(text: str, rules: BarcodeRules) -> Reading:
    """Tell what a number is."""
    text = text.strip()
    if not text or not text.isprintable() or len(text) > LONGEST:
        return Reading("damaged", text, say("scan.damaged"))
    if is_isbn(text):
        return Reading("isbn", text, say("scan.isbn"))
    kind = _by_pattern(text, rules)
    if kind is None:
        return Reading("doubtful", text, say("scan.unlike_label", count=len(text)))
    if rules.check_digit and text.isascii() and text.isdigit() and not luhn(text):
        return Reading("doubtful", text, say("scan.check_digit"), kind)
    return Reading(kind, text)


def _by_pattern(text: str, rules: BarcodeRules) -> Literal["card", "item"] | None:
    if any(re.fullmatch(pattern, text, re.ASCII) for pattern in rules.patron):
        return "card"
    if any(re.fullmatch(pattern, text, re.ASCII) for pattern in rules.item):
        return "item"
    return None


def luhn(digits: str) -> bool:
    """Check a number's last digit by Luhn's rule (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_isbn(text: str) -> bool:
    """Tell the 13 digits (978 or 979) that are printed on the book itself."""
    return len(text) == 13 and text.isascii() and text.isdigit() and text[:3] in ("978", "979")
