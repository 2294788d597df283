"""Read Koha's offline circulation files as Koha and its wiki describe them."""

# ruff: noqa: DTZ007 - the files name no zone
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

ARGUMENTS = {
    "issue": ("cardnumber", "barcode"),
    "return": ("barcode",),
    "payment": ("cardnumber", "amount"),
}


@dataclass(frozen=True)
class Action:
    at: datetime
    name: str
    cardnumber: str = ""
    barcode: str = ""
    amount: str = ""


def read_header(line: str) -> dict[str, str]:
    keys = dict(part.split("=", 1) for part in line.split("\t"))
    if keys.get("Version") != "1.0":
        raise ValueError(f"version {keys.get('Version')!r}")
    if not keys.get("Generator") or not keys.get("GeneratorVersion"):
        raise ValueError(f"nobody has made it: {line!r}")
    return keys


def read(content: bytes) -> list[Action]:
    """Read a whole file, with any line ends and a tab too many."""
    header, *lines = content.decode("ascii").replace("\r", "").split("\n")
    read_header(header)
    if lines.pop() != "":
        raise ValueError("the last line has no end")
    return [_action(line) for line in lines]


def _action(line: str) -> Action:
    at, name, *arguments = line.rstrip("\t").split("\t")
    return Action(at=_time(at), name=name, **dict(zip(ARGUMENTS[name], arguments, strict=True)))


def _time(text: str) -> datetime:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d) (\d\d)[:-](\d\d)[:-](\d\d)(?: (\d{3}))?", text)
    if found is None:
        raise ValueError(f"no time: {text!r}")
    day, hour, minute, second, thousandths = found.groups()
    at = datetime.strptime(f"{day} {hour}:{minute}:{second}", "%Y-%m-%d %H:%M:%S")
    return at.replace(microsecond=int(thousandths or 0) * 1000)
