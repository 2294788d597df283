"""Reading a journal's files from the start: what is good, what was torn, what is damaged.

The last frame may be torn: the power went while it was written, and nobody was told that it was
done. It is cut off. Anything else that is not as it was written is damage: before a good frame, a
bad one; a missing file; one that is too short. Damage is reported, never skipped, never cut off.

One case lies between: a last frame whose every sector was written, and which is bad all the same;
or bytes that no frame to come begins with, as a failing card gives them. What was there may have
been acknowledged, and has changed since. It is cut off too, because a desk has to open in the
morning; but what is cut is kept in a file, and whoever opens the journal is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.daybook.journal import frames
from kiosk.daybook.journal.errors import JournalDamagedError
from kiosk.daybook.journal.segments import HEADER_SIZE, Kind, read_header, without_zeros

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTOR = 512
"""Bytes. A disk writes a sector whole or not at all."""
_WINDOW = 1 << 20

Take = Callable[["Part", frames.Frame], None]


@dataclass(slots=True)
class Part:
    """What was found in one file. `last` is where its last good frame begins, `end` where it ends.

    `tail`: what is there behind the good frames, without the zeros at its end.
    """

    path: Path
    kind: Kind
    number: int
    file: int
    size: int = 0
    frames: int = 0
    last: int = HEADER_SIZE
    end: int = HEADER_SIZE
    tail: bytes = b""

    def may_be_acknowledged(self, sequence: int | None) -> bool:
        """Tell whether the tail is more than a torn frame of the commit after `sequence`.

        It is where every sector of it was written, or where it is no such frame at all.
        """
        length = len(self.tail) - frames.HEAD.size
        if length <= 0:
            return False
        is_whole = self.tail.endswith(b"\n") or frames.HEAD.unpack_from(self.tail)[1] == length
        return self.is_foreign(sequence) or (is_whole and all(map(any, self._sectors())))

    def is_foreign(self, sequence: int | None) -> bool:
        """Tell whether the tail begins as no frame of the commit after `sequence` does.

        Then its bytes came from elsewhere, and may lie over several commits.
        """
        head = self.tail[: frames.HEAD.size]
        if len(self._sectors()[0]) < frames.HEAD.size or not any(head):
            return False  # it may be torn within its head, or before it
        _, length, number = frames.HEAD.unpack(head)
        is_next = sequence is None or number == sequence + 1
        return not is_next or length < len(self.tail) - frames.HEAD.size

    def _sectors(self) -> list[bytes]:
        """Cut the tail into what a disk writes at once."""
        stop = self.end + len(self.tail)
        edges = [self.end, *range(self.end // SECTOR * SECTOR + SECTOR, stop, SECTOR), stop]
        return [self.tail[a - self.end : b - self.end] for a, b in pairwise(edges)]


@dataclass(slots=True)
class Reading:
    """All files of a journal, in their order, and the number of the last good commit."""

    sequence: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def active(self) -> Part | None:
        """The segment in which the last good frame lies; with none, the first segment."""
        segments = [part for part in self.parts if part.kind == "segment"]
        return next(
            (part for part in reversed(segments) if part.frames), next(iter(segments), None)
        )


def read(parts: list[Part], take: Take) -> Reading:
    """Read all parts, handing each good frame to `take`. Raises JournalDamagedError."""
    reading = Reading(parts=parts)
    for part in parts:
        header = read_header(part.file, part.path, part.kind, part.number)
        part.size = header.length
        if part.kind == "base":
            _read_frames(part, 0, take)
            if part.end < part.size:
                raise _damaged(part, part, part.size, part.frames, 0)
            reading.sequence = header.sequence
        else:
            reading.sequence = _read_frames(part, reading.sequence, take)
            part.tail = without_zeros(pread(part, part.size - part.end, part.end))
    _look_behind(reading)
    return reading


def _read_frames(part: Part, sequence: int, take: Take) -> int:
    for frame in frames_of(part, sequence):
        take(part, frame)
        part.frames += 1
        part.last, part.end, sequence = frame.start, frame.end, frame.sequence
    return sequence


def frames_of(part: Part, sequence: int, offset: int = HEADER_SIZE) -> Iterator[frames.Frame]:
    """Read the frames of a file one behind another, a window of it at a time."""
    wanted = _WINDOW
    while offset < part.size:
        window = pread(part, min(wanted, part.size - offset), offset)
        end = 0
        for frame in frames.chain(window, 0, sequence):
            yield _moved(frame, offset)
            end, sequence = frame.end, frame.sequence
        if end:
            offset, wanted = offset + end, _WINDOW
        elif wanted == _WINDOW and len(window) == _WINDOW:
            # It may be a frame that is larger than the window. The head tells, if it is good.
            wanted = frames.HEAD.size + frames.HEAD.unpack_from(window)[1]
            if wanted <= _WINDOW or wanted > part.size - offset:
                return
        else:
            return


def _moved(frame: frames.Frame, by: int) -> frames.Frame:
    return frame._replace(
        start=frame.start + by, end=frame.end + by, documents=frame.documents + by
    )


def _look_behind(reading: Reading) -> None:
    """Tell torn from damaged: behind damage there is a good frame."""
    segments = [part for part in reading.parts if part.kind == "segment"]
    for part in segments:
        later = frames.find(part.tail, reading.sequence)
        if later is not None:
            stopped = reading.active or part
            offset = part.end + later.start
            raise _damaged(stopped, part, offset, reading.sequence, later.sequence)


def _damaged(part: Part, until: Part, offset: int, good: int, later: int) -> JournalDamagedError:
    there = "" if until is part else f" of {until.path.name}"
    after = f", and so can commit {later} after it" if later else ""
    return JournalDamagedError(
        f"{part.path} is damaged between byte {part.end} and byte {offset}{there}: {good} commits "
        f"before it can be read{after}. Nothing was changed. Keep the folder and ask for help"
    )


def pread(part: Part, size: int, offset: int) -> bytes:
    """Read from a file. Raises JournalDamagedError where the disk cannot."""
    data = b""
    try:
        while len(data) < size:
            more = os.pread(part.file, size - len(data), offset + len(data))
            if not more:
                break
            data = data + more if data else more
    except OSError as error:
        at = offset + len(data)
        raise JournalDamagedError(
            f"{part.path} cannot be read at byte {at}: {error.strerror}. Keep the folder and ask "
            "for help"
        ) from error
    return data
