"""What is done about what a desk wants, beside putting it on the disk: which effect does what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.samples import SampleSlip
from kiosk.desk.visits import Receipt
from kiosk.view.messages import Happened

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.engine.delivery import Delivery
    from kiosk.engine.devices import Devices
    from kiosk.engine.lookups import Lookups
    from kiosk.engine.practice import PracticeRoom
    from kiosk.engine.settings import SettingsRoom
    from kiosk.engine.staff import StaffRoom
    from kiosk.engine.tasks import Tasks
    from kiosk.view.server import LinkServer

LIST_PAUSE = 0.02
"""Seconds between two pieces of a long list, for scans that come meanwhile."""


class Performing:
    """Does what the desk wants, and what the desk to practise on does. Both are told of it.

    `handle` lets the desk take an event; `set_clock` takes the time that staff say.
    """

    def __init__(
        self,
        tasks: Tasks,
        link: LinkServer,
        *,
        delivery: Delivery,
        devices: Devices,
        lookups: Lookups,
        practice: PracticeRoom,
        settings: SettingsRoom,
        staff: StaffRoom,
        now: Callable[[], datetime],
        handle: Callable[[events.Event], None],
        set_clock: Callable[[datetime], None],
    ) -> None:
        self._tasks = tasks
        self._link = link
        self._delivery = delivery
        self._devices = devices
        self._lookups = lookups
        self._practice = practice
        self._settings = settings
        self._staff = staff
        self._now = now
        self._handle = handle
        self._set_clock = set_clock

    def perform(self, effect: effects.Effect) -> None:
        """Do what the desk wants."""
        match effect:
            case effects.DealtWith() | effects.Settle() | effects.Void() | effects.Report():
                self._delivery.settled()
            case effects.PauseDelivery(paused=paused):
                self._delivery.pause(paused=paused)
            case effects.ChooseSession():
                self._delivery.session_chosen()
            case effects.ConfirmFile() | effects.WriteFileAgain():
                self._delivery.wake()
            case effects.SendAgain(transaction=transaction):
                self._delivery.settled()
                self._delivery.recorded(transaction)
            case effects.AskPatron(card):
                self._delivery.ask_patron(card)
            case effects.PatronLeft(card):
                self._delivery.patron_left(card)
            case effects.Print(receipt):
                self._devices.print(receipt)
            case effects.SetClock(to):
                self._set_clock(to)
            case _:
                self._begin(effect)

    def _begin(self, effect: effects.Effect) -> None:
        """Begin what takes a while."""
        match effect:
            case effects.VerifyPin(staff, pin):
                self._tasks.start(self._check_pin(staff, pin, self._handle))
            case effects.Practise():
                self._tasks.start(self._practice.begin(self._now))
            case effects.GoOnListing():
                self._list_more(self._handle)
            case effects.OpenSettings(by):
                self._settings.open(by)
            case effects.CloseSettings():
                self._settings.close()
            case _:
                self._lookups.begin(effect)

    def perform_practised(self, effect: effects.Effect, at: datetime) -> None:
        """Do what leaves no trace, and mark it."""
        match effect:
            case effects.Tell(answer):
                self._link.tell(Happened(at=at.isoformat(), answer=answer, practice=True))
            case effects.Print(Receipt() as receipt):  # never a slip: it would be entered
                self._devices.print(replace(receipt, practice=True))
            case effects.Print(SampleSlip() as sample):
                self._devices.print(sample)
            case effects.VerifyPin(staff, pin):
                self._tasks.start(self._check_pin(staff, pin, self._practised))
            case effects.LookWhetherReady() | effects.BreakOff():
                self._lookups.begin(effect)
            case effects.GoOnListing():
                self._list_more(self._practised)
            case effects.Practise(lock=lock):
                self._practice.end()
                if lock:
                    self._handle(events.Pressed(at, "lock"))

    def _practised(self, event: events.Event) -> None:
        """Let the desk to practise on take an event that is for it alone."""
        self._practice.take(event)
        self._link.show()

    async def _check_pin(
        self, staff: str, pin: str, tell: Callable[[events.Event], object]
    ) -> None:
        tell(await self._staff.check(staff, pin, self._now))

    def _list_more(self, tell: Callable[[events.Event], object]) -> None:
        later = asyncio.get_running_loop().call_later
        later(LIST_PAUSE, lambda: tell(events.ListMore(self._now())))
