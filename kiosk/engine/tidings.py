"""What is told of delivery: how it stands, how a run goes, what it brought, and who must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk.afterwards.reports import GAP, headline, loaded, parts
from kiosk.desk.answers import Answer, look, news
from kiosk.desk.batches.sessions import told
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.daybook.batches import KnownBatch
    from kiosk.delivery.loading import FileTiding
    from kiosk.delivery.uploads import Tiding
    from kiosk.desk.afterwards.reports import Report
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.words import Phrase
    from kiosk.view import state as show


def of_run(run: Run) -> Answer:
    """Say that a backlog is being delivered; or, of one that is over, what became of it."""
    if run.ended is None and run.why == "processed":
        headline = say("delivery.processed_begun", count=run.waiting)
        return Answer(tone="neutral", headline=headline)
    if run.ended is None:
        since = run.since.isoformat()
        headline = say("delivery.run_begun", count=run.waiting)
        return Answer(
            tone="neutral", headline=headline, detail=say("delivery.run_since", since=since)
        )
    needing = run.needing
    if run.why == "processed":
        return _of_processed(run)
    if run.loaded:
        detail = say("delivery.run_to_fix", count=needing) if needing else None
        return Answer(tone="look" if needing else "neutral", headline=loaded(run), detail=detail)
    return Answer(
        tone="look" if needing else "neutral",
        headline=say("delivery.run_ended", count=run.done),
        detail=say("delivery.run_to_fix", count=needing) if needing else say("delivery.run_well"),
        aside=say("delivery.run_left", count=run.left) if run.left else None,
    )


def _of_processed(run: Run) -> Answer:
    """Say what became of what was uploaded before."""
    if not run.needing:
        headline = say("delivery.processed_well", count=run.applied)
        return Answer(tone="neutral", headline=headline, detail=say("delivery.run_well"))
    return Answer(
        tone="look",
        headline=say("delivery.processed", count=run.applied, needing=run.needing),
        detail=say("delivery.processed_how"),
    )


def of_outage(telling: show.ToTell) -> Answer:
    """Say that somebody must be told of an outage, whom and what."""
    return Answer(
        tone="look",
        headline=say("tell.headline", who=", ".join(telling.who)),
        detail=say("tell.how"),
        rows=telling.text,
    )


def of_session(tiding: Tiding, title: str, reason: Phrase | None) -> Answer:
    """Say what became of an upload session."""
    headline = say(f"sessions.{tiding}", title=title)
    if tiding == "begun":
        return news(headline, say("sessions.begun_detail"))
    detail = say(f"sessions.{tiding}_detail")
    return look(
        headline, detail if reason is None else say("sessions.why", reason=reason, how=detail)
    )


def of_file(tiding: FileTiding, known: KnownBatch, reason: Phrase | None) -> Answer:
    """Say what became of a file that somebody has decided about."""
    name = known.fact.title or known.fact.name
    headline = say(f"handed.told_{tiding}", name=name, where=known.where)
    return look(headline, reason) if tiding == "taken" else news(headline)


def of_report(report: Report) -> Answer:
    """Tell a report line by line."""
    return Answer(
        tone="look" if report.troubles else "neutral",
        headline=headline(report),
        detail=say("runs.print_how"),
        offers=("runs:print", *(("told",) if report.must_be_told and not report.told else ())),
        rows=tuple(part.phrase for part in parts(report) if part.phrase and part != GAP),
    )


def of_library(library: show.Library) -> Answer:
    """Say how delivery stands, a line for each thing worth knowing."""
    results = library.results
    rows = [say("delivery.results", count=len(results), good=sum(results))] if results else []
    if library.away_since:
        rows.append(say("delivery.away_since", since=library.away_since))
    if library.run is not None:
        run = library.run
        rows.append(say("delivery.progress", done=run.sent, count=max(run.waiting, run.sent)))
    if library.next_load and library.paused is None and not library.asks_first:
        rows.append(say("delivery.next_load", at=library.next_load))
    if library.last_run is not None and library.last_run.ended is not None:
        last = library.last_run
        at = library.last_run.ended.isoformat()
        rows.append(say("delivery.last_run", at=at, count=last.sent, needing=last.needing))
    rows += batches(library)
    if library.to_tell:
        rows.append(say("delivery.to_tell", who=", ".join(library.to_tell[-1].who)))
    return Answer(
        tone="neutral",
        headline=say("delivery.waiting", count=library.waiting),
        detail=_standing(library),
        rows=tuple(rows),
    )


def batches(library: show.Library) -> list[Phrase]:
    """Say how what was uploaded or handed over stands, a line each."""
    rows = [told(session) for session in library.uploads]
    if library.uploaded and not rows:
        rows.append(say("delivery.uploaded", count=library.uploaded))
    if library.handed_over:
        rows.append(
            say(
                "delivery.handed_over",
                count=library.handed_over,
                files=library.handed_files,
                since=library.handed_since,
            )
        )
    if library.loading_trouble is not None:
        rows.append(say("delivery.loading_trouble", reason=library.loading_trouble))
    return rows


def _standing(library: show.Library) -> Phrase:
    """Say why what waits is not sent, or that it is."""
    if library.state == "none":
        return say("delivery.none")
    if library.paused is not None:
        at, by = library.paused.at, library.paused.by
        return (
            say("delivery.is_paused_by", at=at, by=by) if by else say("delivery.is_paused", at=at)
        )
    if library.reason is not None:
        return library.reason
    if library.asks_first:
        return say("delivery.asks_first")
    by_files = library.by_files and library.state == "online"
    return say("delivery.is_by_files" if by_files else f"delivery.is_{library.state}")
