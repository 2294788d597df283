"""Past visits, and the one that was open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.days import (
    BELOVED,
    HOBBIT,
    PARABLE,
    voided,
)
from support.transactions import (
    INES,
    MAYA,
    NOW,
    OMAR,
    checkin,
    checkout,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)

from kiosk.daybook import visits
from kiosk.daybook.facts import (
    Answered,
    Fact,
)
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.transactions import Transaction


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def test_a_visit_is_found_from_any_of_its_transactions(daybook: Daybook) -> None:
    before, after = checkout("i0", visit="v0"), checkin("i9", visit="v2")
    visit = [checkout("i1"), checkout("i2"), checkin("i2", undoes="x"), checkout("i3")]
    record(daybook, before, *visit, after)
    said = outcome(visit[0], title="Beloved")
    record(daybook, Answered(outcome=said), voided(visit[3]))
    for number in (2, 3, 4, 5):
        past = visits.visit(daybook, number)
        assert past.transactions == tuple(visit)
        assert past.outcomes == {visit[0].id: said}
        assert past.voided == {visit[3].id}
    assert visits.visit(daybook, 1).transactions == (before,)
    assert visits.visit(daybook, 6).transactions == (after,)


def test_a_past_visit_is_found_by_card_by_item_and_as_the_newest(daybook: Daybook) -> None:
    assert visits.past_visit(daybook, "") is None
    maya = checkout(BELOVED, MAYA, visit="v1")
    omar = checkout(HOBBIT, OMAR, visit="v2")
    maya_again = checkout(PARABLE, MAYA, visit="v3")
    returns = checkin("31234000176022", visit="v4")
    record(daybook, maya, omar, maya_again, returns)

    def found(barcode: str) -> tuple[Transaction, ...] | None:
        past = visits.past_visit(daybook, barcode)
        return past and past.transactions

    assert found("") == (maya_again,)
    assert found(MAYA) == (maya_again,)
    assert found(OMAR) == (omar,)
    assert found(BELOVED) == (maya,)
    assert found(returns.item) is None
    assert found(INES) is None


def test_a_visit_of_renewals_or_of_items_without_a_barcode_has_its_receipt(
    daybook: Daybook,
) -> None:
    record(daybook, registration(MAYA, visit="v0"), noncat_checkout(MAYA, visit="v0"))
    record(daybook, renewal(BELOVED, OMAR, visit="v1"))
    for card, title in ((MAYA, "Paperback"), (OMAR, "")):
        visit = visits.past_visit(daybook, card)
        assert visit is not None
        assert [line.title for line in visit.receipt("Northside").lines] == [title]
    assert visits.past_visit(daybook, "").transactions[0].visit == "v1"  # type: ignore[union-attr]


def test_the_open_visit_is_found_by_where_the_desk_stood(daybook: Daybook) -> None:
    standing = Standing(visit="v2", opened=NOW, patron=MAYA)
    record(daybook, checkout("i1", visit="v1"), standing)
    assert visits.open_visit(daybook, standing) is None
    lent = checkout("i2", visit="v2")
    record(daybook, lent)
    past = visits.open_visit(daybook, standing)
    assert past is not None
    assert past.transactions == (lent,)
