"""Taking a daybook out of its files, damaged or not, and putting it into a new folder.

Nothing is ever repaired in place: what is left of a damaged daybook is copied, the folder is kept,
and the kiosk goes on with a new one made from the copy.

A gap may have swallowed that a transaction was sent, answered for, or undone. So whatever has no
outcome in a damaged daybook counts as sent: the library is asked before it is sent again. The same
holds for a copy that may be older than the last thing its kiosk did. And a gap may have swallowed
that a visit was closed, so none is open in what is salvaged.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Literal

import msgspec

from kiosk import __version__
from kiosk.daybook.copies import FORMAT, Aside, Copy, CopyError, Document, Header, Lost
from kiosk.daybook.daybook import JOURNAL
from kiosk.daybook.facts import Sending, decode_meta, document
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.journal import compaction, segments
from kiosk.daybook.lock import FolderLock
from kiosk.daybook.rebuild import rebuild
from kiosk.daybook.upgrade import check_schema, has_one_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.inspection import Inspection
    from kiosk.daybook.journal.checking import Found


def copy_of(
    inspection: Inspection, kind: Literal["export", "salvage"], *, terminal: str, now: datetime
) -> Copy:
    """Make a copy of all that can be read of a daybook."""
    damaged = inspection.damaged
    lost = tuple(_lost(inspection))
    header = Header(FORMAT, kind, __version__, now, terminal, tuple(inspection.tables), lost)
    documents = _documents(inspection, with_source=damaged)
    if not damaged:
        return Copy(header, tuple(documents))
    closed = tuple(each for each in documents if each.table != "desk")
    return ask_first(Copy(header, closed, tuple(_aside(inspection))), now)


def waiting(copy: Copy) -> tuple[str, ...]:
    """Name the transactions that wait in a copy and, as far as it knows, were never sent."""
    indexes = Indexes()
    rebuild(indexes, copy)
    return tuple(name for name, pending in indexes.pending.items() if not pending.sent)


def ask_first(copy: Copy, now: datetime) -> Copy:
    """Let whatever waits count as sent, which it may have been in a gap or since the copy."""
    transactions = waiting(copy)
    if not transactions:
        return copy
    lines: tuple[Document | Aside, ...] = (*copy.documents, *copy.aside)
    taken = {line.id for line in lines if line.table == "deliveries"}
    fact = Sending(transactions=transactions, no_block=True, at=now)
    text = msgspec.Raw(msgspec.json.encode(document(fact)))
    added = Document("deliveries", max(taken, default=0) + 1, text, "added: it may have been sent")
    tables = tuple(dict.fromkeys((*copy.header.tables, "deliveries")))
    header = msgspec.structs.replace(copy.header, tables=tables)
    return Copy(header, (*copy.documents, added), copy.aside)


def restore(copy: Copy, data: Path) -> None:
    """Put a copy into a data folder in which there is no daybook. All of it, or nothing.

    Raises CopyError; JournalError where it is of a later version, or a kiosk runs there; OSError.
    """
    with closing(FolderLock(data)):
        _restore(copy, data)


def _restore(copy: Copy, data: Path) -> None:
    folder = data / JOURNAL
    if segments.is_begun(folder) or has_one_file(data, folder):
        raise CopyError(f"there is a daybook in {data} already. Nothing was changed")
    tables: dict[str, dict[int, bytes]] = {table: {} for table in copy.header.tables}
    for each in copy.documents:
        if each.table == "meta":
            check_schema(decode_meta(bytes(each.document)).schema)
        tables[each.table][each.id] = bytes(each.document)
    compaction.create(folder, 1, ((name, documents.items()) for name, documents in tables.items()))


def _documents(inspection: Inspection, *, with_source: bool) -> Iterator[Document]:
    for table, documents in inspection.tables.items():
        for number, found in documents.items():
            source = _source(found) if with_source else ""
            yield Document(table, number, msgspec.Raw(found.text), source)


def _aside(inspection: Inspection) -> Iterator[Aside]:
    for strange in inspection.strange:
        why = f"this version of Daybook cannot read it: {strange.why}"
        yield _put_aside(strange.table, strange.number, strange.found, why)
    for number, found in inspection.tables.get("desk", {}).items():
        yield _put_aside("desk", number, found, "the desk may not have stood so any more")


def _put_aside(table: str, number: int, found: Found, why: str) -> Aside:
    text = found.text.decode("utf-8", "backslashreplace")
    return Aside(table, number, why, text, _source(found))


def _source(found: Found) -> str:
    return f"{found.file}, commit {found.commit}" if found.commit else found.file


def _lost(inspection: Inspection) -> Iterator[Lost]:
    for file in inspection.report.files:
        for trouble in file.troubles:
            if file.damaged:
                yield Lost(file.name, trouble.kind, trouble.start, trouble.end, trouble.missing)
