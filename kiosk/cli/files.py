"""`kiosk files`: what was handed over in files, and what somebody says became of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from kiosk.cli.common import (
    OK,
    CommandError,
    add,
    add_family,
    config_of,
    configured,
    members_of,
)
from kiosk.cli.putting import put
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.desk.batches.standing import HandedFile

ABOUT = """\
List the files that were handed over and that nobody has marked as loaded; or, with a command, mark
one.
"""
LOADED = """\
Say that a file was loaded into the library system: all of it counts as applied, but for what an
error report says. Take that in first, with `kiosk exceptions import`; one that comes later counts
all the same. May be used while the kiosk runs.
"""
LOST = """\
Say that a file is lost, and have it written once more, the same to the last letter. Loaded twice,
loans and uses are there twice: so it is only done with --yes, by somebody who is sure that nobody
has loaded it. The kiosk writes it as soon as it runs and the place is there.
"""


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    text = "list files handed over and not loaded yet; mark them as loaded"
    family = add_family(commands, "files", text)
    family.set_defaults(run=_list)
    configured(family, folder_suffices=True)
    family.add_argument("--json", action="store_true", help="one JSON line each")
    family.description = ABOUT
    members = members_of(family, required=False)
    loaded = add(members, "loaded", _loaded, "mark a file as loaded")
    loaded.description = LOADED
    lost = add(members, "lost", _lost, "mark a file as lost, and have it written again")
    lost.description = LOST
    lost.add_argument("--yes", action="store_true", help="nobody has loaded it")
    for member in (loaded, lost):
        member.add_argument("name", metavar="NAME", help="as `kiosk files` lists it")
        configured(member, folder_suffices=True, within=True)


def _list(args: argparse.Namespace) -> int:
    import msgspec

    from kiosk.console import one_line
    from kiosk.desk.batches.files import told
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    for file in _files(config):
        text = json.dumps(msgspec.to_builtins(file)) if args.json else words(told(file))
        print(one_line(text))
    return OK


def _files(config: Config) -> list[HandedFile]:
    from kiosk.daybook.batches import handed_over

    with read_only(config) as daybook:
        return handed_over(daybook)


def _loaded(args: argparse.Namespace) -> int:
    config = config_of(args)
    file = _named(config, args.name)
    _record(config, file, "loaded")
    print(f"{file.name}: {file.count} count as applied")
    return OK


def _lost(args: argparse.Namespace) -> int:
    config = config_of(args)
    file = _named(config, args.name)
    before = f"{file.name} was written on {file.at:%Y-%m-%d %H:%M} to {file.where}"
    if not args.yes:
        raise CommandError(
            f"{before}. Loaded twice, loans and uses are there twice. Add --yes once you are sure "
            "that nobody has loaded it"
        )
    _record(config, file, "lost")
    print(f"{before}; it is written again as soon as the kiosk reaches that place")
    return OK


def _named(config: Config, name: str) -> HandedFile:
    found = [file for file in _files(config) if name in file.names]
    if len(found) != 1:
        raise CommandError(
            f"no file is called {name}, of those that were handed over and not confirmed yet. "
            "`kiosk files` lists them"
            if not found
            else f"several are called {name}: give the place, as `kiosk files` lists it"
        )
    return found[0]


def _record(config: Config, file: HandedFile, what: Literal["loaded", "lost"]) -> None:
    """Put on the disk what is said of a file."""
    from kiosk.reports import decided
    from kiosk.view.messages import FileDecided

    put(
        config,
        intents=[FileDecided(batch=file.batch, what=what)],
        facts=lambda now: [decided(file.batch, what, now)],
        is_put=lambda: _is_recorded(config, file, what),
    )


def _is_recorded(config: Config, before: HandedFile, what: Literal["loaded", "lost"]) -> bool:
    """Tell whether the disk has it. What is lost and was written again must not be once more."""
    now = next((file for file in _files(config) if file.batch == before.batch), None)
    if now is None:
        return True
    return what == "lost" and (now.wanted or now.times > before.times)
