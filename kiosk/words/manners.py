"""How each language writes days and numbers.

Babel knows the names and signs of every language, as Unicode's CLDR has them, but takes 6 MB and a
twentieth of a second to say them, in each process. So it is asked when a catalogue is compiled:
they lie there beside its sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gettext
    from datetime import date

_DAYS = {
    "en": "{day} {number} {month}",  # Sat 12 Dec
    "es": "{day} {number} {month}",  # sáb 12 dic
    "fr": "{day} {number} {month}",  # sam. 12 déc.
    "de": "{day} {number}. {month}",  # Sa. 12. Dez.
}
_NARROW_BLANK, _BLANK = "\u202f", "\xa0"


def entries(language: str) -> dict[str, str]:
    """Ask Babel for short names, from Monday and from January, and the sign between thousands."""
    from babel import Locale  # noqa: PLC0415 - seldom needed, and dear

    locale = Locale.parse(language)
    thousands = locale.number_symbols["latn"]["group"]
    days = locale.days["format"]["abbreviated"]
    months = locale.months["format"]["abbreviated"]
    return {
        "cldr.thousands": thousands.replace(_NARROW_BLANK, _BLANK),  # it is in no typeface of ours
        **{f"cldr.day.{number}": days[number] for number in range(7)},
        **{f"cldr.month.{number}": months[number] for number in range(1, 13)},
    }


def written_day(day: date, language: str, known: gettext.NullTranslations) -> str:
    """Write a day without its year, as `Sat 12 Dec`."""
    return _DAYS[language].format(
        day=known.gettext(f"cldr.day.{day.weekday()}"),
        number="1er" if language == "fr" and day.day == 1 else day.day,
        month=known.gettext(f"cldr.month.{day.month}"),
    )


def written_number(number: int, known: gettext.NullTranslations) -> str:
    """Write a whole number, as `2,300`."""
    return f"{number:,}".replace(",", known.gettext("cldr.thousands"))
