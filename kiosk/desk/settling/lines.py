"""Lines of an error report from elsewhere, and which transaction of this desk each one means.

A consortium that loads many desks' transactions mails what failed. No two look alike, so a line is
read for what it must have, wherever that stands:

    number    any word of it that is the number of an item or a card this desk knows
    moment    a day (2026-11-20, 20261120, 11/20/2026, 20.11.2026), with or without a time; a
              transaction's own time, or that of the load: so it comes no earlier than what it means
    kind      a word of its own, such as `checkin`, `discharge`, `EV`: where two would fit
    code      that of an event which the advice knows
    words     the whole line, of a card its ending alone; below a heading with words and no number,
              those too

So free text, tables of any kind and Symphony's own records (`E20261120104200...^S01CVFF...`) are
read. Evergreen's exceptions are JSON: what they say of command and event is used as it is.

    the line           fits             it means
    -----------------  ---------------  ----------------------------------------------------------
    has a moment       within minutes   that one
                       the same day     that one
                       earlier days     the newest of them, if there is one only; else staff say
    has none           one              that one
                       several          those of its kind; of these staff say
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.desk.checks import hiding
from kiosk.desk.settling import advice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from kiosk.desk.checks.barcodes import BarcodeRules
    from kiosk.desk.memory import Memory, Past

LONGEST = 240
"""Characters of a line that are kept."""
LOOKED_AT = 10_000
"""Characters of a line that are looked at: what has more is no line."""
MOST = 300
"""Transactions of a card that are looked at, the newest first."""
SHORTEST = 5
"""Letters and digits of the shortest number that a label may have."""
CLOSE = timedelta(minutes=2)
"""Between what a desk's clock said and what a report does."""

_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*")
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<time>\d{4}(?:\d\d)?)?(?:\d{4}R)?\b"),
    re.compile(r"(?<![\d./])(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>20\d\d)(?!\d)"),
    re.compile(r"(?<![\d./])(?P<d>\d\d?)[./](?P<m>\d\d?)[./](?P<y>20\d\d)(?!\d)"),
)
_TIME = re.compile(r"(?<![\d:])(?P<h>[01]?\d|2[0-3])[:](?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?!\d)")
_EPOCH = re.compile(r"(?<![\d.])1[6-9]\d{8}(?![\d.])")
_RECORD = re.compile(r"\^S\d\d(?P<command>CV|EV|RV)")
"""The beginning of a request in Symphony's records, with its command."""

KINDS = {
    "checkout": ("checkout", "check out", "issue", "charge", "loan", "cv"),
    "checkin": ("checkin", "check in", "return", "discharge", "ev"),
    "renewal": ("renewal", "renew", "rv"),
    "in_house_use": ("in_house_use", "in-house use"),
    "registration": ("register", "registration"),
}
"""What reports call the kinds of transactions, as a word of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLine:
    """One line, as far as it can be read. Its days and moments are the library's."""

    words: str
    numbers: tuple[str, ...] = ()
    id: str = ""
    days: frozenset[date] = frozenset()
    moments: frozenset[datetime] = frozenset()
    kind: str = ""
    code: str = ""
    is_heading: bool = False
    """It can be about no transaction: apart from days and times, it has nothing like a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Met:
    """What a line means: the entries of the transactions that fit, best first. One: that is it.

    `under_way`: one fits that the library has yet to answer for; its answer comes by itself.
    """

    line: ReportLine
    fits: tuple[str, ...] = field(default=())
    under_way: bool = False


def read(text: str, zone: tzinfo, rules: BarcodeRules, before: str = "") -> ReportLine:
    """Read a line. `before`: the heading above it."""
    text = _printable(text)
    found = _from_json(text, zone, rules)
    if found is not None:
        return found
    text = text[:LOOKED_AT]
    days, moments = _times(text, zone)
    words = hiding.without_cards(text, rules)
    if before and not re.search("[A-Za-z]{3}", _WORD.sub(_letters_only, text)):
        words = f"{before.rstrip(':')}: {words}"
    return ReportLine(
        words=words[:LONGEST],
        numbers=tuple(dict.fromkeys(_numbers(text))),
        days=days,
        moments=moments,
        kind=_kind(text),
        code=advice.known_code(text),
        is_heading=not any(map(_is_like_a_number, _WORD.findall(_without_times(text)))),
    )


def _printable(text: str) -> str:
    """Leave out what cannot be shown, or kept: JSON may have it in words that can."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _is_like_a_number(word: str) -> bool:
    """Tell a word that may be the number of an item or a card, known here or not."""
    return len(word) >= SHORTEST and sum(c.isdigit() for c in word) >= SHORTEST // 2


def _without_times(text: str) -> str:
    for pattern in (*_DAYS, _TIME):
        text = pattern.sub(" ", text)
    return text


def _letters_only(word: re.Match[str]) -> str:
    return "" if any(c.isdigit() for c in word[0]) else word[0]


def _numbers(text: str) -> Iterator[str]:
    """Give the words that may be numbers; of Symphony's records without their data codes."""
    for word in _WORD.findall(text):
        yield word.rstrip(".-")
        if "^" in text and len(word) > 2:
            yield word[2:]


def _times(text: str, zone: tzinfo) -> tuple[frozenset[date], frozenset[datetime]]:
    """Find the days in a line, and the moments, as far as it gives times."""
    days: set[date] = set()
    moments: set[datetime] = set()
    for pattern in _DAYS:
        for found in pattern.finditer(text):
            parts = found.groupdict()
            day = _day(parts)
            if day is not None:
                days.add(day)
                moments.update(_at(day, parts.get("time") or "", zone))
    for found in _TIME.finditer(text):
        clock = time(int(found["h"]), int(found["m"]), int(found["s"] or 0))
        moments.update(datetime.combine(day, clock, zone) for day in days)
    for found in _EPOCH.finditer(text):
        moment = datetime.fromtimestamp(int(found[0]), UTC).astimezone(zone)
        days.add(moment.date())
        moments.add(moment)
    return frozenset(days), frozenset(moments)


def _day(parts: dict[str, Any]) -> date | None:
    try:
        return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def _at(day: date, digits: str, zone: tzinfo) -> Iterator[datetime]:
    """Give the moment that four or six digits after a day come to."""
    try:
        clock = time(int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0))
    except ValueError:
        return
    yield datetime.combine(day, clock, zone)


def _kind(text: str) -> str:
    """Find what kind a line is about, where it says so in a cell of its own, or first."""
    record = _RECORD.search(text)
    cells = {cell.strip(" \"'").lower() for cell in re.split(r"[\t,;|]| {2,}", text)}
    words = text.lower().split()
    cells |= {record["command"].lower()} if record else set(words[:1])
    return next((kind for kind, names in KINDS.items() if cells & {*names}), "")


def _from_json(text: str, zone: tzinfo, rules: BarcodeRules) -> ReportLine | None:
    """Read one of Evergreen's exceptions; None where it is no JSON object."""
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    command, event = found.get("command"), found.get("event")
    command = command if isinstance(command, dict) else found
    events = event if isinstance(event, list) else [event]
    said = [x for x in events if isinstance(x, dict)]
    codes = [_printable(str(x.get("textcode", ""))) for x in said]
    words = _printable(" · ".join(str(x.get("desc") or x.get("textcode") or "") for x in said))
    values = [str(x) for x in command.values() if isinstance(x, str | int)]
    days, moments = _times(" ".join(values), zone)
    return ReportLine(
        words=hiding.without_cards(words or "/".join(codes), rules)[:LONGEST],
        numbers=tuple(dict.fromkeys(values)),
        id=str(command.get("kiosk_xid", "")),
        days=days,
        moments=moments,
        kind=_kind(str(command.get("type", ""))),
        code=next(iter(codes), ""),
    )


# -- which transaction a line means ----------------------------------------------------------------


def meet(memory: Memory, line: ReportLine, zone: tzinfo) -> Met:
    """Find the transactions that a line fits."""
    known = [past for past in _about(memory, line) if past.stage != "voided" and not past.corrected]
    waits = {p.entry for p in known if _answer_comes(memory, p)}
    fits = [past for past in known if past.entry not in waits]
    same = [past for past in fits if line.id and past.transaction.id == line.id]
    if not same:
        same = _by_time(fits, line, zone)
    if len(same) > 1 and line.kind:
        same = [past for past in same if past.transaction.kind == line.kind] or same
    return Met(line=line, fits=tuple(x.entry for x in same), under_way=bool(waits) and not same)


def _answer_comes(memory: Memory, past: Past) -> bool:
    """Tell whether an answer comes by itself. Of what was handed over a report alone tells."""
    id_ = past.transaction.id
    return past.stage == "recorded" and memory.under_way(id_) and not memory.rests(id_)


def _about(memory: Memory, line: ReportLine) -> list[Past]:
    """Look up what the numbers of a line are about: of an item and a card, what is about both."""
    found: list[set[str]] = []
    for number in line.numbers:
        entries = memory.about(number) or memory.about(number.upper())
        if entries:
            found.append(set(entries[:MOST]))
    both = set.intersection(*found) if found else set()
    entries = sorted(both or set().union(*found), key=int, reverse=True)
    return [past for past in map(memory.past, entries) if past is not None]


def _by_time(fits: list[Past], line: ReportLine, zone: tzinfo) -> list[Past]:
    """Choose by the moment in a line: the same one, the same day, or what was before it."""
    if not line.days:
        return fits
    local = {p.entry: p.transaction.at.astimezone(zone) for p in fits}
    at_once = [p for p in fits if any(abs(local[p.entry] - x) <= CLOSE for x in line.moments)]
    same_day = [p for p in fits if local[p.entry].date() in line.days]
    before = [p for p in fits if local[p.entry].date() <= max(line.days)]
    return at_once or same_day or before
