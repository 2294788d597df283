"""What the exceptions of a processed session mean.

The server lists what was not a plain success: of each such line the line itself, with our id in
it, and the event, or several, or none. What is not on the list went well.

    applied   not listed; or nothing had to be changed: the item was back already
    noticed   carried out, and something is to be done: the item belongs elsewhere, or to nobody
    refused   everything else: it was rolled back
    unknown   listed without an event; or the server may not have come to it, or twice
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kiosk.desk.transactions import Outcome, OutcomeKind, Route
from kiosk.ils.evergreen import events
from kiosk.ils.evergreen.lines import ID
from kiosk.ils.said import in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.evergreen.events import Event

_OF_CHECKINS: Final[dict[str, tuple[OutcomeKind, Route]]] = {
    "ROUTE_ITEM": ("noticed", "transit"),
    "ITEM_NOT_CATALOGED": ("noticed", "ask"),
    "NO_CHANGE": ("applied", ""),
}
"""What is no refusal of a return, and where the item goes."""

TWICE: Final = "processed-twice"
"""The code of what was carried out twice, or may have been."""

_OVERRIDE: Final = ".override"


def outcomes(
    transactions: Iterable[Transaction], exceptions: Iterable[object], at: datetime
) -> tuple[Outcome, ...]:
    """Tell what became of transactions, all of which the server has processed."""
    listed = _listed(exceptions)
    return tuple(
        _exception(each, listed[each.id], at)
        if each.id in listed
        else Outcome(transaction=each.id, kind="applied", at=at)
        for each in transactions
    )


def in_doubt(found: Iterable[Outcome], code: str) -> tuple[Outcome, ...]:
    """Take back what is believed only because nothing was said against it."""
    return tuple(
        replace(each, kind="unknown", code=code) if _unsaid(each) else each for each in found
    )


def were_processed_twice(exceptions: Iterable[object]) -> bool:
    """Tell whether the list is one of two runs: a line is on it more than once."""
    return any(times > 1 for times in _counted(exceptions).values())


def of_two_runs(
    transactions: Iterable[Transaction], exceptions: Iterable[object], at: datetime
) -> tuple[Outcome, ...]:
    """Tell what became of transactions that were processed twice.

    What was refused both times was not done. Nobody can tell from here what became of the rest: a
    loan refuses itself the second time, an in-house use is there twice.
    """
    exceptions = list(exceptions)
    times = _counted(exceptions)
    return tuple(
        each
        if each.kind == "refused" and times[each.transaction] > 1
        else Outcome(transaction=each.transaction, kind="unknown", at=at, code=TWICE)
        for each in outcomes(transactions, exceptions, at)
    )


def _counted(exceptions: Iterable[object]) -> Counter[str]:
    """Count how often each of our ids is on the list."""
    return Counter(id_ for id_, _ in _ours(exceptions))


def _unsaid(outcome: Outcome) -> bool:
    return outcome.kind == "applied" and not outcome.code


def _listed(exceptions: Iterable[object]) -> dict[str, tuple[Event, ...]]:
    """Give the events by our ids. Lines of others have none."""
    listed: dict[str, tuple[Event, ...]] = {}
    for id_, entry in _ours(exceptions):
        listed[id_] = (*listed.get(id_, ()), *events.read_all(entry.get("event")))
    return listed


def _ours(exceptions: Iterable[object]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the entries that bear an id of ours, and that."""
    for entry in exceptions:
        command: Any = entry.get("command") if isinstance(entry, dict) else None
        id_ = command.get(ID) if isinstance(command, dict) else None
        if isinstance(entry, dict) and isinstance(id_, str):
            yield id_, entry


def _exception(transaction: Transaction, said: tuple[Event, ...], at: datetime) -> Outcome:
    outcome = Outcome(transaction=transaction.id, kind="unknown", at=at, code="no-event")
    if not said:
        return outcome
    back = transaction.kind == "checkin"
    event = next((each for each in said if not each.ok), said[0])
    kind: OutcomeKind = "applied" if event.ok else "refused"
    route: Route = "ask" if back and not event.ok else ""
    if back and all(each.ok or each.name in _OF_CHECKINS for each in said):
        kind, route = _OF_CHECKINS.get(event.name, (kind, route))
    return replace(outcome, kind=kind, route=route, code=_code(event), words=_words(said))


def _code(event: Event) -> str:
    """Name what is in the way: where the right to override it was lacking, that."""
    if event.permission.endswith(_OVERRIDE):
        return event.permission.removesuffix(_OVERRIDE)
    return event.name


def _words(said: tuple[Event, ...]) -> str:
    """Give what the server says, of all its events."""
    told = dict.fromkeys(word for event in said for word in _said(event) if word)
    return in_short(" ".join(told))


def _said(event: Event) -> tuple[str, ...]:
    payload = event.payload if isinstance(event.payload, str) else ""
    return event.words, payload, event.permission
