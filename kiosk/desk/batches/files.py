"""What was handed over: in files, or to a queue. Nobody sees from here what becomes of it.

    handed    lists it, the oldest first; one is chosen by its number, then somebody says that it
              was loaded, or that its file is lost and has to be written once more

What an error report says has failed is taken in first (`report`); then the rest counts as applied.
A report that comes later makes an exception of what it names, all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.desk import effects
from kiosk.desk.answers import news, not_recorded
from kiosk.desk.asking import forms, listing
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.asking.question import Question
from kiosk.desk.settling import permit
from kiosk.desk.state import Asked, Listing, Row
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.desk.batches.standing import HandedFile
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work

WHICH = "handed_file"
"""The form that asks what shall be done about one."""
CONFIRM, AGAIN = "confirm_file", "write_again"
"""What a supervisor may have to allow."""
REWRITABLE = ("files", "symphony")
"""The ways out that write files: what went into a queue is not put there twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sure(Asked):
    """Whether a file was loaded, or shall be written again: `what`."""

    batch: str
    what: str


def command(work: Work, _: Event, __: str) -> None:
    """List what was handed over."""
    found = _all(work)
    if found.entries:
        listing.show(work, found, _row)
    else:
        listing.empty(work, found)


def _all(work: Work) -> Listing:
    files = work.memory.handed_over()
    if not files:
        return Listing(kind="files", headline=say("handed.none"), about=say("handed.none_detail"))
    return Listing(
        kind="files",
        headline=say("handed.count", count=len(files)),
        detail=say("handed.choose"),
        about=say("handed.about"),
        entries=tuple(each.batch for each in files),
    )


def follow(work: Work) -> None:
    """Take off the list on show what somebody has said was loaded."""
    on_show = work.state.listing
    if on_show is None or on_show.kind != "files":
        return
    left = _all(work)
    if left.entries != on_show.entries:
        rows = tuple(_row(work, entry) for entry in left.entries[: listing.MOST])
        work.set(listing=replace(left, rows=rows, looked=len(rows)))


def _file(work: Work, batch: str) -> HandedFile | None:
    return next((each for each in work.memory.handed_over() if each.batch == batch), None)


def _row(work: Work, entry: str) -> Row:
    file = _file(work, entry)
    if file is None:
        return Row(title=say("handed.gone"), words=say("handed.gone"), stage="voided")
    return Row(
        title=say("plain.text", text=file.name),
        words=told(file),
        stage="noticed" if file.wanted else "recorded",
        detail=say("plain.text", text=file.where),
        aside=say("handed.lines", count=file.count),
        under=say("handed.at", at=file.at.isoformat()),
    )


def told(file: HandedFile) -> Phrase:
    """Write one in a line."""
    name, count, at, where = file.name, file.count, file.at.isoformat(), file.where
    if file.wanted:
        return say("handed.row_wanted", name=name, count=count, where=where)
    if file.times > 1:
        times = file.times
        return say("handed.row_again", name=name, count=count, times=times, at=at, where=where)
    return say("handed.row", name=name, count=count, at=at, where=where)


def _parts(file: HandedFile) -> tuple[Phrase, ...]:
    """Say which one it is, what is in it, and where it lies."""
    return (
        say("plain.text", text=file.name),
        say("handed.holds", count=file.count, at=file.at.isoformat()),
        say("plain.text", text=file.where),
    )


def _choose(work: Work, _: Event, entry: str) -> None:
    """Ask what shall be done about one."""
    file = _file(work, entry)
    if file is None:
        work.answer(news(say("handed.gone")))
        return
    words = [CONFIRM, *([AGAIN] if work.system in REWRITABLE and not file.wanted else [])]
    options = tuple(Option(word, say(f"handed.to_{word}")) for word in words)
    field = Field(
        name="what", label=say("handed.what"), kind="choice", required=True, options=options
    )
    form = Form(
        kind=WHICH, headline=told(file), parts=_parts(file), fields=(field,), about=(entry,)
    )
    forms.ask(work, form)


LIST = listing.Kind(_row, _choose, waits=True)


def finish_which(work: Work, _: Event, form: Form) -> None:
    """Ask whether somebody is sure: of what is loaded twice, loans count twice."""
    file, what = _file(work, form.about[0]), form.value("what")
    if file is None:
        work.answer(news(say("handed.gone")))
        return
    at = file.at.isoformat()
    question = Question(
        headline=say(f"handed.sure_{what}", name=file.name),
        detail=say(f"handed.sure_{what}_detail", count=file.count, at=at, where=file.where),
        yes=say(f"handed.yes_{what}"),
        no=say("handed.no"),
    )
    work.ask(Sure(batch=file.batch, what=what, question=question))


def settle(work: Work, event: Event, asked: Sure, *, yes: bool) -> None:
    """Do it; or by the word of a supervisor, where that takes one."""
    if not yes:
        work.answer(news(say("handed.left")))
    elif permit.needs_supervisor(work, work.settings.settle):
        permit.ask(work, asked.what, asked.batch)
    else:
        DECISIONS[asked.what](work, event, asked.batch, work.session.staff)


def confirm(work: Work, _: Event, batch: str, by: str) -> None:
    """Take that all of one was loaded that no report says of has failed."""
    file = _decided(work, batch)
    if file is not None:
        headline = say("handed.confirmed", count=file.count)
        id_ = work.steer(headline, say("handed.confirmed_detail", name=file.name))
        work.want(effects.ConfirmFile(id=id_, batch=batch, by=by))


def write_again(work: Work, _: Event, batch: str, by: str) -> None:
    """Have one written once more."""
    file = _decided(work, batch)
    if file is not None:
        at = file.at.isoformat()
        detail = say("handed.again_detail", at=at, where=file.where)
        id_ = work.steer(say("handed.again", name=file.name), detail)
        work.want(effects.WriteFileAgain(id=id_, batch=batch, by=by))


def _decided(work: Work, batch: str) -> HandedFile | None:
    """Give what something was decided about; None where that does not count, which is said."""
    file = _file(work, batch)
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return None
    if file is None:
        work.answer(news(say("handed.gone")))
    return file


DECISIONS = {CONFIRM: confirm, AGAIN: write_again}
"""What is decided about one."""
