"""Read Alma's offline circulation files: fixed columns, as its help describes them."""

# ruff: noqa: DTZ007 - the files name no zone
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Row:
    at: datetime
    kind: str
    item: str
    user: str = ""


def read(content: bytes) -> list[Row]:
    text = content.decode("ascii")
    if text and not text.endswith("\n"):
        raise ValueError("the last row has no end")
    return [_row(line) for line in text.splitlines()]


def _row(line: str) -> Row:
    kind = line[12:13]
    if kind not in ("L", "R"):
        raise ValueError(f"neither lent nor returned: {line!r}")
    row = Row(
        at=datetime.strptime(line[:12], "%Y%m%d%H%M"),
        kind=kind,
        item=line[13:93].rstrip(" "),
        user=line[93:].rstrip(" "),
    )
    if not row.item or (kind == "L") != bool(row.user):
        raise ValueError(f"lacks a number, or has one too many: {line!r}")
    return row
