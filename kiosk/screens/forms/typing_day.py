"""A day or a time that is typed digit by digit into its mask: `30/04/YYYY`, `1966-04-DD`, `14:MM`.

The mask is that of the language: its signs, and whether the day or the year comes first. Year,
month and day are understood with any mask. Eight digits are never both: where a year of ours would
stand, there is no month. So no day means another one than it says.

Pure: what was typed in, what to show and what to send out.
"""

from __future__ import annotations

import re
from datetime import date

_YEAR_FIRST, _DAY_FIRST = (4, 2, 2), (2, 2, 4)
"""How many digits the parts of a day have. Those of a time have two each."""

_FIRST_OF = {
    _YEAR_FIRST: {4: "01", 6: "0123"},
    _DAY_FIRST: {0: "0123", 2: "01"},
    (2, 2): {0: "012", 2: "012345"},
}
"""By its place: what the first digit of a part can be, if the part is to have two."""


def masked(typed: str, mask: str) -> tuple[str, str]:
    """Write what was typed into a mask; give that, and what of the mask is left."""
    sizes = _sizes(typed, mask)
    if sizes != _sizes("", mask):
        mask = "-".join(reversed(re.findall(r"[^\W\d_]+", mask)))
    digits = iter("".join(_parts(typed, sizes)))
    shown = ""
    for n, sign in enumerate(mask):
        digit = next(digits, "") if sign.isalpha() else sign
        if not digit:
            return shown, mask[n:]
        shown += digit
    return shown, ""


def completed(typed: str, digit: str, mask: str) -> str:
    """Give what a digit from the pad adds to: "04" where 4 can only be the whole of a month.

    The first digit of a month is 0 or 1, of a day 0 to 3, of the hour 0 to 2, of the minute 0 to 5.
    """
    sizes = _sizes(typed, mask)
    place = sum(map(len, _parts(typed, sizes)))
    if place >= sum(sizes):
        return ""
    return digit if digit in _FIRST_OF[sizes].get(place, digit) else f"0{digit}"


def said(typed: str, mask: str) -> str:
    """Give it as the engine reads it: `1966-04-30`, `14:05`; unfinished, as it was typed."""
    sizes = _sizes(typed, mask)
    found = _parts(typed, sizes)
    if any(len(part) != size for part, size in zip(found, sizes, strict=True)):
        return typed
    return "-".join(_by_year(found, sizes)) if len(sizes) > 2 else ":".join(found)


def begun(typed: str, mask: str) -> list[str]:
    """Give the year, the month and the day that were typed, as far as they were."""
    sizes = _sizes(typed, mask)
    return _by_year(_parts(typed, sizes), sizes)


def day(typed: str, mask: str) -> date | None:
    """Give the day that was typed; None while there is none."""
    try:
        return date(*map(int, begun(typed, mask)))
    except ValueError:
        return None


def written(value: str, mask: str) -> str:
    """Write a day as it would be typed: `1966-04-30` as `30/04/1966`. Anything else stays."""
    if _sizes("", mask) != _DAY_FIRST:
        return value
    return masked("".join(reversed(_parts(value, _YEAR_FIRST))), mask)[0]


def _sizes(typed: str, mask: str) -> tuple[int, ...]:
    """Tell how many digits the parts have, in the order in which they were typed."""
    sizes = tuple(map(len, re.findall(r"[^\W\d_]+", mask)))
    return _YEAR_FIRST if sizes == _DAY_FIRST and _begins_with_year(typed) else sizes


def _begins_with_year(typed: str) -> bool:
    """Tell where the day should come first, and the year does: `1990`, `201104`, `2011-4-5`."""
    groups = re.findall(r"\d+", typed, re.ASCII)
    if not groups:
        return False
    digits = groups[0]
    if len(digits) > 2 and len(groups) > 1:
        return len(digits) == 4
    month, year = digits[2:4], digits[4:6]
    no_month = month[:1] > "1" or (len(month) == 2 and not 1 <= int(month) <= 12)
    no_year = year[:1] == "0" or (len(year) == 2 and int(year) <= 12)
    return no_month or no_year


def _by_year(found: list[str], sizes: tuple[int, ...]) -> list[str]:
    return found[::-1] if sizes == _DAY_FIRST else found


def _parts(typed: str, sizes: tuple[int, ...]) -> list[str]:
    """Split what was typed into its parts; a sign between them ends one that is short."""
    found, rest = [], typed.strip()
    for size in sizes:
        match = re.match(rf"\D*(\d{{0,{size}}})", rest, re.ASCII)
        part, rest = (match[1], rest[match.end() :]) if match else ("", rest)
        found.append(part.zfill(size) if rest and part else part)
    return found
