"""The formats behind one face: what a file is called, what it has lines for, how it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kiosk.desk.transactions import Kind, Transaction
from kiosk.ils.files import alma, koc, pending, table

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.ils.evergreen.settings import EvergreenSettings
    from kiosk.ils.files.settings import FileFormat, FilesSettings
    from kiosk.ils.symphony.settings import SymphonySettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One kind of file.

    `name` begins the name of each file, `extension` ends it. `write` gives the bytes of a whole
    file, the same for the same transactions whenever it is asked, or raises Unwritable.
    """

    name: str
    extension: str
    carries: frozenset[Kind]
    write: Callable[[Sequence[Transaction]], bytes]


_WRITERS: dict[FileFormat, tuple[str, Callable[..., bytes]]] = {
    "koc": ("koc", koc.write),
    "alma": ("dat", alma.write),
    "csv": ("csv", table.write),
    "evergreen": ("xacts", pending.write),
}
"""How each file's name ends, and what writes it."""


def of_files(
    settings: FilesSettings, zone: tzinfo, evergreen: EvergreenSettings | None = None
) -> Format:
    """Give the format that `[ils.files]` names. `zone` is the library's.

    `evergreen` says what a new patron needs there, where that is set up.
    """
    extension, write = _WRITERS[settings.format]
    if settings.format == "evergreen":
        write = partial(pending.write, settings=evergreen or pending.NOBODY)
    return Format(
        name=settings.format,
        extension=extension,
        carries=settings.carries,
        write=partial(write, zone=zone),
    )


def of_symphony(settings: SymphonySettings, zone: tzinfo) -> Format:
    """Give the log of Symphony's offline mode, as `[ils.symphony]` has it."""
    from kiosk.ils.symphony import log  # noqa: PLC0415 - for those alone who have it

    return Format(
        name="symphony",
        extension="log",
        carries=settings.carries,
        write=partial(log.write, zone=zone, settings=settings),
    )
