"""Can everything be read? `python -m tests.screens.contrast` draws every screen in every theme.

It prints a line for each text or icon that stands out less than 4.5 to 1: by the darkest and the
lightest pixel that came out, and, for a text, by its own colour against what most of its box is
filled with. Run in a process of its own: that of the other tests draws no pixels. At the smallest
size, which has the thinnest letters, and the fewest pixels to draw.
"""

# ruff: noqa: I001 - the stage has to be set before Kivy is imported

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING

from tests.screens.stage import COMPACT, Stage
from tests.screens.stories import NAMES

from PIL import Image
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

from kiosk.screens.theme import THEMES
from kiosk.screens.widgets.texts import Letters
from tests.screens.audit import ink, is_icon, look, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kivy.uix.widget import Widget

    from tests.screens.audit import Seen

ENOUGH = 4.5


@cache
def luminance(colour: tuple[int, int, int]) -> float:
    """Give how light a pixel is, as WCAG 2 reckons; its channels go to 255."""
    shares = [c / 255 for c in colour]
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Give how far two pixels stand out from each other, from 1 to 21, as WCAG 2 reckons."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pixel(colour: Sequence[float]) -> tuple[int, int, int]:
    """Give a colour of Kivy's, whose channels go to 1, as a pixel."""
    red, green, blue, *_ = (round(c * 255) for c in colour)
    return red, green, blue


def faults(root: Widget, picture: Image.Image) -> Iterator[str]:
    """Give every text and icon of the topmost layer that is hard to read."""
    for one in look(root):
        if isinstance(one.widget, Letters) and one.widget.text.strip():
            yield from _faults_of(one, picture)


def _faults_of(one: Seen, picture: Image.Image) -> Iterator[str]:
    label, box = one.widget, ink(one)
    if box.top - box.y < label.texture_size[1] / 2:
        return  # scrolled out of view, more or less
    high = picture.height
    part = picture.crop((int(box.x), int(high - box.top), int(box.right), int(high - box.y)))
    colours = part.getcolors(part.width * part.height)
    shades = [colour for _, colour in colours]
    range_ = contrast(min(shades, key=luminance), max(shades, key=luminance))
    if range_ < ENOUGH:
        yield f"{name_of(one)}: darkest to lightest {range_:.2f}"
    _, ground = max(colours)
    ratio = contrast(pixel(label.disabled_color if label.disabled else label.color), ground)
    if ratio < ENOUGH and not is_icon(label):
        yield f"{name_of(one)}: its colour on its ground {ratio:.2f}"


def picture_of(stage: Stage) -> Image.Image:
    """Give what the window shows, as it goes to the screen."""
    taken: list[bytes] = []
    size = tuple(map(int, Window.size))

    def take(_window: object) -> None:
        taken.append(glReadPixels(0, 0, *size, GL_RGB, GL_UNSIGNED_BYTE))

    Window.bind(on_flip=take)
    stage.root.canvas.ask_update()
    stage.frames(1)
    Window.unbind(on_flip=take)
    return Image.frombytes("RGB", size, taken[-1]).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def main() -> None:
    """Print what is found, each once."""
    gc.set_threshold(50_000, 5)  # as for all tests
    stage = Stage()
    for theme in THEMES:
        found: dict[str, str] = {}
        stage.fresh(COMPACT, theme)
        for name in NAMES:
            stage.turn_to(name)
            for fault in faults(stage.root, picture_of(stage)):
                found.setdefault(fault, name)
        for fault, name in found.items():
            print(f"{theme}, {name}: {fault}")


if __name__ == "__main__":
    main()
