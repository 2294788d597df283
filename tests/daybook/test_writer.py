"""The writer's thread: scans before outcomes, in groups, and everybody hears what became of it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE
from support.transactions import checkout, outcome

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Fact
from kiosk.daybook.journal import JournalError
from kiosk.daybook.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from kiosk.daybook.daybook import Committed


class SlowDaybook(Daybook):
    """A daybook whose disk waits to be let go on, and notes each commit."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.groups: list[list[Fact]] = []
        self.failure: Exception | None = None
        self.busy = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def commit(self, facts: Sequence[Fact]) -> Committed:
        self.groups.append(list(facts))
        self.busy.set()
        assert self.go_on.wait(PATIENCE)
        if self.failure is not None:
            raise self.failure
        return super().commit(facts)

    async def hold(self, writer: Writer) -> None:
        """Keep the disk busy with something, until `go_on` is set."""
        self.busy.clear()
        self.go_on.clear()
        writer.put([], lambda _: None)
        await asyncio.to_thread(self.busy.wait, PATIENCE)
        self.groups.clear()


@pytest.fixture
def daybook(tmp_path: Path) -> SlowDaybook:
    return SlowDaybook(tmp_path)


@pytest.fixture
async def writer(daybook: SlowDaybook) -> AsyncIterator[Writer]:
    writer = Writer(daybook, asyncio.get_running_loop())
    yield writer
    daybook.go_on.set()
    await asyncio.to_thread(writer.stop)
    daybook.close()


async def test_what_was_written_is_on_the_disk_and_known(
    daybook: SlowDaybook, writer: Writer
) -> None:
    lent = checkout("i1")
    async with asyncio.timeout(PATIENCE):
        await writer.write([lent])
    assert daybook.transaction(1) == lent
    assert lent.id in daybook.indexes.pending


async def test_scans_go_before_outcomes_and_each_kind_in_one_group(
    daybook: SlowDaybook, writer: Writer
) -> None:
    before, after = checkout("i1"), [checkout("i2"), checkout("i3"), checkout("i4")]
    said = [Answered(outcome=outcome(before, words=str(n))) for n in range(2)]
    await daybook.hold(writer)
    waiting = [asyncio.ensure_future(writer.write([x], urgent=False)) for x in said]
    waiting += [asyncio.ensure_future(writer.write([x])) for x in after]
    await asyncio.sleep(0)
    daybook.go_on.set()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*waiting)
    assert daybook.groups == [after, said]


async def test_callers_hear_in_the_order_in_which_they_asked(writer: Writer) -> None:
    heard: list[int] = []
    last: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for n in range(50):
        writer.put([checkout(f"i{n}")], lambda _, n=n: heard.append(n))
    writer.put([], lambda _: last.set_result(None))
    async with asyncio.timeout(PATIENCE):
        await last
    assert heard == list(range(50))


@pytest.mark.parametrize("failure", [JournalError("No space left"), ValueError("unforeseen")])
async def test_a_failure_reaches_everybody_who_waits_and_nothing_is_known_of_it(
    daybook: SlowDaybook, writer: Writer, failure: Exception
) -> None:
    await daybook.hold(writer)
    daybook.failure = failure
    waiting = [writer.write([checkout(f"i{n}")], urgent=n % 2 == 0) for n in range(6)]
    tasks = [asyncio.ensure_future(x) for x in waiting]
    await asyncio.sleep(0)
    daybook.go_on.set()
    async with asyncio.timeout(PATIENCE):
        heard = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(x, JournalError) and str(failure) in str(x) for x in heard)
    assert daybook.indexes.pending == {}


async def test_after_a_failure_nothing_is_written_any_more(
    daybook: SlowDaybook, writer: Writer
) -> None:
    daybook.failure = ValueError("only once")
    with pytest.raises(JournalError):
        await writer.write([checkout("i1")])
    daybook.failure = None
    with pytest.raises(JournalError, match="only once"):
        await writer.write([checkout("i2")])
    assert list(daybook.history()) == []


async def test_one_who_trips_over_the_news_keeps_it_from_nobody(writer: Writer) -> None:
    tripped: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: tripped.append(context))

    def trip(_: JournalError | None) -> None:
        raise ZeroDivisionError

    writer.put([checkout("i1")], trip)
    async with asyncio.timeout(PATIENCE):
        await writer.write([checkout("i2")])
    assert len(tripped) == 1


async def test_one_who_has_stopped_waiting_is_left_alone(
    daybook: SlowDaybook, writer: Writer
) -> None:
    tripped: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: tripped.append(context))
    await daybook.hold(writer)
    gone = asyncio.ensure_future(writer.write([checkout("i1")]))
    await asyncio.sleep(0)
    gone.cancel()
    daybook.go_on.set()
    async with asyncio.timeout(PATIENCE):
        await writer.write([checkout("i2")])
    assert gone.cancelled()
    assert tripped == []
    assert len(list(daybook.history())) == 2


async def test_stop_writes_what_was_put(daybook: SlowDaybook, writer: Writer) -> None:
    await daybook.hold(writer)
    heard: list[JournalError | None] = []
    lent = checkout("i1")
    writer.put([Answered(outcome=outcome(lent))], heard.append, urgent=False)
    writer.put([lent], heard.append)
    stopping = asyncio.ensure_future(asyncio.to_thread(writer.stop))
    daybook.go_on.set()
    async with asyncio.timeout(PATIENCE):
        await stopping
    assert heard == [None, None]
    assert [state for _, state, _ in daybook.history()] == ["applied"]


async def test_what_is_put_after_stop_fails_at_once(daybook: SlowDaybook, writer: Writer) -> None:
    await asyncio.to_thread(writer.stop)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(JournalError, match="nothing is being recorded"):
            await writer.write([checkout("i1")])
    assert list(daybook.history()) == []


# -- jobs between commits --------------------------------------------------------------------------


async def test_a_job_is_done_in_the_thread_when_nothing_waits_to_be_written(
    daybook: SlowDaybook, writer: Writer
) -> None:
    await daybook.hold(writer)
    done: list[str] = []
    job = asyncio.create_task(writer.do(lambda: done.append(threading.current_thread().name)))
    await asyncio.sleep(0)
    writes = [writer.write([checkout("i1")]), writer.write([checkout("i2")], urgent=False)]
    waiting = asyncio.gather(*writes)
    await asyncio.sleep(0)
    daybook.go_on.set()
    await waiting
    assert len(daybook.groups) == 2
    await job
    assert done == ["daybook"]


async def test_a_job_gives_what_it_gives_and_raises_what_it_raises(writer: Writer) -> None:
    assert await writer.do(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        await writer.do(lambda: 1 // 0)
    await writer.write([checkout("i1")])  # that did not harm it


async def test_after_a_failure_no_job_is_done(daybook: SlowDaybook, writer: Writer) -> None:
    daybook.failure = JournalError("the disk is full")
    with pytest.raises(JournalError):
        await writer.write([checkout("i1")])
    done: list[int] = []
    with pytest.raises(JournalError, match="the disk is full"):
        await writer.do(lambda: done.append(1))
    await asyncio.to_thread(writer.stop)
    with pytest.raises(JournalError, match="the disk is full"):
        await writer.do(lambda: done.append(1))
    assert done == []
