"""A patron without a card: a visit like any other, which a person enters by hand afterwards."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kiosk.desk import closing
from kiosk.desk.answers import news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form
from kiosk.desk.transactions import Guest
from kiosk.desk.visits import Visit
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work

FORM = Form(
    kind="guest",
    headline=say("guest.headline"),
    detail=say("guest.detail"),
    fields=(
        Field(name="name", label=say("guest.name"), required=True),
        Field(name="born", label=say("guest.born"), kind="date", most=0),
        Field(name="phone", label=say("guest.phone"), spelling="phone"),
    ),
)


def ask(work: Work, _: Event, __: str) -> None:
    """Ask who it is."""
    forms.ask(work, FORM)


def opened(work: Work, event: Event, form: Form) -> Form | None:
    """Open the visit of somebody who can be found again: by birth date or phone."""
    born = form.value("born")
    guest = Guest(
        name=form.value("name"),
        born=date.fromisoformat(born) if born else None,
        phone=form.value("phone"),
    )
    if not (guest.born or guest.phone):
        return form.asking(1, say("guest.one_of"))
    if closing.left_visit(work, event):
        visit = Visit(id=work.new_id(), opened=event.at, patron="", name=guest.name, guest=guest)
        work.set(mode="checkout", visit=visit)
        work.answer(news(say("visit.opened"), say("visit.guest", name=guest.name)))
    return None
