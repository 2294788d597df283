"""The demo library's staff, with PINs that everybody may know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.staff import changes, file

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk.vocabulary import Role

STAFF: tuple[tuple[str, Role, str, str], ...] = (
    ("Ada", "administrator", "5093", "B-100"),
    ("Tomas", "supervisor", "8316", "B-200"),
    ("Ines", "staff", "2741", "B-300"),
)
"""Name, role, PIN and badge of each."""


def provide(folder: Path) -> None:
    """Put the demo's staff into a data folder that has none."""
    if (folder / file.NAME).exists():
        return
    staff = file.Staff()
    for name, role, pin, badge in STAFF:
        staff = changes.add(staff, name, role, pin, badge)
    file.write(folder, staff)
