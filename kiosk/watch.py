"""`kiosk run`: starts the engine and the screen, and starts them again when they die.

Either can be killed without harm to the other. What they write to standard error goes into a log
file beside the data; the terminal belongs to the desk.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from io import RawIOBase

CANNOT_START = 1
_OWN_WORDS = "kiosk: "
"""A child that ends with this code and whose last line begins so has said why it cannot start, and
is not started again. Python's own end after a crash has the same code, but other words."""

CLOSED = 64
"""The code with which engine and screen end when an administrator has closed the kiosk: they are
not started again (systemd/*.service says so too)."""

_PAUSES = (0.2, 1.0, 3.0, 5.0)
"""Seconds before a child is started again; a child that lived longer than the last is new."""
_STOP = 8.0
"""Seconds that a child has to end by itself."""
_LOG_LIMIT = 5 * 1024 * 1024
_GRAPHICS = Path("/dev/dri")


class Child:
    """One process that is kept running."""

    def __init__(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", "kiosk", *arguments]
        self._env = {**os.environ, **env}
        self._process: asyncio.subprocess.Process | None = None
        self._wanted = asyncio.Event()
        self._wanted.set()

    def plug(self) -> None:
        """Let it run again."""
        self._wanted.set()

    async def unplug(self) -> None:
        """End it, and keep it ended until `plug`."""
        self._wanted.clear()
        await self.stop()

    async def keep_running(self, log: RawIOBase) -> str:
        """Run it until it says that it cannot start; give its last words."""
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            started = loop.time()
            try:
                code, last_words = await self._run_once(log)
            except OSError as error:  # no memory for it just now: the others go on
                code, last_words = -1, str(error)
            if code == CLOSED:
                return ""
            if code == CANNOT_START and last_words.startswith(_OWN_WORDS):
                return last_words
            failures = 0 if loop.time() - started > _PAUSES[-1] else failures + 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])

    async def stop(self) -> None:
        """End it, by force where it does not listen."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                async with asyncio.timeout(_STOP):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _run_once(self, log: RawIOBase) -> tuple[int, str]:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=self._env,
            preexec_fn=_die_with_parent,
            process_group=0,  # Ctrl-C is for `kiosk run`, which ends its children in order
        )
        last = b""
        if process.stderr is not None:
            while chunk := await process.stderr.read(4096):
                with contextlib.suppress(OSError):  # a full disk must not end the desk
                    log.write(chunk)
                last = (last + chunk)[-4096:]
        code = await process.wait()
        lines = last.decode("utf-8", "replace").strip().splitlines()
        return code, lines[-1] if lines else ""


async def watch(children: Sequence[Child], log_path: Path, *, until: asyncio.Event) -> str:
    """Keep children running until told to stop, or until one cannot start; give its last words."""
    with _open_log(log_path) as log:
        tasks = [asyncio.create_task(child.keep_running(log)) for child in children]
        stop = asyncio.create_task(until.wait())
        try:
            await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
            return next((task.result() for task in tasks if task.done()), "")
        finally:
            for task in (*tasks, stop):
                task.cancel()
            await asyncio.gather(*(child.stop() for child in children))
            await asyncio.gather(*tasks, stop, return_exceptions=True)


def on_signals(stop: Callable[[], object]) -> None:
    """Call `stop` when the terminal or the system asks this process to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)


def display(environment: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Choose where the screen is drawn: extra environment, and whether somebody can see it.

    SDL, left alone without a display, silently draws where nobody sees it (docs/developers.md).
    """
    if environment.get("SDL_VIDEODRIVER"):
        return {}, environment["SDL_VIDEODRIVER"] not in ("offscreen", "dummy")
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return {}, True
    if any(_GRAPHICS.glob("card*")):
        return {"SDL_VIDEODRIVER": "kmsdrm"}, True
    return {"SDL_VIDEODRIVER": "offscreen"}, False


def _open_log(path: Path) -> RawIOBase:
    """Open the log, or nothing where that cannot be: the engine says better what is wrong there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab", buffering=0)
    except OSError:
        return Path(os.devnull).open("ab", buffering=0)


def _die_with_parent() -> None:
    """Have the kernel end this process when its parent is gone (prctl(2), PR_SET_PDEATHSIG = 1)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
