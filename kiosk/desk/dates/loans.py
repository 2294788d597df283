"""How long items are lent: the rules of kiosk.toml, and what a due date in force says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.desk.dates.duedates import Length
from kiosk.desk.vocabulary import DueBy
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.desk.words import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanRule:
    """A kind of item with a loan of its own: by days or by hours.

    `item` are regular expressions for whole item numbers, `media` SIP2's media types ("006") as the
    library has told them of items; without either, the kind is only chosen by hand, as `kind:dvd`.
    `name` is what staff call it.
    """

    kind: str
    name: str = ""
    item: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    days: int | None = None
    hours: int | None = None

    @property
    def length(self) -> Length:
        """How long such an item is lent."""
        return Length(hours=self.hours) if self.hours else Length(days=self.days or 0)


class LoanRules:
    """The rules, read once."""

    def __init__(self, rules: Sequence[LoanRule]) -> None:
        self._rules = tuple(rules)
        self._patterns = tuple(
            (re.compile(pattern, re.ASCII), rule) for rule in rules for pattern in rule.item
        )

    @property
    def kinds(self) -> tuple[LoanRule, ...]:
        """Every kind, in the order of kiosk.toml."""
        return self._rules

    def of(self, item: str) -> LoanRule | None:
        """Find the first rule for an item's number."""
        found = (rule for pattern, rule in self._patterns if pattern.fullmatch(item))
        return next(found, None)

    def of_media(self, media: str) -> LoanRule | None:
        """Find the first rule for a media type."""
        return next((rule for rule in self._rules if media in rule.media), None)

    def named(self, kind: str) -> LoanRule | None:
        """Find a kind by its word, in upper or lower case, or by its number from 1."""
        if kind.isascii() and kind.isdigit() and 1 <= int(kind) <= len(self._rules):
            return self._rules[int(kind) - 1]
        return next((x for x in self._rules if x.kind.lower() == kind.lower()), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A due date in force, and who says so.

    `length` is None where it is a fixed day. `kind` is what staff call the kind of item, or "".
    """

    at: datetime
    by: DueBy = "usual"
    length: Length | None = None
    kind: str = ""

    @property
    def why(self) -> Phrase:
        """Say where it comes from."""
        return why(self.by, self.kind)

    @property
    def chosen(self) -> bool:
        """Whether staff said so, of what lies before them."""
        return self.by in ("item", "kind", "patron")


def why(by: DueBy, kind: str) -> Phrase:
    """Say where a due date comes from."""
    return say(f"due.by_{by}", kind=kind)
