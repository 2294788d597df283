"""Looking back: what was recorded today or on another day, and what can still be done about it.

    today            what was recorded today, the newest first; while a sheet of another day is
                     entered from paper, what was recorded under that day
    find:NUMBER      of that, what is about a card or an item
    day:2026-11-20   what was recorded on another day
    who:NUMBER       who has an item, as far as this daybook knows, and what it did today

A line is chosen by its number on the page: then it can be undone, its receipt printed again, and
asked who has the item now, also by `undo`, `reprint` and `who`. `undo:3`, `reprint:3` and `who:3`
do so at once. A card is never shown whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import closing, effects
from kiosk.desk.afterwards import paper, undo
from kiosk.desk.answers import news, origin, whereabouts, whose
from kiosk.desk.asking import forms, listing
from kiosk.desk.asking.prompts import Field, Form, Option
from kiosk.desk.checks import barcodes
from kiosk.desk.dates import duedates
from kiosk.desk.state import Listing, Row
from kiosk.desk.visits import Line
from kiosk.desk.words import ending, say, shown

if TYPE_CHECKING:
    from datetime import date

    from kiosk.desk.answers import Answer
    from kiosk.desk.events import Event
    from kiosk.desk.lending.slips import Slip
    from kiosk.desk.memory import Past
    from kiosk.desk.visits import Receipt
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

FIND, WHO, LINE = "find", "who", "line"
"""Forms: a number to look for, an item to ask about, and what to do about a line."""
HISTORY = "history"
"""What is chosen of a line beside the commands: all that happened to it."""
ENDING = 4
"""So many digits of a card are shown (`words.ending`)."""

MOST_ROWS = 10
"""Lines told of one item, below who has it."""


# -- lists -------------------------------------------------------------------------------------


def today(work: Work, event: Event, value: str) -> None:
    """List what was recorded today; of a card or an item alone, where a number is given."""
    if work.hold_back(event):
        return
    if value:
        find(work, event, value)
    else:
        day = _today(work, event)
        today = day == work.today(event.at)
        _show(work, day, say("lookback.today") if today else _of_day(day))


def _today(work: Work, event: Event) -> date:
    """Give the day of which lines are looked for: that of the paper that is being entered."""
    return work.today(paper.now(work, event.at))


def _of_day(day: date) -> Phrase:
    return say("lookback.day", day=day.isoformat())


def on_day(work: Work, event: Event, value: str) -> None:
    """List what was recorded on another day."""
    if work.hold_back(event):
        return
    day = duedates.parse_returned(value, work.today(event.at))
    if day is None:
        work.refuse(say("lookback.unreadable", text=shown(value)), say("lookback.how"))
    else:
        _show(work, day, _of_day(day))


def find(work: Work, event: Event, value: str) -> None:
    """List what was recorded today about a card or an item; ask for its number, where none is.

    Of most numbers staff see the ending alone, on the screen and on receipts, so that does.
    """
    if work.hold_back(event):
        return
    if len(value) == ENDING and value.isdecimal():
        entries = tuple(work.memory.ending_on(work.today(event.at), value))
        _list(work, entries, say("lookback.ending", ending=value))
    elif value:
        entries = tuple(work.memory.recorded_on(work.today(event.at), value))
        _list(work, entries, _about(work, value, entries))
    else:
        field = Field(name="number", label=say("lookback.number"), kind="label", required=True)
        forms.ask(work, Form(kind=FIND, headline=say("lookback.find"), fields=(field,)))


def finish_find(work: Work, event: Event, form: Form) -> None:
    """Look for the number that was given."""
    find(work, event, form.value("number"))


def _about(work: Work, number: str, entries: tuple[str, ...]) -> Phrase:
    """Say whose lines these are, without a whole card."""
    past = work.memory.past(entries[0]) if entries else None
    item = barcodes.read(number, work.settings.barcodes).kind == "item"
    if item if past is None else past.transaction.item == number:
        return say("lookback.item", item=shown(number))
    return say("lookback.card", ending=ending(number))


def _show(work: Work, day: date, headline: Phrase) -> None:
    _list(work, tuple(work.memory.recorded_on(day)), headline)


def _list(work: Work, entries: tuple[str, ...], headline: Phrase) -> None:
    if entries:
        found = Listing(
            kind="recorded",
            headline=headline,
            detail=say("lookback.count", count=len(entries)),
            about=say("lookback.about", count=len(entries)),
            entries=entries,
        )
        listing.show(work, found, _row)
    else:
        nothing = say("lookback.nothing")
        listing.empty(work, Listing(kind="recorded", headline=headline, about=nothing))


def _row(work: Work, entry: str) -> Row:
    past = work.memory.past(entry)
    if past is None:
        return Row(title=say("lookback.gone"), words=say("lookback.gone"), stage="voided")
    line = Line.of(past.transaction, past.stage, past.title)
    what = line.title or line.item
    of = whose(past.transaction)
    day = line.day.isoformat() if line.day is not None else ""
    brief = "undo" if past.is_undo else line.kind
    return Row(
        title=say("plain.text", text=what) if what else of,
        words=_told(past),
        stage="applied" if past.entered else past.stage,
        detail=say(f"lookback.brief_{brief}", whose=of, day=day, count=line.count),
        aside=say("plain.time", at=line.at.isoformat()),
        under=say(f"lookback.is_{_standing(past)}"),
        is_number=bool(what) and not line.title,
    )


def what_of(past: Past) -> Phrase:
    """Say what a transaction did, with what, whose."""
    line = Line.of(past.transaction, past.stage, past.title)
    return say(
        "lookback.undo" if past.is_undo else f"lookback.{line.kind}",
        what=line.title or line.item,
        whose=whose(past.transaction),
        day=line.day.isoformat() if line.day is not None else "",
        count=line.count,
    )


def _parts(past: Past) -> tuple[Phrase, ...]:
    """Say what a line is about, how it stands, and where it comes from."""
    facts = say("lookback.facts", origin=origin(past.transaction))
    return what_of(past), say(f"lookback.stands_{_standing(past)}"), facts


def _standing(past: Past) -> str:
    return "corrected" if past.corrected else "entered" if past.entered else past.stage


def _told(past: Past) -> Phrase:
    """Write a transaction in one line."""
    line, what = Line.of(past.transaction, past.stage, past.title), what_of(past)
    row = "lookback.row_paper" if past.transaction.source == "paper" else "lookback.row"
    state = say(f"lookback.is_{_standing(past)}")
    return say(row, at=line.at.isoformat(), what=what, state=state)


# -- one line ----------------------------------------------------------------------------------


def _choose(work: Work, _: Event, entry: str, note: Phrase | None = None) -> None:
    """Ask what to do about a line, of what can be done. `note`: what was said of it at the desk."""
    past = work.memory.past(entry)
    if past is None:
        work.answer(news(say("lookback.gone")))
        return
    form = _form(work, past, note)
    if isinstance(form, Form):
        forms.ask(work, form)
    else:
        work.answer(form)


def follow(work: Work) -> None:
    """Tell the line that was chosen as it stands by now: the library may have answered."""
    form = work.state.form
    if form is None or form.kind != LINE:
        return
    _, _, entry = form.field.options[0].value.partition(":")
    past = work.memory.past(entry)
    newest = None if past is None else _form(work, past, form.detail)
    if isinstance(newest, Form) and _says_otherwise(newest, form):
        work.go_on_asking(newest)


def _says_otherwise(one: Form, other: Form) -> bool:
    offered = one.field.options, other.field.options
    return one.parts != other.parts or offered[0] != offered[1]


def _form(work: Work, past: Past, note: Phrase | None) -> Form | Answer:
    """Make the question what to do about a line; or say why nothing can be done."""
    entry = past.entry
    why_not = undo.why_not_past(work, past)
    can = {
        "undo": why_not is None,
        "reprint": _is_printed(work, past),
        WHO: past.transaction.item,
        HISTORY: not work.session.practice,
    }
    options = tuple(Option(f"{x}:{entry}", say(f"lookback.to_{x}")) for x in can if can[x])
    if why_not is not None and not options:
        return why_not
    field = Field(
        name="what", label=say("lookback.what"), kind="choice", required=True, options=options
    )
    problem = None if why_not is None else why_not.detail  # said at once, or undo would be missed
    return Form(
        kind=LINE,
        headline=_told(past),
        detail=note,
        parts=_parts(past),
        problem=problem,
        fields=(field,),
    )


LIST = listing.Kind(_row, _choose)


def choose_in_visit(work: Work, event: Event, line_id: str) -> None:
    """Ask what to do about a line of the open visit, by its id."""
    visit = work.state.visit
    line = visit.line(line_id) if visit is not None else None
    if line is None or work.hold_back(event):
        return
    found = _entry_of(work, line)
    if found is not None:
        _choose(work, event, found, line.note)


def _entry_of(work: Work, line: Line) -> str | None:
    """Give the entry under which a line of the open visit is remembered, once it is recorded.

    It stands under its own day: a visit may last past midnight, and clocks are set in the middle.
    """
    for entry in work.memory.recorded_on(work.today(line.at), line.item):
        past = work.memory.past(entry)
        if past is not None and past.transaction.id == line.id:
            return entry
    return None


def meant(work: Work, word: str) -> str:
    """Give what a bare command chooses while it is asked what to do about a line; else "".

    Whoever has chosen a line and scans `undo` means that line, not the newest of the open visit.
    """
    form = work.state.form
    if form is None or form.kind != LINE or word not in ("undo", "reprint", WHO):
        return ""
    offered = (x.value for x in form.field.options if x.value.startswith(f"{word}:"))
    return next(offered, word)  # not offered: the choices are asked again


def finish_line(work: Work, event: Event, form: Form) -> None:
    """Do with a line what was chosen."""
    word, _, entry = form.value("what").partition(":")
    past = work.memory.past(entry)
    if past is None:
        work.answer(news(say("lookback.gone")))
    elif word == "undo":
        undo.take_back_past(work, event, past)
    elif word == "reprint":
        _print_again(work, past)
    elif word == HISTORY:
        work.answer(news(say("history.looking")))
        work.want(effects.TellHistory(entry))
    else:
        _tell_who(work, event, past.transaction.item)


def _chosen(work: Work, value: str) -> Past | None:
    """Give the line on show with this number, where such a list is on show."""
    on_show = work.state.listing
    if on_show is None or on_show.kind != "recorded":
        return None
    entry = listing.chosen(work, value)
    return None if entry is None else work.memory.past(entry)


def undo_line(work: Work, event: Event, value: str) -> None:
    """Take back the newest line of the open visit, or the one on show with a number.

    A value that begins with `#` has the id of the line that was the newest where it was pressed:
    that one is meant, also where a scanner was quicker, or somebody else who pressed the same.
    """
    past = _chosen(work, value)
    if past is not None:
        undo.take_back_past(work, event, past)
    elif value.startswith(listing.NAMED):
        _undo_seen(work, event, value.removeprefix(listing.NAMED))
    elif value:
        work.refuse(say("list.no_line", text=shown(value)), say("lookback.how"))
    else:
        undo.undo(work, event, value)


def _undo_seen(work: Work, event: Event, line_id: str) -> None:
    """Take back a line of the open visit, which may not be the newest any more."""
    if work.hold_back(event):
        return
    visit = work.state.visit
    line = visit.line(line_id) if visit is not None else None
    if visit is None or line is None:
        work.refuse(say("undo.over"), say("undo.over_detail"))
        return
    if line is visit.newest:
        undo.undo(work, event, "")
        return
    entry = _entry_of(work, line)
    past = work.memory.past(entry) if entry is not None else None
    if past is not None:
        undo.take_back_past(work, event, past)
    else:
        work.refuse(say("undo.gone"), say("undo.gone_detail"))


def reprint(work: Work, event: Event, value: str) -> None:
    """Print a receipt again: of a line on show, of a card or item, or the last one."""
    past = _chosen(work, value)
    if past is not None:
        _print_again(work, past)
    else:
        closing.reprint(work, event, value)


def _print_again(work: Work, past: Past) -> None:
    if not closing.print_again(work, *_papers(work, past)):
        work.refuse(say("reprint.nothing"), say("lookback.no_receipt"))


def _papers(work: Work, past: Past) -> tuple[Receipt | None, Slip | None]:
    visit = work.memory.visit_with(past.entry)
    return (None, None) if visit is None else closing.papers(work, visit)


def _is_printed(work: Work, past: Past) -> bool:
    """Tell whether there is a receipt, or slip, of its visit to print again."""
    return any(paper is not None and paper.lines for paper in _papers(work, past))


def who(work: Work, event: Event, value: str) -> None:
    """Tell who has an item, by a line on show or its number; ask for it, where none is given."""
    if work.hold_back(event):
        return
    past = _chosen(work, value)
    if past is not None:
        _tell_who(work, event, past.transaction.item)
    elif value:
        _tell_who(work, event, value)
    else:
        field = Field(name="number", label=say("lookback.item_number"), kind="label", required=True)
        forms.ask(work, Form(kind=WHO, headline=say("lookback.who"), fields=(field,)))


def finish_who(work: Work, event: Event, form: Form) -> None:
    """Tell who has the item that was given."""
    _tell_who(work, event, form.value("number"))


def _tell_who(work: Work, event: Event, item: str) -> None:
    """Tell who has an item, and what happened with it today."""
    card = barcodes.read(item, work.settings.barcodes).kind == "card"
    entries = work.memory.recorded_on(work.today(event.at), item)
    pasts = [work.memory.past(entry) for entry in entries[:MOST_ROWS]]
    about = [past for past in pasts if past is not None and past.transaction.item == item]
    if card or (entries and not about):  # a card is never shown
        work.refuse(say("lookback.no_item"), say("lookback.how"))
        return
    answer = whereabouts(shown(item), work.memory.holder(item), work.memory.title(item))
    work.answer(replace(answer, rows=tuple(_told(past) for past in about)))
