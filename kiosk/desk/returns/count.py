"""How many returns staff have before them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Returns:
    """How many returns are not dealt with yet.

    `unanswered`: for which the library has yet to answer. `cart`: items to be scanned once more;
    of `waiting` of these nobody knows yet where they go.
    """

    unanswered: int = 0
    cart: int = 0
    waiting: int = 0
