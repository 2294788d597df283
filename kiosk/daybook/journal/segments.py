r"""The files of a journal: segments, one behind another, and the base that stands for the oldest.

    lock                the writer holds a lock on it
    00000007.base       all that segments 1 to 7 came to; they are gone
    00000008.segment    header | frames | zeros, to the length in the header
    00000009.segment    a spare one: header | zeros
    00000010.new        anything under making; of no worth until it has its name

    header = b"DAYBOOK 2\n" | b"S\n" or b"B\n" | number (4 bytes) | sequence (8) | length (8) |
             crc32 (4) | zeros, to 64 bytes

A segment is filled with zeros and synced, with its name, before it is used: a commit then changes
nothing but blocks that are there already. That costs a quarter of the block writes of appending,
and a full disk cannot strike in the middle of a commit. Every file has the length its header says;
a shorter one was cut off by something else than a power cut, and that is damage.

The header of a base tells the last commit that is in it; its own frames count from 1.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from dataclasses import dataclass, field
from errno import ENOENT
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kiosk.daybook.journal.errors import JournalDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["segment", "base"]

MAGIC = b"DAYBOOK 2\n"
HEADER_SIZE = 64
SEGMENT_SIZE = 1 << 20
"""Bytes. About 700 transactions with what became of them."""

_HEADER = struct.Struct("<10s2sIQQ")
_LETTERS: dict[Kind, bytes] = {"segment": b"S\n", "base": b"B\n"}
_NAME = re.compile(r"(\d{8,})\.(segment|base)")
_ZEROS = b"\0" * (1 << 16)
_BLOCK = _ZEROS[: 1 << 12]


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `sequence`: of a base, the last commit in it."""

    kind: Kind
    number: int
    length: int
    sequence: int = 0

    def encode(self) -> bytes:
        """Give the bytes with which the file begins."""
        letter = _LETTERS[self.kind]
        fields = _HEADER.pack(MAGIC, letter, self.number, self.sequence, self.length)
        checksum = zlib.crc32(fields).to_bytes(4, "little")
        return (fields + checksum).ljust(HEADER_SIZE, b"\0")


@dataclass(slots=True)
class Layout:
    """The files in a journal's folder, by number. `useless`: left over from something cut short.

    `missing`: the numbers of segments that have to be there.
    """

    base: int = 0
    segments: dict[int, Path] = field(default_factory=dict)
    useless: list[Path] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def files(self, folder: Path) -> Iterator[tuple[Kind, int, Path]]:
        """Give those that count, in their order."""
        if self.base:
            yield "base", self.base, path_of(folder, "base", self.base)
        for number, path in self.segments.items():
            yield "segment", number, path


def is_begun(folder: Path) -> bool:
    """Tell whether a journal is there: a folder with more in it than a lock or unfinished files.

    Less is what a first start leaves for which the disk was too full.
    """
    if not folder.is_dir():
        return folder.exists()
    return not all(_is_of_no_worth(path) for path in folder.iterdir())


def expect(folder: Path) -> None:
    """Raise FileNotFoundError where no journal was begun."""
    if not is_begun(folder):
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(folder))


def clear(folder: Path) -> None:
    """Take away what there is in a folder in which no journal was begun, if it is there."""
    if folder.is_dir():
        remove([path for path in folder.iterdir() if _is_of_no_worth(path)])


def _is_of_no_worth(path: Path) -> bool:
    return path.name == "lock" or path.suffix == ".new"


def survey(folder: Path) -> Layout:
    """Look at what is in a journal's folder. Raises JournalDamagedError where a file is missing."""
    layout = look_at(folder)
    if layout.missing:
        missing = path_of(folder, "segment", layout.missing[0])
        raise JournalDamagedError(
            f"{missing} is missing, with the commits in it; later ones are there. Nothing was "
            "changed. Keep the folder and ask for help"
        )
    return layout


def look_at(folder: Path) -> Layout:
    """Look at what is in a journal's folder, and what is not."""
    found, unfinished = _files_in(folder)
    layout = _in_order(found, max(found["segment"], default=0))
    layout.useless = unfinished
    layout.useless += [path for base, path in found["base"].items() if base != layout.base]
    layout.useless += [path for n, path in found["segment"].items() if n <= layout.base]
    return layout


def covered_by(folder: Path, base: int) -> Layout:
    """Look at what is still there of the files for which a base stands; mostly nothing."""
    found, _ = _files_in(folder)
    found["base"] = {number: path for number, path in found["base"].items() if number < base}
    layout = _in_order(found, base)
    return layout if layout.base or layout.segments else Layout()


def _files_in(folder: Path) -> tuple[dict[Kind, dict[int, Path]], list[Path]]:
    """Find the files of each kind by their numbers, and those that were never finished."""
    found: dict[Kind, dict[int, Path]] = {"segment": {}, "base": {}}
    unfinished = []
    for path in sorted(folder.iterdir()):
        name = _NAME.fullmatch(path.name)
        if name is not None:
            kind: Kind = "base" if name[2] == "base" else "segment"
            found[kind][int(name[1])] = path
        elif path.suffix == ".new":
            unfinished.append(path)
    return found, unfinished


def _in_order(found: dict[Kind, dict[int, Path]], last: int) -> Layout:
    """Lay out the newest base and the segments behind it, up to the last."""
    base = max(found["base"], default=0)
    numbers = range(base + 1, last + 1)
    there = {number: found["segment"][number] for number in numbers if number in found["segment"]}
    return Layout(base, there, missing=[number for number in numbers if number not in there])


def path_of(folder: Path, kind: Kind, number: int) -> Path:
    """Name the file of a number."""
    return folder / f"{number:08}.{kind}"


def read_header(file: int, path: Path, kind: Kind, number: int) -> Header:
    """Read and check how a file begins, and its length. Raises JournalDamagedError."""
    try:
        data = os.pread(file, HEADER_SIZE, 0)
    except OSError as error:
        raise JournalDamagedError(
            f"{path} cannot be read at byte 0: {error.strerror}. Keep the folder and ask for help"
        ) from error
    header = decode_header(data, kind, number)
    if header is not None:
        size = os.fstat(file).st_size
        if size == header.length:
            return header
        raise JournalDamagedError(
            f"{path} has {size} bytes, but was made with {header.length}. Nothing was changed. "
            "Keep the file and ask for help"
        )
    if is_other_version(data):
        raise JournalDamagedError(
            f"{path} was written by another version of Daybook. Nothing was changed. Start the "
            "version that wrote it, or keep the daybook in another folder"
        )
    raise JournalDamagedError(
        f"{path} is damaged in its first {HEADER_SIZE} bytes. Nothing was changed. Keep the file "
        "and ask for help"
    )


def decode_header(data: bytes, kind: Kind, number: int) -> Header | None:
    """Read how a file begins; None where it is not as it was written."""
    if len(data) < HEADER_SIZE:
        return None
    _, _, found, sequence, length = _HEADER.unpack_from(data)
    header = Header(kind, found, length, sequence)
    return header if header.encode() == data[:HEADER_SIZE] and found == number else None


def is_other_version(data: bytes) -> bool:
    """Tell whether a file begins as those of another version of Daybook do."""
    return data[:8] == MAGIC[:8] and data[: len(MAGIC)] != MAGIC


def create(folder: Path, number: int, size: int) -> int:
    """Make a segment, full of zeros and synced, under its name; give its open file.

    It takes the place of an empty one that is too small.
    """
    path = path_of(folder, "segment", number)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    file = create_new(new)
    try:
        write_at(file, Header("segment", number, size).encode(), 0)
        for offset in range(HEADER_SIZE, size, len(_ZEROS)):
            # In pieces, each synced: a commit that comes in meanwhile does not queue behind all.
            write_at(file, _ZEROS[: size - offset], offset)
            os.fdatasync(file)
        os.fsync(file)
        new.rename(path)
        sync_folder(folder)
    except BaseException:
        os.close(file)
        new.unlink(missing_ok=True)  # it may be what filled the disk
        raise
    return file


def put_aside(path: Path, data: bytes) -> None:
    """Put bytes into a file of their own, synced with its name. Only the owner may read it."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_at(file, data, 0)
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(path.parent)


def create_new(new: Path) -> int:
    """Begin a file, which only the owner may read."""
    return os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def remove(paths: Iterable[Path]) -> None:
    """Remove files that are of no use any more, and see to it that they stay away."""
    folders = set()
    for path in paths:
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        sync_folder(folder)


def without_zeros(data: bytes) -> bytes:
    """Leave out the zeros at the end; a block at a time: a new segment has a million of them."""
    end = len(data)
    while data.endswith(_BLOCK, 0, end):
        end -= len(_BLOCK)
    return data[:end].rstrip(b"\0")


def write_at(file: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of it there, however little the disk takes at a time."""
    written = os.pwrite(file, data, offset)
    while written < len(data):
        written += os.pwrite(file, memoryview(data)[written:], offset + written)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folder: Path) -> None:
    """Put the names on the disk that lead to a file in a folder, which may have just been made."""
    for directory in (folder.absolute(), *folder.absolute().parents):
        try:
            sync_folder(directory)
        except PermissionError:
            return  # not ours, and so not made by us
        if directory.is_mount():
            return
