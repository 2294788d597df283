"""The daybook: what happened at this desk, in the order it happened, never erased.

A TinyDB on a journal, with these tables: `transactions`, `deliveries` (what became of them),
`desk` (where the desk stands, one document), `clock` (when a boot really began), `titles` (what
the library has said of items), `sessions` (who was on duty, and where), `runs` (how backlogs were
delivered), `revoked` (decisions that do not count) and `meta` (the version of all these, one
document). `commit` may be called on the writer's thread, the rest belongs to the thread of the
event loop.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from kiosk.daybook import cart, clock, decisions, entries, upgrade
from kiosk.daybook.facts import (
    Again,
    Answered,
    BatchClosed,
    BatchConfirmed,
    Batched,
    BatchLoaded,
    BatchUnloaded,
    BatchWanted,
    ClockReading,
    DeliveryPaused,
    Fact,
    Learnt,
    LibraryAway,
    LibraryBack,
    NotSent,
    OutageTold,
    ProcessAsked,
    ProcessNotAsked,
    Reported,
    Revoked,
    RunBegan,
    RunEnded,
    Seen,
    Sending,
    SessionChosen,
    Settled,
    Voided,
    decode_delivery,
    decode_duty,
    decode_head,
    decode_learnt,
    decode_standing,
    decode_transaction,
    document,
)
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.journal import JournalError, JournalStorage, JournalTable
from kiosk.daybook.rebuild import rebuild
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Checkout, Renewal, Transaction
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.states import State
    from kiosk.desk.memory import Past
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
    """One desk's daybook in a folder. What is asked of it is in modules beside this one.

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
            for item in rebuild(self.indexes, self.journal):
                cart.look_at_cart(self, item)
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

    def __getattr__(self, name: str) -> Never:
        """Refuse: TinyDB hands every unknown name on to a default table; a daybook has none."""
        raise AttributeError(f"a daybook has no {name!r}", name=name, obj=self)

    @property
    def schema(self) -> int:
        """The version whose documents it holds."""
        meta = self.table("meta").get(doc_id=_ONLY)
        return 1 if meta is None else int(meta["schema"])

    def _bring_up_to_date(self) -> None:
        learnt = upgrade.titles(self.journal) if self.schema == 1 else []
        with self.journal.together():
            self.table("titles").insert_multiple(map(document, learnt))
            before = self.table("meta").get(doc_id=_ONLY)
            meta = {"id": new_id(), **(before or {}), "schema": upgrade.SCHEMA}
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
                    numbers += [(self._keep_learnt(fact), fact) for fact in some]
                elif some:
                    ids = table.insert_multiple(document(fact) for fact in some)
                    numbers += zip(ids, some, strict=True)
        return numbers

    def _keep_learnt(self, fact: Fact) -> int:
        """Write what is known of an item in the place of what was known before."""
        known = self.indexes.titles.get(fact.item) if isinstance(fact, Learnt) else None
        fields, table = document(fact), self.table("titles")
        if known is None:
            return table.insert(fields)

        def replace(before: MutableMapping[str, Any]) -> None:
            before.clear()
            before.update(fields)

        table.update(replace, doc_ids=[known])
        return known

    def learn(self, committed: Committed) -> None:
        """Take what is on the disk now into memory."""
        for number, fact in committed:
            doubtful = self._may_change_cart(fact)
            match fact:
                case Transaction():
                    self.indexes.learn_transaction(number, fact)
                case ClockReading():
                    self.indexes.learn_clock(fact)
                case Learnt():
                    self.indexes.learn_item(number, fact)
                case Seen():
                    self.indexes.returns.saw(fact.transactions)
                case Reported():
                    self._learn_report(number, fact)
                case (
                    Sending() | NotSent() | Answered() | Voided() | Settled() | Again()
                    | Batched() | BatchLoaded() | BatchUnloaded() | BatchClosed()
                    | BatchConfirmed() | BatchWanted()
                ):  # fmt: skip
                    self.indexes.learn_delivery(number, fact)
                case (
                    RunBegan() | RunEnded() | DeliveryPaused()
                    | LibraryAway() | LibraryBack() | OutageTold()
                    | SessionChosen() | ProcessAsked() | ProcessNotAsked()
                ):  # fmt: skip
                    self.indexes.runs.learn(fact)
            if doubtful:
                with suppress(OSError, JournalError, msgspec.MsgspecError):  # right at next start
                    cart.look_at_cart(self, doubtful)

    def _may_change_cart(self, fact: Fact) -> str:
        """Give the item whose place on the cart has to be looked at after this fact, or ""."""
        match fact:
            case Transaction() if fact.source == "paper" or fact.corrects:
                return fact.item
            case Again():
                to_fix = self.indexes.exceptions.get(fact.transaction)
                return "" if to_fix is None else to_fix.item
            case Voided():
                return self._item_lent_by(fact.transaction)
            case Answered() if fact.outcome.kind == "refused":
                return self._item_lent_by(fact.outcome.transaction)
            case _:
                return ""

    def _item_lent_by(self, transaction: str) -> str:
        """Give the item of a loan that is not over yet; "" where it is over, or no loan."""
        indexes = self.indexes
        loan = indexes.awaited(transaction) or indexes.exceptions.get(transaction)
        return loan.item if loan is not None and loan.kind == Checkout.kind else ""

    def _learn_report(self, number: int, fact: Reported) -> None:
        """Take a report in, of a transaction of which memory may hold nothing any more."""
        place = self.journal.places("transactions").get(fact.number)
        head = None if place is None else decode_head(self.journal.load(place))
        if head is not None and head.id == fact.transaction:
            self.indexes.learn_report(number, fact, head)
            if head.item:
                cart.look_at_cart(self, head.item)

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
        """Give the moment of the last transaction by the clock, as well as it is known by now."""
        number = self.indexes.last_live
        return self.indexes.true_time(self.transaction(number)) if number else None

    def outcome(self, number: int) -> Outcome | None:
        """Read what the library said of one transaction."""
        answer = self.indexes.answers.get(number)
        if answer is None:
            return None
        fact = decode_delivery(self.journal.load(self.journal.places("deliveries")[answer]))
        return fact.outcome if isinstance(fact, Answered | Reported) else None

    def settled(self, number: int) -> Settled | None:
        """Read how one that needed a person was dealt with; None where it was not, or need not."""
        place = self.indexes.settled.get(number)
        if place is None:
            return None
        fact = decode_delivery(self.journal.load(self.journal.places("deliveries")[place]))
        return fact if isinstance(fact, Settled) else None

    def title(self, item: str) -> str:
        """Read what an item is called, as far as the library has ever said; else ""."""
        return self.learnt(item).title

    def media(self, item: str) -> str:
        """Read of which media type an item is, as far as the library has ever said; else ""."""
        return self.learnt(item).media

    def learnt(self, item: str) -> Learnt:
        """Read what the library's answers have said of an item."""
        number = self.indexes.titles.get(item)
        if number is None:
            return Learnt(item=item)
        return decode_learnt(self.journal.load(self.journal.places("titles")[number]))

    def standing(self) -> Standing:
        """Read where the desk stood."""
        place = self.journal.places("desk").get(_ONLY)
        return Standing() if place is None else decode_standing(self.journal.load(place))

    def duty(self) -> DutyChange | None:
        """Read who was on duty last, and since when, as well as that is known by now."""
        places = self.journal.places("sessions")
        if not places:
            return None
        last = decode_duty(self.journal.load(places[max(places)]))
        return replace(last, at=clock.true_time(last, self.indexes.clocks.get(last.boot)))

    def state(self, number: int, transaction: Transaction) -> State:
        """Tell what a transaction has come to."""
        if number in self.indexes.voided:
            return "voided"
        pending = self.indexes.pending.get(transaction.id)
        if pending is not None:
            return "sending" if pending.announced else "queued"
        if transaction.id in self.indexes.batches.resting:
            batch = self.indexes.batches.of(transaction.id)
            return "waiting" if batch is None else batch.fact.rests_as
        outcome = self.outcome(number)
        return "queued" if outcome is None else outcome.kind

    def history(self) -> Iterator[tuple[Transaction, State, Outcome | None]]:
        """Read all transactions, oldest first."""
        for number, text in self.journal.scan("transactions"):
            transaction = decode_transaction(text)
            yield transaction, self.state(number, transaction), self.outcome(number)

    def history_settled(self) -> dict[str, Settled]:
        """Read how people have dealt with transactions that needed one, by their ids.

        Those that need a person again, or still, are left out.
        """
        facts = (decode_delivery(text) for _, text in self.journal.scan("deliveries"))
        revoked = decisions.revoked(self.journal)
        settled = (
            x
            for x in facts
            if isinstance(x, Settled)
            and (x.by or x.note or x.replaced_by)
            and decisions.counts(x, revoked)
        )
        return {x.transaction: x for x in settled if x.transaction not in self.indexes.exceptions}

    def sent_times(self) -> dict[str, datetime]:
        """Read under which time each transaction was sent, by its id."""
        times: dict[str, datetime] = {}
        for _, text in self.journal.scan("deliveries"):
            fact = decode_delivery(text)
            if isinstance(fact, Sending | Batched):
                times.update(zip(fact.transactions, fact.times, strict=False))
        return times

    def lasts(self, number: int) -> bool:
        """Tell whether a transaction was neither undone nor refused by the library."""
        return not self.indexes.is_gone(number) and not self.was_refused(number)

    def was_refused(self, number: int) -> bool:
        """Tell whether the library has refused a transaction."""
        outcome = self.outcome(number)
        return outcome is not None and outcome.kind == "refused"

    def kept(self, numbers: Iterable[int]) -> Iterator[int]:
        """Give those of some transactions that were not forgotten."""
        return (x for x in numbers if x in self.journal.places("transactions"))

    def as_told(self, number: int) -> Transaction:
        """Read a transaction as its patron knows it: with the library's due date, where told so."""
        transaction = self.transaction(number)
        due = self.indexes.told.get(transaction.id)
        if due is None or not isinstance(transaction, Checkout | Renewal):
            return transaction
        return replace(transaction, due=due)

    # -- what is read beside a desk, too (kiosk.desk.settling) ---------------------------------

    def past(self, entry: str) -> Past | None:
        """Look up what a list names; None where it is gone by now."""
        return entries.past(self, entry)

    def about(self, number: str) -> list[str]:
        """List all that was recorded of a card or an item, on any day, the newest first."""
        return entries.about(self, number)

    def under_way(self, transaction: str) -> bool:
        """Tell whether delivery has begun with a transaction. With one by hand it never does."""
        pending, to_fix = (
            self.indexes.pending.get(transaction),
            self.indexes.exceptions.get(transaction),
        )
        if to_fix is not None and to_fix.outcome.kind == "by_hand":
            return False
        return pending is None or pending.sent or pending.again

    def rests(self, transaction: str) -> bool:
        """Tell whether it is in a file or an upload that was not loaded or processed yet."""
        return transaction in self.indexes.batches.resting


def new_id() -> str:
    """Give an id that no other daybook has."""
    return uuid.uuid4().hex


def _table_of(fact: Fact) -> str:
    match fact:
        case Transaction():
            return "transactions"
        case Standing():
            return "desk"
        case Revoked():
            return decisions.TABLE
        case ClockReading():
            return "clock"
        case Learnt():
            return "titles"
        case DutyChange():
            return "sessions"
        case (
            RunBegan() | RunEnded() | DeliveryPaused()
            | LibraryAway() | LibraryBack() | OutageTold()
            | SessionChosen() | ProcessAsked() | ProcessNotAsked()
        ):  # fmt: skip
            return "runs"
        case _:
            return "deliveries"
