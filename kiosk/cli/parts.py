"""`kiosk engine` and `kiosk screen`, the two parts of a kiosk."""

from __future__ import annotations

import argparse
import logging
from typing import TYPE_CHECKING

from kiosk.cli.common import OK, add, config_of, configured, leave_to_the_owner, log_to_stderr
from kiosk.cli.demo import demo_data

if TYPE_CHECKING:
    from kiosk.cli.common import Commands
    from kiosk.config import Config

log = logging.getLogger("kiosk.screens")


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    for name, function, text in (
        ("engine", _engine, "the desk without a screen (one of the two parts of run)"),
        ("screen", _screen, "the touchscreen (the other part of run)"),
    ):
        part = configured(add(commands, name, function, text))
        part.add_argument("--demo", metavar="PORT", type=int, help=argparse.SUPPRESS)


def _engine(args: argparse.Namespace) -> int:
    import asyncio

    log_to_stderr()
    config = _config(args)
    leave_to_the_owner(config.data)
    return asyncio.run(_run_engine(config))


async def _run_engine(config: Config) -> int:
    import asyncio

    from kiosk.engine import Engine, EngineEnds
    from kiosk.watch import CLOSED, on_signals

    running = asyncio.ensure_future(Engine(config).run())
    on_signals(running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return OK
    except EngineEnds as end:
        return CLOSED if end.how == "close" else OK
    return OK


def _screen(args: argparse.Namespace) -> int:
    from kiosk.config import ConfigError
    from kiosk.daybook.lock import is_recording
    from kiosk.screens.app import run_screen, show_mistake
    from kiosk.view.link import link_path
    from kiosk.watch import CLOSED

    log_to_stderr()
    try:
        config = _config(args)
    except ConfigError as error:
        log.error("%s", error)  # noqa: TRY400 - where it was raised is no news
        show_mistake(lambda: _mistake(args))
        log.info("the settings can be used now: start again")
        return OK

    size = (config.screen.width, config.screen.height) if config.screen.width else None
    closed = run_screen(
        link_path(config.data),
        size=size,
        fullscreen=size is None,
        language=config.screen.language or config.language,
        theme=config.screen.theme,
        volume=config.screen.volume,
        is_recording=lambda: is_recording(config.data),
    )
    return CLOSED if closed else OK


def _mistake(args: argparse.Namespace) -> str:
    """Say what is wrong with the configuration; "" when nothing is."""
    from kiosk.config import ConfigError

    try:
        _config(args)
    except ConfigError as error:
        return str(error)
    return ""


def _config(args: argparse.Namespace) -> Config:
    """Load the configuration; `kiosk run --demo` names the port of its library instead."""
    from kiosk.config.stored import merged
    from kiosk.demo.config import demo_config

    return merged(demo_config(demo_data(args), args.demo)) if args.demo else config_of(args)
