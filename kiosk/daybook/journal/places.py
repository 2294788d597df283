"""Where each document lies: all of a journal that is kept in memory.

A place is one integer, which costs a third of a tuple: the key of the file, the offset in it, and
the document's size.

    place = key of the file | offset (36 bits) | size (24 bits)

A key names a file by one number. What lies in a later file has the higher one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.journal.frames import LARGEST_DOCUMENT

if TYPE_CHECKING:
    from kiosk.daybook.journal.frames import Frame
    from kiosk.daybook.journal.segments import Kind

Tables = dict[str, dict[int, int]]
"""The place of each document, by table and id."""

SIZE_BITS = 24
_OFFSET_BITS = 36
_FILE_BITS = _OFFSET_BITS + SIZE_BITS


def key_of(kind: Kind, number: int) -> int:
    """Name a file by one number."""
    return 2 * number + (kind == "segment")


def file_of(key: int) -> tuple[Kind, int]:
    """Give the kind and the number of the file that a key names."""
    return "segment" if key % 2 else "base", key // 2


def behind(base: int) -> int:
    """Give the first key behind a base and all that it stands for."""
    return base + 2


def taken_apart(place: int) -> tuple[int, int, int]:
    """Give a place's file key, offset and size."""
    offset = (place >> SIZE_BITS) & ((1 << _OFFSET_BITS) - 1)
    return place >> _FILE_BITS, offset, place & LARGEST_DOCUMENT


def apply(tables: Tables, key: int, start: int, frame: Frame) -> None:
    """Take what a frame does; its offsets are counted from `start` in the file of this key."""
    place = (key << _OFFSET_BITS | start + frame.documents) << SIZE_BITS
    for name, added, removed in frame.tables:
        places = tables.setdefault(name, {})
        if removed is None:
            del tables[name]
            continue
        for doc_id in removed:
            places.pop(doc_id, None)
        for doc_id, size in added:
            places[doc_id] = place | size
            place += size + 1 << SIZE_BITS


def move(tables: Tables, base: int, frame: Frame) -> dict[tuple[str, int], int]:
    """Let documents that lie in what a base stands for lie in a frame of the base.

    `base`: its key. What has been written since stays. Gives the old places of those that were
    revised, by table and id.
    """
    covered = behind(base) << _FILE_BITS
    place = (base << _OFFSET_BITS | frame.documents) << SIZE_BITS
    old: dict[tuple[str, int], int] = {}
    for name, added, revised in frame.tables:
        places = tables.get(name, {})
        gone = set(revised or ())
        old |= {(name, x): places[x] for x in gone if places.get(x, covered) < covered}
        for doc_id, size in added:
            gone.discard(doc_id)
            if places.get(doc_id, covered) < covered:
                places[doc_id] = place | size
            place += size + 1 << SIZE_BITS
        for doc_id in gone:
            if places.get(doc_id, covered) < covered:
                del places[doc_id]
    return old
