"""What several commands share: their options, their configuration, their errors and exit codes."""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
from contextlib import suppress
from pathlib import Path
from pwd import getpwuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.config import Config

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - its only name

OK, FAILED, USAGE, QUEUED, EXCEPTIONS = range(5)
ENDED = 130
"""What a shell gives for a command that was ended by Ctrl-C."""
CLOSED = 141
"""What a shell gives for a command that was ended by a closed pipe."""
STANDARD_INPUT, STANDARD_OUTPUT = 0, 1
LAST_PORT = 65535
MORE = "`kiosk --help` has examples and the exit codes."
STREAM = "-"
"""In the place of a file: standard output, or standard input."""
INSTALLED = "/etc/daybook/kiosk.toml"
CONFIG = f"the kiosk's settings (default: what KIOSK_CONFIG names, else {INSTALLED})"


class CommandError(Exception):
    """A command cannot do what was asked. The message is fit to show."""


# -- the command line ------------------------------------------------------------------------------


def add(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    """Add a command, which `run` carries out and whose exit code it gives."""
    command = commands.add_parser(name, help=text, description=sentence(text), epilog=MORE)
    command.set_defaults(run=run)
    return command


def add_family(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    """Add a command that has commands of its own: see `members_of`."""
    return commands.add_parser(name, help=text, description=sentence(text), epilog=MORE)


def sentence(text: str) -> str:
    """Make a sentence of what stands beside a command in a list."""
    return f"{text[0].upper()}{text[1:]}."


class CommandsHelp(argparse.HelpFormatter):
    """Lists commands without the line that argparse puts above them, which says nothing.

    Where none need be given, brackets say so.
    """

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        told = super()._format_args(action, default_metavar)
        optional = action.nargs == argparse.PARSER and not action.required
        return f"[{told}]" if optional else told

    def _format_action(self, action: argparse.Action) -> str:
        told = super()._format_action(action)
        return told.partition("\n")[2] if action.nargs == argparse.PARSER else told


def members_of(family: argparse.ArgumentParser, *, required: bool = True) -> Commands:
    """Let a command have commands of its own."""
    family.formatter_class = CommandsHelp
    return family.add_subparsers(title="commands", metavar="COMMAND", required=required)


def configured(
    command: argparse.ArgumentParser,
    where: Any = None,
    *,
    folder_suffices: bool = False,
    within: bool = False,
) -> argparse.ArgumentParser:
    """Let a command be told its configuration; `where` is the group to which --config belongs.

    `folder_suffices`: it reads a daybook, for which a folder is enough and no kiosk.toml needed.
    `within`: it is part of a command that may have been told already.
    """
    where = where or command
    default = argparse.SUPPRESS if within else None
    where.add_argument("--config", metavar="FILE", type=path, default=default, help=CONFIG)
    command.add_argument(
        "--data",
        metavar="FOLDER",
        type=path,
        default=default,
        help="where the daybook is, whatever that file says",
    )
    command.set_defaults(folder_suffices=folder_suffices)
    return command


def path(text: str) -> Path:
    """Read a path, as an option's type."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return Path(text).expanduser().absolute()


def file_or_stream(text: str) -> Path | None:
    """Read a path, as an option's type; None for standard output or input."""
    return None if text == STREAM else path(text)


def port(text: str) -> int:
    """Read a port, as an option's type."""
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"give a number from 0 (any free port) to {LAST_PORT}")
    return int(text)


def seconds(text: str) -> float:
    """Read a length of time, as an option's type."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError("give 0 or more seconds")
    return value


# -- the configuration -----------------------------------------------------------------------------


def config_of(args: argparse.Namespace) -> Config:
    """Load the configuration that was named, or the installed one."""
    from dataclasses import replace

    from kiosk import config
    from kiosk.config.stored import merged

    file = args.config or Path(os.environ.get("KIOSK_CONFIG", INSTALLED))
    if args.config is None and not file.exists():
        if args.data and args.folder_suffices:
            _may_look_into(args.data)
            return merged(config.Config(data=args.data))
        raise CommandError(
            "no configuration: name one with --config FILE, or try `kiosk run --demo`"
        )
    loaded = config.load(file)
    told = replace(loaded, data=args.data) if args.data else loaded
    _may_look_into(told.data)
    return merged(told)


def _may_look_into(data: Path) -> None:
    """Raise CommandError where others may: else what is there would look as if it were not.

    What has no staff file has no staff, and an engine whose socket is out of reach does not run.
    """
    from kiosk.daybook.lock import LOCK
    from kiosk.staff.file import NAME

    for place in (data, data / LOCK, data / NAME):
        try:
            os.close(os.open(place, os.O_RDONLY | os.O_CLOEXEC))
        except PermissionError as error:
            raise CommandError(
                f"the data folder {data} cannot be read: {error.strerror}. Run this as the user "
                "to whom it belongs, or as root with `sudo`"
            ) from error
        except OSError:  # there is none yet: each command says what that means for it
            pass


def no_daybook(config: Config, error: OSError | None = None) -> str:
    """Say that there is none to read, and what to do."""
    why = (error.strerror if error is not None else None) or "there is none in its folder"
    return (
        f"no daybook to read in {config.data}: {why}. A kiosk that has never run has none yet; "
        "name another folder with --data, or the settings of another kiosk with --config"
    )


def become_the_owner(data: Path) -> None:
    """Let root make files as the user to whom the folder belongs: the kiosk has to write them."""
    if os.geteuid() == 0 and data.exists():
        owner = data.stat()
        # Who has no name here is in no group; and a container may not let root change its own.
        with suppress(KeyError, PermissionError):
            os.initgroups(getpwuid(owner.st_uid).pw_name, owner.st_gid)  # scanners belong to some
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)


def leave_to_the_owner(data: Path) -> None:
    """Raise where root would start a kiosk in somebody else's folder.

    What it made there, the kiosk itself could not open at its next start.
    """
    if os.geteuid() == 0 and data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            name = getpwuid(owner).pw_name
        except KeyError:
            name = f"#{owner}"
        raise CommandError(
            f"the data folder {data} belongs to the user {name}, who could not use what root makes "
            f"there. Start it as that user (`sudo -u {name} kiosk …`); an installed kiosk is "
            "started by `systemctl start kiosk-engine kiosk-screen`"
        )


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log to standard error; systemd and `kiosk run` put the time and a file to it.

    Nothing of single requests by HTTP: there are several a minute, and their addresses may name
    patrons.
    """
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)


# -- files -----------------------------------------------------------------------------------------


def save_whole(data: bytes, file: Path, *, replace: bool) -> None:
    """Write a file whole or not at all; one that is there only to `replace` it."""
    if file.is_dir():
        raise CommandError(f"{file} is a folder. Name a file in it")
    if file.exists() and not replace:
        raise CommandError(f"{file} exists already. Name a new file, or add --replace")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with beside.open("xb") as out:
            out.write(data)
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise CommandError(f"{file} cannot be written: {error.strerror}") from error
