"""`kiosk preview`: what will probably go wrong with what waits, here and at other desks."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from typing import TYPE_CHECKING

from kiosk.cli.common import OK, CommandError, add, config_of, configured, path
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.delivery.preview import Foreseen
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction
    from kiosk.words import Words


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    preview = add(
        commands, "preview", _preview, "what will probably go wrong with what waits to be sent"
    )
    configured(preview, folder_suffices=True)
    preview.add_argument("--json", action="store_true", help="one JSON line for each")
    preview.add_argument(
        "--with",
        dest="others",
        metavar="FILE",
        action="append",
        default=[],
        type=path,
        help="what waits at another desk too: the output of `kiosk transactions --json` there",
    )


def _preview(args: argparse.Namespace) -> int:
    from kiosk.delivery.order import in_order
    from kiosk.delivery.preview import foresee, told
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    others = [_waiting_elsewhere(file) for file in args.others]
    with read_only(config) as daybook:
        pending = in_order(daybook.indexes.pending.values())
        here = [daybook.transaction(each.number) for each in pending]
        if others:
            others = list(_not_known(others, {x.id for x, *_ in daybook.history()}))
        backlog = list(heapq.merge(here, *others, key=lambda transaction: transaction.at))
        found = list(foresee(backlog, before=daybook.delivered_last, refused=_refused(config)))
        for each in found:
            title = daybook.title(each.transaction.item)
            print(_record(each, title, words) if args.json else words(told(each, title)))
    if args.json:
        return OK
    desks = Counter(transaction.terminal for transaction in backlog)
    print(f"{len(backlog)} waiting at {len(desks)} desk(s), {len(found)} to expect trouble with")
    return OK


def _not_known(others: list[list[Transaction]], known: set[str]) -> Iterator[list[Transaction]]:
    """Leave out what is of this desk, whatever became of it since, or in two lists."""
    for backlog in others:
        yield [transaction for transaction in backlog if transaction.id not in known]
        known = known | {transaction.id for transaction in backlog}


def _record(foreseen: Foreseen, title: str, words: Words) -> str:
    """Give what is to be expected for programs, as JSON. Of a card its ending alone."""
    from kiosk.delivery.preview import told

    return json.dumps(
        {
            "expect": foreseen.kind,
            **_what(foreseen.transaction),
            "title": title,
            "before": _what(foreseen.before) if foreseen.before is not None else None,
            "status": foreseen.status,
            "says": words(told(foreseen, title)),
        }
    )


def _what(transaction: Transaction) -> dict[str, str]:
    from kiosk.desk.words import ending

    return {
        "id": transaction.id,
        "kind": transaction.kind,
        "at": transaction.at.isoformat(),
        "terminal": transaction.terminal,
        "item": transaction.item,
        "card_ending": ending(getattr(transaction, "patron", "")),
    }


def _refused(config: Config) -> Callable[[str], Status | None]:
    """Give why the block list on the disk refuses a card."""
    from datetime import datetime

    from kiosk.daybook.blocklist.keeper import Keeper
    from kiosk.delivery.preview import refusing
    from kiosk.memory import rules

    def now() -> datetime:
        return datetime.now(config.zone)

    keeper = Keeper(config.blocklist, config.data, config.zone, now, lambda: None)
    return refusing(keeper.listed, now().date(), rules(config.blocklist))


def _waiting_elsewhere(file: Path) -> list[Transaction]:
    """Read what waits at another desk."""
    import msgspec

    from kiosk.daybook.facts import decode_transaction

    class State(msgspec.Struct):
        state: str = ""

    def read(lines: list[bytes]) -> Iterator[Transaction]:
        for line in lines:
            if msgspec.json.decode(line, type=State).state in ("queued", "sending"):
                yield decode_transaction(line)

    try:
        return list(read(file.read_bytes().splitlines()))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise CommandError(
            f"{file} is not what `kiosk transactions --json` prints: {error}"
        ) from error
