"""What can be wrong with the settings of files before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.ils.files.settings import FilesSettings


def problems(settings: FilesSettings) -> Iterator[str]:
    """Say what is wrong, and what would be right."""
    yield from wrong_target("ils.files", settings.to, settings.keep)


def wrong_target(where: str, to: str, keep: int) -> Iterator[str]:
    """Say where files cannot go. Whether the folder is there now, is another matter."""
    if keep and not Path(to).is_absolute():
        yield (
            f"[{where}] keep = {keep} is for a folder: Daybook removes nothing from a stick. Leave "
            "it out"
        )
    if to != "usb" and not to.startswith("usb:") and not Path(to).is_absolute():
        yield (
            f'[{where}] to = {to!r} does not fit: give a folder such as "/srv/daybook", "usb", or '
            '"usb:NAME" for the USB stick of that name'
        )
    if to == "usb:":
        yield f'[{where}] to = "usb:" names no stick: give "usb", or "usb:NAME"'
