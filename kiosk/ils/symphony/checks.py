"""What can be wrong with the settings of Symphony's log before anything is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiosk.ils.files.checks import wrong_target
from kiosk.ils.symphony.settings import POLICY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.ils.symphony.settings import SymphonySettings

NEEDED = {
    "charge": {"FF", "FE", "NQ", "UO"},
    "discharge": {"FF", "FE", "NQ"},
    "renew": {"FF", "FE", "NQ"},
    "in_house": {"FF", "FE", "NQ"},
}
"""What a line cannot do without: who works where, and what it is about."""

EXAMPLE = '"FF FE FcNONE FW NQ UO"'


def problems(settings: SymphonySettings) -> Iterator[str]:
    """Say what is wrong, and what would be right."""
    yield from wrong_target("ils.symphony", settings.to, settings.keep)
    if not re.fullmatch(r"[0-9]{4}", settings.station):
        yield (
            f"[ils.symphony] station = {settings.station!r} does not fit: give the station number "
            'in four digits, such as "0001"'
        )
    for key in ("library", "access", "user"):
        value = getattr(settings, key)
        if value and not re.fullmatch(POLICY_NAME, value):
            yield (
                f"[ils.symphony] {key} = {value!r} does not fit: give the policy name or user ID, "
                'without blanks, such as "WASHINGTON"'
            )
    if not re.fullmatch(r"([A-Za-z]{2})?", settings.due_code):
        yield (
            f"[ils.symphony] due_code = {settings.due_code!r} does not fit: give a data code of "
            "two letters, once your Symphony support has named it, or leave the line out"
        )
    if settings.due_code == "CO" or "CO" in f"{settings.charge} {settings.renew}".split():
        yield (
            "[ils.symphony] has CO in a charge or renewal, or as due_code: that is the date of "
            "discharge. Leave it out"
        )
    for key in NEEDED:
        yield from _order(key, getattr(settings, key))


def _order(key: str, order: str) -> Iterator[str]:
    words = order.split()
    for word in words:
        if not re.match(r"[A-Za-z]{2}", word) or not _plain(word):
            yield (
                f"[ils.symphony] {key} has {word!r}, which begins with no data code: give codes "
                f"of two letters, with a value where it is always the same, such as {EXAMPLE}"
            )
    lacking = sorted(NEEDED[key] - set(words)) if words else []
    if lacking:
        yield (
            f"[ils.symphony] {key} = {order!r} lacks {' and '.join(lacking)}: such a line would "
            f"be of no item, patron or library. Write it such as {EXAMPLE}"
        )


def _plain(text: str) -> bool:
    return text.isascii() and "^" not in text and text.isprintable() and text == text.strip()
