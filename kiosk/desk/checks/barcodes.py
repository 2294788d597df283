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
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Literal

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64
"""Longer than any label; a longer text is two scans glued together, or a page of text."""

Kind = Literal["card", "item", "isbn", "doubtful", "damaged"]

UseAnyway = Literal["staff", "supervisor", "nobody"]
"""Who may use a number that does not look right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRule:
    """What one kind of label looks like: all that is said here has to be so.

    `prefix` begins the number, one of the `institutions` follows it; the rest is digits, unless
    `pattern` says otherwise, a regular expression for the whole number.
    """

    kind: Literal["patron", "item"]
    prefix: str = ""
    institutions: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    pattern: str = ""
    check_digit: bool = True

    @property
    def regex(self) -> str:
        """All of it as one regular expression for the whole number."""
        lengths = "|".join(f".{{{length}}}" for length in self.lengths)
        starts = "|".join(map(re.escape, self.starts))
        return "".join(
            (
                rf"(?=(?:{lengths})\Z)" if lengths else "",
                f"(?={starts})" if starts else "",
                f"(?:{self.pattern})" if self.pattern and (lengths or starts) else self.pattern,
                "" if self.pattern else "[0-9]+",
            )
        )

    @property
    def starts(self) -> tuple[str, ...]:
        """What such a number begins with."""
        return tuple(self.prefix + code for code in self.institutions or ("",))


@dataclass(frozen=True, kw_only=True, slots=True)
class BarcodeRules:
    """What numbers look like here.

    `patron` and `item` are regular expressions for the whole number, in which a digit is 0 to 9
    alone; `labels` of a kind take their place.
    """

    patron: tuple[str, ...] = (r"2\d{13}",)
    item: tuple[str, ...] = (r"3\d{13}",)
    check_digit: bool = True
    labels: tuple[LabelRule, ...] = ()
    use_anyway: UseAnyway = "staff"
    ask_unseen: bool = True
    """Whether staff are asked about an item that was never seen here, where nearly all were."""

    def of(self, kind: Literal["patron", "item"]) -> tuple[LabelRule, ...]:
        """Give the labels of a kind."""
        labels = tuple(label for label in self.labels if label.kind == kind)
        patterns = self.patron if kind == "patron" else self.item
        return labels or tuple(
            LabelRule(kind=kind, pattern=pattern, check_digit=self.check_digit)
            for pattern in patterns
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number is. `problem` says why it is not taken as it stands; None when it is.

    `likely` is what a doubtful number would be, where a pattern says so.
    """

    kind: Kind
    text: str
    problem: Phrase | None = None
    likely: Literal["card", "item"] | None = None


@dataclass(frozen=True, slots=True)
class _Label:
    """A label rule, compiled."""

    kind: Literal["card", "item"]
    fits: re.Pattern[str]
    check_digit: bool
    starts: tuple[str, ...]


@lru_cache(maxsize=16)
def _labels(rules: BarcodeRules) -> tuple[_Label, ...]:
    """Compile the rules, once."""
    return tuple(
        _Label(
            "card" if label.kind == "patron" else "item",
            re.compile(label.regex, re.ASCII),
            label.check_digit,
            tuple(start or _literal_start(label.pattern) for start in label.starts),
        )
        for label in (*rules.of("patron"), *rules.of("item"))
    )


def read(text: str, rules: BarcodeRules) -> Reading:
    """Tell what a number is."""
    text = text.strip()
    if not text or not text.isprintable():
        return Reading("damaged", text, say("scan.damaged"))
    if len(text) > LONGEST:
        return Reading("damaged", text, say("scan.too_long"))
    if is_isbn(text):
        return Reading("isbn", text, say("scan.isbn"))
    labels = _labels(rules)
    found = [label for label in labels if label.fits.fullmatch(text)]
    kinds = {label.kind for label in found}
    if len(kinds) > 1:
        return Reading("doubtful", text, say("scan.card_or_item"))
    if kinds and (_needs_no_check(text, found) or luhn(text)):
        return Reading(found[0].kind, text)
    if is_short_isbn(text) and not text.startswith(_all_starts(labels)):
        return Reading("isbn", text, say("scan.isbn"))
    if kinds:
        return Reading("doubtful", text, say("scan.check_digit"), found[0].kind)
    return Reading("doubtful", text, say("scan.unlike_label", count=len(text)))


def read_any_case(text: str, rules: BarcodeRules) -> Reading:
    """Tell what a number is; its letters may be small where labels have capitals."""
    reading = read(text, rules)
    if reading.kind == "doubtful" and text != text.upper():
        capitals = read(text.upper(), rules)
        if capitals.kind in ("card", "item"):
            return capitals
    return reading


def _needs_no_check(text: str, found: list[_Label]) -> bool:
    """Tell whether a number needs no check digit: its label has none, or it has letters."""
    digits = text.isascii() and text.isdigit()
    return not digits or any(not label.check_digit for label in found)


def _all_starts(labels: tuple[_Label, ...]) -> tuple[str, ...]:
    return tuple(start for label in labels for start in label.starts if start)


def _literal_start(pattern: str) -> str:
    """Give the plain letters and digits with which a regular expression begins."""
    if "|" in pattern:
        return ""
    found = re.match(r"[0-9A-Za-z]*(?![?*{0-9A-Za-z])|[0-9A-Za-z]*(?=[0-9A-Za-z][?*{])", pattern)
    return found[0] if found else ""


def both_kinds(rules: BarcodeRules) -> str | None:
    """Find a number that would be a card and an item; None where none was found.

    Tries what the labels begin with, filled up with a few characters to every length.
    """
    labels = _labels(rules)
    for text in _examples(labels):
        if len({label.kind for label in labels if label.fits.fullmatch(text)}) > 1:
            return text
    return None


def _examples(labels: tuple[_Label, ...]) -> Iterator[str]:
    starts = {start for label in labels for start in label.starts} | {""}
    for length, start, fill in product(range(1, 25), sorted(starts), "059AZ"):
        yield start + fill * (length - len(start))


def luhn(digits: str) -> bool:
    """Check a number's last digit by Luhn's rule (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_isbn(text: str) -> bool:
    """Tell the 13 digits (978 or 979) that are printed on the book itself.

    Typed with their hyphens, too, and scanned with the price that may stand beside them as 2 or 5
    digits more (EAN-2, EAN-5).
    """
    digits = text.replace("-", "")
    return (
        len(digits) in (13, 15, 18)
        and digits.isascii()
        and digits.isdigit()
        and digits.startswith(("978", "979"))
    )


def is_short_isbn(text: str) -> bool:
    """Tell an ISBN of ten, by its check digit (ISO 2108: weights 10 to 1, mod 11, X for 10)."""
    digits = text.replace("-", "").upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) is None:
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0
