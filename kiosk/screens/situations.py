"""What somebody wants help with: where they are, and what there is to know there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.view.state import AppState

TO_DO: dict[str, tuple[str, ...]] = {
    "checkout": ("card", "printer", "keyboard"),
    "checkin": ("checkin", "bookdrop", "cart"),
    "renew": ("renew", "card", "library_away"),
    "inhouse": ("inhouse", "bookdrop", "undo"),
    "cart": ("cart", "wait", "ask"),
    "paper": ("paper", "card", "close"),
    "form": ("keyboard", "forward", "close"),
    "pin": ("keyboard", "wait", "support"),
    "locked": ("lock", "card", "library"),
    "recorded": ("today", "back", "printer"),
    "exceptions": ("to_fix", "settle", "printer"),
    "sessions": ("sessions", "process", "join"),
    "files": ("handed", "confirm_file", "report"),
    "report": ("today", "back"),
    "delivery": ("library", "pause", "checkout"),
    "ready": ("look", "again", "practice"),
    "devices": ("look", "printer", "scanner"),
    "settings": ("settings", "unlocked", "lock"),
    "pad": ("dialpad", "keyboard", "scanner"),
    "calendar": ("calendar", "forward"),
    "clock": ("today", "look"),
    "choice": ("kind", "close"),
    "question": ("question", "scanner", "support"),
    "tell": ("tell", "check"),
}
"""What there is to know in each situation, by the icons; the words are numbered from 1."""

BY_STATE = frozenset({"checkout", "checkin", "renew", "inhouse", "cart", "form", "locked"})
"""What the state of the desk tells more of than the place does."""


def situation(state: AppState, about: str = "") -> str:
    """Tell what help is wanted with: a panel, a place of its own, or else what the desk does."""
    if about in TO_DO and about not in BY_STATE:
        return about
    form, listing = state.form, state.listing
    if form is not None:
        return "pin" if form.fields[form.at].kind == "pin" else "form"
    if state.locked is not None:
        return "locked"
    if listing is not None:
        return listing.kind
    return "paper" if state.paper and state.mode == "checkout" else state.mode
