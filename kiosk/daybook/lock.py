"""One kiosk to a data folder, for as long as it runs.

The journal has a lock of its own, against a second writer. It moves with the journal's folder, and
is let go while the engine tries to get a failing disk back. This one belongs to the data folder and
to the engine: nobody else starts in this folder, or puts a daybook into it, until the engine ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from kiosk.daybook.journal import JournalBusyError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "lock"
"""The file, within the data folder. It stays when nobody holds the lock."""
SIGN = "recording"
"""The file whose lock says that scans are being recorded."""
ASKING = 0.1
"""Seconds within which somebody who asks whether the lock is held has the answer."""
_CLOSED = -1


class FolderLock:
    """Holds a data folder, which is made where there is none.

    Raises JournalBusyError where another process holds it, OSError where it cannot be made.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = _taken(data)

    def renew(self) -> None:
        """Hold the folder that is there now, which may be another one; raises as at the start."""
        if not self._is_there():
            before, self._file = self._file, _taken(self._data)
            os.close(before)

    def close(self) -> None:
        """Let the folder go."""
        if self._file != _CLOSED:
            os.close(self._file)
            self._file = _CLOSED

    def _is_there(self) -> bool:
        try:
            return os.path.samestat((self._data / LOCK).stat(), os.fstat(self._file))
        except FileNotFoundError:
            return False


class Sign:
    """Says to other processes that scans are being recorded. The kernel takes it down with ours.

    A lock on a file of its own, as a screen that has lost the engine cannot ask it.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / SIGN
        self._file = _CLOSED

    def put_up(self) -> None:
        """Say that they are; where the disk does not let us, nothing is said, which is safe."""
        self.take_down()
        with contextlib.suppress(OSError):
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _lock(self._file)

    def take_down(self) -> None:
        """Say no more that they are."""
        if self._file != _CLOSED:
            os.close(self._file)
            self._file = _CLOSED


def is_recording(data: Path) -> bool:
    """Tell whether an engine says that it records here."""
    return _is_locked(data / SIGN)


def is_held(data: Path) -> bool:
    """Tell whether a kiosk holds a data folder, as far as may be seen. Nothing is changed."""
    return _is_locked(data / LOCK)


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _taken(data: Path) -> int:
    data.mkdir(parents=True, exist_ok=True)
    file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(file)
    except BlockingIOError as error:
        os.close(file)
        raise JournalBusyError(f"{data} is in use by another kiosk on this machine") from error
    except BaseException:
        os.close(file)
        raise
    return file


def _lock(file: int) -> None:
    """Try twice: somebody may just be asking whether it is held, which takes a moment."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(ASKING)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
