"""Filling in the open form: what is typed, scanned or pressed while a form asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import commands
from kiosk.desk.answers import Answer, news, not_recorded
from kiosk.desk.asking import listing
from kiosk.desk.checks import barcodes
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk import events
    from kiosk.desk.asking.prompts import Field, Form, Option
    from kiosk.desk.events import Event
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

    Finish = Callable[[Work, Event, Form], Form | None]
    """Takes a form that is filled in: does what it says and gives None, or gives it back to have
    a field mended."""


LABEL_SCANNED = say("form.label_scanned")

LONGEST_CHOICE = 4
"""Digits of the number of a choice; no label is as short."""

TYPED_LABEL = say("form.label_typed")
"""Said once of a number typed as words; typed again, it is taken: a phone may look like a label."""


def ask(work: Work, form: Form) -> None:
    """Open a form, or ask its next field."""
    work.set(form=form, asked=None, closing=None)
    work.answer(prompt(form))


def tell_meanwhile(work: Work, answer: Answer, line: str = "") -> None:
    """Answer what has happened by itself and needs attention.

    An open form takes the answer's place on the screen: it stands beside that, and is told again
    when the form is put away.
    """
    work.answer(answer, line)
    if _is_open(work):
        work.set(meanwhile=answer)


def forget_meanwhile(work: Work) -> None:
    """Forget what was told beside a form, once none is open."""
    if work.state.meanwhile is not None and not _is_open(work):
        work.set(meanwhile=None)


def _is_open(work: Work) -> bool:
    return work.state.form is not None or work.state.checking is not None


def prompt(form: Form) -> Answer:
    """Say which field is asked, with its choices, and what is wrong with what was given."""
    field = form.field
    return Answer(
        tone="neutral" if form.problem is None else "look",
        headline=field.label,
        detail=form.problem or say(f"form.how.{field.kind}"),
        aside=field.shown if field.value else None,
        aside_label=form.headline,
        rows=tuple(_offered(option) for option in field.options),
    )


def _offered(option: Option) -> Phrase:
    """Write a choice; of one that is advised, that it is."""
    return say("exceptions.advised", what=option.words) if option.advised else option.words


def take(work: Work, event: events.Scanned, finish: dict[str, Finish]) -> None:
    """Fill in the field being asked with what was typed or scanned."""
    form = work.state.form
    if form is None or work.hold_back(event):
        return
    kind = form.field.kind
    label = is_label(work, event.text) and not form.field.scanned(event.text)
    unwanted = kind == "pin" or (label and kind not in ("card", "item", "label", "line"))
    if event.source == "scan" and unwanted:
        ask(work, form.asking(form.at, LABEL_SCANNED))
        return
    if kind == "item" and _is_card(work, event.text):  # it would be shown whole
        ask(work, form.asking(form.at, say("correct.not_item")))
        return
    doubt = _doubt(event.text, label=label) if kind == "text" else None
    if doubt is not None and form.problem != doubt:
        ask(work, form.asking(form.at, doubt))
        return
    form = form.filled(event.text, work.today(event.at))
    scanned = label or event.source == "scan" or _is_too_long(form.field, event.text)
    if form.problem is not None and scanned:
        form = form.asking(form.at, LABEL_SCANNED)
    _filled(work, event, form, finish)


def _is_too_long(field: Field, text: str) -> bool:
    """Tell a number that is longer than any answer: a scanner that types has read a label."""
    most = {"choice": LONGEST_CHOICE, "pin": field.most}.get(field.kind)
    return most is not None and len(text) > most and text.isalnum() and not text.isalpha()


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
        ask(work, _gone_back(form, value))
    elif word == "next" and value:  # next:empty
        _filled(work, event, form.filled("", work.today(event.at)), finish)
    elif word == "next":
        _next(work, event, form, finish)
    elif word == "choose":
        _choose(work, event, form, value, finish)
    elif word == "key":
        _key(work, event, form, value, finish)
    else:
        _finish(work, event, form, finish)


def _choose(work: Work, event: Event, form: Form, value: str, finish: dict[str, Finish]) -> None:
    """Take a choice by its number, or its value; what is not offered any more is asked again."""
    if is_value(value):
        values = [option.value for option in form.field.options]
        if value[1:] not in values:
            ask(work, form.asking(form.at))
            return
        value = str(values.index(value[1:]) + 1)
    _filled(work, event, form.filled(value, work.today(event.at)), finish)


def is_value(choice: str) -> bool:
    """Tell a choice by the value of an option, which only a form can have offered."""
    return choice.startswith("=")


def _gone_back(form: Form, number: str) -> Form:
    """Ask the field of a number, or the one before; or let go of the one asked out of turn."""
    if number:
        return form.again(int(number))
    return form.asking(max(form.at - 1, 0)) if form.then is None else form.gone_on()


def close(work: Work) -> None:
    """Put the form away unfinished. Nothing of it is kept."""
    form = work.state.form
    if form is None:
        return
    work.set(form=None)
    if work.state.listing is not None:
        listing.back(work)
    else:
        work.answer(work.state.meanwhile or news(form.headline, form.closed))


def hand_in(work: Work, form: Form, fact: str) -> None:
    """Keep a form until the fact that says what was given in it is on the disk."""
    work.set(handed_in={**work.state.handed_in, fact: form})


def hand_back(work: Work) -> None:
    """Ask again what was given in a form and is not recorded: it stands as it was given."""
    given = [*work.state.handed_in.values()]
    work.set(handed_in={})
    if given and not _is_open(work):
        work.set(form=given[-1].asking(0, say("form.not_recorded")))


def done_with(work: Work, fact: str) -> None:
    """Forget the form that a fact is from: it is on the disk."""
    if fact in work.state.handed_in:
        work.set(handed_in={k: v for k, v in work.state.handed_in.items() if k != fact})


def _key(work: Work, event: Event, form: Form, key: str, finish: dict[str, Finish]) -> None:
    """Take one digit of the command sheet, or what ends or mends them.

    Without any digits, what stands in the field is meant: OK was scanned twice, or is for yes.
    """
    if key == "ok" and not form.keyed:
        _next(work, event, form, finish)
    elif key == "ok":
        _filled(work, event, form.filled(form.keyed, work.today(event.at)), finish)
    elif key == "delete":
        work.go_on_asking(replace(form, keyed=form.keyed[:-1]))
    else:
        work.go_on_asking(replace(form, keyed=form.keyed + key))


def _filled(work: Work, event: Event, form: Form, finish: dict[str, Finish]) -> None:
    if form.problem is not None:
        ask(work, form)
    else:
        _next(work, event, form, finish)


def _next(work: Work, event: Event, form: Form, finish: dict[str, Finish]) -> None:
    """Go on to the next field, with what stands in this one."""
    if form.field.required and not form.field.value:
        ask(work, form.asking(form.at, say("form.needed")))
    elif form.then is not None:
        ask(work, form.gone_on())
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
        work.set(form=form)
        work.answer(not_recorded())
    else:
        work.set(form=None)
        again = finish[form.kind](work, event, form)
        if again is not None:
            ask(work, again)
