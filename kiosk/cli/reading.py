"""`kiosk transactions` and `kiosk status`: they read, and change nothing."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.cli.common import OK, CommandError, add, config_of, configured
from kiosk.cli.console import console_on

if TYPE_CHECKING:
    import argparse

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.space import Room


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    listing = add(commands, "transactions", _transactions, "list what was recorded")
    configured(listing, folder_suffices=True)
    listing.add_argument("--json", action="store_true", help="whole records, one JSON line each")
    listing.add_argument(
        "--state",
        choices=["queued", "sending", "voided", "applied", "noticed", "refused", "unknown"],
        help="only those that have come to this",
    )
    status = add(commands, "status", _status, "tell how the desk stands")
    configured(status, folder_suffices=True)
    status.add_argument("--json", action="store_true", help="as one JSON object")


def _read_only(config: Config) -> Daybook:
    from kiosk.daybook.daybook import Daybook

    try:
        return Daybook(config.data, read_only=True)
    except OSError as error:
        message = f"no daybook to read in {config.data}: {error.strerror}"
        raise CommandError(message) from error


def _transactions(args: argparse.Namespace) -> int:
    import msgspec

    from kiosk.console import one_line
    from kiosk.daybook.facts import document
    from kiosk.desk.words import ending

    daybook = _read_only(config_of(args))
    for transaction, state, outcome in daybook.history():
        if args.state and state != args.state:
            continue
        record = document(transaction)
        if args.json:
            answer = msgspec.to_builtins(outcome) if outcome is not None else None
            print(json.dumps({**record, "state": state, "outcome": answer}))
            continue
        card = ending(record.get("patron", ""))
        day = str(record.get("due") or record.get("returned") or "")[:10]
        at = transaction.at.strftime("%Y-%m-%d %H:%M:%S")
        words = " · ".join(x for x in (outcome.title, outcome.words) if x) if outcome else ""
        words = one_line(words)
        row = f"{at}  {state:<8}  {transaction.kind:<8}  {transaction.item:<14}"
        print(f"{row}  {'card ' + card if card else '':<9}  {day:<10}  {words}".rstrip())
    return OK


def _status(args: argparse.Namespace) -> int:
    from kiosk.daybook import space
    from kiosk.words import Words

    config = config_of(args)
    daybook = _read_only(config)
    indexes = daybook.indexes
    facts = {
        "version": __version__,
        "library": config.library.name,
        "data": str(config.data),
        "transactions": len(daybook.table("transactions")),
        "waiting": len(indexes.pending),
        "to_fix": len(indexes.exceptions),
        **_engine_facts(config),
    }
    room = _room(config, daybook)
    if args.json:
        print(json.dumps({**facts, "space": asdict(room) if room else None}))
        return OK
    if room:
        words = Words(config.language)
        facts["space"] = f"{words(space.headline(room))}. {words(space.lasting(room))}"
    for key, value in facts.items():
        print(f"{key.replace('_', ' '):<13} {value}")
    return OK


def _room(config: Config, daybook: Daybook) -> Room | None:
    """Judge how much more the disk takes; None where the system does not tell."""
    from kiosk.daybook import space

    disk = space.look(config.data)
    if disk is None:
        return None
    busiest = daybook.indexes.busiest_day()
    return space.room(disk, reserved=daybook.journal.reserved, busiest=busiest)


def _engine_facts(config: Config) -> dict[str, object]:
    """Ask the engine, if it runs, how the library's connection is."""
    console, link = console_on(config, io.StringIO(), happenings=False)
    link.start()
    library = console.standing(2.0) if link.up.wait(0.5) else None
    link.stop()
    if library is None:
        return {"engine": "not running"}
    return {"engine": "running", "connection": library.state}
