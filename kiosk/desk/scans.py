"""What a scanned or typed number does: opens a patron, lends, returns, or raises a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from kiosk.desk import answers, events, recording
from kiosk.desk.afterwards import paper
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Form
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes, blocks, permission, seen
from kiosk.desk.lending import checkout, inhouse, renewal
from kiosk.desk.returns import cart, checkin
from kiosk.desk.session import pins
from kiosk.desk.state import Doubt
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.checks.barcodes import Reading, UseAnyway
    from kiosk.desk.checks.functions import Function
    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Source
    from kiosk.desk.vocabulary import Mode
    from kiosk.desk.work import Work


def number(work: Work, event: events.Scanned) -> None:
    """Take a number: tell what it is, and do what it means here."""
    typed = event.source
    event = paper.of_sheet(work, event)
    if event.used_as:  # it was asked about, then put off
        _take(work, event.used_as, event.text, event)
        return
    reading = barcodes.read_any_case(event.text, work.settings.barcodes)
    if reading.kind != "item" and blocks.system_card(work, event.text):
        work.refuse(say("card.system", text=shown(event.text)), say("card.system_detail"))
        return
    if _function(work, "item") is not None:  # else an item is only looked up
        reading = seen.doubt(work, reading)
    if reading.kind in ("card", "item"):
        _take(work, reading.kind, reading.text, event)
    elif reading.kind == "doubtful" and pins.may_be_one(work, reading.text, typed):
        work.refuse(say("scan.may_be_pin"), say("scan.may_be_pin_detail"))
    elif reading.kind == "doubtful":
        _doubt(work, reading, event)
    else:
        recording.not_taken(work, reading, event.at)


def not_recorded(work: Work, event: events.Scanned) -> None:
    """Refuse a number during the alarm; name it for the paper, unless it is a card's."""
    reading = barcodes.read(event.text, work.settings.barcodes)
    work.answer(answers.not_recorded(reading.text if reading.kind == "item" else ""))


def _take(work: Work, kind: str, text: str, event: events.Scanned) -> None:
    function = _function(work, kind)
    if function is not None and not permission.given(work, function, event):
        return
    if kind == "card":
        checkout.card_shown(work, text, event)
    elif not paper.asks_first(work, text, event):
        ITEMS[work.state.mode](work, text, event)


def _function(work: Work, kind: str) -> Function | None:
    """Tell what a number is scanned for: a card opens a checkout, unless loans are renewed.

    None: an item, with nobody there, is only looked up.
    """
    mode = work.state.mode
    if kind == "card":
        return "renew" if mode == "renew" else "checkout"
    return None if mode == "checkout" and work.state.visit is None else FUNCTIONS[mode]


def damaged(work: Work, event: events.DamagedScan) -> None:
    """Refuse a scan that cannot be used."""
    reading = barcodes.Reading("damaged", event.sample, say("scan.damaged"))
    recording.not_taken(work, reading, event.at)


def _doubt(work: Work, reading: Reading, event: events.Scanned) -> None:
    """Ask whether a doubtful number is to be used, where that is for staff to say."""
    who = _who_may_use(work, reading)
    if who == "nobody":
        recording.not_taken(work, reading, event.at)
        return
    kind = _likely(work, reading)
    question = Question(
        headline=say("doubt.headline", number=reading.text),
        detail=reading.problem or say("scan.damaged"),
        yes=say("doubt.ask_supervisor" if who == "supervisor" else f"doubt.yes_{kind}"),
        no=say("doubt.no"),
        rather="yes" if reading.problem == seen.NEVER else "no",
    )
    reading = replace(reading, likely=kind)  # what was asked holds, whatever happens meanwhile
    work.ask(Doubt(reading=reading, source=event.source, question=question))


def _who_may_use(work: Work, reading: Reading) -> UseAnyway:
    """Tell who may use a number that does not look right; a supervisor on duty may by herself.

    One that was never seen looks right: new items come in every day.
    """
    who = work.settings.barcodes.use_anyway
    if who == "nobody" and reading.problem != seen.NEVER:
        return "nobody"
    if who != "supervisor" or reading.problem == seen.NEVER:
        return "staff"
    if work.session.role in ("supervisor", "administrator"):
        return "staff"
    return "supervisor" if work.state.roster.supervisors else "nobody"


def _likely(work: Work, reading: Reading) -> Literal["card", "item"]:
    """Guess what a doubtful number is: what its pattern says, else what is expected now."""
    if reading.likely is not None:
        return reading.likely
    return "card" if work.state.mode == "checkout" and work.state.visit is None else "item"


def settle_doubt(work: Work, event: Event, doubt: Doubt, *, yes: bool) -> None:
    """Use a doubtful number as it was asked about, or for nothing."""
    kind, text = _likely(work, doubt.reading), doubt.reading.text
    source: Source = "scan" if doubt.source == "paper" else doubt.source
    if not yes:
        recording.not_taken(work, doubt.reading, event.at)
    elif _who_may_use(work, doubt.reading) == "supervisor":
        _ask_supervisor(work, kind, text, source)
    else:
        scan = events.Scanned(event.at, text, source, used_as=kind)
        _take(work, kind, text, paper.of_sheet(work, scan))


def _ask_supervisor(work: Work, kind: str, text: str, source: Source) -> None:
    roster = work.state.roster
    fields = (pins.who("override.who", roster, roster.supervisors, None), pins.PIN)
    headline = say("doubt.supervisor", number=text)
    form = Form(kind="use_anyway", headline=headline, fields=fields, about=(kind, text, source))
    forms.ask(work, form)


def use_allowed(work: Work, event: Event, form: Form) -> None:
    """Use a doubtful number, as a supervisor says."""
    supervisor = pins.supervisor(work, form)
    if supervisor:
        about, text, source = form.about
        kind: Literal["card", "item"] = "card" if about == "card" else "item"
        typed: Source = "typed" if source == "typed" else "scan"
        scan = events.Scanned(event.at, text, typed, allowed_by=supervisor, used_as=kind)
        _take(work, kind, text, paper.of_sheet(work, scan))


def settle_overtaken(work: Work, _: Event, asked: paper.Overtaken, *, yes: bool) -> None:
    """Record a line from paper although something happened with its item later, or leave it out."""
    if yes:
        ITEMS[work.state.mode](work, asked.item, asked.scan)
    else:
        paper.left_out(work, asked)


ITEMS: dict[Mode, Callable[[Work, str, events.Scanned], None]] = {
    "checkout": checkout.item_shown,
    "checkin": checkin.returned,
    "cart": cart.item_shown,
    "renew": renewal.item_shown,
    "inhouse": inhouse.item_shown,
}
"""What scanning an item does, by the mode of the desk."""

FUNCTIONS: dict[Mode, Function] = {
    "checkout": "checkout",
    "checkin": "checkin",
    "renew": "renew",
    "inhouse": "inhouse",
    "cart": "checkin",
}
"""Which function that needs."""
