"""AppState: a frozen picture of everything on show. Keys and parameters, never prose.

The engine makes it, any number of clients draw it. Days are ISO dates (`2026-12-12`), moments
are ISO date-times with offset; the words decide how they are written. A card is never in it
whole: its last four digits only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from kiosk.desk.afterwards.runs import Run
from kiosk.desk.afterwards.telling import ToTell
from kiosk.desk.answers import Alarm, Answer, Tone
from kiosk.desk.asking.prompts import Prompt
from kiosk.desk.asking.question import Question
from kiosk.desk.batches.standing import DeskIn, Session
from kiosk.desk.returns.count import Returns
from kiosk.desk.vocabulary import (
    ClockState,
    DueBy,
    FieldKind,
    ListKind,
    Mode,
    Role,
    Spelling,
    Stage,
)
from kiosk.desk.words import Phrase, say

__all__ = [
    "PAGE", "PRACTICE", "Alarm", "Answer", "AppState", "Asking", "BlockList", "Check", "Clock",
    "DeskIn", "Device", "Display", "Due", "DuePreset", "FormField", "LastVisit", "Library",
    "Line", "Listing", "LoanKind", "Patron", "Paused", "Phrase", "Prompt", "Question",
    "Readiness", "Returned", "Returns", "Row", "Run", "Session", "Setting", "Settings", "Space",
    "Support", "ToTell", "Tone", "Tried",
]  # fmt: skip

Readily = Literal["good", "look", "bad"]

PAGE = 200
"""How many of a visit's newest lines travel in one picture."""
PRACTICE = timedelta(minutes=2)
"""How long a practice outage goes on, by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of the history. `day` is the due date, or the day of return.

    `due_at` is the moment where it ends by the hour, or "". `why` says where a due date comes from
    that is not the usual one. `count`: how many without a barcode, or
    how often an item was used. `kind`: that of the transaction.
    """

    id: str
    number: int
    item: str
    at: str
    stage: Stage
    title: str = ""
    day: str = ""
    due_at: str = ""
    why: Phrase | None = None
    note: Phrase | None = None
    count: int = 1
    kind: str = "checkout"


@dataclass(frozen=True, kw_only=True, slots=True)
class Patron:
    """The patron at the desk."""

    card_ending: str
    name: str = ""
    about: tuple[Phrase, ...] = ()
    """What the library says is out, overdue, on hold and owed."""
    note: Phrase | None = None
    """Why the library advises against lending, in its words; None where it does not."""
    overridable: bool = False
    """A supervisor may lend all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DuePreset:
    """One loan length to choose, and the day it comes to."""

    days: int
    day: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """The due date in force, who says so, and what else can be chosen.

    `at` is the moment of a loan that ends by the hour, or "". `why` says in words what `by` says.
    """

    day: str
    at: str = ""
    by: DueBy = "usual"
    why: Phrase | None = None
    default_day: str
    default_days: int
    presets: tuple[DuePreset, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """The day on which items count as returned. Today, unless a book-drop day was set."""

    day: str
    today: str
    yesterday: str

    @property
    def bookdrop(self) -> bool:
        """Whether a book-drop day is in force."""
        return self.day != self.today


@dataclass(frozen=True, kw_only=True, slots=True)
class LastVisit:
    """The visit before, whose receipt can be had again; not shown while nobody is on duty."""

    at: str
    items: int
    card_ending: str


NOT_LET_IN = frozenset(
    f"library.{what}"
    for what in (
        "login_refused", "not_tls", "wants_tls", "tls_expired", "tls_not_yet_valid",
        "tls_unknown_signer", "tls_other_name", "tls_certificate", "tls_refused", "tls_files",
    )
)  # fmt: skip
"""The reasons for being offline that no waiting mends: an administrator has to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """Nothing is sent, since when and by whose word."""

    at: str
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Library:
    """How delivery stands.

    `none`: no library system is configured. `waiting` counts transactions without an outcome,
    `to_fix` those that need a person; `unknown` of these are in doubt, so that even their items
    wait, and `by_hand` have to be entered by hand. `reason` says why it is offline, `results` how
    the last five attempts went, the oldest first. `next_load` is the time at which the backlog
    goes, or ""; `asks_first`: it goes when staff say so. `run` is the one under way, `last_run` the
    report of the one before. `away_since`: when the outage began that goes on and because of which
    something waits, or "". `to_tell`: of which outages somebody must be told yet, the oldest first.

    `uploaded` counts what waits at the library system to be processed, in `uploads`, the upload
    sessions; `handed_over` what somebody has to load there, in so many `handed_files`, the oldest
    since `handed_since`. `by_files`: it is reached by files alone; `live`: it answers while
    the patron waits. `carried`: so many are on their way there together; 0 while that is made
    ready, None where nothing goes. `loading_trouble`: why what has happened cannot be brought
    there, although the library answers what patrons wait for.
    """

    state: Literal["online", "offline", "connecting", "none"]
    waiting: int = 0
    to_fix: int = 0
    unknown: int = 0
    by_hand: int = 0
    reason: Phrase | None = None
    results: tuple[bool, ...] = ()
    paused: Paused | None = None
    next_load: str = ""
    asks_first: bool = False
    run: Run | None = None
    last_run: Run | None = None
    away_since: str = ""
    to_tell: tuple[ToTell, ...] = ()
    uploaded: int = 0
    uploads: tuple[Session, ...] = ()
    handed_over: int = 0
    handed_files: int = 0
    handed_since: str = ""
    by_files: bool = False
    live: bool = True
    carried: int | None = None
    loading_trouble: Phrase | None = None

    @property
    def lets_in(self) -> bool:
        """Whether the kiosk is let in, or would be if the library could be reached."""
        return self.reason is None or self.reason.key not in NOT_LET_IN


@dataclass(frozen=True, kw_only=True, slots=True)
class Printing:
    """A print-out that takes long. `share`: per cent of it that is sent; `behind`: what waits."""

    share: int
    behind: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A scanner or printer. `problem` says what is wrong and what to do; None when all is well."""

    name: str
    kind: Literal["scanner", "printer"]
    problem: Phrase | None = None
    printing: Printing | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Space:
    """The disk is filling up: `low`, or `short`, when it may not last another day at work.

    `lasting` says how much still fits. What to do about it is the same each time.
    """

    state: Literal["low", "short"]
    headline: Phrase
    lasting: Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """How far the time on show can be trusted. `latest`: what a wrong clock lies behind, or ""."""

    state: ClockState = "fine"
    by: Literal["network", "staff", ""] = ""
    latest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockList:
    """How the block list is.

    `off`: none is set up, or it shall not be used. `none`: none has come yet. `fresh` is of today,
    `old` is used with its age told; `too_old` and `damaged` are not used; `future`: its day is
    still to come, so one of the clocks is wrong. `made` is its day, `trouble` says why there is no
    newer one.
    """

    state: Literal["off", "none", "fresh", "old", "too_old", "future", "damaged"] = "off"
    made: str = ""
    days: int = 0
    cards: int = 0
    trouble: Phrase | None = None

    @property
    def headline(self) -> Phrase:
        """How it is, in a few words."""
        return say(f"screen.blocklist.{self.state}.title", made=self.made)

    @property
    def story(self) -> Phrase:
        """What that means, and what to do."""
        return say(f"screen.blocklist.{self.state}.story", made=self.made, count=self.cards)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that a desk needs in an outage. `mend`: what to do; None where all is well."""

    name: str
    state: Readily
    says: Phrase
    mend: Phrase | None = None


Looked = Literal["daybook", "library", "printer"]
"""What has to be looked at to tell whether a desk is ready; anything else is on show anyway."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    """Whether the desk is ready for an outage, as it was found `at` a moment; "" before the first.

    What is bad would stop or mislead staff in an outage; what to look at would hinder them.
    """

    at: str = ""
    checks: tuple[Check, ...] = ()
    looking: tuple[Looked, ...] = ()
    """What is being looked at just now."""
    stopped: int = 0
    """How many looks staff have stopped."""

    @property
    def state(self) -> Readily:
        """The worst of all."""
        states = {check.state for check in self.checks}
        return "bad" if "bad" in states else "look" if "look" in states else "good"

    @property
    def worst_first(self) -> tuple[Check, ...]:
        """What to mend, then what to look at, then the rest."""
        order = ("bad", "look", "good")
        return tuple(sorted(self.checks, key=lambda check: order.index(check.state)))

    @property
    def headline(self) -> Phrase:
        """How it is, in a few words."""
        open_ = sum(check.state != "good" for check in self.checks)
        return say(f"ready.title_{self.state}", count=open_)


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """Who helps, shown wherever people would ask."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def who(self) -> str:
        """All of it in one line; "" where nobody is named."""
        return " · ".join(part for part in (self.name, self.phone, self.email) if part)

    @property
    def line(self) -> Phrase | None:
        """Whom to call; None where nobody is named."""
        return say("screen.support", who=self.who) if self.who else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """The form being filled in: all its fields, and which is asked. A PIN is never in it.

    `kind` tells forms apart. `parts`: `detail` in pieces, where somebody lays them out. `keyed`:
    what was scanned digit by digit for the field being asked, of a PIN a dot for each. `again`: the
    field was gone back to by its number; then it goes on where it was. `meanwhile`: what happened
    since the form came up, and needs attention.
    """

    kind: str
    headline: Phrase
    detail: Phrase | None
    parts: tuple[Phrase, ...] = ()
    fields: tuple[FormField, ...]
    at: int
    again: bool = False
    keyed: str = ""
    problem: Phrase | None = None
    meanwhile: Phrase | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField:
    """One field, with what was filled in so far and what can be chosen.

    `value` is what stands in it, as it would be typed; of a PIN or a card "". `values`: of each
    option what `choose:=` takes. `chosen`: the number of the option that stands, from 1; 0 where
    none does. `advised`: that of the best one. `first` and `last` bound a day; `most` a PIN's
    digits. `longest`: how many characters it takes.
    """

    label: Phrase
    kind: FieldKind
    spelling: Spelling = "words"
    shown: Phrase
    required: bool
    value: str = ""
    options: tuple[Phrase, ...] = ()
    values: tuple[str, ...] = ()
    chosen: int = 0
    advised: int = 0
    first: str = ""
    last: str = ""
    most: int | None = None
    longest: int = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An entry of a list. `name`: what `choose:#` takes. `aside` stands at its end, `under` below.

    `is_number`: the title is the number of an item. `stage` gives it its icon and colour.
    """

    name: str
    title: Phrase
    stage: Stage
    detail: Phrase | None = None
    aside: Phrase | None = None
    under: Phrase | None = None
    is_number: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The list on show. `rows`: as far as they were laid out by now, of `count` in all.

    `chosen`: the name of the row that was chosen last; what can be done with it is asked by the
    open form. `idle`: commands about the whole list of which nothing would come now.
    """

    kind: ListKind
    headline: Phrase
    about: Phrase | None = None
    rows: tuple[Row, ...] = ()
    count: int = 0
    chosen: str = ""
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LoanKind:
    """A kind of items with a loan length of its own, by the command that chooses it."""

    command: str
    name: Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What was given last for a setting. `problem`: why it does not fit; None where it does."""

    key: str
    value: str
    problem: Phrase | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    """How the screen looks, speaks and sounds. `fixed`: the keys that kiosk.toml decides.

    `damaged`: what was set on the screen before cannot be read, so that none of it counts.
    """

    language: str = "en"
    theme: Literal["light", "dark", "contrast"] = "light"
    volume: int = 70
    fixed: tuple[str, ...] = ()
    tried: Tried | None = None
    damaged: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting, by its name in kiosk.toml. `value` as it would be typed.

    A `switch` is `on` or `off`. `fixed`: kiosk.toml decides it. A number goes from `least` to
    `most`.
    """

    key: str
    section: str
    kind: Literal["choice", "switch", "number", "numbers", "lines", "text"]
    value: str
    options: tuple[str, ...] = ()
    fixed: bool = False
    least: int = 0
    most: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an administrator may change, while one is there. `by`: who that is.

    `restart`: something counts only once the engine has been started anew.
    """

    by: str
    settings: tuple[Setting, ...]
    restart: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AppState:
    """Everything on show."""

    mode: Mode
    now: str
    clock: Clock = Clock()
    library_name: str
    library_code: str = ""
    staff: str = ""
    role: Role | Literal[""] = ""
    """The role of who is on duty; "" where staff do not say who they are."""
    profile: str = ""
    profile_code: str = ""
    locked: Phrase | None = None
    """Why nobody is on duty, so that nothing is taken; None while all is well."""
    locked_how: Phrase | None = None
    """What to do about that."""
    support: Support = Support()
    answer: Answer | None = None
    answers: int = 0
    """How many answers there were: it changes with each, also where two are alike."""
    help: Answer | None = None
    """What `help` would answer now: where the desk stands, and what is known here."""
    scans: int = 0
    """How often something was scanned or typed: whoever scans wants to see the desk."""
    visit: str = ""
    """Names the open visit: a Done says which one it ends."""
    patron: Patron | None = None
    lines: tuple[Line, ...] = ()
    """Newest first, at most `PAGE` of them."""
    items: int = 0
    """How many lines of the open visit count as lent or returned."""
    due: Due
    returned: Returned
    question: Question | None = None
    form: Asking | None = None
    listing: Listing | None = None
    prompt: Prompt = field(default_factory=Prompt)
    """Names what of these is asked now: an answer says to which it is one."""
    commands: tuple[str, ...] = ()
    """The command words that are of use at this desk."""
    by_hand: tuple[str, ...] = ()
    """Those of them that are recorded here alone: a person enters it in the library system."""
    kinds: tuple[LoanKind, ...] = ()
    uses: int = 1
    """How often the next item of in-house use was used."""
    checking: bool = False
    """A PIN is being checked: what staff do meanwhile waits."""
    alarm: Alarm | None = None
    last_visit: LastVisit | None = None
    library: Library
    block_list: BlockList = BlockList()
    devices: tuple[Device, ...] = ()
    space: Space | None = None
    """None while there is room enough."""
    readiness: Readiness = Readiness()
    display: Display = Display()
    settings: Settings | None = None
    """None unless an administrator has opened them."""
    leaving: Literal["", "restart", "close"] = ""
    """The engine ends on purpose: to be started anew, or for good."""
    practice_until: str = ""
    """Somebody is practising until then: nothing that is on show counts."""
    closing: bool = False
    """Done was pressed; the desk waits a moment for the library's last answers."""
    paper: str = ""
    """The time of the next line, while staff enter what was on paper; or ""."""
    keep_off_shelves: bool = False
    """The library has yet to answer for returns: they may be wanted elsewhere."""
    returns: Returns = field(default_factory=Returns)
    """How many returns wait for that, and how many are on the cart."""
