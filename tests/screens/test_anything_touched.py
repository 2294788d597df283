"""Anything touched, typed and scanned, in any order, at a real desk: nobody is lost.

What is done comes by chance, from a seed. Whatever it led to, nothing on show is clipped or
covered, and Escape leads back to the desk.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from support.desk_script import (
    JONAS,
    LEFT_HAND,
    MAYA,
    MISREAD,
    PIPPI,
    SWEETGRASS,
    Day,
    settings,
)

from kiosk.desk.policy import NoncatKind, RegistrationRules
from kiosk.desk.session.sessions import Member, Roster
from kiosk.screens.keyboard import KEY_BACKSPACE, KEY_ENTER, KEY_ESCAPE, KEY_TAB
from kiosk.screens.touching import _standing
from tests.screens.acting import Acting
from tests.screens.audit import audit
from tests.screens.stage import COMPACT, NORMAL, EventLoop, Touch

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 120
NUMBERS = (MAYA, JONAS, LEFT_HAND, SWEETGRASS, PIPPI, MISREAD)
WORDS = ("done", "undo", "checkin", "checkout", "renew", "cart", "today", "exceptions", "lock")
KEYS = (
    *((KEY_ENTER, None), (KEY_ESCAPE, None), (KEY_TAB, None), (KEY_BACKSPACE, None)),
    *((ord("a"), "a"), (ord("5"), "5")),
)
MEMBERS = (Member(number="1", name="Ines"), Member(number="2", name="Tomas", role="supervisor"))
PINS = {"1": "2741", "2": "8316"}
AT_HOME = {"checkout", "checkin", "cart", "locked"}


class Somebody(Acting):
    """Who does whatever chance says."""

    def __init__(self, stage, chance: Random) -> None:
        rules = RegistrationRules(fields=("family_name", "born"), required=("family_name",))
        day = Day(
            settings(noncat=(NoncatKind(code="5", name="Magazine"),), registration=rules),
            online=chance.random() < 0.5,
            roster=Roster(members=MEMBERS) if chance.random() < 0.5 else None,
            pins=PINS,
        )
        self.chance = chance
        super().__init__(stage, day, chance.choice((NORMAL, COMPACT)))
        if day.roster.asks:
            day.logs_in("1")
            self.show()

    def show(self) -> None:
        self.stage.show(self._state())

    def does_something(self) -> None:
        ways = {self.touches_something: 12, self.scans_something: 3, self.presses_a_key: 2}
        (way,) = self.chance.choices([*ways, self.lives_on], [*ways.values(), 4])
        way()
        self.carry()

    def touches_something(self) -> None:
        standing = [(box, what) for box, what in _standing(self.root.topmost()) if _is_seen(box)]
        if not standing:
            return
        (left, low, right, top), what = self.chance.choice(standing)
        place = (left + right) / 2, (low + top) / 2
        if self.chance.random() < 0.7:
            self.root.touches.forget()  # long after the last one
        times = 10 if self.chance.random() < 0.1 and not what.repeats else 1
        meanwhile = self.lives_on if self.chance.random() < 0.1 else None
        for _ in range(times):
            self._touches_at(place, meanwhile)

    def _touches_at(self, place: tuple[float, float], meanwhile: Callable[[], None] | None) -> None:
        touch = Touch(*place)
        EventLoop.post_dispatch_input("begin", touch)
        self.stage.frames(1)
        if meanwhile:
            meanwhile()
        EventLoop.post_dispatch_input("end", touch)
        self.stage.frames(1)

    def scans_something(self) -> None:
        self.day.scans(self.chance.choice((*NUMBERS, *WORDS)))

    def presses_a_key(self) -> None:
        key, text = self.chance.choice(KEYS)
        self.root.keyboard.key(key, text, [])
        if text:
            self.root.keyboard.written(text)

    def lives_on(self) -> None:
        """Let something happen that nobody at this screen does."""
        day = self.day
        happenings: list[Callable[[], None]] = [
            day.library_is_reached,
            day.library_is_lost,
            day.printer_fails,
            lambda: day.seconds_pass(3),
            lambda: day.scans(self.chance.choice(NUMBERS)),
            lambda: day.scans_damaged("???"),
            lambda: day.is_killed(synced=True),
        ]
        if day.deliverable:
            happenings += [day.library_confirms, day.library_refuses]
        self.chance.choice(happenings)()
        day.disk_syncs()
        self.show()

    def goes_home(self) -> None:
        for _ in range(8):
            if self.root.topmost() is self.root.ids.desk and self._is_home():
                return
            self.root.keyboard.key(KEY_ESCAPE, None, [])
            self.carry()
        pytest.fail(f"no way back to the desk from {self.root.place}")

    def _is_home(self) -> bool:
        return self.root.place in AT_HOME or self.root.state.locked is not None

    def faults(self) -> list[str]:
        found = audit(self.root)
        if found:  # its last layout may not have come to rest
            self.stage.frames()
            found = audit(self.root)
        return found


def _is_seen(box: tuple[float, float, float, float]) -> bool:
    left, low, right, top = box
    return left < right and low < top


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_touched_typed_and_scanned_the_desk_is_found_again(stage, seed):
    somebody = Somebody(stage, Random(seed))
    for step in range(STEPS):
        somebody.does_something()
        assert somebody.faults() == [], (step, somebody.root.place)
        if step % 20 == 19:
            somebody.goes_home()
