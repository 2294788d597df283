"""`kiosk blocklist`: bring a list by hand, see how it is, and look a card up."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from kiosk.cli.common import (
    OK,
    CommandError,
    add,
    add_family,
    become_the_owner,
    config_of,
    configured,
    members_of,
    path,
)

if TYPE_CHECKING:
    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.blocklist.errors import BlockListError
    from kiosk.daybook.blocklist.file import Header
    from kiosk.daybook.blocklist.keeper import Keeper
    from kiosk.view.state import BlockList
    from kiosk.words import Words

BLOCKED = 5
"""The exit code of `check` for a card that is refused."""


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    from kiosk.daybook.blocklist.settings import ListFormat
    from kiosk.desk.checks.blocklist import STATUSES

    text = "the list of cards not to lend on: import it, show its state, look up a card"
    family = add_family(commands, "blocklist", text)
    actions = members_of(family)

    bring = add(actions, "import", _import, "import a list from a file, replacing the old one")
    configured(bring, folder_suffices=True)
    bring.add_argument("file", metavar="FILE", type=path, help="the list")
    bring.add_argument("--format", choices=get_args(ListFormat), help="(default: kiosk.toml's)")
    bring.add_argument(
        "--encoding", metavar="NAME", help="utf-8, latin-1 … (default: kiosk.toml's)"
    )
    bring.add_argument(
        "--status",
        metavar="STATUS",
        choices=STATUSES,
        help=f"of cards whose status the file does not say: {', '.join(STATUSES)}",
    )
    bring.add_argument(
        "--date",
        metavar="YYYY-MM-DD",
        type=_day,
        help="the day on which it was made (default: as kiosk.toml says)",
    )
    bring.add_argument(
        "--any-length", action="store_true", help="even if it is much shorter than the old one"
    )

    text = "fetch the list now from where kiosk.toml says"
    configured(add(actions, "refresh", _refresh, text))

    status = add(actions, "status", _status, "show the state of the list")
    configured(status, folder_suffices=True)
    status.add_argument("--json", action="store_true", help="as one JSON object")

    text = f"look a card up; the exit code is {BLOCKED} where nothing may be lent on it"
    check = configured(add(actions, "check", _check, text), folder_suffices=True)
    check.add_argument("card", metavar="CARD")


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 # the library's zone comes later
    except ValueError as error:
        raise argparse.ArgumentTypeError("give a date such as 2026-11-21") from error


def _import(args: argparse.Namespace) -> int:
    from kiosk.daybook.blocklist.errors import BlockListError
    from kiosk.daybook.blocklist.refresh import import_file

    config = config_of(args)
    settings = replace(
        config.blocklist,
        format=args.format or config.blocklist.format,
        encoding=args.encoding or config.blocklist.encoding,
        default_status=args.status or config.blocklist.default_status,
        smallest_share=0.0 if args.any_length else config.blocklist.smallest_share,
    )
    made = args.date.replace(tzinfo=config.zone) if args.date else None
    become_the_owner(config.data)
    try:
        "".encode(settings.encoding)
        header = import_file(
            args.file, settings, config.data, config.zone, datetime.now(config.zone), made=made
        )
    except LookupError as error:
        raise CommandError(f"--encoding {settings.encoding} is not known") from error
    except BlockListError as error:
        raise _refusal(config, error) from error
    _tell_new(header)
    return OK


def _refresh(args: argparse.Namespace) -> int:
    import asyncio

    from kiosk.daybook.blocklist.errors import BlockListError
    from kiosk.daybook.blocklist.refresh import is_damaged, refresh
    from kiosk.engine.listlogin import list_login

    config = config_of(args)
    if not config.blocklist.has_source:
        raise CommandError(
            "kiosk.toml names no place for block lists: set url or folder under [blocklist]"
        )
    os.nice(10)
    become_the_owner(config.data)
    log_in = list_login(config)
    try:
        login = asyncio.run(log_in()) if log_in is not None else ""
        header = refresh(
            config.blocklist,
            config.data,
            config.zone,
            datetime.now(config.zone),
            damaged=is_damaged(config.data),
            login=login,
        )
    except BlockListError as error:
        raise _refusal(config, error) from error
    if header is None:
        print("there is no newer list than the one in use")
    else:
        _tell_new(header)
    return OK


def _refusal(config: Config, error: BlockListError) -> CommandError:
    """Say why a list was not taken, and that nothing has changed."""
    words = _words(config)
    return CommandError(f"{words(error.phrase)} The old list was not touched.")


def _words(config: Config) -> Words:
    from kiosk.words import Words

    words = Words(config.language)
    words.year = datetime.now(config.zone).year
    return words


def _tell_new(header: Header) -> None:
    day = header.made.date().isoformat()
    print(f"block list of {day}, cards: {header.cards}")
    if header.unreadable:
        print(f"lines left out because they cannot be read: {header.unreadable}")


def standing(config: Config) -> BlockList:
    """Tell how the list on the disk is."""
    from kiosk import memory

    today = datetime.now(config.zone).date()
    return memory.block_list(_keeper(config), config.blocklist, today)


def _keeper(config: Config) -> Keeper:
    """Open the list on the disk, as an engine does."""
    from kiosk.daybook.blocklist.keeper import Keeper

    zone = config.zone
    return Keeper(config.blocklist, config.data, zone, lambda: datetime.now(zone), lambda: None)


def _status(args: argparse.Namespace) -> int:
    config = config_of(args)
    found = standing(config)
    if args.json:
        facts = {"state": found.state, "made": found.made, "days": found.days, "cards": found.cards}
        print(json.dumps(facts))
    else:
        words = _words(config)
        print(f"{words(found.headline)}. {words(found.story)}")
    return OK


def _check(args: argparse.Namespace) -> int:
    from kiosk import memory
    from kiosk.desk.checks.blocklist import freshness, judge

    config = config_of(args)
    keeper = _keeper(config)
    rules = memory.rules(config.blocklist)
    if keeper.header is None:
        raise CommandError("there is no block list that can be used: see `kiosk blocklist status`")
    listed = keeper.listed(args.card.strip())
    if listed is None:
        print(f"not on the block list of {keeper.header.made.date()}")
        return OK
    today = datetime.now(config.zone).date()
    block = judge(listed, today, rules) if rules is not None else None
    statuses = ", ".join(listed.statuses)
    if block is not None:
        comes = "refused" if block.refuses else "a warning"
    elif rules is not None and freshness(listed.made, today, rules) == "too_old":
        comes = "lent all the same: the list is too old"
    else:
        comes = "lent all the same: kiosk.toml says so"
    print(f"{statuses}, says the block list of {listed.made}; while the library is away: {comes}")
    return BLOCKED if block is not None and block.refuses else OK
