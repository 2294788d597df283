"""Whether two names may be one person's: case, accents and order do not count, nor does a slip."""

from __future__ import annotations

import re
import unicodedata
from itertools import permutations

_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that Unicode does not take for another one with an accent."""


MOST_PARTS = 4
"""Parts in which two names may differ; more are two names."""


def parts(name: str) -> tuple[str, ...]:
    """Give the parts of a name as they are compared: without case and accents, in one order."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)
    return tuple(sorted(re.findall(r"[^\W_]+", plain)))


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two names, in parts, may be one person's.

    One letter may differ, a part may be written in two, and a third name may be left out.
    """
    left, right = _without(one, other), _without(other, one)
    if not left or not right:
        same = len(one) - len(left)
        return same > 0 and len(left) + len(right) <= (1 if same > 1 else 0)
    if len(left) + len(right) > MOST_PARTS:
        return False
    return any(
        _a_slip_apart("".join(x), "".join(y))
        for x in permutations(left)
        for y in permutations(right)
    )


def _without(name: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Give the parts of a name that the other has not; each counts once."""
    rest = list(other)
    left = []
    for part in name:
        if part in rest:
            rest.remove(part)
        else:
            left.append(part)
    return tuple(left)


def _a_slip_apart(one: str, other: str) -> bool:
    """Tell whether one letter is missing, added, another one, or changed places with the next."""
    if len(one) > len(other):
        one, other = other, one
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, longer = one[start:], other[start:]
    if len(one) < len(other):
        return rest == longer[1:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == longer[1:] or swapped == longer
