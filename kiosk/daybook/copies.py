r"""Copies of a daybook: JSON lines, for a backup, another device, or whoever wants to count.

    {"line":"header","format":1,"kind":"export","version":"0.1.0","made":"...",...}
    {"line":"document","table":"transactions","id":1,"document":{...}}
    {"line":"aside","table":"desk","id":1,"why":"...","text":"..."}
    {"line":"end","documents":{"transactions":1},"aside":1,"sha256":"..."}

`document` is what the journal holds, byte for byte. `aside` is what was found and must not go into
a daybook again as it is. The last line counts the lines and has a checksum over all before it, so
a copy that was cut short or changed is noticed. In a copy of a damaged daybook, `lost` in the
header says what could not be read, and `from` in each line where it was found.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import msgspec

from kiosk.daybook.facts import decode
from kiosk.daybook.journal.frames import LARGEST_DOCUMENT
from kiosk.daybook.journal.segments import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FORMAT = 1


class CopyError(Exception):
    """A copy cannot be written, read or used. The message is fit to show."""


class Lost(msgspec.Struct, frozen=True, omit_defaults=True):
    """What could not be read: bytes from `start` to before `end` of a file, and commits."""

    file: str
    kind: str
    start: int = 0
    end: int = 0
    commits: tuple[int, int] | None = None


class Header(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="line", tag="header"):
    """The first line. `terminal`: the desk at which the copy was made. `tables`: of empty ones too.

    `lost`: what could not be read.
    """

    format: int
    kind: Literal["export", "salvage"]
    version: str
    made: datetime
    terminal: str
    tables: tuple[str, ...]
    lost: tuple[Lost, ...] = ()


class Document(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="line", tag="document"):
    """A document as the journal holds it. `source`: where it was found, if that matters."""

    table: str
    id: Annotated[int, msgspec.Meta(gt=0)]
    document: msgspec.Raw
    source: str = msgspec.field(name="from", default="")


class Aside(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="line", tag="aside"):
    """A document that was found and does not go into a daybook again, and why."""

    table: str
    id: int
    why: str
    text: str
    source: str = msgspec.field(name="from", default="")


class End(msgspec.Struct, frozen=True, tag_field="line", tag="end"):
    """The last line: how many documents of each table, and a checksum over all lines before."""

    documents: dict[str, int]
    aside: int
    sha256: str


Line = Header | Document | Aside | End

_encode = msgspec.json.Encoder().encode
_decode_line: Callable[[bytes], Line] = msgspec.json.Decoder(Line).decode


@dataclass(frozen=True, slots=True)
class Copy:
    """All that a copy holds."""

    header: Header
    documents: tuple[Document, ...]
    aside: tuple[Aside, ...] = ()

    def counts(self) -> dict[str, int]:
        """Tell how many documents each table has."""
        counts = Counter(document.table for document in self.documents)
        return {table: counts[table] for table in self.header.tables}

    def scan(self, table: str) -> Iterable[tuple[int, bytes]]:
        """Give the documents of a table with their numbers, in their order."""
        return ((x.id, bytes(x.document)) for x in self.documents if x.table == table)


def write(copy: Copy, out: BinaryIO) -> None:
    """Write a copy."""
    checksum = hashlib.sha256()
    for line in (copy.header, *copy.documents, *copy.aside):
        data = _encode(line) + b"\n"
        checksum.update(data)
        out.write(data)
    out.write(_encode(End(copy.counts(), len(copy.aside), checksum.hexdigest())) + b"\n")
    out.flush()


def save(copy: Copy, path: Path) -> None:
    """Write a copy into a new file, readable by its owner alone; synced when this returns.

    Raises CopyError where there is such a file already, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise CopyError(f"{path} exists already. Nothing was written. Name a new file") from error
    except OSError as error:
        raise CopyError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            write(copy, file)
            os.fsync(handle)
        sync_folder(path.parent)
    except BaseException as error:
        left = _left(path)
        if isinstance(error, OSError):
            raise CopyError(f"{path} cannot be written: {error.strerror}{left}") from error
        raise


def _left(path: Path) -> str:
    """Remove what was begun; say so where that fails: a stick may be out, or take nothing more."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return f". What may be left of it is not whole: remove {path.name} there, and use another"
    return ""


def read(lines: Iterable[bytes]) -> Copy:
    """Read a copy, and check all of it. Raises CopyError with the number of the first bad line."""
    checksum = hashlib.sha256()
    documents: dict[tuple[str, int], Document] = {}
    aside: list[Aside] = []
    header: Header | None = None
    end: End | None = None
    for number, data in enumerate(lines, 1):
        line = _line(number, data)
        if end is not None:
            raise CopyError(f"line {number} comes after the last line that was written")
        match line:
            case Header():
                header = line
            case Document():
                if documents.setdefault((line.table, line.id), line) is not line:
                    raise CopyError(f"line {number} has document {line.id} of {line.table} again")
            case Aside():
                aside.append(line)
            case End():
                end = line
                continue
        checksum.update(data)
    if header is None:
        raise CopyError("it is empty")
    copy = Copy(header, tuple(documents.values()), tuple(aside))
    _check_end(copy, end, checksum.hexdigest())
    return copy


def _line(number: int, data: bytes) -> Line:
    try:
        line = _decode_line(data)
    except (ValueError, RecursionError) as error:
        if number == 1:
            raise CopyError("it is no copy of a daybook: line 1 is no header") from error
        if not data.endswith(b"\n"):
            raise CopyError(f"it was cut short in line {number}") from error
        raise CopyError(f"line {number} is not as it was written: {error}") from error
    if number == 1:
        _check_header(line)
    elif isinstance(line, Header):
        raise CopyError(f"line {number} is a second header")
    elif isinstance(line, Document):
        _check_document(number, line)
    return line


def _check_header(line: Line) -> None:
    if not isinstance(line, Header):
        raise CopyError("it is no copy of a daybook: line 1 is no header")
    if line.format > FORMAT:
        raise CopyError(
            f"it was made by Daybook {line.version}, in a format that this version does not know. "
            "Install that version or a later one first"
        )


def _check_document(number: int, line: Document) -> None:
    text = bytes(line.document)
    if len(text) > LARGEST_DOCUMENT:
        raise CopyError(f"line {number} has a document that is too large: {len(text)} bytes")
    try:
        decode(line.table, text)
    except msgspec.MsgspecError as error:
        raise CopyError(
            f"line {number} has a document of {line.table} that this version of Daybook cannot "
            f"read: {error}"
        ) from error


def _check_end(copy: Copy, end: End | None, checksum: str) -> None:
    if end is None:
        raise CopyError("it was cut short: its last line is missing")
    if (end.documents, end.aside) != (copy.counts(), len(copy.aside)):
        raise CopyError("lines are missing in it, or were added")
    if end.sha256 != checksum:
        raise CopyError("it was changed since it was made: its checksum does not fit")
