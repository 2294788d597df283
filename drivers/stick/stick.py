"""A USB stick, mounted while it is needed, by udisks: without rights of root.

It is unmounted again each time, so that people may pull it out whenever nothing is being done; and
what is read after that comes from the stick, not from memory. One that is mounted already was left
so by a kiosk that was killed, and is unmounted first; or somebody else has mounted it: then it
stays so, and all is synced instead.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from drivers.stick.devices import FileSystem, find, mounted_at, run

if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNT_PATIENCE = 30.0
UNMOUNT_PATIENCE = 120.0
"""Seconds; unmounting waits until all of it is written, and some sticks are very slow."""

REFUSALS = (
    ("notauthorized", errno.EPERM),
    ("not authorized", errno.EPERM),
    ("write-protected", errno.EROFS),
    ("read-only", errno.EROFS),
    ("wrong fs type", errno.EMEDIUMTYPE),
    ("unknown filesystem", errno.EMEDIUMTYPE),
    ("not a mountable filesystem", errno.EMEDIUMTYPE),
)
"""What udisks says, and what that is. All else is EIO."""


class Stick:
    """The one USB stick that is in, or the one of a name. Every method raises OSError."""

    kind: Literal["folder", "stick"] = "stick"

    def __init__(self, label: str = "") -> None:
        self._label = label
        self.title = label or "USB"

    def check(self) -> None:
        """Find out whether it is in, and could be written to. It is not mounted for that."""
        if find(self._label).read_only:
            raise OSError(errno.EROFS, "the USB stick is write-protected")

    @contextmanager
    def opened(self, *, to_write: bool) -> Iterator[Path]:
        """Mount it, give its root, and unmount it: then all of it is on the stick."""
        if to_write:
            self.check()
        stick = find(self._label)
        if stick.mounted and not _let_go(stick):
            yield Path(stick.mounted)
            if to_write:
                os.sync()
            return
        root = _mount(stick, to_write=to_write)
        try:
            yield root
        except BaseException:
            _let_go(stick)  # if that fails too: what went wrong before is the reason
            raise
        _udisks("unmount", stick.device, UNMOUNT_PATIENCE)


def _mount(stick: FileSystem, *, to_write: bool) -> Path:
    options = "rw" if to_write else "ro"
    _udisks("mount", stick.device, MOUNT_PATIENCE, "--options", options)
    place = mounted_at(stick.device)  # what udisksctl prints depends on its version
    if not place:
        raise OSError(errno.EIO, "the USB stick was not mounted", stick.device)
    return Path(place)


def _let_go(stick: FileSystem) -> bool:
    """Unmount it, if that can be done."""
    try:
        _udisks("unmount", stick.device, UNMOUNT_PATIENCE)
    except OSError:
        return False
    return True


def _udisks(what: str, device: str, patience: float, *more: str) -> None:
    command = ("udisksctl", what, "--block-device", device, "--no-user-interaction", *more)
    done = run(*command, patience=patience)
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        number = next((n for words, n in REFUSALS if words in said.lower()), errno.EIO)
        raise OSError(number, said or f"udisksctl {what} failed", device)
