"""What can be wrong with Evergreen's settings before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils.addresses import has_login, is_web_address
from kiosk.ils.evergreen.settings import desk_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.ils.evergreen.settings import EvergreenSettings


def problems(settings: EvergreenSettings) -> Iterator[str]:
    """Say what is wrong, and what would be right."""
    if not is_web_address(settings.url):
        yield (
            f"[ils.evergreen] url = {settings.url!r} is not a web address: give one such as "
            '"https://evergreen.example.org"'
        )
    elif has_login(settings.url):
        yield (
            "[ils.evergreen] url has a name or a password in it (before the @): take them out, and "
            "give login and password_file"
        )
    if settings.process == "all-in" and not settings.desks:
        yield (
            '[ils.evergreen] process = "all-in" needs desks: name the terminals that upload, such '
            'as desks = ["front", "back"]; the first one processes'
        )
    names = [desk_name(desk) for desk in settings.desks]
    if len(set(names)) < len(names):
        yield (
            "[ils.evergreen] desks names two that are the same for Evergreen, which knows letters, "
            f"digits, - and _ alone: {', '.join(settings.desks)}. Give each terminal its own name"
        )
