"""Items without a barcode, lent by kind and count: Evergreen's non-catalogued items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import events, recording
from kiosk.desk.afterwards import paper
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.dates import due
from kiosk.desk.dates.duedates import Length
from kiosk.desk.dates.loans import Due
from kiosk.desk.lending import checkout
from kiosk.desk.transactions import NoncatCheckout
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.policy import NoncatKind
    from kiosk.desk.work import Work

MOST = 99
"""Items of a kind at a time; Evergreen refuses more."""


def ask(work: Work, _: Event, __: str) -> None:
    """Ask of what kind the items are, and how many."""
    visit, kinds = work.state.visit, work.settings.noncat
    if not kinds:
        work.refuse(say("noncat.none"), say("noncat.none_detail"))
    elif visit is None or visit.patron is None:
        work.refuse(say("noncat.nobody"), say("noncat.nobody_detail"))
    else:
        forms.ask(work, _form(kinds))


def _form(kinds: tuple[NoncatKind, ...]) -> Form:
    only = kinds[0].code if len(kinds) == 1 else ""
    kind = Field(
        name="kind",
        label=say("noncat.kind"),
        kind="choice",
        required=True,
        value=only,
        options=tuple(Option(x.code, say("plain.text", text=x.name)) for x in kinds),
    )
    count = Field(
        name="count",
        label=say("noncat.count"),
        kind="number",
        required=True,
        value="1",
        least=1,
        most=MOST,
    )
    at = 1 if only else 0
    return Form(kind="noncat", headline=say("noncat.headline"), fields=(kind, count), at=at)


def lent(work: Work, event: Event, form: Form) -> Form | None:
    """Lend what the form says to the patron at the desk."""
    kind = next(x for x in work.settings.noncat if x.code == form.value("kind"))
    if work.state.visit is None:  # turned away meanwhile: the library was lost
        work.refuse(say("noncat.nobody"), say("noncat.nobody_detail"))
        return None
    typed = paper.of_sheet(work, events.Scanned(event.at, "", "typed"))
    visit = checkout.lendable(work, kind.name, typed)
    if visit is not None:
        length = Length(kind.days)
        until = Due(at=due.after(work, length, typed.at), length=length)
        noncat = NoncatCheckout(
            **work.stamp(visit, "", typed),
            patron=visit.patron or "",
            guest=visit.guest,
            override=visit.override,
            noncat=kind.code,
            name=kind.name,
            count=int(form.value("count")),
            due=paper.never_past(work, until).at,
        )
        recording.record(work, visit, noncat)
    return None
