"""How a printer says what is wrong, and the face every printer shows.

Epson's `DLE EOT n` (hexadecimal 10 04 n) is answered at once, even by a printer that is busy or
offline, with one byte in which four bits are fixed: 0xx1xx10. By them a reply is told from other
bytes, such as the four of an automatic status. What the other bits say depends on n:

    n=1  bit 3: offline
    n=2  bit 2: cover open · bit 5: stopped by the end of the paper · bit 6: an error
    n=4  bits 5 and 6: no paper
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.printer.document import Document

Problem = Literal["unreachable", "offline", "paper_out", "cover_open", "error", "timeout"]

QUERIES = (1, 2, 4)
"""The n of each `DLE EOT n` that is asked before printing."""

_FIXED_MASK, _FIXED = 0b1001_0011, 0b0001_0010

# In this order, since an open cover also makes the paper seem to be missing, and anything at all
# makes the printer offline: the first that applies is what somebody has to see to.
_CAUSES: tuple[tuple[int, int, Problem], ...] = (
    (2, 0b0000_0100, "cover_open"),
    (2, 0b0010_0000, "paper_out"),
    (4, 0b0110_0000, "paper_out"),
    (2, 0b0100_0000, "error"),
    (1, 0b0000_1000, "offline"),
)


GoesOn = Callable[[float], bool]
"""Asked before each piece of a document, with the share of it that is sent; False breaks it off.

In the thread that sends."""


class PrinterError(Exception):
    """A document was not printed, or not all of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


class Printer(Protocol):
    """A printer that is configured, there or not."""

    @property
    def name(self) -> str:
        """What staff call it."""

    @property
    def columns(self) -> int:
        """Characters a line, for whoever lays out documents."""

    async def print(self, document: Document, goes_on: GoesOn | None = None) -> None:
        """Print a document, or as much of it as is wanted; raise PrinterError if it cannot."""

    async def check(self) -> None:
        """Raise PrinterError if nothing could be printed now; print nothing."""


def query(n: int) -> bytes:
    """Give the bytes that ask for status n."""
    return bytes((0x10, 0x04, n))


def reply_in(received: bytes) -> int | None:
    """Find the status byte in what a printer sent; None if there is none."""
    return next((byte for byte in received if byte & _FIXED_MASK == _FIXED), None)


def problem_in(replies: Mapping[int, int]) -> Problem | None:
    """Say what the replies, by their n, report. No reply is no problem: many printers give none."""
    for n, bits, problem in _CAUSES:
        if replies.get(n, 0) & bits == bits:
            return problem
    return None
