"""The whole of this Koha: where a call goes, what else goes wrong, and what a test can do.

Its own commands, besides those of fake_web/server.py:

    {"do": "world", "patrons": […], "items": […], "accounts": […]}  see world.py, fake_sip2/world.py
    {"do": "ledger"}                      what was really carried out, by whatever way
    {"do": "loans"}                       who has what
    {"do": "all", "table": "payment"}     the records of a table, by their keys
    {"do": "process", "branch": "CPL"}    have the queue of a branch processed, as staff would
    {"do": "koc", "text": …}              have a .koc file put into the queue, as staff would
    {"do": "log-out"}                     end every login
    {"do": "sip", "command": {"do": …}}   a command of fake_sip2/server.py
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from support.fake_sip2 import server as sip2
from support.fake_web import zones
from support.fake_web.faults import Effect
from support.fake_web.http import Reply
from support.fake_web.server import Clock

from . import circulation, koc, plugin, service
from .world import BRANCH, Operation, Records, Rules

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from support.fake_sip2.world import World
    from support.fake_web.http import Request

PERSONALITY = "koha-mid"
"""How it speaks SIP2, unless a test says otherwise."""
FAULTS: dict[str, tuple[Effect, tuple[str, ...]]] = {
    "wrong-csrf": (Effect(trick="wrong-csrf"), ("login", "service")),
    "logged-out": (Effect(trick="logged-out"), ("service",)),
    "login-page": (Effect(trick="login-page"), ("service",)),
    # the batch is carried out up to `lines`, or its last `lines` results are left out
    "dies-midway": (Effect(trick="dies-midway", lines=1), ("transactions",)),
    "short-results": (Effect(trick="short-results", lines=1), ("transactions",)),
}
NAMES = {
    plugin.TRANSACTIONS: "transactions",
    plugin.BORROWERS: "borrowers",
    plugin.OAUTH: "oauth",
}


class Koha:
    """It stands between the connections and the library; `path` keeps its world."""

    faults = FAULTS

    def __init__(self, path: Path | None = None) -> None:
        self.clock = Clock()
        self.rules = Rules()
        self.records = Records(path and path.with_suffix(".records"))
        self.sip = sip2.Server(path, PERSONALITY)
        self.sip.library.now = self.local_now

    @property
    def world(self) -> World:
        """Patrons, items, loans, and the ledger: SIP2 sees the same."""
        return self.sip.library.world

    async def listen_besides(self, ports: list[int]) -> list[int]:
        return [await self.sip.listen(*ports or [0])]

    def local_now(self) -> datetime:
        return zones.at(self.clock.now(), zones.zone(self.rules.zone)).replace(tzinfo=None)

    def name(self, request: Request) -> str:
        if request.path == service.AUTHENTICATION:
            return "login" if request.method == "POST" else "csrf"
        if request.path == service.SERVICE:
            return service.service_name(request)
        return NAMES.get(request.path, request.path)

    async def answer(self, request: Request, call: str, effect: Effect) -> Reply:
        reply = self._answer(request, effect)
        self.records.end_step()
        return reply

    def _answer(self, request: Request, effect: Effect) -> Reply:
        if request.path == service.AUTHENTICATION:
            return service.authentication(self, request, effect)
        if request.path == service.SERVICE:
            return service.service(self, request, effect)
        if request.path == plugin.TRANSACTIONS and request.method == "POST":
            return plugin.transactions(self, request, effect)
        if request.path == plugin.OAUTH and request.method == "POST":
            return plugin.oauth(self, request)
        if request.path == plugin.BORROWERS:
            return plugin.borrowers(self, request)
        return Reply("<html><title>404 Not Found</title></html>", 404, "text/html")

    # -- what its scripts do -----------------------------------------------------------------------

    def enqueue(self, operation: Operation) -> None:
        """Let an operation wait for staff. The same may wait twice."""
        rows = self.records.all("operation")
        number = max(map(int, rows), default=0) + 1
        self.records.put("operation", number, operation)

    def carry_out(self, operation: Operation, by: str) -> str:
        return circulation.carry_out(operation, self.world, self.records, self.rules, by)

    def log_everybody_out(self) -> None:
        for cookie in list(self.records.all("session")):
            self.records.drop("session", cookie)
        for token in list(self.records.all("api_token")):
            self.records.drop("api_token", token)

    # -- what a test can do ------------------------------------------------------------------------

    def commands(self) -> dict[str, Callable[..., Any]]:
        return {
            "world": self._add,
            "ledger": lambda: [asdict(x) for x in self.world.ledger],
            "loans": lambda: {k: asdict(x) for k, x in self.world.loans.items()},
            "all": lambda table: {k: asdict(x) for k, x in self.records.all(table).items()},
            "process": self._process,
            "koc": self._koc,
            "log-out": self._log_out,
            "sip": self._sip,
        }

    def be(self, rules: dict[str, Any]) -> None:
        self.rules = Rules(**rules)

    async def begin_anew(self) -> None:
        self.rules = Rules()
        self.records.begin_anew()
        self.records.furnish()
        await self._sip({"do": "anew"})
        await self._sip({"do": "be", "personality": PERSONALITY})

    def at_work(self) -> list[asyncio.Task[None]]:
        return []

    def _add(
        self,
        patrons: list[dict[str, Any]] | None = None,
        items: list[dict[str, Any]] | None = None,
        accounts: list[dict[str, Any]] | None = None,
    ) -> None:
        for patron in patrons or ():
            self.world.add_patron(**patron)
        for item in items or ():
            self.world.add_item(**item)
        for account in accounts or ():
            self.records.add_account(**account)
        self.records.end_step()

    def _process(self, branch: str = BRANCH) -> list[list[str]]:
        """Process the queue of a branch; give its rows and what was said of each, in that order."""
        rows = [x for x in self.records.all("operation").items() if x[1].branchcode == branch]
        if self.rules.ties == "reversed":
            rows.reverse()
        rows.sort(key=lambda row: f"{circulation.read(row[1].timestamp)}")
        said = []
        for key, operation in rows:
            self.records.drop("operation", key)
            try:
                words = self.carry_out(operation, "queue")
            except circulation.DiesError:
                words = "500"
            said.append([operation.action, operation.barcode, operation.cardnumber, words])
            self.records.end_step()
        return said

    def _koc(self, text: str, branch: str = BRANCH, userid: str = "chief") -> str:
        operations, warning = koc.read(text, userid, branch)
        for operation in operations:
            self.enqueue(operation)
        self.records.end_step()
        return warning

    def _log_out(self) -> None:
        self.log_everybody_out()
        self.records.end_step()

    async def _sip(self, command: dict[str, Any]) -> Any:
        given = dict(command)
        result = self.sip._command(given.pop("do"), given)
        return await result
