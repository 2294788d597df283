"""Records by their kinds and keys, in memory and in a file that outlives a kill of the server.

A step is one line of the file: it is there as a whole or not at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pathlib import Path


class Store:
    """`kinds` are dataclasses, by the names of their tables. `path`: None keeps nothing."""

    def __init__(self, kinds: dict[str, type], path: Path | None = None) -> None:
        self._kinds = kinds
        self._tables: dict[str, dict[str, Any]] = {name: {} for name in kinds}
        self._step: list[tuple[str, str, dict[str, Any] | None]] = []
        self._file: TextIO | None = None
        if path is not None:
            self._open(path)

    def all(self, table: str) -> dict[str, Any]:
        """Give a table, by keys, in the order in which they came."""
        return self._tables[table]

    def get(self, table: str, key: object) -> Any:
        """Give one record; None where there is none."""
        return self._tables[table].get(str(key))

    def put(self, table: str, key: object, record: Any) -> None:
        """Take a record in, in the place of the one of that key."""
        self._tables[table][str(key)] = record
        if self._file is not None:
            self._step.append((table, str(key), vars(record)))

    def drop(self, table: str, key: object) -> None:
        """Take a record away."""
        if self._tables[table].pop(str(key), None) is not None:
            self._step.append((table, str(key), None))

    def end_step(self) -> None:
        """Write down what was done since the last step."""
        if self._file is not None and self._step:
            self._file.write(json.dumps(self._step) + "\n")
            self._file.flush()
        self._step.clear()

    def begin_anew(self) -> None:
        """Forget everything."""
        for table in self._tables.values():
            table.clear()
        self._step.clear()
        if self._file is not None:
            self._file.truncate(0)

    def _open(self, path: Path) -> None:
        if path.exists():
            # A kill may have left half a line: what it says was not carried out.
            whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
            for line in whole.splitlines():
                self._learn(json.loads(line))
            path.write_text(whole + "\n" if whole else "", encoding="utf-8")
        self._file = path.open("a", encoding="utf-8")

    def _learn(self, step: list[tuple[str, str, dict[str, Any] | None]]) -> None:
        for table, key, record in step:
            if record is None:
                self._tables[table].pop(key, None)
            else:
                self._tables[table][key] = self._kinds[table](**record)
