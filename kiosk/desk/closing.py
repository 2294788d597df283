"""Closing a visit: Done, the next card, another mode; and receipts again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms
from kiosk.desk.lending.slips import Slip, reference
from kiosk.desk.visits import Receipt
from kiosk.desk.words import ending, say

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.events import Event
    from kiosk.desk.transactions import Kind
    from kiosk.desk.visits import PastVisit, Visit
    from kiosk.desk.vocabulary import Mode
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work


def checkout_mode(work: Work, event: Event, _: str) -> None:
    """Go to checkout."""
    enter(work, "checkout", event)


def checkin_mode(work: Work, event: Event, _: str) -> None:
    """Go to checkin."""
    enter(work, "checkin", event)


def enter(work: Work, mode: Mode, event: Event) -> None:
    """Go to another mode, and close what is open; a patron may borrow and renew in one visit."""
    if mode == work.state.mode:
        return
    stays = {mode, work.state.mode} == {"checkout", "renew"} and _patron_is_here(work)
    if not stays and not left_visit(work, event):
        return
    work.set(mode=mode, uses=1, answer=None, answer_line="")
    work.want(effects.Tell(news(say(f"mode.{mode}"))))


def _patron_is_here(work: Work) -> bool:
    """Tell whether somebody is at the desk who has not said that this was all."""
    visit = work.state.visit
    return visit is not None and visit.patron is not None and work.state.closing is None


def left_visit(work: Work, event: Event) -> bool:
    """Close the open visit, if any, because another begins. False: held back for now.

    The library's last answers are not waited for: the queue is moving.
    """
    if work.hold_back(event):
        return False
    close(work, event.at, slip=work.state.closing is None or work.state.closing.slip)
    return True


def close(work: Work, at: datetime, *, slip: bool) -> None:
    """Close the open visit, if any, with what is printed of it."""
    visit = work.state.visit
    if visit is None:
        return
    work.set(visit=None, closing=None, closed=at)
    if visit.patron and work.state.paper is None:
        work.want(effects.PatronLeft(visit.patron))
    _print(work, visit, at, slip=slip)
    work.answer(news(_summary(visit, work.state.mode), _whose(visit)))


def _whose(visit: Visit) -> Phrase | None:
    """Say whose visit it was."""
    if visit.guest is not None:
        return say("visit.guest", name=visit.guest.name)
    return say("visit.card", ending=ending(visit.patron)) if visit.patron else None


def _print(work: Work, visit: Visit, at: datetime, *, slip: bool) -> None:
    """Print the receipt of a visit, or the slips that its items have not got yet.

    Of one from paper, no receipt: whom it would be for has gone long ago. What staff need to enter
    by hand is printed in any case.
    """
    slip = slip and work.state.paper is None
    receipt = Receipt.of(visit, at, work.session.library)
    if receipt.lines:
        work.set(last=receipt)
    if slip and receipt.lines and work.settings.receipts == "patron":
        work.want(effects.Print(receipt))
    if slip and work.settings.receipts == "item":
        for line in visit.counting:
            if line.due is not None and not line.printed:
                work.want(effects.Print(Receipt.of(visit, at, work.session.library, only=line.id)))
    by_hand = _slip(work, visit, at)
    work.set(slip=by_hand if by_hand.lines else None)
    if by_hand.lines and work.settings.receipts != "none":
        work.want(effects.Print(by_hand))


def _summary(visit: Visit, mode: Mode) -> Phrase:
    """Say in a few words what was done in a visit; in a batch of one kind also: nothing."""
    counts: Counter[Kind] = Counter()
    for line in visit.counting:
        counts[line.kind] += line.count
    uses = counts["in_house_use"]
    lent, renewed = counts["checkout"] + counts["noncat_checkout"], counts["renewal"]
    if lent and renewed:
        return say("done.lent_and_renewed", lent=lent, renewed=renewed)
    if renewed or (mode == "renew" and not lent):
        return _counted("done.renewed", renewed)
    if uses or mode == "inhouse":
        return _counted("done.used", uses)
    if visit.patron is None:
        return _counted("done.returned", counts["checkin"])
    if lent or not counts["registration"]:
        return _counted("done.lent", lent)
    return say("done.registered")


def _counted(key: str, count: int) -> Phrase:
    return say(key, count=count) if count else say(f"{key}_none")


def reprint(work: Work, _: Event, value: str) -> None:
    """Print a receipt again: the last one, or the newest of a card or with an item.

    With what staff were to enter by hand of that visit.
    """
    receipt, slip = work.state.last, work.state.slip
    if slip is not None and receipt is not None and reference(receipt.visit) != slip.reference:
        receipt = None  # of an earlier visit
    if value or not (receipt or slip):
        past = work.memory.past_visit(value)
        receipt, slip = (None, None) if past is None else papers(work, past)
    if not print_again(work, receipt, slip):
        work.refuse(say("reprint.nothing"), say("reprint.nothing_detail"))


def papers(work: Work, past: PastVisit) -> tuple[Receipt, Slip]:
    """Make receipt and staff slip of a past visit again."""
    slip = _slip(work, past.visit, past.transactions[-1].at)
    return past.receipt(work.session.library), _still_to_enter(work, slip)


def _still_to_enter(work: Work, slip: Slip) -> Slip:
    """Leave out what a person has entered: it would be entered twice."""
    left = work.memory.by_hand(slip.reference)
    lines = tuple(x for x in slip.lines if x.stage != "by_hand" or x.id in left)
    return replace(slip, lines=lines)


def print_again(work: Work, receipt: Receipt | None, slip: Slip | None) -> bool:
    """Print what there is again; tell whether there was anything."""
    lent = receipt is not None and receipt.lines
    by_hand = slip is not None and slip.lines
    if receipt is not None and lent:
        work.want(effects.Print(replace(receipt, again=True)))
        _keep_dates(work, receipt)
    if slip is not None and by_hand:
        work.want(effects.Print(slip))
    if not (lent or by_hand):
        return False
    card = receipt.card_ending if receipt is not None else ""
    work.answer(news(say("reprint.done"), say("visit.card", ending=card) if card else None))
    return True


def _keep_dates(work: Work, receipt: Receipt) -> None:
    """Take that the patron has the due dates of the open visit on paper, if this is its receipt."""
    visit = work.state.visit
    if visit is not None and visit.id == receipt.visit:
        work.set(visit=visit.on_paper())


def _slip(work: Work, visit: Visit, at: datetime) -> Slip:
    return Slip.of(visit, at, work.session, work.carries, work.settings.registration)


def print_failed(work: Work, event: events.PrintFailed) -> None:
    """Tell that a receipt could not be printed; and whose, where staff have gone on since."""
    gone_on = not work.state.idle and not work.state.locked
    whose = say("visit.card", ending=event.card_ending)
    told = gone_on and bool(event.card_ending)
    detail = say("print.whose", whose=whose, problem=event.problem) if told else event.problem
    forms.tell_meanwhile(work, look(say("print.failed"), detail))
