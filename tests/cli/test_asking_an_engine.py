"""How long a command waits for an engine: as long as there is hope that one will answer."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from kiosk.cli import asking
from kiosk.daybook.lock import FolderLock
from kiosk.view.link import link_path

if TYPE_CHECKING:
    from pathlib import Path

LONG = PATIENCE * 10
"""Seconds that no test lives to see."""


class Way:
    """A way to an engine that is not there."""

    def __init__(self) -> None:
        self.up = threading.Event()
        self.stopped = threading.Event()


@pytest.fixture(autouse=True)
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every patience be too long to be waited for; each test shortens one."""
    for name in ("ENGINE_STARTS", "GAP", "COMES_BACK"):
        monkeypatch.setattr(asking, name, LONG)


def test_where_nobody_holds_the_folder_and_nothing_was_left_it_soon_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "GAP", 0.0)
    assert not asking.reached(Way(), tmp_path)


def test_one_that_was_killed_is_waited_for_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "GAP", 0.0)
    link_path(tmp_path).touch()
    way = Way()
    threading.Timer(0.2, way.up.set).start()
    assert asking.reached(way, tmp_path)
    way.up.clear()
    monkeypatch.setattr(asking, "COMES_BACK", 0.05)
    assert not asking.reached(way, tmp_path)


def test_one_that_starts_holds_the_folder_and_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "GAP", 0.05)
    way = Way()
    with closing(FolderLock(tmp_path)):
        threading.Timer(0.3, way.up.set).start()
        assert asking.reached(way, tmp_path)


def test_one_that_holds_the_folder_and_never_answers_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ENGINE_STARTS", 0.1)
    with closing(FolderLock(tmp_path)):
        assert not asking.reached(Way(), tmp_path)


def test_one_that_has_turned_the_command_away_is_not_waited_for(tmp_path: Path) -> None:
    way = Way()
    way.stopped.set()
    began = time.monotonic()
    assert not asking.reached(way, tmp_path)
    assert time.monotonic() - began < PATIENCE
