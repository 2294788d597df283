"""The library itself: patrons, items, who has what, and the ledger of what was really carried out.

It is kept as a file of JSON lines, each written before anything is said of it, and read again at
the start. So it outlives a kill of the server at any moment.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Patron:
    """`status`: "", barred, expired or lost (card)."""

    card: str
    name: str = ""
    status: str = ""


@dataclass(frozen=True)
class Item:
    """`days`: how long it is lent. `held_for`: a card. `status`: "" or lost."""

    item: str
    title: str = ""
    days: int = 21
    held_for: str = ""
    owner: str = "main"
    status: str = ""


@dataclass(frozen=True)
class Loan:
    """`due` is a SIP2 date."""

    item: str
    patron: str
    due: str


@dataclass(frozen=True)
class Entry:
    """One operation that was really carried out.

    `op` is what was done, `message` what asked for it: a repeated checkout (11) may be a renewal.
    `at` and `no_block` are as the message said, `date` is the due date given, or the date of
    return, as a SIP2 date. `implied`: done on the way to something else, as when an item is lent
    that somebody has.
    """

    op: str
    message: str
    item: str
    patron: str
    at: str
    date: str
    no_block: bool
    sequence: int | None
    connection: int
    implied: bool = False


class World:
    """What the library holds. With a `path` it is read from there, and kept there."""

    def __init__(self, path: Path | None = None) -> None:
        self.patrons: dict[str, Patron] = {}
        self.items: dict[str, Item] = {}
        self.loans: dict[str, Loan] = {}
        self.ledger: list[Entry] = []
        self._path = path
        self._file: TextIO | None = None
        if path is not None:
            self._open(path)

    def add_patron(self, **fields: Any) -> None:
        """Take a patron in, or change one."""
        self._happens({"patron": asdict(Patron(**fields))})

    def add_item(self, **fields: Any) -> None:
        """Take an item in, or change one; with `patron` and `due` it is lent to somebody."""
        loan = {"patron": fields.pop("patron", ""), "due": fields.pop("due", "")}
        item = Item(**fields)
        self._happens({"item": asdict(item)})
        if loan["patron"]:
            self._happens({"had": {"item": item.item, **loan}})

    def carry_out(self, entry: Entry) -> None:
        """Do what an entry says, and write it down."""
        self._happens({"done": asdict(entry)})

    def begin_anew(self) -> None:
        """Forget everything."""
        for kept in (self.patrons, self.items, self.loans, self.ledger):
            kept.clear()
        if self._file is not None:
            self._file.truncate(0)

    def had_by(self, card: str) -> list[Loan]:
        """Give what a patron has out."""
        return [loan for loan in self.loans.values() if loan.patron == card]

    def _happens(self, event: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._file.flush()
        self._learn(event)

    def _open(self, path: Path) -> None:
        if path.exists():
            # A kill may have left half a line: what it says was not carried out.
            whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
            for line in whole.splitlines():
                self._learn(json.loads(line))
            path.write_text(whole + "\n" if whole else "", encoding="utf-8")
        self._file = path.open("a", encoding="utf-8")

    def _learn(self, event: dict[str, Any]) -> None:
        [(kind, fields)] = event.items()
        if kind == "patron":
            self.patrons[fields["card"]] = Patron(**fields)
        elif kind == "item":
            self.items[fields["item"]] = Item(**fields)
        elif kind == "had":
            self.loans[fields["item"]] = Loan(**fields)
        else:
            self._learn_entry(Entry(**fields))

    def _learn_entry(self, entry: Entry) -> None:
        self.ledger.append(entry)
        if entry.op == "checkin":
            self.loans.pop(entry.item, None)
        elif entry.op == "checkout":
            self.loans[entry.item] = Loan(entry.item, entry.patron, entry.date)
        else:
            self.loans[entry.item] = replace(self.loans[entry.item], due=entry.date)
