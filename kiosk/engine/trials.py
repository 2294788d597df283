"""Which connections kiosk.toml names, each to be tried step by step (kiosk.ils.trial).

Where the block list comes by a web address, that is one of them.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.daybook.blocklist.sources import downloaded
from kiosk.desk.words import Phrase, say
from kiosk.engine.listlogin import list_login
from kiosk.engine.ways import disk_of
from kiosk.ils import trial
from kiosk.ils.base import Unreachable
from kiosk.ils.evergreen import trial as evergreen
from kiosk.ils.files import formats
from kiosk.ils.files import trial as files
from kiosk.ils.koha import trial as koha
from kiosk.ils.sip2 import trial as sip2
from kiosk.ils.symphony import trial as symphony
from kiosk.ils.trial import Step, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from kiosk.config.settings import Config

System = Literal["sip2", "evergreen", "koha", "symphony", "files", "blocklist"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One connection: which, what it is for, and its steps."""

    system: System
    title: Phrase
    steps: Steps


def trials(
    config: Config,
    clock: Callable[[], datetime],
    *,
    running: bool = False,
    card: str = "",
    item: str = "",
) -> Iterator[Trial]:
    """Give the connections to be tried, of which none is begun yet.

    `running`: a kiosk with these settings is at work. `card` and `item` are looked up.
    """
    ils = config.ils
    if ils.sip2 is not None and (ils.system == "sip2" or ils.live == "sip2" or _compares(config)):
        walk = sip2.steps(
            ils.sip2, config.zone, clock,
            backlog=ils.offline == "sip2", shared=running, card=card, item=item,
        )  # fmt: skip
        use = _use(config)
        where = f"{ils.sip2.host}:{ils.sip2.port}"
        yield Trial(system="sip2", title=say(f"trial.sip2_{use}", where=where), steps=walk)
    yield from _of_what_has_happened(config, clock)
    if config.blocklist.url:
        host = urlsplit(config.blocklist.url).hostname or ""
        title = say("trial.blocklist", where=host)
        yield Trial(system="blocklist", title=title, steps=_block_list(config, clock))


def _use(config: Config) -> str:
    """Say what SIP2 is for."""
    live, later = config.ils.live == "sip2", config.ils.offline == "sip2"
    if live and later:
        return "both"
    return "live" if live else "later" if later else "asked"


def _compares(config: Config) -> bool:
    """Tell whether Koha's way asks by SIP2, beside what takes the transactions."""
    return config.ils.offline == "koha"


def _of_what_has_happened(config: Config, clock: Callable[[], datetime]) -> Iterator[Trial]:
    ils, zone, terminal = config.ils, config.zone, config.library.terminal
    if ils.offline == "evergreen" and ils.evergreen is not None:
        steps = evergreen.steps(ils.evergreen, zone, clock, terminal)
        yield Trial(
            system="evergreen", title=say("trial.evergreen", where=ils.evergreen.base), steps=steps
        )
    if ils.offline == "koha" and ils.koha is not None:
        title = say(f"trial.koha_{ils.koha.method}", where=ils.koha.staff)
        yield Trial(system="koha", title=title, steps=koha.steps(ils.koha, zone, clock))
    if ils.offline == "files" and ils.files is not None:
        disk = disk_of(ils.files.to)
        steps = files.steps(disk, formats.of_files(ils.files, zone, ils.evergreen), terminal)
        yield Trial(system="files", title=say("trial.files", where=ils.files.to), steps=steps)
    if ils.offline == "symphony" and ils.symphony is not None:
        disk = disk_of(ils.symphony.to)
        codes = [(each.library_code, each.profile_code) for each in config.desk.places]
        steps = symphony.steps(ils.symphony, disk, zone, terminal, codes)
        title = say("trial.symphony", where=ils.symphony.to)
        yield Trial(system="symphony", title=title, steps=steps)


async def problems(config: Config, clock: Callable[[], datetime]) -> tuple[Step, ...]:
    """Try the way that what has happened goes, for a kiosk at work; give what is wrong.

    Only where that is a login of its own by HTTP. SIP2 is greeted all the time, and its account may
    have one connection only; folders and sticks are looked at before each file.
    """
    found: list[Step] = []
    for each in _of_what_has_happened(config, clock):
        if each.system in ("evergreen", "koha"):
            found += [step async for step in each.steps if step.state == "problem"]
    return tuple(found)


async def _block_list(config: Config, clock: Callable[[], datetime]) -> Steps:
    """Download the list, and throw it away."""
    host = urlsplit(config.blocklist.url).hostname or ""
    login_name = config.ils.evergreen.login if config.ils.evergreen else config.blocklist.user
    log_in = list_login(config)
    try:
        login = await log_in() if log_in is not None else ""
        lines, made = await asyncio.to_thread(_downloaded, config, clock(), login)
    except BlockListError as error:
        if error.phrase.key in trial.CAUSES:  # it has a login of the library system's
            yield trial.failure("list", Unreachable(error.phrase), login=login_name)
            return
        mend = say("trial.mend.blocklist")
        yield Step(name="list", state="problem", says=error.phrase, mend=mend, who="library")
        return
    if not lines:
        yield trial.look("list", "trial.why.blocklist_empty", "library", host=host)
    else:
        yield trial.fine("list", "trial.blocklist_came", host=host, count=lines, made=made)


def _downloaded(config: Config, now: datetime, login: str) -> tuple[int, str]:
    """Give how many lines there are, and when it was made. Raises BlockListError."""
    with (
        tempfile.TemporaryDirectory() as folder,
        downloaded(
            config.blocklist, Path(folder), config.zone, now, "", login=login, check=lambda _: None
        ) as source,
    ):
        assert source is not None  # noqa: S101 - nothing is known yet that could be the same
        return sum(1 for line in source.file if line.strip()), source.made.date().isoformat()
