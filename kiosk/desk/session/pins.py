"""PINs: asked in a form, checked outside, and what comes of it.

Checking takes a moment, because it is meant to be slow, so it is an effect; what staff do meanwhile
waits. How many tries are left, and how long the next is put off, is known where it is checked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kiosk.desk.events import Event
    from kiosk.desk.session.sessions import Member, Roster
    from kiosk.desk.transactions import Source
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

    Right = Callable[[Work, Event, Form], None]
    """Goes on with a form whose PIN was right."""

SHORTEST, LONGEST = 4, 12
"""Digits of a PIN."""

PIN = Field(name="pin", label=say("duty.pin"), kind="pin", required=True, most=LONGEST)


def who(label: str, roster: Roster, members: Iterable[Member], chosen: Member | None) -> Field:
    """Ask which of the staff it is; a badge answers too."""
    options = tuple(
        Option(x.number, say(f"duty.on.{x.role}", staff=roster.label(x)), x.badge) for x in members
    )
    value = "" if chosen is None else chosen.number
    return Field(
        name="staff", label=say(label), kind="choice", required=True, value=value, options=options
    )


def may_be_one(work: Work, text: str, source: Source) -> bool:
    """Tell a number that may be a PIN, typed where none is asked: it is never shown nor used."""
    digits = text.isascii() and text.isdigit() and SHORTEST <= len(text) <= LONGEST
    return digits and source == "typed" and bool(work.state.roster.members)


def check(work: Work, _: Event, form: Form) -> Form | None:
    """Have the PIN of a form that is filled in checked. The form is kept without it."""
    number, pin = form.value("staff"), form.value("pin")
    work.set(checking=_without_pin(form))
    work.want(effects.VerifyPin(number, pin))
    return None


def checked(work: Work, event: events.PinChecked, right: dict[str, Right]) -> None:
    """Go on with the form whose PIN was checked, or ask for it again."""
    form = work.state.checking
    if form is None or form.value("staff") != event.staff:
        return
    work.set(checking=None)
    if event.ok:
        right[form.kind](work, event, form)
    else:
        at = next(n for n, field in enumerate(form.fields) if field.kind == "pin")
        forms.ask(work, form.asking(at, _problem(event)))


def supervisor(work: Work, form: Form) -> str:
    """Name the supervisor whose PIN was right; "", and say so, for one who is none any more."""
    roster = work.state.roster
    member = roster.member(form.value("staff"))
    if member is not None and member.may_override:
        return roster.label(member)
    work.refuse(say("override.nobody"), say("override.nobody_detail"))
    return ""


def _without_pin(form: Form) -> Form:
    fields = tuple(replace(x, value="") if x.kind == "pin" else x for x in form.fields)
    return replace(form, fields=fields, keyed="")


def _problem(event: events.PinChecked) -> Phrase:
    if event.problem is not None:
        return event.problem
    if event.wait:
        minutes, seconds = divmod(event.wait, 60)
        if seconds or minutes < 2:
            return say("duty.wait_seconds", count=event.wait)
        return say("duty.wait_minutes", count=minutes)
    return say("duty.wrong_pin", count=event.tries)
