"""Trying the place for files step by step: it is there, takes a file, and gives it back as it was.

The file has a hidden name that no loader takes, and is removed again.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kiosk.desk.words import Phrase, say
from kiosk.ils import trial
from kiosk.ils.files import folder
from kiosk.ils.files.library import PATIENCE, trouble
from kiosk.ils.files.names import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.ils.files.folder import Disk
    from kiosk.ils.files.formats import Format
    from kiosk.ils.trial import Name, Step, Steps

_MARK: Final = "test"
_CAUSES: Final = {
    "none": "trial.why.stick_none",
    "several": "trial.why.stick_several",
    "no_filesystem": "trial.why.stick_no_filesystem",
    "not_allowed": "trial.why.stick_not_allowed",
    "no_udisks": "trial.why.stick_no_udisks",
    "gone": "trial.why.folder_gone",
    "is_file": "trial.why.folder_is_file",
    "read_only": "trial.why.disk_read_only",
    "full": "trial.why.disk_full",
    "no_right": "trial.why.disk_no_right",
    "slow": "trial.why.disk_slow",
}
"""What is wrong with a disk (`library.TROUBLE`), as it is told here."""


async def steps(disk: Disk, form: Format, terminal: str) -> Steps:
    """Walk through it. `terminal` is this desk's name."""
    yield trial.fine("form", "trial.files_form", form=form.name, kinds=_by_hand(form))
    there = await _tried("place", disk, disk.check)
    if there is not None:
        yield there
        yield trial.rest()
        return
    folder_like = disk.kind == "folder"
    there_key = "trial.files_folder_there" if folder_like else "trial.files_stick_there"
    yield trial.fine("place", there_key, where=disk.title)
    name, content = f"daybook-test-{safe(terminal)}", secrets.token_bytes(4096)
    written = await _tried("write", disk, lambda: _write(disk, name, content))
    if written is not None:
        yield written
        return
    yield trial.fine("write", "trial.files_written")
    if folder_like:
        yield trial.skipped("sandbox", "trial.folder_of_service", where=disk.title)


def _by_hand(form: Format) -> Phrase:
    """Say what the format has no line for."""
    if {"in_house_use", "noncat_checkout", "registration"} <= form.carries:
        return say("trial.files_carries_all")
    return say("trial.files_carries_loans")


def _write(disk: Disk, name: str, content: bytes) -> None:
    """Write, read back from the disk, and remove. Raises OSError, or _Damaged."""
    try:
        with disk.opened(to_write=True) as place:
            folder.prepare(place, {name: content}, _MARK)
        with disk.opened(to_write=False) as place:
            found = folder.prepared(place, [name], _MARK)[name]
    finally:
        with disk.opened(to_write=True) as place:
            folder.withdraw(place, [name], _MARK)
    if found != content:
        raise _DamagedError


class _DamagedError(Exception):
    """What was read back is not what was written."""


def _apart(work: Callable[[], None]) -> asyncio.Future[None]:
    """Begin it in a thread of its own: one that hangs for ever does not keep the program alive."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: Exception | None) -> None:
        if not done.done():
            done.set_exception(error) if error is not None else done.set_result(None)

    def run() -> None:
        error: Exception | None = None
        try:
            work()
        except Exception as raised:  # noqa: BLE001 - raised again where it is waited for
            error = raised
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(tell, error)

    threading.Thread(target=run, daemon=True).start()
    return done


async def _tried(name: Name, disk: Disk, work: Callable[[], None]) -> Step | None:
    """Do in a thread what a disk may hold up; give what went wrong, or None."""
    try:
        await asyncio.wait_for(_apart(work), PATIENCE)
    except _DamagedError:
        return trial.problem(name, "trial.why.disk_damaged", "kiosk", where=disk.title)
    except TimeoutError:
        return trial.problem(name, "trial.why.disk_slow", "kiosk", where=disk.title)
    except OSError as error:
        cause = _CAUSES.get(trouble(disk, error), "trial.why.disk_broke")
        step = trial.problem(name, cause, "kiosk", where=disk.title)
        return trial.with_detail(step, str(error))
    return None
