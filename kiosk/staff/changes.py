"""What may be changed of a staff: each function gives a new one, or raises StaffError."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.desk import commands
from kiosk.staff import pins
from kiosk.staff.file import Person, Staff, StaffError

if TYPE_CHECKING:
    from kiosk.desk.vocabulary import Role

LONGEST = 64
"""Characters of a name or a badge."""


def add(staff: Staff, name: str, role: Role, pin: str, badge: str = "") -> Staff:
    """Take somebody on. The first one has to be an administrator: somebody has to be."""
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > LONGEST:
        raise StaffError(f"a name has 1 to {LONGEST} characters")
    if not staff.people:
        staff = _begun(staff, role)
    person = Person(number=staff.next, name=name, role=role, pin=_kept(pin))
    staff = replace(staff, next=staff.next + 1, people=(*staff.people, person))
    return set_badge(staff, person, badge)


def set_role(staff: Staff, person: Person, role: Role) -> Staff:
    """Give somebody another role."""
    if role != "administrator":
        _keep_an_administrator(staff, person)
    return _changed(staff, replace(person, role=role))


def set_pin(staff: Staff, person: Person, pin: str) -> Staff:
    """Give somebody another PIN. Wrong ones that were tried before are forgotten."""
    return _changed(staff, replace(person, pin=_kept(pin)))


def set_badge(staff: Staff, person: Person, badge: str) -> Staff:
    """Give somebody a badge, or none with ""."""
    badge = badge.strip()
    if badge and (not badge.isprintable() or len(badge) > LONGEST):
        raise StaffError(f"a badge has 1 to {LONGEST} characters")
    if badge and (commands.parse(badge) is not None or commands.is_marked(badge)):
        raise StaffError(f"{badge!r} is a command of the desk: a badge has to be something else")
    owner = next((x for x in staff.people if badge and x.badge == badge), None)
    if owner is not None and owner.number != person.number:
        raise StaffError(f"this badge belongs to {owner.name}, number {owner.number}")
    return _changed(staff, replace(person, badge=badge))


def remove(staff: Staff, person: Person) -> Staff:
    """Let somebody go. The number is not given again."""
    _keep_an_administrator(staff, person)
    return replace(staff, people=tuple(x for x in staff.people if x is not person))


def found(staff: Staff, who: str) -> Person:
    """Find one by number or name."""
    person = staff.person(who)
    if person is not None:
        return person
    named = [x for x in staff.people if x.name.casefold() == who.casefold()]
    if not named:
        raise StaffError(f"nobody is called {who!r}: `kiosk staff list` shows names and numbers")
    if len(named) > 1:
        numbers = " and ".join(str(x.number) for x in named)
        raise StaffError(f"several are called {who!r}: give the number, {numbers}")
    return named[0]


def _begun(staff: Staff, role: Role) -> Staff:
    """Begin a file, which is told from every other one."""
    if role != "administrator":
        raise StaffError("the first one has to be an administrator: add --role administrator")
    return replace(staff, made=secrets.token_hex(4))


def _kept(pin: str) -> pins.PinHash:
    problem = pins.problem(pin)
    if problem:
        raise StaffError(problem)
    return pins.made_of(pin)


def _keep_an_administrator(staff: Staff, person: Person) -> None:
    others = (x for x in staff.people if x.number != person.number)
    if person.role == "administrator" and all(x.role != "administrator" for x in others):
        raise StaffError(
            f"{person.name} is the last administrator: make somebody else one first. To have no "
            "staff at all, remove the file staff.json from the data folder and restart the kiosk"
        )


def _changed(staff: Staff, person: Person) -> Staff:
    people = (person if x.number == person.number else x for x in staff.people)
    return replace(staff, people=tuple(people))
