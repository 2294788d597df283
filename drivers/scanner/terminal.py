"""Lines from standard input, or any other descriptor, as scans: typed, piped, or from a file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import threading
from typing import TYPE_CHECKING

from drivers.scanner.symbology import Damaged, Framer, Scan

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


async def read_lines(fd: int) -> AsyncGenerator[Scan | Damaged, None]:
    """Give each line of a descriptor, until its end; a last line may lack its newline.

    Lines are as typed: up to 4096 bytes of UTF-8, nothing stripped. The descriptor stays open.
    """
    framer = Framer(typed=True)
    async with contextlib.aclosing(_chunks(fd)) as chunks:
        async for data in chunks:
            for line in framer.feed(data):
                yield line
    for line in framer.feed(b"\n") if framer.partial else ():
        yield line


async def _chunks(fd: int) -> AsyncGenerator[bytes, None]:
    # A thread, since an event loop cannot wait for a regular file (epoll refuses it), and a daemon,
    # since nobody may be there to press the key that a blocked read waits for at exit.
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    def arrive(data: bytes) -> None:
        try:
            loop.call_soon_threadsafe(arrived.put_nowait, data)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return

    stop, stopping = os.pipe()
    thread = threading.Thread(target=_pump, args=(fd, stop, arrive), daemon=True)
    thread.start()
    try:
        while data := await arrived.get():
            yield data
    finally:
        os.close(stopping)


def _pump(fd: int, stop: int, arrive: Callable[[bytes], None]) -> None:
    """Pass on what comes, and b"" at the end, until the other end of `stop` is closed."""
    # Waits before it reads, so that a line typed after nobody listens is left for the next reader.
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    waiting.register(stop, select.POLLIN)
    try:
        while not any(ready == stop for ready, _ in waiting.poll()):
            data = _receive(fd)
            arrive(data)
            if not data:
                break
    finally:
        os.close(stop)


def _receive(fd: int) -> bytes:
    try:
        return os.read(fd, 4096)
    except OSError:  # a terminal that hung up: as good as its end
        return b""
