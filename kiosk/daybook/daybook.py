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
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
from tinydb import TinyDB
from tinydb.table import Document

from kiosk.daybook import clock, decisions, upgrade, whereabouts
from kiosk.daybook.facts import (
    Again,
    Answered,
    ClockReading,
    DeliveryPaused,
    Fact,
    Learnt,
    LibraryAway,
    LibraryBack,
    NotSent,
    OutageTold,
    Reported,
    Revoked,
    RunBegan,
    RunEnded,
    Seen,
    Sending,
    Settled,
    Voided,
    decode_delivery,
    decode_duty,
    decode_head,
    decode_learnt,
    decode_run,
    decode_standing,
    decode_transaction,
    document,
)
from kiosk.daybook.indexes import LENDING, Indexes
from kiosk.daybook.journal import JournalError, JournalStorage, JournalTable
from kiosk.daybook.rebuild import rebuild
from kiosk.desk.events import (
    CartItem,
    Group,
    Holder,
    Known,
    Last,
    Past,
    Returns,
    ToSettle,
    group_of,
)
from kiosk.desk.lending import slips
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Checkin, Checkout, Registration, Renewal, Transaction
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from kiosk.daybook.pending import ToFix
    from kiosk.daybook.returns import Return
    from kiosk.daybook.states import State
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.dates.duedates import Length
    from kiosk.desk.transactions import Outcome
    from kiosk.desk.visits import Stage

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
            for item in rebuild(self.indexes, self.journal):
                whereabouts.look_at_cart(self, item)
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
                case Sending() | NotSent() | Answered() | Voided() | Settled() | Again():
                    self.indexes.learn_delivery(number, fact)
                case (
                    RunBegan() | RunEnded() | DeliveryPaused()
                    | LibraryAway() | LibraryBack() | OutageTold()
                ):  # fmt: skip
                    self.indexes.runs.learn(fact)
            if doubtful:
                with suppress(OSError, JournalError, msgspec.MsgspecError):  # right at next start
                    whereabouts.look_at_cart(self, doubtful)

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
        loan = indexes.pending.get(transaction) or indexes.exceptions.get(transaction)
        return loan.item if loan is not None and loan.kind == Checkout.kind else ""

    def _learn_report(self, number: int, fact: Reported) -> None:
        """Take a report in, of a transaction of which memory may hold nothing any more."""
        place = self.journal.places("transactions").get(fact.number)
        head = None if place is None else decode_head(self.journal.load(place))
        if head is not None and head.id == fact.transaction:
            self.indexes.learn_report(number, fact, head)
            if head.item:
                whereabouts.look_at_cart(self, head.item)

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

    def unfinished_run(self) -> tuple[Run | None, list[tuple[str, Outcome]]]:
        """Read the run that was under way when the kiosk stopped, and what came of it so far.

        Each outcome comes with what kind of transaction it is about.
        """
        run = self.indexes.runs.unfinished
        if run is None:
            return None, []
        backlog: set[str] = set()
        outcomes: list[tuple[int, Outcome]] = []
        of_answer = {answer: number for number, answer in self.indexes.answers.items()}
        for answer, text in self.journal.scan("deliveries"):
            fact = decode_delivery(text)
            if isinstance(fact, Sending) and fact.no_block:
                backlog.update(fact.transactions)
            elif isinstance(fact, Answered) and fact.outcome.at >= run.began:
                outcomes += [(of_answer[answer], fact.outcome)] if answer in of_answer else []
        outcomes = [(number, each) for number, each in outcomes if each.transaction in backlog]
        return run, [(self.transaction(number).kind, each) for number, each in outcomes]

    def delivered_last(self, item: str) -> Transaction | None:
        """Read the last loan or return of an item that the library knows of, and that counts."""
        for number, move in whereabouts.moves(self, item):
            waits = move.id in self.indexes.pending
            if isinstance(move, Checkout | Checkin) and not (waits or self.was_refused(number)):
                return move
        return None

    def runs(self) -> list[Run]:
        """Read the reports of all runs, the newest first."""
        facts = (decode_run(text) for _, text in self.journal.scan("runs"))
        return [fact.run for fact in facts if isinstance(fact, RunEnded)][::-1]

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
            if isinstance(fact, Sending):
                times.update(zip(fact.transactions, fact.times, strict=False))
        return times

    def visit(self, number: int) -> PastVisit:
        """Read the visit to which a transaction belongs."""
        corrections = self.indexes.corrections
        visit = self.transaction(number).visit
        last = first = corrections.origin.get(number, number)
        while self._in_visit(last + 1, visit):
            last += 1
        while self._in_visit(first - 1, visit):
            first -= 1
        numbers = sorted({*range(first, last + 1), *corrections.of_visit.get(visit, ())})
        transactions = {n: self.as_told(n) for n in numbers}
        outcomes = {n: self.outcome(n) for n in numbers}
        return PastVisit(
            transactions=tuple(transactions.values()),
            outcomes={o.transaction: o for o in outcomes.values() if o is not None},
            titles={x.item: self.title(x.item) for x in transactions.values()},
            voided=frozenset(
                x.id
                for n, x in transactions.items()
                if self.indexes.is_gone(n) or x.id in self.indexes.look_back.undone
            ),
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
        return whereabouts.holder(self, item)

    def _lasts(self, number: int) -> bool:
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

    def knows(self, item: str) -> bool:
        """Tell whether an item was ever here: lent, returned, or told of by the library."""
        if item in self.indexes.titles:
            return True
        here = self.kept(self.indexes.look_back.with_item(item))
        return any(map(self._lasts, here))

    def longer(self, number: str) -> str:
        """Find an item that the library knows whose number begins with this one; else ""."""
        return self.indexes.numbers.longer(number)

    def loan_length(self, item: str) -> Length | None:
        """Tell how long the library lends an item."""
        return self.indexes.lengths.of(item)

    def under_way(self, transaction: str) -> bool:
        """Tell whether delivery has begun with a transaction. With one by hand it never does."""
        pending, to_fix = (
            self.indexes.pending.get(transaction),
            self.indexes.exceptions.get(transaction),
        )
        if to_fix is not None and to_fix.outcome.kind == "by_hand":
            return False
        return pending is None or pending.sent or pending.again

    def recorded_on(self, day: date, number: str = "") -> list[str]:
        """List what was recorded on a day, the newest first; of a card or an item alone."""
        look_back, iso = self.indexes.look_back, day.isoformat()
        if not number:
            return [str(x) for x in look_back.on_day(iso)]
        first = look_back.first_on(iso)
        both = {*look_back.since(first, look_back.with_item(number))}
        both |= {*look_back.since(first, look_back.with_card(number))}
        return [str(x) for x in sorted(both, reverse=True) if look_back.is_on(x, iso)]

    def past(self, entry: str) -> Past | None:
        """Look up what such a list names; None where it is gone by now."""
        number = int(entry)
        if number not in self.journal.places("transactions"):
            return None
        transaction, outcome = self.as_told(number), self.outcome(number)
        undone = self.indexes.is_gone(number) or transaction.id in self.indexes.look_back.undone
        stage: Stage = "voided" if undone else "recorded" if outcome is None else outcome.kind
        title = (outcome.title if outcome is not None else "") or self.title(transaction.item)
        return Past(
            entry=entry,
            transaction=transaction,
            stage=stage,
            title=title,
            overtaken=self._is_overtaken(number, transaction.item),
            entered=stage == "by_hand" and transaction.id not in self.indexes.exceptions,
            corrected=number in self.indexes.corrected,
        )

    def _is_overtaken(self, number: int, item: str) -> bool:
        """Tell whether something happened with an item since that still counts."""
        here = self.kept(self.indexes.look_back.with_item(item))
        later = takewhile(lambda x: x > number, here)
        return any(self._counts(x, self.transaction(x)) for x in later)

    def refused(self, transaction: str) -> Past | None:
        """Look up a transaction that the library has refused and nobody has settled, by its id."""
        to_fix = self.indexes.exceptions.get(transaction)
        return None if to_fix is None else self.past(str(to_fix.number))

    def visit_with(self, entry: str) -> PastVisit | None:
        """Find the visit to which what such a list names belongs."""
        return self.visit(int(entry))

    def last_of(self, item: str) -> Last | None:
        """Tell what happened last with an item here, of what still counts.

        Lines from paper are looked through, because they may be older than what is before them.
        """
        newest: Last | None = None
        for number in self.kept(self.indexes.look_back.with_item(item)):
            transaction = self.transaction(number)
            if self._counts(number, transaction):
                found = self._as_last(transaction)
                newest = found if newest is None or newest.at < found.at else newest
                if transaction.source != "paper":
                    break
        return newest

    def _counts(self, number: int, transaction: Transaction) -> bool:
        """Tell whether a transaction was neither undone nor refused, nor undoes another."""
        undone = self.indexes.is_gone(number) or transaction.id in self.indexes.look_back.undone
        if undone or (isinstance(transaction, Checkin) and transaction.undoes):
            return False
        return not self.was_refused(number)

    def _as_last(self, transaction: Transaction) -> Last:
        return Last(
            kind=transaction.kind,
            at=self.indexes.true_time(transaction),
            delivered=self.under_way(transaction.id),
        )

    def returns(self) -> Returns:
        """Count the returns that are not dealt with yet."""
        known = self.indexes.returns
        return Returns(
            unanswered=len(known.unanswered), cart=len(known), waiting=len(known.waiting)
        )

    def on_cart(self, item: str) -> CartItem | None:
        """Tell where an item goes that is on the cart, or whose last transaction is its return."""
        return whereabouts.on_cart(self, item)

    def cart_items(self) -> list[str]:
        """List the items on the cart, by where they go, those that wait last."""
        by_place = sorted(self.indexes.returns.on_cart(), key=_place_of)
        return [back.item for back in by_place]

    def cart_answered(self) -> tuple[str, ...]:
        """List the returns on the cart of which it is known where they go."""
        return self.indexes.returns.answered_ids()

    def card_known(self, card: str) -> Literal["", "registered", "used"]:
        """Tell whether a card was handed out or used here before."""
        number = self.indexes.newcomers.cards.get(card)
        if number is not None and self._lasts(number):
            return "registered"
        here = self.kept(self.indexes.look_back.with_card(card))
        return "used" if any(map(self._lasts, here)) else ""

    def loans_waiting(self, card: str) -> int:
        """Count the loans and renewals on a card that the library may not have taken yet."""
        here = map(self.transaction, self.kept(self.indexes.look_back.with_card(card)))
        return sum(x.kind in LENDING and self._is_waiting(x.id) for x in here)

    def _is_waiting(self, transaction: str) -> bool:
        to_fix = self.indexes.exceptions.get(transaction)
        doubtful = to_fix is not None and to_fix.outcome.kind in ("by_hand", "unknown")
        return doubtful or transaction in self.indexes.pending

    def namesake(self, name: str, born: str) -> Known | None:
        """Tell who was registered here last under an alike name, with the same birth date."""
        for number in self.indexes.newcomers.like(name, born):
            known = self.transaction(number)
            if number not in self.indexes.voided and isinstance(known, Registration):
                return Known(name=known.name, card_ending=ending(known.patron), at=known.at)
        return None

    def by_hand(self, reference: str) -> tuple[str, ...]:
        """Name what a person is to enter by hand of the visit on whose slip this stands."""
        return tuple(
            transaction
            for transaction, to_fix in self.indexes.exceptions.items()
            if to_fix.outcome.kind == "by_hand" and slips.reference(to_fix.visit) == reference
        )

    def to_fix(self) -> list[str]:
        """List what needs a person, group by group, the oldest first."""
        places = list(get_args(Group))

        def place(to_fix: ToFix) -> tuple[int, int]:
            return places.index(group_of(to_fix.kind, to_fix.outcome)), to_fix.number

        return [str(x.number) for x in sorted(self.indexes.exceptions.values(), key=place)]

    def exception(self, entry: str) -> ToSettle | None:
        """Look up what such a list names; None where it needs nobody any more."""
        past = self.past(entry)
        to_fix = None if past is None else self.indexes.exceptions.get(past.transaction.id)
        if past is None or to_fix is None:
            return None
        return ToSettle(
            entry=entry,
            transaction=past.transaction,
            outcome=to_fix.outcome,
            title=past.title,
            reported=past.transaction.id in self.indexes.reported,
        )

    def about(self, number: str) -> list[str]:
        """List all that was recorded of a card or an item, on any day, the newest first."""
        look_back = self.indexes.look_back
        both = {*look_back.with_item(number), *look_back.with_card(number)}
        return [str(x) for x in sorted(both, reverse=True)]

    def reported(self, transaction: str) -> str:
        """Tell what an error report said of a transaction last; "" where none did."""
        return self.indexes.reported.get(transaction, "")

    def past_visit(self, barcode: str) -> PastVisit | None:
        """Find the newest checkout visit of this card or with this item; of anyone for ""."""
        if not barcode:
            number = self.indexes.last_lent
        else:
            of_card = self.indexes.last_of_card.get(barcode)
            number = of_card or whereabouts.last_loan(self, barcode)
        return self.visit(number) if number else None


def _place_of(back: Return) -> tuple[int, str, int]:
    places = ("shelve", "hold", "transit", "ask", "")
    return places.index(back.route), back.to, back.number


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
        ):  # fmt: skip
            return "runs"
        case _:
            return "deliveries"
