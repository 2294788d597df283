"""`kiosk ils test`: walk through the connection to the library system, step by step."""

from __future__ import annotations

import json
import shutil
import socket
import textwrap
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from kiosk.cli.common import (
    FAILED,
    OK,
    CommandError,
    add,
    add_family,
    become_the_owner,
    config_of,
    configured,
    members_of,
)

if TYPE_CHECKING:
    import argparse

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.engine.trials import Trial
    from kiosk.ils.trial import State, Step
    from kiosk.words import Words

WIDEST = 96
"""Columns; longer lines are hard to read."""


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "the connection to the library system"
    family = add_family(commands, "ils", text)
    actions = members_of(family)

    text = (
        "walk through the connection that kiosk.toml names: what is missing, and who can grant it. "
        "Nothing is lent, returned or uploaded. The exit code is 1 where something is wrong"
    )
    test = configured(add(actions, "test", _test, text))
    test.add_argument("--card", metavar="NUMBER", default="", help="look this card up (SIP2)")
    test.add_argument("--item", metavar="NUMBER", default="", help="look this item up (SIP2)")
    test.add_argument("--json", action="store_true", help="as one JSON object, for a program")


def _test(args: argparse.Namespace) -> int:
    import asyncio

    from kiosk.words import Words

    config = config_of(args)
    running = _is_running(config)
    become_the_owner(config.data)  # what the kiosk may not write, root could
    words = Words(config.language)
    return asyncio.run(_walk(config, words, args, running=running))


async def _walk(config: Config, words: Words, args: argparse.Namespace, *, running: bool) -> int:
    from kiosk.engine.trials import trials

    found: list[dict[str, Any]] = []
    states: list[State] = []

    def clock() -> datetime:
        return datetime.now(config.zone)

    for each in trials(config, clock, running=running, card=args.card, item=args.item):
        steps = []
        if not args.json:
            _print_title(each, words, first=not found)
        async for step in each.steps:
            steps.append(_facts(step, words))
            states.append(step.state)
            if not args.json:
                _print_step(step, words)
        found.append({"system": each.system, "title": words(each.title), "steps": steps})
    if not found:
        raise CommandError(
            "kiosk.toml names no library system: see [ils] in docs/administrators.md. Until then "
            "everything is recorded and waits"
        )
    ok = "problem" not in states
    if args.json:
        print(json.dumps({"ok": ok, "at": clock().isoformat(), "connections": found}))
    else:
        _print_end(states, words)
    return OK if ok else FAILED


def _is_running(config: Config) -> bool:
    """Tell whether an engine answers at its socket."""
    from kiosk.view.link import address_of, link_path

    with suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        with address_of(link_path(config.data)) as address:
            link.connect(address)
        return True
    return False


def _facts(step: Step, words: Words) -> dict[str, str]:
    facts = {"name": step.name, "state": step.state, "says": words(step.says)}
    if step.mend is not None:
        facts["mend"] = words(step.mend)
    if step.who is not None:
        facts["who"] = step.who
    if step.detail:
        facts["detail"] = step.detail
    return facts


# -- for people ------------------------------------------------------------------------------------


def _print_title(trial: Trial, words: Words, *, first: bool) -> None:
    print(("" if first else "\n") + words(trial.title), flush=True)


def _print_step(step: Step, words: Words) -> None:
    from kiosk.desk.words import say

    mark, name = words(say(f"trial.mark_{step.state}")), words(say(f"trial.step.{step.name}"))
    marks, names = _columns(words)
    first = f"  {mark:<{marks}} {name:<{names}}  "
    _print_wrapped(first, words(step.says))
    if step.state in ("look", "problem") and step.mend is not None:
        who = "" if step.who is None else words(say(f"trial.who.{step.who}"))
        _print_wrapped(" " * len(first), f"-> {who}: {words(step.mend)}")


def _columns(words: Words) -> tuple[int, int]:
    """Give how wide the states are, and the names of the steps."""
    from kiosk.ils.trial import Name, State

    states = (f"trial.mark_{state}" for state in get_args(State))
    return words.column(states), words.column(f"trial.step.{name}" for name in get_args(Name))


def _print_wrapped(first: str, text: str) -> None:
    width = min(shutil.get_terminal_size().columns, WIDEST) - 1
    later = " " * len(first)
    print(textwrap.fill(text, width, initial_indent=first, subsequent_indent=later), flush=True)


def _print_end(states: list[State], words: Words) -> None:
    from kiosk.desk.words import say

    problems = states.count("problem")
    if problems:
        print("\n" + words(say("trial.bad", count=problems)))
    else:
        print("\n" + words(say("trial.good")))
