"""States of the gallery in which everything that somebody else has written is far too long."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from kiosk.desk.words import Phrase

if TYPE_CHECKING:
    from kiosk.view.state import AppState

LENGTH = 300
WORDS = ("Maximiliane Oluwaseun Featherstonehaugh-Okafor of Westerhaven, " * 6)[:LENGTH]
NUMBER = ("31234000517861" * 30)[:LENGTH]
"""What a library system may send as a name, and what a scanner may read as a barcode."""

FREE = frozenset({"name", "title", "item", "library_name", "staff", "profile", "reason", "who"})
OURS = frozenset({"Check.name", "Row.name"})
"""The fields that others write; and those of the same names that Daybook writes."""

_DAY_OR_TIME = re.compile(r"\d{4}-\d\d-\d\d|\d\d?:\d\d")
_CHOSEN = frozenset({"ending", "amount"})
"""Arguments of phrases that are not anybody's words."""


def lengthened(state: AppState, text: str) -> AppState:
    """Give the state with `text` for every name, title, number and reason in it."""
    longer: AppState = _lengthened(state, text)
    return longer


def _lengthened(value: Any, text: str, field: str = "") -> Any:
    if isinstance(value, Phrase):
        return Phrase(
            value.key, {key: _argument(key, each, text) for key, each in value.args.items()}
        )
    if is_dataclass(value) and not isinstance(value, type):
        of = type(value).__name__
        return replace(
            value,
            **{
                each.name: _lengthened(getattr(value, each.name), text, f"{of}.{each.name}")
                for each in fields(value)
                if each.init
            },
        )
    if isinstance(value, tuple):
        return tuple(_lengthened(each, text, field) for each in value)
    free = field.rpartition(".")[2] in FREE and field not in OURS
    return text if free and isinstance(value, str) and value else value


def _argument(key: str, value: Any, text: str) -> Any:
    if isinstance(value, Phrase):
        return _lengthened(value, text)
    free = isinstance(value, str) and value and key not in _CHOSEN
    return text if free and not _DAY_OR_TIME.match(value) else value
