"""The list of what needs a person: exceptions, group by group, and what can be done about one.

    unknown        the reply was lost, and asking did not help: look first, then decide
    refused        the library system will not take it as it is
    noticed        it has taken it, and a person should look
    by hand        it cannot be sent there: a person enters it
    registration   a new patron: look whether the library knows them already

What can be done about one is asked here, and done by kiosk.desk.settling.deciding. Of a card the
ending alone is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from kiosk.desk import closing, effects
from kiosk.desk.answers import look, origin
from kiosk.desk.asking import forms, listing
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.memory import Group, ToSettle
from kiosk.desk.settling import correcting, doubt, printing, wording
from kiosk.desk.settling.fixlist import reference
from kiosk.desk.state import Listing, Row
from kiosk.desk.words import Phrase, say, shown

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.vocabulary import Stage
    from kiosk.desk.work import Work

WHAT = "exception"
"""The form that asks what shall be done about one."""
PRINT = "print"
"""The value of the command that prints the list."""


# -- the list --------------------------------------------------------------------------------------


def command(work: Work, event: Event, value: str) -> None:
    """List what needs a person; print that list; or open the one with this reference."""
    if not closing.left_visit(work, event):
        return
    if value and value.lower() != PRINT:
        _open(work, event, value.lower())
    elif not value or not printing.print_list(work, event):
        show(work)


def show(work: Work, before: Phrase | None = None) -> None:
    """Show the list. `before`: what was done just now, to be said first."""
    entries = tuple(work.memory.to_fix())
    if not entries:
        nothing, would = say("exceptions.none"), say("exceptions.none_detail")
        none = Listing(kind="exceptions", headline=nothing, about=would)
        listing.empty(work, none, before)
        return
    counts = _counts(work)
    found = Listing(
        kind="exceptions",
        headline=say("exceptions.count", count=len(entries)),
        detail=say("exceptions.how", counts=counts),
        about=counts,
        entries=entries,
    )
    listing.show(work, found, _row, before)


def _grow(work: Work, on_show: Listing) -> Listing:
    """Give the list on show with what has come to need a person: nothing of it moves."""
    newest = work.memory.to_fix()
    there = {*on_show.entries}
    more = [entry for entry in newest if entry not in there]
    if not more:
        return on_show
    counts = _counts(work)
    return replace(
        on_show,
        headline=say("exceptions.count", count=len(newest)),
        detail=say("exceptions.how", counts=counts),
        about=counts,
        entries=(*on_show.entries, *more),
    )


def _counts(work: Work) -> Phrase:
    """Say how many of each group there are."""
    counts = work.memory.to_fix_counts()
    parts: Phrase | None = None
    for group in get_args(Group):
        if counts.get(group):
            part = say(f"exceptions.count_{group}", count=counts[group])
            parts = part if parts is None else say("exceptions.and", first=parts, second=part)
    return parts or say("exceptions.none")


def _row(work: Work, entry: str) -> Row:
    """Lay out one of the list."""
    found = work.memory.exception(entry)
    if found is None:
        return Row(title=say("exceptions.gone"), words=say("exceptions.gone"), stage="voided")
    advised, at = wording.advised_on(work, found), found.transaction.at.isoformat()
    group = say(f"exceptions.is_{found.group}")
    words = say(
        "exceptions.row",
        group=group,
        at=at,
        what=wording.what(found.transaction, found.title),
        said=wording.said(found),
        means=advised.means,
        todo=advised.says,
    )
    return Row(
        title=advised.title,
        words=words,
        stage=STAGES[found.group],
        detail=wording.brief(found),
        aside=say("list.at", at=at),
        under=group,
    )


STAGES: dict[Group, Stage] = {
    "unknown": "unknown",
    "refused": "refused",
    "noticed": "noticed",
    "by_hand": "by_hand",
    "registration": "noticed",
}


# -- one of it -------------------------------------------------------------------------------------


def _open(work: Work, event: Event, text: str) -> None:
    """Open the one whose reference was scanned from a list on paper."""
    for entry in work.memory.to_fix():
        found = work.memory.exception(entry)
        if found is not None and reference(found.transaction.id) == text:
            choose(work, event, entry)
            return
    work.refuse(say("exceptions.no_reference", text=shown(text)), say("exceptions.gone_detail"))


def choose(work: Work, _: Event, entry: str) -> None:
    """Tell all of one, and ask what shall be done about it."""
    found = work.memory.exception(entry)
    if found is None:
        wording.gone(work)
        return
    headline, story = wording.what(found.transaction, found.title), _story(work, found)
    field = Field(
        name="what",
        label=say("exceptions.what"),
        kind="choice",
        required=True,
        options=_options(work, found),
    )
    work.want(effects.Tell(look(headline, story)))
    form = Form(
        kind=WHAT,
        headline=headline,
        detail=story,
        parts=_parts(work, found),
        fields=(field,),
        about=(entry,),
    )
    forms.ask(work, form)


LIST = listing.Kind(_row, choose, waits=True, grow=_grow)
"""One is chosen only while nothing is being decided any more."""


def _story(work: Work, found: ToSettle) -> Phrase:
    """Say all that is known of it, and what to do."""
    transaction, advised = found.transaction, wording.advised_on(work, found)
    return say(
        "exceptions.story",
        group=say(f"exceptions.is_{found.group}"),
        origin=origin(transaction),
        reference=reference(transaction.id),
        said=wording.said(found),
        means=advised.means,
        todo=advised.says,
    )


def _parts(work: Work, found: ToSettle) -> tuple[Phrase, ...]:
    """Say the same in parts: what it means, what to do, what the library said, and the facts."""
    advised, transaction = wording.advised_on(work, found), found.transaction
    facts = say("exceptions.facts", origin=origin(transaction), reference=reference(transaction.id))
    return advised.means, advised.says, wording.said(found), facts


def _options(work: Work, found: ToSettle) -> tuple[Option, ...]:
    """Give what can be done, what is advised first."""
    advised = wording.advised_on(work, found).choice
    can = [x for x in ("correct", "resend", "settle") if _can(work, found, x)]
    can.sort(key=lambda x: x != advised)
    words = [*can, "print", "print_all"]
    return tuple(Option(x, say(f"exceptions.to_{x}"), advised=x == advised) for x in words)


def _can(work: Work, found: ToSettle, choice: str) -> bool:
    """Tell whether something can be done: what cannot be carried is not sent, not even again."""
    if choice == "settle":
        return True
    transaction = found.transaction
    if choice == "correct":
        return transaction.kind in work.carries and correcting.can(transaction)
    by_hand = found.outcome.kind == "by_hand"
    return transaction.kind in work.carries and not by_hand and not doubt.is_forgotten(transaction)
