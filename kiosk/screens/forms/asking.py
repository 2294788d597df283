"""How a form reads on the screen: what is typed with, what the buttons say. Nothing of Kivy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kiosk.desk.words import Phrase, say
from kiosk.screens.forms import typing_day
from kiosk.screens.typing_line import LONGEST

if TYPE_CHECKING:
    from kiosk.view.state import Asking, FormField

With = Literal["board", "pad", "phone", "options"]
"""What a field is filled in with: the keyboard's keys, digits, those of a phone, or a choice."""

WITH: dict[str, With] = {
    "text": "board", "line": "board", "choice": "options",
    "pin": "pad", "number": "pad", "date": "pad", "time": "pad",
    "card": "pad", "item": "pad", "label": "pad",
}  # fmt: skip

LETTERED_POST_CODES = frozenset({"en"})
"""The languages of countries whose post codes begin with letters: Britain, Canada, Ireland."""

SHIFTS = {"email": "", "post_code": "caps", "code": "caps"}
"""How the letters of a text begin, by its spelling, where that is not with one capital."""

LABELS = frozenset({"card", "item", "label"})
"""Kinds of numbers that are scanned as a rule, and may have letters in them."""

MASKS = {"date": "screen.form.day_mask", "time": "screen.form.time_mask"}
"""What is typed digit by digit into a mask, and its words."""

HINTS = frozenset({"date", "time", "card", "item", "label"})
"""Kinds of fields of which more is to be said than their label does."""

STEPS = frozenset(
    {
        *("duty.who", "duty.place", "duty.clock", "duty.clock_time", "duty.due_day"),
        *("override.who", "override.reason", "override.words", "correct.card"),
        *("settle.words", "noncat.kind", "noncat.count", "paper.day", "paper.time"),
    }
)
"""Labels with a shorter one for the list of the fields; those of the block list have one, too."""

SEARCHES = frozenset({"find", "who"})
"""Kinds of forms that record nothing."""


def short(label: Phrase) -> Phrase:
    """Give the label of a field as the list of fields has it."""
    if label.key.startswith("duty.list_"):
        return say("screen.step.block_list")
    return say(f"screen.step.{label.key}") if label.key in STEPS else label


def asked(form: Asking) -> FormField:
    """Give the field being asked."""
    return form.fields[form.at]


def begins_with(field: FormField, language: str) -> With:
    """Tell what a field is filled in with at first."""
    if field.spelling == "phone":
        return "phone"
    if field.spelling == "post_code" and language not in LETTERED_POST_CODES:
        return "pad"
    return WITH[field.kind]


def has_letters(field: FormField) -> bool:
    """Tell whether there may be letters in what is begun with digits."""
    return field.kind in LABELS or field.kind == "text"


def shift(field: FormField) -> str:
    """Tell how the letters of a field begin: small, with a capital (`once`), or in capitals."""
    return "caps" if field.kind in LABELS else SHIFTS.get(field.spelling, "once")


def echo(field: FormField, typed: str, mask: str) -> Phrase | None:
    """Say back what day was typed, with its day of the week."""
    day = typing_day.day(typed or field.value, mask) if field.kind == "date" else None
    return say("plain.day", day=day.isoformat()) if day else None


def longest(field: FormField) -> int:
    """Tell how many characters at most are typed with the pad; 0 for any number."""
    if field.kind == "pin":
        return field.most or 0
    return len(str(field.most)) if field.kind == "number" and field.most else 0


def too_long(form: Asking, typed: str) -> Phrase | None:
    """Say that more is typed than the field being asked takes; None where it is not.

    A PIN that is too long is none that was mistyped: what to do then, the engine says.
    """
    field = asked(form)
    most = min(field.longest, LONGEST - 1)
    fits = len(typed) <= most or field.kind == "pin"
    return None if fits else say("setting.too_long", most=most)


def is_last(form: Asking) -> bool:
    """Tell whether the form is filled in with the field being asked."""
    return not form.again and form.at + 1 == len(form.fields)


def is_filled(field: FormField) -> bool:
    """Tell whether something stands in a field."""
    return bool(field.value or field.chosen or field.shown.args.get("text"))


def is_summary(form: Asking) -> bool:
    """Tell a session of which most stands already: it is looked over, and changed by a touch.

    What is wrong, or has to be said next, is asked by itself.
    """
    whole = form.kind == "session" and len(form.fields) > 1
    stands = is_filled(asked(form)) or not asked(form).required
    return whole and stands and form.problem is None and not form.again


def missing(form: Asking) -> int:
    """Give the number of the first field that has to be filled in and is not, from 1; else 0."""
    empty = (n for n, x in enumerate(form.fields, 1) if x.required and not is_filled(x))
    return next(empty, 0)


def can_finish(form: Asking, typed: str) -> bool:
    """Tell whether what is still to be asked may be left out, all at once."""
    if form.again or is_last(form):
        return False
    here = form.at if typed else -1
    return all(is_filled(x) or n == here for n, x in enumerate(form.fields) if x.required)


def go_on(form: Asking, typed: str) -> Phrase | None:
    """Name the button that goes on from here; None where a choice has to be made first."""
    field = asked(form)
    begun = bool(typed or form.keyed or is_filled(field))
    if field.kind == "choice" and not begun:
        return None
    if form.kind in ("login", "unlock") and is_last(form):
        return say("screen.form.login")
    if form.kind == "report":
        return say("screen.form.enter")
    if form.kind in SEARCHES:
        return say("screen.form.find")
    if form.again:
        return say("screen.form.keep")
    if is_last(form) and form.kind != "register":  # whose card comes first, and its patron then
        return say("screen.form.finish")
    return say("screen.form.next" if begun or field.required else "screen.form.skip")
