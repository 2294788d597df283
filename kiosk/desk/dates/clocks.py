"""What the desk knows of its clock, and how staff say what time it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from kiosk.desk.answers import Answer, look, news, refusal
from kiosk.desk.asking.question import Question
from kiosk.desk.vocabulary import ClockState
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.desk.events import Event

E = TypeVar("E", bound="Event")

WORTH_TELLING = timedelta(minutes=1)
"""A clock that is set by less changes nothing that staff read."""
FAR_AHEAD, FAR_BACK = timedelta(days=2), timedelta(days=1)
"""Beyond these staff are asked again: a wrong year gives wrong due dates, and nothing would look
strange on the way. A desk that was off over a weekend lies back by more, and is asked too."""
FIRST_YEAR, LAST_YEAR = 2025, 2099
"""What staff say lies between; Daybook is not older, and a year beyond is a slip of the finger."""

_SAID = re.compile(
    r"(?:(\d{4})-(\d{2})-(\d{2})[T ])?(\d{1,2}):?(\d{2})|(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskClock:
    """How far the clock can be trusted, and who says so.

    `started` is the moment at which the machine started, by this clock. `latest` is that of the
    last transaction, where the clock would lie behind it.
    """

    state: ClockState = "fine"
    by: Literal["network", "staff", ""] = ""
    started: datetime | None = None
    latest: datetime | None = None

    def uptime(self, at: datetime) -> float | None:
        """Give the seconds since the machine started."""
        return None if self.started is None else (at - self.started).total_seconds()


def parse_time(text: str, now: datetime) -> datetime | None:
    """Read `14:05`, today, or `2026-11-22T14:05`; None where it is neither, or no such time.

    Or digits alone, as the command sheet's are: `1405`, `202611221405`.
    """
    found = _SAID.fullmatch(text.strip())
    if found is None:
        return None
    groups = found.groups()
    said = groups[:5] if groups[3] is not None else groups[5:]
    year, month, day, hour, minute = (None if x is None else int(x) for x in said)
    try:
        moment = now.replace(hour=hour or 0, minute=minute or 0, second=0, microsecond=0, fold=0)
        if year is not None:
            moment = moment.replace(year=year, month=month or 0, day=day or 0)
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def moved(event: E, before: DeskClock, after: DeskClock) -> E:
    """Give an event of before the clock was set the time that it has by the clock as it is now."""
    return replace(event, at=shifted(event.at, before, after))


def shifted(at: datetime, before: DeskClock, after: DeskClock) -> datetime:
    """Give a moment of before the clock was set by the clock as it is now."""
    if before.started is None or after.started is None:
        return at
    moment = at.astimezone(UTC) + (after.started - before.started)
    return moment.astimezone(at.tzinfo)


def told(clock: DeskClock, now: datetime) -> Answer:
    """Say what time it is, and who says so."""
    who = clock.by or clock.state
    tone = news if clock.state == "fine" else look
    return tone(say("clock.now", at=now.isoformat()), say(f"clock.by_{who}"))


def changed(before: DeskClock, after: DeskClock, now: datetime, zone: tzinfo) -> Answer | None:
    """Say that the clock was set, where staff should know. A wrong clock is asked about instead."""
    if before.started is None or after.started is None or after.state == "wrong":
        return None
    headline = say("clock.set", at=now.isoformat())
    if after.by == "staff":
        if before.latest is not None and now < before.latest:
            return look(headline, say("clock.before_latest", latest=before.latest.isoformat()))
        return news(headline, say("clock.by_staff"))
    moved = after.started - before.started
    if abs(moved) < WORTH_TELLING:
        return None
    old_day, day = (x.astimezone(zone).date() for x in (now - moved, now))
    if old_day != day:
        return look(headline, say("clock.another_day", day=old_day.isoformat()))
    if after.by == "network":
        return news(headline, say("clock.by_network"))
    return look(headline, say("clock.by_unconfirmed"))


def is_far(moment: datetime, now: datetime) -> bool:
    """Tell whether what staff say is so far off that it may be a slip of the finger."""
    return not -FAR_BACK <= moment - now <= FAR_AHEAD


def ask_far(moment: datetime, now: datetime) -> Question:
    """Ask whether it is that time, so far from what the clock says."""
    key = "clock.far_ahead" if moment > now else "clock.far_back"
    return _question(moment, say(key, count=abs(moment - now).days))


def ask_now(now: datetime) -> Question:
    """Ask whether the clock is right."""
    return _question(now, say("clock.how"))


def _question(moment: datetime, detail: Phrase) -> Question:
    return Question(
        headline=say("clock.ask", now=moment.isoformat()),
        detail=detail,
        yes=say("clock.set_it"),
        no=say("clock.leave_it"),
    )


LEFT = news(say("clock.left"), say("clock.left_detail"))
NETWORK_KEEPS_IT = refusal(say("clock.network_keeps_it"), say("clock.zone"))
NOT_WHILE_PRACTISING = refusal(say("clock.practice"), say("clock.practice_detail"))
ASK_FIRST = refusal(say("clock.ask_first"), say("clock.how"))
