"""Correct and resend: what was wrong is put right, and that is sent in the place of the other.

    item         the number of the item, as it is; scanned or typed, and looked at as at a scan
    card         typed or scanned anew, never shown; left out, it stays what it was; it must be
                 given where the patron is forgotten by now
    due date     until when it was lent, where the patron was told another day
    return day   when it came back

The other one is settled with the same step, and points to this one; should this one be undone
before it is sent, the other one needs a person again. It happened when the other one did: it has
its visit and its time, and its place among what happened then. So the block list forbids nothing;
what it says of another card is kept with the loan. Staff are asked first where the library may have
the other one (kiosk.desk.settling.doubt).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.desk import effects
from kiosk.desk.answers import news, not_recorded, whose
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form
from kiosk.desk.checks import barcodes
from kiosk.desk.dates.duedates import due_on
from kiosk.desk.lending import checkout
from kiosk.desk.settling import doubt
from kiosk.desk.state import Asked
from kiosk.desk.transactions import Checkin, Checkout, Transaction
from kiosk.desk.words import Phrase, ending, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kiosk.desk.events import Event
    from kiosk.desk.memory import ToSettle
    from kiosk.desk.work import Work

FORM = "correct"
KINDS = frozenset({"checkout", "checkin", "renewal", "in_house_use", "noncat_checkout"})
"""What can be corrected here. A registration is put right in the library system."""
STAYS = "stays_there"
"""The note where the library may keep what was wrong: of another item, or for another card."""
LONGEST_AGO = 3660
"""Days that a loan or a return may lie back, and a loan ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubtful(Asked):
    """Whether a correction is sent although something speaks against it. `by`: who says so."""

    entry: str
    by: str
    right: Transaction
    form: Form


def can(transaction: Transaction) -> bool:
    """Tell whether there is anything that can be put right about a transaction."""
    return transaction.kind in KINDS


def form(work: Work, found: ToSettle, by: str) -> Form:
    """Ask what is right. What is left as it stands stays so."""
    transaction = found.transaction
    zone, fields = work.session.zone, []
    if transaction.item:
        fields.append(
            Field(
                name="item",
                label=say("correct.item"),
                kind="item",
                required=True,
                value=transaction.item,
            )
        )
    if hasattr(transaction, "patron"):
        card = transaction.patron
        forgotten = doubt.is_forgotten(transaction)
        label = say("correct.card_forgotten") if forgotten else say("correct.card_none")
        label = say("correct.card", ending=ending(card)) if card else label
        fields.append(Field(name="card", label=label, kind="card", required=forgotten))
    if hasattr(transaction, "due"):
        day = transaction.due.astimezone(zone).date()
        fields.append(_day("due", day, -LONGEST_AGO, LONGEST_AGO))
    if isinstance(transaction, Checkin):
        day = transaction.returned or transaction.at.astimezone(zone).date()
        fields.append(_day("returned", day, -LONGEST_AGO, 0))
    return Form(
        kind=FORM,
        headline=say("correct.headline"),
        detail=say("correct.detail"),
        fields=tuple(fields),
        about=(found.entry, by),
    )


def _day(name: str, day: date, least: int, most: int) -> Field:
    return Field(
        name=name,
        label=say(f"correct.{name}"),
        kind="date",
        required=True,
        value=day.isoformat(),
        least=least,
        most=most,
    )


def finish(work: Work, event: Event, form: Form) -> Form | None:
    """Record what is right in the place of what was wrong; ask again where it cannot be."""
    entry, by, *doubted = form.about
    found = work.memory.exception(entry)
    if found is None:
        work.answer(news(say("exceptions.gone"), say("exceptions.gone_detail")))
        return None
    for name in ("item", "card"):
        text = form.value(name)
        reading = barcodes.read_any_case(text, work.settings.barcodes)
        problem = _problem(work, name, reading, found) if text else None
        if problem is not None and text not in doubted:
            about = (entry, by, *(x for x in doubted if x), *_may_use(work, reading))
            return replace(form, about=about).asking(form.place(name), problem)
    right = _corrected(work, found.transaction, form)
    if right == found.transaction:
        return form.asking(0, say("correct.same"))
    right = replace(right, **_unasked(work, found.transaction, right, event.at))
    whys = tuple(_whys(work, found, right))
    if whys:
        question = doubt.question(say("correct.overtaken"), *whys)
        work.ask(Doubtful(entry=entry, by=by, right=right, form=form, question=question))
    else:
        _record(work, found, right, by, form)
    return None


def _unasked(work: Work, wrong: Transaction, right: Transaction, at: datetime) -> dict[str, Any]:
    """Give what the block list says of another card, as the field that keeps it: it was lent."""
    card = getattr(right, "patron", "")
    if not hasattr(right, "override") or card == getattr(wrong, "patron", ""):
        return {}
    return {"override": checkout.unasked(checkout.block_of(work, card, at))}


def _whys(work: Work, found: ToSettle, right: Transaction) -> Iterator[Phrase]:
    """Say what speaks against sending a correction."""
    if _is_overtaken(work, found, right):
        yield doubt.why("overtaken")
    elif _is_lent_already(work, found, right):
        yield doubt.why("lent")
    why = doubt.about_library(found)
    if why:
        yield _stays(found, right) or doubt.why(why)


def _called(transaction: Transaction) -> str:
    """Name what was lent or returned: the item's number, or what it is of which there is none."""
    return transaction.item or getattr(transaction, "name", "")


def _stays(found: ToSettle, right: Transaction) -> Phrase | None:
    """Say that the library keeps what it may have, where that is of another item or card."""
    wrong = found.transaction
    same = (wrong.item, getattr(wrong, "patron", "")) == (right.item, getattr(right, "patron", ""))
    if same or not doubt.about_library(found):
        return None
    return say("correct.stays", item=_called(wrong), whose=whose(wrong))


def _is_overtaken(work: Work, found: ToSettle, right: Transaction) -> bool:
    """Tell whether something happened with the item later that the library knows already."""
    if right.item == found.transaction.item:
        return doubt.is_overtaken(work.memory, found)
    last = work.memory.last_of(right.item) if right.item else None
    if last is not None and last.delivered and last.at > right.at:
        return True
    return doubt.came_back_in_vain(work.memory, right)


def _is_lent_already(work: Work, found: ToSettle, right: Transaction) -> bool:
    """Tell whether another loan of the item that is right now came before this one."""
    if not isinstance(right, Checkout) or right.item == found.transaction.item:
        return False
    last = work.memory.last_of(right.item)
    return last is not None and last.kind in ("checkout", "renewal")


def settle_doubtful(work: Work, _: Event, asked: Doubtful, *, yes: bool) -> None:
    """Send a correction although something speaks against it, or leave it."""
    found = work.memory.exception(asked.entry)
    if not yes:
        work.answer(news(say("exceptions.left"), say("exceptions.left_detail")))
    elif found is None:
        work.answer(news(say("exceptions.gone"), say("exceptions.gone_detail")))
    elif work.state.alarm is not None:
        work.answer(not_recorded())
    else:
        _record(work, found, asked.right, asked.by, asked.form)


def _problem(work: Work, name: str, reading: barcodes.Reading, found: ToSettle) -> Phrase | None:
    """Say what is wrong with a number, as at a scan; None where nothing is, or it stays."""
    if reading.kind == name or (name == "item" and reading.text == found.transaction.item):
        return None
    if reading.kind in ("card", "item"):
        return say(f"correct.not_{name}")
    why = reading.problem or say("scan.damaged")
    return say("correct.doubtful", why=why) if _may_use(work, reading) else why


def _may_use(work: Work, reading: barcodes.Reading) -> tuple[str, ...]:
    """Give a number that may be used although it does not look right, if given once more."""
    supervisor = work.session.role in ("supervisor", "administrator")
    who = work.settings.barcodes.use_anyway
    may = who == "staff" or (who == "supervisor" and supervisor)
    return (reading.text,) if may and reading.kind == "doubtful" else ()


def _corrected(work: Work, wrong: Transaction, form: Form) -> Transaction:
    """Give the transaction as it should have been."""
    zone, rules = work.session.zone, work.settings.barcodes
    right: dict[str, Any] = {}
    if form.has("item"):
        right["item"] = barcodes.read_any_case(form.value("item"), rules).text
    if form.value("card"):
        right["patron"] = barcodes.read_any_case(form.value("card"), rules).text
        if hasattr(wrong, "guest"):
            right["guest"] = None
    if hasattr(wrong, "due"):
        day = date.fromisoformat(form.value("due"))
        if day != wrong.due.astimezone(zone).date():
            right["due"] = due_on(day, zone)
    if isinstance(wrong, Checkin):
        day = date.fromisoformat(form.value("returned"))
        if day != (wrong.returned or wrong.at.astimezone(zone).date()):
            right["returned"] = day
    return replace(wrong, **right)


def _record(work: Work, found: ToSettle, right: Transaction, by: str, form: Form) -> None:
    wrong = found.transaction
    right = replace(right, id=work.new_id(), corrects=wrong.id)
    said = say("correct.done", item=_called(right))
    stays = _stays(found, right)
    if stays is not None:
        said = say("exceptions.besides", first=said, second=stays)
    work.set(deciding={**work.state.deciding, right.id: said})
    forms.hand_in(work, form, right.id)
    work.want(effects.Record(right))
    note = "" if stays is None else STAYS
    work.want(effects.DealtWith("", (wrong.id,), note=note, by=by, replaced_by=right.id))
