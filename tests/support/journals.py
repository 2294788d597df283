"""Journals to test with: TinyDB on a journal, what is in it, and what is in its files."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from tinydb import TinyDB

from kiosk.daybook.journal import JournalStorage, JournalTable
from kiosk.daybook.journal.frames import chain
from kiosk.daybook.journal.segments import HEADER_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

Contents = dict[str, dict[int, dict[str, Any]]]


class Journal(TinyDB):
    table_class = JournalTable
    default_storage_class = JournalStorage


def contents(db: TinyDB) -> Contents:
    return {name: {doc.doc_id: dict(doc) for doc in db.table(name)} for name in db.tables()}


def contents_at(folder: Path) -> Contents:
    with Journal(folder, read_only=True) as db:
        return contents(db)


def ends(segment: Path) -> list[int]:
    """Tell where each commit in the first segment ends."""
    return [frame.end for frame in chain(segment.read_bytes(), HEADER_SIZE, 0)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def with_spares(storage: JournalStorage) -> JournalStorage:
    """Wait until the spare segments are there."""
    if storage._making is not None:
        storage._making.join()
    return storage


class Disk:
    """The calls through which the journal writes. `fail` makes the next of one kind fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self._fails: dict[str, tuple[int, int]] = {}
        self.at_most: int | None = None
        for name in ("pwrite", "fdatasync", "fsync"):
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def fail(self, call: str, code: int = errno.EIO, *, after: int = 0) -> None:
        self._fails[call] = (code, after)

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(file: int, *arguments: Any) -> Any:
            self.calls.append(name)
            if name in self._fails:
                code, after = self._fails[name]
                if after == 0:
                    del self._fails[name]
                    raise OSError(code, os.strerror(code))
                self._fails[name] = (code, after - 1)
            if name == "pwrite" and self.at_most is not None:
                data, offset = arguments
                return real(file, bytes(data)[: self.at_most], offset)
            return real(file, *arguments)

        return wrapper
