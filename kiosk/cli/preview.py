"""`kiosk preview`: what will probably go wrong with what waits, here and at other desks."""

from __future__ import annotations

import heapq
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
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    preview = add(
        commands, "preview", _preview, "what will probably go wrong with what waits to be sent"
    )
    configured(preview, folder_suffices=True)
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
        backlog = list(heapq.merge(here, *others, key=lambda transaction: transaction.at))
        found = list(foresee(backlog, before=daybook.delivered_last, refused=_refused(config)))
        for each in found:
            print(words(told(each, daybook.title(each.transaction.item))))
    desks = Counter(transaction.terminal for transaction in backlog)
    print(f"{len(backlog)} waiting at {len(desks)} desk(s), {len(found)} to expect trouble with")
    return OK


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
