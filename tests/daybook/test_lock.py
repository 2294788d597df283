"""One kiosk to a data folder."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from kiosk.daybook.journal import JournalBusyError
from kiosk.daybook.lock import LOCK, FolderLock, is_held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "new" / "data"


@pytest.fixture
def lock(data: Path) -> Iterator[FolderLock]:
    lock = FolderLock(data)
    yield lock
    lock.close()


@pytest.mark.usefixtures("lock")
def test_a_folder_is_made_and_held_by_one_alone(data: Path) -> None:
    with pytest.raises(JournalBusyError, match=f"{data} is in use by another kiosk"):
        FolderLock(data)
    code = f"import pathlib, kiosk.daybook.lock as x; x.FolderLock(pathlib.Path({str(data)!r}))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"in use by another kiosk" in other.stderr


def test_whether_it_is_held_can_be_asked_without_a_trace(data: Path) -> None:
    assert not is_held(data)
    assert not data.exists()
    with closing(FolderLock(data)):
        assert is_held(data)
    assert not is_held(data)


def test_who_only_asks_keeps_nobody_from_it(data: Path) -> None:
    FolderLock(data).close()
    asking = (data / LOCK).open()
    fcntl.flock(asking, fcntl.LOCK_SH)
    threading.Timer(0.01, asking.close).start()
    FolderLock(data).close()


def test_once_it_is_let_go_the_next_can_have_it(data: Path, lock: FolderLock) -> None:
    lock.close()
    lock.close()
    assert (data / LOCK).exists()
    assert not is_held(data)


def test_a_folder_that_was_moved_is_held_where_it_should_be(data: Path, lock: FolderLock) -> None:
    data.rename(data.with_name("elsewhere"))
    lock.renew()
    assert is_held(data)
    assert not is_held(data.with_name("elsewhere"))


def test_a_folder_that_was_removed_is_made_anew(data: Path, lock: FolderLock) -> None:
    shutil.rmtree(data)
    lock.renew()
    assert is_held(data)


def test_where_another_was_faster_the_old_one_is_kept_and_it_can_be_tried_again(
    data: Path, lock: FolderLock
) -> None:
    data.rename(data.with_name("elsewhere"))
    other = FolderLock(data)
    with pytest.raises(JournalBusyError):
        lock.renew()
    assert is_held(data.with_name("elsewhere"))
    other.close()
    lock.renew()
    assert is_held(data)


def test_holding_what_is_held_changes_nothing(data: Path, lock: FolderLock) -> None:
    before = (data / LOCK).stat()
    lock.renew()
    assert (data / LOCK).stat().st_ino == before.st_ino
    assert is_held(data)
