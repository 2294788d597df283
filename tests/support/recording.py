"""Record what a program does to the files under a folder, through the functions of `os`.

Everything is really done as well. At the end the folder is compared with what was recorded, so that
nothing passes by unseen (by `open`, say, or by another process).
"""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from support.crash_states import (
    ROOT,
    Disk,
    Effect,
    Mark,
    Named,
    Resized,
    Synced,
    SyncFailed,
    Tree,
    Wrote,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def recorded(folder: Path) -> Iterator[Recording]:
    """Record what is done under a folder. What is there now counts as being on the disk."""
    recording = Recording(folder)
    with ExitStack() as patches:
        for name in Recording.CALLS:
            real = getattr(os, name)
            wrapper = recording.wrapped(name, real)
            patches.enter_context(patch.object(os, name, wrapper))
        yield recording
    recording.compare()


def tree_of(folder: Path) -> Tree:
    """Read all that is in a folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def plant(tree: Tree, folder: Path) -> None:
    """Make files and folders inside a folder."""
    for name, content in tree.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)


class UnseenError(Exception):
    """Files have changed in a way that was not recorded."""


class Recording:
    """What was on the disk at the start, and the effects since."""

    CALLS = (
        *("open", "close", "write", "pwrite", "ftruncate", "posix_fallocate"),
        *("fsync", "fdatasync", "rename", "replace", "unlink", "remove", "mkdir", "rmdir"),
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._lock = threading.RLock()
        self._opened: dict[int, int] = {}
        self._now = Disk()
        self._next = ROOT
        for path in sorted(self.folder.rglob("*")):
            self._find(path)
        self.start = self._now.copy()
        self.effects: list[Effect] = []

    def _find(self, path: Path) -> None:
        number = self._new(None if path.is_dir() else path.read_bytes())
        self._now.folders[self._at(path.parent)][path.name] = number

    def mark(self, *accepted: Any) -> None:
        """Say what is accepted after a crash from now on."""
        with self._lock:
            self.effects.append(Mark(accepted))

    @property
    def accepted(self) -> tuple[Any, ...]:
        """What is accepted after a crash by now."""
        return next(e.accepted for e in reversed(self.effects) if isinstance(e, Mark))

    def compare(self) -> None:
        """Raise UnseenError where something happened that was not recorded."""
        if tree_of(self.folder) != self._now.tree():
            raise UnseenError("something was done that was not recorded")

    def wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        record = getattr(self, f"_{name}")

        def call(target: Any, *arguments: Any, dir_fd: int | None = None, **named: Any) -> Any:
            with self._lock:
                if dir_fd is not None:
                    target = Path(f"/proc/self/fd/{dir_fd}").readlink() / target
                if self._is_ours(target):
                    do = partial(self.interfere, name, real)
                    return record(do, target, *arguments, **named)
                answer = real(target, *arguments, **named)
                if name == "open":
                    self._opened.pop(answer, None)
                return answer

        return call

    def interfere(self, name: str, real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do a call on a file or folder of ours. To be replaced where it has to fail."""
        return real(*arguments, **named)

    # -- numbers -------------------------------------------------------------------------------

    def _new(self, content: bytes | None) -> int:
        self._next += 1
        for disk in (self._now, getattr(self, "start", self._now)):
            if content is None:
                disk.folders[self._next] = {}
            else:
                disk.files[self._next] = content
        return self._next

    def _at(self, path: Path) -> int:
        number = ROOT
        for name in path.relative_to(self.folder).parts:
            number = self._now.folders[number][name]
        return number

    def _is_ours(self, target: Any) -> bool:
        if isinstance(target, int):
            return target in self._opened
        place = _full(target)
        return place == self.folder or self.folder in place.parents

    def _add(self, effect: Effect) -> None:
        self._now.apply(effect)
        self.effects.append(effect)

    def _name(self, path: Path, number: int | None) -> None:
        self._add(Named(self._at(path.parent), ((path.name, number),)))

    # -- the calls -----------------------------------------------------------------------------

    def _open(self, do: Callable[..., int], path: Any, flags: int, *rest: Any, **more: Any) -> int:
        place = _full(path)
        is_new = not place.exists()
        file = do(path, flags, *rest, **more)
        if is_new:
            self._name(place, self._new(b""))
        number = self._opened[file] = self._at(place)
        if flags & os.O_TRUNC and self._now.files[number]:
            self._add(Resized(number, 0))
        return file

    def _close(self, do: Callable[..., None], file: int) -> None:
        self._opened.pop(file)
        do(file)

    def _write(self, do: Callable[..., int], file: int, data: Any) -> int:
        written = do(file, data)
        offset = os.lseek(file, 0, os.SEEK_CUR) - written
        self._add(Wrote(self._opened[file], offset, bytes(data)[:written]))
        return written

    def _pwrite(self, do: Callable[..., int], file: int, data: Any, offset: int) -> int:
        written = do(file, data, offset)
        self._add(Wrote(self._opened[file], offset, bytes(data)[:written]))
        return written

    def _ftruncate(self, do: Callable[..., None], file: int, size: int) -> None:
        do(file, size)
        self._add(Resized(self._opened[file], size))

    def _posix_fallocate(
        self, do: Callable[..., None], file: int, offset: int, length: int
    ) -> None:
        do(file, offset, length)
        number = self._opened[file]
        self._add(Resized(number, max(len(self._now.files[number]), offset + length)))

    def _fsync(self, do: Callable[..., None], file: int, *, data_only: bool = False) -> None:
        number = self._opened[file]
        try:
            do(file)
        except OSError:
            self.effects.append(SyncFailed(number))
            raise
        self.effects.append(Synced(number, data_only))

    def _fdatasync(self, do: Callable[..., None], file: int) -> None:
        self._fsync(do, file, data_only=True)

    def _rename(self, do: Callable[..., None], old: Any, new: Any) -> None:
        before, after = _full(old), _full(new)
        assert before.parent == after.parent, "only renames within one folder are understood"
        do(old, new)
        names = ((before.name, None), (after.name, self._at(before)))
        self._add(Named(self._at(before.parent), names))

    _replace = _rename

    def _unlink(self, do: Callable[..., None], path: Any) -> None:
        do(path)
        self._name(_full(path), None)

    _remove = _rmdir = _unlink

    def _mkdir(self, do: Callable[..., None], path: Any, *mode: Any) -> None:
        do(path, *mode)
        self._name(_full(path), self._new(None))


def _full(path: Any) -> Path:
    return Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 # a link is not followed
