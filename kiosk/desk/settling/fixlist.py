"""The list of what needs a person, on paper: what to do about each, with barcodes to scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.desk.words import Phrase

REFERENCE = 6
"""Letters of a transaction's id that stand on the list: enough to tell those on it apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FixLine:
    """One transaction that needs a person.

    `said`: what the library said, in its own words. `card` is whole where staff asked for this one
    alone: they have to scan it. `reference` is scanned as `fix:REFERENCE`, to go on with it at the
    desk.
    """

    reference: str
    group: Phrase
    what: Phrase
    at: datetime
    said: Phrase
    means: Phrase
    todo: Phrase
    item: str = ""
    card: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FixList:
    """What a staff list says. `unmet`: lines of an error report that met nothing, as they are."""

    at: datetime
    library: str
    staff: str
    lines: tuple[FixLine, ...] = ()
    unmet: tuple[str, ...] = ()


def reference(transaction: str) -> str:
    """Give what stands on the list of a transaction, by its id."""
    return transaction[:REFERENCE]
