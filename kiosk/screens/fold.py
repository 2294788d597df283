"""Fold a text into so many lines, with an ellipsis where it does not fit.

Kivy shortens to a single line only; titles and names deserve two. Nothing here knows Kivy: the
width of a text is asked from `measure`, which gives pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"


def fold(text: str, measure: Callable[[str], float], width: float, lines: int) -> str:
    """Give `text` with line breaks, in at most `lines` lines that are no wider than `width`."""
    folded: list[str] = []
    rest = text.strip()
    while rest and len(folded) < lines - 1:
        line, rest = _take_line(rest, measure, width)
        folded.append(line)
    if rest:
        folded.append(shorten(rest, measure, width))
    return "\n".join(folded)


def shorten(text: str, measure: Callable[[str], float], width: float) -> str:
    """Give `text` in one line, cut at its end where it is too wide."""
    if measure(text) <= width:
        return text
    fits = _fitting(text, lambda part: measure(part + ELLIPSIS), width)
    return text[:fits].rstrip(" ,.;:-") + ELLIPSIS


def _take_line(text: str, measure: Callable[[str], float], width: float) -> tuple[str, str]:
    """Split off what fits into one line: whole words where possible."""
    if measure(text) <= width:
        return text, ""
    fits = _fitting(text, measure, width)
    if text[fits : fits + 1] == " ":
        return text[:fits].rstrip(), text[fits:].lstrip()
    gap = text.rfind(" ", 0, fits)
    if gap > 0:
        return text[:gap].rstrip(), text[gap:].lstrip()
    fits = max(fits, 1)
    return text[:fits], text[fits:]


def _fitting(text: str, measure: Callable[[str], float], width: float) -> int:
    """Count the characters from the start that fit, by halving."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low
