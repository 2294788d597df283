"""Which library systems there are, and what each module has to be told.

Light: reading it loads no protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import CARRIED_BY, EVERYTHING
from kiosk.ils.evergreen.settings import EvergreenSettings
from kiosk.ils.files.settings import FilesSettings
from kiosk.ils.koha.settings import KohaSettings
from kiosk.ils.sip2.settings import Sip2Settings
from kiosk.ils.symphony.settings import SymphonySettings

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind

Offline = Literal["none", "sip2", "evergreen", "koha", "symphony", "files"]
"""What takes what has happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IlsSettings:
    """Which library system answers while the patron waits, and which takes the rest."""

    live: Literal["none", "sip2"] = "none"
    offline: Offline = "none"
    sip2: Sip2Settings | None = None
    evergreen: EvergreenSettings | None = None
    koha: KohaSettings | None = None
    symphony: SymphonySettings | None = None
    files: FilesSettings | None = None

    @property
    def system(self) -> Offline:
        """Which one transactions go to at all; `offline` may be none where one is live only."""
        return self.offline if self.offline != "none" else self.live

    @property
    def carries(self) -> frozenset[Kind]:
        """The kinds of transactions that it takes; without one, everything waits for it."""
        written = {"symphony": self.symphony, "files": self.files}.get(self.system)
        return CARRIED_BY.get(self.system, EVERYTHING) if written is None else written.carries
