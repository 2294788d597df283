"""The whole of this Evergreen: where a call goes, what else goes wrong, and what a test can do.

Its own commands, besides those of fake_web/server.py:

    {"do": "world", "patrons": […], "items": […], …}  see world.py
    {"do": "ledger"}                                  what was really carried out
    {"do": "all", "table": "session"}                 the records of a table, by their keys
    {"do": "expire"}                                  end every login
    {"do": "list", "text": "P1 B\n"}                  what list.txt is; "absent", or null: made anew
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from support.fake_web.faults import Effect
from support.fake_web.http import Reply
from support.fake_web.server import Clock

from . import blocklist, gateway, offline
from .world import Rules, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.fake_web.http import Request

OFFLINE_CALLS = ("create", "load", "execute", "status")
FAULTS: dict[str, tuple[Effect, tuple[str, ...]]] = {
    # SUCCESS, and yet
    "no-file": (Effect(trick="no-file"), ("load",)),
    "no-row": (Effect(trick="no-row"), ("load",)),
    "part-stored": (Effect(trick="part-stored", lines=1), ("load",)),
    "never-starts": (Effect(trick="never-starts"), ("execute",)),
    # processing goes wrong, after `lines` lines
    "stuck": (Effect(trick="stuck"), ("execute",)),
    "token-dies": (Effect(trick="token-dies"), ("execute",)),
    "results-lost": (Effect(trick="results-lost"), ("execute",)),
    # what status says
    "count-short": (Effect(trick="count-short", lines=1), ("status.scripts", "status.sessions")),
    "script-unseen": (Effect(trick="script-unseen"), ("status.scripts", "status.sessions")),
    "events-as-lists": (Effect(trick="events-as-lists"), ("status.exceptions",)),
    "events-missing": (Effect(trick="events-missing"), ("status.exceptions",)),
    "results-missing": (Effect(trick="results-missing"), ("status.exceptions",)),
    # refusals
    "no-session": (Effect(trick="no-session"), OFFLINE_CALLS),
    "no-permission": (Effect(trick="no-permission"), OFFLINE_CALLS),
    "file-error": (Effect(trick="file-error"), ("load",)),
    "session-active": (Effect(trick="session-active"), ("load", "execute")),
}


class Evergreen:
    """It stands between the connections and the library; `path` keeps its world."""

    faults = FAULTS

    def __init__(self, path: Path | None = None) -> None:
        self.clock = Clock()
        self.world = World(path)
        self.rules = Rules()
        self.blocklist: str | None = None
        self.gateway = gateway.Gateway(self)
        self.offline = offline.Offline(self)
        self.changed = asyncio.Condition()

    async def listen_besides(self, ports: list[int]) -> list[int]:
        return []

    def now(self) -> float:
        return self.clock.now()

    def name(self, request: Request) -> str:
        if request.path == gateway.PATH:
            return gateway.name(request)
        if request.path == offline.PATH:
            return offline.name(request)
        return "list" if request.path == blocklist.PATH else request.path

    async def answer(self, request: Request, call: str, effect: Effect) -> Reply:
        if request.path == gateway.PATH:
            return self.gateway.answer(request)
        if request.path == offline.PATH:
            return await self.offline.answer(request, effect)
        if request.path == blocklist.PATH:
            reply = blocklist.answer(self, request)
            self.world.end_step()
            return reply
        return Reply("<html><title>404 Not Found</title></html>", 404, "text/html")

    def commands(self) -> dict[str, Callable[..., Any]]:
        return {
            "world": self.world.add,
            "ledger": self.world.ledger,
            "all": lambda table: {k: asdict(x) for k, x in self.world.all(table).items()},
            "expire": self._expire,
            "list": self._list,
            "be": self._be,
        }

    def be(self, rules: dict[str, Any]) -> None:
        self.rules = Rules(**rules)

    async def begin_anew(self) -> None:
        self.world.begin_anew()
        self.world.furnish()
        self.rules, self.blocklist = Rules(), None
        self.gateway = gateway.Gateway(self)
        self.offline = offline.Offline(self)

    def at_work(self) -> list[asyncio.Task[None]]:
        return list(self.offline.children)

    async def _be(self, rules: dict[str, Any]) -> None:
        self.be(rules)
        async with self.changed:
            self.changed.notify_all()

    def _expire(self) -> None:
        self.gateway.forget_logins()
        self.world.end_step()

    def _list(self, text: str | None = None) -> None:
        self.blocklist = text
