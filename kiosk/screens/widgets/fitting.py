"""How wide a text comes out, and how large it may be so that no word of it is broken."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp

from kiosk.screens.fold import balance
from kiosk.screens.skin import skin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST = 15
"""Size of the smallest letters on a button, in dp."""

SPARE = 2
"""Pixels of room for a text beside what was measured: it may come out a little wider."""


@lru_cache(maxsize=64)
def ruler(font_name: str, font_size: float) -> Callable[[str], float]:
    """Give a function that measures a text, in pixels."""
    # Kivy hints a font when it first draws with it, and SDL keeps the widths from before that: so
    # something is drawn first, or the look of a text would depend on what was measured when.
    label = CoreLabel(text=".", font_name=font_name, font_size=font_size, font_hinting="light")
    label.refresh()
    label.texture.bind()

    # The same few texts are measured for their natural width, again for each change of a rule.
    @lru_cache(maxsize=256)
    def measure(text: str) -> float:
        width: float = label.get_extents(text)[0]
        return width

    return measure


LATER = (
    *(("Bold", size) for size in ("primary", "name", "headline", "panel_title")),
    *(("SemiBold", size) for size in ("choice", "lead", "primary", "name")),
    *(("Regular", size) for size in ("lead", "name")),
    *(("Mono", size) for size in ("label", "body", "name")),
)
"""What is read after the first picture, for places that staff go to."""


def make_ready() -> Iterator[None]:
    """Open the typefaces that will be wanted, one at each step: it takes a millisecond."""
    for face, size in LATER:
        ruler(face, getattr(skin.size, size))
        yield


def line(says: str, font_name: str, font_size: float) -> float:
    """Give the width of a text in one line, in pixels."""
    return ruler(font_name, font_size)(says)


def natural_width(says: str, font_name: str, font_size: float) -> float:
    """Give the width in which a text has no more lines than it is told, in pixels."""
    measure = ruler(font_name, font_size)
    return max(measure(part) for part in says.split("\n")) + SPARE


def widest(says: str, font_name: str, font_size: float) -> float:
    """Give the width of a text's widest word, in pixels."""
    measure = ruler(font_name, font_size)
    return max(measure(word) for word in re.split("[ \n]+", says))


def snug(says: str, font_name: str, font_size: float, room: float) -> float:
    """Give the width of a text in so much room, in pixels: of its widest line, if it has two."""
    measure = ruler(font_name, font_size)
    return min(max(map(measure, balance(says, measure, room - 1, 2).split("\n"))) + SPARE, room)


def fitting(says: str, font_name: str, font_size: float, room: float) -> float:
    """Give the largest size, at most `font_size`, at which every word fits into so many pixels."""
    while font_size > dp(LEAST) and widest(says, font_name, font_size) > room - 1 > 0:
        font_size = max(font_size - 1, dp(LEAST))
    return font_size
