"""`kiosk daybook`: look at what was recorded, copy it, and put a copy into a new place."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from kiosk.cli import findings
from kiosk.cli.common import (
    FAILED,
    OK,
    CommandError,
    add,
    add_family,
    become_the_owner,
    config_of,
    configured,
    file_or_stream,
    members_of,
    no_daybook,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Literal, TextIO

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.copies import Copy
    from kiosk.daybook.inspection import Inspection

CHECK = """\
Look at every file of the daybook: what is in it, what is wrong with it, what can be read in all,
and what to do next. Changes nothing, and may be used while the kiosk runs.
Exit code 0: all is well. 1: something is damaged.
"""
EXPORT = """\
Copy the whole daybook into a new FILE, for a backup or another device: JSON lines, one document
each, as it was at one moment. May be used while the kiosk runs. `kiosk daybook restore` reads it.
For a listing with what became of each transaction use `kiosk transactions --json`.
"""
SALVAGE = """\
Copy all that can still be read of a damaged daybook into a new FILE, with where it was found and
what is missing. The daybook itself is not touched. Stop the kiosk first. With - the copy is
printed, and what to do next goes to standard error.
"""
RESTORE = """\
Make a daybook from a FILE of `export` or `salvage`, in a data folder that has none. FILE is checked
as a whole before anything is written. What waited when it was made may have been sent since, so the
library is asked first.
"""


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    text = "check the daybook, back it up, restore it"
    family = add_family(commands, "daybook", text)
    members = members_of(family)
    check = add(members, "check", _check, "look for damage, file by file")
    check.add_argument("--json", action="store_true", help="as one JSON object, for monitoring")
    export = add(members, "export", _export, "copy all of it into a file, as a backup")
    export.add_argument(
        "--to", metavar="FILE", type=file_or_stream, required=True, help="a new file; - prints it"
    )
    salvage = add(members, "salvage", _salvage, "save what can still be read of a damaged one")
    salvage.add_argument(
        "--to", metavar="FILE", type=file_or_stream, required=True, help="a new file; - prints it"
    )
    restore = add(members, "restore", _restore, "make a new daybook from either file")
    restore.add_argument(
        "--from",
        metavar="FILE",
        dest="file",
        type=file_or_stream,
        required=True,
        help="what to restore; - reads it",
    )
    for command, description in (
        (check, CHECK),
        (export, EXPORT),
        (salvage, SALVAGE),
        (restore, RESTORE),
    ):
        command.description = description
        configured(command, folder_suffices=True)


# -- the commands ----------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> int:
    inspection = _inspected(config_of(args))
    if args.json:
        print(json.dumps(findings.facts(inspection)))
    else:
        _print(findings.checked(inspection, args))
    return FAILED if inspection.damaged else OK


def _export(args: argparse.Namespace) -> int:
    config = config_of(args)
    _refuse_the_journal(args.to, config)
    inspection = _inspected(config)
    if inspection.damaged:
        raise CommandError(
            f"the daybook in {config.data} is damaged, and a backup should be whole. "
            f"See `{findings.command_for('check', args)}`"
        )
    copy = _copy(inspection, "export", config)
    _save(copy, args.to)
    if args.to is not None:
        print(findings.amount(inspection, copy, args.to))
    return OK


def _salvage(args: argparse.Namespace) -> int:
    from kiosk.daybook.inspection import place_of
    from kiosk.daybook.journal import JournalBusyError
    from kiosk.daybook.journal.checking import undisturbed

    config = config_of(args)
    _refuse_the_journal(args.to, config)
    try:
        with undisturbed(place_of(config.data)):
            inspection = _inspected(config)
            copy = _copy(inspection, "salvage", config)
            _save(copy, args.to)
    except JournalBusyError as error:
        raise CommandError(
            "the kiosk is running, and what it records from now on would be missing. Stop it "
            "first; for a backup of a running kiosk use `kiosk daybook export`"
        ) from error
    _print(findings.saved(inspection, copy, args), sys.stdout if args.to else sys.stderr)
    return OK


def _restore(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from kiosk.daybook import copies, salvage

    config = config_of(args)
    name = args.file or "standard input"
    try:
        with args.file.open("rb") if args.file else nullcontext(sys.stdin.buffer) as file:
            copy = copies.read(file)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error
    except copies.CopyError as error:
        raise CommandError(f"{name} was not restored: {error}. Nothing was changed") from error
    become_the_owner(config.data)
    try:
        salvage.restore(salvage.ask_first(copy, datetime.now(UTC)), config.data)
    except copies.CopyError as error:
        raise CommandError(f"{error}. Move it away, or name another folder with --data") from error
    except OSError as error:
        raise CommandError(f"{config.data} cannot be written: {error.strerror}") from error
    _print(findings.restored(copy, _inspected(config), args))
    return OK


# -- what they have in common ----------------------------------------------------------------------


def _inspected(config: Config) -> Inspection:
    from kiosk.daybook.inspection import inspect

    try:
        inspection = inspect(config.data)
    except OSError as error:
        raise CommandError(no_daybook(config, error)) from error
    if not inspection.report.files:
        raise CommandError(no_daybook(config))
    return inspection


def _copy(inspection: Inspection, kind: Literal["export", "salvage"], config: Config) -> Copy:
    from datetime import UTC, datetime

    from kiosk.daybook.salvage import copy_of

    terminal = config.library.terminal
    return copy_of(inspection, kind, terminal=terminal, now=datetime.now(UTC))


def _save(copy: Copy, file: Path | None) -> None:
    """Write a copy into a new file, or print it."""
    from kiosk.daybook import copies

    try:
        if file is None:
            copies.write(copy, sys.stdout.buffer)
        else:
            copies.save(copy, file)
    except BrokenPipeError:
        print("kiosk: the copy is not whole: who reads it has stopped reading", file=sys.stderr)
        raise
    except copies.CopyError as error:
        raise CommandError(str(error)) from error


def _refuse_the_journal(file: Path | None, config: Config) -> None:
    from kiosk.daybook.daybook import JOURNAL

    folder = (config.data / JOURNAL).resolve()
    if file is not None and folder in (file.resolve(), *file.resolve().parents):
        raise CommandError(f"{file} is among the daybook's own files. Name one elsewhere")


def _print(lines: Iterable[str], out: TextIO | None = None) -> None:
    for line in lines:
        print(line, file=out)
