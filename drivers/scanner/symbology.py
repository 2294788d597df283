"""From the bytes of a scanner to scans: the only place that knows framing and symbologies.

A scanner sends the barcode as text and ends it with a key: Return for most, Tab for some. So a
scan is a line. A serial cable has no other frame: what comes before the end of the line may be
cut off, glued or garbled, and the rule here is that a damaged line is told as `Damaged` and never
repaired, since a wrong number is worse than none: it lends a book to somebody else.

Two things may stand around the number itself, by the settings of the scanner:

* an AIM identifier `]cm` in front (ISO/IEC 15424): c is the symbology, m what was done with check
  digits. `A` Code 39, `C` Code 128, `E` UPC/EAN, `F` Codabar, `I` interleaved 2 of 5, `X` others;
* the start and stop letters A to D of Codabar, which belong to the symbol, not to the number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

SCAN_LIMIT = 128
TYPED_LIMIT = 4096
SAMPLE_LIMIT = 32
_SHORTEST_TYPED = 8  # six digits between two letters

_AIM = re.compile(r"\]([A-Za-z][0-9A-Za-z])(.+)")
_CODABAR = re.compile(r"[A-Da-d](\d+)[A-Da-d]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scan:
    """One barcode, whole: its text, and the AIM symbology ("A0", "F1") or "" if not told."""

    text: str
    symbology: str = ""


@dataclass(frozen=True, slots=True)
class Damaged:
    """Something was scanned and could not be read: say so, and let it be scanned again.

    `incomplete`: it broke off; `too_long`: no barcode is that long; `not_text`: noise, often from a
    wrong speed or parity. `sample` is at most 32 printable characters of it.
    """

    reason: Literal["incomplete", "too_long", "not_text"]
    sample: str


class Framer:
    """Cut the bytes of one device into scans, the same ones however the bytes are chunked.

    A line ends at CR, LF, CR LF or Tab and holds at most 128 bytes; empty lines are nothing.
    `typed` is for lines that people type as well: up to 4096 bytes, nothing is stripped, and a Tab
    is a character like others, except at the ends of the line, where a scanner put it. An empty
    line is one too: people press Enter to leave something out.
    """

    def __init__(self, *, typed: bool = False) -> None:
        self._typed = typed
        self._limit = TYPED_LIMIT if typed else SCAN_LIMIT
        self._ends = re.compile(rb"([\r\n])" if typed else rb"([\r\n\t])")
        self._line = bytearray()
        self._after_cr = False

    @property
    def partial(self) -> bool:
        """Whether a scan has begun and not ended."""
        return bool(self._line)

    def feed(self, data: bytes) -> list[Scan | Damaged]:
        """Take bytes as they came; give the scans they complete."""
        *ended, rest = self._ends.split(data)
        scans: list[Scan | Damaged] = []
        for part, end in zip(ended[::2], ended[1::2], strict=True):
            self._keep(part)
            half = self._after_cr and end == b"\n" and not self._line  # of a CR LF
            scans += [] if half else self._end()
            self._after_cr = end == b"\r"
        self._keep(rest)
        return scans

    def gap(self) -> list[Damaged]:
        """Drop a scan that will not be completed: silence in the middle of it, or unplugged.

        Glued to the next scan it would make a number nobody scanned.
        """
        line, self._line = bytes(self._line), bytearray()
        if not line:
            return []
        return [Damaged("too_long" if len(line) > self._limit else "incomplete", _sample(line))]

    def _keep(self, part: bytes) -> None:
        # One byte over the limit is kept, to know that there was more; the rest is of no use.
        self._line += part[: self._limit + 1 - len(self._line)]

    def _end(self) -> list[Scan | Damaged]:
        line, self._line = bytes(self._line), bytearray()
        if len(line) > self._limit:
            return [Damaged("too_long", _sample(line))]
        text = line.strip(b"\t") if self._typed else line
        if not text and (line or not self._typed):
            return []
        return [self._read(text)]

    def _read(self, line: bytes) -> Scan | Damaged:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return Damaged("not_text", _sample(line))
        if any(unicodedata.category(character) == "Cc" and character != "\t" for character in text):
            return Damaged("not_text", _sample(line))
        return Scan(text) if self._typed else unwrap(text)


def unwrap(text: str) -> Scan:
    """Take the AIM identifier and Codabar's start and stop letters off a barcode.

    The letters go only from a number, and only where the symbology is Codabar or not known:
    "A12345B" in Code 39 is the barcode itself.
    """
    symbology = ""
    if aim := _AIM.fullmatch(text):
        symbology, text = aim.groups()
    if symbology[:1] in {"", "F"} and (codabar := _CODABAR.fullmatch(text)):
        text = codabar[1]
    return Scan(text, symbology)


def unwrap_typed(text: str) -> str:
    """Take off what a scanner that types like a keyboard has put around a number.

    The same as `unwrap`; but people type here, too, and A12B may be a house number: without an AIM
    identifier, letters go from six digits on only.
    """
    if text.startswith("]") or len(text) >= _SHORTEST_TYPED:
        return unwrap(text).text
    return text


def _sample(line: bytes) -> str:
    text = line[: 4 * SAMPLE_LIMIT].decode(errors="replace")
    return "".join(c if c.isprintable() else "?" for c in text)[:SAMPLE_LIMIT]
