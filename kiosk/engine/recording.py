"""The daybook of a desk at work: written by one thread, and opened again when the disk is back.

    recording       what is put is on the disk a moment later
    a write fails   the alarm: everything that was under way has failed, nothing more is taken
    restoring       the folder stays ours. Every few seconds the daybook is opened again, and has to
                    prove that it is the same one and can be written; what was shown as failed but
                    is on the disk all the same is voided, or revoked
    recording       the alarm is over

Only somebody who looks at the place can tell whether another daybook, or none, is right: for that
the kiosk has to be started anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from kiosk.daybook import decisions, unrecorded
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.facts import Revoked, Voided
from kiosk.daybook.journal import JournalError
from kiosk.daybook.lock import FolderLock
from kiosk.daybook.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.facts import Fact
    from kiosk.engine.tasks import Tasks

log = logging.getLogger(__name__)

LEAST_ROOM = 1 << 16
"""Bytes, some forty transactions, that must fit before the desk records again after an alarm."""
REOPEN = 3.0
"""Seconds between two attempts to write again after the disk refused."""

Newest = tuple[int, str]
"""The number and the id of a transaction."""


class EngineError(Exception):
    """The engine cannot start. The message is fit to show to staff."""


class Listener(Protocol):
    """Who has to know how recording goes."""

    def not_recorded(self, transactions: frozenset[str], reason: str) -> None:
        """Take that these were not recorded, and nothing is for now."""

    async def recording_stopped(self) -> None:
        """Stop whatever else writes: the daybook is about to be opened again."""

    def reopened(self) -> None:
        """Read and write the daybook that was opened."""

    def recording_again(self) -> None:
        """Take that all is well again."""

    def certain(self) -> list[Fact]:
        """Give what has to be on the disk however recording went; at least one fact."""


class Recording:
    """Holds a data folder and records in it.

    Raises JournalError where it is in use or damaged, EngineError where it cannot be used.
    """

    def __init__(self, data: Path, now: Callable[[], datetime]) -> None:
        self._data = data
        self._now = now
        self._lock = _held(data)
        try:
            self.daybook = _opened(data)
        except BaseException:
            self._lock.close()
            raise
        self.writer: Writer
        self.under_way = 0
        """How many groups of facts were put and are not on the disk yet."""
        self._failed: set[str] = set()
        self._restoring = False
        self._tasks: Tasks
        self._listener: Listener

    def void_unrecorded(self) -> None:
        """Void, or revoke, what had failed when the engine ended in the middle of an alarm.

        Where it could not be recorded that the desk was locked, it is: nobody is taken for another.
        """
        failed = unrecorded.recall(self._data)
        if failed:
            self.daybook = _without(self.daybook, failed, self._now())
            facts = _voids(self.daybook, failed, self._now())
            duty = self.daybook.duty()
            if duty is not None and duty.id in failed and not duty.locked:
                facts.append(replace(duty, locked="start"))
            self.daybook.learn(self.daybook.commit(facts))
            unrecorded.forget(self._data)

    def start(self, tasks: Tasks, listener: Listener) -> None:
        """Begin to write, on the running event loop."""
        self._tasks, self._listener = tasks, listener
        self.writer = Writer(self.daybook, asyncio.get_running_loop())

    async def stop(self) -> None:
        """Write what was put, and let the folder go."""
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()
        self._lock.close()

    def put(
        self,
        facts: Sequence[Fact],
        then: Callable[[Collection[str] | None], None],
        *,
        urgent: bool = True,
    ) -> None:
        """Have facts written; call `then` with the transactions that are recorded, or with None.

        They are given in the order in which they were put: staff read them line by line.
        """
        transactions = dict.fromkeys(name for name in map(_waited_for, facts) if name)

        def done(error: JournalError | None) -> None:
            self.under_way -= 1
            if error is not None:
                self.fail(set(transactions), str(error))
            then(transactions if error is None else None)

        self.under_way += 1
        self.writer.put(facts, done, urgent=urgent)

    def fail(self, transactions: set[str], reason: str) -> None:
        """Raise the alarm; and, if nobody does yet, try to get the disk back until it is there."""
        self._failed |= transactions
        unrecorded.remember(self._data, self._failed)
        self._listener.not_recorded(frozenset(transactions), reason)
        if not self._restoring:
            self._restoring = True
            log.error("nothing is being recorded: %s", reason)
            self._tasks.start(self._restore())

    async def _restore(self) -> None:
        await self._listener.recording_stopped()
        await asyncio.to_thread(self.writer.stop)
        broken = self.daybook
        # The desk goes on reading it.
        await asyncio.to_thread(broken.journal.retire, "the disk does not take it")
        self.daybook = await self._try_until_reopened(broken)
        self.writer = Writer(self.daybook, asyncio.get_running_loop())
        self._listener.reopened()
        # What was put to the writer that was, until a moment ago, fails now, while it is no news.
        await asyncio.sleep(0)
        self._failed.clear()
        with contextlib.suppress(OSError):  # of the disk that was
            unrecorded.forget(self._data)
            broken.close()
        self._restoring = False
        log.warning("recording again")
        self._listener.recording_again()

    async def _try_until_reopened(self, broken: Daybook) -> Daybook:
        newest = await asyncio.to_thread(_newest, broken)
        while True:
            await asyncio.sleep(REOPEN)
            try:
                failed = frozenset(self._failed)
                return await asyncio.to_thread(self._reopen, failed, broken, newest)
            except (JournalError, EngineError, OSError) as error:
                log.warning("still nothing can be recorded: %s", error)

    def _reopen(self, failed: frozenset[str], before: Daybook, newest: Newest | None) -> Daybook:
        """Open the daybook and prove that it can be written, by taking back what had failed.

        A commit that failed may be on the disk all the same. Its lines turned red, and staff were
        told to write them down, so they are voided; what was decided is revoked. One of another
        id, or without all commits of `before`, or without its `newest` transaction, is another
        daybook, or a new one in the place of one that is gone.
        """
        self._lock.renew()  # this makes the folder, for the link too: screens may come back
        journal = self._data / JOURNAL
        if not any(journal.glob("*.segment")):
            raise EngineError(
                f"the daybook is gone from {journal}. Move {self._data} aside, then move the "
                "folder with the daybook back there"
            )
        daybook = _opened(self._data)
        try:
            _check_same(daybook, before, newest)
            daybook.journal.make_room(LEAST_ROOM)
            daybook = _without(daybook, failed, self._now())
            voids = _voids(daybook, failed, self._now())
            daybook.learn(daybook.commit([*voids, *self._listener.certain()]))
        except BaseException:
            daybook.close()
            raise
        return daybook


def _held(data: Path) -> FolderLock:
    try:
        return FolderLock(data)
    except OSError as error:
        raise _unusable(data, error) from error


def _opened(data: Path) -> Daybook:
    try:
        return Daybook(data)
    except OSError as error:
        raise _unusable(data, error) from error


def _unusable(data: Path, error: OSError) -> EngineError:
    if isinstance(error, PermissionError):
        return EngineError(
            f"the data folder {data} cannot be written: {error.strerror}. Give the kiosk's user "
            "the right to write there, or set `data` in kiosk.toml to another folder"
        )
    why = "it is a file" if data.is_file() else error.strerror or error
    return EngineError(
        f"the data folder {data} cannot be used: {why}. Set `data` in kiosk.toml to another folder"
    )


def _newest(daybook: Daybook) -> Newest | None:
    """Name the last transaction; None where there is none, or the disk does not give it."""
    number = daybook.indexes.last
    try:
        return (number, daybook.transaction(number).id) if number else None
    except JournalError:
        return None


def _check_same(daybook: Daybook, before: Daybook, newest: Newest | None) -> None:
    """Raise EngineError where this is not the daybook that was written to."""
    same = daybook.id == before.id and daybook.journal.sequence >= before.journal.sequence
    if same and newest is not None:
        number, name = newest
        there = number in daybook.journal.places("transactions")
        same = there and daybook.transaction(number).id == name
    if not same:
        folder = daybook.journal.folder
        raise EngineError(f"{folder} is another daybook. Put back the one that was there")


def _voids(daybook: Daybook, failed: Iterable[str], at: datetime) -> list[Fact]:
    """Give voids for those transactions that are on the disk although their commit failed."""
    return [Voided(transaction=x, at=at) for x in failed if x in daybook.indexes.pending]


def _without(daybook: Daybook, failed: Collection[str], at: datetime) -> Daybook:
    """Give the daybook without the decisions that are on the disk although their commit failed.

    It is opened again, for its memory to be as if they had never been made.
    """
    found = decisions.to_revoke(daybook.journal, failed)
    if not found:
        return daybook
    daybook.commit([Revoked(decision=each, at=at) for each in found])
    folder = daybook.journal.folder.parent
    daybook.close()
    return _opened(folder)


def _waited_for(fact: Fact) -> str:
    """Name the transaction whose fact the desk waits for, if it does."""
    if isinstance(fact, Voided):
        return fact.transaction
    return getattr(fact, "id", "")
