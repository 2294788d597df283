"""The engine's tasks. One that fails ends the engine, which is then started again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import sdnotify

if TYPE_CHECKING:
    from collections.abc import Coroutine

WATCHDOG = 10.0
"""Seconds between two signs of life to systemd, which waits 30 (systemd/kiosk-engine.service)."""


class Tasks:
    """Tasks that are watched together."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def start(self, work: Coroutine[None, None, None], name: str = "") -> None:
        """Start one."""
        task = asyncio.create_task(work, name=name or None)
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._changed.set())

    def fail(self, error: Exception) -> None:
        """Fail with an error that came up beside the tasks."""
        self.start(_raise(error))

    async def watch(self) -> None:
        """Wait for ever, or raise what a task has failed with."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for task in [task for task in self._tasks if task.done()]:
                self._tasks.discard(task)
                if not task.cancelled():
                    task.result()

    async def stop(self, name: str = "") -> None:
        """Stop the tasks of this name, or all of them."""
        tasks = [task for task in self._tasks if not name or task.get_name() == name]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _raise(error: Exception) -> None:
    raise error


async def signs_of_life() -> None:
    """Tell systemd that the engine is ready, and then that its loop still turns."""
    notifier = sdnotify.SystemdNotifier()
    notifier.notify("READY=1")
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(WATCHDOG)
