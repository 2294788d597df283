"""Where a desk stands. Frozen: a step gives a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from kiosk.desk.answers import Alarm, Answer
from kiosk.desk.asking.prompts import Form, Prompt
from kiosk.desk.asking.question import Question
from kiosk.desk.batches.standing import Session
from kiosk.desk.checks.barcodes import Reading
from kiosk.desk.checks.functions import Function
from kiosk.desk.dates.clocks import DeskClock
from kiosk.desk.events import Event, Scanned
from kiosk.desk.lending.slips import Slip
from kiosk.desk.memory import Past
from kiosk.desk.policy import DeskSession
from kiosk.desk.returns.count import Returns
from kiosk.desk.session.sessions import Roster, Why
from kiosk.desk.transactions import Source
from kiosk.desk.visits import Paper, Receipt, Visit
from kiosk.desk.vocabulary import ListKind, Mode, Stage
from kiosk.desk.words import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question that waits for staff. Its class says what it is about and who takes the answer."""

    question: Question


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt(Asked):
    """A number that staff are asked about."""

    reading: Reading
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledge(Asked):
    """The block list warns of the card of a visit: staff have to take notice."""

    visit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnedAway(Asked):
    """Nothing is lent on a card, unless a supervisor overrides it. `against`: what says so.

    `allowed_by`: the supervisor who had its number used although it does not look right, or "".
    """

    card: str
    against: str
    allowed_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutAlready(Asked):
    """An item that this daybook knows to be out to somebody else."""

    item: str
    scan: Scanned


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeDoubt(Asked):
    """A time that staff are asked about. `ahead`: by how much the clock would be set forward.

    It is kept so because time goes on while they are asked.
    """

    ahead: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Namesake(Asked):
    """A patron is to be registered who may be registered already."""

    card: str
    details: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherCard(Asked):
    """An item is to be renewed that another card has, as far as this daybook knows."""

    item: str
    card: str
    scan: Scanned


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned(Asked):
    """A function is used for the first time in a desk session, and there is something to mind."""

    function: Function
    event: Event
    """What asked for it: done once staff have said yes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An entry of a list, laid out. `words`: the whole of it in one line.

    `stage` is that of what it is about. `is_number`: the title is the number of an item. `aside`
    is the fact at its end, `under` the word below that.
    """

    title: Phrase
    words: Phrase
    stage: Stage
    detail: Phrase | None = None
    aside: Phrase | None = None
    under: Phrase | None = None
    is_number: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list on show, page by page. `kind`: what its entries name, and what choosing one does.

    `about` says what there is to know of the whole, `detail` also how to go on by command words.
    `rows`: the entries from the first on, as far as they were laid out. `chosen`: the entry that
    was chosen last, or "". `looked`: so many rows were looked at since anything changed. `stale`:
    something changed meanwhile. `idle`: commands about the whole of which nothing would come now.
    """

    kind: ListKind
    headline: Phrase
    detail: Phrase | None = None
    about: Phrase | None = None
    entries: tuple[str, ...] = ()
    page: int = 0
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    looked: int = 0
    stale: bool = False
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """An error report that is being entered.

    `lines` were given, `met` of them met their transactions; `unmet`: those that met nothing.
    `heading`: the last line without a number.
    """

    lines: int = 0
    met: int = 0
    unmet: tuple[str, ...] = ()
    heading: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """Done was pressed: wait until then for the library's last answers."""

    until: datetime
    slip: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskState:
    """Where the desk stands."""

    session: DeskSession
    """Who is on duty and where; a change counts from the next transaction."""
    roster: Roster = field(default_factory=Roster)
    locked: Why | Literal[""] = ""
    """Why nobody is on duty, so that nothing is taken; "" while somebody is."""
    checking: Form | None = None
    """The form whose PIN is being checked, without that PIN. What staff do meanwhile waits."""
    last_act: datetime | None = None
    """When staff did something last."""
    mode: Mode = "checkout"
    visit: Visit | None = None
    bookdrop: date | None = None
    uses: int = 1
    """How often the next item of in-house use was used."""
    answer: Answer | None = None
    answers: int = 0
    """How many answers there were: two scans may be answered alike."""
    scans: int = 0
    """How often something was scanned or typed."""
    answer_line: str = ""
    """The line that `answer` is about."""
    asked: Asked | None = None
    agreed: frozenset[tuple[str, Function]] = frozenset()
    """What staff were warned of and use all the same, by desk session."""
    form: Form | None = None
    meanwhile: Answer | None = None
    """What has happened since the form came up, and needs attention."""
    listing: Listing | None = None
    prompt: Prompt = field(default_factory=Prompt)
    """Names what is asked now (`Work.set` sees to it)."""
    sessions: tuple[Session, ...] = ()
    """The upload sessions, as they were told last."""
    alarm: Alarm | None = None
    alarm_from: datetime | None = None
    """When the last alarm began, until what was written down meanwhile is being entered."""
    paper: Paper | None = None
    report: Report | None = None
    clock: DeskClock = field(default_factory=DeskClock)
    online: bool = False
    closing: Closing | None = None
    closed: datetime | None = None
    """When a visit was closed last."""
    last: Receipt | None = None
    slip: Slip | None = None
    """What staff enter by hand of the last visit; None where there is nothing."""
    safe_until: str = ""
    familiar: int = 0
    """How well the items that are scanned here are known (kiosk.desk.scans)."""
    held: tuple[Event, ...] = ()
    undoing: dict[str, str] = field(default_factory=dict)
    """Checkins on their way to the disk that take back a delivered checkout's line."""
    taking_back: dict[str, Past] = field(default_factory=dict)
    """What of closed visits is being undone, by the ids of the transactions."""
    returns: Returns = field(default_factory=Returns)
    keep_off_shelves: bool = False
    """Returns were recorded while the library was away, and it has not answered for all of them."""
    seeing: dict[str, str] = field(default_factory=dict)
    """Items seen on the cart, by the facts that say so and are on their way to the disk."""
    going_on: dict[str, DeskSession] = field(default_factory=dict)
    """Sessions that are in force as soon as it is on the disk who is on duty, by these facts."""
    deciding: dict[str, Phrase] = field(default_factory=dict)
    """What is said of decisions about exceptions, by the facts that are on their way."""
    handed_in: dict[str, Form] = field(default_factory=dict)
    """Forms of which what was given is on its way to the disk, by these facts."""
    steering: dict[str, tuple[Phrase, Phrase]] = field(default_factory=dict)
    """What is said of what staff want of delivery, by the facts that are on their way."""
    entering: dict[str, int] = field(default_factory=dict)
    """How many lines were entered by hand, by the facts that say so, on their way to the disk."""

    @property
    def pending(self) -> bool:
        """Whether something that staff did is still on its way to the disk."""
        duty_or_cart = self.seeing or self.taking_back or self.going_on
        said = self.entering or self.deciding or self.steering
        return bool(duty_or_cart or said) or (self.visit is not None and self.visit.pending)

    @property
    def idle(self) -> bool:
        """Whether nobody is served and nothing is being filled in."""
        return self.visit is None and self.form is None

    @property
    def question(self) -> Question | None:
        """What staff are asked now."""
        return None if self.asked is None else self.asked.question
