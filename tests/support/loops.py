"""Real file systems on loop devices, where this machine has such and lets us."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()


@contextmanager
def file_system(folder: Path, *, megabytes: int = 8, read_only: bool = False) -> Iterator[str]:
    """Make a loop device with an empty file system; gives its path, such as /dev/loop3."""
    image = folder / "stick.img"
    with image.open("wb") as file:
        file.truncate(megabytes * 1_000_000)
    with ExitStack() as undo:
        try:
            if os.geteuid() != 0:
                pytest.skip("needs root, for loop devices")
            run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", str(image))
            ro = ["--read-only"] if read_only else []
            device = run("losetup", "--find", "--show", *ro, str(image))
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"needs loop devices: {error}")
        undo.callback(subprocess.run, ["losetup", "--detach", device], check=False)
        yield device
        subprocess.run(["umount", "--quiet", device], check=False)


@contextmanager
def little_room(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a folder in memory that holds so much; a disk in it breaks when it is full."""
    folder.mkdir()
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"needs root, to mount: {error}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
