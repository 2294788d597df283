"""What tests that record and cut the power share."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from support.workloads import AtOnce

from kiosk.daybook.journal import storage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def memory() -> Iterator[Path]:
    """Give a folder in memory where there is one: thousands of states are written there."""
    in_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let spare segments be made at once, so that each run is the same."""
    monkeypatch.setattr(storage, "threading", SimpleNamespace(Thread=AtOnce))
