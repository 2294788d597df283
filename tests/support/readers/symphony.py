"""Read lines of Symphony's API server, as its history logs have them.

    E + time (14) + station (4) + "R " + ^S + sequence (2) + command (2) + data ^^O + length (5)

Only the lines of scripts and reports have the length; where it is there, it must be right.
"""

# ruff: noqa: DTZ001, DTZ007 - the files name no zone
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

LINE = re.compile(
    r"E(?P<at>\d{14})(?P<station>\d{4})R "
    r"(?P<request>\^S(?P<sequence>\d{2})(?P<command>[A-Za-z]{2})(?P<data>.*)\^\^O)(?P<length>\d{5})?"
)


@dataclass(frozen=True)
class Request:
    at: datetime
    station: str
    sequence: int
    command: str
    data: dict[str, str]
    length: int | None


def read_line(line: str) -> Request:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"no request: {line!r}")
    length = found["length"]
    if length is not None and int(length) != len(found["request"].encode("latin-1")):
        raise ValueError(f"{len(found['request'])} long, but says {length}: {line!r}")
    sequence = int(found["sequence"])
    if not 1 <= sequence <= 99:
        raise ValueError(f"sequence {sequence}: {line!r}")
    data: dict[str, str] = {}
    for field in found["data"].split("^"):
        if len(field) < 2 or field[:2] in data:
            raise ValueError(f"field {field!r}: {line!r}")
        data[field[:2]] = field[2:]
    return Request(
        at=datetime.strptime(found["at"], "%Y%m%d%H%M%S"),
        station=found["station"],
        sequence=sequence,
        command=found["command"],
        data=data,
        length=None if length is None else int(length),
    )


def read(content: bytes) -> list[Request]:
    """Read a whole log. Each line ends with a line feed; sequences count to 99 and start again."""
    text = content.decode("iso-8859-1")
    if text and not text.endswith("\n"):
        raise ValueError("the last line has no end")
    requests = [read_line(line) for line in text.split("\n")[:-1]]
    for before, after in pairwise(requests):
        if after.sequence != before.sequence % 99 + 1:
            raise ValueError(f"sequence {after.sequence} after {before.sequence}")
    return requests


def read_date(text: str) -> datetime:
    """Read a date as it stands in real logs: month first, with or without a time and zeros."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,(\d{1,2}):(\d{2}))?", text)
    if found is None:
        raise ValueError(f"no date: {text!r}")
    month, day, year, hour, minute = (int(x or 0) for x in found.groups())
    return datetime(year, month, day, hour, minute)
