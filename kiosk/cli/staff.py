"""`kiosk staff`: who may go on duty at the desk, in which role, with which PIN and badge."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar, get_args

from kiosk.cli.common import (
    OK,
    CommandError,
    add,
    add_family,
    become_the_owner,
    config_of,
    configured,
    members_of,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.staff.file import Staff

T = TypeVar("T")

PIN = "The PIN is asked twice; where standard input is no terminal, its first line is the PIN."


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    from kiosk.desk.vocabulary import Role

    text = "who may go on duty at the desk, and their PINs"
    family = add_family(commands, "staff", text)
    actions = members_of(family)

    new = add(actions, "add", _add, "add a member of staff")
    new.description = f"Add a member of staff. {PIN}"
    new.add_argument("name", metavar="NAME")
    new.add_argument("--role", choices=get_args(Role), default="staff", help="(default: staff)")
    new.add_argument("--badge", metavar="CODE", default="", help="what the badge's barcode reads")
    listed = add(actions, "list", _list, "list all staff")
    listed.add_argument("--json", action="store_true", help="as a JSON list; PINs are never shown")
    role = add(actions, "role", _role, "change the role of a member of staff")
    pin = add(actions, "pin", _pin, "set a new PIN, and allow new tries")
    pin.description = f"Set a new PIN, and allow new tries. {PIN}"
    badge = add(actions, "badge", _badge, "set or take away a badge")
    gone = add(actions, "remove", _remove, "remove a member of staff")
    for command in (role, pin, badge, gone):
        command.add_argument("who", metavar="NAME", help="or the number that `list` shows")
    role.add_argument("role", choices=get_args(Role))
    badge.add_argument("code", metavar="CODE", help='what its barcode reads; "" for none')
    for command in (new, listed, role, pin, badge, gone):
        configured(command, folder_suffices=True)


def _add(args: argparse.Namespace) -> int:
    from kiosk.staff import changes

    config = config_of(args)
    pin = _asked_pin()
    staff = _change(config, lambda x: changes.add(x, args.name, args.role, pin, args.badge))
    person = staff.people[-1]
    print(f"{person.name}, {person.role}, number {person.number}")
    alike = [x for x in staff.people if x.name.casefold() == person.name.casefold()]
    if len(alike) > 1:
        print(f"There are {len(alike)} of this name: the desk shows their numbers beside it.")
    _warn_of_badge(config, person.badge)
    return OK


def _list(args: argparse.Namespace) -> int:
    import json

    from kiosk.staff import file

    config = config_of(args)
    staff = _trying(lambda: file.read(config.data)) or file.Staff()
    if args.json:
        keys = ("number", "name", "role", "badge")
        print(json.dumps([{key: getattr(x, key) for key in keys} for x in staff.people]))
        return OK
    for person in staff.people:
        badge = f"  badge {person.badge}" if person.badge else ""
        print(f"{person.number:>3}  {person.name:<24}  {person.role:<13}{badge}".rstrip())
    if not staff.people:
        print("no staff: nobody has to say who they are. Begin with `kiosk staff add NAME --role")
        print("administrator`")
    return OK


def _role(args: argparse.Namespace) -> int:
    from kiosk.staff import changes

    _change(config_of(args), lambda x: changes.set_role(x, changes.found(x, args.who), args.role))
    return OK


def _pin(args: argparse.Namespace) -> int:
    from kiosk.staff import changes, file

    config = config_of(args)
    _trying(lambda: changes.found(file.read(config.data) or file.Staff(), args.who))
    pin = _asked_pin()
    _change(config, lambda x: changes.set_pin(x, changes.found(x, args.who), pin))
    return OK


def _badge(args: argparse.Namespace) -> int:
    from kiosk.staff import changes

    config = config_of(args)
    _change(config, lambda x: changes.set_badge(x, changes.found(x, args.who), args.code))
    _warn_of_badge(config, args.code)
    return OK


def _remove(args: argparse.Namespace) -> int:
    from kiosk.staff import changes

    _change(config_of(args), lambda x: changes.remove(x, changes.found(x, args.who)))
    return OK


def _change(config: Config, change: Callable[[Staff], Staff]) -> Staff:
    """Change the file, as the user to whom the data folder belongs."""
    from kiosk.staff import file

    def changed() -> Staff:
        if not config.data.is_dir():
            raise CommandError(f"there is no folder {config.data}: start the kiosk once")
        become_the_owner(config.data)
        with file.changing(config.data):
            staff = change(file.read(config.data) or file.Staff())
            file.write(config.data, staff)
        return staff

    return _trying(changed)


def _trying(work: Callable[[], T]) -> T:
    from kiosk.staff.file import StaffError

    try:
        return work()
    except StaffError as error:
        raise CommandError(str(error)) from error


def _asked_pin() -> str:
    """Ask for a PIN twice without showing it; of a script, take its first line."""
    from getpass import getpass

    from kiosk.staff import pins

    if not sys.stdin.isatty():
        pin = sys.stdin.readline().strip()
    else:
        pin = getpass("PIN: ").strip()
        if not pins.problem(pin) and getpass("The same again: ").strip() != pin:
            raise CommandError("the two are not the same. Nothing was changed")
    problem = pins.problem(pin)
    if problem:
        raise CommandError(f"{problem}. Nothing was changed")
    return pin


def _warn_of_badge(config: Config, badge: str) -> None:
    """Say where a badge reads as something else too."""
    from kiosk.desk.checks import barcodes

    if badge and barcodes.read(badge, config.desk.barcodes).kind in ("card", "item"):
        print(
            "This badge reads as a card or item of your library. Where it is asked who is on\n"
            "duty, and while the desk is locked, it is the badge; otherwise it is the card or item."
        )
