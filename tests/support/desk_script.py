"""A desk's day as a script: what staff, disk and library do, line by line.

`Day` plays the engine around a real desk: it hands events in, carries effects out, and is the disk
(what is on it is what a crash leaves), the library, the printer and the clock.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo

from kiosk.daybook.newcomers import Newcomers
from kiosk.desk import effects, events
from kiosk.desk.batches.notice import Notice
from kiosk.desk.batches.standing import HandedFile, Session
from kiosk.desk.checks.blocklist import BlockListRules, Listed
from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.dates.clocks import DeskClock
from kiosk.desk.dates.duedates import Length, due_on
from kiosk.desk.desk import Desk
from kiosk.desk.lending import slips
from kiosk.desk.lending.slips import Slip
from kiosk.desk.memory import CartItem, Group, Holder, Known, Last, Past, ToSettle
from kiosk.desk.policy import DeskSession, DeskSettings
from kiosk.desk.returns.count import Returns
from kiosk.desk.samples import SampleSlip
from kiosk.desk.session.sessions import DutyChange, Roster
from kiosk.desk.settling.fixlist import FixList
from kiosk.desk.transactions import (
    Checkin,
    Checkout,
    Kind,
    NoncatCheckout,
    Outcome,
    PatronAnswer,
    Registration,
    Renewal,
    Transaction,
)
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import Phrase, ending
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.answers import Answer
    from kiosk.desk.asking.prompts import Prompt
    from kiosk.desk.transactions import OutcomeKind
    from kiosk.desk.visits import Line, Receipt
    from kiosk.desk.vocabulary import ClockState, Stage

ZONE = ZoneInfo("Europe/Vienna")
MORNING = datetime(2026, 11, 21, 10, 42, tzinfo=ZONE)

MAYA, JONAS = "21234000094417", "21234000194944"
LEFT_HAND, SWEETGRASS, BELOVED, PIPPI = (
    "31234000517860",
    "31234000448207",
    "31234000381408",
    "31234000841153",
)
TODAYS = "Internet Down 2026-11-21"
MOVES = ("checkout", "checkin", "renewal")
MISREAD = "31234000517861"
ISBN = "9780441478125"
USED = BlockListRules()


@dataclass(frozen=True)
class Undone:
    """The void of a transaction, on its way to the disk."""

    transaction: str


Decision = effects.DealtWith | effects.SendAgain | effects.Report
Steering = (
    effects.PauseDelivery
    | effects.OutageTold
    | effects.ChooseSession
    | effects.ProcessSession
    | effects.ConfirmFile
    | effects.WriteFileAgain
)
Fact = (
    Transaction
    | Outcome
    | Undone
    | Standing
    | effects.Seen
    | effects.KeepDuty
    | effects.Settle
    | Decision
    | Steering
)


@dataclass
class Disk:
    """What a crash leaves. Also the memory that the desk asks.

    It answers as the daybook does, which tests/test_desk_script.py sees to.
    """

    transactions: dict[str, Transaction] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    sending: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    medias: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, Length] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    unlearnt: set[str] = field(default_factory=set)
    """What is on the disk although writing it failed: nobody knows before it is opened again."""
    block_list: dict[str, Listed] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)
    """The library's due dates that patrons were told."""
    entered: dict[str, effects.DealtWith] = field(default_factory=dict)
    """What a person has dealt with, and how."""
    settled: set[str] = field(default_factory=set)
    """What was settled at the desk, in the open visit."""
    again: set[str] = field(default_factory=set)
    reports: dict[str, str] = field(default_factory=dict)
    """What error reports said last, by transaction."""
    made: date | None = None
    """The day of a block list, where it names nobody."""
    duty: list[DutyChange] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    files: list[HandedFile] = field(default_factory=list)
    resting: set[str] = field(default_factory=set)
    """What was handed over."""

    def write(self, fact: Fact) -> None:  # noqa: C901 - a table
        if isinstance(fact, Transaction):
            self.transactions[fact.id] = fact
        elif isinstance(fact, Undone):
            self.voided.add(fact.transaction)
        elif isinstance(fact, effects.Seen):
            self.seen.update(fact.transactions)
        elif isinstance(fact, effects.KeepDuty):
            self.duty.append(fact.change)
        elif isinstance(fact, Outcome):
            self.outcomes[fact.transaction] = fact
        elif isinstance(fact, effects.Settle):
            self.settled.add(fact.transaction)
            if fact.due is not None:
                self.told[fact.transaction] = fact.due
        elif isinstance(fact, effects.DealtWith | effects.SendAgain | effects.Report):
            self._decide(fact)
        elif isinstance(fact, Standing):
            self.standing = fact
        elif isinstance(fact, effects.ConfirmFile | effects.WriteFileAgain):
            self._decide_about_file(fact)

    def _decide_about_file(self, fact: effects.ConfirmFile | effects.WriteFileAgain) -> None:
        meant = [x for x in self.files if x.batch == fact.batch]
        self.files = [x for x in self.files if x not in meant]
        if isinstance(fact, effects.WriteFileAgain):
            self.files += [replace(x, wanted=True) for x in meant]

    def _decide(self, fact: Decision) -> None:
        if isinstance(fact, effects.DealtWith):
            self.entered |= dict.fromkeys(fact.transactions, fact)
        elif isinstance(fact, effects.SendAgain):
            self.outcomes.pop(fact.transaction, None)
            self.reports.pop(fact.transaction, None)
            self.again.add(fact.transaction)
        else:
            self._report(fact)

    def _report(self, fact: effects.Report) -> None:
        name = fact.transaction
        self.outcomes[name] = Outcome(
            transaction=name, kind="refused", at=MORNING, words=fact.words, code=fact.code
        )
        self.reports[name] = fact.words
        self.entered.pop(name, None)
        self.settled.discard(name)

    @property
    def pending(self) -> list[Transaction]:
        """What the library has not answered for, oldest first."""
        done = self.voided | self.outcomes.keys()
        return [x for x in self.transactions.values() if x.id not in done]

    def visit(self, visit: str) -> PastVisit | None:
        transactions = tuple(x for x in self._known() if x.visit == visit)
        if not transactions:
            return None
        undone = {getattr(x, "undoes", "") for x in self._lasting()}
        voided = frozenset(self.voided | undone | self._corrected())
        return PastVisit(transactions=transactions, outcomes=dict(self.outcomes), voided=voided)

    # What a Desk asks (kiosk.desk.memory.Memory).

    def block_status(self, card: str) -> Listed | None:
        return self.block_list.get(card)

    def block_list_made(self) -> date | None:
        return self.made or next((x.made for x in self.block_list.values()), None)

    def holder(self, item: str) -> Holder | None:
        moves = [x for x in self._moves(item) if not self._is_refused(x)]
        last = next((x for x in reversed(moves) if not isinstance(x, Renewal)), None)
        if not isinstance(last, Checkout):
            return None
        renewals = [x.due for x in moves[moves.index(last) :] if isinstance(x, Renewal)]
        return Holder(
            card_ending=ending(last.patron),
            at=last.at,
            due=renewals[-1] if renewals else last.due,
            card=last.patron,
            guest=last.guest,
        )

    def _moves(self, item: str) -> list[Transaction]:
        """What lends an item, takes it back or renews it: as it happened, paper in its place."""
        return self._all_moves().get(item, [])

    def _all_moves(self) -> dict[str, list[Transaction]]:
        """Give the moves of each item."""
        lasting, corrected = self._lasting(), self._corrected()
        found: dict[str, list[Transaction]] = {}
        for x in lasting:
            if x.kind in MOVES and x.id not in corrected:
                found.setdefault(x.item, []).append(x)
        return {item: _as_it_happened(moves) for item, moves in found.items()}

    def _is_refused(self, x: Transaction) -> bool:
        return x.id in self.outcomes and self.outcomes[x.id].kind == "refused"

    def title(self, item: str) -> str:
        return self.titles.get(item, "")

    def media(self, item: str) -> str:
        return self.medias.get(item, "")

    def knows(self, item: str) -> bool:
        lasting = (x for x in self._lasting() if not self._is_refused(x))
        return item in self.titles or any(x.item == item for x in lasting)

    def longer(self, number: str) -> str:
        begins = (x for x in self.titles if x.startswith(number) and x != number)
        return next(begins, "")

    def loan_length(self, item: str) -> Length | None:
        return self.lengths.get(item)

    def under_way(self, transaction: str) -> bool:
        outcome = self.outcomes.get(transaction)
        if outcome is not None and outcome.kind == "by_hand":
            return transaction in self.entered
        return transaction in self.sending | self.again or outcome is not None

    def rests(self, transaction: str) -> bool:
        return transaction in self.resting

    def recorded_on(self, day: date, number: str = "") -> list[str]:
        return [
            str(at)
            for at, x in reversed(list(enumerate(self._known())))
            if x.at.date() == day and number in ("", x.item, getattr(x, "patron", ""))
        ]

    def ending_on(self, day: date, digits: str) -> list[str]:
        return [
            str(at)
            for at, x in reversed(list(enumerate(self._known())))
            if x.at.date() == day and f"{x.item} {getattr(x, 'patron', '')} ".count(f"{digits} ")
        ]

    def past(self, entry: str) -> Past | None:
        known = self._known()
        x = known[int(entry)]
        undone = {getattr(y, "undoes", "") for y in self._lasting()} | self._corrected()
        outcome = self.outcomes.get(x.id)
        stage: Stage = outcome.kind if outcome else "recorded"
        stage = "voided" if x.id in self.voided | undone else stage
        later = {y.id for y in known[int(entry) + 1 :] if y.item == x.item}
        return Past(
            entry=entry,
            transaction=x,
            stage=stage,
            title=(outcome.title if outcome else "") or self.title(x.item),
            overtaken=bool(later & self._counting()),
            entered=stage == "by_hand" and x.id in self.entered,
            corrected=x.id in self._corrected(),
        )

    def refused(self, transaction: str) -> Past | None:
        return self.past(str([x.id for x in self._known()].index(transaction)))

    def visit_with(self, entry: str) -> PastVisit | None:
        return self.visit(self._known()[int(entry)].visit)

    def _counting(self) -> set[str]:
        """What still counts: neither undone nor refused, nor itself an undo."""
        lasting = self._lasting()
        gone = {getattr(x, "undoes", "") for x in lasting} | self._corrected()
        gone |= {x.transaction for x in self.outcomes.values() if x.kind == "refused"}
        return {x.id for x in lasting if x.id not in gone and not getattr(x, "undoes", "")}

    def last_of(self, item: str) -> Last | None:
        counting = self._counting()
        found = [
            Last(kind=x.kind, at=x.at, delivered=self.under_way(x.id))
            for x in reversed(self._lasting())
            if x.item == item and x.id in counting
        ]
        return max(found, key=lambda x: x.at, default=None)

    def returns(self) -> Returns:
        cart = self._cart()
        unseen = (x for x in self.pending if x.id not in self.seen)
        return Returns(
            unanswered=sum(isinstance(x, Checkin) and not x.undoes for x in unseen),
            cart=len({x.item for x in cart}),
            waiting=sum(x.id not in self.outcomes for x in cart),
        )

    def _cart(self) -> list[Transaction]:
        """The returns that nobody has dealt with: told of only later, and not lent again since."""
        items = dict.fromkeys(x.item for x in self._known() if isinstance(x, Checkin))
        moves = self._all_moves()
        return [x for item in items for x in self._left_on_cart(moves.get(item, []))]

    def _left_on_cart(self, moves: list[Transaction]) -> list[Transaction]:
        left: list[Transaction] = []
        for x in moves:
            if isinstance(x, Checkout) and not self._is_refused(x):
                left = []
            elif isinstance(x, Checkin) and not (x.undoes or self._answered_at_once(x)):
                left.append(x)
        return [x for x in left if x.id not in self.seen]

    def _answered_at_once(self, x: Transaction) -> bool:
        outcome = self.outcomes.get(x.id)
        return outcome is not None and timedelta(0) <= outcome.at - x.at <= timedelta(seconds=5)

    def on_cart(self, item: str) -> CartItem | None:
        moves = self._moves(item)
        left = self._left_on_cart(moves)
        others = (x for x in reversed(moves) if not isinstance(x, Renewal))
        last = next((x for x in others if isinstance(x, Checkin) or not self._is_refused(x)), None)
        last = left[-1] if left else last
        if not isinstance(last, Checkin) or last.undoes:
            return None
        unseen = tuple(x.id for x in left)
        outcome = self.outcomes.get(last.id)
        if outcome is None:
            return CartItem(item=item, unseen=unseen)
        return CartItem(
            item=item,
            route=outcome.route or ("shelve" if outcome.kind == "applied" else "ask"),
            to=outcome.to,
            title=outcome.title,
            words=outcome.words,
            unseen=unseen,
        )

    def cart_items(self) -> list[str]:
        return list(dict.fromkeys(x.item for x in self._cart()))

    def cart_answered(self) -> tuple[str, ...]:
        return tuple(x.id for x in self._cart() if x.id in self.outcomes)

    def card_known(self, card: str) -> Literal["", "registered", "used"]:
        lasting = [x for x in self._lasting() if not self._is_refused(x)]
        mine = [x for x in lasting if getattr(x, "patron", "") == card]
        if not mine:
            return ""
        return "registered" if any(isinstance(x, Registration) for x in mine) else "used"

    def loans_waiting(self, card: str) -> int:
        taken = {
            x.transaction
            for x in self.outcomes.values()
            if x.kind not in ("by_hand", "unknown") or x.transaction in self.entered
        }
        loans = (x for x in self._lasting() if hasattr(x, "due") and x.id not in taken)
        return sum(getattr(x, "patron", "") == card for x in loans)

    def namesake(self, name: str, born: str) -> Known | None:
        newcomers = Newcomers()
        registered = [x for x in self._lasting() if isinstance(x, Registration)]
        for number, each in enumerate(registered):
            newcomers.learn(number, each)
        found = next(newcomers.like(name, born), None)
        if found is None:
            return None
        known = registered[found]
        return Known(name=known.name, card_ending=ending(known.patron), at=known.at)

    def by_hand(self, reference: str) -> tuple[str, ...]:
        return tuple(
            x.id
            for x in self._lasting()
            if slips.reference(x.visit) == reference
            and x.id in self.outcomes
            and self.outcomes[x.id].kind == "by_hand"
            and x.id not in self.entered
        )

    def _corrected(self) -> set[str]:
        return {x.corrects for x in self._lasting()} - {""}

    def to_fix(self) -> list[str]:
        groups = list(get_args(Group))
        return [x.entry for x in sorted(self._needing(), key=lambda x: groups.index(x.group))]

    def to_fix_counts(self) -> Counter[Group]:
        return Counter(x.group for x in self._needing())

    def exception(self, entry: str) -> ToSettle | None:
        return self._to_settle(entry)

    def _needing(self) -> list[ToSettle]:
        found = (self._to_settle(str(n)) for n in range(len(self._known())))
        return [x for x in found if x is not None]

    def _to_settle(self, entry: str) -> ToSettle | None:
        x = self._known()[int(entry)]
        outcome = self.outcomes.get(x.id)
        dealt_with = self.entered.keys() - self._restored() | self.settled | self.voided
        if outcome is None or outcome.kind == "applied" or x.id in dealt_with:
            return None
        return ToSettle(
            entry=entry,
            transaction=x,
            outcome=outcome,
            title=outcome.title,
            reported=x.id in self.reports,
        )

    def _restored(self) -> set[str]:
        """What needs a person again, because what was sent in its place is undone."""
        return {name for name, fact in self.entered.items() if fact.replaced_by in self.voided}

    def about(self, number: str) -> list[str]:
        return [
            str(at)
            for at, x in reversed(list(enumerate(self._known())))
            if number and number in (x.item, getattr(x, "patron", ""))
        ]

    def reported(self, transaction: str) -> str:
        return self.reports.get(transaction, "")

    def handed_over(self) -> list[HandedFile]:
        return self.files

    def past_visit(self, barcode: str) -> PastVisit | None:
        for x in reversed(self._known()):
            if isinstance(x, Checkout | Renewal | NoncatCheckout) and barcode in ("", x.patron):
                return self.visit(x.visit)
        moves = (x for x in self._moves(barcode) if not self._is_refused(x))
        last = [x for x in moves if not isinstance(x, Renewal)]
        return self.visit(last[-1].visit) if last and isinstance(last[-1], Checkout) else None

    def _lasting(self) -> list[Transaction]:
        return [x for x in self._known() if x.id not in self.voided]

    def _known(self) -> list[Transaction]:
        return [self._as_told(x) for x in self.transactions.values() if x.id not in self.unlearnt]

    def _as_told(self, x: Transaction) -> Transaction:
        due = self.told.get(x.id)
        return replace(x, due=due) if due and isinstance(x, Checkout | Renewal) else x


PAPERS = {Slip: "slips", FixList: "lists", Notice: "notices", SampleSlip: "samples"}
"""Where each kind of paper for staff is kept."""


class Day:
    """One desk. Every method is a thing that happens; the properties are what can be seen."""

    def __init__(
        self,
        settings: DeskSettings | None = None,
        *,
        online: bool = False,
        carries: frozenset[Kind] = EVERYTHING,
        block_list: BlockListRules | None = USED,
        roster: Roster | None = None,
        pins: dict[str, str] | None = None,
        system: str = "",
        staff: str = "Ines",
    ) -> None:
        self.now = MORNING
        self._staff = staff
        self.uptime = 600.0
        self.disk = Disk()
        self.waiting: list[Fact] = []
        self.failed: set[str] = set()
        self.broken = False
        self.told: list[Answer] = []
        self.printed: list[Receipt] = []
        self.slips: list[Slip] = []
        self.lists: list[FixList] = []
        self.notices: list[Notice] = []
        self.samples: list[SampleSlip] = []
        self.sessions_asked: list[events.WhySessions] = []
        """What upload sessions were asked for."""
        self.sessions_wanted: list[str] = []
        """The names of those that are to be made."""
        self._system = system
        self.settings_effects: list[effects.Effect] = []
        """What was asked of the settings on the screen."""
        self.asked: list[str] = []
        self.settled: list[str] = []
        self._settings = settings or DeskSettings()
        self._block_list = block_list
        self._carries = carries
        self._ids = (f"id{number}" for number in itertools.count(1))
        self.roster = roster or Roster()
        self.pins = pins or {}
        self.verified: list[str] = []
        """Whose PINs were checked."""
        self.boot = "boot"
        self.reboot_leaves: ClockState | None = None
        """How far the clock can be trusted after the machine was off."""
        self.checks_are_slow = False
        self.unchecked = ("", "")
        self.put_off = 0
        """Seconds until a PIN is looked at again; the engine counts the wrong ones."""
        self.desk = self._desk()
        if self.roster.asks or len(self._settings.places) > 1:
            self._happens(events.Started(self.now, self.roster))
        if online:
            self.library_is_reached()

    def _desk(self) -> Desk:
        session = DeskSession(
            id="session",
            boot=self.boot,
            terminal="desk-1",
            library="Northside Branch Library",
            zone=ZONE,
            profile="Circulation",
            staff=self._staff,
            block_list=self._block_list,
            support="Help Desk · 555 0199",
        )
        return Desk(
            self._settings,
            session,
            self.disk,
            lambda: next(self._ids),
            carries=self._carries,
            system=self._system,
        )

    def again(self) -> Day:
        """The same desk at the same moment once more, to try something at."""
        other = copy.copy(self)
        other.disk, other.waiting = copy.deepcopy(self.disk), list(self.waiting)
        for kept in ("failed", "told", "printed", "slips", "lists", "asked", "settled", "verified"):
            setattr(other, kept, copy.copy(getattr(self, kept)))
        other.desk = other._desk()
        other.desk._work.state = self.desk.state
        return other

    # -- staff ---------------------------------------------------------------------------------

    def scans(self, *texts: str) -> None:
        for text in texts:
            self._happens(events.Scanned(self.now, text))

    def types(self, text: str, prompt: Prompt | None = None) -> None:
        """Type a line. `prompt`: what is asked, as far as who types it has seen."""
        self._happens(events.Scanned(self.now, text, "typed", prompt=prompt))

    def scans_damaged(self, sample: str) -> None:
        self._happens(events.DamagedScan(self.now, sample))

    def sessions_are(self, *sessions: Session, problem: Phrase | None = None) -> None:
        """The library system tells its upload sessions, or not."""
        then = self.sessions_asked[-1]
        self._happens(
            events.SessionsListed(
                self.now, then=then, sessions=sessions, title=TODAYS, problem=problem
            )
        )

    def session_is_made(self, session: Session | None, problem: Phrase | None = None) -> None:
        """The library system has made one, or not."""
        self._happens(events.SessionMade(self.now, session=session, problem=problem))

    def finds(self, *answers: Answer) -> None:
        """The engine has looked up what staff asked for."""
        self._happens(events.Found(self.now, answers))

    def presses(self, *commands: str, prompt: Prompt | None = None) -> None:
        for command in commands:
            self._happens(events.Pressed(self.now, command, prompt))

    def records(self, *texts: str) -> None:
        """Scan each one, and have it on the disk."""
        for text in texts:
            self.scans(text)
            self.disk_syncs()

    def logs_in(self, staff: str, *answers: str) -> None:
        """Somebody goes on duty: the name by number, the PIN, and what the session asks."""
        for text in (staff, self.pins[staff], *answers):
            self.types(text)
        self.disk_syncs()

    def staff_are(self, roster: Roster) -> None:
        """An administrator has changed the staff file."""
        self.roster = roster
        self._happens(events.StaffChanged(self.now, roster))

    def _checks(self, staff: str, pin: str) -> None:
        self.verified.append(staff)
        if self.checks_are_slow:
            self.unchecked = (staff, pin)
            return
        self._answers_pin(staff, pin)

    def check_ends(self) -> None:
        """The PIN that was given is looked at, at last."""
        self._answers_pin(*self.unchecked)

    def _answers_pin(self, staff: str, pin: str) -> None:
        ok = not self.put_off and self.pins.get(staff) == pin
        answer = events.PinChecked(self.now, staff=staff, ok=ok, tries=4, wait=self.put_off)
        self._happens(answer)

    # -- the disk ------------------------------------------------------------------------------

    def disk_syncs(self) -> None:
        """Everything that was put is on the disk now, and the desk hears of it."""
        if self.broken:
            self.disk_fails()
            return
        group = self._reaches_the_disk()
        for fact in group:
            if name := _waited_for(fact):
                self._happens(events.Recorded(self.now, name))

    def disk_fails(self, reason: str = "Input/output error", *, written: bool = False) -> None:
        """Nothing of what was put is taken. `written`: it is on the disk all the same."""
        lost, self.waiting = self.waiting, []
        if written:
            for fact in lost:
                self.disk.write(fact)
                if isinstance(fact, Transaction):
                    self.disk.unlearnt.add(fact.id)
        names = {name for fact in lost if (name := _waited_for(fact))}
        self.broken = True
        self.failed |= names
        self._happens(events.RecordFailed(self.now, frozenset(names), reason))

    def disk_is_back(self) -> None:
        """The disk takes facts again; what had failed is voided, should it be there after all."""
        self.broken = False
        self.disk.unlearnt.clear()
        for x in self.disk.pending:
            if x.id in self.failed:
                self.disk.write(Undone(x.id))
        self.disk.write(self.desk.standing)
        if self.desk.duty is not None:
            self.disk.write(effects.KeepDuty("", self.desk.duty))
        self._happens(events.RecordingRestored(self.now))

    def is_killed(self, *, synced: bool = False) -> None:
        """The engine dies and starts again. `synced`: what was put had just reached the disk."""
        if synced and not self.broken:
            self._reaches_the_disk()
        self.waiting, self.broken = [], False
        self.disk.unlearnt.clear()
        self.desk = self._desk()
        standing = self.disk.standing
        last = self.disk.past_visit("")
        self.desk.resume(standing, self.disk.visit(standing.visit), last)
        if self.reboot_leaves is not None:
            self.clock_is(self.reboot_leaves)
        duty = self.disk.duty[-1] if self.disk.duty else None
        self._happens(events.Started(self.now, self.roster, duty))

    def power_returns(self, clock: ClockState) -> None:
        """The whole machine starts again, and knows so much of the time."""
        self.boot, self.uptime, self.reboot_leaves = "next boot", 20.0, clock
        self.is_killed()

    def _reaches_the_disk(self) -> list[Fact]:
        group, self.waiting = self.waiting, []
        for fact in group:
            self.disk.write(fact)
        return group

    # -- the library ---------------------------------------------------------------------------

    def library_is_reached(self) -> None:
        self._happens(events.LibraryReached(self.now, online=True))

    def library_is_lost(self) -> None:
        self._happens(events.LibraryReached(self.now, online=False))

    def library_is_asked(self) -> None:
        """The oldest pending transaction is under way: no void can stop it any more."""
        self.disk.sending.add(self.deliverable[0].id)

    @property
    def deliverable(self) -> list[Transaction]:
        """What the library may answer for, oldest first; what is being voided is left out."""
        voids = {fact.transaction for fact in self.waiting if isinstance(fact, Undone)}
        return [x for x in self.disk.pending if x.id not in voids]

    def library_confirms(self, title: str = "", words: str = "") -> None:
        self._answers("applied", title=title, words=words, route="shelve")

    def library_refuses(self, words: str = "", title: str = "") -> None:
        self._answers("refused", title=title, words=words, route="ask")

    def library_notices(self, words: str = "", **more: Any) -> None:
        self._answers("noticed", words=words, **{"route": "ask", **more})

    def goes_to_a_person(self) -> None:
        """The oldest pending transaction is put on the list of what is entered by hand."""
        self._answers("by_hand", code="by-hand")

    def library_loses_the_reply(self) -> None:
        self._answers("unknown", route="ask")

    def library_knows(
        self, card: str, name: str = "", refuses: str | None = None, **more: Any
    ) -> None:
        more = {"words": refuses or "", **more}
        answer = PatronAnswer(patron=card, valid=refuses is None, name=name, **more)
        self._happens(events.PatronAnswered(self.now, answer))

    def _answers(self, kind: OutcomeKind, **more: Any) -> None:
        """Answer for the oldest pending transaction: on the disk first, then at the desk."""
        name = self.deliverable[0].id
        outcome = Outcome(transaction=name, kind=kind, at=self.now, **more)
        self.disk.write(outcome)
        self._happens(events.OutcomeArrived(self.now, outcome))

    # -- clock, printer ------------------------------------------------------------------------

    def seconds_pass(self, seconds: float) -> None:
        self.uptime += seconds
        self.now += timedelta(seconds=seconds)
        self._happens(events.Tick(self.now))

    def clock_is(
        self,
        state: ClockState,
        by: Literal["network", "staff", ""] = "",
        *,
        to: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        """More is known of the clock now; it may have been set `to` another time."""
        self.now = to or self.now
        started = self.now.astimezone(UTC) - timedelta(seconds=self.uptime)
        clock = DeskClock(state=state, by=by, started=started, latest=latest)
        self._happens(events.ClockChanged(self.now, clock))

    def printer_fails(self, card_ending: str = "") -> None:
        problem = Phrase("printer.paper_out")
        self._happens(events.PrintFailed(self.now, problem, card_ending))

    def _happens(self, event: events.Event) -> None:
        for effect in self.desk.handle(event):
            self._carry_out(effect)

    def _carry_out(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Record(fact) | effects.Remember(fact):
                self.waiting.append(fact)
            case effects.Void(transaction):
                self.waiting.append(Undone(transaction))
            case effects.Seen() | effects.KeepDuty():
                self.waiting.append(effect)
            case (
                effects.DealtWith() | effects.SendAgain() | effects.Report()
                | effects.PauseDelivery() | effects.OutageTold()
                | effects.ChooseSession() | effects.ProcessSession()
                | effects.ConfirmFile() | effects.WriteFileAgain()
            ):  # fmt: skip
                self.waiting.append(effect)
            case effects.VerifyPin(staff, pin):
                self._checks(staff, pin)
            case effects.SetClock(to):
                self.clock_is("fine", "staff", to=to)
            case effects.GoOnListing():
                self._happens(events.ListMore(self.now))
            case effects.OpenSettings() | effects.CloseSettings():
                self.settings_effects.append(effect)
            case _:
                self._is_noted(effect)

    def _is_noted(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Print(Slip() | FixList() | Notice() | SampleSlip() as paper):
                getattr(self, PAPERS[type(paper)]).append(paper)
            case effects.AskSessions(then):
                self.sessions_asked.append(then)
            case effects.MakeSession(title):
                self.sessions_wanted.append(title)
            case effects.Print(receipt):
                self.printed.append(receipt)
            case effects.Tell(answer):
                self.told.append(answer)
            case effects.AskPatron(card):
                self.asked.append(card)
            case effects.Settle(transaction):
                self.settled.append(transaction)
                self.disk.write(effect)

    # -- what can be seen ----------------------------------------------------------------------

    @property
    def answer(self) -> tuple[str, str, str]:
        """The answer on show: its tone, and the keys of headline and detail ("" for none)."""
        answer = self.desk.state.answer
        assert answer is not None
        return (
            answer.tone,
            _said(answer.headline),
            "" if answer.detail is None else _said(answer.detail),
        )

    @property
    def patron(self) -> str | None:
        visit = self.desk.state.visit
        return None if visit is None else visit.patron

    @property
    def lines(self) -> tuple[Line, ...]:
        visit = self.desk.state.visit
        return () if visit is None else visit.lines

    @property
    def stages(self) -> list[tuple[str, str]]:
        """The open visit's history, oldest first: item and stage."""
        return [(line.item, line.stage) for line in self.lines]

    @property
    def counting(self) -> list[str]:
        visit = self.desk.state.visit
        return [] if visit is None else [line.item for line in visit.counting]

    @property
    def recorded(self) -> list[tuple[str, str, str]]:
        """What stands on the disk and was not voided: kind, patron ("" for returns), item."""
        return [
            (x.kind, getattr(x, "patron", ""), x.item)
            for x in self.disk.transactions.values()
            if x.id not in self.disk.voided
        ]

    @property
    def receipts(self) -> list[tuple[str, list[str]]]:
        """What was printed: the card's ending and the items."""
        return [(x.card_ending, [line.item for line in x.lines]) for x in self.printed]

    def lasting(self, visit: str) -> Iterator[Transaction]:
        """What counts of a visit, by what is on the disk alone."""
        transactions = [x for x in self.disk.transactions.values() if x.visit == visit]
        gone = self.disk.voided | self.failed
        gone |= {x.undoes for x in transactions if isinstance(x, Checkin) and x.id not in gone}
        gone |= {x.transaction for x in self.disk.outcomes.values() if x.kind == "refused"}
        gone |= {x.corrects for x in transactions if x.id not in self.disk.voided | self.failed}
        for x in transactions:
            if x.id not in gone and not (isinstance(x, Checkin) and x.undoes):
                yield x


def _as_it_happened(moves: list[Transaction]) -> list[Transaction]:
    """Put what was written down, or sent in another's place, where it belongs."""
    aside = [x for x in moves if x.source == "paper" or x.corrects]
    if not aside:
        return moves
    happened = [x for x in moves if x not in aside]
    for late in sorted(aside, key=lambda x: x.at):
        later = (n for n, x in enumerate(happened) if x.at > late.at)
        happened.insert(next(later, len(happened)), late)
    return happened


def due_in(days: int) -> datetime:
    """The due moment of what is lent on the morning of the script."""
    return due_on(MORNING.date() + timedelta(days=days), ZONE)


def settings(**changes: object) -> DeskSettings:
    """The usual settings, but for some."""
    return replace(DeskSettings(), **changes)  # type: ignore[arg-type] # named by each test


def _said(phrase: Phrase) -> str:
    return str(phrase.args["text"]) if phrase.key == "plain.text" else phrase.key


def _waited_for(fact: Fact) -> str:
    if isinstance(fact, Undone):
        return fact.transaction
    return "" if isinstance(fact, Standing) else fact.id


def rows(day: Day) -> list[str]:
    """The lines on show, as staff read them."""
    answer = day.desk.state.answer
    assert answer is not None
    words = Words()
    return [words(row) for row in answer.rows]
