"""What a scanned or typed number does: opens a patron, lends, returns, or raises a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from kiosk.desk import answers, barcodes, checkin, checkout, events, recording, timekeeping
from kiosk.desk.answers import Question, look
from kiosk.desk.state import Doubt
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.barcodes import Reading
    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Source
    from kiosk.desk.work import Work


def number(work: Work, event: events.Scanned) -> None:
    """Take a number: tell what it is, and do what it means here."""
    if work.state.doubt is not None:
        recording.not_taken(work, work.state.doubt.reading, event.at)
    reading = barcodes.read(event.text, work.settings.barcodes)
    if reading.kind in ("card", "item"):
        _take(work, reading.kind, reading.text, event)
    elif reading.kind == "doubtful":
        _doubt(work, reading, event.source)
    else:
        recording.not_taken(work, reading, event.at)


def not_recorded(work: Work, event: events.Scanned) -> None:
    """Refuse a number during the alarm; name it for the paper, unless it is a card's."""
    reading = barcodes.read(event.text, work.settings.barcodes)
    work.answer(answers.not_recorded(reading.text if reading.kind == "item" else ""))


def _take(work: Work, kind: str, text: str, event: events.Scanned) -> None:
    if kind == "card":
        checkout.card_shown(work, text, event)
    elif work.state.mode == "checkin":
        checkin.returned(work, text, event)
    elif work.state.visit is None:
        checkout.who_has(work, text)
    else:
        checkout.lent(work, text, event)


def damaged(work: Work, event: events.DamagedScan) -> None:
    """Refuse a scan that cannot be used."""
    reading = barcodes.Reading("damaged", event.sample, say("scan.damaged"))
    recording.not_taken(work, reading, event.at)


def _doubt(work: Work, reading: Reading, source: Source) -> None:
    kind = _likely(work, reading)
    question = Question(
        headline=say("doubt.headline", number=reading.text),
        detail=reading.problem or say("scan.damaged"),
        yes=say(f"doubt.yes_{kind}"),
        no=say("doubt.no"),
    )
    reading = replace(reading, likely=kind)  # what was asked holds, whatever happens meanwhile
    work.set(doubt=Doubt(reading=reading, source=source, question=question), closing=None)
    work.answer(look(question.headline, question.detail))


def _likely(work: Work, reading: Reading) -> Literal["card", "item"]:
    """Guess what a doubtful number is: what its pattern says, else what is expected now."""
    if reading.likely is not None:
        return reading.likely
    return "card" if work.state.mode == "checkout" and work.state.visit is None else "item"


def yes(work: Work, event: Event, _: str) -> None:
    """Use a doubtful number as it was asked about."""
    doubt = work.state.doubt
    if doubt is None:
        timekeeping.asked(work, event, right=True)
        return
    if work.hold_back(event):
        return
    work.set(doubt=None)
    scan = events.Scanned(event.at, doubt.reading.text, doubt.source)
    _take(work, _likely(work, doubt.reading), doubt.reading.text, scan)


def no(work: Work, event: Event, _: str) -> None:
    """Use a doubtful number for nothing."""
    if work.state.doubt is None:
        timekeeping.asked(work, event, right=False)
    else:
        recording.not_taken(work, work.state.doubt.reading, event.at)
