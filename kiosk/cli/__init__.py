"""The `kiosk` command: its parser, its end, and what it says when it cannot go on.

Each module here holds one family of commands and puts them into the parser. It is loaded when one
of them is asked for, all of them when somebody asks what there is.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.cli.common import CLOSED, ENDED, FAILED, OK, STANDARD_OUTPUT, CommandError, CommandsHelp

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

EPILOG = """\
examples:
  kiosk run --demo                    a kiosk at a demo library, on this machine
  kiosk run --config kiosk.toml       the kiosk of your library
  printf '21234000094417\\n31234000579316\\n:done\\n' | kiosk console
                                      one visit: a card, an item, done
  kiosk transactions --open           what waits for the library or for a person
  kiosk preview                       what will probably go wrong with it
  kiosk exceptions --to FILE.csv      what needs a person, and what to do
  kiosk files                         files handed over, and not loaded yet
  kiosk runs --last                   how the last backlog went, whom to tell
  kiosk status --json                 the desk's state, for a monitoring system
  kiosk ready                         is the desk ready for an outage?
  kiosk ils test                      is the library system set up right?
  kiosk practice                      two minutes of outage that do not count
  kiosk command-sheet FILE.pdf        barcodes for all commands, to laminate
  kiosk daybook export --to FILE      a backup, even while the kiosk runs

exit codes:
  0    done. For console: all is recorded, and the library has answered for all
       of it. Commands that only show something (status, transactions,
       exceptions, preview, runs) end with 0 whatever they show, even during an
       alarm: a script reads their --json
  1    it could not start, or failed: the message says why and what to do;
       console: a line was not taken, and not entered again since, or something
       may not have been recorded, or nothing is for now (the alarm);
       ready, ils test: something has to be fixed;
       daybook check: something is damaged
  2    the command line is wrong
  3    console: something is still queued or unknown, waiting at the library
       system to be processed, or in a file that nobody has marked as loaded
  4    console: all is delivered, but there are exceptions that need a person;
       exceptions import: some lines matched nothing, or have to be decided at
       the desk
  5    blocklist check: nothing may be lent on this card
  130  ended by Ctrl-C, or told to end; run and engine end with 0
  141  whatever read its output stopped reading before the end
"""

FAMILIES = {
    "run": ("run",),
    "parts": ("engine", "screen"),
    "console": ("console",),
    "demo": ("demo-library",),
    "exceptions": ("exceptions",),
    "files": ("files",),
    "reading": ("transactions", "status"),
    "preview": ("preview",),
    "runs": ("runs",),
    "readiness": ("ready", "practice"),
    "ils": ("ils",),
    "blocklist": ("blocklist",),
    "staff": ("staff",),
    "daybook": ("daybook",),
    "commandsheet": ("command-sheet",),
}
"""Every module, and the commands in it."""

NO_RIGHT = "Name another place, or run this as a user who may use it (`sudo`)"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says of a file that takes no more."""
WIDEST = 19
"""Where in `--help` stands what a command does: beside the longest."""
LAST_STREAM = 2
"""The descriptor of standard error."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit code."""
    nowhere = _fill_streams()
    try:
        args = _parsed(arguments)
        code = int(args.run(args))
        sys.stdout.flush()
        if code == OK and nowhere is not None:
            nowhere.complain()
    except KeyboardInterrupt:
        return ENDED
    except SystemExit:  # --help: it is quick, and loads nothing to ask what else it may be
        raise
    except _errors() as error:
        print(f"kiosk: {error}{_advice(error)}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # `head` has enough
        _give_up_output()
        return CLOSED
    except PermissionError as error:
        if error.filename is None:
            raise
        print(f"kiosk: {error.filename}: {error.strerror}. {NO_RIGHT}", file=sys.stderr)
        return FAILED
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:
            raise
        _give_up_output()
        print(f"kiosk: its output cannot be written: {error.strerror}", file=sys.stderr)
        return FAILED
    return code


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _parser(words[0] if words else "").parse_args(words)
    finally:
        sys.stdout.flush()  # --help ends the program here


def _give_up_output() -> None:
    """Let what cannot be written go nowhere, or Python complains of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fill_streams() -> _Nowhere | None:
    """Put nothing in the place of standard streams that were closed; give it, if that is output.

    Else the next file that is opened gets the number of one, and what is printed lands in it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= LAST_STREAM:
        pass
    os.close(descriptor)
    sys.stderr = sys.stderr or os.fdopen(LAST_STREAM, "w")
    if sys.stdout is not None:
        return None
    nowhere = _Nowhere()
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(nowhere), "utf-8")
    return nowhere


class _Nowhere(io.RawIOBase):
    """Stands for a standard output that was closed: a list that nobody can read is no success."""

    def __init__(self) -> None:
        self._lost = False

    def writable(self) -> bool:
        """Take whatever comes."""
        return True

    def fileno(self) -> int:
        """Give what lies in its place, for what writes past it."""
        return STANDARD_OUTPUT

    def write(self, data: ReadableBuffer) -> int:
        """Drop it."""
        self._lost = True
        return memoryview(data).nbytes

    def complain(self) -> None:
        """Raise CommandError where something was dropped."""
        if self._lost:
            raise CommandError("its output went nowhere: standard output is closed")


def _errors() -> tuple[type[Exception], ...]:
    """Name the errors whose message is fit to show."""
    from kiosk.config import ConfigError
    from kiosk.daybook.journal import JournalError
    from kiosk.engine import EngineError

    return (ConfigError, JournalError, EngineError, CommandError)


def _advice(error: Exception) -> str:
    """Say what to do where the journal, which knows of no commands, could not."""
    from kiosk.daybook.journal import JournalBusyError, JournalDamagedError

    if isinstance(error, JournalBusyError):
        return (
            ". End that one first: with Ctrl-C where it was started, or `systemctl stop "
            "kiosk-engine kiosk-screen`"
        )
    if not isinstance(error, JournalDamagedError):
        return ""
    return ". `kiosk daybook check` shows what can still be read, `kiosk daybook salvage` saves it"


class _Help(CommandsHelp, argparse.RawDescriptionHelpFormatter):
    """What the commands do stands beside them, also beside the longest.

    argparse forgets that they are indented.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=WIDEST)
        self._action_max_length = WIDEST


def _parser(command: str) -> argparse.ArgumentParser:
    """Make the parser of a command; of all of them where it is none."""
    parser = argparse.ArgumentParser(
        prog="kiosk",
        description="Daybook: an offline-first circulation kiosk for libraries.",
        epilog=EPILOG,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"Daybook {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for family, names in FAMILIES.items():
        if command in names or command not in chain(*FAMILIES.values()):
            import_module(f"kiosk.cli.{family}").register(commands)
    return parser
