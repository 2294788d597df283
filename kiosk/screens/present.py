"""How parts of the AppState read on the screen. Words and icons in, nothing of Kivy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.desk.words import say
from kiosk.screens.theme import ICONS, STAGE_LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.words import Phrase
    from kiosk.view.state import (
        AppState,
        BlockList,
        Device,
        Library,
        Line,
        Space,
        Support,
        Tone,
    )

    Write = Callable[[Phrase], str]

DOTS = "••••"


def card_number(ending: str) -> str:
    """Write a card number the only way it is ever shown."""
    return f"{DOTS} {ending}"


def day(words: Write, iso: str) -> str:
    """Write a day: `Sat 12 Dec`."""
    return words(say("screen.day", day=iso))


def short_day(words: Write, iso: str) -> str:
    """Write a day of this week, for a button: `Sat 12`."""
    when = date.fromisoformat(iso[:10])
    name = words(say(f"screen.weekday.{when.isoweekday()}"))
    return words(say("screen.short_day", weekday=name, day=when.day))


def clock(words: Write, now: str) -> str:
    """Write the time of day: `10:42`."""
    return words(say("screen.clock", now=now))


def on_duty(state: AppState) -> str:
    """Say who is on duty, with which profile."""
    return " · ".join(part for part in (state.staff, state.profile) if part)


def row(words: Write, line: Line) -> dict[str, Any]:
    """Give the properties of one row of the history."""
    icon, tone = STAGE_LOOK[line.stage]
    return {
        "line_id": line.id,
        "number": str(line.number),
        "title": line.title or line.item,
        "is_number": not line.title,
        "detail": _row_detail(words, line),
        "note": words(line.note) if line.note else "",
        "aside": _row_aside(words, line),
        "icon": ICONS[icon],
        "tone": tone,
        "voided": line.stage == "voided",
    }


def _row_detail(words: Write, line: Line) -> str:
    if line.title:
        return line.item
    return words(say(f"screen.line.{line.stage}", at=line.at))


def _row_aside(words: Write, line: Line) -> str:
    """Say at the right what came of it: the day, or why there is none."""
    if line.stage in ("refused", "voided", "not_taken", "failed"):
        return words(say(f"screen.aside.{line.stage}"))
    return day(words, line.day) if line.day else ""


def library_chip(words: Write, library: Library) -> tuple[str, str, Tone]:
    """Give the icon, the text and the tone of the library chip."""
    waiting = library.waiting
    if library.state == "none":
        return ICONS["library_none"], words(say("screen.library.none")), "neutral"
    icon, tone = _CHIPS[library.state]
    key = f"screen.library.{library.state}"
    if not library.lets_in:
        key, tone = "screen.library.not_let_in", "look"
    if waiting:
        return ICONS[icon], words(say(f"{key}.waiting", waiting=waiting)), tone
    return ICONS[icon], words(say(key)), tone


_CHIPS: dict[str, tuple[str, Tone]] = {
    "online": ("library", "confirmed"),
    "offline": ("library_away", "recorded"),
    "connecting": ("library_soon", "recorded"),
}


def library_story(words: Write, library: Library) -> tuple[str, str]:
    """Give the headline and the text behind the library chip."""
    key = f"screen.library.{library.state if library.lets_in else 'not_let_in'}"
    parts = [words(say(f"{key}.story"))]
    if library.reason:
        parts.insert(0, words(library.reason))
    if library.waiting and library.state != "none":
        parts.append(words(say("screen.library.waiting_story", count=library.waiting)))
    return words(say(f"{key}.title")), "\n\n".join(parts)


def space_chip(words: Write, space: Space) -> tuple[str, str, Tone]:
    """Give the icon, the text and the tone of the chip for a disk that is filling up."""
    if space.state == "short":
        return ICONS["space"], words(say("screen.space.short")), "not_taken"
    return ICONS["space"], "", "look"


def space_story(words: Write, space: Space, support: Support) -> tuple[str, str]:
    """Give the headline and the text behind that chip."""
    parts = (words(space.lasting), words(say("space.todo")), support_line(words, support))
    return words(space.headline), "\n\n".join(part for part in parts if part)


def support_line(words: Write, support: Support) -> str:
    """Say whom to ask, or "" where nobody is named."""
    line = support.line
    return words(line) if line is not None else ""


def block_list_chip(words: Write, block_list: BlockList) -> tuple[str, str, Tone]:
    """Give the icon, the text and the tone of the block list's chip."""
    says = words(say(f"screen.blocklist.{block_list.state}", count=block_list.days))
    return ICONS["block_list"], says, _BLOCK_LIST_TONES.get(block_list.state, "look")


_BLOCK_LIST_TONES: dict[str, Tone] = {
    "fresh": "confirmed",
    "too_old": "not_taken",
    "damaged": "not_taken",
}


def block_list_story(words: Write, block_list: BlockList) -> tuple[str, str]:
    """Give the headline and the text behind the block list's chip."""
    parts = [words(block_list.story)]
    if block_list.trouble:
        trouble = words(block_list.trouble)
        parts.append(words(say("screen.blocklist.trouble", trouble=trouble)))
    return words(block_list.headline), "\n\n".join(parts)


def device_story(words: Write, devices: tuple[Device, ...]) -> str:
    """Say of each device how it is."""
    return "\n\n".join(
        f"{device.name}\n{words(device.problem or say(f'screen.{device.kind}.good'))}"
        for device in devices
    )
