"""The daybook: what happened at this desk, in the order it happened, never erased.

A TinyDB on a journal, with these tables: `transactions`, `deliveries` (what became of them),
`desk` (where the desk stands, one document), `clock` (when a boot really began), `titles` (what
items are called) and `meta` (the version of all these, one document). `commit` may be called on the
writer's thread, the rest belongs to the thread of the event loop.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from kiosk.daybook import upgrade
from kiosk.daybook.facts import (
    Answered,
    ClockReading,
    Fact,
    Learnt,
    NotSent,
    Sending,
    Settled,
    Voided,
    decode_delivery,
    decode_head,
    decode_learnt,
    decode_standing,
    decode_transaction,
    document,
)
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.journal import JournalError, JournalStorage, JournalTable
from kiosk.desk.events import Holder
from kiosk.desk.transactions import Checkout, Transaction
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import ending

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.states import State
    from kiosk.desk.transactions import Outcome

JOURNAL = "journal"
"""The folder of the journal, within the data folder."""
_ONLY = 1
"""The id of the only document of the tables `desk` and `meta`."""

Revised = dict[tuple[str, int], int]
"""Where documents lay, by table and number, before they were changed or dropped."""

Committed = list[tuple[int, Fact]]
"""Facts on the disk, with their numbers."""


class Daybook(TinyDB):
    """One desk's daybook in a folder. Also the memory that a `Desk` asks for.

    Raises JournalError where it is in use or damaged, OSError where it cannot be opened.
    """

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment] # a Storage, as asked

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        journal = folder / JOURNAL
        if read_only:
            upgrade.refuse_one_file(folder, journal)
        else:
            upgrade.from_one_file(folder, journal)
        super().__init__(journal, read_only=read_only)
        self.journal: JournalStorage = self.storage  # type: ignore[assignment] # as set above
        self.indexes = Indexes()
        try:
            upgrade.check_schema(self.schema)
            if not read_only and self.schema < upgrade.SCHEMA:
                self._bring_up_to_date()
            meta = self.table("meta").get(doc_id=_ONLY)
            self.id = str(meta.get("id", "")) if meta is not None else ""
            """What tells it from every other one; "" where it was begun before there was one."""
            self.indexes.rebuild(self.journal)
            self.standing()
        except msgspec.MsgspecError as error:
            self.close()
            raise JournalError(
                f"{journal} was written by another version of Daybook, and this one cannot read "
                f"it: {error}. Start the version that wrote it"
            ) from error
        except BaseException:
            self.close()
            raise

    @property
    def schema(self) -> int:
        """The version whose documents it holds."""
        meta = self.table("meta").get(doc_id=_ONLY)
        return 1 if meta is None else int(meta["schema"])

    def _bring_up_to_date(self) -> None:
        learnt = upgrade.titles(self.journal)
        with self.journal.together():
            self.table("titles").insert_multiple(map(document, learnt))
            meta = {"schema": upgrade.SCHEMA, "id": new_id()}
            self.table("meta").upsert(Document(meta, _ONLY))

    # -- writing -------------------------------------------------------------------------------

    def commit(self, facts: Sequence[Fact]) -> Committed:
        """Put facts on the disk as one, synced. Gives them with their numbers, for `learn`."""
        tables: dict[str, list[Fact]] = {"transactions": []}  # first, for what is said of them
        for fact in facts:
            tables.setdefault(_table_of(fact), []).append(fact)
        numbers: list[tuple[int, Fact]] = []
        with self.journal.together():
            for name, some in tables.items():
                table = self.table(name)
                if name == "desk":
                    table.upsert(Document(document(some[-1]), _ONLY))
                elif name == "titles":
                    numbers += [(self._keep_title(fact), fact) for fact in some]
                elif some:
                    ids = table.insert_multiple(document(fact) for fact in some)
                    numbers += zip(ids, some, strict=True)
        return numbers

    def _keep_title(self, fact: Fact) -> int:
        """Write a title in the place of the one that was known before."""
        known = self.indexes.titles.get(fact.item) if isinstance(fact, Learnt) else None
        fields = document(fact)
        table = self.table("titles")
        return table.insert(fields) if known is None else table.upsert(Document(fields, known))[0]

    def learn(self, committed: Committed) -> None:
        """Take what is on the disk now into memory."""
        for number, fact in committed:
            match fact:
                case Transaction():
                    self.indexes.learn_transaction(number, fact)
                case ClockReading():
                    self.indexes.learn_clock(fact)
                case Learnt():
                    self.indexes.titles[fact.item] = number
                case Sending() | NotSent() | Answered() | Voided() | Settled():
                    self.indexes.learn_delivery(number, fact)

    # -- forgetting (see kiosk.daybook.housekeeping) -------------------------------------------

    def forget(self, old: Revised) -> None:
        """Let the indexes follow documents that were changed or dropped: `old`, where they lay."""
        transactions = self.journal.places("transactions")
        for (table, number), place in old.items():
            if table == "transactions":
                head = decode_head(self.journal.load(place))
                self.indexes.forget(number, head, gone=number not in transactions)

    def release(self) -> list[Path]:
        """Close what the journal needs no more; give the files, which can be removed."""
        for name in self.tables():
            self.table(name).clear_cache()
        return self.journal.release()

    # -- reading -------------------------------------------------------------------------------

    def transaction(self, number: int) -> Transaction:
        """Read one transaction."""
        return decode_transaction(self.journal.load(self.journal.places("transactions")[number]))

    def latest(self) -> datetime | None:
        """Give the moment of the last transaction, as well as it is known by now."""
        number = self.indexes.last
        return self.indexes.true_time(self.transaction(number)) if number else None

    def outcome(self, number: int) -> Outcome | None:
        """Read what the library said of one transaction."""
        answer = self.indexes.answers.get(number)
        if answer is None:
            return None
        fact = decode_delivery(self.journal.load(self.journal.places("deliveries")[answer]))
        return fact.outcome if isinstance(fact, Answered) else None

    def title(self, item: str) -> str:
        """Read what an item is called, as far as the library has ever said; else ""."""
        number = self.indexes.titles.get(item)
        if number is None:
            return ""
        return decode_learnt(self.journal.load(self.journal.places("titles")[number])).title

    def standing(self) -> Standing:
        """Read where the desk stood."""
        place = self.journal.places("desk").get(_ONLY)
        return Standing() if place is None else decode_standing(self.journal.load(place))

    def state(self, number: int, transaction: Transaction) -> State:
        """Tell what a transaction has come to."""
        if number in self.indexes.voided:
            return "voided"
        pending = self.indexes.pending.get(transaction.id)
        if pending is not None:
            return "sending" if pending.announced else "queued"
        outcome = self.outcome(number)
        return "queued" if outcome is None else outcome.kind

    def history(self) -> Iterator[tuple[Transaction, State, Outcome | None]]:
        """Read all transactions, oldest first."""
        for number, text in self.journal.scan("transactions"):
            transaction = decode_transaction(text)
            yield transaction, self.state(number, transaction), self.outcome(number)

    def sent_times(self) -> dict[str, datetime]:
        """Read under which time each transaction was sent, by its id."""
        times: dict[str, datetime] = {}
        for _, text in self.journal.scan("deliveries"):
            fact = decode_delivery(text)
            if isinstance(fact, Sending):
                times.update(zip(fact.transactions, fact.times, strict=False))
        return times

    def visit(self, number: int) -> PastVisit:
        """Read the visit to which a transaction belongs."""
        visit = self.transaction(number).visit
        last = number
        while self._in_visit(last + 1, visit):
            last += 1
        first = number
        while self._in_visit(first - 1, visit):
            first -= 1
        numbers = range(first, last + 1)
        transactions = {n: self.transaction(n) for n in numbers}
        outcomes = {n: self.outcome(n) for n in numbers}
        return PastVisit(
            transactions=tuple(transactions.values()),
            outcomes={o.transaction: o for o in outcomes.values() if o is not None},
            titles={x.item: self.title(x.item) for x in transactions.values()},
            voided=frozenset(transactions[n].id for n in numbers if n in self.indexes.voided),
        )

    def open_visit(self, standing: Standing) -> PastVisit | None:
        """Read the transactions of the visit that was open when the desk stood so."""
        last = self.indexes.last
        return self.visit(last) if self._in_visit(last, standing.visit) else None

    def _in_visit(self, number: int, visit: str) -> bool:
        known = number in self.journal.places("transactions")
        return known and self.transaction(number).visit == visit

    # -- what a Desk asks (kiosk.desk.events.Memory) -------------------------------------------

    def holder(self, item: str) -> Holder | None:
        """Tell who has an item, as far as this daybook knows."""
        number = self.indexes.last_of_item.get(item)
        if number is None or number in self.indexes.voided:
            return None
        last, outcome = self.transaction(number), self.outcome(number)
        refused = outcome is not None and outcome.kind == "refused"
        if not isinstance(last, Checkout) or not last.patron or refused:
            return None
        return Holder(card_ending=ending(last.patron), at=last.at, due=last.due)

    def under_way(self, transaction: str) -> bool:
        """Tell whether delivery has begun with a transaction."""
        pending = self.indexes.pending.get(transaction)
        return pending is None or pending.sent

    def past_visit(self, barcode: str) -> PastVisit | None:
        """Find the newest checkout visit of this card or with this item; of anyone for ""."""
        if not barcode:
            number = self.indexes.last_checkout
        else:
            number = self.indexes.last_of_card.get(barcode) or self._last_checkout_of(barcode)
        return self.visit(number) if number else None

    def _last_checkout_of(self, item: str) -> int:
        number = self.indexes.last_of_item.get(item, 0)
        last = self.transaction(number) if number else None
        return number if isinstance(last, Checkout) and last.patron else 0


def new_id() -> str:
    """Give an id that no other daybook has."""
    return uuid.uuid4().hex


def _table_of(fact: Fact) -> str:
    match fact:
        case Transaction():
            return "transactions"
        case Standing():
            return "desk"
        case ClockReading():
            return "clock"
        case Learnt():
            return "titles"
        case _:
            return "deliveries"
