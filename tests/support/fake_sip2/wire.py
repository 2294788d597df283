"""SIP2 messages as bytes: read as servers read requests, written as each of them writes replies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

FIXED = {
    "01": 21,
    "09": 39,
    "11": 40,
    "15": 21,
    "17": 20,
    "19": 20,
    "23": 23,
    "25": 20,
    "29": 40,
    "35": 20,
    "37": 27,
    "63": 33,
    "65": 20,
    "93": 4,
    "96": 2,
    "97": 2,
    "99": 10,
}
"""How long code and fixed part of each request are."""

BLANK_DATE = " " * 18


@dataclass(frozen=True)
class Message:
    """One message. `fixed` begins after the code. `right`: whether its checksum was."""

    code: str
    fixed: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    sequence: int | None = None
    checksum: str = ""
    right: bool = True

    def value(self, tag: str) -> str:
        """Give the first value of a tag, or ""."""
        return next((value for name, value in self.fields if name == tag), "")

    def having(self, tag: str, value: str) -> Message:
        """Give it with another value of a tag, where it has that."""
        fields = tuple((name, value if name == tag else old) for name, old in self.fields)
        return replace(self, fields=fields)


@dataclass(frozen=True)
class Layout:
    """How a server writes. Each is something that a real one does, or could."""

    end: str = "\r"
    encoding: str = "utf-8"
    checksum: str = "right"
    """right, zeros, wrong, missing, unpadded or lower (case)."""
    echo: bool = True
    """Whether a reply carries the sequence of its request."""
    again_as_0: bool = False
    """Whether what is sent again carries sequence 0 instead of its own, and ends with a bare CR."""
    ends_with_bar: bool = True
    ao_last: tuple[str, ...] = ()
    """The messages in which AO comes last."""
    without: tuple[str, ...] = ()
    """Tags that are left out."""
    repeated: tuple[str, ...] = ()
    """Tags whose fields come twice."""
    blank_dates: bool = False
    due: str = "date"
    """How AH is written: date, text, blank or missing."""
    before: str = ""
    """What is written before each message: a stray line feed, say."""


def checksum(line: bytes) -> str:
    """Give the checksum of a line that ends in AZ."""
    return f"{-sum(line) & 0xFFFF:04X}"


def write(message: Message, layout: Layout) -> bytes:
    """Write a message, with its error detection where it has a sequence, or is a 96."""
    fields = _laid_out(message, layout)
    fixed = message.fixed
    if layout.blank_dates:
        fixed = re.sub(r"\d{8}    \d{6}", BLANK_DATE, fixed)
    text = message.code + fixed + "".join(f"{tag}{escaped(value)}|" for tag, value in fields)
    if not layout.ends_with_bar and fields:
        text = text[:-1]
    line = text.encode(layout.encoding, "replace")
    if message.sequence is not None and layout.echo:
        line += b"AY%d" % message.sequence
    if message.sequence is not None:
        line += _checksum_field(line, layout)
    return layout.before.encode() + line + layout.end.encode()


def resend_request() -> bytes:
    """Write the 96 by which servers ask for a message again: a bare CR, whatever else they do."""
    return b"96AZ" + checksum(b"96AZ").encode() + b"\r"


def escaped(value: str) -> str:
    """Make a value one that a field can hold, as Koha does it."""
    return value.replace("|", "&#124;").replace("\r", " ").replace("\n", " ")


def _laid_out(message: Message, layout: Layout) -> list[tuple[str, str]]:
    fields = [_due(name, value, layout) for name, value in message.fields]
    if layout.due == "missing":
        fields = [x for x in fields if x[0] != "AH"]
    fields = [x for x in fields if x[0] not in layout.without]
    if message.code in layout.ao_last:
        fields.sort(key=lambda x: x[0] == "AO")
    return [x for x in fields for _ in range(1 + (x[0] in layout.repeated))]


def _due(name: str, value: str, layout: Layout) -> tuple[str, str]:
    if name != "AH" or not value:
        return name, value
    if layout.due == "text":
        return name, f"{value[6:8]}/{value[4:6]}/{value[:4]}"
    return name, BLANK_DATE if layout.due == "blank" or layout.blank_dates else value


def _checksum_field(line: bytes, layout: Layout) -> bytes:
    right = checksum(line + b"AZ")
    written = {
        "right": right,
        "zeros": "0000",
        "wrong": f"{(int(right, 16) + 1) & 0xFFFF:04X}",
        "unpadded": right.lstrip("0") or "0",
        "lower": right.lower(),
    }
    return b"" if layout.checksum == "missing" else b"AZ" + written[layout.checksum].encode()


def read(line: bytes, encoding: str) -> Message:
    """Read a request, without what ends its line. Raise ValueError where it is none."""
    line = re.sub(rb"^[^A-Za-z0-9]+", b"", line)
    code = line[:2].decode("ascii")
    if code not in FIXED:
        raise ValueError(f"unknown message: {line[:60]!r}")
    found = re.search(rb"(?:AY(\d))?AZ([0-9A-Fa-f]{4})\W*\Z", line)
    body = line[: found.start()] if found else line
    tail = body[FIXED[code] :].decode(encoding, "replace")
    return Message(
        code=code,
        fixed=body[2 : FIXED[code]].decode("ascii"),
        fields=tuple((piece[:2], piece[2:]) for piece in tail.split("|") if len(piece) >= 2),
        sequence=int(found[1]) if found and found[1] else None,
        checksum=found[2].decode().upper() if found else "",
        right=found is None or _is_right(line, found),
    )


def _is_right(line: bytes, found: re.Match[bytes]) -> bool:
    return checksum(line[: found.start(2)]) == found[2].decode().upper()


@dataclass
class Lines:
    """Cuts what arrives into lines, ended by CR, LF or both."""

    rest: bytes = field(default=b"")

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes; give the lines that are now complete."""
        *lines, self.rest = re.split(rb"[\r\n]", self.rest + data)
        return [line for line in lines if line.strip()]
