"""What tests of the daybook share."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support.journals import Disk
from support.workloads import AtOnce

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.journal import storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let spare segments be made at once, so that each run is the same, and no reader pause."""
    monkeypatch.setattr(storage, "threading", SimpleNamespace(Thread=AtOnce))
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: None)
    monkeypatch.setattr(storage, "time", clock)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Give a disk that can be told to fail."""
    with monkeypatch.context() as patch:
        yield Disk(patch)


@pytest.fixture
def daybook(tmp_path: Path) -> Iterator[Daybook]:
    """Give an empty daybook."""
    with Daybook(tmp_path) as daybook:
        yield daybook
