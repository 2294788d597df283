"""The ways into the library system that is configured.

live      what the patron at the desk waits for, and, where that takes it, what has happened
second    another connection to the same, for what has happened
batches   what has happened, where that goes another way
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.stick.stick import Stick
from kiosk.ils.base import Library
from kiosk.ils.batches import BatchLibrary
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.files import formats
from kiosk.ils.files.folder import FolderDisk
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.library import koha_library
from kiosk.ils.sip2.library import Sip2Library

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from kiosk.config.settings import Config
    from kiosk.ils.files.folder import Disk
    from kiosk.ils.files.formats import Format
    from kiosk.ils.files.settings import FilesSettings
    from kiosk.ils.koha.settings import KohaSettings
    from kiosk.ils.symphony.settings import SymphonySettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """The ways into a library system; none of them is connected yet."""

    live: Library | None = None
    second: Library | None = None
    batches: BatchLibrary | None = None


def ways(
    config: Config, clock: Callable[[], datetime], awaited: Callable[[], Collection[str]] = tuple
) -> Ways | None:
    """Make what the settings say; None where there is no way. `clock` gives the time.

    `awaited` names the batches that are not over: their files are not removed.
    """
    ils = config.ils
    if ils.system == "sip2":
        second = _sip2(config, clock) if _has_two(config) else None
        return Ways(live=_sip2(config, clock), second=second)
    if ils.offline == "koha" and ils.koha is not None:
        return _koha(config, ils.koha, clock)
    batches: BatchLibrary
    if ils.offline == "evergreen" and ils.evergreen is not None:
        terminal = config.library.terminal
        batches = EvergreenLibrary(ils.evergreen, config.zone, clock, terminal)
    elif ils.offline == "symphony" and ils.symphony is not None:
        log = formats.of_symphony(ils.symphony, config.zone)
        batches = _files(config, clock, log, ils.symphony, awaited)
    elif ils.offline == "files" and ils.files is not None:
        form = formats.of_files(ils.files, config.zone, ils.evergreen)
        batches = _files(config, clock, form, ils.files, awaited)
    else:
        return None
    return Ways(live=_live(config, clock), batches=batches)


def _koha(config: Config, settings: KohaSettings, clock: Callable[[], datetime]) -> Ways:
    library = koha_library(settings, config.zone, clock, _sip2(config, clock))
    if not isinstance(library, ServiceLibrary):
        return Ways(live=_live(config, clock), batches=library)
    sip2 = _sip2(config, clock) if _has_two(config) else None
    second = sip2 and ServiceLibrary(settings, config.zone, clock, sip2)
    return Ways(live=library, second=second)


def _files(
    config: Config,
    clock: Callable[[], datetime],
    form: Format,
    settings: FilesSettings | SymphonySettings,
    awaited: Callable[[], Collection[str]],
) -> FilesLibrary:
    return FilesLibrary(
        disk_of(settings.to),
        form,
        terminal=config.library.terminal,
        memory=config.data / "last-file",
        clock=lambda: clock().astimezone(config.zone),
        keep=settings.keep,
        awaited=awaited,
    )


def disk_of(to: str) -> Disk:
    """Give where files go: a folder, "usb", or "usb:NAME"."""
    on_stick = to == "usb" or to.startswith("usb:")
    return Stick(to.partition(":")[2]) if on_stick else FolderDisk(Path(to))


def _sip2(config: Config, clock: Callable[[], datetime]) -> Sip2Library | None:
    settings = config.ils.sip2
    return None if settings is None else Sip2Library(settings, config.zone, clock)


def _live(config: Config, clock: Callable[[], datetime]) -> Sip2Library | None:
    """Open what answers at once, where what has happened goes another way."""
    library = _sip2(config, clock) if config.ils.live == "sip2" else None
    if library is not None:
        library.takes_backlog = False
    return library


def _has_two(config: Config) -> bool:
    """Tell whether what has happened gets a connection of its own."""
    sip2 = config.ils.sip2
    return config.ils.live == "sip2" and sip2 is not None and sip2.quirks.connections > 1
