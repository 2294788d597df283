"""Transactions that are not done with: what waits for the library, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.desk.transactions import Outcome

if TYPE_CHECKING:
    from kiosk.daybook.facts import Head


@dataclass(slots=True, eq=False)
class Pending:
    """A transaction without an outcome: what delivery puts in order, the rest is on the disk.

    `announced`: the disk says that it is about to be sent, so that after a restart it is asked
    about first. `sent`: it may have arrived; ask before sending again. `lost` counts the replies to
    it that never came, `unanswered` the questions about it, since the start. `at` is what the
    desk's clock said; of one from `paper`, what stood there. `undoes`: the checkout that it takes
    back. `again`: a person has it sent again, so that the library may know of it. `corrects`: in
    whose place it is sent.
    """

    number: int
    id: str
    item: str
    visit: str
    at: datetime
    patron: str = ""
    announced: bool = False
    sent: bool = False
    lost: int = 0
    unanswered: int = 0
    sent_at: datetime | None = None
    """The time under which it is sent, once that was decided."""
    kind: str = ""
    paper: bool = False
    undoes: str = ""
    again: bool = False
    corrects: str = ""
    run: str = ""
    """The run of delivery that it was sent in last, if in any."""

    @property
    def late(self) -> bool:
        """Whether it was recorded long after it happened: after what happened later."""
        return self.paper or bool(self.corrects)

    @property
    def aside(self) -> bool:
        """Whether it is sent out of turn: what follows does not go by its time."""
        return self.late or self.again


@dataclass(frozen=True, slots=True)
class ToFix:
    """A transaction that needs a person. `pending`: as it was before the library answered."""

    pending: Pending
    outcome: Outcome

    @property
    def number(self) -> int:
        """Where it stands."""
        return self.pending.number

    @property
    def item(self) -> str:
        """The item that it is about, or ""."""
        return self.pending.item

    @property
    def kind(self) -> str:
        """What kind of transaction it is."""
        return self.pending.kind

    @property
    def patron(self) -> str:
        """Whose card, or ""."""
        return self.pending.patron

    @property
    def visit(self) -> str:
        """The visit to which it belongs."""
        return self.pending.visit


def as_pending(number: int, head: Head) -> Pending:
    """Make one of the part of it that memory keeps."""
    return Pending(
        number,
        head.id,
        head.item,
        head.visit,
        datetime.fromisoformat(head.at),
        head.patron,
        kind=head.kind,
        paper=head.source == "paper",
        undoes=head.undoes,
        corrects=head.corrects,
    )
