"""The staff file: `staff.json` in the data folder, readable by the kiosk alone.

It is written beside itself, synced, and put in its own place in one step, so that a power cut
leaves the old one or the new one. Where there is none, staff do not say who they are.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import msgspec

from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.vocabulary import Role
from kiosk.desk.words import say
from kiosk.staff.pins import PinHash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "staff.json"


class StaffError(Exception):
    """The staff file cannot be used or changed as asked. The message is fit to show."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of the staff, as the file has it."""

    number: int
    name: str
    role: Role
    pin: PinHash
    badge: str = ""


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """All staff. `next`: the number that is given next; none is given twice.

    `made` tells this file from one that was begun anew, whose numbers begin at 1 again; "" in one
    of before there was such a mark.
    """

    version: Literal[1] = 1
    made: str = ""
    next: int = 1
    people: tuple[Person, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """What the desk knows of them."""
        return tuple(
            Member(number=self._number(x), name=x.name, role=x.role, badge=x.badge)
            for x in self.people
        )

    def member(self, number: str) -> Person | None:
        """Find one by the number that the desk knows: nobody, where it is of another file."""
        return next((x for x in self.people if self._number(x) == number), None)

    def person(self, number: str) -> Person | None:
        """Find one by number, as people say it."""
        return next((x for x in self.people if str(x.number) == number), None)

    def _number(self, person: Person) -> str:
        return f"{person.number}.{self.made}" if self.made else str(person.number)


def read(folder: Path) -> Staff | None:
    """Read the file; None where there is none. Raises StaffError."""
    path = folder / NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StaffError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return msgspec.json.decode(text, type=Staff)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StaffError(
            f"{path} is damaged, or written by another version: {error}. Put a copy in its place, "
            "or remove it and add the staff anew with `kiosk staff add`"
        ) from error


def write(folder: Path, staff: Staff) -> None:
    """Put a new file in the place of the old one, synced. Raises StaffError."""
    new = folder / f"{NAME}.new"
    text = msgspec.json.format(msgspec.json.encode(staff), indent=2) + b"\n"
    try:
        replace(new, folder / NAME, text)
    except OSError as error:
        raise StaffError(f"{new} cannot be written: {error.strerror}") from error


def replace(new: Path, path: Path, text: bytes) -> None:
    """Write a private file and put it in place, so that there is always a whole one."""
    new.unlink(missing_ok=True)
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Keep another command from changing the file at the same time. Raises StaffError."""
    try:
        lock = os.open(folder / f"{NAME}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StaffError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def roster(folder: Path) -> Roster:
    """Give what the desk knows of its staff; of a file that cannot be used, what to do."""
    try:
        staff = read(folder)
    except StaffError:
        return Roster(problem=say("duty.file_damaged"))
    return Roster(members=staff.members if staff is not None else ())
