"""A scanner that pretends to be a keyboard: what it types comes over the link, and is a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.kiosk import kiosk_in
from support.shift import BRAIDING, LEFT_HAND, MAYA

from kiosk.daybook.daybook import Daybook
from kiosk.desk.policy import DeskSettings
from kiosk.staff import changes, file

if TYPE_CHECKING:
    from pathlib import Path

BADGE = "STAFF-000712"


async def test_what_it_types_is_recorded_as_scanned(tmp_path: Path) -> None:
    async with kiosk_in(tmp_path) as kiosk, kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, scanned=True)
        await kiosk.types(BRAIDING, ":done")
    with Daybook(tmp_path, read_only=True) as daybook:
        sources = [transaction.source for transaction, _, _ in daybook.history()]
    assert sources == ["scan", "typed"]


async def test_a_badge_asks_for_the_pin_of_whose_it_is(tmp_path: Path) -> None:
    staff = changes.add(file.Staff(), "Ada", "administrator", "5093", badge=BADGE)
    file.write(tmp_path, staff)
    async with kiosk_in(tmp_path) as kiosk:
        kiosk.desk = DeskSettings()
        async with kiosk.working():
            await kiosk.types(BADGE, scanned=True)
            state = await kiosk.until(lambda state: state.form is not None)
    assert state.form is not None
    assert state.form.fields[state.form.at].kind == "pin"
