"""What can happen to a desk, and what it can want done.

Events carry the moment (`at`, with offset) at which they happened, because the desk has no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.desk.answers import Answer
from kiosk.desk.batches.notice import Notice
from kiosk.desk.batches.standing import HandedFile, Session
from kiosk.desk.dates.clocks import DeskClock
from kiosk.desk.lending.slips import Slip
from kiosk.desk.samples import SampleSlip
from kiosk.desk.session.sessions import DutyChange, Roster
from kiosk.desk.settling.fixlist import FixList
from kiosk.desk.transactions import Guest, Kind, Outcome, PatronAnswer, Route, Source, Transaction
from kiosk.desk.visits import Receipt, Standing
from kiosk.desk.vocabulary import Stage
from kiosk.desk.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.desk.checks.blocklist import Listed
    from kiosk.desk.dates.duedates import Length
    from kiosk.desk.returns.count import Returns
    from kiosk.desk.visits import PastVisit


WhySessions = Literal["list", "new", "print", "process", "follow"]
"""What upload sessions are asked for; `follow`: to bring the list on show up to date."""


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Scanned(Event):
    """A number or a command word came in.

    `used_as`: what staff use it as although it does not look right, or ""; `allowed_by`: the
    supervisor who allows that, or "".
    """

    text: str
    source: Source = "scan"
    allowed_by: str = ""
    used_as: Literal["", "card", "item"] = ""


@dataclass(frozen=True, slots=True)
class DamagedScan(Event):
    """A scan came in that cannot be used: half of it, too long, or not text."""

    sample: str


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """A button, by its command word."""

    command: str


@dataclass(frozen=True, slots=True)
class Recorded(Event):
    """A transaction, or the void of one, is on the disk, synced; or what else has an `id`."""

    transaction: str


@dataclass(frozen=True, slots=True)
class RecordFailed(Event):
    """The disk did not take these transactions. Nothing is recorded until `RecordingRestored`."""

    transactions: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class RecordingRestored(Event):
    """The disk takes transactions again."""


@dataclass(frozen=True, slots=True)
class RecordCut(Event):
    """At the start, the newest record on the disk could not be read, although it was all there."""


@dataclass(frozen=True, slots=True)
class PatronAnswered(Event):
    """The library said whose card this is."""

    answer: PatronAnswer


@dataclass(frozen=True, slots=True)
class OutcomeArrived(Event):
    """The library answered for a transaction, and its answer is on the disk."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LibraryReached(Event):
    """The library can be reached, or no longer."""

    online: bool


@dataclass(frozen=True, slots=True)
class PrintFailed(Event):
    """A receipt could not be printed. `card_ending`: of the patron whose it is, where known."""

    problem: Phrase
    card_ending: str = ""


@dataclass(frozen=True, slots=True)
class ClockChanged(Event):
    """The clock was set, or is known to be right, or cannot be. `at` is by the clock as it is now.

    What was held back until then carries the time of before, and is moved over to this one.
    """

    clock: DeskClock


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The engine is about to serve. `last`: the newest desk session there was."""

    roster: Roster
    last: DutyChange | None = None


@dataclass(frozen=True, slots=True)
class StaffChanged(Event):
    """The file that names the staff was changed."""

    roster: Roster


@dataclass(frozen=True, kw_only=True, slots=True)
class PinChecked(Event):
    """Whether a PIN was right. One that was not checked counts as wrong.

    `tries`: how many are left before the next is put off. `wait`: seconds until then.
    `problem`: why none can be checked.
    """

    staff: str
    ok: bool
    tries: int = 0
    wait: int = 0
    problem: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Found(Event):
    """What staff had looked up: how it is in the first answer, more of it in the others."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ListMore(Event):
    """There is time to lay out more of the list on show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionsListed(Event):
    """The library system has told its upload sessions, the newest first; or `problem`, why not.

    `then`: what they were asked for. `title`: what a new one is usually called.
    """

    then: WhySessions
    sessions: tuple[Session, ...] = ()
    title: str = ""
    problem: Phrase | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionMade(Event):
    """An upload session was made, and the next uploads go into it; or `problem`, why not."""

    session: Session | None = None
    problem: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class PracticeBegun(Event):
    """The desk is one to practise on, until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class PracticeEnded(Event):
    """Somebody has practised at another desk, and this was done there. None of it is recorded."""

    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True)
class PracticeCut(Event):
    """At the start: somebody was practising when the desk ended. None of it is recorded."""


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
    | Practise
    | Remember
    | Tell
)


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
