"""One patron at the desk, from card to done; or one batch of returns.

Everything here is frozen: a step gives a new visit and leaves the old one as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kiosk.desk.checks.blocklist import Block
from kiosk.desk.transactions import (
    Checkin,
    Guest,
    Kind,
    Outcome,
    Override,
    Registration,
    Transaction,
)
from kiosk.desk.vocabulary import DueBy, Mode, Stage
from kiosk.desk.words import Phrase, ending, say

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTING: frozenset[Stage] = frozenset(
    {"recording", "recorded", "applied", "noticed", "unknown", "by_hand", "voiding"}
)
"""The stages of a line that counts as lent or returned."""

PENDING: frozenset[Stage] = frozenset({"recording", "voiding"})
"""The stages of a line that is on its way to the disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One scan of a visit, as the desk shows it.

    A scan that was not taken has the kind that it would have had.
    """

    id: str
    kind: Kind
    number: int
    item: str
    at: datetime
    stage: Stage
    due: datetime | None = None
    due_by: DueBy = "usual"
    loan: str = ""
    """The name of the kind by which it was lent."""
    returned: date | None = None
    count: int = 1
    title: str = ""
    note: Phrase | None = None
    details: tuple[tuple[Phrase, str], ...] = ()
    """What was told of a patron who is registered, with its labels."""
    printed: bool = False
    """Whether it stands on paper in the patron's hand: then its due date never shifts."""

    @classmethod
    def of(cls, transaction: Transaction, stage: Stage, title: str = "") -> Line:
        """Make the line of a transaction."""
        returned = None
        if isinstance(transaction, Checkin):
            returned = transaction.returned or transaction.at.date()
        return cls(
            id=transaction.id,
            kind=transaction.kind,
            number=transaction.position,
            item=transaction.item,
            at=transaction.at,
            stage=stage,
            due=getattr(transaction, "due", None),
            due_by=getattr(transaction, "due_by", "usual"),
            loan=getattr(transaction, "loan", ""),
            returned=returned,
            count=getattr(transaction, "count", 1),
            title=title or getattr(transaction, "name", ""),
            details=_details(transaction) if isinstance(transaction, Registration) else (),
        )

    @property
    def day(self) -> date | None:
        """The due date, or the day of return."""
        return self.due.date() if self.due is not None else self.returned


def _details(registration: Registration) -> tuple[tuple[Phrase, str], ...]:
    """Give what was told of a new patron, each with its label."""
    return tuple((say(f"register.{name}"), text) for name, text in registration.details.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is known of the patron at the desk, or was said for them, and outlasts a crash.

    `patron` is None for a batch of returns, and "" for somebody without a card: then `guest` says
    who it is.
    """

    patron: str | None = None
    allowed_by: str = ""
    """The supervisor who had the card used, although its number does not look right."""
    guest: Guest | None = None
    name: str = ""
    about: tuple[Phrase, ...] = ()
    """What the library says is out, overdue, on hold and owed."""
    note: Phrase | None = None
    due: datetime | None = None
    """Another due date for this patron, until the visit closes."""
    next_due: datetime | None = None
    """Another due date for the next item alone."""
    next_kind: str = ""
    """The kind of the next item, as staff chose it."""
    warning: Block | None = None
    """What the block list warns of, until staff have acknowledged it."""
    invalid: bool = False
    """The library says that this patron may not borrow."""
    override: Override | None = None
    """A supervisor lends all the same, in this visit."""

    @property
    def kept(self) -> dict[str, Any]:
        """Give all of that by name."""
        return {each.name: getattr(self, each.name) for each in fields(Kept)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit(Kept):
    """One patron at the desk (`patron` set), or one batch of returns."""

    id: str
    opened: datetime
    block: Block | None = None
    """The block list refuses this card, and the library has yet to say whether it does too."""
    lines: tuple[Line, ...] = ()

    def line(self, transaction: str) -> Line | None:
        """Find the line of a transaction."""
        return next((line for line in self.lines if line.id == transaction), None)

    def with_line(self, line: Line) -> Visit:
        """Add a line at the end."""
        return replace(self, lines=(*self.lines, line))

    def changed(self, transaction: str, change: Callable[[Line], Line]) -> Visit:
        """Change the line of one transaction."""
        return replace(
            self, lines=tuple(change(x) if x.id == transaction else x for x in self.lines)
        )

    def on_paper(self) -> Visit:
        """Take that the patron has all of this on paper."""
        return replace(self, lines=tuple(replace(line, printed=True) for line in self.lines))

    def holding(self, item: str) -> Line | None:
        """Find the newest line that counts for an item, if there is one."""
        lines = reversed(self.lines)
        return next((x for x in lines if x.item == item and x.stage in COUNTING), None)

    @property
    def counting(self) -> tuple[Line, ...]:
        """The lines that count as lent or returned."""
        return tuple(line for line in self.lines if line.stage in COUNTING)

    @property
    def items(self) -> int:
        """How many items count; three paperbacks in one line are three."""
        return sum(line.count for line in self.counting if line.kind != "registration")

    @property
    def next_number(self) -> int:
        """The number of the next line. Numbers may have gaps, after a crash."""
        return 1 + max((line.number for line in self.lines), default=0)

    @property
    def newest(self) -> Line | None:
        """The newest line that was not undone."""
        return next((line for line in reversed(self.lines) if line.stage != "voided"), None)

    @property
    def pending(self) -> bool:
        """Whether a line is still on its way to the disk."""
        return any(line.stage in PENDING for line in self.lines)

    @property
    def unanswered(self) -> bool:
        """Whether the library has yet to answer for a line."""
        return any(line.stage == "recorded" for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptLine:
    """One item on a receipt. `title` is "" where the library has not said it.

    `item` is "" for items without a barcode: then `title` says of what kind they are, and `count`
    how many.
    """

    item: str
    due: datetime
    title: str = ""
    count: int = 1
    renewed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What a receipt says: one visit's loans and renewals.

    `card_ending` is "" where there was no card; then `name` may say who borrowed. `again`: it was
    printed before. `practice`: nothing of it is true.
    """

    visit: str
    at: datetime
    library: str
    card_ending: str
    lines: tuple[ReceiptLine, ...]
    name: str = ""
    again: bool = False
    practice: bool = False

    @classmethod
    def of(cls, visit: Visit, at: datetime, library: str, *, only: str = "") -> Receipt:
        """Make the receipt of a visit: what counts as lent, in the order it was scanned.

        `only`: the slip of one line, by its id.
        """
        lines = tuple(
            ReceiptLine(
                item=line.item,
                due=line.due,
                title=line.title,
                count=line.count,
                renewed=line.kind == "renewal",
            )
            for line in visit.counting
            if line.due is not None and only in ("", line.id)
        )
        return cls(
            visit=visit.id,
            at=at,
            library=library,
            card_ending=ending(visit.patron or ""),
            lines=lines,
            name=visit.guest.name if visit.guest is not None else "",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """Staff are entering what was on paper. `at` is the time of the next line.

    `session`: the desk session that began it; `used`: when staff last did something; `lines`: the
    ids of those that were recorded and not undone; `failed`: the numbers that the disk did not
    take and that were not entered again.
    """

    at: datetime
    session: str
    used: datetime
    lines: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing(Kept):
    """Where the desk stood, kept on the disk so that a crash brings back the same picture."""

    mode: Mode = "checkout"
    visit: str = ""
    opened: datetime | None = None
    bookdrop: date | None = None
    uses: int = 1
    paper: Paper | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastVisit:
    """A visit as the daybook remembers it: its transactions in order, with what became of them.

    `titles`: what its items are called, where that is known.
    """

    transactions: tuple[Transaction, ...]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    voided: frozenset[str] = frozenset()

    def reopened(self, standing: Standing) -> Visit:
        """Make the visit again, as it stood."""
        undone = self.voided | {
            x.undoes
            for x in self.transactions
            if isinstance(x, Checkin) and x.undoes and x.id not in self.voided
        }
        lines = tuple(
            self._line(transaction, undone=transaction.id in undone)
            for transaction in self.transactions
            if not (isinstance(transaction, Checkin) and transaction.undoes)
        )
        opened = standing.opened or self.transactions[0].at
        return Visit(id=standing.visit, opened=opened, lines=lines, **standing.kept)

    @property
    def has_due(self) -> bool:
        """Whether anything in it stands on a receipt."""
        return any(hasattr(x, "due") for x in self.transactions)

    @property
    def visit(self) -> Visit:
        """The visit as it was left. Loans of several cards were renewed without any at hand."""
        patrons = {x.patron for x in self.transactions if hasattr(x, "patron")}
        guests = (getattr(x, "guest", None) for x in self.transactions)
        guest: Guest | None = next(filter(None, guests), None)
        standing = Standing(
            visit=self.transactions[0].visit,
            patron=patrons.pop() if len(patrons) == 1 else None,
            guest=guest,
            name=guest.name if guest is not None else "",
        )
        return self.reopened(standing)

    def receipt(self, library: str) -> Receipt:
        """Make the receipt again; without lines where nothing of it stands on one."""
        return Receipt.of(self.visit, self.transactions[-1].at, library)

    def _line(self, transaction: Transaction, *, undone: bool) -> Line:
        outcome = self.outcomes.get(transaction.id)
        stage: Stage = "voided" if undone else outcome.kind if outcome else "recorded"
        note = say("plain.text", text=outcome.words) if outcome and outcome.words else None
        title = (outcome.title if outcome else "") or self.titles.get(transaction.item, "")
        line = Line.of(transaction, stage, title)
        return replace(line, note=say("line.undone") if undone else note)
