"""What is known of a card, and of who is to be registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.days import (
    BELOVED,
    HOBBIT,
    answered,
    voided,
)
from support.transactions import (
    MAYA,
    NEW,
    NOW,
    OMAR,
    checkout,
    noncat_checkout,
    registration,
    renewal,
)

from kiosk.daybook import cards
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import (
    Fact,
    Settled,
)

if TYPE_CHECKING:
    from pathlib import Path


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def test_who_was_registered_is_known_by_card_and_by_name(tmp_path: Path) -> None:
    first, second = registration(NEW), registration("21234000777789")
    with Daybook(tmp_path) as daybook:
        record(daybook, first, checkout(BELOVED, MAYA), second)

    def known(daybook: Daybook) -> list[str]:
        assert [cards.card_known(daybook, x) for x in (NEW, MAYA, OMAR)] == [
            "registered",
            "used",
            "",
        ]
        assert cards.namesake(daybook, "Anna Meier", "1991-04-30") is None
        assert cards.namesake(daybook, "Anna Huber", "1990-04-30") is None
        found = cards.namesake(daybook, "MEIER anna", "1990-04-30")
        return [] if found is None else [found.name, found.card_ending]

    with Daybook(tmp_path) as daybook:
        assert known(daybook) == ["Anna Maier", "7789"]
        record(daybook, voided(second))
        assert known(daybook) == ["Anna Maier", NEW[-4:]]


def test_what_was_undone_or_refused_makes_no_card_used(daybook: Daybook) -> None:
    undone, refused = checkout(BELOVED, NEW), checkout(HOBBIT, NEW)
    record(daybook, undone, refused, voided(undone), answered(refused, "refused"))
    assert cards.card_known(daybook, NEW) == ""
    record(daybook, renewal(HOBBIT, NEW))
    assert cards.card_known(daybook, NEW) == "used"


def test_loans_wait_on_a_card_until_the_library_has_taken_them(daybook: Daybook) -> None:
    lent, by_hand = checkout(BELOVED, NEW), noncat_checkout(NEW)
    record(daybook, registration(NEW), lent, by_hand, checkout(HOBBIT, MAYA))
    record(daybook, answered(by_hand, "by_hand"))
    assert cards.loans_waiting(daybook, NEW) == 2
    record(daybook, answered(lent, "applied"))
    assert cards.loans_waiting(daybook, NEW) == 1
    record(daybook, Settled(transaction=by_hand.id, at=NOW))
    assert cards.loans_waiting(daybook, NEW) == 0
