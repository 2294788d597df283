"""Bytes into a folder so that they are either there, whole, under their name, or not at all.

prepare    all files under passing names, synced
prepared   what the disk has of those, to be compared
publish    their own names, synced; from then on somebody may come and take them
withdraw   the passing names away, where it came to nothing
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.ils.files.names import sync_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


class Disk(Protocol):
    """Where files go. Whatever goes wrong is an OSError, and its errno says what.

    ENOMEDIUM: no stick is in. ENOTUNIQ: more than one. EMEDIUMTYPE: it has no file system that
    could be used. EPERM: this kiosk may not mount it. ENOENT: the folder is not there. ENOTDIR: a
    file is there instead. EROFS, ENOSPC, EACCES, EIO and the like: as everywhere.
    """

    kind: Literal["folder", "stick"]
    title: str
    """What people call it, without the article."""

    def check(self) -> None:
        """Find out whether it is there. Touches nothing."""

    def opened(self, *, to_write: bool) -> AbstractContextManager[Path]:
        """Have it ready. What was written is on it when it is closed, and may be taken out."""


class FolderDisk:
    """A folder of this machine, or of a share that is mounted in it.

    It is never made: where a share is not mounted, its folder must be missing, not be new.
    """

    kind: Literal["folder", "stick"] = "folder"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.title = str(path)

    def check(self) -> None:
        """Find out whether it is there and can be written to. Raises OSError."""
        if self._path.is_file():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(self._path))
        if not self._path.is_dir():
            raise FileNotFoundError(errno.ENOENT, "no such folder", str(self._path))
        if os.statvfs(self._path).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, "read-only", str(self._path))
        if not os.access(self._path, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "may not write", str(self._path))

    @contextmanager
    def opened(self, *, to_write: bool) -> Iterator[Path]:
        """Give the folder. Raises OSError."""
        if to_write or not self._path.is_dir():
            self.check()
        yield self._path


def prepare(folder: Path, files: Mapping[str, bytes], mark: str) -> None:
    """Write files under passing names, and leave none where one fails. Raises OSError.

    `mark` is in them: two kiosks that bear one name may write into one folder at the same time.
    """
    try:
        for name, content in files.items():
            with _passing(folder, name, mark).open("wb") as file:
                _let_read(folder, file.fileno())
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        withdraw(folder, files, mark)
        raise


def _let_read(folder: Path, file: int) -> None:
    """Let those read a file who may read its folder. As a service the kiosk keeps all to itself.

    Raises OSError where there is no such folder.
    """
    mode = 0o600 | (folder.stat().st_mode & 0o044)
    with suppress(PermissionError):  # FAT and many a share give all files one mode
        os.fchmod(file, mode)


def prepared(folder: Path, names: Iterable[str], mark: str) -> dict[str, bytes | None]:
    """Read what was prepared. Raises OSError."""
    return {name: read(_passing(folder, name, mark)) for name in names}


def withdraw(folder: Path, names: Iterable[str], mark: str) -> None:
    """Remove what was prepared, as far as that can be done."""
    for name in names:
        with suppress(OSError):
            _passing(folder, name, mark).unlink()


def publish(folder: Path, names: Collection[str], mark: str) -> None:
    """Give prepared files their own names. Raises OSError, FileExistsError too."""
    try:
        for name in names:
            _give_name(_passing(folder, name, mark), folder / name)
    except FileExistsError:
        withdraw(folder, names, mark)
        raise
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a share may have no such thing, and needs none
            raise


def _give_name(passing: Path, path: Path) -> None:
    """Give a file its own name, unless that is taken, whoever may be taking it at this moment."""
    try:
        os.link(passing, path)
    except FileExistsError:
        raise
    except OSError:  # on FAT, and on some shares, a file has one name alone
        if path.exists():
            raise FileExistsError(errno.EEXIST, "is there already", str(path)) from None
        passing.rename(path)
    else:
        passing.unlink()


def read(path: Path) -> bytes | None:
    """Read a file from its disk; None where there is none. Raises OSError."""
    try:
        with path.open("rb") as file:
            # What was synced is let go of, so that the disk is read, not what was meant for it.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return file.read()
    except FileNotFoundError:
        return None


def _passing(folder: Path, name: str, mark: str) -> Path:
    """Give the name that a file has before it is whole: a hidden one, which no loader takes."""
    return folder / f".{name}.{mark}.part"
