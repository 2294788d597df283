"""Every sentence people read, by key; the catalogues are gettext's, one `.po` a language.

`Words(language)(phrase)` gives the sentence. Parameters are filled in as `{name}` or, for what has
to be written the way a language writes it, with a kind after a colon:

    {due:day}      2026-12-12            -> Sat 12 Dec, with its year where that is another one
    {due:date}     2026-12-12            -> Sat 12 Dec 2026
    {at:time}      2026-11-21T10:42:07   -> 10:42
    {at:seconds}   2026-11-21T10:42:07   -> 10:42:07
    {at:moment}    2026-11-21T10:42:07   -> Sat 21 Nov 2026  10:42
    {left:number}  2300                  -> 2,300

A parameter named `count` chooses between singular and plural. Catalogues are read as they are
written (Babel compiles them in memory, in a few milliseconds), so no build step can be forgotten.
"""

from __future__ import annotations

import gettext
import io
import string
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from kiosk.desk.words import Phrase

CATALOGUES = Path(__file__).parent

_PATTERNS = {
    "day": "EEE d MMM",
    "date": "EEE d MMM yyyy",
    "time": "HH:mm",
    "seconds": "HH:mm:ss",
}


@lru_cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class _Filler(string.Formatter):
    """Fills in parameters, writing days and times the way the language does."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.year: int | None = None

    def get_value(self, key: int | str, _: Any, kwargs: Any) -> Any:
        """Give a parameter, or a mark in the place of one that is missing."""
        return kwargs.get(key, "…")

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a parameter; one that is not of its kind is written as it came."""
        try:
            return self._written(value, format_spec)
        except (ValueError, TypeError):
            return str(value)

    def _written(self, value: Any, format_spec: str) -> str:
        if format_spec == "number":
            return str(format_decimal(int(value), locale=self._language))
        if format_spec == "moment":
            return f"{self._written(value, 'date')}  {self._written(value, 'time')}"
        pattern = _PATTERNS.get(format_spec)
        if pattern is None:
            return str(super().format_field(value, format_spec))
        if format_spec in ("day", "date"):
            day = date.fromisoformat(value[:10])
            if format_spec == "day" and self.year not in (None, day.year):
                pattern = _PATTERNS["date"]
            return str(format_date(day, pattern, locale=self._language))
        return str(format_time(datetime.fromisoformat(value), pattern, locale=self._language))


class Words:
    """The sentences of one language."""

    def __init__(self, language: str = "en") -> None:
        self._catalogue = _catalogue(language)
        self._filler = _Filler(language)

    @property
    def year(self) -> int | None:
        """Which year it is: days of others have theirs. None: no day has."""
        return self._filler.year

    @year.setter
    def year(self, year: int) -> None:
        self._filler.year = year

    def __call__(self, phrase: Phrase) -> str:
        """Write a phrase out. A key without a sentence gives the key, never an exception."""
        sentence, count = phrase.key, phrase.args.get("count")
        if isinstance(count, int):
            sentence = self._catalogue.ngettext(phrase.key, phrase.key, count)
        if sentence == phrase.key:
            sentence = self._catalogue.gettext(phrase.key)
        if sentence == phrase.key:
            return phrase.key
        args = {k: self(v) if isinstance(v, Phrase) else v for k, v in phrase.args.items()}
        return self._filler.format(sentence, **args)
