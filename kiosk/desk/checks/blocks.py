"""Cards on which nothing is lent as it stands: what is said, who may lend all the same, and how.

    delinquent         a message; nothing is lent before staff have acknowledged it
    blocked, barred,   explained; nothing is lent. A supervisor may override it, with PIN and
    lost, expired      reason, for this visit; each of its checkouts carries the override
    not valid          the library's own word. While it answers, it decides item by item; once it
                       is gone, or where kiosk.toml says so, as above
    system cards       DISCARD, MISSING, DISPLAY: nobody borrows on them

(WorkFlows: "Checkout Wizard", II A, III and IV.)
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import answers, closing, commands, effects, events, recording
from kiosk.desk.answers import Answer, look, news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.asking.question import Question
from kiosk.desk.checks import barcodes
from kiosk.desk.session import pins
from kiosk.desk.state import Acknowledge, TurnedAway
from kiosk.desk.transactions import KNOWN_REASONS, Override
from kiosk.desk.visits import Visit
from kiosk.desk.words import ending, say

if TYPE_CHECKING:
    from kiosk.desk.checks.blocklist import Block
    from kiosk.desk.events import Event
    from kiosk.desk.session.sessions import Member
    from kiosk.desk.work import Work

BY_LIBRARY = "library"
"""What an override is against where the library itself says no; else a status of the block list."""


def system_card(work: Work, text: str) -> bool:
    """Tell a card of the library system's own."""
    text = text.strip()
    patterns = work.settings.system_cards
    return any(re.fullmatch(x, text, re.ASCII | re.IGNORECASE) for x in patterns)


# -- a warning, acknowledged -----------------------------------------------------------------------


def warn(work: Work, visit: Visit, block: Block) -> None:
    """Warn of a card; nothing is lent on it before staff have said yes."""
    work.ask(_to_acknowledge(visit, block))
    work.want(effects.Tell(news(say("block.acknowledge_how"))))


def _to_acknowledge(visit: Visit, block: Block) -> Acknowledge:
    question = Question(
        headline=say(f"block.{block.status}"),
        detail=answers.block_note(block),
        yes=say("block.acknowledge"),
        no=say("block.send_away"),
    )
    return Acknowledge(visit=visit.id, question=question)


def settle_warning(work: Work, event: Event, asked: Acknowledge, *, yes: bool) -> None:
    """Go on once the warning is acknowledged. A scan is no answer; `no` sends the patron away."""
    visit = work.state.visit
    if visit is None or visit.id != asked.visit:
        return
    if yes:
        work.set(visit=replace(visit, warning=None))
        work.answer(news(say("visit.opened"), say("block.acknowledged")))
    elif _says_no(event):
        closing.left_visit(work, event)
    else:
        work.set(asked=asked)


def _says_no(event: Event) -> bool:
    text = getattr(event, "command", "") or getattr(event, "text", "")
    command = commands.parse(text)
    return command is not None and command.word == "no"


def ask_no_more(work: Work) -> None:
    """Drop a question about a visit that is over, or whose warning is no more."""
    asked, visit = work.state.asked, work.state.visit
    about = visit.id if visit is not None and visit.warning is not None else ""
    if isinstance(asked, Acknowledge) and asked.visit != about:
        work.set(asked=None)


# -- nothing is lent -------------------------------------------------------------------------------


def turn_away(work: Work, card: str, against: str, answer: Answer, *, allowed_by: str = "") -> None:
    """Say that nothing is lent on a card; where there is a supervisor, offer the override.

    `allowed_by`: who had the number of the card used although it does not look right.
    """
    if work.state.answer is not answer:
        work.answer(answer)
    if work.state.roster.supervisors and answer.detail is not None:
        question = Question(
            headline=answer.headline,
            detail=answer.detail,
            yes=say("override.yes"),
            no=say("override.no"),
            rather="no",
        )
        asked = TurnedAway(card=card, against=against, allowed_by=allowed_by, question=question)
        work.set(asked=asked, closing=None)
        work.want(effects.Tell(news(say("override.offer"))))


def settle_turned_away(work: Work, event: Event, asked: TurnedAway, *, yes: bool) -> None:
    """Ask for the supervisor, or leave it."""
    if yes:
        _ask_override_of(work, asked)
    elif _says_no(event):
        work.answer(news(say("override.left"), say("visit.card", ending=ending(asked.card))))


def may_lend(work: Work, visit: Visit, item: str, event: Event) -> bool:
    """Tell whether an item may be lent in a visit; if not, say why."""
    if visit.warning is not None:
        _not_lent(work, item, "block.acknowledge_first", event)
        if not isinstance(work.state.asked, Acknowledge):  # asked again, beside why not
            work.set(asked=_to_acknowledge(visit, visit.warning), closing=None)
        return False
    if visit.block is not None:
        _not_lent(work, item, "block.asking_item", event)
        return False
    if not visit.invalid or visit.override is not None:
        return True
    if _library_decides(work):
        return True
    _not_lent(work, item, "patron.not_valid_item", event)
    answer = work.state.answer
    if answer is not None:
        turn_away(work, visit.patron or "", BY_LIBRARY, answer)
    return False


def _not_lent(work: Work, item: str, why: str, event: Event) -> None:
    recording.not_taken(work, barcodes.Reading("item", item, say(why)), event.at)


# -- override --------------------------------------------------------------------------------------


def can_be_overridden(work: Work) -> bool:
    """Tell whether there is a visit, and a supervisor whose word would let it go on.

    While the library decides item by item, whatever it is told here, nobody else's word counts.
    """
    visit = work.state.visit
    if visit is None or not visit.patron or not work.state.roster.supervisors:
        return False
    if visit.block is not None:
        return True
    return visit.invalid and visit.override is None and not _library_decides(work)


def _library_decides(work: Work) -> bool:
    """Tell whether the library says of each item whether it is lent, whatever it is told here."""
    return work.state.online and work.settings.not_valid == "items"


def override(work: Work, _: Event, __: str) -> None:
    """Ask for a supervisor who lends all the same."""
    asked, visit = work.state.asked, work.state.visit
    forms.close(work)
    if isinstance(asked, TurnedAway):
        work.set(asked=None)
        _ask_override_of(work, asked)
    elif visit is not None and visit.patron and visit.block is not None:
        _ask_override(work, visit.patron, visit.block.status)
    elif visit is not None and visit.patron and _library_decides(work):
        work.answer(look(say("override.library"), say("override.library_detail")))
    elif visit is not None and visit.patron and visit.invalid and visit.override is None:
        _ask_override(work, visit.patron, BY_LIBRARY)
    else:
        work.refuse(say("override.nothing"), say("override.nothing_detail"))


def badge_shown(work: Work, event: events.Scanned) -> bool:
    """Take the badge of a supervisor who comes over to a refused card. False: it is no such."""
    asked, member = work.state.asked, work.state.roster.by_badge(event.text)
    if not isinstance(asked, TurnedAway) or member is None or not member.may_override:
        return False
    if event.source != "scan" or forms.is_label(work, event.text):
        return False
    work.set(asked=None)
    _ask_override_of(work, asked, member)
    return True


def _ask_override_of(work: Work, asked: TurnedAway, supervisor: Member | None = None) -> None:
    _ask_override(work, asked.card, asked.against, asked.allowed_by, supervisor)


def _ask_override(
    work: Work, card: str, against: str, allowed_by: str = "", supervisor: Member | None = None
) -> None:
    roster = work.state.roster
    if not roster.supervisors:
        detail = roster.problem or say("override.nobody_detail")
        work.refuse(say("override.nobody"), detail)
        return
    chosen = supervisor or roster.member(work.session.number)
    if chosen is not None and not chosen.may_override:
        chosen = None
    form = Form(
        kind="override",
        headline=say("override.title", ending=ending(card)),
        fields=(
            pins.who("override.who", roster, roster.supervisors, chosen),
            pins.PIN,
            _reason_field(work),
        ),
        at=0 if chosen is None else 1,
        about=(card, against, allowed_by),
    )
    forms.ask(work, form)


def _reason_field(work: Work) -> Field:
    options = (
        *(
            Option(
                x, say(f"override.reason.{x}") if x in KNOWN_REASONS else say("plain.text", text=x)
            )
            for x in work.settings.override_reasons
        ),
        Option("other", say("override.reason.other")),
    )
    return Field(
        name="reason", label=say("override.reason"), kind="choice", required=True, options=options
    )


def finish_override(work: Work, event: Event, form: Form) -> Form | None:
    """Have the supervisor's PIN checked, once the reason is given."""
    words = Field(
        name="words", label=say("override.words"), required=True, only_if=("reason", "other")
    )
    if form.calls_for(words) and not form.has("words"):
        return form.asking_also(words)
    return pins.check(work, event, form)


def overridden(work: Work, event: Event, form: Form) -> None:
    """Lend all the same, for this visit."""
    supervisor = pins.supervisor(work, form)
    if not supervisor:
        return
    card, against, allowed_by = form.about
    reason = form.value("words") if form.value("reason") == "other" else form.value("reason")
    given = Override(supervisor=supervisor, reason=reason, against=against)
    visit = work.state.visit
    if visit is None or visit.patron != card:
        if not closing.left_visit(work, event):
            return
        visit = Visit(id=work.new_id(), opened=event.at, patron=card, allowed_by=allowed_by)
        work.want(effects.AskPatron(card))
    note = say("override.note", supervisor=given.supervisor)
    work.set(visit=replace(visit, override=given, block=None, warning=None, note=note))
    work.answer(look(say("override.done"), note))
