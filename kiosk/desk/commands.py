"""Command words: what buttons do, on a barcode card beside the scanner or typed after a colon.

`done`, `due:21`, `bookdrop:2026-11-20`, `time:14:05`, in upper or lower case: Code 39 has only
capitals. The command sheet prints them with the colon in front, which no card and no label begins
with; so what begins with one is never taken for a number. A bare word is a command too, unless
cards or labels look like that here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Word = Literal[
    "checkout", "checkin", "cart", "done", "done-noslip", "undo", "due", "due-next", "kind",
    "bookdrop", "reprint", "paper", "today", "find", "day", "who",
    "yes", "no", "next", "back", "choose", "key",
    "time", "renew", "inhouse", "count", "noncat", "guest", "register", "entered", "lock", "login",
    "session", "override", "delivery", "preview", "runs", "told", "send", "pause", "help",
    "sessions", "process", "handed",
    "exceptions", "report",
    "commands", "ready", "practice", "test-slip", "test-scan", "stop", "settings",
]  # fmt: skip

WITH_VALUE: frozenset[str] = frozenset({"bookdrop", "choose", "key", "count", "entered", "day"})
MAY_HAVE_VALUE: frozenset[str] = frozenset(
    {
        "back",
        "next",
        "due",
        "due-next",
        "kind",
        "reprint",
        "time",
        "help",
        "cart",
        "paper",
        "undo",
        "today",
        "find",
        "who",
        "exceptions",
        "runs",
        "sessions",
        "settings",
    }
)
ALIASES: dict[str, Word] = {"fix": "exceptions"}
"""Shorter words for the same: a barcode of one fits on narrow paper."""
VALUES: dict[str, str] = {
    "back": r"|[1-9]\d?",
    "choose": r"\d{1,4}|[#=]\S.*",
    "done": r"|#\S+",
    "done-noslip": r"|#\S+",
    "key": r"\d|ok|delete",
    "next": r"|empty",
}
"""What the value has to be, where nothing else would do."""
NAMED = ("#", "=")
"""What a choice by name begins with: that of a list's entry, or the value of a form's option."""
OF_WORDS: frozenset[str] = frozenset(
    {"due", "due-next", "kind", "time", "runs", "sessions", "settings", *VALUES}
)
"""Commands whose values are words: in capitals they mean the same."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command word, with what stands after its colon."""

    word: Word
    value: str = ""


def parse(text: str) -> Command | None:
    """Read a command with its optional leading colon, or None where it is not one."""
    word = word_in(text)
    return None if word is None else _with_value(word, _split(text)[1])


def word_in(text: str) -> Word | None:
    """Give the command word that a text begins with, whatever follows it."""
    first = _split(text)[0].lower()
    return next((known for known in get_args(Word) if first == known), ALIASES.get(first))


def is_marked(text: str) -> bool:
    """Tell whether a text begins as only a command does."""
    return text.strip().startswith(":")


def _split(text: str) -> tuple[str, str]:
    word, *rest = re.split(r"[: ]+", text.strip().removeprefix(":"), maxsplit=1)
    return word, rest[0] if rest else ""


def _with_value(word: Word, value: str) -> Command | None:
    value = value.lower() if word in OF_WORDS and not value.startswith(NAMED) else value
    if word in VALUES:
        fits = re.fullmatch(VALUES[word], value, re.ASCII) is not None
    else:
        fits = word in MAY_HAVE_VALUE or bool(value) == (word in WITH_VALUE)
    return Command(word, value) if fits else None
