"""`kiosk exceptions`: what needs a person, and error reports from elsewhere."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING

from kiosk.cli.common import (
    EXCEPTIONS,
    OK,
    CommandError,
    add,
    become_the_owner,
    config_of,
    configured,
    file_or_stream,
)
from kiosk.cli.console import ENGINE_STARTS, SILENT, console_on
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.settling.lines import Met
    from kiosk.view.messages import Failure
    from kiosk.words import Words

IMPORT = """\
Take an error report that somebody else has sent, for transactions of this desk that were loaded
elsewhere: text, CSV, Symphony's records, or Evergreen's exceptions as JSON. Each line meets its
transaction, which then needs a person. What met nothing, or may be about several, is printed: the
desk takes that line by line (`report`). The same report twice is harmless. May be used while the
kiosk runs. Exit code 4: some lines met nothing.
"""
COLUMNS = (
    "reference", "group", "at", "kind", "item", "title", "card_ending", "due", "library_due",
    "said", "code", "means", "advice",
)  # fmt: skip
CHUNK = 200
"""Lines that are handed to the engine at once."""
PATIENCE = 30.0


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    text = "list what needs a person; import an error report"
    family = commands.add_parser("exceptions", help=text, description=text)
    family.set_defaults(run=_list)
    configured(family, folder_suffices=True)
    family.add_argument(
        "--to", metavar="FILE", type=file_or_stream, default=False, help="as CSV; - prints it"
    )
    members = family.add_subparsers(title="commands", metavar="COMMAND", required=False)
    taken = add(members, "import", _import, "take an error report from elsewhere")
    taken.description = IMPORT
    taken.add_argument("file", metavar="FILE", type=file_or_stream, help="- reads it")
    configured(taken, folder_suffices=True, within=True)


# -- the list --------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    with read_only(config) as daybook:
        rows = list(_rows(daybook, config, words))
    if args.to is False:
        for row in rows:
            print(_in_words(row))
    else:
        _save(rows, args.to)
    return OK


def _rows(daybook: Daybook, config: Config, words: Words) -> Iterator[dict[str, str]]:
    """Give what needs a person, in the order of the desk's list."""
    from kiosk.desk.settling import doubt
    from kiosk.desk.settling.fixlist import reference
    from kiosk.desk.words import ending, say

    for entry in daybook.to_fix():
        found = daybook.exception(entry)
        if found is None:
            continue
        transaction, outcome = found.transaction, found.outcome
        advised = doubt.advised(config.ils.system, daybook, found)
        yield {
            "reference": reference(transaction.id),
            "group": words(say(f"exceptions.is_{found.group}")),
            "at": f"{transaction.at:%Y-%m-%d %H:%M:%S}",
            "kind": transaction.kind,
            "item": transaction.item,
            "title": found.title,
            "card_ending": ending(getattr(transaction, "patron", "")),
            "due": _day(getattr(transaction, "due", None)),
            "library_due": _day(outcome.due),
            "said": outcome.words,
            "code": outcome.code,
            "means": words(advised.means),
            "advice": words(advised.says),
        }


def _day(due: datetime | None) -> str:
    return "" if due is None else f"{due:%Y-%m-%d}"


def _in_words(row: dict[str, str]) -> str:
    from kiosk.console import one_line

    whose = f"card {row['card_ending']}" if row["card_ending"] else ""
    said = f"“{row['said']}”" if row["said"] else ""
    due = f"due {row['library_due']} in the library" if row["library_due"] else ""
    what = row["title"] or row["item"]
    parts = (what, whose, due, said, row["means"], row["advice"])
    told = " · ".join(part for part in parts if part)
    head = f"{row['reference']:<6}  {row['group']:<14}  {row['at']}  {row['kind']:<15}"
    return one_line(f"{head}  {told}")


def _save(rows: list[dict[str, str]], file: Path | None) -> None:
    """Write the list as CSV, for a spreadsheet: a text that would be a formula is none there."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows({k: _no_formula(v) for k, v in row.items()} for row in rows)
    if file is None:
        print(text.getvalue(), end="")
        return
    try:
        file.write_text(text.getvalue(), "utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    print(f"{len(rows)} exceptions in {file}")


def _no_formula(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


# -- error reports ---------------------------------------------------------------------------------


def _import(args: argparse.Namespace) -> int:
    from kiosk.words import Words

    config = config_of(args)
    texts = _read(args.file)
    with read_only(config) as daybook:
        met = list(_meet(daybook, config, texts))
        found = [_reported(daybook, each) for each in met]
        words = Words(config.language)
        told = [_told(daybook, words, number, each) for number, each in enumerate(met, 1)]
    failures = [each for each in found if each is not None]
    if failures:
        _record(config, failures)
    for line in told:
        print(line)
    left = sum(len(each.fits) != 1 and not each.line.is_heading for each in met)
    print(f"{len(failures)} lines met their transactions, {left} did not")
    return EXCEPTIONS if left else OK


def _read(file: Path | None) -> list[str]:
    """Read a report: its lines; of a JSON array, its elements."""
    try:
        data = sys.stdin.buffer.read() if file is None else file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if text.lstrip().startswith("["):
        try:
            return [json.dumps(each) for each in json.loads(text)]
        except (ValueError, TypeError):
            pass
    return [line for line in text.splitlines() if line.strip()]


def _meet(daybook: Daybook, config: Config, texts: list[str]) -> Iterator[Met]:
    from kiosk.desk.settling import lines

    heading = ""
    for text in texts:
        line = lines.read(text, config.zone, config.desk.barcodes, heading)
        met = lines.meet(daybook, line, config.zone)
        if line.is_heading and not met.fits:
            heading = line.words
        yield met


def _reported(daybook: Daybook, met: Met) -> Failure | None:
    """Give what a line says of the one transaction that it means; None where it means no one."""
    from kiosk.view.messages import Failure

    past = daybook.past(met.fits[0]) if len(met.fits) == 1 else None
    if past is None:
        return None
    return Failure(
        transaction=past.transaction.id,
        number=int(past.entry),
        code=met.line.code,
        words=met.line.words,
    )


def _told(daybook: Daybook, words: Words, number: int, met: Met) -> str:
    """Say what became of a line."""
    from kiosk.console import one_line
    from kiosk.desk.settling.worklist import what
    from kiosk.desk.words import say

    text = met.line.words
    if len(met.fits) > 1:
        return one_line(f"line {number} may be about {len(met.fits)}, choose at the desk: {text}")
    past = daybook.past(met.fits[0]) if met.fits else None
    if past is not None:
        told = what(past.transaction, past.title)
        at = past.transaction.at.isoformat()
        told = say("report.candidate", at=at, what=told)
        return one_line(words(say("report.met", line=number, what=told)))
    if met.line.is_heading:
        return one_line(words(say("report.heading", line=number)))
    why = "report.under_way" if met.under_way else "report.unmet"
    return one_line(words(say(why, line=number, words=text)))


def _record(config: Config, failures: list[Failure]) -> None:
    """Put on the disk what failed: by the engine, where one runs."""
    from kiosk.daybook.journal import JournalBusyError

    become_the_owner(config.data)
    try:
        _record_here(config, failures)
    except JournalBusyError:
        _hand_to_engine(config, failures)


def _record_here(config: Config, failures: list[Failure]) -> None:
    from contextlib import closing
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.lock import FolderLock
    from kiosk.reports import facts_of

    with closing(FolderLock(config.data)), Daybook(config.data) as daybook:
        daybook.commit(facts_of(failures, datetime.now(config.zone)))


def _hand_to_engine(config: Config, failures: list[Failure]) -> None:
    """Let the engine record them, and wait until they are on the disk."""
    from kiosk.view.messages import ReportCame

    console, link = console_on(config, io.StringIO(), happenings=False)
    link.start()
    try:
        if not link.up.wait(ENGINE_STARTS):
            raise CommandError(SILENT)
        for at in range(0, len(failures), CHUNK):
            console.send(ReportCame(failures=tuple(failures[at : at + CHUNK])))
        desk = console.settled(PATIENCE)
    finally:
        link.stop()
    if desk is None or desk.alarm is not None:
        raise CommandError(
            "the report was not taken as a whole: the desk records nothing for now. Try again "
            "later; the same report twice is harmless"
        )
