"""Printing at the engine: what takes long to lay out holds up nobody who scans."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from support.patience import PATIENCE

from kiosk.config.settings import PrinterSettings
from kiosk.demo.config import demo_config
from kiosk.desk.samples import SampleSlip
from kiosk.engine import devices
from kiosk.engine.tasks import Tasks

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Follower:
    """A link with somebody at its other end who is the printer."""

    def __init__(self) -> None:
        self.drawn: asyncio.Queue[object] = asyncio.Queue()

    def tell(self, message: object) -> int:
        self.drawn.put_nowait(message)
        return 1

    def show(self) -> None:
        """Nobody looks."""


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
    config = replace(demo_config(tmp_path, 1), printer=PrinterSettings(terminal=True))
    desk = devices.Devices(
        config,
        follower,  # type: ignore[arg-type] # no more of it is asked
        on_scan=lambda _: None,
        on_print_failed=lambda *_: None,
    )
    desk.start(tasks)
    today = datetime(2026, 11, 22, tzinfo=UTC)
    desk.print(SampleSlip(at=today, library="Northside", staff="", terminal="desk-1"))
    asyncio.get_running_loop().call_later(0.05, scanned.set)  # never, while the loop stands
    await asyncio.wait_for(follower.drawn.get(), PATIENCE)
    await tasks.stop()
    assert waited == [True, True]
