"""The prompt of a console on a terminal: where the desk stands, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import AppState, Library
    from kiosk.words import Words

END = " > "
TYPING = 28
"""Columns left for typing: a barcode, and a little more."""


def prompt(state: AppState, words: Words, columns: int) -> str:
    """Tell how the desk stands, in fewer columns than there are: room is left for typing."""
    text = " · ".join(words(phrase) for phrase in _phrases(state))
    most = max(columns - TYPING, 16) - len(END)
    return (text if len(text) <= most else text[: most - 1] + "…") + END


def with_code(name: str, code: str) -> str:
    """Write a library or profile with its code, by which staff tell it from others."""
    return f"{name} ({code})" if code else name


def _phrases(state: AppState) -> Iterator[Phrase]:
    """Give what has to be in sight, the most important first: what is cut off is the rest."""
    yield from _first(state)
    yield say(f"prompt.{state.mode}")
    if state.patron is not None:
        yield _patron(state.patron.card_ending, state.items)
    elif state.items:
        yield say("prompt.items", count=state.items)
    if state.mode == "cart":
        yield say("prompt.left", count=state.returns.cart)
    if state.returned.bookdrop:
        yield say("prompt.bookdrop", day=state.returned.day)
    if state.mode == "checkout" and state.due.day != state.due.default_day:
        yield say("prompt.due", day=state.due.day)
    if not state.library.lets_in:
        yield say("screen.library.not_let_in")
    yield from _on_its_way(state.library)
    if state.staff:
        yield say("plain.text", text=state.staff)
    yield say("plain.text", text=with_code(state.library_name, state.library_code))


def _patron(card_ending: str, items: int) -> Phrase:
    if card_ending:
        return say("prompt.card", ending=card_ending, count=items)
    return say("prompt.guest", count=items)


def _on_its_way(library: Library) -> Iterator[Phrase]:
    """Count what the library has not answered for, by how far it has come."""
    if library.waiting:
        yield say("prompt.waiting", count=library.waiting)
    if library.uploaded:
        yield say("prompt.uploaded", count=library.uploaded)
    if library.handed_over:
        yield say("prompt.handed_over", count=library.handed_over)


def _first(state: AppState) -> Iterator[Phrase]:
    """Give what changes the meaning of all the rest."""
    if state.practice_until:
        yield say("practice.mark")
    if state.alarm is not None:
        yield say("alarm.headline")
    if state.locked is not None:
        yield state.locked
    if state.paper:
        yield say("prompt.paper", at=state.paper)
