"""How parts of the AppState read on the screen. Words and icons in, nothing of Kivy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.desk.words import Phrase, say
from kiosk.screens.icons import ICONS, STAGE_LOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kiosk.view.state import (
        AppState,
        Device,
        Due,
        Line,
        Question,
        Row,
        Support,
    )

    Write = Callable[[Phrase], str]

DOTS = "••••"


def devices(state: AppState, kind: str) -> tuple[Device, ...]:
    """Give the scanners, or the printers."""
    return tuple(device for device in state.devices if device.kind == kind)


def device_icon(kind: str, *, works: bool) -> str:
    """Name the icon of a scanner or printer."""
    if not works:
        return f"{kind}_bad"
    return "printer_good" if kind == "printer" else kind


def has_printer(state: AppState) -> bool:
    """Tell whether a slip can be printed at all."""
    return bool(devices(state, "printer"))


def done(state: AppState) -> Phrase:
    """Name the button that ends a visit."""
    if state.closing:
        return say("screen.closing")
    return say("screen.done", count=state.items) if state.items else say("screen.done_empty")


def can_undo(state: AppState) -> bool:
    """Tell whether anything of the visit counts, so that it can be taken back."""
    return any(line.stage in COUNTING for line in state.lines)


def undo(state: AppState) -> str:
    """Give the command that takes back the newest line on show, whatever is scanned meanwhile."""
    gone = ("voiding", "voided")
    newest = next((line.id for line in state.lines if line.stage not in gone), None)
    return "undo" if newest is None else f"undo:#{newest}"


def end(state: AppState, command: str = "done") -> str:
    """Give the command that ends the visit on show, not one that the next card has just opened."""
    return f"{command}:#{state.visit}" if state.visit else command


def end_unprinted(state: AppState) -> str:
    """Give the one that prints no receipt."""
    return end(state, "done-noslip")


COUNTING = frozenset({"recording", "recorded", "applied", "noticed", "unknown", "by_hand"})
"""The stages of a line that counts."""


def badge(count: int) -> str:
    """Write how much there is to do, small; nothing where there is nothing."""
    return "" if not count else str(count) if count < 100 else "99+"


def card_number(ending: str) -> str:
    """Write a card number the only way it is ever shown."""
    return f"{DOTS} {ending}"


def day(words: Write, iso: str) -> str:
    """Write a day: `Sat 12 Dec`."""
    return words(say("screen.day", day=iso))


def due(words: Write, due: Due, now: str) -> tuple[str, str]:
    """Say for what a due date counts, and write it: with its time where it ends by the hour."""
    key = f"screen.due.by_{due.by}" if due.by in ("item", "patron") else "screen.due.label"
    label = _kind(due.why) if due.by == "kind" else words(say(key))
    if due.at:
        key = "screen.due.today_at" if due.at[:10] == now[:10] else "plain.due_time"
        return label, words(say(key, due=due.at))
    return label, day(words, due.day)


def _kind(why: Phrase | None) -> str:
    """Give the kind of item that a due date comes from, or ""."""
    return str(why.args.get("kind", "")) if why is not None else ""


def short_day(words: Write, iso: str) -> str:
    """Write a day of this week, for a button: `Sat 12`."""
    when = date.fromisoformat(iso[:10])
    name = words(say(f"screen.weekday.{when.isoweekday()}"))
    return words(say("screen.short_day", weekday=name, day=when.day))


def clock(words: Write, now: str) -> str:
    """Write the time of day: `10:42`."""
    return words(say("screen.clock", now=now))


def on_duty(state: AppState) -> str:
    """Say who is on duty, with which profile; nothing while the desk is locked."""
    if state.locked is not None:
        return ""
    return " · ".join(part for part in (state.staff, state.profile) if part)


UNKEPT = frozenset({"recording", "not_taken", "failed"})
COUNTS_NO_MORE = UNKEPT | {"refused", "voided"}
"""How a line stands of which the daybook has nothing yet, or which lends nothing."""


def row(words: Write, line: Line) -> dict[str, Any]:
    """Give the properties of one row of the history."""
    icon, tone = STAGE_LOOK[line.stage]
    return {
        "line_id": line.id,
        "number": str(line.number),
        "title": _row_title(words, line),
        "is_number": not line.title,
        "detail": _row_detail(words, line),
        # That it was undone stands at the right already.
        "note": words(line.note) if line.note and line.stage != "voided" else "",
        "aside": _row_aside(words, line),
        "icon": ICONS[icon],
        "tone": tone,
        "voided": line.stage == "voided",
        "is_kept": line.stage not in UNKEPT,
        "counts": line.stage not in COUNTS_NO_MORE,
    }


def entry(words: Write, row: Row) -> dict[str, Any]:
    """Give the properties of one entry of a list."""
    icon, tone = STAGE_LOOK[row.stage]
    return {
        "name": row.name,
        "title": words(row.title),
        "is_number": row.is_number,
        "detail": words(row.detail) if row.detail else "",
        "aside": words(row.aside) if row.aside else "",
        "under": words(row.under) if row.under else "",
        "icon": ICONS[icon],
        "tone": tone,
        "voided": row.stage == "voided",
    }


def option_icon(option: Phrase) -> str:
    """Name the icon of what can be chosen about an entry; "" where there is none."""
    what = option.key.rpartition(".to_")[2]
    return what if what in ICONS else ""


def odd_signs(parts: Iterable[Phrase], colour: str) -> str:
    """Give the item's number with the signs marked that are no digits, as `992[l]63` would be.

    "" where all are digits, or where numbers here have letters as well.
    """
    item = next(_items(parts), "")
    odd = [sign for sign in item if not sign.isdigit()]
    if not odd or len(odd) > MOST_ODD or len(item) < LEAST_SIGNS or not all(map(str.isalnum, odd)):
        return ""
    marked = (x if x.isdigit() else f"[color={colour}][u]{x}[/u][/color]" for x in item)
    return "".join(marked)


def _items(parts: Iterable[Phrase]) -> Iterator[str]:
    """Find the numbers of items in phrases, and in those that they are made of."""
    for part in parts:
        if "item" in part.args:
            yield str(part.args["item"])
        yield from _items(x for x in part.args.values() if isinstance(x, Phrase))


MOST_ODD, LEAST_SIGNS = 2, 10
"""A number of so many signs at least, with so many letters at most, was probably misread."""


def _row_title(words: Write, line: Line) -> str:
    if line.count > 1 and not line.item:
        return words(say("answer.several", count=line.count, what=line.title))
    return line.title or line.item


_REFUSED = {
    "checkout": "checkout",
    "noncat_checkout": "checkout",
    "checkin": "checkin",
    "renewal": "renewal",
}
"""By kind: what a word says that did not come about."""


def _row_detail(words: Write, line: Line) -> str:
    detail = line.item if line.title else words(say(f"screen.line.{line.stage}", at=line.at))
    return " · ".join(part for part in (detail, _kind(line.why)) if part)


def _row_aside(words: Write, line: Line) -> str:
    """Say at the right what came of it: the day, or why there is none."""
    if line.stage == "refused":
        return words(say(f"screen.aside.refused_{_REFUSED.get(line.kind, 'else')}"))
    if line.stage in ("voided", "not_taken", "failed"):
        return words(say(f"screen.aside.{line.stage}"))
    if line.due_at:
        same_day = line.due_at[:10] == line.at[:10]
        return words(say("screen.due.today_at" if same_day else "plain.due_time", due=line.due_at))
    if line.day:
        return day(words, line.day)
    return words(say("screen.uses.fact", count=line.count)) if line.count > 1 else ""


def support_line(words: Write, support: Support) -> str:
    """Say whom to ask, or "" where nobody is named."""
    line = support.line
    return words(line) if line is not None else ""


def says_what_is_asked(state: AppState) -> bool:
    """Tell a question about what fills the page already: its answers stand beside it.

    Any other is asked in a panel over what is on show.
    """
    question, answer = state.question, state.answer
    if question is None or answer is None or state.mode != "checkout":
        return False
    free = state.patron is None and not state.lines
    return free and (question.headline, question.detail) == (answer.headline, answer.detail)


def offers_override(question: Question) -> bool:
    """Tell whether somebody is turned away, and a supervisor may lend all the same."""
    return question.yes.key == "override.yes"
