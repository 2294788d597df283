"""Make the nth call of a kind fail, among those on the files under a recorded folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING, Any

from support.recording import Recording, plant, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.crash_states import Tree
    from support.crashes import Faulty

CHANGING = (
    *("open", "write", "pwrite", "ftruncate", "posix_fallocate"),
    *("fsync", "fdatasync", "rename", "replace", "unlink", "mkdir"),
)
"""The calls that change files or put them on the disk."""

Fault = Callable[..., Any]
"""Takes a call and its arguments, and does what happens instead."""


class Killed(BaseException):  # not an error of the program
    """The process ends here, as by SIGKILL: nothing after this reaches the system."""


class Nth:
    """Stands in for `Recording.interfere`: lets a fault do the nth call of the kinds given.

    Another may do the next one of them, `then`.
    """

    def __init__(self, calls: tuple[str, ...], n: int, fault: Fault, then: Fault | None) -> None:
        self._calls = calls
        self._left = n
        self._fault = fault
        self._then = then
        self.struck = False
        self.since: list[str] = []
        """The calls that came after it."""

    def __call__(self, name: str, real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if self.struck:
            if self._fault is killed and name != "close":
                raise Killed
            self.since.append(name)
            if self._then is not None and name in self._calls:
                then, self._then = self._then, None
                return then(real, *arguments, **named)
        elif name in self._calls:
            self._left -= 1
            if self._left == 0:
                self.struck = True
                return self._fault(real, *arguments, **named)
        return real(*arguments, **named)


def each_nth(
    scratch: Path,
    calls: tuple[str, ...],
    fault: Fault,
    *,
    then: Fault | None = None,
    faulty: Faulty = nullcontext,
    planted: Tree | None = None,
) -> Iterator[tuple[Recording, Nth]]:
    """Let a fault strike the first call, the second, and so on until none is struck any more.

    Gives recordings of a folder, to work in, with nothing in it but what was planted.
    """
    for n in count(1):
        folder = scratch / "nth"
        folder.mkdir()
        plant(planted or {}, folder)
        with recorded(folder) as recording, faulty():
            nth = recording.interfere = Nth(calls, n, fault, then)
            yield recording, nth
        if not nth.struck:
            return
        shutil.rmtree(folder)


def failing(code: int) -> Fault:
    """Give a fault: the call does nothing and reports an error."""

    def fail(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


def short(real: Callable[..., int], file: int, data: Any, *rest: int) -> int:
    """Write the first half only, and say so."""
    return real(file, bytes(data)[: max(1, len(data) // 2)], *rest)


def killed(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """End the process before the call."""
    raise Killed
