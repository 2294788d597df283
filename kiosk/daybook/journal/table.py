"""TinyDB's table on a journal: reads what it needs, journals what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import msgspec
from tinydb.table import Table

from kiosk.daybook.journal.frames import Change

if TYPE_CHECKING:
    from kiosk.daybook.journal.storage import JournalStorage

Document = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], Document] = msgspec.json.Decoder(dict[str, Any]).decode


class JournalTable(Table):
    """TinyDB's Table on a JournalStorage.

    It overrides the two private methods through which a Table of TinyDB 4.9 reads and writes.
    """

    _storage: JournalStorage

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        places = self._storage.places(self.name)
        return TableView(self._storage, places)  # type: ignore[return-value] # all it needs

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        overlay = _Overlay(self._storage, self._storage.places(self.name))
        updater(overlay)  # type: ignore[arg-type]
        change = overlay.change(self.name)
        if change.added or change.removed or not self._storage.has(self.name):
            self._storage.commit([change])
        self.clear_cache()


class TableView(Mapping[str, Document]):
    """A table as TinyDB reads it: by ids as text, documents decoded when asked for."""

    def __init__(self, storage: JournalStorage, places: dict[int, int]) -> None:
        self._storage = storage
        self.places = places

    def __getitem__(self, doc_id: str) -> Document:
        return _decode(self._storage.load(self.places[int(doc_id)]))

    def __iter__(self) -> Iterator[str]:
        return (str(doc_id) for doc_id in self.places)

    def __len__(self) -> int:
        return len(self.places)


class _Overlay(MutableMapping[int, Document]):
    """A table under change: remembers what was read and set, changes nothing underneath."""

    __slots__ = ("_before", "_cleared", "_gone", "_now", "_places", "_storage")

    def __init__(self, storage: JournalStorage, places: dict[int, int]) -> None:
        self._storage = storage
        self._places = places
        self._before: dict[int, bytes] = {}
        self._now: dict[int, Document] = {}
        self._gone: dict[int, None] = {}
        self._cleared = False

    def __getitem__(self, doc_id: int) -> Document:
        if doc_id not in self._now:
            if not self._underneath(doc_id):
                raise KeyError(doc_id)
            self._before[doc_id] = self._storage.load(self._places[doc_id])
            self._now[doc_id] = _decode(self._before[doc_id])
        return self._now[doc_id]

    def __setitem__(self, doc_id: int, document: Document) -> None:
        self._now[doc_id] = document

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._now.pop(doc_id, None)
        self._before.pop(doc_id, None)
        self._gone[doc_id] = None

    def __contains__(self, doc_id: object) -> bool:
        return doc_id in self._now or self._underneath(doc_id)

    def __iter__(self) -> Iterator[int]:
        yield from (doc_id for doc_id in self._places if self._underneath(doc_id))
        yield from (doc_id for doc_id in self._now if not self._underneath(doc_id))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove everything, without reading it."""
        self._now.clear()
        self._before.clear()
        self._cleared = True

    def _underneath(self, doc_id: object) -> bool:
        return doc_id in self._places and not self._cleared and doc_id not in self._gone

    def change(self, table: str) -> Change:
        """Give what has changed, as it will be written."""
        added = {}
        for doc_id, document in self._now.items():
            text = _encode(document)
            if text != self._before.get(doc_id):
                added[doc_id] = text
        if self._cleared:
            return Change(table, added, list(self._places))
        return Change(table, added, [x for x in self._gone if x in self._places])
