"""What the screens are made of: colours, type, space, sizes, motion. Read-only.

Sizes are in dp: `scaled` gives them in pixels. A theme or a set of sizes is one frozen record, so
that another one is one more record and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.view.state import Tone

FONTS = Path(__file__).parent / "fonts"

FONT_FILES: Mapping[str, str] = {
    "Regular": "AtkinsonHyperlegibleNext_400Regular.ttf",
    "SemiBold": "AtkinsonHyperlegibleNext_600SemiBold.ttf",
    "Bold": "AtkinsonHyperlegibleNext_700Bold.ttf",
    "Mono": "AtkinsonHyperlegibleMono_600SemiBold.ttf",
    "Icons": "icons.ttf",
}
"""Typefaces by the name that the `.kv` files use."""

Colour = tuple[float, float, float, float]


def colour(code: str) -> Colour:
    """Turn `#RRGGBB` into red, green, blue and alpha, each from 0 to 1."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (red, green, blue, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tint:
    """The colours of one tone: what is written, what it is written on, and the line around that.

    `words`: what is written there at length. `sign`: its icon or word on a card or on paper.
    """

    ink: Colour
    words: Colour
    ground: Colour
    rim: Colour
    sign: Colour


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Every colour on show.

    `border` is the width of the lines around surfaces, `outline` of those around what can be
    pressed, in dp. The ring around what has the keyboard's focus has a hem on both sides, so that
    one of the two stands out wherever it is drawn.
    """

    ink: Colour
    muted: Colour
    paper: Colour
    card: Colour
    line: Colour
    chip: Colour
    chip_pressed: Colour
    rail: Colour
    on_rail: Colour
    rail_chosen: Colour
    on_rail_chosen: Colour
    rail_pressed: Colour
    rail_edge: Colour
    badge: Colour
    on_badge: Colour
    accent: Colour
    accent_pressed: Colour
    on_accent: Colour
    confirmed: Tint
    recorded: Tint
    look: Tint
    not_taken: Tint
    alarm: Colour
    on_alarm: Colour
    scrim: Colour
    ring: Colour
    ring_hem: Colour
    border: float = 1.0
    outline: float = 0.0
    strong: str = "SemiBold"
    """The typeface of what stands out. Light letters on dark look thinner: bolder there."""

    def tint(self, tone: Tone) -> Tint:
        """Give the colours of a tone. `neutral` is a plain card."""
        if tone == "neutral":
            return Tint(
                ink=self.ink, words=self.ink, ground=self.card, rim=self.line, sign=self.ink
            )
        tint: Tint = getattr(self, tone)
        return tint


def _tint(ink: str, ground: str, *, words: str = "", rim: str = "", sign: str = "") -> Tint:
    return Tint(
        ink=colour(ink),
        words=colour(words or ink),
        ground=colour(ground),
        rim=colour(rim or ground),
        sign=colour(sign or ink),
    )


LIGHT = Theme(
    ink=colour("#18222E"),
    muted=colour("#566270"),
    paper=colour("#F4F1EA"),
    card=colour("#FFFFFF"),
    line=colour("#DED8CC"),
    chip=colour("#ECE7DC"),
    chip_pressed=colour("#DDD5C5"),
    rail=colour("#17324D"),
    on_rail=colour("#DCE6F0"),
    rail_chosen=colour("#FFFFFF"),
    on_rail_chosen=colour("#17324D"),
    rail_pressed=colour("#0B4A86"),
    rail_edge=colour("#17324D"),
    badge=colour("#FFC04A"),
    on_badge=colour("#18222E"),
    accent=colour("#0F5EA8"),
    accent_pressed=colour("#0B4A86"),
    on_accent=colour("#FFFFFF"),
    confirmed=_tint("#146C43", "#E3F3EA", words="#18222E"),
    recorded=_tint("#4A4E8C", "#E9EAF7", words="#18222E"),
    look=_tint("#8A4B00", "#FFF0D6", words="#18222E"),
    not_taken=_tint("#A4161A", "#FBE6E5", words="#18222E"),
    alarm=colour("#7A0C10"),
    on_alarm=colour("#FFFFFF"),
    scrim=(0.06, 0.09, 0.13, 0.55),
    ring=colour("#18222E"),
    ring_hem=colour("#FFFFFF"),
)

DARK = Theme(
    ink=colour("#EEF2F6"),
    muted=colour("#A9B6C4"),
    paper=colour("#10171F"),
    card=colour("#1A242F"),
    line=colour("#2E3B49"),
    chip=colour("#243140"),
    chip_pressed=colour("#33455A"),
    rail=colour("#0B1118"),
    on_rail=colour("#C9D6E3"),
    rail_chosen=colour("#6DB5F5"),
    on_rail_chosen=colour("#08121C"),
    rail_pressed=colour("#243140"),
    rail_edge=colour("#0B1118"),
    badge=colour("#FFC04A"),
    on_badge=colour("#18222E"),
    accent=colour("#6DB5F5"),
    accent_pressed=colour("#4E9BE0"),
    on_accent=colour("#08121C"),
    confirmed=_tint("#7BD8A6", "#143425", words="#EEF2F6"),
    recorded=_tint("#B9BEFF", "#25284A", words="#EEF2F6"),
    look=_tint("#FFC56B", "#3A2A0C", words="#EEF2F6"),
    not_taken=_tint("#FF9C94", "#431818", words="#EEF2F6"),
    alarm=colour("#7A0C10"),
    on_alarm=colour("#FFFFFF"),
    scrim=(0.0, 0.0, 0.0, 0.65),
    ring=colour("#FFFFFF"),
    ring_hem=colour("#08121C"),
    strong="Bold",
)

CONTRAST = Theme(
    ink=colour("#FFFFFF"),
    muted=colour("#FFFFFF"),
    paper=colour("#000000"),
    card=colour("#000000"),
    line=colour("#FFFFFF"),
    chip=colour("#000000"),
    chip_pressed=colour("#3A3A3A"),
    rail=colour("#000000"),
    on_rail=colour("#FFFFFF"),
    rail_chosen=colour("#FFD400"),
    on_rail_chosen=colour("#000000"),
    rail_pressed=colour("#3A3A3A"),
    rail_edge=colour("#FFFFFF"),
    badge=colour("#FFC04A"),
    on_badge=colour("#18222E"),
    accent=colour("#FFD400"),
    accent_pressed=colour("#FFF0A8"),
    on_accent=colour("#000000"),
    confirmed=_tint("#FFFFFF", "#00552B", rim="#FFFFFF"),
    recorded=_tint("#FFFFFF", "#2A2F9E", rim="#FFFFFF"),
    look=_tint("#000000", "#FFD400", sign="#FFD400"),
    not_taken=_tint("#FFFFFF", "#A30008", rim="#FFFFFF"),
    alarm=colour("#7A0C10"),
    on_alarm=colour("#FFFFFF"),
    scrim=(0.0, 0.0, 0.0, 0.8),
    ring=colour("#4CD9FF"),
    ring_hem=colour("#000000"),
    border=2.0,
    outline=2.0,
    strong="Bold",
)

THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """Every time for which something moves, in seconds. Nothing moves for longer than 0.12."""

    press: float = 0.05
    """For how long at least a button shows that it was pressed."""
    settle: float = 0.12
    """In which a list comes to rest after the finger has left it."""


MOTION = Motion()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Every length on show: type, space, radius, and the parts of the screen."""

    # type
    display: float = 44
    panel_title: float = 36
    headline: float = 30
    pad_digit: float = 28
    name: float = 22
    primary: float = 21
    lead: float = 20
    choice: float = 18
    body: float = 18
    label: float = 16
    status: float = 16
    clock: float = 20
    rail_text: float = 15
    # space
    tight: float = 4
    small: float = 8
    gap: float = 12
    edge: float = 16
    # radius
    chip_radius: float = 12
    button_radius: float = 14
    card_radius: float = 16
    # parts
    rail: float = 96
    rail_item: float = 76
    statusbar: float = 52
    pill: float = 34
    column: float = 300
    chip: float = 52
    button: float = 60
    primary_button: float = 76
    row: float = 58
    answer: float = 128
    answer_icon: float = 64
    row_icon: float = 26
    dialog: float = 560
    key: float = 60
    day: float = 50
    tile: float = 108
    field: float = 64
    board_key: float = 52
    between: float = 8
    """Between two targets, at the least."""


ROOMY = Sizes(column=340, row=62, answer=136, key=64, day=56, tile=132, board_key=60)
"""From 1200x700."""

NORMAL = Sizes()
"""At 1024x600."""

COMPACT = Sizes(
    display=36,
    panel_title=28,
    headline=24,
    pad_digit=24,
    primary=20,
    lead=18,
    choice=16,
    label=15,
    status=15,
    clock=19,
    gap=8,
    edge=10,
    rail=76,
    rail_item=64,
    statusbar=48,
    column=236,
    chip=48,
    button=50,
    primary_button=62,
    row=52,
    answer=92,
    answer_icon=50,
    dialog=520,
    key=56,
    day=48,
    tile=88,
    field=52,
    board_key=48,
)
"""At 800x480."""


def sizes_for(width: float, height: float) -> Sizes:
    """Choose the sizes for a window of so many dp."""
    if width < 960 or height < 560:
        return COMPACT
    if width >= 1200 and height >= 700:
        return ROOMY
    return NORMAL


def scaled(sizes: Sizes, density: float) -> Sizes:
    """Give sizes in pixels for a screen with so many pixels per dp."""
    return replace(sizes, **{f.name: getattr(sizes, f.name) * density for f in fields(sizes)})
