"""The facts a desk records, and what a library system says about them.

A transaction never changes once recorded. What becomes of it is an `Outcome`, a fact of its own,
linked by the transaction's id, which is the same for life: a transaction seen twice is harmless
because both copies carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

Source = Literal["scan", "typed", "paper"]
"""How a number came in. `paper`: written down during an alarm, entered afterwards."""

OutcomeKind = Literal["applied", "noticed", "refused", "unknown"]
"""`applied`: the library has it. `noticed`: it has it, but a person should look. `refused`: it will
never take it. `unknown`: the reply was lost and asking did not help; a person must look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """What every transaction carries: enough to reprint it and to reopen its visit.

    `position` counts from 1 within the visit. `at` is the desk's clock, with its offset; the order
    of transactions is their order in the daybook, never `at`, because a Pi has no clock of its
    own. `boot` names the run of the machine whose clock that was, and `uptime` counts the seconds
    since it began: what `at` should have been is found out with it later (kiosk.daybook.clock).
    """

    kind: ClassVar[str]

    id: str
    visit: str
    position: int
    at: datetime
    boot: str
    terminal: str
    library: str
    profile: str
    staff: str
    desk_session: str
    source: Source
    item: str
    uptime: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout(Transaction):
    """An item lent to a patron. `due` is what the patron was told, and never shifts."""

    kind = "checkout"

    patron: str
    due: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkin(Transaction):
    """An item returned. `returned` is the book-drop day, or None when it came back just now.

    `undoes` is the id of the delivered checkout that this checkin takes back, or "".
    """

    kind = "checkin"

    returned: date | None = None
    undoes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the library system said of one transaction.

    `words` are the library's own, shown as they are; `code` is its own code, for the
    administrator. `due` is the library's due date where it gave one that could be read.
    """

    transaction: str
    kind: OutcomeKind
    at: datetime
    title: str = ""
    due: datetime | None = None
    words: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatronAnswer:
    """What the library system said of a card: whether it may borrow, and whose it is."""

    patron: str
    valid: bool
    name: str = ""
    words: str = ""
