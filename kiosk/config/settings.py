"""All that kiosk.toml can say: each package's own settings, gathered under the names of tables."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import platformdirs

from drivers.settings import (
    NetworkPrinterSettings,
    SerialPrinterSettings,
    SerialScannerSettings,
)
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.daybook.settings import RetentionSettings
from kiosk.delivery.settings import DeliverySettings
from kiosk.desk.policy import DeskSettings
from kiosk.ils.settings import IlsSettings
from kiosk.receipts.settings import ReceiptSettings
from kiosk.view.state import Support


@dataclass(frozen=True, kw_only=True, slots=True)
class LibrarySettings:
    """Whose desk this is. `timezone` is a name such as Europe/Vienna; "" is the machine's own."""

    name: str = "Library"
    timezone: str = ""
    terminal: str = field(default_factory=socket.gethostname)
    profile: str = ""
    staff: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterSettings:
    """The receipt printer: one of the two, the terminal, or none at all."""

    network: NetworkPrinterSettings | None = None
    serial: SerialPrinterSettings | None = None
    terminal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreenSettings:
    """The touchscreen. Without a size it takes what there is, full screen."""

    width: int = 0
    height: int = 0
    language: str = ""
    theme: Literal["light", "dark", "contrast"] = "light"
    volume: int = 70
    """Of the sounds, from 0 (none) to 100."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """All that kiosk.toml can say."""

    data: Path = field(default_factory=lambda: platformdirs.user_data_path("daybook"))
    language: str = "en"
    library: LibrarySettings = field(default_factory=LibrarySettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    scanner: tuple[SerialScannerSettings, ...] = ()
    printer: PrinterSettings = field(default_factory=PrinterSettings)
    receipt: ReceiptSettings = field(default_factory=ReceiptSettings)
    ils: IlsSettings = field(default_factory=IlsSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    blocklist: BlockListSettings = field(default_factory=BlockListSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    support: Support = field(default_factory=Support)
    fixed: frozenset[str] = field(default=frozenset(), metadata={"in_file": False})
    """The keys that the file sets, by their whole names: nothing else can change them."""

    @property
    def zone(self) -> ZoneInfo:
        """The library's time zone."""
        return ZoneInfo(self.library.timezone or _machine_zone())


def _machine_zone() -> str:
    """Name the machine's own time zone (Debian keeps it as a link into the zone data)."""
    target = Path("/etc/localtime").resolve()
    _, found, name = str(target).partition("/zoneinfo/")
    return name if found else "UTC"
