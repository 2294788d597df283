"""Standard output for those who cannot wait for it."""

from __future__ import annotations

import os
import queue
import threading

PILE = 10_000
"""Texts that wait at most; a day's. What comes on top of them is thrown away."""


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
            rest = self._waiting.get()
            while rest and not broken:
                try:
                    rest = rest[os.write(self._descriptor, rest) :]
                except OSError:  # nobody reads any more; the desk goes on
                    broken = True
