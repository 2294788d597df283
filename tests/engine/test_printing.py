"""Printing at the engine: what takes long to lay out holds up nobody who scans."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from support.patience import PATIENCE

from kiosk.demo.config import demo_config
from kiosk.desk.samples import SampleSlip
from kiosk.engine import devices
from kiosk.engine.tasks import Tasks
from kiosk.view.state import Printing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from kiosk.config import Config


class Follower:
    """A link with somebody at its other end who is the printer."""

    def __init__(self) -> None:
        self.drawn: asyncio.Queue[object] = asyncio.Queue()
        self.looks: asyncio.Queue[None] = asyncio.Queue()

    def tell(self, message: object) -> int:
        self.drawn.put_nowait(message)
        return 1

    def show(self) -> None:
        self.looks.put_nowait(None)


async def test_a_long_list_is_laid_out_while_others_go_on_scanning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned, waited = threading.Event(), []

    def slowly(step: Any) -> Any:
        def wait(*what: Any) -> Any:
            waited.append(scanned.wait(PATIENCE))
            return step(*what)

        return wait

    monkeypatch.setattr(devices, "lay_out", slowly(devices.lay_out))
    monkeypatch.setattr(devices, "draw", slowly(devices.draw))
    follower, tasks = Follower(), Tasks()
    config = demo_config(tmp_path, 1)
    desk = devices_of(config, follower)
    desk.start(tasks)
    desk.print(SLIP)
    asyncio.get_running_loop().call_later(0.05, scanned.set)  # never, while the loop stands
    await asyncio.wait_for(follower.drawn.get(), PATIENCE)
    await tasks.stop()
    assert waited == [True, True]


async def test_how_far_a_long_print_out_is_is_shown_and_it_can_be_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer, follower, tasks = SlowPrinter(), Follower(), Tasks()
    monkeypatch.setattr(devices, "LONG", 0.0)
    monkeypatch.setattr(devices, "_printer", lambda *_: printer)
    desk = devices_of(demo_config(tmp_path, 1), follower)
    desk.start(tasks)
    for _ in range(2):
        desk.print(SLIP)
    async with asyncio.timeout(PATIENCE):
        while desk.shown()[0].printing != Printing(share=50, behind=1):
            await follower.looks.get()
        desk.stop_printing()
        assert desk.shown()[0].printing is None
        printer.goes_on.set()
        while printer.whole != [False, True]:
            await follower.looks.get()
    await tasks.stop()


async def test_a_receipt_is_out_before_anybody_would_look_how_far_it_is(tmp_path: Path) -> None:
    follower = Follower()
    desk = devices_of(demo_config(tmp_path, 1), follower)
    seen = []
    follower.tell = lambda _: seen.append(desk.shown()[0].printing) or 1  # type: ignore[assignment, method-assign, func-returns-value]
    tasks = Tasks()
    desk.start(tasks)
    desk.print(SLIP)
    async with asyncio.timeout(PATIENCE):
        while not seen:
            await follower.looks.get()
    await tasks.stop()
    assert seen == [None]


SLIP = SampleSlip(
    at=datetime(2026, 11, 22, tzinfo=UTC), library="Northside", staff="", terminal="desk-1"
)


def devices_of(config: Config, follower: Follower) -> devices.Devices:
    return devices.Devices(
        config,
        follower,  # type: ignore[arg-type] # no more of it is asked
        on_scan=lambda _: None,
        on_print_failed=lambda *_: None,
    )


class SlowPrinter:
    """Stands still in the middle of what it prints, until it `goes_on`."""

    name, columns = "slow", 42

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.whole: list[bool] = []

    async def check(self) -> None:
        """Nothing is wrong with it."""

    async def print(self, _: object, goes_on: Callable[[float], bool]) -> None:
        self.whole.append(await asyncio.to_thread(self._send, goes_on))

    def _send(self, goes_on: Callable[[float], bool]) -> bool:
        goes_on(0.0)
        goes_on(0.5)
        assert self.goes_on.wait(PATIENCE)
        return goes_on(0.9)
