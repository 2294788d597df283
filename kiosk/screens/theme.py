"""What the screens are made of: colours, type, space, sizes, icons. Read-only.

Sizes are in dp: `scaled` gives them in pixels. A theme or a set of sizes is one frozen record, so
that another one (high contrast, larger text) is one more record and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.desk.visits import Stage
    from kiosk.view.state import Tone

FONTS = Path(__file__).parent / "fonts"

FONT_FILES: Mapping[str, str] = {
    "Regular": "AtkinsonHyperlegibleNext_400Regular.ttf",
    "SemiBold": "AtkinsonHyperlegibleNext_600SemiBold.ttf",
    "Bold": "AtkinsonHyperlegibleNext_700Bold.ttf",
    "Mono": "AtkinsonHyperlegibleMono_600SemiBold.ttf",
    "Icons": "materialdesignicons-webfont.ttf",
}
"""Typefaces by the name that the `.kv` files use."""

Colour = tuple[float, float, float, float]


def colour(code: str) -> Colour:
    """Turn `#RRGGBB` into red, green, blue and alpha, each from 0 to 1."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (red, green, blue, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tint:
    """The colours of one tone: what is written, and what it is written on."""

    ink: Colour
    ground: Colour


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Every colour on show. `border` is the width of the lines around surfaces, in dp."""

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
    border: float = 1.0
    strong: str = "SemiBold"
    """The typeface of what stands out. Light letters on dark look thinner: bolder there."""

    def tint(self, tone: Tone) -> Tint:
        """Give the colours of a tone. `neutral` is a plain card."""
        if tone == "neutral":
            return Tint(ink=self.ink, ground=self.card)
        tint: Tint = getattr(self, tone)
        return tint


def _tint(ink: str, ground: str) -> Tint:
    return Tint(ink=colour(ink), ground=colour(ground))


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
    accent=colour("#0F5EA8"),
    accent_pressed=colour("#0B4A86"),
    on_accent=colour("#FFFFFF"),
    confirmed=_tint("#146C43", "#E3F3EA"),
    recorded=_tint("#4A4E8C", "#E9EAF7"),
    look=_tint("#8A4B00", "#FFF0D6"),
    not_taken=_tint("#A4161A", "#FBE6E5"),
    alarm=colour("#7A0C10"),
    on_alarm=colour("#FFFFFF"),
    scrim=(0.06, 0.09, 0.13, 0.55),
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
    accent=colour("#6DB5F5"),
    accent_pressed=colour("#4E9BE0"),
    on_accent=colour("#08121C"),
    confirmed=_tint("#7BD8A6", "#143425"),
    recorded=_tint("#B9BEFF", "#25284A"),
    look=_tint("#FFC56B", "#3A2A0C"),
    not_taken=_tint("#FF9C94", "#431818"),
    alarm=colour("#7A0C10"),
    on_alarm=colour("#FFFFFF"),
    scrim=(0.0, 0.0, 0.0, 0.65),
    strong="Bold",
)

THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Every length on show: type, space, radius, and the parts of the screen."""

    # type
    display: float = 44
    panel_title: float = 36
    headline: float = 30
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


ROOMY = Sizes(column=340, row=62, answer=136, key=64, day=56)
"""From 1200x700."""

NORMAL = Sizes()
"""At 1024x600."""

COMPACT = Sizes(
    display=36,
    panel_title=28,
    headline=24,
    primary=20,
    lead=18,
    choice=16,
    label=15,
    status=15,
    clock=19,
    small=6,
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


ICONS: Mapping[str, str] = {
    "alarm": "\U000f0029",
    "back": "\U000f0141",
    "backspace": "\U000f0b5c",
    "blocked": "\U000f12e0",
    "block_list": "\U000f0a12",
    "bookdrop": "\U000f1134",
    "calendar": "\U000f0e18",
    "card": "\U000f0dab",
    "check": "\U000f012c",
    "checkin": "\U000f1681",
    "checkout": "\U000f1683",
    "close": "\U000f0156",
    "confirmed": "\U000f05e0",
    "forward": "\U000f0142",
    "help": "\U000f0625",
    "keyboard": "\U000f097b",
    "library": "\U000f0318",
    "library_away": "\U000f0319",
    "library_none": "\U000f0317",
    "library_soon": "\U000f031a",
    "look": "\U000f0026",
    "lost": "\U000f0338",
    "neutral": "\U000f02fc",
    "no_slip": "\U000f1a6a",
    "not_taken": "\U000f0159",
    "pending": "\U000f0150",
    "printer": "\U000f1786",
    "printer_bad": "\U000f042c",
    "printer_good": "\U000f1146",
    "question": "\U000f0625",
    "recorded": "\U000f18eb",
    "scanner": "\U000f0072",
    "scanner_bad": "\U000f1236",
    "space": "\U000f0479",
    "support": "\U000f087e",
    "to_fix": "\U000f05d6",
    "undo": "\U000f054d",
    "undone": "\U000f0377",
    "versions": "\U000f06b0",
}
"""Material Design Icons by what they mean here."""

STAGE_LOOK: Mapping[Stage, tuple[str, Tone]] = {
    "recording": ("pending", "neutral"),
    "recorded": ("recorded", "recorded"),
    "applied": ("confirmed", "confirmed"),
    "noticed": ("look", "look"),
    "refused": ("not_taken", "not_taken"),
    "unknown": ("recorded", "recorded"),
    "by_hand": ("recorded", "recorded"),
    "voiding": ("pending", "neutral"),
    "voided": ("undone", "neutral"),
    "not_taken": ("not_taken", "not_taken"),
    "failed": ("not_taken", "not_taken"),
}
"""The icon and the tone of each stage of a line."""
