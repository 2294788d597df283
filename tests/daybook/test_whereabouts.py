"""Where an item is, by what counts and when it happened; before and after a restart."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.days import BELOVED, answered, voided
from support.transactions import (
    DUE,
    MAYA,
    NOW,
    OMAR,
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    registration,
    renewal,
)

from kiosk.daybook import cards, cart, entries, visits, whereabouts
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Seen

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.facts import Fact

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def known(folder: Path, *facts: Fact) -> tuple[str, list[str]]:
    """Record facts one by one; give who has the item, and what lies on the cart."""
    with Daybook(folder) as daybook:
        for fact in facts:
            daybook.learn(daybook.commit([fact]))
        before = _known(daybook)
    with Daybook(folder, read_only=True) as again:
        assert _known(again) == before
    return before


def _known(daybook: Daybook) -> tuple[str, list[str]]:
    holder = whereabouts.holder(daybook, BELOVED)
    return "" if holder is None else holder.card, cart.cart_items(daybook)


@pytest.mark.parametrize("refused", [False, True])
def test_a_return_or_loan_that_does_not_count_leaves_all_as_it_was(
    tmp_path: Path, *, refused: bool
) -> None:
    lent, back, other = checkout(BELOVED, MAYA), checkin(BELOVED), checkout(BELOVED, OMAR)
    gone = [answered(x, "refused") if refused else voided(x) for x in (back, other)]
    assert known(tmp_path, lent, back, gone[0])[0] == MAYA
    assert known(tmp_path, other, gone[1])[0] == MAYA


def test_the_renewals_of_a_loan_count_again_with_it(tmp_path: Path) -> None:
    longer, back = renewal(BELOVED, MAYA, due=DUE + WEEK), checkin(BELOVED)
    known(tmp_path, checkout(BELOVED, MAYA), longer, back, voided(back))
    with Daybook(tmp_path) as daybook:
        held = whereabouts.holder(daybook, BELOVED)
    assert held is not None
    assert (held.card, held.due) == (MAYA, DUE + WEEK)


def test_a_loan_taken_back_at_the_library_leaves_nobody_with_the_item(tmp_path: Path) -> None:
    lent = checkout(BELOVED, OMAR)
    facts = [checkout(BELOVED, MAYA), lent, answered(lent), checkin(BELOVED, undoes=lent.id)]
    assert known(tmp_path, *facts) == ("", [])


@pytest.mark.parametrize("refused", [False, True])
def test_a_return_is_back_on_the_cart_when_the_loan_since_does_not_count(
    tmp_path: Path, *, refused: bool
) -> None:
    back, lent = checkin(BELOVED), checkout(BELOVED, MAYA)
    late = answered(back, "noticed", route="hold", at=NOW + HOUR)
    assert known(tmp_path, back, lent, late) == (MAYA, [])
    gone = answered(lent, "refused") if refused else voided(lent)
    assert known(tmp_path, gone) == ("", [BELOVED])
    with Daybook(tmp_path) as daybook:
        found, left = cart.on_cart(daybook, BELOVED), cart.counts(daybook)
    assert found is not None
    assert (found.route, found.unseen) == ("hold", (back.id,))
    assert (left.cart, left.waiting) == (1, 0)


def test_what_was_dealt_with_is_not_back_on_the_cart(tmp_path: Path) -> None:
    seen, at_once, lent = checkin(BELOVED), checkin(BELOVED), checkout(BELOVED)
    facts: list[Fact] = [seen, answered(seen, route="hold", at=NOW + HOUR)]
    facts += [Seen(id="s1", transactions=(seen.id,), at=NOW + HOUR)]
    facts += [at_once, answered(at_once, route="shelve", at=at_once.at)]
    assert known(tmp_path, *facts, lent, voided(lent)) == ("", [])


def test_an_older_return_from_paper_does_not_take_a_loan_back(tmp_path: Path) -> None:
    lent, paper = checkout(BELOVED), checkin(BELOVED, source="paper", at=NOW - HOUR)
    assert known(tmp_path, lent, paper) == (MAYA, [])
    assert known(tmp_path, voided(lent)) == ("", [BELOVED])


def test_an_older_loan_from_paper_leaves_a_return_on_the_cart(tmp_path: Path) -> None:
    back, paper = checkin(BELOVED), checkout(BELOVED, OMAR, source="paper", at=NOW - HOUR)
    assert known(tmp_path, back, paper) == ("", [BELOVED])


def test_lines_from_paper_count_among_each_other_and_after_what_was_before(tmp_path: Path) -> None:
    lent = checkout(BELOVED, MAYA, at=NOW - 3 * HOUR, uptime=None)
    back = checkin(BELOVED, source="paper", at=NOW - 2 * HOUR)
    again = checkout(BELOVED, OMAR, source="paper", at=NOW - HOUR)
    assert known(tmp_path, lent, back) == ("", [BELOVED])
    assert known(tmp_path, again) == (OMAR, [])
    older = checkin(BELOVED, source="paper", at=NOW - 2 * HOUR)  # another sheet, entered later
    assert known(tmp_path, older) == (OMAR, [])


def test_what_is_before_the_oldest_one_kept_is_not_looked_for(tmp_path: Path) -> None:
    facts = [checkout(BELOVED, MAYA), checkout(BELOVED, OMAR)]
    with Daybook(tmp_path) as daybook:
        for fact in facts:
            daybook.learn(daybook.commit([fact]))
        daybook.learn(daybook.commit([voided(facts[1])]))
        daybook.table("transactions").remove(doc_ids=[1])  # as retention does
        assert whereabouts.holder(daybook, BELOVED) is None
        assert entries.last_of(daybook, BELOVED) is None
        assert not whereabouts.knows(daybook, BELOVED)
        assert whereabouts.last_loan(daybook, BELOVED) == 0
        assert cards.card_known(daybook, MAYA) == ""


def test_a_card_whose_registration_was_refused_can_be_registered(tmp_path: Path) -> None:
    new = registration()
    with Daybook(tmp_path) as daybook:
        daybook.learn(daybook.commit([new]))
        daybook.learn(daybook.commit([answered(new, "refused")]))
        assert cards.card_known(daybook, new.patron) == ""


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def test_the_holder_is_who_borrowed_last(daybook: Daybook) -> None:
    assert whereabouts.holder(daybook, BELOVED) is None
    first = checkout(BELOVED, MAYA)
    record(daybook, first)
    holder = whereabouts.holder(daybook, BELOVED)
    assert holder is not None
    assert asdict(holder) == {
        "card_ending": MAYA[-4:],
        "at": first.at,
        "due": first.due,
        "card": MAYA,
        "guest": None,
    }
    record(daybook, checkout(BELOVED, OMAR))
    assert whereabouts.holder(daybook, BELOVED).card_ending == OMAR[-4:]
    record(daybook, checkin(BELOVED))
    assert whereabouts.holder(daybook, BELOVED) is None


@pytest.mark.parametrize(
    ("kind", "held"), [("applied", True), ("noticed", True), ("unknown", True), ("refused", False)]
)
def test_who_was_refused_holds_nothing(daybook: Daybook, kind: str, held: bool) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, answered(lent, kind))
    assert (whereabouts.holder(daybook, BELOVED) is not None) == held


def test_a_renewal_moves_the_due_date_and_keeps_the_holder(daybook: Daybook) -> None:
    first, second = (renewal(BELOVED, OMAR, due=DUE + timedelta(days=n)) for n in (7, 14))
    record(daybook, checkout(BELOVED, MAYA), first, second, in_house_use(BELOVED))

    def standing() -> tuple[str, datetime]:
        held = whereabouts.holder(daybook, BELOVED)
        assert held is not None
        return held.card, held.due

    assert standing() == (MAYA, second.due)
    record(daybook, answered(second, "refused"))
    assert standing() == (MAYA, first.due)
    record(daybook, voided(first))
    assert standing() == (MAYA, DUE)
    record(daybook, checkin(BELOVED), checkout(BELOVED, OMAR))
    assert standing() == (OMAR, DUE)


def test_a_guests_loan_is_held_by_the_guest(daybook: Daybook) -> None:
    lent = guest_checkout(BELOVED)
    record(daybook, lent, answered(lent, "by_hand"))
    holder = whereabouts.holder(daybook, BELOVED)
    assert holder is not None
    assert (holder.card_ending, holder.card, holder.guest) == ("", "", lent.guest)
    found = visits.past_visit(daybook, BELOVED)
    assert found is not None
    assert found.transactions == (lent,)


def test_a_voided_checkout_holds_nothing(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, voided(lent))
    assert whereabouts.holder(daybook, BELOVED) is None


def test_a_loan_after_a_return_counts_once_the_library_has_taken_it(daybook: Daybook) -> None:
    before, returned, after = checkout(BELOVED, MAYA), checkin(BELOVED), checkout(BELOVED, OMAR)
    record(daybook, before, answered(before), returned, after)
    number = daybook.indexes.pending[returned.id].number

    assert not whereabouts.delivered_loan_after(daybook, number, BELOVED)
    record(daybook, answered(after))
    assert whereabouts.delivered_loan_after(daybook, number, BELOVED)
    back = checkin(BELOVED)
    record(daybook, back, answered(back))
    assert not whereabouts.delivered_loan_after(daybook, number, BELOVED)


def test_the_last_that_the_library_knows_of_an_item_is_what_it_took_and_counts(
    daybook: Daybook,
) -> None:
    lent, returned, again = checkout(BELOVED, MAYA), checkin(BELOVED), checkout(BELOVED, OMAR)
    assert whereabouts.delivered_last(daybook, BELOVED) is None
    record(daybook, lent, answered(lent), returned)
    assert whereabouts.delivered_last(daybook, BELOVED) == lent
    record(daybook, answered(returned), again)
    assert whereabouts.delivered_last(daybook, BELOVED) == returned
    record(daybook, answered(again, "refused"))
    assert whereabouts.delivered_last(daybook, BELOVED) == returned
