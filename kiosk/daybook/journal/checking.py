"""Reading a journal past any damage: what is good, what is not, and what is missing.

Opening a journal stops at damage, because a desk must not go on beside a gap that nobody knows of.
Here everything is read that can be read, on both sides of each gap, and each gap is described.
Nothing is ever written.

A commit's number follows on the one before it, so a gap tells how many commits were in it, wherever
a later one can be read. A base is no run of commits but what many came to: a gap in it tells no
numbers.

The files that a base stands for may still lie beside it, where a power cut kept them from being
removed. Where the base is damaged they are read first. What can be read of the base counts more: it
names each document that it has dropped or changed. What lay in its gap is then as it was before
the rewriting, with what that was to take away.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from kiosk.daybook.journal import frames, segments
from kiosk.daybook.journal.errors import JournalBusyError
from kiosk.daybook.journal.recovery import Part
from kiosk.daybook.journal.segments import HEADER_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal[
    "damaged",  # bytes that were written and have changed
    "missing",  # a whole file
    "length",  # it is shorter or longer than it was made
    "header",  # its first bytes have changed
    "version",  # another version of Daybook has written it
    "unreadable",  # the disk does not give these bytes
    "doubtful",  # what may have been a last commit, or several, and cannot be read
    "torn",  # a last commit that was not acknowledged: the next start cuts it off
    "unused",  # bytes where nothing was committed
]
HARMLESS: frozenset[Kind] = frozenset({"torn", "unused"})

_BLOCK = 4096
"""Bytes that are asked for at once where a disk does not give more."""
_WINDOW = 1 << 20
_LOOKS = 5
"""So often damage is looked at again: a writer may have been at work there."""
_PAUSE = 0.05
"""Seconds between two looks."""

Commits = tuple[int, int]
"""The first and the last of a run of commits."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was written, from byte `start` to before byte `end`.

    `missing`: the commits that cannot be read for it, where that can be told.
    """

    kind: Kind
    start: int = 0
    end: int = 0
    missing: Commits | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one file, or that it is missing.

    `commits`: those in it that can be read; of a base, those that it stands for. `used` and
    `size`: bytes.
    """

    name: str
    kind: segments.Kind
    commits: Commits | None
    used: int
    size: int
    troubles: tuple[Trouble, ...]

    @property
    def damaged(self) -> bool:
        """Tell whether anything is wrong that matters."""
        return any(trouble.kind not in HARMLESS for trouble in self.troubles)

    @property
    def may_miss_more(self) -> bool:
        """Tell whether more may be lost than can be told: nothing can, or its end is gone."""
        untold = [trouble for trouble in self.troubles if trouble.missing is None]
        cut_short = any(trouble.kind == "length" for trouble in untold)
        return self.damaged and (len(untold) == len(self.troubles) or cut_short)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a journal's folder, or in the one file of a journal of version 1.

    `covered`: files for which a damaged base stands, and which were read in its stead. `made_up`:
    all that the base has lost was found there. `cut`: what had to be cut off at a start although it
    may have been acknowledged, and was kept. `leftovers`: files of no worth, which the next start
    removes.
    """

    folder: Path
    files: tuple[FileReport, ...]
    covered: tuple[FileReport, ...] = ()
    made_up: bool = False
    cut: tuple[Path, ...] = ()
    leftovers: tuple[Path, ...] = ()

    @property
    def damaged(self) -> bool:
        """Tell whether anything is wrong that matters."""
        return any(file.damaged for file in self.files)

    @property
    def missing(self) -> list[Commits]:
        """Give the commits that cannot be read, as far as can be told."""
        troubles = [trouble for file in self.files for trouble in file.troubles]
        return sorted({trouble.missing for trouble in troubles if trouble.missing is not None})

    @property
    def may_miss_more(self) -> bool:
        """Tell whether more may be lost than can be told."""
        return any(
            file.may_miss_more for file in self.files if not (file.kind == "base" and self.made_up)
        )


class Found(NamedTuple):
    """A document as it was written, and the file and commit it was found in.

    In a base, where commits are not kept apart, `commit` is 0.
    """

    text: bytes
    file: str
    commit: int


Tables = dict[str, dict[int, Found]]


def examine(folder: Path) -> tuple[Report, Tables]:
    """Go through all files of a journal; give what was found, and the documents that are left.

    Also while it is written to. Raises OSError where the folder or a file cannot be opened.
    """
    before: Report | None = None
    for look in range(1, _LOOKS):
        with suppress(FileNotFoundError):  # files may have moved meanwhile
            report, tables = _examine_once(folder)
            if not report.damaged or report == before:
                return report, tables
            before = report
        time.sleep(_PAUSE * look)
    return _examine_once(folder)


def examine_one_file(path: Path, header: bytes) -> tuple[Report, Tables]:
    """Do the same for a journal of version 1: one file, a header and frames behind it."""
    way = _Way()
    stretch = way.through_one_file(path, header)
    for trouble in _at_the_end(stretch):  # no start cuts a last commit off and keeps it here
        kind = "damaged" if trouble.kind == "doubtful" else trouble.kind
        stretch.troubles.append(replace(trouble, kind=kind))
    return Report(path, (stretch.report(),)), way.tables


def _examine_once(folder: Path) -> tuple[Report, Tables]:
    layout = segments.look_at(folder)
    way = _Way()
    stretches = way.along(folder, layout)
    covered: tuple[FileReport, ...] = ()
    is_whole = False
    if layout.base and stretches[0].troubles:
        base, way = stretches[0], _Way()
        covered = _reports(way.along(folder, segments.covered_by(folder, layout.base)))
        is_whole = base.last in (0, way.sequence) and not any(file.damaged for file in covered)
        stretches = way.along(folder, layout)
        way.tables = {name: dict(sorted(found.items())) for name, found in way.tables.items()}
    report = Report(
        folder,
        _reports(stretches),
        covered=covered,
        made_up=bool(covered) and is_whole,
        cut=tuple(sorted(folder.glob("cut-*"))),
        leftovers=tuple(layout.useless),
    )
    return report, way.tables


@contextmanager
def undisturbed(folder: Path) -> Iterator[None]:
    """Keep writers away. Nothing is changed for it. Raises JournalBusyError while one is there.

    `folder`: or the one file of a journal of version 1.
    """
    try:
        path = folder if folder.is_file() else folder / "lock"
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # a copy, perhaps, and nobody ever wrote to it
        yield
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise JournalBusyError(f"{folder} is in use by another process on this machine") from error
    finally:
        os.close(lock)


@dataclass(slots=True)
class _Stretch:
    """A file on the way through a journal, or one that is not `there`.

    Its frames `begin` behind its header; `start` and `end` of its good ones, `first` and `last` of
    their commits. `after`: the last
    good commit up to the end of this file, None where a base that cannot be read hides its number.
    `tail`: what is there behind the good frames, without the zeros at its end.
    """

    name: str
    kind: segments.Kind
    there: bool = True
    size: int = 0
    length: int = 0
    begin: int = HEADER_SIZE
    start: int = HEADER_SIZE
    end: int = HEADER_SIZE
    first: int = 0
    last: int = 0
    after: int | None = None
    tail: bytes = b""
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def has_frames(self) -> bool:
        return self.end > self.begin

    def report(self) -> FileReport:
        return FileReport(
            self.name,
            self.kind,
            commits=(self.first, self.last) if self.first else None,
            used=self.end - self.begin,
            size=self.size,
            troubles=tuple(sorted(self.troubles, key=lambda trouble: trouble.start)),
        )


@dataclass(slots=True)
class _Way:
    """A way along files: the documents found on it, and the last good commit so far.

    `sequence` is None behind a base that hides its number.
    """

    tables: Tables = field(default_factory=dict)
    sequence: int | None = 0

    def along(self, folder: Path, layout: segments.Layout) -> list[_Stretch]:
        """Go through all files of a layout, in their order."""
        files = {number: (kind, path) for kind, number, path in layout.files(folder)}
        stretches = []
        for number in sorted([*files, *layout.missing]):
            if number in files:
                kind, path = files[number]
                stretches.append(self._through(path, kind, number))
            else:
                name = segments.path_of(folder, "segment", number).name
                stretches.append(_Stretch(name, "segment", there=False, after=self.sequence))
        return stretches

    def through_one_file(self, path: Path, header: bytes) -> _Stretch:
        """Go through a journal of version 1."""
        stretch, data = _stretch_of(path, "segment", begin=len(header))
        if not data.startswith(header) and not header.startswith(data.rstrip(b"\0")):
            stretch.troubles.append(Trouble("header", 0, len(header)))
        self._through_segment(stretch, data)
        return stretch

    def _through(self, path: Path, kind: segments.Kind, number: int) -> _Stretch:
        stretch, data = _stretch_of(path, kind)
        if segments.is_other_version(data):
            stretch.troubles.append(Trouble("version", 0, HEADER_SIZE))
            return stretch
        header = segments.decode_header(data, kind, number)
        if header is None:
            stretch.troubles.append(Trouble("header", 0, HEADER_SIZE))
        else:
            stretch.length = header.length
            if header.length != len(data):
                start, end = sorted((header.length, len(data)))
                stretch.troubles.append(Trouble("length", start, end))
        if kind == "base":
            self._through_base(stretch, data, header.sequence if header else None)
        else:
            self._through_segment(stretch, data)
        return stretch

    def _through_base(self, stretch: _Stretch, data: bytes, sequence: int | None) -> None:
        self._scan(stretch, data, 0)
        if stretch.end < stretch.length:
            stretch.troubles.append(Trouble("damaged", stretch.end, stretch.length))
        self.sequence = stretch.after = sequence
        stretch.first, stretch.last = (0, 0) if sequence is None else (1, sequence)

    def _through_segment(self, stretch: _Stretch, data: bytes) -> None:
        self.sequence = stretch.after = self._scan(stretch, data, self.sequence)
        stretch.tail = segments.without_zeros(data[stretch.end :])

    def _scan(self, stretch: _Stretch, data: bytes, sequence: int | None) -> int | None:
        """Take all good frames of a file; give the number of the last good commit."""
        offset = stretch.begin
        while (later := frames.find(data, sequence or 0, offset)) is not None:
            if later.start > offset:
                missing = _between(sequence, later.sequence) if stretch.kind == "segment" else None
                stretch.troubles.append(Trouble("damaged", offset, later.start, missing))
            if not stretch.has_frames:
                stretch.start, stretch.first = later.start, later.sequence
            for frame in frames.chain(data, later.start, later.sequence - 1):
                self._take(stretch, data, frame)
                offset = stretch.end = frame.end
                sequence = stretch.last = frame.sequence
        return sequence

    def _take(self, stretch: _Stretch, data: bytes, frame: frames.Frame) -> None:
        commit = frame.sequence if stretch.kind == "segment" else 0
        for name, added, removed in frames.changes(data, frame):
            documents = self.tables.setdefault(name, {})
            if removed is None:
                del self.tables[name]
                continue
            for doc_id in removed:
                documents.pop(doc_id, None)
            for doc_id, text in added.items():
                documents[doc_id] = Found(text, stretch.name, commit)


def _stretch_of(
    path: Path, kind: segments.Kind, begin: int = HEADER_SIZE
) -> tuple[_Stretch, bytes]:
    """Begin with a file; give its bytes, too."""
    data, unreadable = _bytes_of(path)
    troubles = [Trouble("unreadable", start, end) for start, end in unreadable]
    size = len(data)
    stretch = _Stretch(path.name, kind, begin=begin, start=begin, end=begin, troubles=troubles)
    stretch.size = stretch.length = size
    return stretch, data


def _reports(stretches: Sequence[_Stretch]) -> tuple[FileReport, ...]:
    """Tell what is wrong, at the end of each segment too, which takes a look at those behind it."""
    for index, stretch in enumerate(stretches):
        if stretch.kind == "segment":
            behind = stretches[index + 1 :]
            until = next((i for i, later in enumerate(behind) if later.has_frames), None)
            if until is None:
                stretch.troubles += _at_the_end(stretch)
            else:
                stretch.troubles += _before(stretch, behind[:until], behind[until])
    return tuple(stretch.report() for stretch in stretches)


def _at_the_end(stretch: _Stretch) -> Iterator[Trouble]:
    """Tell what is wrong behind the last commit of all."""
    if not stretch.there:
        yield Trouble("missing")
    elif stretch.tail:
        part = Part(Path(stretch.name), "segment", 0, -1, end=stretch.end, tail=stretch.tail)
        stop = stretch.end + len(stretch.tail)
        number = stretch.after
        if part.may_be_acknowledged(number):
            missing = None
            if number is not None and not part.is_foreign(number):
                missing = (number + 1, number + 1)
            yield Trouble("doubtful", stretch.end, stop, missing)
        else:
            yield Trouble("torn", stretch.end, stop)


def _before(stretch: _Stretch, between: Sequence[_Stretch], later: _Stretch) -> Iterator[Trouble]:
    """Tell what is wrong at the end of a segment behind which there are good commits."""
    missing = _between(stretch.after, later.first)
    stop = stretch.end + len(stretch.tail)
    if not stretch.there:
        yield Trouble("missing", missing=missing)
    elif stretch.tail:
        yield Trouble("damaged" if missing else "unused", stretch.end, stop, missing)
    elif missing and not (stretch.has_frames and (between or later.start > later.begin)):
        # There are zeros where the commits were, and no other place where they could have been.
        yield Trouble("damaged", stretch.end, stretch.length, missing)


def _between(after: int | None, before: int) -> Commits | None:
    return None if after is None or after + 1 >= before else (after + 1, before - 1)


def _bytes_of(path: Path) -> tuple[bytes, list[tuple[int, int]]]:
    """Read a file; give zeros for what the disk does not give, and where that was."""
    unreadable: list[tuple[int, int]] = []
    pieces = []
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(file).st_size
        for offset in range(0, size, _WINDOW):
            wanted = min(_WINDOW, size - offset)
            try:
                pieces.append(_pread(file, wanted, offset))
            except OSError:
                for start in range(offset, offset + wanted, _BLOCK):
                    end = min(start + _BLOCK, offset + wanted)
                    pieces.append(_block(file, start, end, unreadable))
    finally:
        os.close(file)
    return b"".join(pieces), unreadable


def _block(file: int, start: int, end: int, unreadable: list[tuple[int, int]]) -> bytes:
    try:
        return _pread(file, end - start, start)
    except OSError:
        if unreadable and unreadable[-1][1] == start:
            start_of_all, _ = unreadable.pop()
            unreadable.append((start_of_all, end))
        else:
            unreadable.append((start, end))
        return bytes(end - start)


def _pread(file: int, size: int, offset: int) -> bytes:
    """Read from a file, less only where it ends."""
    data = b""
    while len(data) < size and (more := os.pread(file, size - len(data), offset + len(data))):
        data += more
    return data
