"""The screen as a process of its own, at the end of a real link."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import pytest
from PIL import Image

from kiosk.view.messages import Screenshot, ScreenshotTaken
from kiosk.view.server import LinkServer
from tests.screens import states

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import logging, sys
from pathlib import Path
logging.basicConfig(level=logging.INFO, stream=sys.stderr)
from kiosk.screens.app import run_screen
run_screen(Path(sys.argv[1]), (800, 480), home=Path(sys.argv[2]))
"""
SECONDS = 30


class Screen:
    """A screen process and the link server that it finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trace = folder / "trace"
        self.said = ""
        self.state = states.ONLINE
        self.intents: asyncio.Queue[object] = asyncio.Queue()
        self.server = LinkServer(
            folder / "link",
            engine_version="0.1.0",
            picture=lambda: self.state,
            on_intent=self.intents.put_nowait,
        )

    async def __aenter__(self) -> Self:
        await self.server.start()
        self.signs = asyncio.create_task(self.server.give_signs())
        environment = os.environ | {
            "SDL_VIDEODRIVER": "offscreen",
            "KIVY_METRICS_DENSITY": "1",
            "KIOSK_TRACE_FRAMES": str(self.trace),
        }
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", RUN, str(self.folder / "link"), str(self.folder / "home")),
            env=environment,
            stderr=subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()
        await self.process.wait()
        self.signs.cancel()
        await self.server.stop()

    async def says(self, mark: str) -> str:
        async with asyncio.timeout(SECONDS):
            async for line in self.process.stderr:
                self.said += line.decode()
                if mark in line.decode():
                    return line.decode()
        pytest.fail(f"the screen never said {mark!r}, but:\n{self.said}")

    async def drew(self, states: int) -> None:
        async with asyncio.timeout(SECONDS):
            while len(self.trace.read_text().splitlines()) < states:  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.05)

    async def picture(self) -> Image.Image:
        path = self.folder / "desk.png"
        self.server.tell_screens(Screenshot(path=str(path)))
        async with asyncio.timeout(SECONDS):
            assert await self.intents.get() == ScreenshotTaken(path=str(path))
        return Image.open(path).convert("RGB")


async def test_draws_what_the_engine_shows_and_takes_pictures_of_it(tmp_path):
    async with Screen(tmp_path) as screen:
        await screen.says("video driver offscreen")
        await screen.says("first frame")
        online = await screen.picture()
        assert online.size == (800, 480)
        assert len(online.getcolors(100_000)) > 100

        screen.state = states.ALARM
        screen.server.show()
        await screen.drew(2)
        alarm = await screen.picture()
        assert alarm.getpixel((5, 5)) == (0x7A, 0x0C, 0x10)
        when, newest = screen.trace.read_text().splitlines()[-1].split()
        assert int(when) > 0
        assert newest == "t3"


async def test_says_when_the_picture_cannot_be_saved(tmp_path):
    async with Screen(tmp_path) as screen:
        await screen.says("first frame")
        screen.server.tell_screens(Screenshot(path=str(tmp_path / "nowhere" / "desk.png")))
        async with asyncio.timeout(SECONDS):
            taken = await screen.intents.get()
        assert isinstance(taken, ScreenshotTaken)
        assert "nowhere" in taken.problem


async def test_finds_the_engine_again(tmp_path):
    async with Screen(tmp_path) as screen:
        await screen.says("first frame")
        online = await screen.picture()
        await screen.server.stop()
        await asyncio.sleep(0.5)
        await screen.server.start()
        await screen.drew(2)
        assert (await screen.picture()).tobytes() == online.tobytes()
