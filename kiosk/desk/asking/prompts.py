"""What only staff can say: questions, answered by yes or no, and forms, filled in field by field.

Every prompt can be answered by keys alone and by the scanner alone: a choice by its number
(`choose:2`; a screen says `choose:=VALUE`), a number by its digits (`key:4`, then `key:ok`), the
rest by yes, no, next and back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.desk.vocabulary import FieldKind, Spelling
from kiosk.desk.words import Phrase, ending, say

LONGEST = 120
"""Characters in a field; longer is a page of text."""
LONGEST_LINE = 4000
"""Characters of a line from elsewhere."""
CLOSED = say("form.closed")
OLDEST = timedelta(days=366 * 130)
"""A day longer ago is a slip of the finger."""

_JOINERS = dict.fromkeys((0x200C, 0x200D))
"""The zero-width non-joiner and joiner, which names in Persian and Indic scripts are spelt with."""

_DIGITS_OF_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Names what is asked, so that an answer can say to what it is one. No name is given again.

    `form` names the asking of a field, "" where no form is open; `beside` the question and the page
    of a list that are on show.
    """

    form: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field. `scan`: a barcode that means it too, such as a badge; or "".

    `advised`: what is best chosen, as far as the desk can tell.
    """

    value: str
    words: Phrase
    scan: str = ""
    advised: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One thing a form asks.

    `value` is what was filled in, or what stands if nothing is. Days are ISO dates. `least` and
    `most` bound a number, or a day by its distance from today in days; `most` also the digits of
    a PIN.
    """

    name: str
    label: Phrase
    kind: FieldKind = "text"
    spelling: Spelling = "words"
    required: bool = False
    value: str = ""
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    only_if: tuple[str, str] | None = None
    """The field by whose value it was called for, and that value. With another one it goes."""

    def scanned(self, text: str) -> bool:
        """Tell a barcode that means one of the choices."""
        return any(option.scan == text.strip() for option in self.options if option.scan)

    @property
    def shown(self) -> Phrase:
        """Give what was filled in, fit to be shown: never a PIN, of a card its ending alone."""
        if self.kind == "pin":
            return say("plain.text", text="•" * len(self.value))
        if self.kind in ("card", "label"):
            return say("plain.text", text="••••" + ending(self.value) if self.value else "")
        if self.kind == "date" and self.value:
            return say("plain.day", day=self.value)
        chosen = next((x.words for x in self.options if x.value == self.value), None)
        return chosen or say("plain.text", text=self.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form being filled in. `kind` says what becomes of it; `at` is the field being asked."""

    kind: str
    headline: Phrase
    detail: Phrase | None = None
    parts: tuple[Phrase, ...] = ()
    """What `detail` says, in parts: what it means, what to do, what was said, and the facts."""
    fields: tuple[Field, ...]
    at: int = 0
    then: int | None = None
    """The field to go on with, where the one being asked was gone back to by its number."""
    keyed: str = ""
    """Digits scanned one by one for the field being asked."""
    problem: Phrase | None = None
    closed: Phrase = CLOSED
    """What is said where it is put away."""
    about: tuple[str, ...] = ()
    """What it is about, kept for whoever takes it; never shown."""

    @property
    def field(self) -> Field:
        """The field being asked."""
        return self.fields[self.at]

    def value(self, name: str) -> str:
        """Give what was filled in, or ""."""
        return next((x.value for x in self.fields if x.name == name), "")

    def place(self, name: str) -> int:
        """Give where a field stands; -1 where there is none of this name."""
        return next((n for n, x in enumerate(self.fields) if x.name == name), -1)

    def has(self, name: str) -> bool:
        """Tell whether it asks this."""
        return self.place(name) >= 0

    def missing(self) -> int | None:
        """Find the first field that has to be filled in and is not."""
        empty = (n for n, x in enumerate(self.fields) if x.required and not x.value)
        return next(empty, None)

    def asking(self, at: int, problem: Phrase | None = None) -> Form:
        """Ask another field, or the same one again for what is wrong with it."""
        return replace(self, at=at, keyed="", problem=problem)

    def again(self, number: int) -> Form:
        """Ask the field of this number, from 1; then go on where one is now."""
        then = self.at if self.then is None else self.then
        return replace(self, then=then).asking(min(number, len(self.fields)) - 1)

    def gone_on(self) -> Form:
        """Go on where one was before a field was asked again."""
        then = self.at if self.then is None else self.then
        return replace(self, then=None).asking(min(then, len(self.fields) - 1))

    def asking_also(self, field: Field) -> Form:
        """Ask one more field."""
        return replace(self, fields=(*self.fields, field)).asking(len(self.fields))

    def filled(self, text: str, today: date) -> Form:
        """Fill in the field being asked; where the text does not fit, `problem` says why."""
        value, problem = read(self.field, text, today)
        if problem is not None:
            return self.asking(self.at, problem)
        fields = list(self.fields)
        fields[self.at] = replace(self.field, value=value)
        form = replace(self, fields=tuple(fields), keyed="", problem=None)
        return replace(form, fields=tuple(x for x in fields if form.calls_for(x)))

    def calls_for(self, field: Field) -> bool:
        """Tell whether a field is still to be asked, with what the others say by now."""
        return field.only_if is None or self.value(field.only_if[0]) == field.only_if[1]


def longest(field: Field) -> int:
    """Tell how many characters a field takes."""
    return LONGEST_LINE if field.kind == "line" else LONGEST


def read(field: Field, text: str, today: date) -> tuple[str, Phrase | None]:
    """Read what was given for a field: the value, or what is wrong with it."""
    text = " ".join(text.split())
    if not text:
        return "", say("form.needed") if field.required else None
    most = longest(field)
    if len(text) > most or not (_is_text(text) or field.kind == "line"):
        return "", say("form.too_long", most=most)
    if field.kind == "choice":
        return _choice(field, text)
    if field.kind == "number":
        return _number(field, text)
    if field.kind == "date":
        return _date(field, text, today)
    return _pin(field, text) if field.kind == "pin" else (text, None)


def _pin(field: Field, text: str) -> tuple[str, Phrase | None]:
    if not (text.isascii() and text.isdigit()):
        return "", say("form.digits")
    if field.most is not None and len(text) > field.most:
        return "", say("form.pin_too_long", most=field.most)
    return text, None


def _is_text(text: str) -> bool:
    return text.translate(_JOINERS).isprintable()


def _choice(field: Field, text: str) -> tuple[str, Phrase | None]:
    numbers = {str(number): option for number, option in enumerate(field.options, 1)}
    if text in numbers:  # staff read the numbers; a value may look like another one
        return numbers[text].value, None
    for option in field.options:
        if text == option.value or (option.scan and text == option.scan):
            return option.value, None
    return "", say("form.choose", most=len(field.options))


def _number(field: Field, text: str) -> tuple[str, Phrase | None]:
    least, most = field.least or 0, field.most if field.most is not None else 9999
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return "", say("form.number", least=least, most=most)
    if not least <= int(text) <= most:
        return "", say("form.number", least=least, most=most)
    return str(int(text)), None


def _date(field: Field, text: str, today: date) -> tuple[str, Phrase | None]:
    day = read_day(text)
    if day is None:
        return "", say("form.date")
    first, last = day_range(field, today)
    if not first <= day <= last:
        return "", say("form.date_range", first=first.isoformat(), last=last.isoformat())
    return day.isoformat(), None


def day_range(field: Field, today: date) -> tuple[date, date]:
    """Give the first and the last day that fit a field."""
    first = today - OLDEST if field.least is None else today + timedelta(days=field.least)
    last = today + OLDEST if field.most is None else today + timedelta(days=field.most)
    return first, last


def read_day(text: str) -> date | None:
    """Read `1990-04-30` or, from digits alone, `19900430`."""
    digits = _DIGITS_OF_DAY.fullmatch(text)
    try:
        return date(*map(int, digits.groups())) if digits else date.fromisoformat(text)
    except ValueError:
        return None
