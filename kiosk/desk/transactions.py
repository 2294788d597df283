"""The facts a desk records, and what a library system says about them.

A transaction never changes once recorded. What becomes of it is an `Outcome`, a fact of its own,
linked by the transaction's id, which is the same for life: a transaction seen twice is harmless
because both copies carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from kiosk.desk.vocabulary import DueBy

Kind = Literal["checkout", "checkin", "renewal", "in_house_use", "noncat_checkout", "registration"]

Source = Literal["scan", "typed", "paper"]
"""How a number came in. `paper`: written down during an alarm, entered afterwards."""

OutcomeKind = Literal["applied", "noticed", "refused", "unknown", "by_hand"]
"""`applied`: the library has it. `noticed`: it has it, but a person should look. `refused`: it will
never take it. `unknown`: the reply was lost and asking did not help; a person must look. `by_hand`:
it was not sent, because the library system cannot carry it; a person enters it there."""


PatronBlock = Literal[
    "charging_denied",
    "renewal_denied",
    "recall_denied",
    "holds_denied",
    "card_lost",
    "too_many_charged",
    "too_many_overdue",
    "too_many_renewals",
    "too_many_claimed",
    "too_many_lost",
    "fines",
    "fees",
    "recall_overdue",
    "too_many_billed",
]
"""What a library system says against a patron. The names and their
order are SIP2's, of a 64's patron status."""

Route = Literal["", "shelve", "hold", "transit", "ask"]
"""Where a returned item goes: back to its shelf, to the hold shelf, to another library, or to a
person who looks. "" where nobody said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """What every transaction carries: enough to reprint it and to reopen its visit.

    `position` counts from 1 within the visit. `at` is the desk's clock, with its offset; the order
    of transactions is their order in the daybook, never `at`, because a Pi has no clock of its
    own. `boot` names the run of the machine whose clock that was, and `uptime` counts the seconds
    since it began: what `at` should have been is found out with it later (kiosk.daybook.clock).
    `allowed_by` is the supervisor who had the number of the item or card used, although it does not
    look right; or "".
    """

    kind: ClassVar[Kind]

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
    item: str = ""
    """The item's barcode; "" where a transaction is about none."""
    uptime: float | None = None
    allowed_by: str = ""
    corrects: str = ""
    """The id of the transaction in whose place this one is sent, because a person has put right
    what was wrong with it. It happened when that one did; it has its visit and its time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Somebody who borrows without a card at hand. One of the two lasts says who it is."""

    name: str
    born: date | None = None
    phone: str = ""


KNOWN_REASONS = ("settled", "list_wrong", "new_card", "known", "urgent")
"""The reasons for an override that have words of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A supervisor's word against a block. `reason`: a known one, or in words of the desk's own.

    Both are "" for what was lent on paper, or corrected to another card: it had happened, and
    nobody was asked.
    """

    supervisor: str
    reason: str
    against: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout(Transaction):
    """An item lent to a patron. `due` is what the patron was told, and never shifts.

    `due_by` is who says so, `loan` the name of the kind by which it was lent. `patron` is "" where
    somebody borrowed without a card: then `guest` says who. `override`: a supervisor allowed it
    against a block.
    """

    kind = "checkout"

    patron: str
    due: datetime
    due_by: DueBy = "usual"
    loan: str = ""
    guest: Guest | None = None
    override: Override | None = None
    still_out: bool = False
    """This daybook knew the item to be out to somebody else; it was lent all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkin(Transaction):
    """An item returned. `returned` is the book-drop day, or None when it came back just now.

    `undoes` is the id of the delivered checkout that this checkin takes back, or "".
    """

    kind = "checkin"

    returned: date | None = None
    undoes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal(Transaction):
    """A loan made longer. `patron` is "" where the card was not at hand.

    `due`, `due_by`, `loan` and `override` are as in a `Checkout`.
    """

    kind = "renewal"

    due: datetime
    patron: str = ""
    due_by: DueBy = "usual"
    loan: str = ""
    override: Override | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InHouseUse(Transaction):
    """An item that was used in the library, so many times (1 to 99)."""

    kind = "in_house_use"

    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class NoncatCheckout(Transaction):
    """Items without a barcode, lent by kind and count (1 to 99).

    `noncat` is the library system's own number of the kind, `name` what staff call it. `patron`,
    `guest` and `override` are as in a `Checkout`.
    """

    kind = "noncat_checkout"

    patron: str
    noncat: str
    name: str
    count: int
    due: datetime
    guest: Guest | None = None
    override: Override | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration(Transaction):
    """A new patron. `patron` is the card handed out; `details` by the names of the form's fields.

    The names are those of kiosk.desk.lending.registration.
    """

    kind = "registration"

    patron: str
    details: dict[str, str]

    @property
    def name(self) -> str:
        """The whole name, first name first."""
        names = (self.details.get(name, "") for name in ("first_name", "family_name"))
        return " ".join(name for name in names if name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the library system said of one transaction.

    `words` are the library's own, shown as they are; `code` is its own code, for the
    administrator. `due` is the library's due date where it gave one that could be read. `route`
    says where a returned item goes, `to` names the library where that is another one. `media` is
    SIP2's media type of the item (CK, three digits), or "".
    """

    transaction: str
    kind: OutcomeKind
    at: datetime
    title: str = ""
    due: datetime | None = None
    words: str = ""
    code: str = ""
    route: Route = ""
    to: str = ""
    media: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatronAnswer:
    """What the library system said of a card: whether it may borrow, and whose it is.

    `blocks` say why not, or what else the patron may not. `charged`, `overdue` and `holds` count
    items; None where nobody said. `fines` is what is owed, with its currency, or "".
    """

    patron: str
    valid: bool
    name: str = ""
    words: str = ""
    blocks: tuple[PatronBlock, ...] = ()
    charged: int | None = None
    overdue: int | None = None
    holds: int | None = None
    fines: str = ""
