"""What can be wrong with a block list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.words import Phrase


class BlockListError(Exception):
    """A list cannot be used. `phrase` says why, and what to do about it."""

    def __init__(self, key: str, **args: str | int | Phrase) -> None:
        super().__init__(f"{key} {args or ''}".strip())
        self.phrase: Phrase = say(key, **args)


class BlockListDamagedError(BlockListError):
    """The built list is not what was written."""
