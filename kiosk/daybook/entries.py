"""What was recorded, looked up: on a day, of a card or an item.

An entry is the number of a transaction, as text.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from kiosk.desk.memory import Last, Past
from kiosk.desk.transactions import Checkin

if TYPE_CHECKING:
    from datetime import date

    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.vocabulary import Stage


def recorded_on(daybook: Daybook, day: date, number: str = "") -> list[str]:
    """List what was recorded on a day, the newest first; of a card or an item alone."""
    look_back, iso = daybook.indexes.look_back, day.isoformat()
    if not number:
        return [str(x) for x in look_back.on_day(iso)]
    first = look_back.first_on(iso)
    both = {*look_back.since(first, look_back.with_item(number))}
    both |= {*look_back.since(first, look_back.with_card(number))}
    return [str(x) for x in sorted(both, reverse=True) if look_back.is_on(x, iso)]


def ending_on(daybook: Daybook, day: date, digits: str) -> list[str]:
    """List what was recorded on a day of the cards and items that end so, the newest first."""
    look_back, iso = daybook.indexes.look_back, day.isoformat()
    numbers = look_back.ending_since(look_back.first_on(iso), digits)
    found = {entry for number in numbers for entry in recorded_on(daybook, day, number)}
    return sorted(found, key=int, reverse=True)


def about(daybook: Daybook, number: str) -> list[str]:
    """List all that was recorded of a card or an item, on any day, the newest first."""
    look_back = daybook.indexes.look_back
    both = {*look_back.with_item(number), *look_back.with_card(number)}
    return [str(x) for x in sorted(both, reverse=True)]


def past(daybook: Daybook, entry: str) -> Past | None:
    """Look up what such a list names; None where it is gone by now."""
    number = int(entry)
    if number not in daybook.journal.places("transactions"):
        return None
    transaction, outcome = daybook.as_told(number), daybook.outcome(number)
    undone = daybook.indexes.is_gone(number) or transaction.id in daybook.indexes.look_back.undone
    stage: Stage = "voided" if undone else "recorded" if outcome is None else outcome.kind
    title = (outcome.title if outcome is not None else "") or daybook.title(transaction.item)
    return Past(
        entry=entry,
        transaction=transaction,
        stage=stage,
        title=title,
        overtaken=_is_overtaken(daybook, number, transaction.item),
        entered=stage == "by_hand" and transaction.id not in daybook.indexes.exceptions,
        corrected=number in daybook.indexes.corrected,
    )


def _is_overtaken(daybook: Daybook, number: int, item: str) -> bool:
    """Tell whether something happened with an item since that still counts."""
    here = daybook.kept(daybook.indexes.look_back.with_item(item))
    later = takewhile(lambda x: x > number, here)
    return any(_counts(daybook, x, daybook.transaction(x)) for x in later)


def last_of(daybook: Daybook, item: str) -> Last | None:
    """Tell what happened last with an item here, of what still counts.

    Lines from paper are looked through, because they may be older than what is before them.
    """
    newest: Last | None = None
    for number in daybook.kept(daybook.indexes.look_back.with_item(item)):
        transaction = daybook.transaction(number)
        if _counts(daybook, number, transaction):
            found = _as_last(daybook, transaction)
            newest = found if newest is None or newest.at < found.at else newest
            if transaction.source != "paper":
                break
    return newest


def _counts(daybook: Daybook, number: int, transaction: Transaction) -> bool:
    """Tell whether a transaction was neither undone nor refused, nor undoes another."""
    undone = daybook.indexes.is_gone(number) or transaction.id in daybook.indexes.look_back.undone
    if undone or (isinstance(transaction, Checkin) and transaction.undoes):
        return False
    return not daybook.was_refused(number)


def _as_last(daybook: Daybook, transaction: Transaction) -> Last:
    return Last(
        kind=transaction.kind,
        at=daybook.indexes.true_time(transaction),
        delivered=daybook.under_way(transaction.id),
    )
