"""Who may settle what needs a person (`[desk] settle`), or have uploads processed (`process`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Form
from kiosk.desk.session import pins
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.work import Work

FORM = "may_settle"
"""The form that asks for a supervisor. Its `about` says for what: a word, and about what."""


def needs_supervisor(work: Work, rule: Literal["staff", "supervisor"]) -> bool:
    """Tell whether somebody else has to say so first, where a rule says who may."""
    return rule == "supervisor" and work.session.role in ("", "staff")


def ask(work: Work, word: str, *about: str) -> None:
    """Ask for a supervisor, where there is one."""
    roster = work.state.roster
    if not roster.supervisors:
        work.refuse(say("settle.no_supervisor"), roster.problem or say("override.nobody_detail"))
        return
    fields = (pins.who("override.who", roster, roster.supervisors, None), pins.PIN)
    headline = say("settle.supervisor")
    forms.ask(work, Form(kind=FORM, headline=headline, fields=fields, about=(word, *about)))


def given_by(work: Work, form: Form) -> str:
    """Name the supervisor who says so; "" where that is none any more."""
    member = work.state.roster.member(form.value("staff"))
    return work.state.roster.label(member) if member is not None and member.may_override else ""
