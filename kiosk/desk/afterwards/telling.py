"""Who must be told after an outage, and what."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.desk.words import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class ToTell:
    """Who must be told, and the text for it."""

    who: tuple[str, ...]
    text: tuple[Phrase, ...]
