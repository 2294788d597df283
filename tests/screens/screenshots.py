"""A picture of every screen, and one of them all: `python -m tests.screens.screenshots OUTDIR`.

With names after OUTDIR it draws these alone, and the sheet anew of what is there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from kiosk.screens.theme import FONT_FILES, FONTS
from tests.screens.stage import COMPACT, NORMAL, ROOMY, Stage
from tests.screens.stories import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

MAIN = (
    *("locked", "form-pin", "form-session", "form-name", "form-born"),
    *("checkout-idle", "checkout-online", "checkout-offline", "checkout-refused", "patron-blocked"),
    *("checkin-bookdrop", "cart-hold", "renew", "inhouse", "paper", "question"),
    *("more", "today", "to-fix-chosen", "delivery-running", "sessions", "history", "report"),
    *("ready-bad", "devices", "settings-open", "settings-type", "practice", "help", "alarm"),
    *("lost", "overlay-number-pad", "overlay-due"),
)
"""What is drawn in all sizes and themes."""
SHEET = "contact-sheet.png"
COLUMNS, THUMBNAIL, CAPTION, GAP = 5, 320, 24, 16
"""Of the sheet, in pixels."""
COLOURS, SURE = 128, 16
"""Of a picture, and how many of them are there as they are: flat surfaces need no more, and it is a
quarter as large."""
ALIKE = 8
"""Colours nearer to each other than this, in each channel, may be taken for each other."""


def main(folder: Path, only: Iterable[str] = ()) -> None:
    """Draw everything into a folder, or some of it."""
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage()
    wanted = tuple(only)
    if unknown := set(wanted) - set(NAMES):
        sys.exit(f"no such state: {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}")
    for size, theme, suffix, names in (
        (NORMAL, "light", "", NAMES),
        (COMPACT, "light", "-800x480", MAIN),
        (ROOMY, "light", "-1280x800", MAIN),
        (NORMAL, "dark", "-dark", MAIN),
        (NORMAL, "contrast", "-contrast", MAIN),
    ):
        for name in names:
            if not wanted or name in wanted:
                draw(stage, name, size, theme)
                save(stage, folder / f"{name}{suffix}.png")
    contact_sheet(folder)


def draw(
    stage: Stage, name: str, size: tuple[int, int], theme: str = "light", language: str = "en"
) -> None:
    """Put one screen, by its name, into the window."""
    stage.fresh(size, theme, language)
    stage.turn_to(name)
    stage.frames()


def save(stage: Stage, path: Path) -> None:
    """Save what the window shows, small."""
    stage.picture(path)
    with Image.open(path) as picture:
        small = fewer_colours(picture.convert("RGB"))
    small.save(path, optimize=True)


def fewer_colours(picture: Image.Image) -> Image.Image:
    """Give a picture with few colours, of which those that fill most of it are as they were.

    Left to an average of what is alike, the amber of a small sign comes out as the red of another.
    """
    counted = sorted(picture.getcolors(picture.width * picture.height), reverse=True)
    often = [colour for _, colour in counted[: COLOURS // 2]]
    mixed = iter(picture.quantize(COLOURS // 2, dither=Image.Dither.NONE).getpalette())
    colours: list[tuple[int, ...]] = often[:SURE]
    for colour in (*often[SURE:], *zip(mixed, mixed, mixed, strict=True)):
        if not any(_alike(colour, kept) for kept in colours):
            colours.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in colours for channel in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Tell whether Pillow may take two colours for each other: it looks at the first bits."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < ALIKE


def contact_sheet(folder: Path) -> None:
    """Put all of them side by side, each with its name, as far as they have been drawn."""
    names = [name for name in NAMES if (folder / f"{name}.png").exists()]
    high = THUMBNAIL * NORMAL[1] // NORMAL[0]
    rows = -(-len(names) // COLUMNS)
    cell = (THUMBNAIL + GAP, high + CAPTION + GAP)
    sheet = Image.new("RGB", (COLUMNS * cell[0] + GAP, rows * cell[1] + GAP), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FONTS / FONT_FILES["Regular"]), 15)
    for number, name in enumerate(names):
        x, y = GAP + number % COLUMNS * cell[0], GAP + number // COLUMNS * cell[1]
        with Image.open(folder / f"{name}.png") as picture:
            sheet.paste(picture.convert("RGB").resize((THUMBNAIL, high)), (x, y))
        pen.rectangle((x - 1, y - 1, x + THUMBNAIL, y + high), outline="#ded8cc")
        pen.text((x, y + high + 3), name, fill="#18222e", font=font)
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / SHEET, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
