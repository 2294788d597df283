"""Every sentence people read, by key; the catalogues are gettext's, one `.po` a language.

`Words(language)(phrase)` gives the sentence. Parameters are filled in as `{name}` or, for what has
to be written the way a language writes it, with a kind after a colon:

    {due:day}      2026-12-12            -> Sat 12 Dec, with its year where that is another one
    {due:date}     2026-12-12            -> Sat 12 Dec 2026
    {at:time}      2026-11-21T10:42:07   -> 10:42
    {at:seconds}   2026-11-21T10:42:07   -> 10:42:07
    {at:moment}    2026-11-21T10:42:07   -> Sat 21 Nov 2026  10:42
    {left:number}  2300                  -> 2,300

A parameter named `count` chooses between singular and plural. A sentence that a language does not
have yet is said in English. How catalogues are read stands in `catalogue.py`, how days and numbers
are written in `manners.py`.
"""

from __future__ import annotations

import string
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.desk.words import Phrase
from kiosk.words import catalogue, manners

if TYPE_CHECKING:
    import gettext
    from collections.abc import Iterable

CATALOGUES = Path(__file__).parent

_PARSER = string.Formatter()

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français", "de": "Deutsch"}
"""Every language by its code, and by the name under which those who speak it look for it."""

_TIMES = {"time": "%H:%M", "seconds": "%H:%M:%S"}


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return catalogue.read(CATALOGUES / f"{language}.po")


def _sentence(phrase: Phrase, language: str) -> str:
    """Give the sentence of a phrase as its catalogue has it; "" where it has none."""
    known, count = _catalogue(language), phrase.args.get("count")
    sentence = phrase.key
    if isinstance(count, int):
        sentence = known.ngettext(phrase.key, phrase.key, count)
    if sentence == phrase.key:
        sentence = known.gettext(phrase.key)
    return "" if sentence == phrase.key else sentence


class Words:
    """The sentences of one language.

    `year` is which year it is: days of others are written with theirs. None: no day is.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.year: int | None = None

    def __call__(self, phrase: Phrase) -> str:
        """Write a phrase out. A key without a sentence gives the key, never an exception."""
        sentence = self.sentence(phrase)
        args = {k: self(v) if isinstance(v, Phrase) else v for k, v in phrase.args.items()}
        return self._filled(sentence, args) if sentence else phrase.key

    def sentence(self, phrase: Phrase) -> str:
        """Give the sentence of a phrase with nothing filled in; "" where there is none."""
        return _sentence(phrase, self.language) or _sentence(phrase, "en")

    def column(self, keys: Iterable[str]) -> int:
        """Count the characters of the longest of these sentences: so wide is their column."""
        return max(len(self(Phrase(key))) for key in keys)

    def _filled(self, sentence: str, args: dict[str, Any]) -> str:
        """Fill in parameters, with a mark in the place of one that is missing.

        One that ends with a dot (`12. Dez.`) and a sentence that does so have one dot together.
        """
        whole = ""
        for text, name, kind, _ in _PARSER.parse(sentence):
            whole += text.removeprefix(".") if whole.endswith(".") else text
            if name is not None:
                whole += self._parameter(args.get(name, "…"), kind or "")
        return whole

    def _parameter(self, value: Any, kind: str) -> str:
        """Write a parameter; one that is not of its kind is written as it came."""
        try:
            return self._written(value, kind)
        except (ValueError, TypeError):
            return str(value)

    def _written(self, value: Any, kind: str) -> str:
        if kind == "number":
            return manners.written_number(int(value), _catalogue(self.language))
        if kind == "moment":
            return f"{self._written(value, 'date')}  {self._written(value, 'time')}"
        if kind in _TIMES:
            return datetime.fromisoformat(value).strftime(_TIMES[kind])
        if kind in ("day", "date"):
            day = date.fromisoformat(value[:10])
            return self._day(day, with_year=kind == "date" or self.year not in (None, day.year))
        return str(value)

    def _day(self, day: date, *, with_year: bool) -> str:
        written = manners.written_day(day, self.language, _catalogue(self.language))
        return f"{written} {day.year:04}" if with_year else written
