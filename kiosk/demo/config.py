"""How the desk at the demo library is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.config import Config
from kiosk.config.settings import LibrarySettings, PrinterSettings, ScreenSettings
from kiosk.delivery.settings import Contact, DeliverySettings
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.policy import DeskSettings, NoncatKind
from kiosk.desk.session.sessions import SessionRules
from kiosk.ils.settings import IlsSettings
from kiosk.ils.sip2.settings import Sip2Settings
from kiosk.receipts.settings import ReceiptSettings
from kiosk.view.state import Support

if TYPE_CHECKING:
    from pathlib import Path


def demo_config(data: Path, port: int) -> Config:
    """Give the configuration of a desk at the demo library, on this machine's own port."""
    sip2 = Sip2Settings(host="127.0.0.1", port=port, login="kiosk", password="kiosk")  # noqa: S106
    return Config(
        data=data,
        library=LibrarySettings(
            name="Northside Branch", terminal="demo-desk", staff="Ines", profile="Circulation"
        ),
        desk=DeskSettings(
            session=SessionRules(required=False),
            functions=FunctionRules(preset="sip2", uncarried="by_hand"),
            noncat=(
                NoncatKind(code="2", name="Paperback", days=28),
                NoncatKind(code="5", name="Magazine", days=7),
            ),
        ),
        printer=PrinterSettings(terminal=True),
        receipt=ReceiptSettings(footer=("Renew by phone:", "555 0142")),
        ils=IlsSettings(live="sip2", offline="sip2", sip2=sip2),
        delivery=DeliverySettings(
            longest_pause=10.0,
            keep_alive=5.0,
            tell=(Contact(name="Westside Consortium", phone="555 0123"),),
            tell_after=0,
        ),
        screen=ScreenSettings(width=1024, height=600),
        support=Support(name="Northside IT", phone="555 0199"),
    )
