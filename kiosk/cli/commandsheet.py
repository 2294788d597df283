"""`kiosk command-sheet`: every command as a barcode, to be printed and laminated."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kiosk.cli.common import (
    OK,
    STREAM,
    CommandError,
    add,
    config_of,
    configured,
    file_or_stream,
    save_whole,
)

if TYPE_CHECKING:
    import argparse

    from kiosk.cli.common import Commands
    from kiosk.config import Config


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "a barcode for every command, to work a shift with the scanner alone"
    sheet = configured(add(commands, "command-sheet", _command_sheet, text))
    sheet.add_argument(
        "file", metavar="FILE.pdf", type=file_or_stream, help="a new file; - prints it"
    )
    sheet.add_argument("--paper", choices=("a4", "letter"), default="a4", help="(default: a4)")
    sheet.add_argument("--replace", action="store_true", help="even if there is such a file")


def _command_sheet(args: argparse.Namespace) -> int:
    if args.file is None and sys.stdout.isatty():
        raise CommandError(
            f"a PDF makes no sense on a terminal. Name a file, or send {STREAM} elsewhere"
        )
    pdf = _drawn(config_of(args), args.paper)
    if args.file is None:
        sys.stdout.buffer.write(pdf)
    else:
        save_whole(pdf, args.file, replace=args.replace)
    return OK


def _drawn(config: Config, paper: str) -> bytes:
    from kiosk import commandsheet
    from kiosk.desk.commandlist import groups
    from kiosk.words import Words

    words = Words(config.language)
    support = config.support.line
    heading = commandsheet.Heading(
        library=config.library.name, support=words(support) if support is not None else ""
    )
    usable = groups(config.desk, config.ils.carries, config.ils.system)
    return commandsheet.draw(usable, heading, words, commandsheet.PAPERS[paper])
