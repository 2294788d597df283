"""What will probably go wrong with a backlog, seen before it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.transactions import INES, MAYA, NOW, OMAR, checkin, checkout, guest_checkout, renewal

from kiosk.delivery.preview import foresee, told
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.delivery.preview import Foreseen
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction


def preview(
    *backlog: Transaction,
    before: dict[str, Transaction] | None = None,
    refused: Callable[[str], Status | None] = lambda _: None,
) -> list[Foreseen]:
    return list(foresee(backlog, before=(before or {}).get, refused=refused))


def kinds(found: list[Foreseen]) -> list[str]:
    return [each.kind for each in found]


def test_an_ordinary_day_has_nothing_to_expect() -> None:
    before = {"i2": checkout("i2", INES)}
    day = (checkout("i1", MAYA), checkin("i1"), checkout("i1", OMAR), checkin("i2"), renewal("i3"))
    assert preview(*day, before=before) == []


def test_an_item_that_is_out_twice_without_a_return() -> None:
    first, second = checkout("i1", MAYA), checkout("i1", OMAR)
    (found,) = preview(first, second)
    assert (found.kind, found.transaction, found.before) == ("out_twice", second, first)


def test_an_item_that_was_out_already_before_the_outage() -> None:
    first, second = checkout("i1", MAYA), checkout("i1", OMAR)
    assert kinds(preview(second, before={"i1": first})) == ["out_twice"]
    assert kinds(preview(checkin("i1"), second, before={"i1": first})) == []


def test_an_item_lent_again_to_who_has_it() -> None:
    assert kinds(preview(checkout("i1", MAYA), checkout("i1", MAYA))) == ["renewed"]


def test_two_guests_without_a_card_are_two_people() -> None:
    assert kinds(preview(guest_checkout("i1"), guest_checkout("i1"))) == ["out_twice"]


def test_an_item_lent_at_two_desks() -> None:
    here, there = checkout("i1", MAYA), replace(checkout("i1", OMAR), terminal="desk-2")
    assert kinds(preview(here, there)) == ["two_desks"]


@pytest.mark.parametrize("book_drop", [True, False])
def test_an_item_returned_before_it_was_lent(book_drop: bool) -> None:
    lent = checkout("i1", MAYA)
    earlier = lent.at - timedelta(days=1)
    day = earlier.date() if book_drop else None
    returned = replace(checkin("i1"), at=NOW if book_drop else earlier, returned=day)
    assert kinds(preview(lent, returned)) == ["returned_first"]


def test_an_item_lent_and_put_into_the_book_drop_on_the_same_day_is_nothing_odd() -> None:
    lent = checkout("i1", MAYA)
    returned = replace(checkin("i1"), returned=lent.at.date())
    assert preview(lent, returned) == []


def test_a_card_that_the_newest_block_list_refuses() -> None:
    lent, renewed = checkout("i1", MAYA), renewal("i2", MAYA)
    found = preview(lent, renewed, checkin("i3"), refused=lambda card: "lost" if card else None)
    assert kinds(found) == ["card_listed", "card_listed"]
    assert found[0].status == "lost"


def test_it_is_said_without_a_whole_card() -> None:
    found = preview(
        checkout("i1", MAYA),
        replace(checkout("i1", OMAR), terminal="desk-2"),
        checkout("i1", OMAR),
        checkout("i1", INES),
        replace(checkin("i1"), at=NOW - timedelta(days=9)),
        refused=lambda card: "expired" if card == OMAR else None,
    )
    words = Words()
    said = [words(told(each, "Beloved")) for each in found]
    assert len(said) == 6
    for sentence in said:
        assert "…" not in sentence
        assert not any(card in sentence for card in (MAYA, OMAR, INES))
