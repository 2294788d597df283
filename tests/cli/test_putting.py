"""What a command was told gets on the disk, whatever the engine does meanwhile."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.shift import Process, wait_for
from support.transactions import MAYA, NOW, checkout

from kiosk.cli import asking, putting
from kiosk.cli.common import CommandError
from kiosk.config import Config
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Batched, BatchLoaded
from kiosk.daybook.lock import FolderLock, is_recording
from kiosk.reports import decided
from kiosk.view.messages import FileDecided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from kiosk.daybook.facts import BatchDecision

LOADED = FileDecided(batch="b1", what="loaded")


class Desk:
    """A kiosk that has handed over a file, and an engine that tests start and kill."""

    def __init__(self, folder: Path) -> None:
        self.config = Config(data=folder / "data")
        file = folder / "kiosk.toml"
        file.write_text(f'data = "{self.config.data}"\n')
        self.engine = Process("engine", "--config", str(file))
        self.recorded_here = 0
        self.config.data.mkdir()
        lent = checkout("i1", MAYA)
        with Daybook(self.config.data) as daybook:
            daybook.commit([lent])
            batched = Batched(
                id="b1", system="files", transactions=(lent.id,), numbers=(1,), times=(NOW,),
                at=NOW, key="/out/koc-1", title="koc-1", name="koc-1", rests_as="handed_over",
            )  # fmt: skip
            daybook.commit([batched])
            daybook.commit([BatchLoaded(batch="b1", at=NOW)])

    def starts(self) -> None:
        self.engine.start()
        wait_for(lambda: is_recording(self.config.data), "the engine")

    def put(self, is_put: Callable[[], bool] = lambda: False) -> None:
        putting.put(self.config, intents=[LOADED], facts=self._facts, is_put=is_put)

    def _facts(self, now: datetime) -> list[BatchDecision]:
        self.recorded_here += 1
        return [decided("b1", "loaded", now)]

    @property
    def is_loaded(self) -> bool:
        with Daybook(self.config.data, read_only=True) as daybook:
            [known] = daybook.indexes.batches
            return known.confirmed is not None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.engine.stop()


def once_reached(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> None:
    """Have something happen to the engine when a command has reached it for the first time."""
    rest = iter([does])

    def reached(way: asking.Link, data: Path) -> bool:
        is_there = asking.reached(way, data)
        next(rest, lambda: None)()
        return is_there

    monkeypatch.setattr(putting, "reached", reached)


def test_without_an_engine_the_command_records_it(desk: Desk) -> None:
    desk.put()
    assert desk.is_loaded
    assert desk.recorded_here == 1


def test_an_engine_that_runs_records_it(desk: Desk) -> None:
    desk.starts()
    desk.put()
    assert desk.is_loaded
    assert desk.recorded_here == 0


def test_when_the_engine_is_killed_in_the_middle_the_command_records_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.starts()
    once_reached(monkeypatch, desk.engine.kill)
    desk.put()
    assert desk.is_loaded
    assert desk.recorded_here == 1


def test_when_the_engine_is_started_again_in_the_middle_it_is_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restart() -> None:
        desk.engine.kill()
        desk.starts()

    desk.starts()
    once_reached(monkeypatch, restart)
    desk.put()
    assert desk.is_loaded
    assert desk.recorded_here == 0


def test_what_the_engine_had_recorded_before_it_went_is_not_said_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.starts()
    once_reached(monkeypatch, desk.engine.kill)
    desk.put(is_put=lambda: True)
    assert desk.recorded_here == 0


def test_an_engine_that_holds_the_daybook_and_never_answers_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:

    with closing(FolderLock(desk.config.data)):
        monkeypatch.setattr(asking, "ENGINE_STARTS", 0.2)
        with pytest.raises(CommandError, match="does not answer"):
            desk.put()
    assert not desk.is_loaded


def test_an_engine_that_goes_again_and_again_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting, "_hand_over", lambda *_: False)
    with (
        closing(FolderLock(desk.config.data)),
        pytest.raises(CommandError, match="ends again and again"),
    ):
        desk.put()
