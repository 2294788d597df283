"""What a desk must know at once: its `Memory`, and how it tells what it knows.

Of a real desk the daybook has it all, and kiosk.memory hands it on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.desk.transactions import Guest, Kind, Outcome, Route, Transaction
from kiosk.desk.vocabulary import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kiosk.desk.batches.standing import HandedFile
    from kiosk.desk.checks.blocklist import Listed
    from kiosk.desk.dates.duedates import Length
    from kiosk.desk.returns.count import Returns
    from kiosk.desk.visits import PastVisit


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Who has an item, as far as this daybook knows.

    `card` is for comparing, never shown; "" where it was lent without one: then `guest` says who
    has it.
    """

    card_ending: str
    at: datetime
    due: datetime
    card: str = field(default="", repr=False)
    guest: Guest | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CartItem:
    """A returned item, and where it goes: `route` is "" while the library has not answered.

    `unseen`: its returns that still lie on the cart; none where it was dealt with already. `words`
    are the library's.
    """

    item: str
    route: Route = ""
    to: str = ""
    title: str = ""
    words: str = ""
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """A transaction that was looked up, by its `entry`, and what became of it.

    `overtaken`: something happened with its item since that still counts. `corrected`: another
    one is sent in its place. `entered`: a person has
    entered it in the library system by hand, and has said so.
    """

    entry: str
    transaction: Transaction
    stage: Stage
    title: str = ""
    overtaken: bool = False
    entered: bool = False
    corrected: bool = False

    @property
    def is_undo(self) -> bool:
        """Whether it takes back a loan that the library had."""
        return bool(getattr(self.transaction, "undoes", ""))


Group = Literal["unknown", "refused", "noticed", "by_hand", "registration"]
"""What needs a person, by what has to be done about it; the most urgent first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToSettle:
    """A transaction that needs a person, by its `entry`, and what the library said of it.

    `reported`: an error report from elsewhere said so.
    """

    entry: str
    transaction: Transaction
    outcome: Outcome
    title: str = ""
    reported: bool = False

    @property
    def group(self) -> Group:
        """Where it stands on the list."""
        return group_of(self.transaction.kind, self.outcome)


def group_of(kind: str, outcome: Outcome) -> Group:
    """Tell where a transaction that needs a person stands on the list.

    A registration has to be looked up in the library system, whatever became of it.
    """
    if kind == "registration":
        return "registration"
    return "refused" if outcome.kind == "applied" else outcome.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Last:
    """The last that happened with an item here and still counts.

    `delivered`: the library knows of it, or may.
    """

    kind: Kind
    at: datetime
    delivered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Somebody who was registered here."""

    name: str
    card_ending: str
    at: datetime


class Memory(Protocol):
    """What the desk must know at once: from memory and short reads of the disk; no network."""

    def block_status(self, card: str) -> Listed | None:
        """Tell what the block list says of a card, however old the list is."""

    def block_list_made(self) -> date | None:
        """Tell of which day the block list is; None where there is none that can be used."""

    def holder(self, item: str) -> Holder | None:
        """Who has this item, as far as this daybook knows."""

    def title(self, item: str) -> str:
        """Tell what an item is called, learnt from what the library said before; else ""."""

    def media(self, item: str) -> str:
        """Tell of which media type an item is, learnt likewise; else ""."""

    def knows(self, item: str) -> bool:
        """Whether an item was ever here: lent, returned, or told of by the library."""

    def longer(self, number: str) -> str:
        """Find a known item whose number begins with this one and goes on; else ""."""

    def loan_length(self, item: str) -> Length | None:
        """Tell how long the library lends an item, where that was learnt from what it said."""

    def under_way(self, transaction: str) -> bool:
        """Whether delivery has begun with a transaction, so that it cannot be voided any more."""

    def rests(self, transaction: str) -> bool:
        """Whether it is in a file or an upload that nobody has loaded or processed yet."""

    def last_of(self, item: str) -> Last | None:
        """Tell what happened last with an item here: last in time, not as entered."""

    def recorded_on(self, day: date, number: str = "") -> Sequence[str]:
        """List what was recorded on a day, the newest first; of a card or an item alone."""

    def ending_on(self, day: date, digits: str) -> Sequence[str]:
        """List what was recorded on a day of the cards and items that end so, the newest first."""

    def past(self, entry: str) -> Past | None:
        """Look up what such a list names."""

    def refused(self, transaction: str) -> Past | None:
        """Look up a transaction that the library has refused, by its id."""

    def visit_with(self, entry: str) -> PastVisit | None:
        """Find the visit to which what such a list names belongs."""

    def returns(self) -> Returns:
        """Count the returns that are not dealt with yet."""

    def on_cart(self, item: str) -> CartItem | None:
        """Tell where an item goes whose last transaction here is its return, if it is."""

    def cart_items(self) -> Sequence[str]:
        """List the items on the cart, by where they go."""

    def cart_answered(self) -> tuple[str, ...]:
        """List the returns on the cart of which it is known where they go."""

    def card_known(self, card: str) -> Literal["", "registered", "used"]:
        """Whether a card was handed out or used here before, of what was not undone or refused."""

    def loans_waiting(self, card: str) -> int:
        """Count the loans and renewals on a card that the library may not have taken yet."""

    def namesake(self, name: str, born: str) -> Known | None:
        """Who was registered here last under an alike name, with the same birth date."""

    def by_hand(self, reference: str) -> tuple[str, ...]:
        """Name what a person is to enter by hand of the visit on whose slip this stands."""

    def to_fix(self) -> Sequence[str]:
        """List what needs a person, group by group, the oldest first."""

    def to_fix_counts(self) -> Mapping[Group, int]:
        """Count what needs a person, by group. There may be thousands: none of it is read."""

    def exception(self, entry: str) -> ToSettle | None:
        """Look up what such a list names; None where it needs nobody any more."""

    def about(self, number: str) -> Sequence[str]:
        """List all that was recorded of a card or an item, on any day, the newest first."""

    def reported(self, transaction: str) -> str:
        """Tell what an error report said of a transaction last; "" where none did."""

    def handed_over(self) -> Sequence[HandedFile]:
        """List the files that were handed over and nobody has confirmed, the oldest first."""

    def past_visit(self, barcode: str) -> PastVisit | None:
        """Find the newest checkout visit of this card or with this item; of anyone for ""."""
