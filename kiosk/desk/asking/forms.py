"""Filling in the open form: what is typed, scanned or pressed while a form asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import commands
from kiosk.desk.answers import Answer, news, not_recorded
from kiosk.desk.checks import barcodes
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk import events
    from kiosk.desk.asking.prompts import Form
    from kiosk.desk.events import Event
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

    Finish = Callable[[Work, Event, Form], Form | None]
    """Takes a form that is filled in: does what it says and gives None, or gives it back to have
    a field mended."""


TYPED_LABEL = say("form.label_typed")
"""Said once of a number typed as words; typed again, it is taken: a phone may look like a label."""


def ask(work: Work, form: Form) -> None:
    """Open a form, or ask its next field."""
    work.set(form=form, asked=None, closing=None)
    work.answer(prompt(form))


def prompt(form: Form) -> Answer:
    """Say which field is asked, with its choices, and what is wrong with what was given."""
    field = form.field
    return Answer(
        tone="neutral" if form.problem is None else "look",
        headline=field.label,
        detail=form.problem or say(f"form.how.{field.kind}"),
        aside=field.shown if field.value else None,
        aside_label=form.headline,
        rows=tuple(option.words for option in field.options),
    )


def take(work: Work, event: events.Scanned, finish: dict[str, Finish]) -> None:
    """Fill in the field being asked with what was typed or scanned."""
    form = work.state.form
    if form is None or work.hold_back(event):
        return
    kind = form.field.kind
    label = is_label(work, event.text) and not form.field.scanned(event.text)
    unwanted = kind == "pin" or (label and kind not in ("card", "item", "label", "line"))
    if event.source == "scan" and unwanted:
        ask(work, form.asking(form.at, say("form.label_scanned")))
        return
    if kind == "item" and _is_card(work, event.text):  # it would be shown whole
        ask(work, form.asking(form.at, say("correct.not_item")))
        return
    doubt = _doubt(event.text, label=label) if kind == "text" else None
    if doubt is not None and form.problem != doubt:
        ask(work, form.asking(form.at, doubt))
        return
    _filled(work, event, form.filled(event.text, work.today(event.at)), finish)


def _doubt(text: str, *, label: bool) -> Phrase | None:
    """Doubt words that may not be meant for the form: a label, or what leads through a form."""
    if label:
        return TYPED_LABEL  # a keyboard may be a scanner
    command = commands.parse(text)
    if command is None or command.word not in ("yes", "no", "next", "back"):
        return None
    return say("form.word_typed", word=command.word)


def is_label(work: Work, text: str) -> bool:
    """Tell a number that reads as a card or an item of this library."""
    return barcodes.read(text, work.settings.barcodes).kind in ("card", "item")


def _is_card(work: Work, text: str) -> bool:
    return barcodes.read_any_case(text, work.settings.barcodes).kind == "card"


def is_meant(work: Work, event: events.Scanned) -> bool:
    """Tell whether typed words are an answer, though they read like a command: a name is Lock."""
    form = work.state.form
    if form is None or event.source != "typed":
        return False
    chosen = any(option.value == event.text.strip() for option in form.field.options)
    return form.field.kind in ("text", "line") or chosen


def command(work: Work, event: Event, word: str, value: str, finish: dict[str, Finish]) -> None:
    """Take a command that answers the open form."""
    form = work.state.form
    if form is None or work.hold_back(event):
        return
    if word == "no":
        close(work)
    elif word == "back":
        ask(work, form.asking(max(form.at - 1, 0)))
    elif word == "next":
        _next(work, event, form, finish)
    elif word == "choose":
        _filled(work, event, form.filled(value, work.today(event.at)), finish)
    elif word == "key":
        _key(work, event, form, value, finish)
    else:
        _finish(work, event, form, finish)


def close(work: Work) -> None:
    """Put the form away unfinished. Nothing of it is kept."""
    form = work.state.form
    if form is not None:
        work.set(form=None)
        work.answer(news(form.headline, form.closed))


def _key(work: Work, event: Event, form: Form, key: str, finish: dict[str, Finish]) -> None:
    """Take one digit of the command sheet, or what ends or mends them.

    Without any digits, what stands in the field is meant: OK was scanned twice, or is for yes.
    """
    if key == "ok" and not form.keyed:
        _next(work, event, form, finish)
    elif key == "ok":
        _filled(work, event, form.filled(form.keyed, work.today(event.at)), finish)
    elif key == "delete":
        work.set(form=replace(form, keyed=form.keyed[:-1]))
    else:
        work.set(form=replace(form, keyed=form.keyed + key))


def _filled(work: Work, event: Event, form: Form, finish: dict[str, Finish]) -> None:
    if form.problem is not None:
        ask(work, form)
    else:
        _next(work, event, form, finish)


def _next(work: Work, event: Event, form: Form, finish: dict[str, Finish]) -> None:
    """Go on to the next field, with what stands in this one."""
    if form.field.required and not form.field.value:
        ask(work, form.asking(form.at, say("form.needed")))
    elif form.at + 1 < len(form.fields):
        ask(work, form.asking(form.at + 1))
    else:
        _finish(work, event, form, finish)


def _finish(work: Work, event: Event, form: Form, finish: dict[str, Finish]) -> None:
    """Take the form as it is, once nothing is missing."""
    missing = form.missing()
    if missing is not None:
        ask(work, form.asking(missing, say("form.needed")))
    elif work.state.alarm is not None:
        work.answer(not_recorded())  # the form stays
    else:
        work.set(form=None)
        again = finish[form.kind](work, event, form)
        if again is not None:
            ask(work, again)
