"""How the desk says things: by key and parameters, never in prose.

The sentences live in `kiosk.words`, so that a language can change without a restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence by its key, with its parameters.

    Dates and times are ISO 8601 strings; the sentence itself says how to write them. A parameter
    can be a phrase too.
    """

    key: str
    args: dict[str, str | int | Phrase] = field(default_factory=dict)


def say(key: str, **args: str | int | Phrase) -> Phrase:
    """Make a phrase."""
    return Phrase(key, args)


def ending(card: str) -> str:
    """Give the last four digits of a card, which is all of it that is ever shown.

    Of a number so short that four would give it away, the last half.
    """
    return card[max(len(card) - 4, (len(card) + 1) // 2) :]


BEGINNING = 32
"""So many characters are shown of a text from outside."""


def shown(text: str) -> str:
    """Give the beginning of a text from outside, fit to be shown: it may be anything."""
    plain = "".join(c if c.isprintable() else "?" for c in text[:BEGINNING])
    return plain if len(text) <= BEGINNING else f"{plain}…"
