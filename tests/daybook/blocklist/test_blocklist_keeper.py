"""When the source is asked, and what the keeper has to give."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.blocklists import JONAS, MADE, MAYA, ZONE, built
from support.patience import PATIENCE

from kiosk.daybook.blocklist import keeper as keeping
from kiosk.daybook.blocklist.file import HEADER_SIZE
from kiosk.daybook.blocklist.keeper import Attempts, Keeper, is_due
from kiosk.daybook.blocklist.refresh import refresh
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.desk.checks.blocklist import Listed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

URL = BlockListSettings(url="https://example.org/list.txt", times=("07:00", "13:30"))
DAY = datetime(2026, 11, 21, tzinfo=ZONE)


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    return DAY.replace(day=day, hour=hour, minute=minute)


def test_without_a_source_nothing_is_ever_due() -> None:
    assert not is_due(BlockListSettings(), Attempts(), at(7))


def test_without_a_list_the_source_is_asked_at_once() -> None:
    assert is_due(URL, Attempts(), at(3))


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (at(7, 1), at(13, 29), False),
        (at(7, 1), at(13, 30), True),
        (at(6, 59), at(7), True),
        (at(13, 31), at(23, 59), False),
        (at(13, 31), at(6, 59, day=22), False),
        (at(13, 31), at(7, 0, day=22), True),
        (at(7, 1), at(9, 0, day=25), True),
    ],
)
def test_a_url_is_asked_at_its_times_and_when_one_was_missed(
    last: datetime, now: datetime, due: bool
) -> None:
    assert is_due(URL, Attempts(last), now) is due


def test_after_a_failure_it_waits_longer_each_time_up_to_an_hour() -> None:
    pauses = []
    for failures in range(1, 12):
        minutes = next(
            m
            for m in range(200)
            if is_due(URL, Attempts(at(14), failures), at(14) + timedelta(minutes=m))
        )
        pauses.append(minutes)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_a_clock_that_was_set_back_does_not_keep_the_list_away() -> None:
    assert is_due(URL, Attempts(at(12, day=25)), at(12))


def test_a_folder_is_looked_into_every_few_minutes(tmp_path: Path) -> None:
    settings = BlockListSettings(folder=tmp_path, every=10)
    assert not is_due(settings, Attempts(at(9)), at(9, 9))
    assert is_due(settings, Attempts(at(9)), at(9, 10))


def keeper(data: Path, **settings: object) -> Keeper:
    return Keeper(
        BlockListSettings(**settings), data, ZONE, lambda: datetime.now(ZONE), lambda: None
    )  # type: ignore[arg-type]


async def test_a_list_brought_by_hand_is_seen(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    assert kept.header is None
    assert kept.listed(MAYA) is None
    built(tmp_path, [(MAYA, "lost")])
    assert await kept.look()
    assert kept.listed(MAYA) is not None
    assert not await kept.look()
    built(tmp_path, [(JONAS, "lost")])
    assert await kept.look()
    assert kept.listed(MAYA) is None


async def test_a_damaged_list_is_not_used_until_another_comes(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    path = tmp_path / "blocklist"
    path.write_bytes(path.read_bytes()[:-1])
    kept = keeper(tmp_path)
    assert (kept.damaged, kept.header, kept.listed(MAYA)) == (True, None, None)
    built(tmp_path, [(MAYA, "lost")])
    assert await kept.look()
    assert not kept.damaged


async def test_a_list_that_was_taken_away_is_not_used_any_more(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    kept = keeper(tmp_path)
    (tmp_path / "blocklist").unlink()
    assert await kept.look()
    assert (kept.damaged, kept.header, kept.listed(MAYA)) == (False, None, None)


async def test_a_disk_that_hangs_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(tmp_path, [(MAYA, "lost")])
    kept = keeper(tmp_path)
    answers = threading.Event()
    identity = keeping.identity

    def hanging(stat: os.stat_result) -> tuple[int, int]:
        answers.wait(PATIENCE)
        return identity(stat)

    monkeypatch.setattr(keeping, "identity", hanging)
    looking = asyncio.create_task(kept.look())
    await asyncio.sleep(0.05)
    assert not looking.done()
    assert kept.listed(MAYA) is not None
    answers.set()
    assert not await looking


async def test_a_machine_without_room_for_a_child_keeps_its_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", full)
    kept = keeper(tmp_path, folder=tmp_path)
    await kept._refresh(Attempts())
    assert kept.trouble is not None
    assert kept.trouble.args == {"reason": "Cannot allocate memory"}


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_damage_that_opening_does_not_show_is_found_a_moment_later(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    with (tmp_path / "blocklist").open("r+b") as file:
        file.seek(HEADER_SIZE)
        file.write(b"\xff")
    kept = keeper(tmp_path)
    assert not kept.damaged
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.damaged)
    assert kept.header is None
    await _stop(running)


async def test_in_the_place_of_a_damaged_list_comes_even_an_older_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "list.txt").write_text(f"{MAYA} L\n")
    settings = BlockListSettings(folder=tmp_path, files="*.txt", every=1000)
    refresh(settings, tmp_path, ZONE, datetime.now(ZONE) - timedelta(hours=1))
    with (tmp_path / "blocklist").open("r+b") as file:
        file.seek(HEADER_SIZE)
        file.write(b"\xfe")
    os.utime(tmp_path / "list.txt", (0, 0))
    kept = keeper(tmp_path, folder=tmp_path, files="*.txt", every=1000)
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.header is not None and kept.header.made.year == 1970)
    assert not kept.damaged
    await _stop(running)


async def test_a_list_that_breaks_off_under_the_desk_is_brought_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.02)
    (tmp_path / "list.txt").write_text(f"{MAYA} L\n")
    settings = BlockListSettings(folder=tmp_path, files="*.txt", every=1000)
    refresh(settings, tmp_path, ZONE, datetime.now(ZONE) - timedelta(hours=1))
    kept = keeper(tmp_path, folder=tmp_path, files="*.txt", every=1000)
    running = asyncio.create_task(kept.run())
    await asyncio.sleep(0)
    os.truncate(tmp_path / "blocklist", HEADER_SIZE)
    assert kept.listed(MAYA) is None
    assert (kept.damaged, kept.header) == (True, None)
    await _until(lambda: kept.listed(MAYA))
    assert not kept.damaged
    await _stop(running)


async def test_a_disk_that_spoils_every_list_is_not_written_to_without_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.02)
    (tmp_path / "list.txt").write_text(f"{MAYA} L\n")
    kept = keeper(tmp_path, folder=tmp_path, files="*.txt", every=1000)
    refreshed: list[object] = []

    async def spoilt(job: object) -> keeping.Done:
        refreshed.append(job)
        (tmp_path / "blocklist").write_bytes(b"noise %d" % len(refreshed))
        return keeping.Done()

    monkeypatch.setattr(keeping, "_child", spoilt)
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.damaged)
    await asyncio.sleep(0.2)
    assert len(refreshed) == 1
    await _stop(running)


async def test_a_list_that_nobody_could_verify_is_used_and_verified_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.02)
    monkeypatch.setattr(keeping, "FIRST_PAUSE", timedelta(seconds=0.05))
    tried: list[str] = []
    begin = asyncio.create_subprocess_exec

    async def badly(*command: str, **pipes: int) -> asyncio.subprocess.Process:
        tried.append("")
        assert kept.listed(MAYA) is not None
        if len(tried) == 1:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return await begin(*(["false"] if len(tried) == 2 else command), **pipes)

    built(tmp_path, [(MAYA, "lost"), ("A1", "lost")])
    with (tmp_path / "blocklist").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\xfe")
    kept = keeper(tmp_path)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", badly)
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.damaged)
    assert len(tried) == 3
    await _stop(running)


async def test_lists_come_by_themselves_and_what_is_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.02)
    monkeypatch.setattr(keeping, "FIRST_PAUSE", timedelta(seconds=0.1))
    data, source = tmp_path / "data", tmp_path / "source"
    data.mkdir()
    kept = keeper(data, folder=source)
    changes: list[object] = []
    kept._changed = lambda: changes.append(kept.header)
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.trouble)
    assert kept.trouble is not None
    assert kept.trouble.key == "blocklist.no_file"
    source.mkdir()
    (source / "list.txt").write_text(f"{MAYA} B\n")
    await _until(lambda: kept.header)
    await _until(lambda: kept.trouble is None)
    assert kept.listed(MAYA) is not None
    assert changes
    await _stop(running)


async def test_a_list_is_brought_by_the_desks_clock_and_not_the_machines(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{MAYA} B\n")
    settings = BlockListSettings(folder=tmp_path, files="*.txt")
    kept = Keeper(settings, tmp_path, ZONE, lambda: at(9, 30), lambda: None)
    await kept._refresh(Attempts())
    assert kept.header is not None
    assert kept.header.built == at(9, 30)


async def test_settings_that_read_a_list_otherwise_have_it_brought_at_the_next_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "list.txt").write_text(f"{MAYA} L\n")
    settings = BlockListSettings(folder=tmp_path, files="*.txt", every=1000)
    refresh(settings, tmp_path, ZONE, datetime.now(ZONE))
    kept = keeper(tmp_path, folder=tmp_path, files="*.txt", every=1000, statuses={"L": "barred"})
    running = asyncio.create_task(kept.run())
    await _until(lambda: kept.listed(MAYA) == Listed(("barred",), datetime.now(ZONE).date()))
    await _stop(running)


async def test_a_child_is_stopped_with_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs (a stick that died, a server that drips) must not outlive it."""
    started: list[asyncio.subprocess.Process] = []
    begin = asyncio.create_subprocess_exec

    async def sleeper(*_: object, **pipes: int) -> asyncio.subprocess.Process:
        started.append(await begin("sleep", "60", **pipes))
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", sleeper)
    built(tmp_path, [(MAYA, "lost")])
    running = asyncio.create_task(keeper(tmp_path).run())
    await _until(lambda: started)
    await _stop(running)
    assert started[0].returncode is not None


async def test_a_child_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LONGEST", 0.05)
    built(tmp_path, [(MAYA, "lost")], made=MADE)
    kept = keeper(tmp_path, folder=tmp_path)
    attempts = Attempts()
    await kept._refresh(attempts)
    assert attempts.failures == 1
    assert kept.trouble is not None
    assert kept.trouble.key == "blocklist.child_failed"
    assert kept.listed(MAYA) is not None
