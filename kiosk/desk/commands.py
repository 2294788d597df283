"""Command words: what buttons do, on a barcode card beside the scanner or typed after a colon.

`done`, `due:21`, `bookdrop:2026-11-20`, `time:14:05`. A scanned text is a command where it is one
of these words (upper or lower case: Code 39 has only capitals); a typed one where it starts with a
colon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Word = Literal[
    "checkout", "checkin", "done", "done-noslip", "undo", "due", "bookdrop", "reprint",
    "yes", "no", "next", "back", "choose", "key",
    "time", "renew", "inhouse", "register", "lock", "login", "help",
]  # fmt: skip

WITH_VALUE: frozenset[str] = frozenset({"due", "bookdrop", "choose", "key"})
MAY_HAVE_VALUE: frozenset[str] = frozenset({"reprint", "time"})


@dataclass(frozen=True, slots=True)
class Command:
    """A command word, with what stands after its colon."""

    word: Word
    value: str = ""


def parse(text: str) -> Command | None:
    """Read a command with its optional leading colon, or None where it is not one."""
    word, *rest = re.split(r"[: ]+", text.strip().removeprefix(":"), maxsplit=1)
    value = rest[0] if rest else ""
    for known in get_args(Word):
        if word.lower() == known:
            wants = known in WITH_VALUE
            if bool(value) == wants or known in MAY_HAVE_VALUE:
                return Command(known, value)
    return None
