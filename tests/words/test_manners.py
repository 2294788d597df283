"""Days and numbers are written as Babel, which knows every language, would write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal

from kiosk.words import CATALOGUES, LANGUAGES, manners
from kiosk.words.catalogue import read

YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
WRITTEN = {"de": "EEE d. MMM"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_written_as_babel_writes_it(language: str) -> None:
    pattern, known = WRITTEN.get(language, "EEE d MMM"), read(CATALOGUES / f"{language}.po")
    for day in YEAR:
        said = format_date(day, pattern, locale=language)
        if language == "fr":
            said = said.replace(" 1 ", " 1er ")
        assert manners.written_day(day, language, known) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [0, 7, 999, 1000, 2300, 12345, 1_234_567, -1, -1000])
def test_a_number_is_written_as_babel_writes_it(language: str, number: int) -> None:
    said = str(format_decimal(number, locale=language))
    known = read(CATALOGUES / f"{language}.po")
    assert manners.written_number(number, known) == said.replace("\u202f", "\xa0")
