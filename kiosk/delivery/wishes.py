"""What staff want of the library while they stand there, one after the other.

A connection carries it out when it is its turn; who wants it waits for what comes of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kiosk.desk.words import say
from kiosk.ils.base import LibraryError, Refused, Unreachable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Wish:
    """Something that staff want, and who waits for it."""

    do: Callable[[], Awaitable[Any]]
    done: asyncio.Future[Any]


class Wishes:
    """A queue of them. `wake` has `do_one` called soon."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[_Wish] = deque()

    async def want(self, do: Callable[[], Awaitable[T]]) -> T:
        """Have something done, and wait for it. Raises LibraryError, and whatever `do` raises."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Wish(do, done))
        self._wake()
        return await done

    async def do_one(self) -> bool:
        """Do one thing that staff want; tell whether there was one. Raises LibraryError."""
        while self._waiting:
            wish = self._waiting.popleft()
            if not wish.done.cancelled():
                await _fulfil(wish)
                return True
        return False


async def _fulfil(wish: _Wish) -> None:
    """Do what is wanted. Who waits for it gets what comes of it, also where it is an error."""
    try:
        result = await wish.do()
    except BaseException as error:
        tellable = isinstance(error, LibraryError)
        if not wish.done.done():
            wish.done.set_exception(error if tellable else Unreachable(say("library.unforeseen")))
        if not isinstance(error, Refused):
            raise
    else:
        if not wish.done.done():
            wish.done.set_result(result)
