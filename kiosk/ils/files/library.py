"""Files for a library system, as delivery knows one: each batch becomes a file, and is handed over.

What becomes of it then cannot be seen from here: somebody loads it there, and moves or deletes it.
So a file that is gone says nothing. `look` is for a batch of which it is not known whether it was
written: once it is known to be `loaded`, it must not be loaded again because it is `absent`.

A batch is a file for each library in it (kiosk.ils.files.names). Each is written under a passing
name, synced, read back from the disk and compared; only then it gets its own name, because from
that moment on somebody, or a program that waits for files, may come and take it.
"""

from __future__ import annotations

import asyncio
import errno
import math
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from kiosk.desk.words import say
from kiosk.ils.base import LibraryError, ReplyLost, Unreachable
from kiosk.ils.batches import Place, Progress
from kiosk.ils.files import folder, names
from kiosk.ils.files.fields import Unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from pathlib import Path

    from kiosk.desk.transactions import Kind, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import Batch
    from kiosk.ils.files.folder import Disk
    from kiosk.ils.files.formats import Format

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for a disk. A stick may be slow; a share whose server is gone hangs for ever."""

TROUBLE: dict[int | None, str] = {
    errno.ENOMEDIUM: "none",
    errno.ENOTUNIQ: "several",
    errno.EMEDIUMTYPE: "no_filesystem",
    errno.EPERM: "not_allowed",
    errno.ENOSYS: "no_udisks",
    errno.ENOENT: "gone",
    errno.ENOTDIR: "is_file",
    errno.EROFS: "read_only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "no_right",
    errno.ETIMEDOUT: "slow",
}
"""What is wrong with a disk, by errno; all else is that it broke, or was pulled out."""

OF_ONE: dict[str, Collection[str]] = {
    "folder": ("is_file",),
    "stick": ("none", "several", "no_filesystem", "not_allowed", "no_udisks"),
}
"""What is wrong with disks of one kind alone; of the other it means that it broke."""


class FilesLibrary:
    """A `kiosk.ils.batches.BatchLibrary` that writes files.

    `memory` is a file of its own that keeps the number of the last batch; `keep` the days after
    which its files are removed from a folder, 0 for never; `clock` gives the library's time.
    """

    rests_as: Literal["waiting", "handed_over"] = "handed_over"
    most = 5000
    item_once = False
    gather = math.inf  # a file for each loan would help nobody; a stick may be in by chance

    def __init__(
        self,
        disk: Disk,
        form: Format,
        *,
        terminal: str,
        memory: Path,
        clock: Callable[[], datetime],
        keep: int = 0,
        awaited: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.system = f"files: {form.name}"
        self._disk = disk
        self._form = form
        self.carries: frozenset[Kind] = form.carries
        self._terminal = terminal
        self._memory = memory
        self._clock = clock
        self._keep = keep
        self._awaited = awaited
        self._under_way: asyncio.Future[Any] | None = None

    def unfit(self, transaction: Transaction) -> Phrase | None:
        """Say why a transaction cannot be written; None where it can."""
        try:
            self._form.write((transaction,))
        except Unwritable as unwritable:
            return unwritable.reason
        return None

    async def hello(self) -> None:
        """Find out whether there is somewhere to write to. Raise `Unreachable`."""
        await self._apart(self._disk.check)

    async def clock_offset(self) -> timedelta:
        """Tell nothing: nobody's clock is there."""
        return timedelta()

    async def place(self, avoid: Collection[str] = ()) -> Place:
        """Name the next batch, as none before. Raise `Unreachable`."""
        await self._apart(self._disk.check)
        if self._keep:
            awaited = tuple(f"{name}-" for name in self._awaited())
            await self._apart(lambda: self._tidy(awaited))
        while True:
            number = await self._apart(lambda: names.next_number(self._memory))
            name = names.of_batch(self._form.name, self._terminal, self._clock().date(), number)
            key = f"{self._disk.title}/{name}"
            if key not in avoid:
                return Place(key=key, title=name, name=name)

    def files_of(self, place: Place, transactions: Collection[Transaction]) -> Collection[str]:
        """Name the files that a batch becomes."""
        return names.by_library(place.name, self._form.extension, transactions)

    async def load(self, batch: Batch) -> Progress:
        """Write the files of a batch, and read them back. Raise `Unreachable` or `ReplyLost`."""
        try:
            files = self._files(batch)
        except Unwritable as unwritable:  # a setting was changed: the next batch is without it
            return Progress(stage="spoiled", reason=unwritable.reason)
        mark = batch.id[:8]
        prepared = await self._apart(lambda: self._prepare(files, mark))
        if prepared is None:
            return self._spoiled()
        if await self._apart(lambda: self._damaged(files, mark)):
            raise Unreachable(self._about("damaged"), "read back otherwise than written")
        if prepared:
            await self._apart(lambda: self._publish(prepared, mark), after_all=ReplyLost)
        return Progress(stage="loaded")

    async def look(self, batch: Batch) -> Progress:
        """Find out whether the files of a batch are there, whole. Raise `Unreachable`."""
        try:
            files = self._files(batch)
        except Unwritable:
            return Progress(stage="absent")
        found = await self._apart(lambda: self._found(files))
        if found == files:
            return Progress(stage="loaded")
        return self._spoiled() if _others(found, files) else Progress(stage="absent")

    async def close(self) -> None:
        """Nothing is held open."""

    def _files(self, batch: Batch) -> dict[str, bytes]:
        """Give the files of a batch by their names. Raises Unwritable."""
        name, extension = batch.place.name, self._form.extension
        divided = names.by_library(name, extension, batch.transactions)
        return {name: self._form.write(found) for name, found in divided.items()}

    def _spoiled(self) -> Progress:
        return Progress(stage="spoiled", reason=self._about("other_file"))

    def _about(self, what: str) -> Phrase:
        return say(f"files.{self._disk.kind}_{what}", where=self._disk.title)

    # ------------------------------------------------------------- what a disk may hold up: apart

    async def _apart(
        self, work: Callable[[], T], *, after_all: type[LibraryError] = Unreachable
    ) -> T:
        """Do in a thread what a disk may hold up. Raise `Unreachable`.

        `after_all` is raised instead where the work was begun: it may yet have been done.
        """
        if self._under_way is not None and not self._under_way.done():
            raise Unreachable(self._about("slow"), "still at what came before")
        self._under_way = under_way = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.wait_for(asyncio.shield(under_way), PATIENCE)
        except TimeoutError as error:
            raise after_all(self._about("slow"), "no end of it") from error
        except OSError as error:
            raise after_all(self._about(trouble(self._disk, error)), str(error)) from error

    def _prepare(self, files: dict[str, bytes], mark: str) -> list[str] | None:
        """Write under passing names what is not there yet; None where others have the names."""
        with self._disk.opened(to_write=True) as place:
            found = {name: folder.read(place / name) for name in files}
            if _others(found, files):
                return None
            lacking = [name for name in files if found[name] is None]
            folder.prepare(place, {name: files[name] for name in lacking}, mark)
            return lacking

    def _damaged(self, files: dict[str, bytes], mark: str) -> bool:
        """Tell whether the disk has something else than was written; then it goes away again."""
        with self._disk.opened(to_write=False) as place:
            prepared = folder.prepared(place, files, mark)
            found = {name: prepared[name] or folder.read(place / name) for name in files}
        if found == files:
            return False
        with suppress(OSError), self._disk.opened(to_write=True) as place:
            folder.withdraw(place, files, mark)
        return True

    def _publish(self, prepared: list[str], mark: str) -> None:
        with self._disk.opened(to_write=True) as place:
            folder.publish(place, prepared, mark)

    def _found(self, files: dict[str, bytes]) -> dict[str, bytes | None]:
        with self._disk.opened(to_write=False) as place:
            return {name: folder.read(place / name) for name in files}

    def _tidy(self, awaited: tuple[str, ...]) -> None:
        """Remove this desk's old files from a folder. Patrons' numbers are in them.

        Not those of which nobody has said yet that they were loaded: a clock may be wrong, too.
        """
        oldest = self._clock().date() - timedelta(days=self._keep)
        with suppress(OSError), self._disk.opened(to_write=True) as place:
            for path in place.iterdir():
                day = names.day_of(path.name, self._form.name, self._terminal)
                if day is not None and day < oldest and not path.name.startswith(awaited):
                    path.unlink()


def _others(found: dict[str, bytes | None], files: dict[str, bytes]) -> bool:
    """Tell whether some of the names belong to other files."""
    return any(content not in (None, files[name]) for name, content in found.items())


def trouble(disk: Disk, error: OSError) -> str:
    """Name what is wrong with a disk: a value of `TROUBLE`, or `broke`."""
    what = TROUBLE.get(error.errno, "broke")
    other = "stick" if disk.kind == "folder" else "folder"
    return "broke" if what in OF_ONE[other] else what
