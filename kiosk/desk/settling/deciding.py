"""What is decided about something that needs a person.

    correct   put right what is wrong with it, and send that in its place (kiosk.desk.settling.
              correcting)
    resend    send it again as it is, because what stood against it is gone
    settle    it is dealt with: say how
    print     print it, with barcodes to scan in the library system; or the whole list

A supervisor may have to say so first. Nothing is said to be done before it is on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import news, not_recorded
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.batches import files, sessions
from kiosk.desk.checks import hiding
from kiosk.desk.lending import byhand
from kiosk.desk.settling import correcting, doubt, permit, printing, wording, worklist
from kiosk.desk.state import Asked
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.events import Event
    from kiosk.desk.memory import ToSettle
    from kiosk.desk.work import Work

NOTE = "settled"
"""The form that asks how one was dealt with."""
NOTES = ("in_system", "patron_told", "item_back", "left")
"""How things are dealt with mostly; anything else is typed."""

_OTHER = Option("other", say("settle.note.other"))


@dataclass(frozen=True, kw_only=True, slots=True)
class SendTwice(Asked):
    """Whether one is sent again that the library may have. `by`: who says so."""

    entry: str
    by: str


def finish_what(work: Work, event: Event, form: Form) -> Form | None:
    """Do what was chosen, or have a supervisor say so first."""
    word, entry = form.value("what"), form.about[0]
    if word == "print":
        printing.print_one(work, event, entry)
    elif word == "print_all":
        if not printing.print_list(work, event):
            worklist.show(work)
    elif permit.needs_supervisor(work, work.settings.settle):
        permit.ask(work, word, entry)
    else:
        CHOICES[word](work, event, entry, work.session.staff)
    return None


def allowed(work: Work, event: Event, form: Form) -> None:
    """Do what a supervisor has just allowed."""
    word, about = form.about
    by = permit.given_by(work, form)
    if not by:
        work.refuse(say("settle.no_supervisor"), say("override.nobody_detail"))  # not any more
    else:
        CHOICES[word](work, event, about, by)


def _correct(work: Work, _: Event, entry: str, by: str) -> None:
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
    else:
        forms.ask(work, correcting.form(work, found, by))


def _resend(work: Work, _: Event, entry: str, by: str) -> None:
    """Send one again; ask first where the library may have it."""
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
        return
    why = doubt.of(work, found)
    if not why:
        _send_again(work, found, by)
    else:
        question = doubt.question(say("exceptions.twice"), doubt.why(why))
        work.ask(SendTwice(entry=entry, by=by, question=question))


def settle_twice(work: Work, _: Event, asked: SendTwice, *, yes: bool) -> None:
    """Send one again that the library may have, or leave it."""
    found = work.memory.exception(asked.entry)
    if not yes:
        work.answer(news(say("exceptions.left"), say("exceptions.left_detail")))
    elif found is None:
        wording.gone(work)
    else:
        _send_again(work, found, asked.by)


def _send_again(work: Work, found: ToSettle, by: str) -> None:
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return
    decision = work.new_id()
    said = say("exceptions.sent_again", what=wording.name(found))
    work.set(deciding={**work.state.deciding, decision: said})
    work.want(effects.SendAgain(decision, found.transaction.id, by))


def _settle(work: Work, _: Event, entry: str, by: str) -> None:
    """Ask how one was dealt with."""
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
        return
    options = (*(Option(x, say(f"settle.note.{x}")) for x in NOTES), _OTHER)
    note = Field(
        name="note", label=say("settle.note"), kind="choice", required=True, options=options
    )
    headline = wording.what(found.transaction, found.title)
    forms.ask(work, Form(kind=NOTE, headline=headline, fields=(note,), about=(entry, by)))


def finish_note(work: Work, _: Event, form: Form) -> Form | None:
    """Settle one, once it is said how."""
    if form.value("note") == "other" and not form.has("words"):
        words = Field(name="words", label=say("settle.words"), required=True)
        return replace(form, fields=(*form.fields, words)).asking(len(form.fields))
    entry, by = form.about
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
        return None
    decision = work.new_id()
    said = say("exceptions.settled", what=wording.name(found))
    work.set(deciding={**work.state.deciding, decision: said})
    told = hiding.without_cards(form.value("words"), work.settings.barcodes)
    note = told or form.value("note")
    work.want(effects.DealtWith(decision, (found.transaction.id,), note, by))
    forms.hand_in(work, form, decision)
    return None


CHOICES: dict[str, Callable[[Work, Event, str, str], None]] = {
    "correct": _correct,
    "resend": _resend,
    "settle": _settle,
    "entered": byhand.take_off,
    sessions.PROCESS: sessions.process_allowed,
    **files.DECISIONS,
}
"""What may need a supervisor's word: each is given what it is about, and who says so."""


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say what was decided, now that it is on the disk, and what is left; if it is one of these."""
    said = work.state.deciding.get(event.transaction)
    if said is None:
        return False
    left = {k: v for k, v in work.state.deciding.items() if k != event.transaction}
    work.set(deciding=left)
    forms.done_with(work, event.transaction)
    worklist.show(work, said)
    return True
