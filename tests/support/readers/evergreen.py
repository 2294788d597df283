"""Read lines of Evergreen's offline transactions as its server does."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

TYPES = {"checkout", "checkin", "renew", "in_house_use", "register"}
DATES = ("checkout_time", "due_date", "backdate", "use_time")


def read(content: bytes) -> list[dict[str, Any]]:
    text = content.decode("ascii")
    if text and not text.endswith("\n"):
        raise ValueError("the last line has no end")
    return [_line(line) for line in text.split("\n")[:-1]]


def _line(text: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(text)
    if line["type"] not in TYPES or not isinstance(line["timestamp"], int):
        raise ValueError(f"no transaction: {text}")
    for name in DATES:
        if name in line:
            line[name] = _date(line[name])
    return line


def _date(text: str) -> datetime:
    """Read a date with a whole time and an offset: all else becomes another date there."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", text):
        raise ValueError(f"a date that would become another: {text!r}")
    return datetime.fromisoformat(text)
