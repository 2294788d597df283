"""The file that Evergreen's staff client imports and uploads: `.xacts`, a JSON object on each line.

The lines are those of Daybook's own uploads (kiosk.ils.evergreen.lines), checked in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils.evergreen import lines
from kiosk.ils.evergreen.settings import EvergreenSettings
from kiosk.ils.files.fields import Unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from kiosk.desk.transactions import Transaction

NOBODY = EvergreenSettings(url="", org=0, login="", password="")
"""Where no Evergreen is set up: new patrons go only with what their form says."""


def write(transactions: Iterable[Transaction], zone: tzinfo, settings: EvergreenSettings) -> bytes:
    """Write a whole file. Raises Unwritable."""
    return lines.upload([_line(each, zone, settings) for each in transactions])


def _line(transaction: Transaction, zone: tzinfo, settings: EvergreenSettings) -> str:
    try:
        return lines.line(transaction, settings, zone)
    except lines.LineError as error:
        raise Unwritable(transaction, "not_writable", transaction.item, error.reason) from error
