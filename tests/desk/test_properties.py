"""What holds for a desk whatever happens to it, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal, get_args

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.desk_script import (
    BELOVED,
    ISBN,
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    PIPPI,
    SWEETGRASS,
    Day,
)
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.blocklist import STATUSES, BlockListRules, Listed, Status
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.commandlist import groups
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.policy import NoncatKind, Receipts
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.transactions import Checkout, NoncatCheckout, Renewal, Transaction
from kiosk.desk.visits import COUNTING
from kiosk.desk.vocabulary import Mode
from kiosk.view.picture import picture
from kiosk.view.state import BlockList, Library, Support

ADA, SPARE = "21234000282822", "31234000999993"
"""Somebody who has not been there yet, and what she borrows."""
CARDS = [MAYA, JONAS]
ITEMS = [LEFT_HAND, SWEETGRASS, BELOVED, PIPPI]
ODD = [MISREAD, ISBN, "123", "21234000194945"]
GARBAGE = st.text(st.characters(codec=None), max_size=70)
WORDS = st.text(st.characters(codec="utf-8"), max_size=70)
"""What a library says was decoded on its way in: no half characters."""
PAPERBACK = NoncatKind(code="2", name="Paperback")
LENDING = (Checkout, Renewal, NoncatCheckout)
"""What stands on a receipt."""
INES, RUTH = "1", "2"
ROSTER = Roster(
    members=(
        Member(number=INES, name="Ines"),
        Member(number=RUTH, name="Ruth", role="supervisor", badge="29999000000012"),
    )
)
PINS = {INES: "1111", RUTH: "2222"}
SETTINGS = desk_settings(
    noncat=(PAPERBACK,),
    loans=(LoanRule(kind="dvd", days=7),),
    functions=FunctionRules(guest="warn", renew="warn"),
)
ODD_COMMANDS = [
    "due:x", "bookdrop:2026-11-19", "bookdrop:2099-01-01", f"reprint:{MAYA}", "reprint:nobody",
    "time:ok", "time:14:05", "time:2026-12-24T18:00", "time:25:00", "help:due", "cart:clear",
    "paper:2026-11-20T17:00", "paper:off", "paper:09:00", "entered:1", "count:0",
    "due-next:3h", "undo:1", "undo:2", f"find:{MAYA}", f"who:{LEFT_HAND}", "reprint:1", "day:x",
    "exceptions:print", "fix:id1", "fix:nothing",
]  # fmt: skip
COMMANDS = sorted(
    {entry.command for group in groups(SETTINGS) for entry in group.entries}.union(ODD_COMMANDS)
)
"""All that there are: what the command sheet has, and what only people type."""
TYPED = ["Anna Maier", "1990-04-30", "3", "1", "2", "17:00", "1111", "2222", "9999", ""]
ENOUGH = 25
"""Steps within which one gets on, from wherever."""


class AnyDay(RuleBasedStateMachine):
    """Staff, disk, library and clock do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.day = Day()
        self.checked = 0
        self.freed: set[str] = set()
        """The visits in which the library has said something of the card."""
        self.outdated = False
        self.renewed: set[str] = set()

    @initialize(
        receipts=st.sampled_from(["patron", "item", "none"]),
        online=st.booleans(),
        listed=st.none() | st.sampled_from(STATUSES),
        staffed=st.booleans(),
    )
    def opens(
        self, receipts: Receipts, listed: Status | None, *, online: bool, staffed: bool
    ) -> None:
        self.day = Day(
            replace(SETTINGS, receipts=receipts),
            online=online,
            roster=ROSTER if staffed else None,
            pins=PINS,
        )
        if staffed:
            go_on_duty(self.day)
        if listed is not None:
            self.day.disk.block_list[JONAS] = Listed((listed,), self.day.now.date())

    @rule(text=st.sampled_from(CARDS + ITEMS * 2 + ODD))
    def scans(self, text: str) -> None:
        self.day.scans(text)

    @rule(card=st.sampled_from(CARDS), item=st.sampled_from(ITEMS), synced=st.booleans())
    def somebody_borrows(self, card: str, item: str, *, synced: bool) -> None:
        self.day.scans(card, item)
        if synced:
            self.day.disk_syncs()

    @rule(mode=st.sampled_from(get_args(Mode)), item=st.sampled_from(ITEMS))
    def an_item_is_scanned_in_another_mode(self, mode: str, item: str) -> None:
        self.day.presses(mode, "yes")
        self.day.scans(item)

    @rule(text=GARBAGE)
    def scans_garbage(self, text: str) -> None:
        self.day.scans(text)
        self.day.scans_damaged(text[:32])

    @rule(text=st.sampled_from(TYPED) | GARBAGE)
    def types(self, text: str) -> None:
        self.day.types(text)

    @rule(command=st.sampled_from(COMMANDS) | GARBAGE)
    def presses(self, command: str) -> None:
        self.day.presses(command)

    @precondition(lambda self: self.day.desk.state.locked)
    @rule()
    def somebody_goes_on_duty(self) -> None:
        go_on_duty(self.day)

    @precondition(lambda self: self.day.roster.members and self.day.desk.state.form is None)
    @rule()
    def a_supervisor_comes(self) -> None:
        self.day.presses("override")
        fill_in(self.day, {"staff": RUTH, "supervisor": RUTH, "pin": PINS[RUTH]})

    @rule(line=st.integers(1, 4), choice=st.integers(1, 5), then=st.integers(1, 5))
    def the_morning_after(self, line: int, choice: int, then: int) -> None:
        self.day.presses("exceptions", f"choose:{line}", f"choose:{choice}", f"choose:{then}")

    @rule(line=st.integers(1, 4), item=st.sampled_from(ITEMS), card=st.sampled_from(CARDS))
    def something_is_corrected(self, line: int, item: str, card: str) -> None:
        self.day.presses("exceptions", f"choose:{line}")
        form = self.day.desk.state.form
        options = [] if form is None else [x.value for x in form.field.options]
        if "correct" in options:
            self.day.presses(f"choose:{options.index('correct') + 1}")
            fill_in(self.day, {"item": item, "card": card})

    @rule(lines=st.lists(st.sampled_from(ITEMS + CARDS + ODD) | GARBAGE, max_size=3))
    def an_error_report_comes(self, lines: list[str]) -> None:
        if self.day.desk.state.report is None:
            self.day.presses("report")
        for text in lines:
            form = self.day.desk.state.form
            if form is not None and form.kind == "report":  # else it is a number to ask about
                self.day.types(f"Item not found {text}")

    @rule()
    def disk_syncs(self) -> None:
        self.day.disk_syncs()

    @rule(written=st.booleans())
    def disk_fails(self, *, written: bool) -> None:
        self.day.disk_fails(written=written)

    @precondition(lambda self: self.day.broken)
    @rule()
    def disk_is_back(self) -> None:
        self.day.disk_is_back()

    @precondition(lambda self: self.day.deliverable and not self.day.broken)
    @rule(what=st.sampled_from(["asks", "confirms", "refuses", "notices", "loses"]))
    def library(self, what: str) -> None:
        {
            "asks": self.day.library_is_asked,
            "confirms": self.day.library_confirms,
            "refuses": self.day.library_refuses,
            "notices": self.day.library_notices,
            "loses": self.day.library_loses_the_reply,
        }[what]()

    @rule(card=st.sampled_from(CARDS), refuses=st.none() | WORDS)
    def library_knows(self, card: str, refuses: str | None) -> None:
        self.day.library_knows(card, "Somebody", refuses)
        visit = self.day.desk.state.visit
        if visit is not None and visit.patron == card:
            self.freed.add(visit.id)

    @rule(online=st.booleans())
    def connection(self, *, online: bool) -> None:
        if online:
            self.day.library_is_reached()
        else:
            self.day.library_is_lost()

    @rule(seconds=st.sampled_from([0.25, 3, 40_000]))
    def time_passes(self, seconds: float) -> None:
        self.day.seconds_pass(seconds)

    @rule(
        hours=st.sampled_from([0, 1, -1, 15, -15, 24_000]),
        state=st.sampled_from(["fine", "unconfirmed", "wrong"]),
    )
    def clock_jumps(self, hours: int, state: Literal["fine", "unconfirmed", "wrong"]) -> None:
        if not self.day.desk.state.held:
            self.day.clock_is(state, to=self.day.now + timedelta(hours=hours))

    @invariant()
    def nothing_is_shown_as_recorded_before_it_is_on_the_disk(self) -> None:
        for line in self.day.lines:
            if line.stage not in ("recording", "failed", "not_taken"):
                assert line.id in self.day.disk.transactions
            if line.stage == "voided":
                undone = {getattr(x, "undoes", "") for x in self.day.disk.transactions.values()}
                assert line.id in self.day.disk.voided | undone

    @invariant()
    def an_item_is_lent_at_most_once_in_a_visit(self) -> None:
        lent = [line.item for line in self.day.lines if line.due and line.stage in COUNTING]
        assert len(lent) == len(set(lent))

    @invariant()
    def what_is_on_the_disk_counts_unless_it_was_undone_or_refused(self) -> None:
        visit = self.day.desk.state.visit
        if visit is None or self.day.waiting:
            return
        lasting = [x.id for x in self.day.lasting(visit.id)]
        assert lasting == [line.id for line in visit.counting]

    @invariant()
    def receipts_list_exactly_what_counts(self) -> None:
        news, self.checked = self.day.printed[self.checked :], len(self.day.printed)
        for receipt in news:
            lasting = [
                (x.item, x.due) for x in self.day.lasting(receipt.visit) if isinstance(x, LENDING)
            ]
            printed = [(line.item, line.due) for line in receipt.lines]
            by_item = self.day.desk.settings.receipts == "item" and not receipt.again
            assert set(printed) <= set(lasting) if by_item else printed == lasting

    @invariant()
    def nothing_waits_for_nothing(self) -> None:
        state, visit = self.day.desk.state, self.day.desk.state.visit
        pending = state.pending
        assert not state.held or pending
        assert state.closing is None or pending or (state.online and visit.unanswered)

    @invariant()
    def nothing_is_lent_on_a_card_of_the_block_list_without_the_librarys_word(self) -> None:
        listed = self.day.disk.block_list.get(JONAS)
        if (
            listed is not None
            and (self.day.now.date() - listed.made).days > BlockListRules().oldest_days
        ):
            self.outdated = True  # from here on it may not have been used
        if listed is not None and listed.statuses != ("delinquent",) and not self.outdated:
            wanted = [*self.day.disk.transactions.values(), *self.day.waiting]
            lent = {
                x.visit
                for x in wanted
                if isinstance(x, Checkout) and x.patron == JONAS and x.override is None
                if x.source != "paper" and not x.corrects  # it was lent already
            }
            assert lent <= self.freed

    @invariant()
    def what_is_corrected_is_settled_and_the_rest_stays_on_the_list(self) -> None:
        disk = self.day.disk
        for x in disk.transactions.values():
            if x.corrects and x.id not in disk.unlearnt:
                assert disk.entered[x.corrects].replaced_by
        listed = {disk.exception(entry).transaction.id for entry in disk.to_fix()}  # type: ignore[union-attr]
        for name, outcome in disk.outcomes.items():
            settled = name in disk.entered.keys() | disk.settled | disk.voided
            assert outcome.kind == "applied" or settled or name in listed

    @invariant()
    def away_from_the_library_nothing_is_renewed_for_a_card_that_the_list_refuses(self) -> None:
        wanted = {x.id: x for x in self.day.waiting if isinstance(x, Renewal)}
        new = [x for x in wanted.values() if x.id not in self.renewed]
        self.renewed |= wanted.keys()
        listed = self.day.disk.block_list.get(JONAS)
        if listed is None or listed.statuses == ("delinquent",) or self.outdated:
            return
        if not self.day.desk.state.online:
            refused = [x for x in new if x.patron == JONAS and x.visit not in self.freed]
            assert all(x.override or x.source == "paper" or x.corrects for x in refused)

    @invariant()
    def whoever_overrides_is_a_supervisor(self) -> None:
        for x in self.day.disk.transactions.values():
            if isinstance(x, Checkout | Renewal) and x.override is not None and x.source != "paper":
                assert x.override.supervisor == "Ruth"
                assert x.override.reason

    @invariant()
    def nothing_is_recorded_while_nobody_is_on_duty(self) -> None:
        if self.day.desk.state.locked:
            visit = self.day.desk.state.visit
            assert visit is None or visit.pending

    @rule()
    def from_here_one_gets_on(self) -> None:
        gets_on(self.day.again())

    def teardown(self) -> None:
        gets_on(self.day.again())

    @invariant()
    def during_the_alarm_nothing_is_put(self) -> None:
        assert self.day.desk.state.alarm is None or not any(
            isinstance(fact, Transaction) for fact in self.day.waiting
        )

    @invariant()
    def the_book_drop_day_is_never_to_come(self) -> None:
        bookdrop = self.day.desk.state.bookdrop
        assert bookdrop is None or bookdrop < self.day.now.date()

    @invariant()
    def the_picture_travels_and_holds_no_card(self) -> None:
        state = picture(
            self.day.desk,
            self.day.now,
            library=Library(state="none"),
            block_list=BlockList(),
            devices=(),
            space=None,
            support=Support(),
        )
        sent = msgspec.json.encode(state).decode()
        assert not any(card in sent for card in CARDS)


def fill_in(day: Day, values: dict[str, str]) -> None:
    """Answer the open form: each field with what is given for it, or with its first choice."""
    for _ in range(ENOUGH):
        form = day.desk.state.form
        if form is None:
            return
        field = form.field
        first = field.options[0].value if field.options else ""
        day.types(values.get(field.name) or field.value or first)


def go_on_duty(day: Day) -> None:
    """Say that Ines is on duty, whatever that asks."""
    day.presses("login")
    fill_in(day, {"staff": INES, "pin": PINS[INES]})


def is_idle(day: Day) -> bool:
    """Whether the desk waits for the next patron, and for nothing else."""
    state = day.desk.state
    waits = (state.visit, state.form, state.asked, state.closing, state.alarm, state.checking)
    return not any(waits) and not state.held and not state.locked and state.clock.state != "wrong"


def one_step_on(day: Day) -> None:
    """Do what ends the first thing that the desk waits for, with keys that are always there."""
    state = day.desk.state
    if day.broken:
        day.disk_is_back()
    elif day.waiting:
        day.disk_syncs()
    elif state.clock.state == "wrong":
        day.presses("time:ok")
    elif state.locked:
        go_on_duty(day)
    elif state.form is not None or state.asked is not None:
        day.presses("no")
    else:
        day.presses("done")
        day.seconds_pass(3)


def gets_on(day: Day) -> None:
    """However the desk stands, it comes to the next patron, who gets a book."""
    for _ in range(ENOUGH + 2 * len(day.desk.state.held)):
        if is_idle(day):
            break
        one_step_on(day)
    assert is_idle(day), day.desk.state
    for _ in range(ENOUGH):
        if any(x.item == SPARE for x in day.disk.transactions.values()):
            return
        if day.desk.state.locked:  # the card comes on another day
            go_on_duty(day)
        elif day.desk.state.form is not None or day.desk.state.asked is not None:
            day.presses("yes")
        else:
            day.scans(ADA if day.patron != ADA else SPARE)
        day.disk_syncs()
    raise AssertionError(day.desk.state)


AnyDay.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestAnyDay = AnyDay.TestCase


# "Done" is left out: an item scanned while it waits for the disk takes it back.
STAFF = st.one_of(
    st.sampled_from(CARDS + ITEMS + ODD).map(lambda text: ("scans", text)),
    st.sampled_from(
        ["undo", "checkin", "checkout", "due:7", "bookdrop:yesterday", "yes", "no"]
    ).map(lambda word: ("presses", word)),
)


def told(day: Day) -> list[tuple[object, ...]]:
    """What a day came to, without its ids."""
    visits = {x.visit: None for x in day.disk.transactions.values()}
    names = {visit: number for number, visit in enumerate(visits)}
    items = {x.id: x.item for x in day.disk.transactions.values()}
    return [
        (
            x.kind,
            names[x.visit],
            x.item,
            getattr(x, "patron", ""),
            getattr(x, "due", None),
            getattr(x, "returned", None),
            items.get(getattr(x, "undoes", "")),
            x.id in day.disk.voided,
        )
        for x in day.disk.transactions.values()
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(STAFF, st.booleans()), max_size=25))
@example([(("scans", text), False) for text in (MAYA, LEFT_HAND, JONAS, SWEETGRASS, MAYA)])
def test_a_slow_disk_changes_when_things_are_done_and_nothing_else(
    steps: list[tuple[tuple[str, str], bool]],
) -> None:
    quick, slow = Day(), Day()
    for (what, text), synced in steps:
        getattr(quick, what)(text)
        quick.disk_syncs()
        getattr(slow, what)(text)
        if synced:
            slow.disk_syncs()
    while slow.waiting or slow.desk.state.held:
        slow.disk_syncs()
    assert told(slow) == told(quick)
    assert slow.receipts == quick.receipts
    assert slow.patron == quick.patron
    assert slow.stages == quick.stages


@settings(max_examples=100, deadline=None)
@given(st.lists(GARBAGE, max_size=10))
def test_garbage_alone_records_nothing(texts: list[str]) -> None:
    day = Day()
    day.records(MAYA)
    day.scans(*texts)
    day.types("\x00" * 10_000)
    assert day.recorded == []
