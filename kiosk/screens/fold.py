"""Fold a text into so many lines, with an ellipsis where it does not fit.

Kivy shortens to a single line only; titles and names deserve two. Nothing here knows Kivy: the
width of a text is asked from `measure`, which gives pixels.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"
KEPT = 8
"""So many characters at the end of what has no blanks are shown whatever is cut."""
JOINED = "\u00a0"
"""A blank at which no line is broken while there is another one."""
PARTING = f" ·{JOINED}"
"""What parts two facts in a line, and nothing where a line ends between them."""
STUB = 0.2
"""A last line that is shorter than this part of the width, or one word, looks like a mistake."""


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


def wrap(text: str, measure: Callable[[str], float], width: float, lines: int = 0) -> str:
    """Fold what is to be read, as somebody who sets type does, in no more lines than it needs.

    A number keeps to what it counts, and no word stands alone in a last line. With `lines`, it ends
    in an ellipsis where these do not suffice.
    """
    if "\n" in text:
        return _by_paragraph(wrap, text, measure, width, lines)
    if measure(text) <= width:
        return text
    folded = fold(join(text), measure, width, lines or len(text))
    if lines and folded.endswith(ELLIPSIS):
        folded = fold(text, measure, width, lines)
    if "·" in text:
        return folded  # facts side by side, of which one may stand alone
    *before, line, last = ["", *folded.split("\n")]
    while " " not in last or measure(last) < width * STUB:
        line, _, word = line.rpartition(" ")
        longer = f"{word} {last}"
        if " " not in line or measure(longer) > width:
            return folded
        last = longer
    return "\n".join([*before, line, last][1:])


def _by_paragraph(
    folded: Callable[[str, Callable[[str], float], float], str],
    text: str,
    measure: Callable[[str], float],
    width: float,
    lines: int,
) -> str:
    """Fold each paragraph for itself. What is beyond `lines` stands in the last one, cut."""
    laid = "\n".join(folded(part, measure, width) for part in text.split("\n")).split("\n")
    if lines and len(laid) > lines:
        rest = " ".join(filter(None, laid[lines - 1 :]))
        laid[lines - 1 :] = [shorten(rest, measure, width)]
    return "\n".join(laid)


def join(text: str) -> str:
    """Let a number and the word after it stay together: 21 days, 555 0142."""
    return re.sub(r"(?<![^\s(])(\d(?:[\d.,]*\d)?) (?=\w)", rf"\1{JOINED}", text)


def fold_end(text: str, measure: Callable[[str], float], width: float, lines: int) -> str:
    """Fold `text` like `fold`, but keep its end: that is where somebody is typing.

    A word too wide for a line, as a long number is, stands alone in one line, and is cut before its
    end.
    """
    words = text.split(" ")
    if max(map(measure, words)) > width:
        return _ending(text, measure, width)
    folded = fold(text, measure, width, len(text))
    while folded.count("\n") >= lines:
        words = words[1:]
        if len(words) == 1:
            return _ending(words[0], measure, width)
        folded = fold(ELLIPSIS + " ".join(words), measure, width, len(text))
    return folded


def _ending(text: str, measure: Callable[[str], float], width: float) -> str:
    """Give as much of the end as fits into one line."""
    kept = _fitting(text[::-1], lambda end: measure(ELLIPSIS + end[::-1]), width)
    return ELLIPSIS + text[len(text) - kept :]


def balance(text: str, measure: Callable[[str], float], width: float, lines: int = 0) -> str:
    """Fold `text` into no more lines than it needs, and these as alike in width as they can be.

    A last line of one word looks like a mistake, the more so in large letters. With `lines`, it
    ends in an ellipsis where these do not suffice.
    """
    if "\n" in text:
        return _by_paragraph(balance, text, measure, width, lines)
    if measure(text) <= width:
        return text
    text = join(text)
    words = text.split(" ")
    wide = [measure(word) for word in words]
    blank = measure("n n") - 2 * measure("n")
    folded = fold(text, measure, width, lines or len(text))
    most = folded.count("\n") + 1
    if folded.endswith(ELLIPSIS) or max(wide) > width:
        return folded
    low, high = max(wide), width
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if _count(wide, blank, middle) <= most else (middle, high)
    # A line is not quite as wide as its words together.
    balanced = fold(text, measure, min(high * 1.02 + 1, width), most)
    return folded if balanced.endswith(ELLIPSIS) and not text.endswith(ELLIPSIS) else balanced


def _count(wide: list[float], blank: float, width: float) -> int:
    """Count the lines that words of these widths need."""
    lines, here = 1, -blank
    for each in wide:
        if here + blank + each > width:
            lines, here = lines + 1, -blank
        here += blank + each
    return lines


def shorten(text: str, measure: Callable[[str], float], width: float) -> str:
    """Give `text` in one line, cut at its end where it is too wide.

    A file or a number, which has no blanks, is told from others by its end: it is cut before that.
    """
    if measure(text) <= width:
        return text
    end = text[-KEPT:]
    if " " not in text and measure(ELLIPSIS + end) < width / 2:
        fits = _fitting(text[:-KEPT], lambda part: measure(part + ELLIPSIS + end), width)
        return text[:fits] + ELLIPSIS + end
    fits = _fitting(text, lambda part: measure(part + ELLIPSIS), width)
    return text[:fits].rstrip(" ,.;:-") + ELLIPSIS


def _take_line(text: str, measure: Callable[[str], float], width: float) -> tuple[str, str]:
    """Split off what fits into one line: whole words where possible."""
    if measure(text) <= width:
        return text, ""
    fits = _fitting(text, measure, width)
    for blank in (" ", JOINED):
        gap = fits if text[fits : fits + 1] == blank else text.rfind(blank, 0, fits)
        if gap > 0:
            return text[:gap].rstrip(PARTING), text[gap:].lstrip(PARTING)
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
