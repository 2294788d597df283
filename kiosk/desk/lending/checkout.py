"""Checkout: a card opens its visit, an item is lent to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import answers, effects, events, recording
from kiosk.desk.afterwards import paper
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes, blocklist, blocks
from kiosk.desk.dates import due
from kiosk.desk.lending import standing
from kiosk.desk.session import duty
from kiosk.desk.state import OutAlready
from kiosk.desk.transactions import Checkout, Override
from kiosk.desk.visits import Visit
from kiosk.desk.words import ending, say

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.checks.blocklist import Block
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Holder
    from kiosk.desk.vocabulary import Mode
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work


def card_shown(work: Work, card: str, event: events.Scanned) -> None:
    """Close the visit before and open the card's, unless the block list refuses it."""
    visit = work.state.visit
    if visit is not None and visit.patron == card:
        _already_here(work)
        return
    if not duty.next_visit(work, event):
        return
    block = block_of(work, card, event.at)
    refuses = block is not None and block.refuses
    if block is not None and refuses and not work.state.online and work.state.paper is None:
        _turn_away(work, card, block, event.allowed_by)
    else:
        _open(work, card, block, event)


def _already_here(work: Work) -> None:
    """Go on with the visit that is open; tell whoever pressed Done, who waits for a receipt."""
    done = work.state.closing is not None
    work.set(closing=None)
    if done:
        work.answer(look(say("done.taken_back"), say("done.taken_back_detail")))
    else:
        work.answer(look(say("card.already_here")))


def _mode(work: Work) -> Mode:
    """Give the mode after a card was shown: it is for lending, unless loans are renewed."""
    return "renew" if work.state.mode == "renew" else "checkout"


def block_of(work: Work, card: str, at: datetime) -> Block | None:
    """Tell what the block list makes of a card, where it is used."""
    rules = work.session.block_list
    listed = work.memory.block_status(card) if rules is not None else None
    if rules is None or listed is None:
        return None
    return blocklist.judge(listed, work.today(at), rules)


def _turn_away(work: Work, card: str, block: Block, allowed_by: str) -> None:
    """Open no visit for a card that the block list refuses: nothing can be lent on it."""
    work.set(mode=_mode(work), visit=None, closing=None)
    answer = answers.blocked(card, block)
    blocks.turn_away(work, card, block.status, answer, allowed_by=allowed_by)


def _open(work: Work, card: str, block: Block | None, event: events.Scanned) -> None:
    """Open a patron's visit; warn of what the block list says. On paper, it was lent already."""
    refuses = block is not None and block.refuses and work.state.paper is None
    warns = block is not None and not refuses and work.state.paper is None
    visit = Visit(
        id=work.new_id(),
        opened=event.at,
        patron=card,
        allowed_by=event.allowed_by,
        note=None if block is None else answers.block_note(block),
        block=block if refuses else None,
        warning=block if warns else None,
        override=_on_paper(work, block),
    )
    work.set(mode=_mode(work), visit=visit)
    if work.state.paper is None:
        work.want(effects.AskPatron(card))
    if block is None:
        work.answer(news(say("visit.opened"), _card(card)))
    elif warns:
        blocks.warn(work, visit, block)
    else:
        work.answer(answers.asking_about(card, block) if refuses else answers.warned(block))


def _on_paper(work: Work, block: Block | None) -> Override | None:
    """Keep against what something was lent on paper: or paper would be a way round the list."""
    return None if work.state.paper is None else unasked(block)


def unasked(block: Block | None) -> Override | None:
    """Give what is kept with a loan that has happened, where the block list would refuse it."""
    if block is None or not block.refuses:
        return None
    return Override(supervisor="", reason="", against=block.status)


def _card(card: str) -> Phrase:
    return say("visit.card", ending=ending(card))


def who_has(work: Work, item: str) -> None:
    """Tell who has an item, as far as this daybook knows."""
    holder, title = work.memory.holder(item), work.memory.title(item)
    work.answer(answers.whereabouts(item, holder, title))


def item_shown(work: Work, item: str, event: events.Scanned) -> None:
    """Lend an item to the patron at the desk; with nobody there, tell who has it."""
    if work.state.visit is None:
        who_has(work, item)
    else:
        _lent(work, item, event)


def ready(work: Work, item: str, event: events.Scanned) -> Visit | None:
    """Give the visit in which an item can be lent or renewed; None where it cannot, and say why."""
    visit = lendable(work, item, event)
    return None if visit is None or recording.twice(work, visit, item, event) else visit


def lendable(work: Work, what: str, event: Event) -> Visit | None:
    """Give the visit in which something can be lent; None where nothing can, and say why."""
    if work.state.clock.state == "wrong":  # the due date, once said, could not be mended
        reading = barcodes.Reading("item", what, say("clock.not_lent"))
        recording.not_taken(work, reading, event.at)
        return None
    due.drop_past(work, event.at)
    visit = recording.open_visit(work, event.at)
    if not blocks.may_lend(work, visit, what, event):
        return None
    return visit


def _lent(work: Work, item: str, event: events.Scanned) -> None:
    visit = ready(work, item, event)
    if visit is None:
        return
    holder = work.memory.holder(item)
    still_out = holder is not None and _somebody_else(visit, holder)
    if holder is not None and still_out and work.state.paper is None:
        _ask_still_out(work, item, event, holder)
    else:
        _record(work, visit, item, event, still_out=still_out)


def _somebody_else(visit: Visit, holder: Holder) -> bool:
    """Tell whether it was lent to somebody else. Two without a card may have the same name."""
    return (holder.card, holder.guest) != (visit.patron, visit.guest)


def _ask_still_out(work: Work, item: str, scan: events.Scanned, holder: Holder) -> None:
    """Ask about an item that somebody else has, as far as this daybook knows."""
    question = Question(
        headline=say("out.headline_guest", name=holder.guest.name)
        if holder.guest is not None
        else say("out.headline", ending=holder.card_ending),
        detail=say("out.detail", at=holder.at.isoformat(), due=holder.due.date().isoformat()),
        yes=say("out.yes"),
        no=say("out.no"),
    )
    work.ask(OutAlready(item=item, scan=scan, question=question))


def settle_out(work: Work, event: Event, asked: OutAlready, *, yes: bool) -> None:
    """Lend an item that was out to somebody else, or leave it."""
    if not yes:
        reading = barcodes.Reading("item", asked.item, say("out.left"))
        recording.not_taken(work, reading, event.at)
        return
    scan = replace(asked.scan, at=event.at)
    visit = ready(work, asked.item, scan)
    if visit is not None:
        _record(work, visit, asked.item, scan, still_out=True)


def _record(
    work: Work, visit: Visit, item: str, event: events.Scanned, *, still_out: bool = False
) -> None:
    lent = paper.never_past(work, due.in_force(work, event.at, item))
    checkout = Checkout(
        **work.stamp(visit, item, event),
        patron=visit.patron or "",
        guest=visit.guest,
        due=lent.at,
        due_by=lent.by,
        loan=lent.kind,
        override=visit.override,
        still_out=still_out,
    )
    recording.record(work, due.used(visit), checkout)


def patron_answered(work: Work, event: events.PatronAnswered) -> None:
    """Show what the library said of the card at the desk."""
    visit, answer = work.state.visit, event.answer
    if visit is None or visit.patron != answer.patron:
        return
    note, about = standing.why_not(answer), standing.about(answer)
    work.set(
        visit=replace(
            visit,
            name=answer.name,
            about=about,
            note=note or _override_note(visit),
            block=None,
            warning=visit.warning if note is not None else None,
            invalid=note is not None,
        )
    )
    if answer.name or about:
        who = say("plain.text", text=answer.name) if answer.name else _card(answer.patron)
        work.want(effects.Tell(news(who, standing.in_one_line(about) if about else None)))
    if note is not None:
        _say_invalid(work, visit, note)
    elif visit.block is not None or visit.warning is not None:
        work.answer(news(say("block.lifted"), say("block.lifted_detail")))


def _override_note(visit: Visit) -> Phrase | None:
    given = visit.override
    return None if given is None else say("override.note", supervisor=given.supervisor)


def _say_invalid(work: Work, visit: Visit, note: Phrase) -> None:
    """Say that the library advises against lending, or, where it is heeded, that none is done."""
    headline = say("patron.not_valid")
    if work.settings.not_valid == "refuse" and visit.override is None:
        refusal = answers.refusal(headline, note)
        blocks.turn_away(work, visit.patron or "", blocks.BY_LIBRARY, refusal)
    else:
        forms.tell_meanwhile(work, look(headline, note))


def library_reached(work: Work, event: events.LibraryReached) -> None:
    """Stop waiting for its answers once it is away; a blocked card is turned away then."""
    work.set(online=event.online)
    visit = work.state.visit
    if not event.online:
        recording.library_lost(work)
    if not event.online and visit is not None and visit.block is not None:
        # The library will not say more than the list.
        _turn_away(work, visit.patron or "", visit.block, visit.allowed_by)
