"""What is made ready while the library is at work on something else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.library import ModelLibrary
from support.transactions import MAYA, NOW, checkin, checkout

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Sending
from kiosk.delivery.ahead import Ahead
from kiosk.delivery.order import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.daybook.pending import Pending
    from kiosk.desk.transactions import Transaction

FIRST, SECOND = checkout("i1", MAYA), checkin("i2")
TIMES = (NOW, NOW + timedelta(seconds=1))


@pytest.fixture
def daybook(tmp_path: Path) -> Iterator[Daybook]:
    with Daybook(tmp_path) as daybook:
        yield daybook


def announced(daybook: Daybook, *transactions: Transaction) -> list[Pending]:
    """Record transactions, and that they are about to be sent."""
    daybook.learn(daybook.commit(transactions))
    ids = tuple(x.id for x in transactions)
    daybook.learn(daybook.commit([Sending(ids, no_block=True, at=NOW, times=TIMES[: len(ids)])]))
    return list(daybook.indexes.pending.values())


async def looked(
    daybook: Daybook, pending: Pending, library: ModelLibrary, *, may_go: bool = True
) -> Ahead:
    """Look ahead from a transaction that is being sent."""
    queue = Queue()
    for each in daybook.indexes.pending.values():
        queue.add(each)
    ahead = Ahead(daybook, queue, lambda _: may_go)
    ahead.look(pending, library)
    assert not library.prepared  # nothing is done before the request is out
    await asyncio.sleep(0)
    return ahead


async def test_what_follows_is_read_and_prepared_while_the_library_is_at_work(
    daybook: Daybook, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ModelLibrary()
    first, second = announced(daybook, FIRST, SECOND)
    ahead = await looked(daybook, first, library)
    monkeypatch.delattr(Daybook, "transaction")  # it is not read any more
    recorded = ahead.recorded(second)
    assert recorded == SECOND
    (prepared,) = library.prepared
    assert (prepared.id, prepared.at) == (SECOND.id, TIMES[1])
    assert ahead.sent(recorded, TIMES[1]) is prepared


async def test_what_was_prepared_is_not_used_for_another_one_nor_under_another_time(
    daybook: Daybook,
) -> None:
    first, second = announced(daybook, FIRST, SECOND)
    ahead = await looked(daybook, first, ModelLibrary())
    assert ahead.recorded(first) == FIRST
    assert ahead.sent(FIRST, TIMES[1]).id == FIRST.id
    later = NOW + timedelta(hours=1)
    assert ahead.sent(ahead.recorded(second), later).at == later


async def test_nothing_is_prepared_whose_announcement_is_not_on_the_disk(daybook: Daybook) -> None:
    library = ModelLibrary()
    (first,) = announced(daybook, FIRST)
    daybook.learn(daybook.commit([SECOND]))
    await looked(daybook, first, library)
    assert not library.prepared


async def test_nothing_is_prepared_that_may_not_go_yet(daybook: Daybook) -> None:
    library = ModelLibrary()
    first, _ = announced(daybook, FIRST, SECOND)
    await looked(daybook, first, library, may_go=False)
    assert not library.prepared


async def test_one_that_cannot_be_read_is_met_when_its_turn_comes(
    daybook: Daybook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: Daybook, number: int) -> Transaction:
        raise OSError(number)

    first, second = announced(daybook, FIRST, SECOND)
    monkeypatch.setattr(Daybook, "transaction", read)
    ahead = await looked(daybook, first, ModelLibrary())
    with pytest.raises(OSError, match=str(second.number)):
        ahead.recorded(second)
