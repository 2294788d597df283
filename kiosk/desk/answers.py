"""What the desk answers: to a scan, with a question, or with an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.desk.words import Phrase

Tone = Literal["neutral", "confirmed", "recorded", "look", "not_taken"]
"""The four answers a scan can have (colour, icon, word and sound), and `neutral` for news."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The answer to the last scan.

    `aside` is the large fact beside it (the due date, the day of return), `aside_label` the small
    word above that. `item` is the item it is about, or "". `mono`: the headline is a number.
    """

    tone: Tone
    headline: Phrase
    detail: Phrase | None = None
    aside: Phrase | None = None
    aside_label: Phrase | None = None
    item: str = ""
    mono: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Something only staff can decide. Answered by the commands `yes` and `no`."""

    headline: Phrase
    detail: Phrase
    yes: Phrase
    no: Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Nothing is being recorded. `safe_until` is the last moment known to be on the disk, or ""."""

    reason: str
    safe_until: str
