"""Forgetting: what is done with loses its patron after a term, and goes after a longer one.

    done with    applied, voided, or settled by a person; the term counts from then
    kept         all that still waits, and every exception until it is settled, however old
    sessions     who was on duty goes after the longer term, with the last transaction of it
    runs         how backlogs were delivered, and outages, after the longer term; not what is still
                 so: a run under way, a pause, an outage that goes on

Facts are never erased, so forgetting rewrites the journal (kiosk.daybook.journal.compaction). This
module is also the child process that does it:

    python -m kiosk.daybook.retention PATH NOW PATRON_DAYS TRANSACTION_DAYS

Of a journal's folder it prints how many documents have to be changed; an unfinished base it writes.
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.daybook import decisions
from kiosk.daybook.background import give_way
from kiosk.daybook.facts import (
    Again,
    Answered,
    BatchClosed,
    BatchConfirmed,
    Batched,
    BatchLoaded,
    BatchUnloaded,
    BatchWanted,
    DeliveryPaused,
    Head,
    LibraryAway,
    LibraryBack,
    NotSent,
    Reported,
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
    decode_reading,
    decode_run,
)
from kiosk.daybook.journal import JournalStorage, compaction
from kiosk.daybook.settings import RetentionSettings
from kiosk.desk.transactions import KNOWN_REASONS

if TYPE_CHECKING:
    from kiosk.daybook.facts import Delivery, RunFact
    from kiosk.desk.session.sessions import DutyChange

REST = 1.0
"""The child pauses as long as it works: it has the whole day, and a scan has not."""

PERSONAL: dict[str, Any] = {"patron": "", "guest": None, "details": {}}
"""What says of a transaction who the patron is, and what is left there in its place. The reason of
an override goes too, where it is in words of the desk's own: they may be about the patron."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


class _Head(Head, frozen=True):
    desk_session: str = ""


_decode_head = msgspec.json.Decoder(_Head).decode


class Retention:
    """What may be remembered of a daybook at a time. `revise` is for `compaction.write_base`."""

    def __init__(self, journal: JournalStorage, settings: RetentionSettings, now: datetime) -> None:
        done = _done(journal)
        no_patron = now - timedelta(days=settings.patron_days)
        self._nothing = now - timedelta(days=settings.transaction_days)
        self._ended = {id_ for id_, at in done.items() if at < self._nothing}
        self._nameless = {id_ for id_, at in done.items() if at < no_patron}
        self._last = {name: max(journal.places(name), default=0) for name in journal.tables}
        """Kept, or its number would be given to another one (see TinyDB's `_get_next_id`)."""
        last = journal.places("transactions").get(self._last.get("transactions", 0))
        if last is not None:  # it stays, and so has all that is known of it to stay
            self._ended.discard(decode_head(journal.load(last)).id)
        heads = (_decode_head(text) for _, text in journal.scan("transactions"))
        of_kept = {(x.boot, x.desk_session) for x in heads if x.id not in self._ended}
        self._boots = {boot for boot, _ in of_kept}
        self._sessions = {session for _, session in of_kept}
        self._still_so = _still_so(journal)
        self._batches = _batches(journal)

    def revise(self, table: str, number: int, text: bytes) -> bytes | None:
        """Give what may be kept of a document; None for nothing."""
        last = number == self._last.get(table)
        match table:
            case "transactions":
                return self._transaction(text)
            case "deliveries":
                return self._delivery(text, last=last)
            case "clock":
                boot = decode_reading(text).boot
                return text if last or boot in self._boots else None
            case "sessions":
                return text if last or self._is_kept(decode_duty(text)) else None
            case "runs":
                still_so = last or number in self._still_so
                return text if still_so or _moment(decode_run(text)) >= self._nothing else None
            case _:
                return text

    def _is_kept(self, change: DutyChange) -> bool:
        return change.at >= self._nothing or change.id in self._sessions

    def _transaction(self, text: bytes) -> bytes | None:
        head = decode_head(text)
        if head.id in self._ended:
            return None
        if head.id in self._nameless:
            fields = _decode(text)
            nameless = _without_patron(fields)
            if nameless != fields:
                return bytes(_encode(nameless))
        return text

    def _delivery(self, text: bytes, *, last: bool) -> bytes | None:
        fact = decode_delivery(text)
        about = self._about(fact)
        if not last and self._ended.issuperset(about):
            return None
        if isinstance(fact, Answered) and fact.outcome.words and self._nameless.issuperset(about):
            fields = _decode(text)
            del fields["outcome"]["words"]  # the library's own: it may have named the patron
            return bytes(_encode(fields))
        said = [name for name in ("note", "words") if getattr(fact, name, "")]
        if said and self._nameless.issuperset(about):  # of a person, or of a report
            fields = _decode(text)
            return bytes(_encode({key: x for key, x in fields.items() if key not in said}))
        return text

    def _about(self, fact: Delivery) -> tuple[str, ...]:
        """Name the transactions that a fact is about."""
        match fact:
            case Sending() | NotSent() | Seen() | Batched():
                return fact.transactions
            case (
                BatchLoaded() | BatchUnloaded() | BatchClosed()
                | BatchConfirmed() | BatchWanted()
            ):  # fmt: skip
                return self._batches.get(fact.batch, ())
            case Answered():
                return (fact.outcome.transaction,)
            case _:
                return (fact.transaction,)


def _without_patron(fields: dict[str, Any]) -> dict[str, Any]:
    """Give a transaction without what says, or may say, who the patron is."""
    left = fields | {name: PERSONAL[name] for name in PERSONAL if name in fields}
    override = fields.get("override")
    if override is not None and override["reason"] not in KNOWN_REASONS:
        left["override"] = override | {"reason": ""}
    return left


def _done(journal: JournalStorage) -> dict[str, datetime]:
    """Tell when each transaction was done with, by its id; those that are not are missing."""
    ends = _Ends()
    revoked = decisions.revoked(journal)
    for _, text in journal.scan("deliveries"):
        fact = decode_delivery(text)
        if decisions.counts(fact, revoked):
            ends.take(fact)
    return ends.done()


class _Ends:
    """When transactions were done with, as told by one fact after the other."""

    def __init__(self) -> None:
        self._done: dict[str, datetime] = {}
        self._answered: set[str] = set()
        self._voided: set[str] = set()
        self._replaced: dict[str, str] = {}
        """What is settled because another one is sent in its place, and which."""
        self._reported: dict[str, str] = {}

    def take(self, fact: Delivery) -> None:
        """Take a fact in."""
        match fact:
            case Voided(transaction, at):
                self._void(transaction, at)
            case Settled(transaction, at) if transaction in self._answered:
                self._done.setdefault(transaction, at)
                if fact.replaced_by:
                    self._replaced[transaction] = fact.replaced_by
            case Answered(outcome):
                self._answered.add(outcome.transaction)
                if outcome.kind == "applied":
                    self._done.setdefault(outcome.transaction, outcome.at)
            case Again(transaction=transaction):
                self._answered.discard(transaction)
                self._reported.pop(transaction, None)
            case Reported():
                self._report(fact)

    def _void(self, transaction: str, at: datetime) -> None:
        """Take a void in. What the voided one was sent in the place of needs a person again."""
        self._voided.add(transaction)
        self._done.setdefault(transaction, at)
        for replaced in [x for x, by in self._replaced.items() if by == transaction]:
            del self._replaced[replaced]
            self._done.pop(replaced, None)

    def _report(self, fact: Reported) -> None:
        """Take a report in: the transaction needs a person, unless that is no news of it."""
        known = self._voided | self._replaced.keys()
        if fact.transaction not in known and self._reported.get(fact.transaction) != fact.words:
            self._reported[fact.transaction] = fact.words
            self._answered.add(fact.transaction)
            self._done.pop(fact.transaction, None)

    def done(self) -> dict[str, datetime]:
        """Give them all; what another one was sent for, no sooner than that one."""
        done = dict(self._done)
        for transaction, by in reversed(self._replaced.items()):
            if by in done and transaction in done:
                done[transaction] = max(done[transaction], done[by])
            else:
                done.pop(transaction, None)
        return done


def _still_so(journal: JournalStorage) -> set[int]:
    """Name the facts of the table `runs` that nothing later has ended, by their numbers."""
    began = paused = away = chosen = 0
    for number, text in journal.scan("runs"):
        match decode_run(text):
            case RunBegan():
                began = number
            case RunEnded():
                began = 0
            case DeliveryPaused(paused=now_paused):
                paused = number if now_paused else 0
            case LibraryAway():
                away = number
            case LibraryBack():
                away = 0
            case SessionChosen(key=key):
                chosen = number if key else 0
    return {began, paused, away, chosen}


def _moment(fact: RunFact) -> datetime:
    match fact:
        case RunBegan(run):
            return run.began
        case RunEnded(run):
            return run.ended or run.began
        case _:
            return fact.at


def _batches(journal: JournalStorage) -> dict[str, tuple[str, ...]]:
    """Name the transactions of each batch."""
    facts = (decode_delivery(text) for _, text in journal.scan("deliveries"))
    return {fact.id: fact.transactions for fact in facts if isinstance(fact, Batched)}


def due(journal: JournalStorage, retention: Retention) -> int:
    """Count the documents that have to be changed or dropped."""
    return sum(
        retention.revise(table, number, text) != text
        for table in journal.tables
        for number, text in journal.scan(table)
    )


def remove_old_cuts(folder: Path, settings: RetentionSettings, now: datetime) -> None:
    """Remove what was cut off a journal at a start (see recovery): it may name a patron."""
    oldest = now - timedelta(days=settings.patron_days)
    for path in folder.glob("cut-*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest:
            path.unlink(missing_ok=True)


def main(arguments: list[str]) -> None:
    """Do what one command line says, in a process of its own."""
    path, now = Path(arguments[0]), datetime.fromisoformat(arguments[1])
    days = map(int, arguments[2:])
    settings = RetentionSettings(patron_days=next(days), transaction_days=next(days))
    give_way()
    writing = not path.is_dir()
    folder = path.parent if writing else path
    with closing(JournalStorage(folder, read_only=True)) as journal:
        retention = Retention(journal, settings, now)
        if not writing:
            print(due(journal, retention))
            return
    compaction.write_base(path, retention.revise, rest=REST)
    remove_old_cuts(folder, settings, now)


if __name__ == "__main__":
    main(sys.argv[1:])
