"""How the library, the disk and the block list stand: their chips, and what is told behind these.

Behind the library's chip is all that is told about delivery. Nothing of Kivy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.words import say
from kiosk.screens.icons import ICONS
from kiosk.screens.present import support_line

if TYPE_CHECKING:
    from kiosk.desk.words import Phrase
    from kiosk.screens.present import Write
    from kiosk.view.state import BlockList, Library, Space, Support, Tone


def library_chip(words: Write, library: Library) -> tuple[str, str, Tone]:
    """Give the icon, the text and the tone of the library chip."""
    icon, tone = _look_of(library)
    return ICONS[icon], words(_chip(library)), tone


def _look_of(library: Library) -> tuple[str, Tone]:
    icon, tone = _CHIPS[library.state]
    if library.state != "none" and (not library.lets_in or library.paused):
        tone = "look"
    return icon, tone


def _chip(library: Library) -> Phrase:
    """Say how it stands, and how much waits: here first, then there."""
    if library.state == "none":
        return say("screen.library.none")
    key = f"screen.library.{_standing(library)}"
    if library.waiting:
        return say(f"{key}.waiting", count=library.waiting)
    if library.uploaded:
        return say("screen.library.uploaded", count=library.uploaded)
    if library.handed_over:
        return say("screen.library.to_load", count=library.handed_over)
    return say(key)


def _standing(library: Library) -> str:
    if not library.lets_in:
        return "not_let_in"
    if library.paused:
        return "paused"
    if library.by_files and library.state in ("online", "offline"):
        return "files" if library.state == "online" else "files_away"
    return library.state


_CHIPS: dict[str, tuple[str, Tone]] = {
    "none": ("library_none", "neutral"),
    "online": ("library", "confirmed"),
    "offline": ("library_away", "recorded"),
    "connecting": ("library_soon", "recorded"),
}


def library_state(words: Write, library: Library) -> tuple[str, Tone, str, str]:
    """Give icon, tone, headline and text for how the link to the library stands, and why."""
    icon, tone = _look_of(library)
    key = f"screen.library.{_standing(library)}"
    why = library.reason if key != "screen.library.paused" else None
    parts = [why, library.loading_trouble, _story(key, library)]
    text = " ".join(words(part) for part in parts if part)
    return icon, tone, words(say(f"{key}.title")), text


def _story(key: str, library: Library) -> Phrase:
    if library.paused is not None and library.lets_in:
        by, at = library.paused.by, library.paused.at
        if not by:
            return say("screen.library.paused.untold", at=at)
        return say("screen.library.paused.story", at=at, by=by)
    if library.state == "online" and library.lets_in and not (library.live or library.by_files):
        return say("screen.library.online.later")
    return say(f"{key}.story")


def library_figures(words: Write, library: Library) -> list[tuple[str, str]]:
    """Give each number of what is not settled yet, and what it counts; none where all is."""
    counts = {
        "waiting" if library.state != "none" else "kept": library.waiting,
        "unknown": library.unknown,
        "by_hand": library.by_hand,
        "uploaded": library.uploaded,
        "handed_over": library.handed_over,
    }
    return [
        (words(say("screen.number", number=count)), words(say(f"screen.delivery.{what}")))
        for what, count in counts.items()
        if count
    ]


def library_plan(words: Write, library: Library) -> str:
    """Say what the backlog waits for, and since when the library is away: a stick may always be."""
    parts = []
    if library.away_since and not library.by_files:
        parts.append(say("delivery.away_since", since=library.away_since))
    if library.asks_first and library.waiting:
        parts.append(say("screen.delivery.asks_first"))
    elif library.next_load and library.waiting and library.paused is None:
        parts.append(say("screen.delivery.next_load", at=library.next_load))
    return "\n".join(words(part) for part in parts)


def library_next(library: Library) -> str:
    """Name the command that most people give next about delivery; "" where there is none."""
    held = bool(library.waiting) and (library.asks_first or bool(library.next_load))
    return "send" if library.paused or (held and not library_goes(library)) else ""


def library_goes(library: Library) -> bool:
    """Tell whether the backlog is on its way: one by one, or all together."""
    return library.run is not None or library.carried is not None


def space_chip(words: Write, space: Space) -> tuple[str, str, Tone]:
    """Give the icon, the text and the tone of the chip for a disk that is filling up."""
    tone: Tone = "not_taken" if space.state == "short" else "look"
    return ICONS["space"], words(say(f"screen.space.{space.state}")), tone


def space_story(words: Write, space: Space, support: Support) -> tuple[str, str]:
    """Give the headline and the text behind that chip."""
    parts = (words(space.lasting), words(say("space.todo")), support_line(words, support))
    return words(space.headline), "\n\n".join(part for part in parts if part)


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
