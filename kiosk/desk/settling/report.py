"""An error report from elsewhere, line by line: typed, pasted or scanned, each meets its own.

report     begins, and ends it too; so does whatever else staff go on with
a line     meets its transaction, which then needs a person; where several fit, staff choose;
the same line again changes nothing
the end    says what met nothing; that is printed, so that no line is lost
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import closing, effects, events
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.settling import lines, wording
from kiosk.desk.settling.fixlist import FixList
from kiosk.desk.state import Report
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.settling.lines import Met
    from kiosk.desk.work import Work

FORM, WHICH = "report", "report_which"
"""Forms: the next line, and which of several transactions it means."""
CHOICES = 7
"""Transactions to choose from, the best first."""
ALL, NONE = "all", "none"

_LINE = Field(name="line", label=say("report.line"), kind="line")
_FORM = Form(
    kind=FORM,
    headline=say("report.headline"),
    detail=say("report.how"),
    fields=(_LINE,),
    closed=say("report.closed"),
)


def command(work: Work, event: Event, _: str) -> None:
    """Begin with a report, or end it."""
    if work.state.report is not None:
        return  # its form was put away by now: that ends it
    if closing.left_visit(work, event):
        work.set(report=Report())
        forms.ask(work, _FORM)


def finish_line(work: Work, _: Event, form: Form) -> Form | None:
    """Take a line of the report."""
    report, text = work.state.report, form.value("line")
    if report is None or not text:
        return _FORM
    report = replace(report, lines=report.lines + 1)
    zone, rules = work.session.zone, work.settings.barcodes
    line = lines.read(text, zone, rules, report.heading)
    met = lines.meet(work.memory, line, zone)
    work.set(report=report)
    if line.is_heading and not met.fits:
        work.set(report=replace(report, heading=line.words))
        _next(work, say("report.heading", line=report.lines))
    elif len(met.fits) > 1:
        forms.ask(work, _which(work, met, text))
    elif met.fits:
        _take(work, met, met.fits[0])
    else:
        _unmet(work, met)
    return None


def _which(work: Work, met: Met, text: str) -> Form:
    """Ask which one a line means."""
    options = tuple(Option(entry, _told(work, entry)) for entry in met.fits[:CHOICES])
    all_, none = (Option(x, say(f"report.{x}_of_these")) for x in (ALL, NONE))
    field = Field(
        name="which",
        label=say("report.which"),
        kind="choice",
        required=True,
        options=(*options, all_, none),
    )
    headline = say("report.several", words=met.line.words)
    return Form(
        kind=WHICH, headline=headline, fields=(field,), about=(text,), closed=say("report.closed")
    )


def _told(work: Work, entry: str) -> Phrase:
    past = work.memory.past(entry)
    if past is None:
        return say("lookback.gone")
    what = wording.what(past.transaction, past.title)
    return say("report.candidate", at=past.transaction.at.isoformat(), what=what)


def finish_which(work: Work, _: Event, form: Form) -> Form | None:
    """Take what staff have chosen for a line."""
    report, entry = work.state.report, form.value("which")
    entries = [option.value for option in form.field.options]
    zone, rules = work.session.zone, work.settings.barcodes
    line = lines.read(form.about[0], zone, rules, "" if report is None else report.heading)
    met = lines.Met(line=line)
    if entry == NONE:
        _unmet(work, met)
    else:
        _take(work, met, *(entries[: entries.index(ALL)] if entry == ALL else [entry]))
    return None


def _take(work: Work, met: Met, *entries: str) -> None:
    """Have it put on the disk that transactions have failed, where that is not known."""
    report, line = work.state.report, met.line
    if report is None:
        return
    work.set(form=_FORM, report=replace(report, met=report.met + 1))
    pasts = [past for past in map(work.memory.past, entries) if past is not None]
    fresh = [past for past in pasts if work.memory.reported(past.transaction.id) != line.words]
    told = _told(work, entries[0])
    if len(entries) > 1:
        told = say("report.several_met", count=len(entries))
    if not fresh:
        _next(work, say("report.known", line=report.lines, what=told))
        return
    id_ = work.new_id()
    said = say("report.met", line=report.lines, what=told)
    work.set(deciding={**work.state.deciding, id_: said})
    for past in fresh:
        work.want(
            effects.Report(
                id_,
                past.transaction.id,
                past.entry,
                code=line.code,
                words=line.words,
                by=work.session.staff,
            )
        )


def _unmet(work: Work, met: Met) -> None:
    """Keep a line that met nothing."""
    report = work.state.report
    if report is None:
        return
    work.set(report=replace(report, unmet=(*report.unmet, met.line.words)))
    why = "report.under_way" if met.under_way else "report.unmet"
    _next(work, say(why, line=report.lines, words=met.line.words))


def _next(work: Work, said: Phrase) -> None:
    """Say what became of a line, and wait for the next one."""
    work.set(form=replace(_FORM, detail=said))
    work.answer(look(said) if said.key in ("report.unmet", "report.under_way") else news(said))


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say which transaction a line has met, now that it is on the disk, if that is what it is."""
    said = work.state.deciding.get(event.transaction)
    if said is None or work.state.report is None:
        return False
    left = {k: v for k, v in work.state.deciding.items() if k != event.transaction}
    work.set(deciding=left)
    form = work.state.form
    if form is not None and form.kind == FORM:
        _next(work, said)
    elif form is None:  # staff went on with something else meanwhile: that ends it
        work.answer(news(said))
    return True


def watch(work: Work, event: Event) -> None:
    """End a report that staff go on with no more."""
    report, form = work.state.report, work.state.form
    if report is None or work.state.pending or (form is not None and form.kind in (FORM, WHICH)):
        return
    work.set(report=None)
    if not report.lines:
        return
    if report.unmet and work.settings.receipts != "none":
        session = work.session
        papers = FixList(
            at=event.at, library=session.library, staff=session.staff, unmet=report.unmet
        )
        work.want(effects.Print(papers))
    rows = tuple(say("plain.text", text=text) for text in report.unmet)
    ended = say("report.ended", count=report.lines, met=report.met)
    detail = say("report.left_over", count=len(rows)) if rows else say("report.all_met")
    work.answer(replace(look(ended, detail) if rows else news(ended, detail), rows=rows))
