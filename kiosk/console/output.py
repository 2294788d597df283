"""Standard output: for those who can wait for it, and for those who cannot.

A terminal belongs to several programs. When one of them has it not block (O_NONBLOCK), it does so
for all, and a write that would have waited fails with EAGAIN. That is no reason to write no more.
"""

from __future__ import annotations

import io
import os
import queue
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PILE = 10_000
"""Texts that wait at most; a day's. What comes on top of them is thrown away."""


def write_all(descriptor: int, data: ReadableBuffer) -> None:
    """Write all of it, however long that takes. Raises OSError where nobody reads any more."""
    rest = memoryview(data).cast("B")
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            writable = select.poll()
            writable.register(descriptor, select.POLLOUT)
            writable.poll()


class _Raw(io.FileIO):
    def write(self, data: ReadableBuffer) -> int:
        write_all(self.fileno(), data)
        return memoryview(data).nbytes


def patient(descriptor: int, encoding: str) -> io.TextIOWrapper:
    """Give a file for a descriptor, which stays open, that waits until each text is written."""
    raw = _Raw(descriptor, "w", closefd=False)
    buffer = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding=encoding, errors="replace")


class Output:
    """A descriptor that is written to by a thread of its own.

    A terminal can be stopped (Ctrl-S) and a pipe can be full for hours. Whoever writes there is
    stuck, cannot even be ended by a signal; here it is only this thread, and it ends with the
    process. It writes past Python's buffers: their lock would hold up the end.
    """

    def __init__(self, descriptor: int, encoding: str = "utf-8") -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._waiting: queue.Queue[bytes] = queue.Queue(PILE)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Have a text written, soon."""
        try:
            self._waiting.put_nowait(text.encode(self._encoding, "replace"))
        except queue.Full:
            return

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._descriptor

    def close(self, timeout: float) -> None:
        """Wait until all is written, but no more than so many seconds."""
        self._done.set()
        self.write("")
        self._thread.join(timeout)

    def _run(self) -> None:
        broken = False
        while not (self._done.is_set() and self._waiting.empty()):
            text = self._waiting.get()
            try:
                if not broken:
                    write_all(self._descriptor, text)
            except OSError:  # nobody reads any more; the desk goes on
                broken = True
