"""What the daybook keeps: transactions, what became of them, the desk and its sessions, the clock.

Facts are only ever added. What is known of a transaction is the sum of the facts about it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from kiosk.desk.afterwards.runs import Run
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Outcome, OutcomeKind, Route, Transaction
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from collections.abc import Callable


class Sending(msgspec.Struct, frozen=True, tag="sending", omit_defaults=True):
    """These transactions are about to be sent. Synced before the first byte goes out.

    Where no answer follows, they may have arrived: ask, never send blindly again. `times`: the time
    under which each of them is sent, this once and ever again (kiosk.daybook.clock).
    """

    transactions: tuple[str, ...]
    no_block: bool
    at: datetime
    times: tuple[datetime, ...] = ()


class NotSent(msgspec.Struct, frozen=True, tag="not_sent", omit_defaults=True):
    """These transactions certainly did not arrive; they may be sent again."""

    transactions: tuple[str, ...]
    at: datetime


class Batched(msgspec.Struct, frozen=True, tag="batched", omit_defaults=True):
    """These transactions are about to go to the library together, under these times.

    Synced before the first byte goes out, and never changed: what is loaded again is the same. Of
    the place, see kiosk.ils.batches.Place. `rests_as`: what they are called once they are there.
    `system`: the library system to which they go, as its module names itself.
    """

    id: str
    system: str
    transactions: tuple[str, ...]
    numbers: tuple[int, ...]
    times: tuple[datetime, ...]
    at: datetime
    key: str
    title: str = ""
    name: str = ""
    rests_as: Literal["waiting", "handed_over"] = "waiting"


class BatchLoaded(msgspec.Struct, frozen=True, tag="loaded", omit_defaults=True):
    """All of a batch is there, counted; what becomes of it is not known yet.

    `run`: as below. `anew`: it was not there before.
    """

    batch: str
    at: datetime
    run: str = ""
    anew: bool = True


class BatchUnloaded(msgspec.Struct, frozen=True, tag="unloaded", omit_defaults=True):
    """What was in a batch goes in another one. `spoiled`: some of it may be there all the same."""

    batch: str
    at: datetime
    spoiled: bool = False


class BatchClosed(msgspec.Struct, frozen=True, tag="closed"):
    """Nothing more is to be found out about a batch."""

    batch: str
    at: datetime


class BatchConfirmed(msgspec.Struct, frozen=True, tag="confirmed", omit_defaults=True):
    """Somebody says that a batch that was handed over was loaded. `by`: who; `id`: see `Settled`.

    What an error report says has failed of it has, whether it came before this or comes later.
    """

    id: str
    batch: str
    at: datetime
    by: str = ""


class BatchWanted(msgspec.Struct, frozen=True, tag="wanted", omit_defaults=True):
    """A batch that was handed over is lost: it is to be written once more, the same. As above."""

    id: str
    batch: str
    at: datetime
    by: str = ""


class Answered(msgspec.Struct, frozen=True, tag="answered", omit_defaults=True):
    """The library answered for a transaction. `run`: the id of the run that this was part of."""

    outcome: Outcome
    run: str = ""


class Voided(msgspec.Struct, frozen=True, tag="voided", omit_defaults=True):
    """A transaction, never sent, shall never be."""

    transaction: str
    at: datetime


class Settled(msgspec.Struct, frozen=True, tag="settled", omit_defaults=True):
    """An outcome that would need a person was dealt with.

    `due`: the library's due date, where the patron was told that one before anything was printed.
    `note` and `by`: what a person says of it, and who; "" where the desk settled it by itself, in
    the open visit. `replaced_by`: the transaction that is sent in its place; should that one be
    voided, this one needs a person again. `id`: what the desk waits for, if it does.
    """

    transaction: str
    at: datetime
    due: datetime | None = None
    note: str = ""
    by: str = ""
    replaced_by: str = ""
    id: str = ""


class Again(msgspec.Struct, frozen=True, tag="again", omit_defaults=True):
    """A person has looked, and has one that needed a person sent again, as it was.

    Its answer no longer counts, and nobody is asked about it first. It goes under the time under
    which it was sent before. `by`: who says so.
    """

    id: str
    transaction: str
    at: datetime
    by: str = ""


class Reported(msgspec.Struct, frozen=True, tag="reported", omit_defaults=True):
    """An error report from elsewhere says that a transaction failed, whatever was known of it.

    It needs a person then, as one that was refused. `number`: where it stands in its table.
    """

    id: str
    transaction: str
    number: int
    at: datetime
    code: str = ""
    words: str = ""
    by: str = ""

    @property
    def outcome(self) -> Outcome:
        """What that comes to."""
        return Outcome(
            transaction=self.transaction,
            kind="refused",
            at=self.at,
            words=self.words,
            code=self.code,
            route="ask",
        )


class Seen(msgspec.Struct, frozen=True, tag="seen", omit_defaults=True):
    """These returns of one item were dealt with: somebody saw it on the cart again, or said so."""

    id: str
    transactions: tuple[str, ...]
    at: datetime


class Revoked(msgspec.Struct, frozen=True, tag="revoked"):
    """What people decided does not count: it is on the disk although its commit failed.

    `decision`: the `id` of the facts that say it (kiosk.daybook.decisions).
    """

    decision: str
    at: datetime


class ClockReading(msgspec.Struct, frozen=True, tag="clock_reading", omit_defaults=True):
    """A boot really began at `started`. Of one boot the newest reading counts.

    `by` says who knew: the network, or staff. What the clock says by itself is not worth a fact.
    """

    boot: str
    started: datetime
    by: Literal["network", "staff"]
    at: datetime


class Learnt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the library's answers say of an item. No patron data: it stays when transactions go.

    It is lent for `days`, or for `hours`; None where that is not known. `lent`: the day on which
    that was seen, or doubted, for the only time so far (kiosk.daybook.learning). `media`: as in an
    `Outcome`.
    """

    item: str
    title: str = ""
    days: int | None = None
    hours: int = 0
    lent: date | None = None
    media: str = ""


class RunBegan(msgspec.Struct, frozen=True, tag="run_began"):
    """A backlog is being delivered."""

    run: Run


class RunEnded(msgspec.Struct, frozen=True, tag="run_ended"):
    """All of a backlog was delivered that could be: the report."""

    run: Run


class DeliveryPaused(msgspec.Struct, frozen=True, tag="paused", omit_defaults=True):
    """Staff have paused delivery, or let it go on. `by`: who was on duty.

    `id`: what the desk waits for.
    """

    paused: bool
    at: datetime
    by: str = ""
    id: str = ""


class LibraryAway(msgspec.Struct, frozen=True, tag="away", omit_defaults=True):
    """The library cannot be reached since then, and something waits because of it.

    `uptime`: the same moment in seconds of its boot, whatever the clock said (kiosk.daybook.clock).
    """

    at: datetime
    boot: str = ""
    uptime: float | None = None


class LibraryBack(msgspec.Struct, frozen=True, tag="back", omit_defaults=True):
    """It can be reached again. `since`: when it went away, where that is known better by now."""

    at: datetime
    since: datetime | None = None


class OutageTold(msgspec.Struct, frozen=True, tag="told", omit_defaults=True):
    """Those who must be told of the outages so far know. `by`: who was on duty.

    `id`: as above.
    """

    at: datetime
    by: str = ""
    id: str = ""


class SessionChosen(msgspec.Struct, frozen=True, tag="session_chosen", omit_defaults=True):
    """Staff want the next uploads to go into this upload session; "": into today's, as usual.

    `by`, `id`: as above.
    """

    key: str
    at: datetime
    title: str = ""
    by: str = ""
    id: str = ""


class ProcessAsked(msgspec.Struct, frozen=True, tag="process_asked", omit_defaults=True):
    """The library is about to be asked to process an upload session. Synced before it is.

    Where nothing says that it was not, it may have been. `by`: who says so; "": the desk by itself.
    """

    key: str
    at: datetime
    title: str = ""
    by: str = ""
    id: str = ""


class ProcessNotAsked(msgspec.Struct, frozen=True, tag="process_not_asked"):
    """It certainly was not asked, or has said no."""

    key: str
    at: datetime


UNREADABLE = (OSError, msgspec.MsgspecError)
"""What reading a fact raises whose sector has gone bad."""

BatchDecision = BatchConfirmed | BatchWanted
BatchFact = Batched | BatchLoaded | BatchUnloaded | BatchClosed | BatchDecision
UploadFact = SessionChosen | ProcessAsked | ProcessNotAsked
Delivery = Sending | NotSent | Answered | Voided | Settled | Seen | Again | Reported | BatchFact
RunFact = RunBegan | RunEnded | DeliveryPaused | LibraryAway | LibraryBack | OutageTold | UploadFact
Fact = Transaction | Delivery | Revoked | Standing | ClockReading | Learnt | DutyChange | RunFact


class Meta(msgspec.Struct, frozen=True):
    """What a daybook says of itself. `schema`: see kiosk.daybook.upgrade.

    `id` tells it from every other one; of those begun before there was one it is "".
    """

    schema: int
    id: str = ""


class Head(msgspec.Struct, frozen=True):
    """The part of a stored transaction that every index needs."""

    id: str
    kind: str
    at: str
    visit: str
    item: str = ""
    boot: str = ""
    patron: str = ""
    undoes: str = ""
    source: str = ""
    corrects: str = ""

    @property
    def late(self) -> bool:
        """Whether it is about an earlier moment than those around it."""
        return self.source == "paper" or bool(self.corrects)


class OutcomeHead(msgspec.Struct, frozen=True):
    """The part of an outcome that every index needs."""

    transaction: str
    kind: OutcomeKind
    at: datetime
    route: Route = ""
    to: str = ""


class AnsweredHead(msgspec.Struct, frozen=True, tag="answered"):
    """The part of an answer that every index needs."""

    outcome: OutcomeHead


_KINDS: dict[str, msgspec.json.Decoder[Any]] = {
    cls.kind: msgspec.json.Decoder(cls) for cls in Transaction.__subclasses__()
}
decode_head = msgspec.json.Decoder(Head).decode
decode_delivery = msgspec.json.Decoder(Delivery).decode
decode_delivery_head = msgspec.json.Decoder(
    Sending | NotSent | AnsweredHead | Voided | Settled | Seen | Again | Reported | BatchFact
).decode
decode_revoked = msgspec.json.Decoder(Revoked).decode
decode_reading = msgspec.json.Decoder(ClockReading).decode
decode_learnt = msgspec.json.Decoder(Learnt).decode
decode_meta = msgspec.json.Decoder(Meta).decode
decode_run = msgspec.json.Decoder(RunFact).decode
decode_duty = msgspec.json.Decoder(DutyChange).decode
decode_standing = msgspec.json.Decoder(Standing).decode


def decode_transaction(text: bytes) -> Transaction:
    """Read a stored transaction."""
    kind = decode_head(text).kind
    if kind not in _KINDS:
        raise msgspec.ValidationError(f"`{kind}` is no kind of transaction known here")
    transaction: Transaction = _KINDS[kind].decode(text)
    return transaction


_TABLES: dict[str, Callable[[bytes], Any]] = {
    "transactions": decode_transaction,
    "deliveries": decode_delivery,
    "revoked": decode_revoked,
    "desk": decode_standing,
    "clock": decode_reading,
    "titles": decode_learnt,
    "sessions": decode_duty,
    "runs": decode_run,
    "meta": decode_meta,
}
_decode_any: Callable[[bytes], Any] = msgspec.json.Decoder(dict[str, Any]).decode


def decode(table: str, text: bytes) -> Any:
    """Read a document of any table. Raises msgspec.MsgspecError where it is none known here."""
    try:
        return _TABLES.get(table, _decode_any)(text)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def document(fact: Fact) -> dict[str, Any]:
    """Give a fact as the document that is stored."""
    fields: dict[str, Any] = msgspec.to_builtins(fact)
    return {"kind": fact.kind, **fields} if isinstance(fact, Transaction) else fields
