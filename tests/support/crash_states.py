"""What a disk may hold after the power went: a model that knows nothing of who wrote the files.

A program changes files and folders; the changes reach the disk when something is synced, and before
that in any order or not at all. Given the changes in their order, `crash_states` gives the trees of
files that may be found after a crash, as POSIX allows them, which is worse than what ext4 does:

- A name made, moved or removed is there or not until its *folder* is synced, whatever became of
  the names before and after it. A rename is one step: the old name or the new, never both.
- A file's bytes reach the disk sector by sector. Each sector holds what it held at the last sync
  of the file or after any write since. A sector may be torn between two versions of itself.
- A file's size is any it had since its last sync, or between two of them; the part that was never
  written then holds zeros, or what lay on the disk before.
- fdatasync does not make a file's shrinking last.

With few unsynced changes every combination is tried. With many: each alone, each alone missing,
each first part, pairs, and a seeded sample of the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise, product
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECTOR = 512
ROOT = 0
"""The number of the folder that all names are under."""

_NEVER_WRITTEN = b"\xa5" * SECTOR
"""What lay on the disk before a file grew into it."""

Tree = dict[str, bytes | None]
"""What lies under a folder: path to contents, or to None for a folder."""


@dataclass(frozen=True)
class Wrote:
    """Bytes were written into a file."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Resized:
    """A file was cut off, or grew by zeros."""

    file: int
    size: int


@dataclass(frozen=True)
class Named:
    """Names in a folder were given to files or folders, or taken away (None), in one step."""

    folder: int
    names: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Synced:
    """A file or folder was synced; `data_only` as by fdatasync."""

    number: int
    data_only: bool = False


@dataclass(frozen=True)
class SyncFailed:
    """A sync was refused. What it should have covered is on the disk or not, and stays so.

    Linux counts pages as clean after that, though they never reached the disk: no later sync makes
    up for it, only writing the bytes again does.
    """

    number: int


@dataclass(frozen=True)
class Mark:
    """From here on, these contents are accepted after a crash."""

    accepted: tuple[Any, ...]


Change = Wrote | Resized | Named
Effect = Change | Synced | SyncFailed | Mark


@dataclass
class Disk:
    """Files and folders by their numbers. One that no name leads to is not there."""

    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    def copy(self) -> Disk:
        return Disk(dict(self.files), {n: dict(names) for n, names in self.folders.items()})

    def apply(self, effect: Change) -> None:
        if isinstance(effect, Named):
            for name, number in effect.names:
                if number is None:
                    self.folders[effect.folder].pop(name, None)
                else:
                    self.folders[effect.folder][name] = number
        else:
            self.files[effect.file] = _changed(self.files[effect.file], effect)

    def paths(self, folder: int = ROOT, above: str = "") -> Iterator[tuple[str, int]]:
        """Give all that names lead to, folders before what is in them."""
        for name, number in sorted(self.folders[folder].items()):
            yield above + name, number
            if number in self.folders:
                yield from self.paths(number, f"{above}{name}/")

    def tree(self) -> Tree:
        return {path: self.files.get(number) for path, number in self.paths()}


@dataclass(frozen=True)
class CrashState:
    """What may be found, what is accepted then, and how many effects came before."""

    tree: Tree
    accepted: tuple[Any, ...]
    position: int

    def __str__(self) -> str:
        files = (f"{path} ({'-' if x is None else len(x)})" for path, x in self.tree.items())
        return f"after {self.position} effects, with {', '.join(files)}"


def crash_states(
    start: Disk,
    effects: Sequence[Effect],
    *,
    random: Random,
    limit: int = 200,
    since: int = 0,
    failed_syncs_wrote: bool = False,
) -> Iterator[CrashState]:
    """Give what may be found after a crash at any time. `start` is on the disk for certain.

    Only moments just before a sync or a mark, and the end, are looked at: what may be found in
    between may be found there too. Of these, only those after `since` effects are given. `limit`
    bounds the states of one moment. `failed_syncs_wrote` tells which of the two it is, for all
    failed syncs.
    """
    disk = _Crashing(start)
    accepted: tuple[Any, ...] = ()
    for position, effect in enumerate([*effects, None]):
        if isinstance(effect, Change):
            disk.change(effect)
            continue
        if position >= since:
            for tree in disk.trees(limit, random):
                yield CrashState(tree, accepted, position)
        if isinstance(effect, Mark):
            accepted = effect.accepted
        elif isinstance(effect, Synced):
            disk.sync(effect.number, data_only=effect.data_only)
        elif isinstance(effect, SyncFailed):
            disk.fail(effect.number, wrote=failed_syncs_wrote)


@dataclass(frozen=True)
class _Pending:
    """A change of a file that is not on the disk, and what the file reads as since then."""

    change: Wrote | Resized
    reads: bytes

    def touches(self, place: int) -> bool:
        if isinstance(self.change, Resized):
            return place + SECTOR > self.change.size
        end = self.change.offset + len(self.change.data)
        return place + SECTOR > self.change.offset and place < end


class _Crashing:
    """What is on the disk for certain, and what is pending."""

    def __init__(self, start: Disk) -> None:
        self._durable = start.copy()
        self._reads = start.copy()
        self._names: list[Named] = []
        self._files: dict[int, list[_Pending]] = {}

    def change(self, change: Change) -> None:
        self._reads.apply(change)
        if isinstance(change, Named):
            self._names.append(change)
        else:
            pending = _Pending(change, self._reads.files[change.file])
            self._files.setdefault(change.file, []).append(pending)

    def sync(self, number: int, *, data_only: bool) -> None:
        for change in self._names:
            if change.folder == number:
                self._durable.apply(change)
        self._names = [change for change in self._names if change.folder != number]
        pending = self._files.pop(number, [])
        if data_only and pending and _shrinks(pending, self._durable.files[number]):
            self._files[number] = [pending.pop()]
        if pending:
            self._durable.files[number] = _newest(self._durable.files[number], pending)

    def fail(self, number: int, *, wrote: bool) -> None:
        if wrote:
            self.sync(number, data_only=False)
        else:
            self._files.pop(number, None)

    def trees(self, limit: int, random: Random) -> Iterator[Tree]:
        for kept in _combine([(False, True)] * len(self._names), limit, random):
            disk = self._durable.copy()
            for change, is_kept in zip(self._names, kept, strict=True):
                if is_kept:
                    disk.apply(change)
            found = dict(disk.paths())
            files = sorted({number for number in found.values() if number in disk.files})
            choices = [
                _possible_contents(disk.files[file], tuple(self._files.get(file, ())), limit)
                for file in files
            ]
            for contents in _combine(choices, limit, random):
                content = dict(zip(files, contents, strict=True))
                yield {path: content.get(number) for path, number in found.items()}


def _changed(content: bytes, change: Wrote | Resized) -> bytes:
    if isinstance(change, Resized):
        return content[: change.size].ljust(change.size, b"\0")
    if not change.data:
        return content
    end = change.offset + len(change.data)
    return content[: change.offset].ljust(change.offset, b"\0") + change.data + content[end:]


def _shrinks(pending: list[_Pending], durable: bytes) -> bool:
    before = pending[-2].reads if len(pending) > 1 else durable
    return isinstance(pending[-1].change, Resized) and len(pending[-1].reads) < len(before)


def _newest(durable: bytes, pending: list[_Pending]) -> bytes:
    """Give what is on the disk once all is written that is pending."""
    reads = pending[-1].reads
    content = bytearray(durable[: len(reads)].ljust(len(reads), b"\0"))
    for place in range(0, len(reads), SECTOR):
        if any(some.touches(place) for some in pending):
            content[place : place + SECTOR] = reads[place : place + SECTOR]
    return bytes(content)


@lru_cache(maxsize=256)
def _possible_contents(
    durable: bytes, pending: tuple[_Pending, ...], limit: int
) -> Sequence[bytes]:
    """Give what a file may hold, what is on the disk first, what should be there last."""
    if not pending:
        return [durable]
    sizes = [len(durable), *(len(some.reads) for some in pending)]
    newest = _newest(durable, list(pending))
    whole = newest.ljust(max(sizes), b"\0")
    changed = [
        (place, choices)
        for place in range(0, len(whole), SECTOR)
        if len(choices := _sectors(durable, pending, place)) > 1
    ]
    found: dict[bytes, None] = {durable: None}
    options = [_sizes(sizes), *(choices for _, choices in changed)]
    for size, *sectors in _combine(options, limit, Random(limit)):
        content = bytearray(whole)
        for (place, _), sector in zip(changed, sectors, strict=True):
            content[place : place + SECTOR] = sector
        found[bytes(content[:size])] = None
    found.pop(newest, None)
    return [*found, newest]


def _sectors(durable: bytes, pending: tuple[_Pending, ...], place: int) -> Sequence[bytes]:
    """Give what one sector may hold, oldest first, newest last, between them what is torn."""
    versions = [durable, *(some.reads for some in pending if some.touches(place))]
    whole = [version[place : place + SECTOR].ljust(SECTOR, b"\0") for version in versions]
    others = dict.fromkeys(whole)
    for old, new in pairwise(whole):
        if old != new:
            others |= dict.fromkeys(_torn(old, new))
    if place >= len(durable):
        others[_NEVER_WRITTEN] = None
    between = [sector for sector in others if sector not in (whole[0], whole[-1])]
    return [whole[0], *between, whole[-1]] if len(others) > 1 else whole[:1]


def _torn(old: bytes, new: bytes) -> Iterator[bytes]:
    differ = [i for i in range(SECTOR) if old[i] != new[i]]
    first, last = differ[0], differ[-1]
    for cut in sorted({first + 1, (first + last) // 2, last}):
        yield new[:cut] + old[cut:]
        yield old[:cut] + new[cut:]


def _sizes(versions: list[int]) -> Sequence[int]:
    """Give the sizes a file may have, oldest first, newest last."""
    sizes = dict.fromkeys(versions[:1])
    for before, after in pairwise(versions):
        low, high = sorted((before, after))
        edges = [n for n in (low + 1, (low + high) // 2, high - 1) if low < n < high]
        sectors = list(range(low - low % SECTOR + SECTOR, high, SECTOR))
        sizes |= dict.fromkeys([*edges, *sectors[:2], *sectors[-2:], after])
    sizes.pop(versions[-1])
    return [*sizes, versions[-1]]


def _combine(
    options: Sequence[Sequence[Any]], limit: int, random: Random
) -> Iterator[tuple[Any, ...]]:
    """Choose one of each of the options, in all ways or in the most telling ones.

    The first of each stands for nothing having reached the disk, the last for everything.
    """
    if math.prod(map(len, options)) <= limit:
        yield from product(*options)
        return
    oldest, newest = tuple(o[0] for o in options), tuple(o[-1] for o in options)
    for count in range(len(options) + 1):
        yield newest[:count] + oldest[count:]
        yield oldest[:count] + newest[count:]
    singles = [(i, choice) for i, some in enumerate(options) for choice in some]
    if len(singles) > limit:
        singles = random.sample(singles, limit)
    for i, choice in singles:
        yield (*oldest[:i], choice, *oldest[i + 1 :])
        yield (*newest[:i], choice, *newest[i + 1 :])
    pairs = list(combinations(range(len(options)), 2))
    for i, j in pairs if len(pairs) <= limit else random.sample(pairs, limit):
        yield tuple(newest[k] if k in (i, j) else oldest[k] for k in range(len(options)))
        yield tuple(oldest[k] if k in (i, j) else newest[k] for k in range(len(options)))
    for _ in range(limit):
        yield tuple(random.choice(some) for some in options)
