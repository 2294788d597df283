"""The one thread that writes the daybook: scans before outcomes, each group synced once.

A sync takes milliseconds on a good day and a second on a bad one. While one runs, what comes in is
gathered; all of it goes out with the next. What staff wait for never queues behind what the
library said.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from kiosk.daybook.journal import JournalError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from kiosk.daybook.daybook import Committed, Daybook
    from kiosk.daybook.facts import Fact

Done = Callable[[JournalError | None], None]
T = TypeVar("T")


class Writer:
    """Writes facts into a daybook. To be used from one event loop.

    When a commit fails, everything put since fails too, and goes on failing until the daybook is
    opened again: nothing may be written after a gap.
    """

    def __init__(self, daybook: Daybook, loop: asyncio.AbstractEventLoop) -> None:
        self._daybook = daybook
        self._loop = loop
        self._wake = threading.Condition()
        self._urgent: deque[tuple[Sequence[Fact], Done]] = deque()
        self._later: deque[tuple[Sequence[Fact], Done]] = deque()
        self._jobs: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._stopping = False
        self._failure: JournalError | None = None
        self._thread = threading.Thread(target=self._run, name="daybook", daemon=True)
        self._thread.start()

    def put(
        self,
        facts: Sequence[Fact],
        done: Callable[[JournalError | None], None],
        *,
        urgent: bool = True,
    ) -> None:
        """Write facts; call `done` on the loop when they are on the disk, or could not be."""
        with self._wake:
            if self._stopping:
                error = self._failure or JournalError("nothing is being recorded")
                self._loop.call_soon(done, error)
                return
            (self._urgent if urgent else self._later).append((facts, done))
            self._wake.notify()

    async def write(self, facts: Sequence[Fact], *, urgent: bool = True) -> None:
        """Write facts and wait until they are on the disk. Raises JournalError."""
        future: asyncio.Future[None] = self._loop.create_future()

        def done(error: JournalError | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.put(facts, done, urgent=urgent)
        await future

    async def do(self, job: Callable[[], T]) -> T:
        """Have something done in the thread, between commits, when nothing waits to be written.

        Raises what it raises, and JournalError where nothing is being recorded.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        with self._wake:
            if self._stopping:
                raise self._failure or JournalError("nothing is being recorded")
            self._jobs.append((job, future))
            self._wake.notify()
        return await future

    def stop(self) -> None:
        """Write what was put, then end the thread; what is put later fails.

        The daybook stays open.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            if not group:
                self._do_job()
                continue
            committed = self._commit([fact for some, _ in group for fact in some])
            callbacks = [done for _, done in group]
            self._tell(self._finish, committed, callbacks, self._failure)

    def _do_job(self) -> None:
        job, future = self._jobs.popleft()
        result, error = None, self._failure
        if error is None:
            try:
                result = job()
            except Exception as failure:  # noqa: BLE001 - whoever waits for it gets it
                self._tell(_settle, future, None, failure)
                return
        self._tell(_settle, future, result, error)

    def _tell(self, tell: Callable[..., None], *what: Any) -> None:
        """Go on on the loop, unless it is closed, and nobody is left to tell."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(tell, *what)

    def _commit(self, facts: Sequence[Fact]) -> Committed:
        if self._failure is None:
            try:
                return self._daybook.commit(facts)
            except JournalError as error:
                self._failure = error
            except Exception as error:  # noqa: BLE001 - whatever it is, staff have to be told
                self._failure = JournalError(f"{type(error).__name__}: {error}")
        return []

    def _next_group(self) -> list[tuple[Sequence[Fact], Done]] | None:
        """Wait for what is to be written next. Nothing: a job is. None: there is no more."""
        with self._wake:
            while not (self._urgent or self._later or self._jobs or self._stopping):
                self._wake.wait()
            queue = self._urgent or self._later
            group = list(queue)
            queue.clear()
            return group if group or self._jobs else None

    def _finish(
        self,
        committed: Committed,
        callbacks: Sequence[Callable[[JournalError | None], None]],
        error: JournalError | None,
    ) -> None:
        self._daybook.learn(committed)
        for done in callbacks:
            self._loop.call_soon(done, error)  # each by itself: one that fails stops no other


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
