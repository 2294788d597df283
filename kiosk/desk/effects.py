"""What a desk can want done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.desk.answers import Answer
from kiosk.desk.batches.notice import Notice
from kiosk.desk.events import WhySessions
from kiosk.desk.lending.slips import Slip
from kiosk.desk.samples import SampleSlip
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.settling.fixlist import FixList
from kiosk.desk.transactions import Transaction
from kiosk.desk.visits import Receipt, Standing


@dataclass(frozen=True, slots=True)
class Record:
    """Put this transaction on the disk, then say `Recorded`."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class Void:
    """Put on the disk that this transaction, not delivered yet, shall never be."""

    transaction: str


@dataclass(frozen=True, slots=True)
class Settle:
    """An answer was shown while the patron stood there: nobody needs to look at it later.

    `due`: the library's own due date, which the patron was told in the place of ours.
    """

    transaction: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Put on the disk that these returns of one item were dealt with, then say `Recorded` of `id`.

    Its place in the cart is free.
    """

    id: str
    transactions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DealtWith:
    """Put on the disk that a person has dealt with these transactions, then say `Recorded` of `id`.

    `note` and `by`: what was done, and by whom. `replaced_by`: the transaction that is recorded
    with this, to be sent in the place of the one; `id` is "" then.
    """

    id: str
    transactions: tuple[str, ...]
    note: str = ""
    by: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Put on the disk that a person has this transaction sent again, then say `Recorded` of `id`.

    It is not asked about first: the person has looked.
    """

    id: str
    transaction: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Put on the disk that an error report says a transaction failed, then say `Recorded` of `id`.

    `entry` names it, as in a list. `words` are the report's own.
    """

    id: str
    transaction: str
    entry: str
    code: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseDelivery:
    """Send nothing for now; or go on, and send all that was recorded so far. `by`: who says so.

    `id`: what is told when that is on the disk.
    """

    id: str
    paused: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class TellDelivery:
    """Tell how delivery stands."""


@dataclass(frozen=True, slots=True)
class TellPreview:
    """Tell what will probably go wrong with what waits to be sent."""


@dataclass(frozen=True, slots=True)
class TellHistory:
    """Tell all that happened to one transaction, by its `entry`."""

    entry: str


@dataclass(frozen=True, slots=True)
class TellReport:
    """Tell how the run goes, or how the last one went, and whom an outage concerns; or print it."""

    to_print: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OutageTold:
    """Put on the disk that those who must be told of outages know. `by`: who was on duty.

    `id`: what is told when that is there.
    """

    id: str
    by: str


@dataclass(frozen=True, slots=True)
class OpenSettings:
    """Let an administrator, whose PIN was right, change settings."""

    by: str


@dataclass(frozen=True, slots=True)
class CloseSettings:
    """Let nobody change settings any more."""


@dataclass(frozen=True, slots=True)
class GoOnListing:
    """Say `ListMore` a moment later, when nothing else waits."""


@dataclass(frozen=True, slots=True)
class AskSessions:
    """Ask the library system for its upload sessions. `SessionsListed` follows, always."""

    then: WhySessions


@dataclass(frozen=True, slots=True)
class MakeSession:
    """Make an upload session of this name for the next uploads. `SessionMade` follows, always."""

    title: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseSession:
    """Put on the disk where the next uploads go, then say `Recorded` of `id`.

    `key`: "" for where they usually go.
    """

    id: str
    key: str
    title: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessSession:
    """Put on the disk that an upload session is to be processed, say `Recorded` of `id`, and ask.

    It cannot be undone. What comes of it is told.
    """

    id: str
    key: str
    title: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmFile:
    """Put on the disk that a file was loaded where it was handed over to; then `Recorded` of `id`.

    What no error report says of has been applied then. `batch`: which file.
    """

    id: str
    batch: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteFileAgain:
    """Put on the disk that a file is lost and has to be written again; then `Recorded` of `id`."""

    id: str
    batch: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class AskPatron:
    """Ask the library whose card this is. No answer is waited for."""

    card: str


@dataclass(frozen=True, slots=True)
class PatronLeft:
    """The visit of this card is over: the library may be told so."""

    card: str


@dataclass(frozen=True, slots=True)
class Print:
    """Print a receipt, or a paper for staff."""

    receipt: Receipt | Slip | FixList | Notice | SampleSlip


@dataclass(frozen=True, slots=True)
class SetClock:
    """It is this time now: staff say so. `ClockChanged` follows."""

    to: datetime


@dataclass(frozen=True, slots=True)
class VerifyPin:
    """Check the PIN of one of the staff, by number. `PinChecked` follows, always."""

    staff: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepDuty:
    """Put on the disk who is on duty from now on, then say `Recorded` of `id`."""

    id: str
    change: DutyChange


@dataclass(frozen=True, slots=True)
class Practise:
    """Make a desk to practise on, and throw it away after two minutes; or now, if there is one.

    `lock`: then the real one is locked, because staff go away.
    """

    lock: bool = False


@dataclass(frozen=True, slots=True)
class LookWhetherReady:
    """Look whether the desk is ready for an outage, and tell."""


@dataclass(frozen=True, slots=True)
class BreakOff:
    """Break off what takes long: what is being printed, and the look whether the desk is ready."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep where the desk stands, so that a crash brings back the same picture."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class Tell:
    """Something happened that those who follow the desk line by line should read."""

    answer: Answer


Effect = (
    Record
    | Void
    | Settle
    | Seen
    | PauseDelivery
    | TellDelivery
    | TellHistory
    | TellPreview
    | DealtWith
    | SendAgain
    | Report
    | TellReport
    | OutageTold
    | GoOnListing
    | OpenSettings
    | CloseSettings
    | AskSessions
    | MakeSession
    | ChooseSession
    | ProcessSession
    | ConfirmFile
    | WriteFileAgain
    | AskPatron
    | PatronLeft
    | Print
    | SetClock
    | VerifyPin
    | KeepDuty
    | LookWhetherReady
    | BreakOff
    | Practise
    | Remember
    | Tell
)
