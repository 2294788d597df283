"""Looking at a whole daybook, past any damage: what is in its files, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from kiosk.daybook import upgrade
from kiosk.daybook.daybook import JOURNAL
from kiosk.daybook.facts import Answered, decode, decode_delivery, decode_head, decode_meta
from kiosk.daybook.indexes import Indexes
from kiosk.daybook.journal.checking import Found, Report, Tables, examine
from kiosk.daybook.rebuild import rebuild

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Strange:
    """A document that is as it was written, and that this version cannot read."""

    table: str
    number: int
    found: Found
    why: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is in a daybook.

    `unknown`: ids of transactions that the library has answered for, and that are not there.
    """

    report: Report
    tables: Tables
    strange: tuple[Strange, ...]
    indexes: Indexes
    unknown: frozenset[str]

    @property
    def damaged(self) -> bool:
        """Tell whether a kiosk could not go on with it, or not know of something it has lost."""
        return self.report.damaged or bool(self.strange)

    def scan(self, table: str) -> Iterable[tuple[int, bytes]]:
        """Give the documents of a table with their numbers, in their order."""
        return ((number, found.text) for number, found in self.tables.get(table, {}).items())


def inspect(data: Path) -> Inspection:
    """Go through the daybook in a data folder, also while a kiosk writes to it.

    Raises OSError where there is none, or it cannot be opened; JournalError where it is one of a
    later version.
    """
    if upgrade.has_one_file(data, data / JOURNAL):
        report, tables = upgrade.examine_one_file(data)
    else:
        report, tables = examine(data / JOURNAL)
    strange = tuple(_strange(tables))
    for document in strange:
        del tables[document.table][document.number]
    for found in tables.get("meta", {}).values():
        upgrade.check_schema(decode_meta(found.text).schema)
    indexes = Indexes()
    inspection = Inspection(report, tables, strange, indexes, _unknown(tables))
    rebuild(indexes, inspection)
    return inspection


def place_of(data: Path) -> Path:
    """Give where the daybook in a data folder lies: a folder, or the one file of version 1."""
    journal = data / JOURNAL
    return upgrade.one_file(data) if upgrade.has_one_file(data, journal) else journal


def _strange(tables: Tables) -> Iterator[Strange]:
    for table, documents in tables.items():
        for number, found in documents.items():
            try:
                decode(table, found.text)
            except msgspec.MsgspecError as error:
                yield Strange(table, number, found, str(error))


def _unknown(tables: Tables) -> frozenset[str]:
    known = {decode_head(found.text).id for found in tables.get("transactions", {}).values()}
    facts = [
        decode_delivery(found.text) for _, found in sorted(tables.get("deliveries", {}).items())
    ]
    # The last one stays when its transaction is forgotten (kiosk.daybook.retention).
    answered = {fact.outcome.transaction for fact in facts[:-1] if isinstance(fact, Answered)}
    return frozenset(answered - known)
