"""`kiosk runs`: how backlogs were delivered, and the report of the last time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.cli.common import OK, CommandError, add, config_of, configured, file_or_stream
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.afterwards.runs import Run

RUNS = """\
List the runs, the newest first: each is one delivery of a backlog, after an outage, a start, at its
time of the day, or when staff said so. --last gives the whole report of the newest one: what became
of it, what is left to a person, and, after an outage, who must be told, with a text for it.
"""
COLUMNS = 80
"""How wide a report is as text."""


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    runs = add(commands, "runs", _runs, "how backlogs were sent, and who must be told")
    configured(runs, folder_suffices=True)
    runs.description = RUNS
    what = runs.add_mutually_exclusive_group()
    what.add_argument("--last", action="store_true", help="the report of the newest one")
    what.add_argument("--json", action="store_true", help="whole records, one JSON line each")
    runs.add_argument("--to", metavar="FILE", type=file_or_stream, help="a new file; - prints it")


def _runs(args: argparse.Namespace) -> int:
    from kiosk.daybook import backlogs

    config = config_of(args)
    with read_only(config) as daybook:
        runs = [*_under_way(daybook), *backlogs.runs(daybook)]
        if args.json:
            text = "".join(map(_record, runs))
        elif args.last:
            text = _report(config, daybook, runs[0] if runs else None)
        else:
            text = "".join(map(_row, runs))
    if args.to is None:
        print(text, end="")
    else:
        _write(args.to, text)
    return OK


def _under_way(daybook: Daybook) -> list[Run]:
    """Give the run whose end is not on the disk, with what came of it so far."""
    from kiosk.daybook import backlogs
    from kiosk.delivery.runs import counted

    run, outcomes = backlogs.unfinished_run(daybook)
    if run is None:
        return []
    outages = tuple(x for x in daybook.indexes.runs.outages if x.ended >= run.since)
    return [replace(counted(run, outcomes), outages=outages)]


def _row(run: Run) -> str:
    """Give a run in one line."""
    ended = f"{run.ended:%H:%M}" if run.ended is not None else "now"
    row = f"{run.began:%Y-%m-%d %H:%M} to {ended:<5}  {run.why:<6}  {run.sent:>6} sent"
    counts = (
        (run.loaded, "not yet processed" if run.rests_as == "waiting" else "handed over in files"),
        (run.needing, "for a person"),
        (run.left, "left"),
        (len(run.outages), "outage" if len(run.outages) == 1 else "outages"),
    )
    return row + "".join(f", {count} {what}" for count, what in counts if count) + "\n"


def _record(run: Run) -> str:
    """Give a whole run, as JSON."""
    import msgspec

    return json.dumps(msgspec.to_builtins(run)) + "\n"


def _report(config: Config, daybook: Daybook, run: Run | None) -> str:
    from datetime import datetime

    from kiosk.delivery.report import filled
    from kiosk.desk.afterwards.reports import Report
    from kiosk.receipts.report import as_text
    from kiosk.words import Words

    last = daybook.indexes.last
    newest = daybook.transaction(last) if last else None  # a daybook may be read anywhere
    has_answers = bool(daybook.indexes.answers)  # where no kiosk.toml says that it delivers
    blank = Report(
        at=datetime.now(config.zone),
        terminal=newest.terminal if newest is not None else config.library.terminal,
        library=newest.library if newest is not None else config.library.name,
        system=config.ils.system if config.ils.offline != "none" or has_answers else "",
        tell=tuple(contact.who for contact in config.delivery.tell),
        support=config.support.who,
    )
    report = filled(blank, daybook, run, most=len(daybook.indexes.exceptions))
    return as_text(report, COLUMNS, Words(config.language))


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise CommandError(f"{file} is there already: name a new file") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
