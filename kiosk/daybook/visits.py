"""Past visits, and the one that was open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook import whereabouts
from kiosk.desk.visits import PastVisit

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.visits import Standing


def visit(daybook: Daybook, number: int) -> PastVisit:
    """Read the visit to which a transaction belongs."""
    corrections = daybook.indexes.corrections
    name = daybook.transaction(number).visit
    last = first = corrections.origin.get(number, number)
    while _in_visit(daybook, last + 1, name):
        last += 1
    while _in_visit(daybook, first - 1, name):
        first -= 1
    numbers = sorted({*range(first, last + 1), *corrections.of_visit.get(name, ())})
    transactions = {n: daybook.as_told(n) for n in numbers}
    outcomes = {n: daybook.outcome(n) for n in numbers}
    return PastVisit(
        transactions=tuple(transactions.values()),
        outcomes={o.transaction: o for o in outcomes.values() if o is not None},
        titles={x.item: daybook.title(x.item) for x in transactions.values()},
        voided=frozenset(
            x.id
            for n, x in transactions.items()
            if daybook.indexes.is_gone(n) or x.id in daybook.indexes.look_back.undone
        ),
    )


def open_visit(daybook: Daybook, standing: Standing) -> PastVisit | None:
    """Read the transactions of the visit that was open when the desk stood so."""
    last = daybook.indexes.last
    return visit(daybook, last) if _in_visit(daybook, last, standing.visit) else None


def past_visit(daybook: Daybook, barcode: str) -> PastVisit | None:
    """Find the newest checkout visit of this card or with this item; of anyone for ""."""
    if not barcode:
        number = daybook.indexes.last_lent
    else:
        of_card = daybook.indexes.last_of_card.get(barcode)
        number = of_card or whereabouts.last_loan(daybook, barcode)
    return visit(daybook, number) if number else None


def _in_visit(daybook: Daybook, number: int, name: str) -> bool:
    known = number in daybook.journal.places("transactions")
    return known and daybook.transaction(number).visit == name
