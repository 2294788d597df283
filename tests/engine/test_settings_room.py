"""What was changed on the screen: kept, checked as it is typed, and counted when it may."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from kiosk.config import Config, stored
from kiosk.engine.settings import OPEN, EngineEnds, SettingsRoom
from kiosk.engine.tasks import Tasks
from kiosk.view.messages import ChangeSetting, Leave, SettingsLeft

if TYPE_CHECKING:
    from pathlib import Path

MORNING = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


class Room(SettingsRoom):
    def __init__(self, config: Config) -> None:
        self.tasks = Tasks()
        self.time = MORNING
        self.busy, self.resting = False, False
        super().__init__(
            config,
            self.tasks,
            now=lambda: self.time,
            show=lambda: None,
            busy=lambda: self.busy,
            at_rest=lambda: self.resting,
        )

    async def set(self, key: str, value: str, *, keep: bool = True) -> None:
        self.take(ChangeSetting(key=key, value=value, keep=keep))
        await asyncio.gather(*self.tasks._tasks, return_exceptions=True)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(Config(data=tmp_path))


async def test_how_the_screen_looks_everybody_may_change_and_it_counts_at_once(room: Room) -> None:
    await room.set("screen.theme", "contrast")
    await room.set("screen.language", "fr")
    assert (room.display.theme, room.display.language) == ("contrast", "fr")
    assert stored.kept(room._config.data) == {"screen.theme": "contrast", "screen.language": "fr"}


async def test_what_the_file_decides_stays_as_it_is(tmp_path: Path) -> None:
    room = Room(Config(data=tmp_path, fixed=frozenset({"screen.theme", "desk.loan_days"})))
    room.open("Ada")
    await room.set("screen.theme", "dark")
    await room.set("desk.loan_days", "7")
    assert room.display.theme == "light"
    assert room.display.fixed == ("screen.theme",)
    assert stored.kept(tmp_path) == {}
    assert [x.key for x in room.shown.settings if x.fixed] == ["desk.loan_days"]


async def test_the_rest_takes_an_administrator(room: Room) -> None:
    await room.set("desk.loan_days", "7")
    assert stored.kept(room._config.data) == {}
    assert room.shown is None
    room.open("Ada")
    await room.set("desk.loan_days", "7")
    assert stored.kept(room._config.data) == {"desk.loan_days": 7}
    assert room.shown.restart


async def test_what_is_typed_is_checked_and_not_kept(room: Room) -> None:
    room.open("Ada")
    await room.set("desk.loan_days", "1x", keep=False)
    assert room.display.tried.problem.key == "form.number"
    await room.set("desk.loan_days", "14", keep=False)
    assert room.display.tried.problem is None
    assert stored.kept(room._config.data) == {}


async def test_no_secret_and_nothing_unknown_can_be_set(room: Room) -> None:
    room.open("Ada")
    for key in ("ils.sip2.password", "data", "nothing.at.all", ""):
        await room.set(key, "x")
    assert stored.kept(room._config.data) == {}


async def test_they_close_when_nobody_changes_anything(room: Room) -> None:
    room.open("Ada")
    room.time += OPEN - timedelta(seconds=1)
    await room.set("support.name", "IT", keep=False)
    assert not room.tick(room.time + OPEN - timedelta(seconds=1))
    assert room.tick(room.time + OPEN)
    assert room.shown is None


async def test_what_was_changed_counts_once_the_engine_was_started_anew(room: Room) -> None:
    room.open("Ada")
    await room.set("support.name", "IT")
    room.close()
    with pytest.raises(EngineEnds) as end:
        await asyncio.wait_for(room.tasks.watch(), PATIENCE)
    assert end.value.how == "restart"
    assert room.leaving == "restart"


async def test_left_they_are_closed_and_what_was_changed_waits_until_nobody_is_served(
    room: Room,
) -> None:
    room.open("Ada")
    await room.set("support.name", "IT")
    room.take(SettingsLeft())
    assert room.shown is None
    await room.set("support.name", "Nobody")
    assert stored.kept(room._config.data) == {"support.name": "IT"}
    assert not room.tick(MORNING)
    assert all(task.done() for task in room.tasks._tasks)
    room.resting = True
    room.tick(MORNING)
    with pytest.raises(EngineEnds) as end:
        await asyncio.wait_for(room.tasks.watch(), PATIENCE)
    assert end.value.how == "restart"


async def test_what_is_on_its_way_to_the_disk_when_they_are_closed_counts_too(room: Room) -> None:
    room.open("Ada")
    room.take(ChangeSetting(key="support.name", value="IT"))
    room.take(SettingsLeft())
    await asyncio.gather(*room.tasks._tasks, return_exceptions=True)
    room.resting = True
    room.tick(MORNING)
    with pytest.raises(EngineEnds):
        await asyncio.wait_for(room.tasks.watch(), PATIENCE)


async def test_who_comes_back_to_them_is_not_sent_away_by_the_new_start(room: Room) -> None:
    room.open("Ada")
    await room.set("support.name", "IT")
    room.busy = True
    room.close()
    room.open("Ada")
    room.busy = False
    await asyncio.gather(*room.tasks._tasks)
    assert (room.leaving, room.shown.by) == ("", "Ada")
    room.close()
    with pytest.raises(EngineEnds):
        await asyncio.wait_for(room.tasks.watch(), PATIENCE)


async def test_the_kiosk_is_closed_by_an_administrator_alone_and_not_before_all_is_done(
    room: Room,
) -> None:
    room.take(Leave())
    assert not room.tasks._tasks
    room.busy = True
    room.open("Ada")
    room.take(Leave())
    await asyncio.sleep(0.3)
    assert room.leaving == ""
    room.busy = False
    with pytest.raises(EngineEnds):
        await asyncio.wait_for(room.tasks.watch(), PATIENCE)


async def test_a_full_disk_changes_nothing_and_says_so(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored, "keep", full)
    await room.set("screen.theme", "dark")
    assert room.display.theme == "light"
    assert room.display.tried.problem.key == "setting.not_kept"


async def test_two_changes_at_once_are_both_kept(room: Room) -> None:
    room.open("Ada")
    room.take(ChangeSetting(key="support.name", value="IT"))
    room.take(ChangeSetting(key="support.phone", value="555 0142"))
    await room.set("support.email", "it@example.org")
    assert replace(room._config.support) == stored.merged(room._running).support
    assert len(stored.kept(room._config.data)) == 3


async def test_what_cannot_be_kept_is_never_said_to_fit_before(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "keep", lambda *_: (_ for _ in ()).throw(OSError(30, "read-only")))
    room.open("Ada")
    room.take(ChangeSetting(key="desk.loan_days", value="7"))
    assert room.display.tried is None, "nobody knows yet"
    await asyncio.gather(*room.tasks._tasks, return_exceptions=True)
    assert room.display.tried.problem is not None


async def test_what_was_kept_is_said_to_fit(room: Room) -> None:
    await room.set("screen.theme", "dark")
    assert (room.display.tried.value, room.display.tried.problem) == ("dark", None)


async def test_settings_that_cannot_be_read_are_said_to_be_until_one_is_set(tmp_path: Path) -> None:
    (tmp_path / stored.NAME).write_text("{")
    room = Room(Config(data=tmp_path))
    assert room.display.damaged
    await room.set("screen.theme", "dark")
    assert not room.display.damaged
