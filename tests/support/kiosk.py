"""A real engine inside the test, on a machine of its own: time passes when the test says so."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.demo.config import demo_config
from kiosk.demo.library import DemoLibrary
from kiosk.desk.policy import DeskSettings
from kiosk.desk.session.sessions import SessionRules
from kiosk.engine import Engine
from kiosk.ils.settings import IlsSettings
from kiosk.view.messages import Typed
from support.machine import FakeMachine
from support.patience import PATIENCE
from support.shift import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from kiosk.view.state import AppState


@asynccontextmanager
async def kiosk_in(folder: Path) -> AsyncIterator[Kiosk]:
    """Give a kiosk that is not working yet; its library goes at the end."""
    kiosk = Kiosk(folder)
    yield kiosk
    await kiosk.library_goes()


class Kiosk:
    """A desk on a machine of the test's own, and a library that may not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.machine = FakeMachine()
        self.library = DemoLibrary()
        self.desk = DeskSettings(session=SessionRules(required=False))
        self.delivers = True
        """Whether a library system is set up."""
        self.ils: IlsSettings | None = None
        """Another library system than the demo library."""
        self.engine: Engine
        self._port = free_port()
        self._serving: asyncio.Task[None] | None = None

    async def library_comes(self) -> None:
        async def serve() -> None:
            async with self.library.server.start(port=self._port):
                await asyncio.Event().wait()

        self._serving = asyncio.create_task(serve())

    async def library_goes(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        settings = demo_config(self.folder, self._port)
        library = replace(settings.library, timezone="Europe/Vienna")
        delivery = replace(settings.delivery, first_pause=0.01, longest_pause=0.02, keep_alive=0.2)
        settings = replace(settings, library=library, delivery=delivery, desk=self.desk)
        if not self.delivers:
            settings = replace(settings, ils=IlsSettings())
        if self.ils is not None:
            settings = replace(settings, ils=self.ils)
        self.engine = Engine(settings, self.machine)
        task = asyncio.create_task(self.engine.run())
        await asyncio.sleep(0)
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def types(self, *texts: str, scanned: bool = False) -> None:
        """Type each, and have it on the disk. `scanned`: as a scanner does that is a keyboard."""
        for text in texts:
            self.engine._clients.take(Typed(text=text, scanned=scanned))
            await self.until(lambda _: not self.engine._busy())

    async def until(self, so: Callable[[AppState], bool]) -> AppState:
        async with asyncio.timeout(PATIENCE):
            while True:
                state = self.engine._picture()
                if so(state):
                    return state
                await asyncio.sleep(0.01)

    async def delivered(self) -> None:
        await self.until(lambda state: state.library.waiting == 0)

    def heard(self) -> list[tuple[str, str, str]]:
        """What the library was told: the item, when, and the due or return date."""
        return [(entry.item, entry.at, entry.date[:10]) for entry in self.library.log]
