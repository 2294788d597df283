"""The whole way from a source to the built list. It takes the disk and seconds: not in the engine.

The old list stays in its place until the new one has been read, checked, written and synced.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import chain
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING

from kiosk.daybook.blocklist.build import Builder
from kiosk.daybook.blocklist.errors import BlockListDamagedError, BlockListError
from kiosk.daybook.blocklist.file import HEADER_SIZE, NAME, Header, read_header, verify
from kiosk.daybook.blocklist.formats import Looks, Tally, batches, blocks_of, ends_whole
from kiosk.daybook.blocklist.sources import date_in, downloaded, newest, opened, text_beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from kiosk.daybook.blocklist.settings import BlockListSettings, ListSettings
    from kiosk.daybook.blocklist.sources import Source

FEW = 100
"""So many cards may leave a list of any length at once."""
SPARE = 100 * (1 << 20)
"""So many bytes of the disk are left to the daybook."""
PATIENCE = 20.0
"""Seconds to wait for another list that is being built; most are built in less."""
NEEDED = 3
"""So many times its own size a list takes while it is built: download, runs, result."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a new list must be to be taken: how many cards at least, and of when at the earliest."""

    least: int
    earliest: datetime | None = None

    def check_date(self, made: datetime) -> None:
        """Refuse a list that is older than that. Raises BlockListError."""
        if self.earliest is not None and _is_older(made, self.earliest):
            days = {"made": made.date().isoformat(), "used": self.earliest.date().isoformat()}
            raise BlockListError("blocklist.older", **days)


def refresh(
    settings: BlockListSettings,
    folder: Path,
    zone: tzinfo,
    now: datetime,
    *,
    damaged: bool = False,
    login: str = "",
) -> Header | None:
    """Bring the newest list from its source; None where that is the one we have.

    `login`: what the server knows us by, where the kiosk has logged in.

    Raises BlockListError, and then the old list is still in its place. So it is where the source
    has an older list: a newer one was brought by hand. A damaged list keeps nothing away.
    """
    with _alone(folder):
        old = None if damaged else current(folder)
        known = _known(old, settings)
        limits = Limits(_least(old, settings.smallest_share), _earliest(old, now))
        with _found(settings, folder, zone, now, known, login=login, limits=limits) as source:
            if source is None or source.origin == known != "":
                return None
            marked = _marked(source, settings)
            return _make(marked, settings, folder, zone=zone, now=now, limits=limits)


def import_file(
    path: Path,
    settings: BlockListSettings,
    folder: Path,
    zone: tzinfo,
    now: datetime,
    *,
    made: datetime | None = None,
) -> Header:
    """Bring a list by hand, of this date or its own, and be it older. Raises as `refresh`."""
    with _alone(folder), opened(path, zone) as source:
        dated = _marked(source, settings)
        if made is not None:
            dated = replace(dated, made=made)
            settings = replace(settings, date_from="modified")
        else:
            dated = _dated(dated, path, settings, zone)
        limits = Limits(_least(current(folder), settings.smallest_share))
        return _make(dated, settings, folder, zone=zone, now=now, limits=limits)


def current(folder: Path) -> Header | None:
    """Read the header of the list in use, if there is one that can be read."""
    try:
        with (folder / NAME).open("rb") as file:
            return read_header(file.read(HEADER_SIZE))
    except (OSError, BlockListDamagedError):
        return None


def is_damaged(folder: Path) -> bool:
    """Read the list in use to its end, and tell whether it is not as it was written."""
    try:
        verify(folder / NAME)
    except BlockListDamagedError:
        return True
    except OSError:  # there is none, or the disk fails: bringing another will tell
        return False
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Build one list at a time; wait a little for one that is being built.

    A disk that fails is told like any other reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{NAME}.lock").open("w") as lock:
            _wait_for(lock)
            yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise BlockListError("blocklist.disk", reason=reason) from error


def _wait_for(lock: IO[str]) -> None:
    until = monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if monotonic() >= until:
                raise BlockListError("blocklist.busy") from error
            sleep(0.05)
        else:
            return


@contextmanager
def _found(
    settings: BlockListSettings,
    folder: Path,
    zone: tzinfo,
    now: datetime,
    known: str,
    *,
    login: str,
    limits: Limits,
) -> Iterator[Source | None]:
    """Find the newest list where the settings say. One that is too old is not even downloaded."""
    if settings.folder is None:

        def check(made: datetime) -> None:
            if settings.date_from == "modified":
                limits.check_date(made)

        with downloaded(settings, folder, zone, now, known, login=login, check=check) as source:
            yield source
        return
    path = newest(settings.folder, settings.files)
    with opened(path, zone) as source:
        yield _dated(source, path, settings, zone)


def _marked(source: Source, settings: BlockListSettings) -> Source:
    """Name in the origin how the list is read, too: read otherwise, it is another list."""
    return replace(source, origin=f"{settings.reading} {source.origin}")


def _known(old: Header | None, settings: BlockListSettings) -> str:
    """Give what the list in use was made of, if it would be read the same way today."""
    reading, _, origin = old.origin.partition(" ") if old is not None else ("", "", "")
    return origin if reading == settings.reading else ""


def _dated(source: Source, path: Path, settings: BlockListSettings, zone: tzinfo) -> Source:
    """Give a source the date that stands in another file, where the settings say so."""
    if settings.date_from != "date_file":
        return source
    return replace(source, made=date_in(text_beside(path, settings.date_file), zone))


def _make(
    source: Source,
    settings: ListSettings,
    folder: Path,
    *,
    zone: tzinfo,
    now: datetime,
    limits: Limits,
) -> Header:
    """Read, check, write and put in place."""
    size = os.fstat(source.file.fileno()).st_size
    if shutil.disk_usage(folder).free < NEEDED * size + SPARE:
        raise BlockListError("blocklist.no_room", mb=(NEEDED * size + SPARE) >> 20)
    made, tally = source.made, Tally(Looks(settings.cards))
    ended = ends_whole(source.file)
    blocks = blocks_of(source.file, settings.encoding)
    if settings.date_from == "first_line":
        first, _, rest = next(blocks, "").partition("\n")
        made, blocks, tally.line = date_in(first, zone), chain([rest], blocks), 1
    elif settings.date_from == "name":
        made = date_in(source.name, zone)
    limits.check_date(made)
    with Builder(folder) as builder:
        builder.take(batches(blocks, settings, tally))
        tally.check(ended=ended)
        if size != os.fstat(source.file.fileno()).st_size:
            raise BlockListError("blocklist.changing", file=source.name)
        header = builder.write(
            made=made,
            built=now.astimezone(zone),
            origin=source.origin,
            unreadable=tally.unreadable,
        )
        if header.cards < limits.least:
            raise BlockListError("blocklist.too_short", count=header.cards, least=limits.least)
        builder.put_in_place()
    return header


def _least(old: Header | None, share: float) -> int:
    """Tell how many cards a new list has to have.

    A list that has lost half of its cards, and more than a few, is nearly always a transfer that
    broke off or an export that went wrong; it would let everybody else borrow.
    """
    return 0 if old is None else min(int(old.cards * share), max(0, old.cards - FEW))


def _earliest(old: Header | None, now: datetime) -> datetime | None:
    """Give the date of the list in use. One from the future would keep all others away."""
    return old.made if old is not None and old.made <= now else None


def _is_older(made: datetime, than: datetime) -> bool:
    """Compare two dates of lists. One that was read in a text is a day, without a time of it."""
    return made.date() < than.date() if made.time() == time() else made < than
