"""What can be wrong with the settings of the library systems before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils.evergreen import checks as evergreen
from kiosk.ils.files import checks as files
from kiosk.ils.koha import checks as koha
from kiosk.ils.sip2 import checks as sip2
from kiosk.ils.symphony import checks as symphony

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.ils.settings import IlsSettings


def problems(settings: IlsSettings) -> Iterator[str]:
    """Say what is wrong, and what would be right."""
    yield from _named(settings)
    if settings.sip2 is not None:
        yield from sip2.problems(settings.sip2, backlog=settings.offline == "sip2")
    if settings.evergreen is not None:
        yield from evergreen.problems(settings.evergreen)
    if settings.koha is not None:
        yield from koha.problems(settings.koha)
    if settings.symphony is not None:
        yield from symphony.problems(settings.symphony)
    if settings.files is not None:
        yield from files.problems(settings.files)


_NEEDED = {
    "sip2": "where it is in [ils.sip2], with host and port",
    "evergreen": "where it is in [ils.evergreen], with url, org, login and password_file",
    "koha": "where it is in [ils.koha], with staff_url and branchcode",
    "symphony": "where its files go in [ils.symphony], with to",
    "files": "where its files go in [ils.files], with to",
}


def _named(settings: IlsSettings) -> Iterator[str]:
    """Say what is named and not described."""
    for name, needed in _NEEDED.items():
        if name in (settings.live, settings.offline) and getattr(settings, name) is None:
            yield f"[ils] names {name}: say {needed}"
    live_only = settings.sip2 is not None and settings.sip2.quirks.no_block == "never"
    if settings.live != "none" and settings.offline == "none" and not live_only:
        yield (
            f'[ils] live = "{settings.live}" without offline: name also what takes the rest, '
            f'offline = "{settings.live}"'
        )
