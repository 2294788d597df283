"""What a report of a run says, in phrases: on the console, on paper and in a file alike.

    head         which desk, and when
    the run      what began it, since when its transactions waited, when the library was away, how
                 many were taken, and what became of the others
    to be done   each transaction that still needs a person, with what the library said of it
    to be told   after an outage, or where nothing is delivered: whom, and a text that can be read
                 out or mailed as it stands. It names no patron

Without a run it says what waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.desk.afterwards.runs import Run
from kiosk.desk.memory import ToSettle
from kiosk.desk.settling import wording
from kiosk.desk.settling.advice import Advice
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk.desk.afterwards.runs import Outage
    from kiosk.desk.transactions import Kind

COUNTED: tuple[Kind, ...] = (
    "checkout", "checkin", "renewal", "in_house_use", "noncat_checkout", "registration",
)  # fmt: skip
"""In this order they are counted."""
MOST_OUTAGES = 3
"""So many are named one by one; of more only the first and the last."""


MOST_PLACES = 2
"""So many files are named one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What there is to report at a desk.

    `system`: which library system takes what waits, "" for none. `run` is None where there was
    none. `waiting` counts what waits by its kind, `since` is when the oldest of it was recorded,
    `away_since` since when the library has been away. There are `more` `troubles`, each with what
    is advised; `settled` of the run were settled since, and `others` that are not of it need a
    person too. `tell`: who must be told of an outage, `told` whether staff have said that they
    know, `support` who can be called back, or "".
    """

    at: datetime
    terminal: str
    library: str
    system: str = ""
    run: Run | None = None
    waiting: dict[str, int] = field(default_factory=dict)
    since: datetime | None = None
    away_since: datetime | None = None
    troubles: tuple[tuple[ToSettle, Advice], ...] = ()
    more: int = 0
    settled: int = 0
    others: int = 0
    tell: tuple[str, ...] = ()
    told: bool = False
    support: str = ""

    @property
    def must_be_told(self) -> bool:
        """Whether somebody elsewhere has to know: there was an outage, or files wait."""
        if self.run is not None:
            return self.run.ended is not None and bool(self.run.outages)
        return not self.system and bool(self.waiting)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a report, however long; None for a rule between two parts of it."""

    phrase: Phrase | None
    bold: bool = False


RULE = Part(None)
GAP = Part(say("plain.text", text=""))


def headline(report: Report) -> Phrase:
    """Say in a few words what it is a report of."""
    if report.run is None:
        return say("runs.of_waiting")
    return say("runs.of_run" if report.run.ended else "runs.of_run_under_way")


def parts(report: Report) -> Iterator[Part]:
    """Give all that a report says below its headline."""
    yield Part(say("plain.text", text=report.library))
    yield Part(say("runs.desk", terminal=report.terminal, at=report.at.isoformat()))
    yield RULE
    if report.run is not None:
        yield from _about(report.run)
        yield RULE
    if report.waiting and report.since is not None:
        yield from _waiting(report)
        yield RULE
    elif report.run is None:
        yield Part(say("runs.no_run"))
        yield RULE
    yield from _to_do(report)
    if report.must_be_told:
        yield RULE
        yield from _to_be_told(report)


def _about(run: Run) -> Iterator[Part]:
    """Say how a run went."""
    yield Part(say(f"runs.why_{run.why}"))
    yield Part(say("runs.since", at=run.since.isoformat()))
    for phrase in _away("runs", run.outages):
        yield Part(phrase)
    yield Part(say("runs.began", at=run.began.isoformat()))
    if run.ended is None:
        yield Part(say("runs.progress", done=run.sent, count=max(run.waiting, run.sent)))
    else:
        yield Part(say("runs.ended", at=run.ended.isoformat()))
    yield RULE
    if run.loaded:
        yield Part(loaded(run), bold=True)
    if run.done or not run.loaded:
        yield Part(say("runs.applied", count=run.applied), bold=True)
    for kind in ("noticed", "refused", "unknown", "by_hand", "left"):
        count = getattr(run, kind)
        if count:
            yield Part(say(f"runs.{kind}", count=count), bold=True)
    if run.kinds:
        yield Part(say("runs.kinds", kinds=_kinds(run.kinds)))


def loaded(run: Run) -> Phrase:
    """Say what of a run was put into batches, and what becomes of it."""
    into = ", ".join(run.into[:MOST_PLACES])
    if len(run.into) > MOST_PLACES:
        return say(f"runs.loaded_more_{run.rests_as}", count=run.loaded, into=into)
    return say(f"runs.loaded_{run.rests_as}", count=run.loaded, into=into)


def _waiting(report: Report) -> Iterator[Part]:
    """Say what waits to be sent."""
    since = report.since.isoformat() if report.since is not None else ""
    count = sum(report.waiting.values())
    yield Part(say("runs.waiting", count=count, since=since), bold=True)
    yield Part(say("runs.kinds", kinds=_kinds(report.waiting)))
    if not report.system:
        yield Part(say("delivery.none"))
    elif report.away_since is not None:
        yield Part(say("runs.away_since", since=report.away_since.isoformat()))


def _to_do(report: Report) -> Iterator[Part]:
    """Say what is left to a person, transaction by transaction."""
    if report.troubles:
        yield Part(say("runs.to_do", count=len(report.troubles) + report.more), bold=True)
    for found, advised in report.troubles:
        yield from _trouble(found, advised)
        yield GAP
    if report.more:
        yield Part(say("runs.more", count=report.more))
    if report.settled:
        yield Part(say("runs.settled", count=report.settled))
    if report.others:
        yield Part(say("runs.others", count=report.others))
    loaded_only = report.run is not None and report.run.loaded
    if not (report.troubles or report.others or loaded_only):
        yield Part(say("runs.nothing_to_do"))


def _trouble(found: ToSettle, advised: Advice) -> Iterator[Part]:
    """Say of one transaction what it was, what the library said of it, and what to do."""
    transaction = found.transaction
    group, at = say(f"exceptions.is_{found.group}"), transaction.at.isoformat()
    yield Part(say("runs.trouble", group=group, at=at), bold=True)
    yield Part(wording.what(transaction, found.title))
    if found.title and transaction.item:
        yield Part(say("plain.text", text=transaction.item))
    yield Part(wording.said(found))
    yield Part(advised.means)
    yield Part(advised.says)


def _to_be_told(report: Report) -> Iterator[Part]:
    """Say whom to tell, and what."""
    if report.tell:
        yield Part(say("runs.were_told" if report.told else "runs.tell"), bold=True)
        for who in report.tell:
            yield Part(say("plain.text", text=who), bold=True)
    else:
        yield Part(say("runs.tell_nobody"), bold=True)
    yield Part(say("runs.read_out"))
    yield RULE
    for phrase in to_tell(report):
        yield Part(phrase)
    if report.run is not None and report.tell and not report.told:
        yield RULE
        yield Part(say("runs.then_told"))


def to_tell(report: Report) -> tuple[Phrase, ...]:
    """Give the text for those who must be told."""
    return tuple(_text(report))


def _text(report: Report) -> Iterator[Phrase]:
    run = report.run
    yield say("tell.desk", terminal=report.terminal, library=report.library)
    if run is not None:
        yield from _away("tell", run.outages)
        yield say("tell.sent", count=run.sent, kinds=_kinds(run.kinds))
        if run.loaded:
            yield loaded(run)
        if run.needing:
            yield say("tell.needing", count=run.needing)
        elif not run.loaded:
            yield say("tell.well")
        if run.left:
            yield say("tell.left", count=run.left)
    elif report.waiting and report.since is not None:
        count, since = sum(report.waiting.values()), report.since.isoformat()
        yield say("tell.waiting", count=count, kinds=_kinds(report.waiting), since=since)
    if report.support:
        yield say("tell.call_back", who=report.support)


def _away(where: str, outages: tuple[Outage, ...]) -> Iterator[Phrase]:
    """Say when the library was away."""
    if len(outages) > MOST_OUTAGES:
        first, last = outages[0].began.isoformat(), outages[-1].ended.isoformat()
        yield say(f"{where}.away_often", count=len(outages), first=first, last=last)
        return
    for outage in outages:
        began, ended = outage.began.isoformat(), outage.ended.isoformat()
        if outage.began.date() == outage.ended.date():
            yield say(f"{where}.away_within_a_day", began=began, ended=ended)
        else:
            yield say(f"{where}.away", began=began, ended=ended)


def _kinds(counts: Mapping[str, int]) -> Phrase:
    """Count transactions by what they are, in one line."""
    counted = [say(f"runs.kind_{x}", count=counts[x]) for x in COUNTED if counts.get(x)]
    if not counted:
        return say("runs.kind_none")
    *rest, line = counted
    for phrase in reversed(rest):
        line = say("runs.and", first=phrase, rest=line)
    return line
