"""What a lost reply meant: the table in asking.py, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from support.library import ModelLibrary
from support.transactions import (
    DUE,
    MAYA,
    NOW,
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

from kiosk.delivery.asking import ask
from kiosk.desk.transactions import Outcome, Transaction
from kiosk.ils.base import ChargedItems, ItemStatus, LibraryError

LENT, RETURNED, RENEWED = checkout("i1", MAYA), checkin("i1"), renewal("i1", MAYA)
LATER = DUE + timedelta(days=3)


class Answers:
    """A library that answers what it is told to; what it is not told, it must not be asked."""

    def __init__(self, item: ItemStatus | None, *listed: str, complete: bool | None = None) -> None:
        self._item = item
        self._listed = listed
        self._complete = complete

    async def charged_items(self, card: str) -> ChargedItems:
        assert card == MAYA
        assert self._complete is not None
        return ChargedItems(items=frozenset(self._listed), complete=self._complete)

    async def item_status(self, item: str) -> ItemStatus:
        assert item == "i1"
        assert self._item is not None
        return self._item


def item(*, charged: bool | None, due: datetime | None = None) -> ItemStatus:
    return ItemStatus(charged=charged, due=due, title="Beloved", words="the library's words")


async def verdict(library: Answers, transaction: Transaction, *, lent_again: bool = False) -> str:
    outcome = await ask(library, transaction, NOW, lent_again=lent_again)  # type: ignore[arg-type]
    if outcome is None:
        return "send again"
    assert (outcome.transaction, outcome.at) == (transaction.id, NOW)
    return outcome.kind


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(
    ("due", "expected"), [(DUE, "applied"), (None, "applied"), (LATER, "noticed")]
)
async def test_a_checkout_on_the_patrons_list_arrived(
    complete: bool, due: datetime | None, expected: str
) -> None:
    library = Answers(item(charged=True, due=due), "i0", "i1", complete=complete)
    assert await verdict(library, LENT) == expected


async def test_a_checkout_not_on_a_complete_list_is_sent_again() -> None:
    assert await verdict(Answers(None, "i0", complete=True), LENT) == "send again"
    assert await verdict(Answers(None, complete=True), LENT) == "send again"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (item(charged=False), "send again"),
        (item(charged=True, due=DUE), "applied"),
        (item(charged=True, due=LATER), "unknown"),
        (item(charged=True), "unknown"),
        (item(charged=None), "unknown"),
        (item(charged=None, due=DUE), "unknown"),
    ],
)
async def test_a_checkout_not_on_an_incomplete_list_is_looked_for_at_the_item(
    status: ItemStatus, expected: str
) -> None:
    assert await verdict(Answers(status, "i0", complete=False), LENT) == expected


@pytest.mark.parametrize(
    ("charged", "lent_again", "expected"),
    [
        (False, False, "applied"),
        (False, True, "applied"),
        (True, False, "send again"),
        (True, True, "unknown"),
        (None, False, "unknown"),
        (None, True, "unknown"),
    ],
)
async def test_a_checkin_is_looked_for_at_the_item(
    charged: bool | None, lent_again: bool, expected: str
) -> None:
    library = Answers(item(charged=charged))
    assert await verdict(library, RETURNED, lent_again=lent_again) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (item(charged=True, due=DUE), "applied"),
        (item(charged=True, due=LATER), "unknown"),
        (item(charged=True), "unknown"),
        (item(charged=False), "unknown"),
        (item(charged=None, due=DUE), "unknown"),
    ],
)
async def test_a_renewal_shows_in_the_due_date_and_is_never_sent_again(
    status: ItemStatus, expected: str
) -> None:
    assert await verdict(Answers(status), RENEWED) == expected


@pytest.mark.parametrize("transaction", [in_house_use("i1"), noncat_checkout(), registration()])
async def test_what_cannot_be_asked_about_is_for_a_person(transaction: Transaction) -> None:
    assert await verdict(Answers(None), transaction) == "unknown"


async def test_a_loan_by_hours_is_compared_by_its_time_too() -> None:
    lent = replace(LENT, due=datetime(2026, 12, 12, 13, 42, tzinfo=UTC))
    for due, expected in (
        (datetime(2026, 12, 12, 13, 45, tzinfo=UTC), "applied"),  # rounded
        (datetime(2026, 12, 12, 23, 59, tzinfo=UTC), "applied"),  # a library that counts in days
        (datetime(2026, 12, 12, 12, 42, tzinfo=UTC), "noticed"),
    ):
        library = Answers(item(charged=True, due=due), "i1", complete=True)
        assert await verdict(library, lent) == expected


async def test_a_due_date_is_compared_by_its_day_in_the_librarys_zone() -> None:
    west = timezone(timedelta(hours=-6))
    lent = replace(LENT, due=datetime(2026, 12, 12, 23, 59, tzinfo=west))
    for due, expected in (
        (datetime(2026, 12, 13, 5, 59, tzinfo=UTC), "applied"),  # the same moment
        (datetime(2026, 12, 12, 17, 0, tzinfo=west), "applied"),  # another hour of the day
        (datetime(2026, 12, 13, 6, 0, tzinfo=UTC), "noticed"),
    ):
        library = Answers(item(charged=True, due=due), "i1", complete=True)
        assert await verdict(library, lent) == expected


@pytest.mark.parametrize(
    ("due", "kind", "code"), [(DUE, "applied", "asked"), (LATER, "noticed", "due-differs")]
)
async def test_what_was_learnt_by_asking_is_kept(due: datetime, kind: str, code: str) -> None:
    library = Answers(item(charged=True, due=due), "i1", complete=True)
    assert await ask(library, LENT, NOW, lent_again=False) == Outcome(  # type: ignore[arg-type]
        transaction=LENT.id, kind=kind, at=NOW, title="Beloved", due=due, code=code
    )


async def test_an_unknown_says_what_the_library_said_of_the_item() -> None:
    library = Answers(item(charged=True, due=LATER), complete=False)
    outcome = await ask(library, LENT, NOW, lent_again=False)  # type: ignore[arg-type]
    assert outcome is not None
    assert (outcome.title, outcome.due, outcome.words) == ("Beloved", LATER, "the library's words")


async def test_a_question_that_fails_is_no_answer() -> None:
    library = ModelLibrary()
    library.down = True
    for transaction in (LENT, RETURNED, RENEWED):
        with pytest.raises(LibraryError):
            await ask(library, transaction, NOW, lent_again=False)
