"""The engine is started anew while nothing can be recorded."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.days import answered
from support.patience import PATIENCE
from support.shift import LEFT_HAND, MAYA
from support.transactions import checkout

from drivers.scanner.symbology import Scan
from kiosk.daybook import unrecorded
from kiosk.daybook.copies import FORMAT, Copy, Header
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.journal import JournalBusyError
from kiosk.daybook.salvage import restore
from kiosk.demo.config import demo_config
from kiosk.desk import events
from kiosk.desk.session.sessions import DutyChange
from kiosk.engine import Engine, recording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is in memory, and stays when the engine is started anew."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder))
    return folder


@asynccontextmanager
async def engine(data: Path) -> AsyncIterator[Engine]:
    running = Engine(demo_config(data, port=1))
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0.1)
    yield running
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(check: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not check():  # noqa: ASYNC110 - the engine sets no event for it
            await asyncio.sleep(0.01)


def fdatasync(_: int) -> None:
    """Fail, as a disk does that has taken the bytes."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


async def fail_after_the_write(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan an item whose bytes reach the disk, but not the word that they have."""
    async with engine(data) as running:
        running._scanned(Scan(MAYA))
        await until(lambda: running._desk.state.visit and not running._recording.under_way)
        with monkeypatch.context() as broken:
            broken.setattr(os, "fdatasync", fdatasync)
            running._scanned(Scan(LEFT_HAND))
            await until(lambda: running._desk.state.alarm)


def states(data: Path) -> list[str]:
    with Daybook(data, read_only=True) as daybook:
        return [state for _, state, _ in daybook.history()]


async def test_what_was_told_as_not_recorded_is_not_delivered_afterwards(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    await fail_after_the_write(data, monkeypatch)
    assert states(data) == ["queued"]  # it is on the disk after all
    async with engine(data) as running:
        assert not running._daybook.indexes.pending
    assert states(data) == ["voided"]
    assert os.listdir(memory) == []  # noqa: PTH208 - pathlib is refused in async tests


async def test_what_is_on_paper_can_be_scanned_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    await fail_after_the_write(data, monkeypatch)
    async with engine(data) as running:
        running._scanned(Scan(MAYA))
        running._scanned(Scan(LEFT_HAND))
        await until(lambda: running._daybook.indexes.pending)
    assert states(data) == ["voided", "queued"]


async def settle_after_the_write(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that a refusal is dealt with; it reaches the disk, but not the word that it has."""
    for command in ("exceptions", "choose:1"):
        running._handle(events.Pressed(running._now(), command))
    form = running._desk.state.form
    assert form is not None
    settled = [option.value for option in form.field.options].index("settle") + 1
    await until(lambda: not running._recording.under_way)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fdatasync)
        running._handle(events.Pressed(running._now(), f"choose:{settled}"))
        running._handle(events.Pressed(running._now(), "choose:1"))
        await until(lambda: running._desk.state.alarm)


@pytest.fixture
def data_with_refusal(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    with Daybook(data) as daybook:
        lent = checkout(LEFT_HAND, MAYA)
        daybook.commit([lent, answered(lent, "refused")])
    return data


async def test_what_was_told_as_not_decided_needs_a_person_again_when_the_disk_is_back(
    data_with_refusal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "REOPEN", 0.01)
    async with engine(data_with_refusal) as running:
        await settle_after_the_write(running, monkeypatch)
        await until(lambda: running._desk.state.alarm is None)
        assert len(running._daybook.indexes.exceptions) == 1
    with Daybook(data_with_refusal, read_only=True) as daybook:
        assert len(daybook.indexes.exceptions) == 1


async def test_what_was_told_as_not_decided_needs_a_person_again_after_a_restart(
    data_with_refusal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine(data_with_refusal) as running:
        await settle_after_the_write(running, monkeypatch)
    with Daybook(data_with_refusal, read_only=True) as daybook:
        assert not daybook.indexes.exceptions  # it is on the disk after all
    async with engine(data_with_refusal) as running:
        assert len(running._daybook.indexes.exceptions) == 1


async def test_during_the_alarm_nobody_else_takes_over_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "REOPEN", 0.01)
    data = tmp_path / "data"
    async with engine(data) as running:
        (data / JOURNAL).rename(tmp_path / "pulled away")
        running._scanned(Scan(MAYA))
        await until(lambda: running._desk.state.alarm)
        await asyncio.sleep(0.1)  # it has tried several times to go on
        with pytest.raises(JournalBusyError, match=f"{data} is in use by another kiosk"):
            Engine(demo_config(data, port=1))
        copy = Copy(Header(FORMAT, "export", "1", datetime.now(UTC), "desk", ()), ())
        with pytest.raises(JournalBusyError, match=f"{data} is in use by another kiosk"):
            restore(copy, data)
        assert not (data / JOURNAL).exists()
        (tmp_path / "pulled away").rename(data / JOURNAL)
        await until(lambda: running._desk.state.alarm is None)


@pytest.mark.parametrize("begun", [True, False])
async def test_another_daybook_in_its_place_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    monkeypatch.setattr(recording, "REOPEN", 0.01)
    data, other = tmp_path / "data", tmp_path / "other"
    other.mkdir()
    with Daybook(other) as daybook:
        for item in ("31234000381408", "31234000668382", "31234000765105", "31234000149144"):
            for _ in range(5):
                daybook.commit([checkout(item)])
    async with engine(data) as running:
        running._scanned(Scan(MAYA))
        if begun:
            running._scanned(Scan(LEFT_HAND))
            await until(lambda: running._daybook.indexes.last)
        (data / JOURNAL).rename(tmp_path / "pulled away")
        running._scanned(Scan("31234000863876"))
        await until(lambda: running._desk.state.alarm)
        (other / JOURNAL).rename(data / JOURNAL)
        await asyncio.sleep(0.2)  # it has tried several times to go on
        assert running._desk.state.alarm
        (data / JOURNAL).rename(other / JOURNAL)
        (tmp_path / "pulled away").rename(data / JOURNAL)
        await until(lambda: running._desk.state.alarm is None)
    assert states(other) == ["queued"] * 20


async def test_what_is_put_at_the_very_end_of_an_alarm_raises_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording, "REOPEN", 0.05)
    data = tmp_path / "data"
    async with engine(data) as running:
        (data / JOURNAL).rename(tmp_path / "pulled away")
        running._scanned(Scan(MAYA))
        await until(lambda: running._desk.state.alarm)
        (tmp_path / "pulled away").rename(data / JOURNAL)
        stopped = running._recording.writer
        loop = asyncio.get_running_loop()

        def change(mode: str) -> None:
            """Change the mode, again and again: each time a fact for the daybook."""
            if running._recording.writer is stopped:
                running._handle(events.Pressed(running._now(), mode))
                loop.call_soon(change, "checkout" if mode == "checkin" else "checkin")

        change("checkin")
        await until(lambda: running._desk.state.alarm is None)
        await until(lambda: not running._recording.under_way)
        assert caplog.text.count("nothing is being recorded") == 1
        mode = running._desk.state.mode
    with Daybook(data, read_only=True) as daybook:
        assert daybook.standing().mode == mode


@pytest.mark.parametrize(("failed", "locked"), [("s1", "start"), ("s2", "")])
def test_a_desk_of_which_it_is_not_known_whether_it_was_locked_is(
    tmp_path: Path, failed: str, locked: str
) -> None:
    data, now = tmp_path / "data", datetime.now(UTC)
    data.mkdir()
    with Daybook(data) as daybook:
        daybook.commit([DutyChange(id="s1", at=now, boot="b1", staff="Tomas", number="2")])
    unrecorded.remember(data, {failed})
    held = recording.Recording(data, lambda: now)
    held.void_unrecorded()
    duty = held.daybook.duty()
    held.daybook.close()
    assert duty is not None
    assert (duty.staff, duty.locked) == ("Tomas", locked)


def test_nothing_is_remembered_where_no_folder_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    unrecorded.remember(tmp_path, {"t1"})
    assert unrecorded.recall(tmp_path) == set()
    unrecorded.forget(tmp_path)


def test_two_kiosks_on_one_machine_do_not_share_what_they_remember(tmp_path: Path) -> None:
    unrecorded.remember(tmp_path / "one", {"t1"})
    unrecorded.remember(tmp_path / "other", {"t2"})
    assert unrecorded.recall(tmp_path / "one") == {"t1"}
    unrecorded.forget(tmp_path / "one")
    assert unrecorded.recall(tmp_path / "one") == set()
    assert unrecorded.recall(tmp_path / "other") == {"t2"}


def test_a_memory_that_cannot_be_written_or_read_stops_nothing(
    tmp_path: Path, memory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unrecorded.remember(tmp_path, {"t1"})
    (kept,) = memory.iterdir()
    kept.write_text("garbage")
    assert unrecorded.recall(tmp_path) == set()
    memory.rename(memory.with_name("gone"))
    unrecorded.remember(tmp_path, {"t1"})
    assert "forgotten at a restart" in caplog.text
