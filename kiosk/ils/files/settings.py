"""What files for other systems have to be told. Light: reading it loads no writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import EVERYTHING

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind

FileFormat = Literal["koc", "alma", "evergreen", "csv"]

NOT_EMPTY = frozenset({"to"})

RANGES: dict[str, tuple[float, float]] = {"keep": (0, 3650)}
"""From which number to which a setting goes."""

_LOANS: frozenset[Kind] = frozenset({"checkout", "checkin", "renewal"})
_CARRIED: dict[FileFormat, frozenset[Kind]] = {
    "koc": _LOANS,
    "alma": _LOANS,
    "evergreen": EVERYTHING,
    "csv": EVERYTHING,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesSettings:
    """Which file, and where it goes.

    `to` is a folder; or "usb": the one USB stick that is in, and "usb:NAME": the one of that name.
    `keep`: days after which Daybook removes its own files from the folder; 0: it never does.
    """

    format: FileFormat
    to: str
    keep: int = 0

    @property
    def carries(self) -> frozenset[Kind]:
        """The kinds of transactions that the format has a line for."""
        return _CARRIED[self.format]
