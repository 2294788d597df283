"""Trying out the devices: a slip that says it is a test, and scans that mean nothing.

Nothing of it is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import effects
from kiosk.desk.answers import news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form
from kiosk.desk.checks import barcodes
from kiosk.desk.samples import SampleSlip
from kiosk.desk.words import Phrase, ending, say

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.work import Work

FORM = "test_scan"


def slip(work: Work, event: Event, _: str) -> None:
    """Print a slip that says it is a test."""
    session = work.session
    sample = SampleSlip(
        at=event.at.astimezone(session.zone),
        library=session.library,
        staff=session.staff,
        terminal=session.terminal,
    )
    work.want(effects.Print(sample))
    work.answer(news(say("test.slip"), say("test.slip_detail")))


def scan(work: Work, _: Event, __: str) -> None:
    """Ask for anything to be scanned."""
    forms.ask(work, _form(say("test.scan")))


def scanned(work: Work, _: Event, form: Form) -> Form:
    """Tell what came, and wait for more. Of a number no more is shown than its ending."""
    text = form.value("scan").strip()
    kind = barcodes.read(text, work.settings.barcodes).kind
    return _form(
        say("test.read", count=len(text), ending=ending(text), what=say(f"test.is_{kind}"))
    )


def _form(label: Phrase) -> Form:
    return Form(
        kind=FORM,
        headline=say("test.headline"),
        detail=say("test.how"),
        fields=(Field(name="scan", label=label, kind="line", required=True),),
        closed=say("test.over"),
    )
