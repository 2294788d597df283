"""The whole history of one transaction: from its record to what became of it, with times.

The daybook is looked through for all that was ever said of it, which takes a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from kiosk.desk.afterwards.lookback import what_of
from kiosk.desk.answers import Answer, Step
from kiosk.desk.settling.correcting import STAYS
from kiosk.desk.settling.deciding import NOTES
from kiosk.desk.settling.fixlist import reference
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.desk.answers import Tone
    from kiosk.desk.memory import Past
    from kiosk.desk.transactions import Source, Transaction

What = Literal[
    "recorded_scan", "recorded_typed", "recorded_paper", "still_out", "corrects",
    "sent", "not_sent", "uploaded", "handed_over", "taken_out", "confirmed",
    "applied", "noticed", "refused", "unknown", "by_hand", "reported",
    "voided", "undone", "settled", "corrected", "again", "seen",
]  # fmt: skip
"""What can happen to a transaction."""

TONES: dict[str, Tone] = {
    "recorded_scan": "recorded",
    "recorded_typed": "recorded",
    "recorded_paper": "recorded",
    "still_out": "look",
    "not_sent": "look",
    "taken_out": "look",
    "applied": "confirmed",
    "confirmed": "confirmed",
    "noticed": "look",
    "refused": "not_taken",
    "reported": "not_taken",
    "unknown": "look",
    "by_hand": "look",
}
"""How each of it is meant; the rest is news."""


BY_STAFF: frozenset[What] = frozenset(
    {
        *("recorded_scan", "recorded_typed", "recorded_paper", "confirmed"),
        *("undone", "settled", "corrected", "again"),
    }
)
"""What is told with the name of who did it."""

_SOURCES: dict[Source, What] = {
    "scan": "recorded_scan",
    "typed": "recorded_typed",
    "paper": "recorded_paper",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What happened to a transaction, and when.

    `by`: who did it, `words`: what was said, `name`: of a file, an upload session or a desk;
    `other`: the id of another transaction.
    """

    at: datetime
    what: What
    by: str = ""
    words: str = ""
    name: str = ""
    other: str = ""


def recorded(transaction: Transaction) -> Happening:
    """Give how it began."""
    return Happening(
        at=transaction.at,
        what=_SOURCES[transaction.source],
        by=transaction.staff,
        name=transaction.terminal,
    )


def told(past: Past, happened: Iterable[Happening]) -> Answer:
    """Tell all that happened to a transaction."""
    steps = tuple(_step(each) for each in happened)
    return Answer(
        tone="neutral",
        headline=what_of(past),
        detail=say("history.reference", reference=reference(past.transaction.id)),
        rows=tuple(say("history.row", at=step.at, what=step.says) for step in steps),
        steps=steps,
    )


def _step(each: Happening) -> Step:
    says = say(
        f"history.{each.what}_unnamed" if _is_by_nobody(each) else f"history.{each.what}",
        by=each.by,
        name=each.name,
        words=_words(each),
        other=reference(each.other),
    )
    return Step(at=each.at.isoformat(), says=says, tone=TONES.get(each.what, "neutral"))


def _is_by_nobody(each: Happening) -> bool:
    """Tell what somebody did where staff do not say who they are."""
    return each.what in BY_STAFF and not each.by


def _words(each: Happening) -> Phrase:
    """Write what was said: a note that staff chose has words of its own."""
    if each.what in ("settled", "corrected") and each.words in (*NOTES, STAYS):
        return say("history.note", note=say(f"settle.note.{each.words}"))
    if not each.words:
        return say("plain.text", text="")
    if each.what in ("settled", "corrected"):
        return say("history.note", note=each.words)
    return say("history.words", words=each.words)
