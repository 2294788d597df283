"""The face of a library system that is talked with, and how one fails.

A library system answers facts and carries single transactions. What to send when, what to do
about a failure and when to ask first is delivery's business, not decided here. One that takes what
has happened in batches has another face (kiosk.ils.batches).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from kiosk.desk.transactions import Route

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind, Outcome, PatronAnswer, Transaction
    from kiosk.desk.words import Phrase


class LibraryError(Exception):
    """A library system could not answer. `reason` is fit to show to staff."""

    def __init__(self, reason: Phrase, detail: str = "") -> None:
        super().__init__(detail or reason.key)
        self.reason = reason
        self.detail = detail


class Unreachable(LibraryError):  # noqa: N818 - it names what is so, as the words of the design do
    """Nothing of this request can have been carried out; sending it again is safe."""


class ReplyLost(LibraryError):  # noqa: N818
    """The request went out, at least in part, and no usable reply came: it may have arrived."""


class Refused(LibraryError):  # noqa: N818
    """It answered, and said no: it would say so again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargedItems:
    """The items a patron has out. `complete` is False where the list may leave some out."""

    items: frozenset[str]
    complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemStatus:
    """Where an item is. `charged` is None where the library did not say it clearly.

    `route`: where it goes when it lies on a cart of returns.
    """

    charged: bool | None
    due: datetime | None = None
    title: str = ""
    words: str = ""
    route: Route = "ask"


class Library(Protocol):
    """One connection to a library system. One request at a time; it connects by itself.

    Every method may raise `Unreachable`; those that change something may raise `ReplyLost`.
    """

    carries: frozenset[Kind]
    """What it can be sent. The rest a person enters there by hand."""

    takes_backlog: bool
    """Whether it may be sent what has already happened. Else that waits."""

    async def hello(self) -> None:
        """Connect, log in and ask for the status; doubles as a keep-alive."""

    async def patron(self, card: str) -> PatronAnswer:
        """Ask whose card this is and whether it may borrow."""

    def prepare(self, transaction: Transaction, *, no_block: bool) -> None:
        """Make ready what is probably sent next, so that it goes out sooner. Nothing goes out yet.

        Whatever it raises, `send` would raise again.
        """

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        """Carry one transaction, under the time `transaction.at`.

        `no_block`: it has already happened, the library must take it.
        """

    async def charged_items(self, card: str) -> ChargedItems:
        """Ask which items a patron has out."""

    async def item_status(self, item: str) -> ItemStatus:
        """Ask where an item is."""

    async def end_session(self, card: str) -> None:
        """Tell that a patron is done here. Nothing depends on it; it takes a second at most.

        Raises nothing, and connects to nobody who is not connected.
        """

    async def close(self) -> None:
        """Hang up. Harmless when not connected."""
