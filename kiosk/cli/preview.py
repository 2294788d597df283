"""`kiosk preview`: what will probably go wrong with what waits, here and at other desks."""

from __future__ import annotations

import heapq
import json
import sys
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kiosk.cli.common import OK, CommandError, add, config_of, configured, path
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.delivery.preview import Foreseen
    from kiosk.desk.checks.blocklist import Status
    from kiosk.desk.transactions import Transaction
    from kiosk.words import Words


UNREADABLE, DAMAGED = "preview.unreadable", "preview.unreadable_commits"


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    preview = add(
        commands, "preview", _preview, "what will probably go wrong with what is waiting to be sent"
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
    from kiosk.delivery.lookahead import Reader
    from kiosk.delivery.preview import foresee, told
    from kiosk.desk.words import say
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    others = [_waiting_elsewhere(file) for file in args.others]
    with _what_is_left(config) as (daybook, lost):
        reader = Reader(daybook)
        here = list(reader.waiting())
        if others:
            others = list(_not_known(others, reader.all_ids()))
        backlog = list(heapq.merge(here, *others, key=lambda transaction: transaction.at))
        found = list(foresee(backlog, before=reader.before, refused=_refused(config)))
        for each in found:
            title = reader.title(each.transaction.item)
            print(_record(each, title, words) if args.json else words(told(each, title)))
    for count, key in ((reader.missing, UNREADABLE), (lost, DAMAGED)):
        if count:
            print(words(say(key, count=count)), file=sys.stderr)
    if args.json:
        return OK
    desks = Counter(transaction.terminal for transaction in backlog)
    where = "1 desk" if len(desks) == 1 else f"{len(desks)} desks"
    print(f"{len(backlog)} waiting at {where}, {len(found)} to expect trouble with")
    return OK


@contextmanager
def _what_is_left(config: Config) -> Iterator[tuple[Daybook, int]]:
    """Open the daybook; of a damaged one, a copy of what can be read. Tell how much is missing."""
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.inspection import inspect
    from kiosk.daybook.journal import JournalDamagedError
    from kiosk.daybook.salvage import copy_of, restore

    with ExitStack() as opened:
        lost = 0
        try:
            daybook = read_only(config)
        except JournalDamagedError:
            inspection = inspect(config.data)
            copy = copy_of(inspection, "salvage", terminal="", now=datetime.now(config.zone))
            folder = Path(opened.enter_context(TemporaryDirectory()), "daybook")
            restore(copy, folder)
            daybook = Daybook(folder, read_only=True)
            lost = sum(last - first + 1 for first, last in inspection.report.missing)
        yield opened.enter_context(daybook), lost


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
