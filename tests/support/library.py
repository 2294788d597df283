"""A small library in memory, behind the face that delivery knows, with faults to switch on."""

from __future__ import annotations

import asyncio
from collections import deque
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.transactions import (
    Checkin,
    Checkout,
    Kind,
    Outcome,
    PatronAnswer,
    Renewal,
    Transaction,
)
from kiosk.desk.words import say
from kiosk.ils.base import ChargedItems, ItemStatus, ReplyLost, Unreachable
from support.transactions import NOW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Fault = Literal["unreachable", "lost before", "lost after", "unforeseen"]
FAULTS: tuple[Fault, ...] = ("unreachable", "lost before", "lost after", "unforeseen")
"""What can happen to one `send`: not sent, lost on its way, its reply lost, a surprise after it."""

UNREACHABLE = Unreachable(say("library.no_network"))


@dataclass(frozen=True)
class Loan:
    patron: str
    due: datetime


class ModelLibrary:
    """Keeps loans, and notes what it was asked. A `kiosk.ils.base.Library`."""

    def __init__(self, carries: frozenset[Kind] = EVERYTHING) -> None:
        self.carries = carries
        self.takes_backlog = True
        self.loans: dict[str, Loan] = {}
        self.acted: list[str] = []
        """The ids of the transactions it has carried out, in order, each time it did."""
        self.prepared: list[Transaction] = []
        self.requests: list[str] = []
        self.times: dict[str, list[datetime]] = {}
        """The time under which each transaction came, each time it did."""
        self.blocks: dict[str, bool] = {}
        """Whether each transaction came with no-block, the last time."""
        self.down = False
        self.refuses: set[str] = set()
        self.words = "On hold for another patron"
        self.greeting = ""
        """Items it will not lend."""
        self.cannot_read: set[str] = set()
        """Items and cards at which it trips, whatever is asked about them."""
        self.never_answers_for_patrons = False
        """It greets and takes transactions, but does not say what a patron has out."""
        self.faults: deque[Fault | None] = deque()
        """What happens to the next sends."""
        self.lists_loans = True
        """Whether its list of a patron's items is complete."""
        self.closed = 0
        self.going_on = asyncio.Event()
        """Cleared, it hangs: no request is answered until it is set."""
        self.going_on.set()
        self.arrived = asyncio.Event()
        """Set with each request."""
        self.point: Callable[[], Awaitable[None]] = _nowhere
        """Called wherever a request is under way, before and after the library acts."""

    def another_connection(self) -> ModelLibrary:
        """Give another connection to the same library, which may be down by itself."""
        return copy(self)

    async def hello(self) -> None:
        await self._request("hello")

    async def patron(self, card: str) -> PatronAnswer:
        await self._request(f"patron {card}", card)
        return PatronAnswer(patron=card, valid=True, name=f"Name of {card}", words=self.greeting)

    def prepare(self, transaction: Transaction, *, no_block: bool) -> None:
        self.prepared.append(transaction)

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        fault = self.faults.popleft() if self.faults else None
        await self._request(f"{transaction.kind} {transaction.item}", transaction.item)
        if fault == "unreachable":
            raise UNREACHABLE
        self.blocks[transaction.id] = no_block
        self.times.setdefault(transaction.id, []).append(transaction.at)
        if fault == "lost before":
            raise ReplyLost(say("library.reply_lost"))
        outcome = self._act(transaction, no_block=no_block)
        await self.point()
        if fault == "lost after":
            raise ReplyLost(say("library.reply_lost"))
        if fault == "unforeseen":
            raise LookupError("a reply nobody foresaw")
        return outcome

    async def charged_items(self, card: str) -> ChargedItems:
        await self._request(f"charged {card}")
        if self.never_answers_for_patrons:
            raise UNREACHABLE
        items = {item for item, loan in self.loans.items() if loan.patron == card}
        return ChargedItems(
            items=frozenset(items if self.lists_loans else ()), complete=self.lists_loans
        )

    async def item_status(self, item: str) -> ItemStatus:
        await self._request(f"item {item}", item)
        loan = self.loans.get(item)
        due = loan.due if loan is not None else None
        return ItemStatus(charged=loan is not None, due=due, title=f"Title of {item}")

    async def end_session(self, card: str) -> None:
        self.requests.append(f"end {card}")

    async def close(self) -> None:
        self.closed += 1

    async def _request(self, request: str, item: str = "") -> None:
        await self.point()
        self.requests.append(request)
        self.arrived.set()
        await self.going_on.wait()
        if self.down:
            raise UNREACHABLE
        if item in self.cannot_read:
            raise UnicodeError(item)

    def _act(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        item = transaction.item
        if isinstance(transaction, Checkout) and item in self.refuses and not no_block:
            return Outcome(transaction=transaction.id, kind="refused", at=NOW, words=self.words)
        self.acted.append(transaction.id)
        if isinstance(transaction, Checkout):
            self.loans[item] = Loan(transaction.patron, transaction.due)
        elif isinstance(transaction, Renewal) and item in self.loans:
            self.loans[item] = replace(self.loans[item], due=transaction.due)
        elif isinstance(transaction, Checkin):
            self.loans.pop(item, None)
        due, title = getattr(transaction, "due", None), f"Title of {item}"
        return Outcome(transaction=transaction.id, kind="applied", at=NOW, title=title, due=due)


async def _nowhere() -> None:
    return
