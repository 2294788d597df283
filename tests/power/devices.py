"""Block devices of a Linux guest, without udev or a shell: modules, mounts, dm-log-writes, loop.

Sources: mount(2), loop(4), include/uapi/linux/dm-ioctl.h, and in Linux's own documentation
admin-guide/device-mapper/log-writes.rst.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODULES = Path("/usr/lib/uml/modules")
_libc = ctypes.CDLL(None, use_errno=True)
_FINIT_MODULE = 313
"""On x86-64, the only machine that user-mode Linux knows."""
_LOOP_SET_FD = 0x4C00
_DM_HEAD = struct.Struct("<3IIIIiIIIQ128s129s7x")
_DM_CREATE, _DM_REMOVE, _DM_RESUME, _DM_LOAD, _DM_MESSAGE = 3, 4, 6, 9, 14
_NAME = b"logged"


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def load_module(name: str) -> None:
    """Load a module of the running kernel, such as `md/dm-mod`."""
    path = MODULES / os.uname().release / "kernel" / "drivers" / f"{name}.ko"
    with path.open("rb") as file:
        _check(_libc.syscall(_FINIT_MODULE, file.fileno(), b"", 0), f"loading {name}")


def mount(source: str, target: Path, kind: str, options: str = "") -> None:
    """Mount a file system on a folder, which is made."""
    target.mkdir(exist_ok=True)
    words = (source.encode(), os.fsencode(target), kind.encode(), 0, options.encode())
    _check(_libc.mount(*words), f"mounting {source}")


@contextmanager
def mounted(source: str, target: Path, kind: str) -> Iterator[Path]:
    """Mount, and unmount at the end."""
    mount(source, target, kind)
    try:
        yield target
    finally:
        _check(_libc.umount2(os.fsencode(target), 0), f"unmounting {target}")


@contextmanager
def logged(disk: str, log: str, sectors: int) -> Iterator[tuple[str, Callable[[str], None]]]:
    """Give a device that logs what it passes on to the disk, and what puts a mark into the log."""
    table = struct.pack("<QQiI16s", 0, sectors, 0, 0, b"log-writes")
    _device_mapper(_DM_CREATE)
    _device_mapper(_DM_LOAD, table + f"{disk} {log}".encode(), targets=1)
    _device_mapper(_DM_RESUME)

    def mark(text: str) -> None:
        _device_mapper(_DM_MESSAGE, struct.pack("<Q", 0) + f"mark {text}".encode())

    try:
        yield "/dev/dm-0", mark
    finally:
        _device_mapper(_DM_REMOVE)


def _device_mapper(command: int, words: bytes = b"", targets: int = 0) -> None:
    words = words and words + bytes(8 - len(words) % 8)
    size = _DM_HEAD.size + len(words)
    start = _DM_HEAD.size
    head = _DM_HEAD.pack(4, 0, 0, size, start, targets, 0, 0, 0, 0, 0, _NAME, b"")
    ioctl = 3 << 30 | _DM_HEAD.size << 16 | 0xFD << 8 | command  # _IOWR
    with Path("/dev/mapper/control").open("rb") as control:
        fcntl.ioctl(control, ioctl, bytearray(head + words))


def loop_device(file: Path) -> str:
    """Make a file a block device."""
    device = "/dev/loop0"
    with file.open("r+b") as inside, Path(device).open("r+b") as loop:
        fcntl.ioctl(loop, _LOOP_SET_FD, inside.fileno())
    return device


def power_off() -> None:
    """End the guest."""
    os.sync()
    _libc.reboot(0x4321FEDC)
