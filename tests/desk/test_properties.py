"""What holds for a desk whatever happens to it, in whatever order."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

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

from kiosk.desk.blocklist import STATUSES, BlockListRules, Listed, Status
from kiosk.desk.policy import NoncatKind
from kiosk.desk.transactions import Checkout, NoncatCheckout, Renewal, Transaction
from kiosk.desk.visits import COUNTING
from kiosk.view.picture import picture
from kiosk.view.state import BlockList, Library, Support

CARDS = [MAYA, JONAS]
ITEMS = [LEFT_HAND, SWEETGRASS, BELOVED, PIPPI]
ODD = [MISREAD, ISBN, "123", "21234000194945"]
GARBAGE = st.text(st.characters(codec=None), max_size=70)
WORDS = st.text(st.characters(codec="utf-8"), max_size=70)
"""What a library says was decoded on its way in: no half characters."""
PAPERBACK = NoncatKind(code="2", name="Paperback")
LENDING = (Checkout, Renewal, NoncatCheckout)
"""What stands on a receipt."""
COMMANDS = [
    "checkout", "checkin", "done", "done-noslip", "undo", "due:7", "due:x",
    "due-next:0", "due-next:3h", "due:usual", "kind:dvd", "bookdrop:yesterday",
    "bookdrop:today", "reprint", f"reprint:{MAYA}", "yes", "no", "help", "renew",
    "inhouse", "count:3", "noncat", "guest", "choose:1", "key:7", "key:ok", "next", "back",
    "cart", "cart:clear", "paper", "paper:09:00", "paper:off", "today", "undo:1", "undo:2", "find",
    f"find:{MAYA}", "who", f"who:{LEFT_HAND}", "day:yesterday", "reprint:1", "choose:2",
    "time", "time:ok", "time:14:05", "time:2026-12-24T18:00", "time:25:00",
]  # fmt: skip


class AnyDay(RuleBasedStateMachine):
    """Staff, disk, library and clock do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.day = Day()
        self.checked = 0
        self.freed: set[str] = set()
        self.outdated = False
        """The visits in which the library has said something of the card."""

    @initialize(
        receipts=st.sampled_from(["patron", "item", "none"]),
        online=st.booleans(),
        listed=st.none() | st.sampled_from(STATUSES),
    )
    def opens(self, receipts: str, listed: Status | None, *, online: bool) -> None:
        self.day = Day(desk_settings(receipts=receipts, noncat=(PAPERBACK,)), online=online)
        if listed is not None:
            self.day.disk.block_list[JONAS] = Listed((listed,), self.day.now.date())

    @rule(text=st.sampled_from(CARDS + ITEMS * 2 + ODD))
    def scans(self, text: str) -> None:
        self.day.scans(text)

    @rule(text=GARBAGE)
    def scans_garbage(self, text: str) -> None:
        self.day.scans(text)
        self.day.scans_damaged(text[:32])

    @rule(text=st.sampled_from(["Anna Maier", "1990-04-30", "3", ""]) | GARBAGE)
    def types(self, text: str) -> None:
        self.day.types(text)

    @rule(command=st.sampled_from(COMMANDS) | GARBAGE)
    def presses(self, command: str) -> None:
        self.day.presses(command)

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
        pending = visit is not None and visit.pending
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
            lent = {x.visit for x in wanted if isinstance(x, Checkout) and x.patron == JONAS}
            assert lent <= self.freed

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
