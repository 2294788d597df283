"""What can happen to a desk.

Events carry the moment (`at`, with offset) at which they happened, because the desk has no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kiosk.desk.answers import Answer
from kiosk.desk.asking.prompts import Prompt
from kiosk.desk.batches.standing import Session
from kiosk.desk.dates.clocks import DeskClock
from kiosk.desk.session.sessions import DutyChange, Roster
from kiosk.desk.transactions import Outcome, PatronAnswer, Source, Transaction
from kiosk.desk.words import Phrase

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
    supervisor who allows that, or "". `prompt`: what was asked as far as who typed it has seen;
    None where nobody looked, as with a scanner.
    """

    text: str
    source: Source = "scan"
    allowed_by: str = ""
    used_as: Literal["", "card", "item"] = ""
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True)
class DamagedScan(Event):
    """A scan came in that cannot be used: half of it, too long, or not text."""

    sample: str


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """A button, by its command word. `prompt`: what was asked, as far as staff have seen."""

    command: str
    prompt: Prompt | None = None


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
class PracticeFailed(Event):
    """There was no room on the disk to begin to practise, or to go on."""


@dataclass(frozen=True, slots=True)
class PracticeCut(Event):
    """At the start: somebody was practising when the desk ended. None of it is recorded."""
