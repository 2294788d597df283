"""What needs a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from kiosk.desk.lending import slips
from kiosk.desk.memory import Group, Past, ToSettle, group_of

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.pending import ToFix


def to_fix(daybook: Daybook) -> list[str]:
    """List what needs a person, group by group, the oldest first."""
    places = list(get_args(Group))

    def place(to_fix: ToFix) -> tuple[int, int]:
        return places.index(group_of(to_fix.kind, to_fix.outcome)), to_fix.number

    return [str(x.number) for x in sorted(daybook.indexes.exceptions.values(), key=place)]


def counts(daybook: Daybook) -> Counter[Group]:
    """Count what needs a person, by group."""
    needed = daybook.indexes.exceptions.values()
    return Counter(group_of(to_fix.kind, to_fix.outcome) for to_fix in needed)


def exception(daybook: Daybook, entry: str) -> ToSettle | None:
    """Look up what such a list names; None where it needs nobody any more."""
    past = daybook.past(entry)
    to_fix = None if past is None else daybook.indexes.exceptions.get(past.transaction.id)
    if past is None or to_fix is None:
        return None
    return ToSettle(
        entry=entry,
        transaction=past.transaction,
        outcome=to_fix.outcome,
        title=past.title,
        reported=past.transaction.id in daybook.indexes.reported,
    )


def refused(daybook: Daybook, transaction: str) -> Past | None:
    """Look up a transaction that the library has refused and nobody has settled, by its id."""
    to_fix = daybook.indexes.exceptions.get(transaction)
    return None if to_fix is None else daybook.past(str(to_fix.number))


def by_hand(daybook: Daybook, reference: str) -> tuple[str, ...]:
    """Name what a person is to enter by hand of the visit on whose slip this stands."""
    return tuple(
        transaction
        for transaction, to_fix in daybook.indexes.exceptions.items()
        if to_fix.outcome.kind == "by_hand" and slips.reference(to_fix.visit) == reference
    )
