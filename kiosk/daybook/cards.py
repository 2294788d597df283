"""What is known here of a card, and of who is to be registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kiosk.daybook.indexes import LENDING
from kiosk.desk.memory import Known
from kiosk.desk.transactions import Registration
from kiosk.desk.words import ending

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook


def card_known(daybook: Daybook, card: str) -> Literal["", "registered", "used"]:
    """Tell whether a card was handed out or used here before."""
    number = daybook.indexes.newcomers.cards.get(card)
    if number is not None and daybook.lasts(number):
        return "registered"
    here = daybook.kept(daybook.indexes.look_back.with_card(card))
    return "used" if any(map(daybook.lasts, here)) else ""


def loans_waiting(daybook: Daybook, card: str) -> int:
    """Count the loans and renewals on a card that the library may not have taken yet."""
    here = map(daybook.transaction, daybook.kept(daybook.indexes.look_back.with_card(card)))
    return sum(x.kind in LENDING and _is_waiting(daybook, x.id) for x in here)


def _is_waiting(daybook: Daybook, transaction: str) -> bool:
    to_fix = daybook.indexes.exceptions.get(transaction)
    doubtful = to_fix is not None and to_fix.outcome.kind in ("by_hand", "unknown")
    return doubtful or daybook.indexes.awaits(transaction)


def namesake(daybook: Daybook, name: str, born: str) -> Known | None:
    """Tell who was registered here last under an alike name, with the same birth date."""
    for number in daybook.indexes.newcomers.like(name, born):
        known = daybook.transaction(number)
        if number not in daybook.indexes.voided and isinstance(known, Registration):
            return Known(name=known.name, card_ending=ending(known.patron), at=known.at)
    return None
