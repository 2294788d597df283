"""The list of what needs a person: exceptions, group by group, and what can be done about one.

    unknown        the reply was lost, and asking did not help: look first, then decide
    refused        the library system will not take it as it is
    noticed        it has taken it, and a person should look
    by hand        it cannot be sent there: a person enters it
    registration   a new patron: look whether the library knows them already

    correct   put right what is wrong with it, and send that in its place (kiosk.desk.settling.
              correcting)
    resend    send it again as it is, because what stood against it is gone
    settle    it is dealt with: say how
    print     print it, with barcodes to scan in the library system; or the whole list

Nothing of it is said to be done before it is on the disk. Of a card the ending alone is shown; on
paper it is whole where one transaction alone is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from kiosk.desk import closing, effects, events
from kiosk.desk.answers import due_phrase, look, news, not_recorded, origin, whose
from kiosk.desk.asking import forms, listing
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.batches import files, sessions
from kiosk.desk.checks import hiding
from kiosk.desk.lending import byhand
from kiosk.desk.memory import Group, ToSettle
from kiosk.desk.settling import correcting, doubt, permit
from kiosk.desk.settling.fixlist import FixLine, FixList, reference
from kiosk.desk.state import Asked, Listing, Row
from kiosk.desk.visits import Line
from kiosk.desk.words import Phrase, say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.events import Event
    from kiosk.desk.settling.advice import Advice
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.vocabulary import Stage
    from kiosk.desk.work import Work

WHAT, NOTE = "exception", "settled"
"""Forms: what shall be done about one, and how it was dealt with."""
PRINT = "print"
"""The value of the command that prints the list."""
NOTES = ("in_system", "patron_told", "item_back", "left")
"""How things are dealt with mostly; anything else is typed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendTwice(Asked):
    """Whether one is sent again that the library may have. `by`: who says so."""

    entry: str
    by: str


# -- the list --------------------------------------------------------------------------------------


def command(work: Work, event: Event, value: str) -> None:
    """List what needs a person; print that list; or open the one with this reference."""
    if not closing.left_visit(work, event):
        return
    if value.lower() == PRINT:
        print_list(work, event)
    elif value:
        _open(work, event, value.lower())
    else:
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
    advised, at = advised_on(work, found), found.transaction.at.isoformat()
    group = say(f"exceptions.is_{found.group}")
    words = say(
        "exceptions.row",
        group=group,
        at=at,
        what=what(found.transaction, found.title),
        said=said(found),
        means=advised.means,
        todo=advised.says,
    )
    return Row(
        title=advised.title,
        words=words,
        stage=STAGES[found.group],
        detail=_brief(found),
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


def what(transaction: Transaction, title: str = "") -> Phrase:
    """Say what a transaction is about: its item and whose it is, of a card the ending alone."""
    line = Line.of(transaction, "recorded", title)
    return say(
        f"lookback.{line.kind}",
        what=line.title or line.item,
        whose=whose(transaction),
        day=line.day.isoformat() if line.day is not None else "",
        count=line.count,
    )


def _brief(found: ToSettle) -> Phrase:
    """Say what one is about in as few words as a row has room for."""
    line = Line.of(found.transaction, "recorded", found.title)
    return say(
        f"exceptions.brief_{line.kind}",
        what=line.title or line.item,
        whose=whose(found.transaction),
        count=line.count,
    )


def _name(found: ToSettle) -> Phrase:
    """Name the item that one is about; or whose it is, where it is about none."""
    item = found.title or found.transaction.item
    return say("plain.text", text=item) if item else whose(found.transaction)


def advised_on(work: Work, found: ToSettle) -> Advice:
    """Give what is advised about one."""
    return doubt.advised(work.system, work.memory, found)


def said(found: ToSettle) -> Phrase:
    """Say what the library said, in its own words and with its code, as they are."""
    outcome = found.outcome
    due = outcome.due is not None and outcome.code == "due-differs"
    if due and outcome.due is not None:
        return say("exceptions.said_due", due=due_phrase("plain.due", outcome.due))
    who = "nothing" if not outcome.words else "report" if found.reported else "library"
    code = say("exceptions.code", code=outcome.code) if outcome.code else say("plain.text", text="")
    return say(f"exceptions.said_{who}", words=outcome.words, code=code)


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
        _gone(work)
        return
    headline, story = what(found.transaction, found.title), _story(work, found)
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


def _gone(work: Work) -> None:
    work.answer(news(say("exceptions.gone"), say("exceptions.gone_detail")))


def _story(work: Work, found: ToSettle) -> Phrase:
    """Say all that is known of it, and what to do."""
    transaction, advised = found.transaction, advised_on(work, found)
    return say(
        "exceptions.story",
        group=say(f"exceptions.is_{found.group}"),
        origin=origin(transaction),
        reference=reference(transaction.id),
        said=said(found),
        means=advised.means,
        todo=advised.says,
    )


def _parts(work: Work, found: ToSettle) -> tuple[Phrase, ...]:
    """Say the same in parts: what it means, what to do, what the library said, and the facts."""
    advised, transaction = advised_on(work, found), found.transaction
    facts = say("exceptions.facts", origin=origin(transaction), reference=reference(transaction.id))
    return advised.means, advised.says, said(found), facts


def _options(work: Work, found: ToSettle) -> tuple[Option, ...]:
    """Give what can be done, what is advised first."""
    advised = advised_on(work, found).choice
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


def finish_what(work: Work, event: Event, form: Form) -> Form | None:
    """Do what was chosen, or have a supervisor say so first."""
    word, entry = form.value("what"), form.about[0]
    if word == "print":
        _print_one(work, event, entry)
    elif word == "print_all":
        print_list(work, event)
    elif permit.needs_supervisor(work, work.settings.settle):
        permit.ask(work, word, entry)
    else:
        CHOICES[word](work, event, entry, work.session.staff)
    return None


def allowed(work: Work, event: Event, form: Form) -> None:
    """Do what a supervisor has just allowed."""
    word, about = form.about
    by = permit.given_by(work, form)
    if not by:
        work.refuse(say("settle.no_supervisor"), say("override.nobody_detail"))  # not any more
    else:
        CHOICES[word](work, event, about, by)


# -- correct ---------------------------------------------------------------------------------------


def _correct(work: Work, _: Event, entry: str, by: str) -> None:
    found = work.memory.exception(entry)
    if found is None:
        _gone(work)
    else:
        forms.ask(work, correcting.form(work, found, by))


# -- send again ------------------------------------------------------------------------------------


def _resend(work: Work, _: Event, entry: str, by: str) -> None:
    """Send one again; ask first where the library may have it."""
    found = work.memory.exception(entry)
    if found is None:
        _gone(work)
        return
    why = doubt.of(work, found)
    if not why:
        _send_again(work, found, by)
    else:
        question = doubt.question(say("exceptions.twice"), doubt.why(why))
        work.ask(SendTwice(entry=entry, by=by, question=question))


def settle_twice(work: Work, _: Event, asked: SendTwice, *, yes: bool) -> None:
    """Send one again that the library may have, or leave it."""
    found = work.memory.exception(asked.entry)
    if not yes:
        work.answer(news(say("exceptions.left"), say("exceptions.left_detail")))
    elif found is None:
        _gone(work)
    else:
        _send_again(work, found, asked.by)


def _send_again(work: Work, found: ToSettle, by: str) -> None:
    if work.state.alarm is not None:
        work.answer(not_recorded())
        return
    decision = work.new_id()
    said = say("exceptions.sent_again", what=_name(found))
    work.set(deciding={**work.state.deciding, decision: said})
    work.want(effects.SendAgain(decision, found.transaction.id, by))


# -- settle ----------------------------------------------------------------------------------------


def _settle(work: Work, _: Event, entry: str, by: str) -> None:
    """Ask how one was dealt with."""
    found = work.memory.exception(entry)
    if found is None:
        _gone(work)
        return
    options = (*(Option(x, say(f"settle.note.{x}")) for x in NOTES), _OTHER)
    note = Field(
        name="note", label=say("settle.note"), kind="choice", required=True, options=options
    )
    headline = what(found.transaction, found.title)
    forms.ask(work, Form(kind=NOTE, headline=headline, fields=(note,), about=(entry, by)))


_OTHER = Option("other", say("settle.note.other"))


def finish_note(work: Work, _: Event, form: Form) -> Form | None:
    """Settle one, once it is said how."""
    if form.value("note") == "other" and not form.has("words"):
        words = Field(name="words", label=say("settle.words"), required=True)
        return replace(form, fields=(*form.fields, words)).asking(len(form.fields))
    entry, by = form.about
    found = work.memory.exception(entry)
    if found is None:
        _gone(work)
        return None
    decision = work.new_id()
    said = say("exceptions.settled", what=_name(found))
    work.set(deciding={**work.state.deciding, decision: said})
    told = hiding.without_cards(form.value("words"), work.settings.barcodes)
    note = told or form.value("note")
    work.want(effects.DealtWith(decision, (found.transaction.id,), note, by))
    forms.hand_in(work, form, decision)
    return None


CHOICES: dict[str, Callable[[Work, Event, str, str], None]] = {
    "correct": _correct,
    "resend": _resend,
    "settle": _settle,
    "entered": byhand.take_off,
    sessions.PROCESS: sessions.process_allowed,
    **files.DECISIONS,
}
"""What may need a supervisor's word: each is given what it is about, and who says so."""


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say what was decided, now that it is on the disk, and what is left; if it is one of these."""
    said = work.state.deciding.get(event.transaction)
    if said is None:
        return False
    left = {k: v for k, v in work.state.deciding.items() if k != event.transaction}
    work.set(deciding=left)
    forms.done_with(work, event.transaction)
    show(work, said)
    return True


# -- on paper --------------------------------------------------------------------------------------


def print_list(work: Work, event: Event) -> None:
    """Print the whole list."""
    found = map(work.memory.exception, work.memory.to_fix())
    lines = tuple(_fix_line(work, each) for each in found if each is not None)
    if lines:
        put_out(work, _papers(work, event, lines))
    else:
        show(work)


def _print_one(work: Work, event: Event, entry: str) -> None:
    """Print one, with the patron's card to scan; its list stays on show."""
    found = work.memory.exception(entry)
    if found is None:
        _gone(work)
        return
    card = getattr(found.transaction, "patron", "")
    line = replace(_fix_line(work, found), card=card)
    put_out(work, _papers(work, event, (line,)))


def put_out(work: Work, papers: FixList) -> None:
    """Have a list printed, where there is a printer for it."""
    if work.settings.receipts == "none":
        work.refuse(say("exceptions.no_printer"), say("exceptions.no_printer_detail"))
        return
    work.want(effects.Print(papers))
    count = len(papers.lines) + len(papers.unmet)
    work.answer(news(say("exceptions.printed", count=count), say("exceptions.printed_detail")))


def _papers(work: Work, event: Event, lines: tuple[FixLine, ...]) -> FixList:
    session = work.session
    return FixList(at=event.at, library=session.library, staff=session.staff, lines=lines)


def _fix_line(work: Work, found: ToSettle) -> FixLine:
    advised = advised_on(work, found)
    return FixLine(
        reference=reference(found.transaction.id),
        group=say(f"exceptions.is_{found.group}"),
        what=what(found.transaction, found.title),
        at=found.transaction.at,
        said=said(found),
        means=advised.means,
        todo=advised.says,
        item=found.transaction.item,
    )
