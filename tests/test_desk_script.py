"""The double of the flow tests remembers as a real daybook does, whatever the day brings."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from support.desk_script import (
    BELOVED,
    JONAS,
    LEFT_HAND,
    MAYA,
    MORNING,
    Day,
    Disk,
    Undone,
    settings,
)

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Voided
from kiosk.desk.policy import NoncatKind
from kiosk.desk.transactions import Checkin, Outcome, Transaction
from kiosk.desk.visits import Standing
from kiosk.engine.facts import facts_of
from kiosk.memory import DeskMemory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.desk_script import Fact as Scripted

    from kiosk.daybook.facts import Fact

ITEMS, CARDS = (LEFT_HAND, BELOVED), (MAYA, JONAS)
BOTH = settings(noncat=(NoncatKind(code="2", name="Paperback"),))


class Twice(Disk):
    """A disk on which a daybook is written, too."""

    daybook: Daybook

    def write(self, fact: Scripted) -> None:
        super().write(fact)
        facts = list(_facts(fact))
        self.daybook.learn(self.daybook.commit(facts))


def _facts(fact: Scripted) -> Iterator[Fact]:
    """Give what the engine would write."""
    match fact:
        case Undone(transaction):
            yield Voided(transaction=transaction, at=MORNING)
        case Outcome():
            yield Answered(outcome=fact)
        case Transaction() | Standing():
            yield fact
        case _:
            yield from facts_of(fact, MORNING)


def memory(daybook: Daybook) -> DeskMemory:
    return DeskMemory(daybook, cast("Any", None))


def known(memory: Disk | DeskMemory) -> dict[tuple[str, str], Any]:
    """Everything that a desk would be told of these items and cards."""
    told: dict[tuple[str, str], Any] = {("returns", ""): memory.returns()}
    told["cart", ""] = sorted(memory.cart_items())
    told["answered", ""] = sorted(memory.cart_answered())
    needed = filter(None, map(memory.exception, memory.to_fix()))
    told["to_fix", ""] = [replace(x, entry="") for x in needed]
    for item in ITEMS:
        told["holder", item] = memory.holder(item)
        told["last_of", item] = memory.last_of(item)
        told["knows", item] = memory.knows(item)
        told["on_cart", item] = memory.on_cart(item)
    for card in CARDS:
        told["card_known", card] = memory.card_known(card)
        told["loans_waiting", card] = memory.loans_waiting(card)
    for barcode in (*ITEMS, *CARDS, ""):
        visit = memory.past_visit(barcode)
        told["past_visit", barcode] = visit and [x.id for x in visit.transactions]
        entries = memory.recorded_on(MORNING.date(), barcode)
        pasts = [past for past in map(memory.past, entries) if past is not None]
        told["pasts", barcode] = [replace(past, entry="") for past in pasts]
        found = map(memory.past, memory.ending_on(MORNING.date(), barcode[-4:]) if barcode else ())
        told["ending", barcode] = [past and past.transaction.id for past in found]
    return told


# -- what staff and library do ---------------------------------------------------------------------


def lend(day: Day, item: str, card: str) -> None:
    day.presses("checkout")
    day.records(card, item)
    day.presses("yes")
    day.disk_syncs()


def lend_to_a_guest(day: Day, item: str, _: str) -> None:
    day.presses("guest")
    for text in ("Anna", "1990-01-01", ""):
        day.types(text)
    day.records(item)
    day.presses("yes")
    day.disk_syncs()


def from_paper(day: Day, item: str, card: str) -> None:
    """The item came back earlier, or was lent and came back."""
    day.presses("paper:09:00", "checkin")
    day.records(item)
    day.presses("yes")
    day.disk_syncs()
    if card == MAYA:
        lend(day, item, card)
    day.presses("paper:off", "checkout")
    day.disk_syncs()


def scan(mode: str) -> Any:
    def scanned(day: Day, item: str, _: str) -> None:
        day.presses(mode)
        day.records(item)
        day.disk_syncs()

    return scanned


def undo(which: int) -> Any:
    def undone(day: Day, _: str, __: str) -> None:
        day.presses(*(["today", f"undo:{which}"] if which else ["undo"]))
        day.disk_syncs()

    return undone


ANSWERS = {
    "confirms": Day.library_confirms,
    "refuses": Day.library_refuses,
    "notices": lambda day: day.library_notices(route="hold", words="Hold for 7731."),
    "loses": Day.library_loses_the_reply,
    "by hand": Day.goes_to_a_person,
}


def answer(kind: str) -> Any:
    def answered(day: Day, _: str, __: str) -> None:
        oldest = next(iter(day.deliverable), None)
        carried = isinstance(oldest, Checkin)  # by every library system
        if oldest is not None and not (carried and kind == "by hand"):
            ANSWERS[kind](day)

    return answered


def decide(what: str) -> Any:
    """What needs a person, the most urgent first, is sent again or dealt with."""

    def decided(day: Day, _: str, __: str) -> None:
        day.presses("exceptions", "choose:1")
        form = day.desk.state.form
        options = [] if form is None else [option.value for option in form.field.options]
        if what in options:
            day.presses(f"choose:{options.index(what) + 1}", "yes", "choose:1")
            day.disk_syncs()
        day.presses("no", "checkout")

    return decided


def done(day: Day, _: str, __: str) -> None:
    day.presses("done")
    day.seconds_pass(3)


STEPS = [
    lend,
    lend,
    lend_to_a_guest,
    from_paper,
    *map(scan, ("checkin", "checkin", "renew", "inhouse", "cart")),
    *map(undo, (0, 0, 1, 2, 3)),
    *map(answer, ("confirms", "confirms", "refuses", "notices", "loses", "by hand")),
    *map(decide, ("resend", "settle")),
    done,
]


RETURNED, CONFIRMED, CART = scan("checkin"), answer("confirms"), scan("cart")


@pytest.mark.parametrize("online", [True, False])
@tries(deadline=None, max_examples=40)
@example(  # an older return of the same item, from paper, is seen on the cart with the newer one
    steps=[
        (RETURNED, BELOVED, MAYA, True),
        (CONFIRMED, BELOVED, MAYA, False),
        (from_paper, BELOVED, JONAS, False),
        (CART, BELOVED, MAYA, False),
    ]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(STEPS), st.sampled_from(ITEMS), st.sampled_from(CARDS), st.booleans()
        ),
        min_size=3,
        max_size=12,
    )
)
def test_it_knows_what_a_daybook_knows(steps: list[Any], *, online: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(BOTH, online=online)
        day.disk = Twice()
        day.desk.remember(day.disk)
        with Daybook(Path(folder)) as day.disk.daybook:
            for step, item, card, waits in steps:
                step(day, item, card)
                day.seconds_pass(10 if waits else 1)
                assert known(memory(day.disk.daybook)) == known(day.disk)
        with Daybook(Path(folder), read_only=True) as again:
            assert known(memory(again)) == known(day.disk)
