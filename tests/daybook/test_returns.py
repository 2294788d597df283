"""Returns not dealt with yet: what the daybook tells of them, before and after a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.days import BELOVED, HOBBIT, PARABLE, answered, voided
from support.transactions import MAYA, NOW, checkin, checkout

from kiosk.daybook import cart
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Seen
from kiosk.desk.returns.count import Returns

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.facts import Fact

LATER = NOW + timedelta(hours=2)


def told(folder: Path, *facts: Fact) -> Daybook:
    """Record facts one by one, see that a restart changes nothing, and give the daybook."""
    with Daybook(folder) as daybook:
        for fact in facts:
            daybook.learn(daybook.commit([fact]))
        before = cart.counts(daybook), cart.cart_items(daybook)
    again = Daybook(folder, read_only=True)
    assert (cart.counts(again), cart.cart_items(again)) == before
    return again


def test_a_return_waits_on_the_cart_until_the_library_has_answered(tmp_path: Path) -> None:
    back = checkin(BELOVED)
    assert cart.counts(told(tmp_path, back)) == Returns(unanswered=1, cart=1, waiting=1)
    late = answered(back, "noticed", route="transit", to="Westside", words="Send on.", at=LATER)
    daybook = told(tmp_path, late)
    assert cart.counts(daybook) == Returns(unanswered=0, cart=1, waiting=0)
    found = cart.on_cart(daybook, BELOVED)
    assert found is not None
    assert (found.route, found.to, found.words) == ("transit", "Westside", "Send on.")
    assert found.unseen == (back.id,)


@pytest.mark.parametrize(("seconds", "items"), [(0, 0), (5, 0), (6, 1), (-5, 1)])
def test_what_was_answered_at_once_is_on_no_cart(tmp_path: Path, seconds: int, items: int) -> None:
    back = checkin(BELOVED)
    at = back.at + timedelta(seconds=seconds)
    daybook = told(tmp_path, back, answered(back, route="shelve", at=at))
    assert cart.counts(daybook).cart == items
    found = cart.on_cart(daybook, BELOVED)
    assert found is not None
    assert found.route == "shelve"


def test_what_was_seen_voided_or_lent_again_is_on_no_cart(tmp_path: Path) -> None:
    seen, undone, lent = checkin(BELOVED), checkin(HOBBIT), checkin(PARABLE)
    facts = [seen, undone, lent, answered(seen, route="hold", at=LATER), voided(undone)]
    facts += [Seen(id="s1", transactions=(seen.id,), at=LATER), checkout(PARABLE, MAYA)]
    daybook = told(tmp_path, *facts)
    assert cart.counts(daybook) == Returns(unanswered=1, cart=0, waiting=0)
    assert cart.on_cart(daybook, HOBBIT) is None
    assert cart.on_cart(daybook, PARABLE) is None


def test_what_an_older_version_was_answered_needs_no_cart(tmp_path: Path) -> None:
    back = checkin(BELOVED)
    assert cart.counts(told(tmp_path, back, answered(back, at=LATER))) == Returns()


def test_a_checkin_that_takes_back_a_checkout_is_no_return(tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    daybook = told(tmp_path, lent, checkin(BELOVED, undoes=lent.id))
    assert cart.counts(daybook) == Returns()
    assert cart.on_cart(daybook, BELOVED) is None


def test_the_cart_is_listed_by_where_its_items_go_and_what_waits_last(tmp_path: Path) -> None:
    waiting, asked, shelved = checkin(BELOVED), checkin(HOBBIT), checkin(PARABLE)
    facts = [waiting, asked, shelved, answered(asked, "refused", route="ask", at=LATER)]
    daybook = told(tmp_path, *facts, answered(shelved, route="shelve", at=LATER))
    assert cart.cart_items(daybook) == [PARABLE, HOBBIT, BELOVED]
    assert set(daybook.indexes.returns.answered_ids()) == {asked.id, shelved.id}
