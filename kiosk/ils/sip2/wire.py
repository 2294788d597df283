"""SIP2 without I/O: requests into bytes, bytes into replies, and one exchange of the two.

SIP2 (3M's Standard Interchange Protocol, 2.00) is one message a line over TCP, each ended by a
carriage return, and one request at a time. A message looks like this:

    12 1NUN 20251121    093012 AOmain| AA21234000094417| AB...| AJBraiding Sweetgrass| AY3 AZEC0F
    ^^ ^^^^^^^^^^^^^^^^^^^^^^^ ^^^^^^^                                                 ^^^ ^^^^^^
    |  fixed part: positions,  variable fields: a two-letter tag, the value, and a     |   checksum
    |  no separators           "|" after every one, in any order (written here with    |
    code                       spaces between, which the wire does not have)           sequence

The last two are error detection, which a client switches on by sending them. The *sequence* is one
digit, counted up by the client, and echoed. The *checksum* is the 16-bit two's complement of the
sum of every byte up to and including the letters `AZ`, in four hexadecimal digits. Whoever receives
a wrong one asks again: the server with `96`, upon which the client sends the same message with the
same sequence; the client with `97`, upon which the server sends its last reply again.

Requests are written by pysip2, but for sequence and checksum. Replies are read here, because what
real servers send is not what the standard says: CR, LF or both between messages; fields in any
order, repeated, missing, or without their last "|"; blank dates; fixed parts cut short; checksums
that are unpadded, absent, or always `0000`. So the reader looks for what is there, takes missing
positions as blank, and never raises. What it read, and whether to believe it, is for `Exchange` to
decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import msgspec
from pysip2 import RequestACSResend, encode_message

from kiosk.ils.said import plain

if TYPE_CHECKING:
    from datetime import tzinfo

    from pysip2 import SIPRequest

    from kiosk.ils.sip2.servers import Checksums

LONGEST_LINE: Final = 64 * 1024
"""Bytes. Anything longer is not a SIP2 message, and is thrown away up to the end of its line."""

LONGEST_VALUE: Final = 255
"""Bytes of one field's value in a request: what the standard allows, and pysip2 writes."""

TRIES: Final = 3
"""How often one exchange sends a message again, its own or a 97, where the server did not say."""

MOST_STALE: Final = 20
"""Replies to something else that one exchange will skip before it gives up."""

# For each reply: how long its code and fixed part are together, and where in it a date begins.
_FIXED: Final = {
    "10": (24, 6),
    "12": (24, 6),
    "16": (22, 4),
    "18": (26, 8),
    "20": (21, 3),
    "24": (37, 19),
    "26": (37, 19),
    "30": (24, 6),
    "36": (21, 3),
    "38": (21, 3),
    "64": (61, 19),
    "66": (29, 11),
    "94": (3, 3),
    "96": (2, 2),
    "98": (36, 14),
}

_ANSWERS: Final = {
    "09": "10",
    "11": "12",
    "17": "18",
    "29": "30",
    "35": "36",
    "63": "64",
    "93": "94",
    "99": "98",
}

# They change nothing, so they may be sent as often as it takes.
_QUESTIONS: Final = frozenset({b"17", b"63", b"93", b"99"})

# The end of a line. After a sequence, anything up to the end is the checksum. One of the two alone
# counts only where a field can begin; elsewhere it may be the end of a value that lacks its "|".
_BOTH = re.compile(rb"AY([0-9])\|?AZ([^|]{0,4})\|?[ ]*\Z")
_ALONE = re.compile(rb"(?:(?<=\|)|(?<=\A9[67])|(?<=\A94.))(?:AY([0-9])|AZ([^|]{0,4}))\|?[ ]*\Z")
_TAG = re.compile(rb"[A-Z][A-Z0-9]")
_DATE = re.compile(rb"[0-9 ]{8}[A-Z ]{4}[0-9 ]{6}")
_FIRST_TAG = re.compile(rb"[ABC][A-Z]")

# ---------------------------------------------------------------------------------------- replies


@dataclass(frozen=True, slots=True)
class Reply:
    """One message from a library system.

    `fixed` begins with the code and is filled up with blanks, so that its positions are those of
    the standard's tables, counted from 0. `fields` holds every value of every tag, in the order
    they came. `checksum_ok` is None where there was nothing to check.
    """

    code: str
    fixed: str
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sequence: int | None = None
    checksum_ok: bool | None = None

    def first(self, tag: str) -> str:
        """Give the first value of a tag, or ""."""
        return self.fields.get(tag, ("",))[0]

    def texts(self, tag: str) -> tuple[str, ...]:
        """Give the values of a tag that say something, without blanks around them."""
        return tuple(value.strip() for value in self.fields.get(tag, ()) if value.strip())


class Reader:
    """Cuts a stream of bytes into replies, however it arrives. Never raises.

    `encoding` is the library's setting: nothing on the wire says which it is. Bytes that are none
    of it become U+FFFD, because a title with one wrong letter is better than no title.
    """

    def __init__(self, encoding: str = "utf-8", checksums: Checksums = "lenient") -> None:
        self._encoding = encoding
        self._checksums: Checksums = checksums
        self._rest = b""

    def feed(self, data: bytes) -> list[Reply]:
        """Take the next bytes; give the replies that are now complete."""
        *lines, rest = re.split(rb"[\r\n]", self._rest + data)
        self._rest = rest[: LONGEST_LINE + 1]  # one too many tells, once it ends, that it was long
        return [
            parse(line, self._encoding, self._checksums)
            for line in lines
            if len(line) <= LONGEST_LINE and line.strip(b" \0")
        ]


def parse(line: bytes, encoding: str = "utf-8", checksums: Checksums = "lenient") -> Reply:
    """Read one line, without its CR or LF."""
    line = line.lstrip(b" \0").rstrip(b"\0")
    body, sequence, checksum = _split_trailer(line)
    code = body[:2].decode("ascii", "replace")
    length = _fixed_length(code, body)
    nominal = _FIXED.get(code, (length, 0))[0]
    return Reply(
        code=code,
        fixed=body[:length].decode("ascii", "replace").ljust(nominal),
        fields=_fields(body[length:], encoding),
        sequence=sequence,
        checksum_ok=_check(line, code, checksum, checksums),
    )


def _split_trailer(line: bytes) -> tuple[bytes, int | None, bytes | None]:
    """Split off sequence and checksum, each None where it is missing."""
    found = _BOTH.search(line) or _ALONE.search(line)
    if found is None:
        return line, None, None
    sequence, checksum = found.groups()
    return line[: found.start()], None if sequence is None else int(sequence), checksum


def _fixed_length(code: str, body: bytes) -> int:
    """Find where the fixed part ends: where the standard says, or earlier if a tag comes earlier.

    A fixed part holds digits, blanks and single letters, so a pair that could be a tag is one,
    except where a date has its zone: some servers write a zone's name there.
    """
    nominal, date = _FIXED.get(code, (len(body), len(body)))
    zone = range(date + 8, date + 12) if _DATE.match(body, date) else ()
    for found in _FIRST_TAG.finditer(body, 2, nominal + 1):
        if found.start() < nominal and found.start() not in zone:
            return found.start()
    return min(nominal, len(body))


def _fields(body: bytes, encoding: str) -> dict[str, tuple[str, ...]]:
    """Collect the values by tag. A piece that does not begin with a tag is none.

    A "|" in a value is written `&#124;` (Koha's Sip.pm).
    """
    fields: dict[str, tuple[str, ...]] = {}
    for piece in body.split(b"|"):
        if _TAG.match(piece):
            tag = piece[:2].decode("ascii")
            value = plain(piece[2:].decode(encoding, "replace")).replace("&#124;", "|")
            fields[tag] = (*fields.get(tag, ()), value)
    return fields


def _check(line: bytes, code: str, checksum: bytes | None, policy: Checksums) -> bool | None:
    """Say whether a checksum is right: True, False, or None where it does not count."""
    if policy == "off":
        return None
    if not checksum or not checksum.strip():
        # Koha's 96 never has one, whatever was agreed (Sip.pm).
        return False if policy == "strict" and code != "96" else None
    try:
        given = int(checksum, 16)
    except ValueError:
        return False
    right = (sum(line[: line.rindex(b"AZ") + 2]) + given) & 0xFFFF == 0
    if not right and given == 0 and policy == "lenient":
        return None
    return right


# --------------------------------------------------------------------------------------- requests


def encode(request: SIPRequest, *, sequence: int | None, encoding: str = "utf-8") -> bytes:
    """Write a request, with its CR; with a sequence and checksum unless `sequence` is None.

    What a value cannot hold is replaced as Koha does it (Sip.pm): "|" by `&#124;`, a line's end by
    a blank. What the encoding lacks becomes "?"; what is over 255 bytes is cut. A number that would
    be altered by that is not to be sent at all: `fits` tells.
    """
    body = encode_body(request, encoding)
    if sequence is None:
        return body + b"\r"
    body += b"AY%dAZ" % sequence
    return body + b"%04X\r" % (-sum(body) & 0xFFFF)


@lru_cache(maxsize=2)  # the one that is sent, and the one that is written meanwhile
def encode_body(request: SIPRequest, encoding: str) -> bytes:
    """Write a request without its end, which only the line knows."""
    values = msgspec.structs.asdict(request)
    clean = {name: sanitised(value, encoding) for name, value in values.items() if value}
    return encode_message(msgspec.structs.replace(request, **clean), encoding=encoding)[:-1]


def fits(value: str, encoding: str) -> bool:
    """Whether a field can hold a value as it is, in this encoding."""
    return sanitised(value, encoding) == value


def sanitised(value: str, encoding: str) -> str:
    """Make a value one that a field can hold in this encoding."""
    if value.isascii() and value.isprintable() and "|" not in value and len(value) <= LONGEST_VALUE:
        return value  # as nearly always, and thousands of times in a backlog
    value = re.sub(r"[\r\n\0]", " ", value).replace("|", "&#124;")
    return value.encode(encoding, "replace")[:LONGEST_VALUE].decode(encoding, "ignore")


# ------------------------------------------------------------------------------------------ dates


def write_date(at: datetime, zone: tzinfo) -> str:
    """Write a moment in 18 characters, in local time with a blank zone.

    Koha does not read the zone at all, so local time is the one way that all understand.
    """
    at = at.astimezone(zone)
    return f"{at:%Y%m%d}    {at:%H%M%S}".rjust(18, "0")


def read_date(text: str, zone: tzinfo, style: str = "") -> datetime | None:
    """Read `YYYYMMDDZZZZHHMMSS` as a moment in the library's zone; None where it is not one.

    A blank zone, or J, is local time; `Z` and the other single letters are the military zones.
    Some servers write a due date as they would say it: that is not an error, and a date only where
    its `style` is known (as for `strptime`). One without a time is the end of its day.
    """
    found = re.fullmatch(r"([0-9]{8})(.{4})([0-9]{6})", text.strip())
    if found is None:
        return _read_prose(text.strip(), zone, style) if style else None
    day, letter, time = found.groups()
    try:
        theirs = zone if not letter.strip() else _military_zone(letter.strip().upper(), zone)
        at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=theirs)
        return at.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _read_prose(text: str, zone: tzinfo, style: str) -> datetime | None:
    try:
        at = datetime.strptime(text, style).replace(tzinfo=zone)
    except ValueError:
        return None
    has_time = re.search("%[HIXcT]", style)
    return at if has_time else at.replace(hour=23, minute=59)


def _military_zone(letter: str, local: tzinfo) -> tzinfo:
    """Give the zone of a military letter. Raise ValueError for anything else."""
    if letter == "Z":
        return UTC
    if letter == "J":
        return local
    if len(letter) == 1 and letter in "ABCDEFGHIKLM":
        return timezone(timedelta(hours="ABCDEFGHIKLM".index(letter) + 1))
    if len(letter) == 1 and letter in "NOPQRSTUVWXY":
        return timezone(-timedelta(hours="NOPQRSTUVWXY".index(letter) + 1))
    raise ValueError(f"no zone: {letter!r}")


# --------------------------------------------------------------------------------------- exchange


class GivenUp(Exception):  # noqa: N818 - it names what is so
    """An exchange came to nothing: too many wrong checksums, resends, or replies to others."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply belongs to the request."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Write these bytes, and go on reading."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Skip:
    """The reply belongs to something else. Go on reading."""


@cache
def _resend(*, checksum: bool) -> bytes:
    return encode_message(RequestACSResend(), checksum=checksum)


class Exchange:
    """One request and what comes back, until it is answered. Does no I/O.

        what came                                     what to do
        wrong checksum                                send 97
        96, and the request was the last thing sent   send the request again, as it was
        96 after a 97, and the request is a question  the same
        96 after a 97, and it is not                  send the 97 again
        the right code and the right sequence         answered
        the right code, no sequence, the right item   answered
        anything else                                 skip: a late reply to an earlier request

    Sent again, all in all, at most `tries` times; then `GivenUp`. A 96 after a 97 may be the reply
    that the 97 asked for: the server says once more that it could not read the request (SIPServer,
    Koha). Or it could not read the 97, and has carried the request out. So a request that changes
    something is not repeated then, and the exchange ends without an answer.
    """

    def __init__(
        self,
        request: SIPRequest,
        *,
        sequence: int | None,
        encoding: str,
        tries: int = TRIES,
    ) -> None:
        self.message = encode(request, sequence=sequence, encoding=encoding)
        """What to write first."""
        self._sequence = sequence
        self._answer = _ANSWERS[self.message[:2].decode("ascii")]
        self._item = sanitised(getattr(request, "item_identifier", ""), encoding)
        self._is_question = self.message[:2] in _QUESTIONS
        self._tries = tries
        self._resend = _resend(checksum=sequence is not None)
        self._last_sent = self.message
        self._sent_again = 0
        self._skipped = 0

    def take(self, reply: Reply) -> Answered | SendAgain | Skip:
        """Say what to do about a reply. Raise `GivenUp` when it is no use going on."""
        if reply.checksum_ok is False:
            return self._send(self._resend)
        if reply.code == "96":
            return self._send(self.message if self._is_question else self._last_sent)
        if self._is_ours(reply):
            return Answered(reply)
        self._skipped += 1
        if self._skipped > MOST_STALE:
            raise GivenUp(f"{self._skipped} replies, none of them {self._answer}")
        return Skip()

    def _send(self, message: bytes) -> SendAgain:
        self._sent_again += 1
        if self._sent_again > self._tries:
            raise GivenUp(f"more than {self._tries} messages arrived damaged")
        self._last_sent = message
        return SendAgain(message)

    def _is_ours(self, reply: Reply) -> bool:
        if reply.code != self._answer:
            return False
        if reply.sequence is not None and reply.sequence == self._sequence:
            return True
        # Servers descended from SIPServer answer a 97 under sequence 0 instead of the request's.
        repeated = self._last_sent is self._resend and reply.sequence == 0
        if reply.sequence is not None and self._sequence is not None and not repeated:
            return False
        theirs = reply.first("AB").strip().casefold()
        return not self._item or not theirs or theirs == self._item.strip().casefold()
