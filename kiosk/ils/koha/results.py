"""What Koha's answers mean. Pure: no I/O.

    Success.                                        applied
    Added.                                          in Koha's queue, until staff process it
    Item not issued. / Item not found. /            refused
    Barcode not found. / Borrower not found.
    any other words                                 refused, with these words
    the plugin's `skipped`                          it has that already: as it says of it then; else
                                                    applied, or in the queue where it went there
    the plugin's `error`                            refused, with its words

The strings are those of C4/Circulation.pm (ProcessOfflineOperation). None tells a due date, nor
where a returned item goes: ProcessOfflineReturn looks for no holds, so a person has to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kiosk.desk.transactions import Checkin, Outcome
from kiosk.ils.said import in_short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kiosk.desk.transactions import OutcomeKind, Route, Transaction

_REFUSALS: Final = frozenset(
    {"Item not issued.", "Item not found.", "Barcode not found.", "Borrower not found."}
)
_KNOWN: Final = _REFUSALS | {"Success.", "Added."}
_BEFORE: Final = re.compile(r"\s*already processed:?\s*", re.IGNORECASE)


def broke_off(words: str) -> bool:
    """Tell whether it is nothing, or the beginning of an answer: a connection may break anywhere.

    "Succ" is no refusal.
    """
    return words not in _KNOWN and any(known.startswith(words) for known in _KNOWN)


def of_words(transaction: Transaction, words: str, at: datetime) -> Outcome | None:
    """Read what the service says of an operation; None: it is in the queue.

    `words` is all of it: see `broke_off`.
    """
    words = in_short(words)
    if words == "Added.":
        return None
    if words == "Success.":
        return _outcome(transaction, "applied", at)
    return _outcome(transaction, "refused", at, words)


def of_plugin(
    transaction: Transaction, status: str, words: str, at: datetime, *, pending: bool
) -> Outcome | None:
    """Read what the plugin says of an operation; None: it is in the queue.

    `pending`: it was meant for the queue.
    """
    words = in_short(words)
    match status:
        case "queued":
            return None
        case "processed" if words not in _REFUSALS:
            return _outcome(transaction, "applied", at)
        case "processed" | "error":
            return _outcome(transaction, "refused", at, words)
        case "skipped":
            before = _BEFORE.sub("", words, count=1)
            if before in _KNOWN:
                return of_words(transaction, before, at)
            return None if pending else _outcome(transaction, "applied", at)
    return _outcome(transaction, "unknown", at, f"{status}: {words}", code="unforeseen")


def overtaken(said: Sequence[tuple[Transaction, str]]) -> frozenset[str]:
    """Give the ids of what the plugin had, although what goes before it with its item is new there.

    A batch is loaded again: the plugin skips what it has, and tries anew what was an error. A
    return of what was not on loan now takes back the loan that came after it.
    """
    new: set[str] = set()
    found: set[str] = set()
    for transaction, status in said:
        if status == "skipped" and transaction.item in new:
            found.add(transaction.id)
        elif status == "processed":
            new.add(transaction.item)
    return frozenset(found)


def queued(transaction: Transaction, at: datetime) -> Outcome:
    """Say of what is in the queue, unasked, that staff have to process it there."""
    return _outcome(transaction, "noticed", at, "Added.", code="queued")


def by_hand(transaction: Transaction, code: str, at: datetime) -> Outcome:
    """Leave a transaction to a person, unsent."""
    return Outcome(transaction=transaction.id, kind="by_hand", at=at, code=code)


def unknown(transaction: Transaction, at: datetime, code: str = "no-reply") -> Outcome:
    """Say that nobody can find out from here."""
    return _outcome(transaction, "unknown", at, code=code)


def _outcome(
    transaction: Transaction, kind: OutcomeKind, at: datetime, words: str = "", code: str = ""
) -> Outcome:
    route: Route = "ask" if isinstance(transaction, Checkin) else ""
    return Outcome(
        transaction=transaction.id, kind=kind, at=at, words=words, code=code, route=route
    )
