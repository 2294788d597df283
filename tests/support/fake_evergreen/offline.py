"""/cgi-bin/offline/offline.pl: upload sessions, what is uploaded into them, and processing that.

What it says is JSON, and 200, whatever happened: events, or plain data. A line that is not JSON
kills the script at `execute`, and so its whole session for good. Nothing is ever deleted.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from support.fake_web import http
from support.fake_web.faults import Effect
from support.fake_web.http import Pairs, Reply

from . import circulation
from .events import code, event
from .world import Account, File, Result, Script, Session, Token, Workstation

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.fake_web.http import Request

    from .system import Evergreen

PATH = "/cgi-bin/offline/offline.pl"
STATUS_TYPES = ("scripts", "sessions", "summary", "exceptions")


class SaysError(Exception):
    """The script ends with this event."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name)
        self.name = name
        self.more = more


class DiesError(Exception):
    """The script dies."""


@dataclass(frozen=True)
class Call:
    """One call: who asks (`token`), about which branch, on which of the servers."""

    fields: Pairs
    file: str | None
    token: Token
    account: Account
    org: int
    server: int
    effect: Effect

    def __getitem__(self, name: str) -> str:
        return http.first(self.fields, name)


def fields_of(request: Request) -> Pairs:
    """Give the parameters: of a POST those in its body alone. A chunked body is not seen at all."""
    if request.method != "POST":
        return request.asked()
    return () if "transfer-encoding" in request.headers else request.posted()


def name(request: Request) -> str:
    """Name the call."""
    fields = fields_of(request)
    action = http.first(fields, "action")
    if action == "status":
        return f"status.{http.first(fields, 'status_type') or 'scripts'}"
    return action or "none"


class Offline:
    """The script, and what it has left running behind it."""

    def __init__(self, system: Evergreen) -> None:
        self.system = system
        self.dice = Random(6)
        self.children: set[asyncio.Task[None]] = set()
        self.begun: Counter[str] = Counter()
        self.count = 0

    async def answer(self, request: Request, effect: Effect) -> Reply:
        """Carry out one call."""
        rules = self.system.rules
        if rules.address_filter:
            return Reply("<html><title>403 Forbidden</title></html>", 403, "text/html")
        self.count += 1
        try:
            said = await self._act(self._call(request, effect))
        except SaysError as says:
            said = event(self.system.now(), says.name, **says.more)
        except DiesError:
            self.system.world.end_step()
            if rules.dies_with == "empty":
                return Reply("")
            return Reply("<html><title>500 Internal Server Error</title></html>", 500, "text/html")
        self.system.world.end_step()
        if http.first(fields_of(request), "html"):
            return Reply(f"<html><script>xulG.handle_event({json.dumps(said)})", kind="text/html")
        return Reply(json.dumps(said) + "\n", kind="text/plain")

    def _call(self, request: Request, effect: Effect) -> Call:
        fields = fields_of(request)
        if effect.trick == "no-session":
            self.system.gateway.forget_logins()
        token = self.system.gateway.token(http.first(fields, "ses"))
        if token is None:
            raise SaysError("NO_SESSION")
        account = self.system.world.get("account", token.username)
        org = self._org(fields, token)
        server = self.count % self.system.rules.servers
        return Call(fields, _file(request), token, account, org, server, effect)

    def _org(self, fields: Pairs, token: Token) -> int:
        given, name = http.first(fields, "org"), http.first(fields, "ws")
        if given:
            return int(given) if given.isdecimal() else 0
        if not name:
            return token.org
        workstation: Workstation | None = self.system.world.get("workstation", name)
        if workstation is None:
            raise SaysError("ACTOR_WORKSTATION_NOT_FOUND")
        return workstation.org

    async def _act(self, call: Call) -> Any:
        action = call["action"]
        if action == "create":
            return self._create(call)
        if action == "load":
            return self._load(call)
        if action == "execute":
            return await self._execute(call)
        if action == "status":
            return self._status(call)
        return event(self.system.now(), "SUCCESS", payload=None)

    def _needs(self, call: Call, perm: str) -> None:
        if call.effect.trick == "no-permission" or not call.account.may(perm, call.org):
            raise SaysError("PERM_FAILURE", ilsperm=perm, ilspermloc=call.org)

    # -- create and load ---------------------------------------------------------------------------

    def _create(self, call: Call) -> Any:
        self._needs(call, "OFFLINE_UPLOAD")
        now, world = self.system.now(), self.system.world
        key = f"{int(now)}_{11022 + self.count}_{self.dice.randrange(1000)}"
        world.put("session", key, Session(key, call.org, call["desc"], call.account.id, int(now)))
        return event(now, "SUCCESS", payload=key)

    def _load(self, call: Call) -> Any:
        self._needs(call, "OFFLINE_UPLOAD")
        session = self._session(call)
        workstation = call["ws"]
        path = f"pending/{call.org}/{session.key}/{workstation}.log"
        if self._disk(call.server, path) is not None:
            raise SaysError("OFFLINE_SESSION_FILE_EXISTS")
        self._must_be_open(session, call)
        if "/" in workstation or call.org != session.org or call.effect.trick == "file-error":
            raise SaysError("OFFLINE_FILE_ERROR")
        self._keep_file(call, session, path)
        return event(self.system.now(), "SUCCESS", payload=None)

    def _keep_file(self, call: Call, session: Session, path: str) -> None:
        trick = call.effect.trick
        if trick == "no-row":
            return
        text = "" if call.file is None or trick == "no-file" else call.file
        if trick == "part-stored":
            text = "".join(x + "\n" for x in text.split("\n")[: call.effect.lines])
        world = self.system.world
        world.put("file", f"{call.server}/{path}", File(text))
        script = Script(
            session.key,
            call.account.id,
            int(self.system.now()),
            call["ws"],
            path,
            _integer(call["delta"]),
            text.count("\n") + bool(text and not text.endswith("\n")),
        )
        world.put("script", len(world.all("script")) + 1, script)

    def _session(self, call: Call) -> Session:
        session: Session | None = self.system.world.get("session", call["seskey"])
        if session is None:
            raise SaysError("OFFLINE_INVALID_SESSION")
        return session

    def _must_be_open(self, session: Session, call: Call) -> None:
        if session.in_process or call.effect.trick == "session-active":
            raise SaysError("OFFLINE_SESSION_ACTIVE")
        if session.end_time is not None:
            raise SaysError("OFFLINE_SESSION_COMPLETE")

    def _disk(self, server: int, path: str) -> File | None:
        file: File | None = self.system.world.get("file", f"{server}/{path}")
        return file

    # -- execute -----------------------------------------------------------------------------------

    async def _execute(self, call: Call) -> Any:
        self._needs(call, "OFFLINE_EXECUTE")
        session = self._session(call)
        self._must_be_open(session, call)
        processing = self._process(call, session.key, self._lines(call, session))
        if call.effect.trick == "never-starts":
            processing.close()
        elif self.system.rules.inline:
            await processing
        else:
            child = asyncio.create_task(processing)
            self.children.add(child)
            child.add_done_callback(self.children.discard)
        return event(self.system.now(), "SUCCESS")

    def _lines(self, call: Call, session: Session) -> list[circulation.Line]:
        """Read all that was uploaded, in the order in which it is processed."""
        lines = []
        for script in self.system.world.scripts(session.key):
            file = self._disk(call.server, script.logfile)
            if file is None:
                raise SaysError("OFFLINE_FILE_ERROR")
            lines += [_line(text, script) for text in file.text.split("\n") if text.strip()]
        lines = [line for line in lines if "type" in line]
        lines.sort(key=lambda line: line["_realtime"])
        lines.sort(key=lambda line: line["type"] != "register")
        return lines

    async def _process(self, call: Call, key: str, lines: list[circulation.Line]) -> None:
        world, rules = self.system.world, self.system.rules
        await asyncio.sleep(rules.fork_delay)
        await self._until(
            lambda: (most := self.system.rules.forks) is None or self.begun[key] < most
        )
        self.begun[key] += 1
        self._note(key, in_process=1, start_time=int(self.system.now()))
        run = circulation.Run(
            world, rules, call.account, call.token.workstation, call.token.org, call.org, key, {}
        )
        for number, line in enumerate(lines):
            await self._may_go_on(number, call.effect)
            if call.effect.trick == "token-dies" and number == call.effect.lines:
                self.system.gateway.forget_logins()
            said = self._said(run, line, http.first(call.fields, "ses"))
            if call.org != world.get("session", key).org:
                world.end_step()
                return  # its results cannot be written: nobody says that it is over
            entry = {"command": line} if said is None else {"command": line, "event": said}
            results = f"{call.server}/pending/{call.org}/{key}/results"
            world.put("file", results, File(""))
            world.put("result", len(world.all("result")), Result(key, entry))
            self._note(key, num_complete=world.get("session", key).num_complete + 1)
        if lines and call.effect.trick == "results-lost":
            world.drop("file", f"{call.server}/pending/{call.org}/{key}/results")
        self._archive(call, key)
        self._note(key, in_process=0, end_time=int(self.system.now()))

    def _said(self, run: circulation.Run, line: circulation.Line, ses: str) -> Any:
        now = self.system.now()
        if self.system.gateway.token(ses) is None:
            return event(now, "NO_SESSION")
        return run.carry_out(line, now)

    async def _may_go_on(self, number: int, effect: Effect) -> None:
        """Take the time for one line; wait for ever where processing is stuck."""
        if effect.trick == "stuck" and number >= effect.lines:
            await asyncio.Event().wait()
        await self._until(lambda: (stop := self.system.rules.stops_after) is None or number < stop)
        await asyncio.sleep(self.system.rules.per_line)

    async def _until(self, may: Callable[[], bool]) -> None:
        async with self.system.changed:
            await self.system.changed.wait_for(may)

    def _note(self, key: str, **what: Any) -> None:
        world = self.system.world
        world.put("session", key, replace(world.get("session", key), **what))
        world.end_step()

    def _archive(self, call: Call, key: str) -> None:
        """Move the files away; one with a space in its name stays, as the shell cannot find it."""
        world, start = self.system.world, f"{call.server}/pending/{call.org}/{key}/"
        for path, file in list(world.all("file").items()):
            if path.startswith(start) and " " not in path:
                world.drop("file", path)
                world.put("file", path.replace("/pending/", "/archive/", 1), file)

    # -- status ------------------------------------------------------------------------------------

    def _status(self, call: Call) -> Any:
        self._needs(call, "OFFLINE_VIEW")
        kind = call["status_type"] or "scripts"
        if kind == "sessions":
            found = [x for x in self.system.world.all("session").values() if x.org == call.org]
            return [self._about(x, call) for x in sorted(found, key=lambda x: x.create_time)]
        session = self._session(call)
        if kind == "scripts":
            return self._about(session, call)
        if kind == "summary":
            scripts = self.system.world.scripts(session.key)
            return {"total": sum(x.count for x in scripts), "num_complete": session.num_complete}
        if kind == "exceptions":
            return self._exceptions(call, session)
        return event(self.system.now(), "SUCCESS", payload=None)

    def _about(self, session: Session, call: Call) -> dict[str, Any]:
        scripts = [asdict(x) for x in self.system.world.scripts(session.key)]
        for script in scripts:
            del script["session"], script["logfile"]
            if call.effect.trick == "count-short":
                script["count"] -= call.effect.lines
        unseen = call.effect.trick == "script-unseen"
        return {**asdict(session), "scripts": [] if unseen else scripts}

    def _exceptions(self, call: Call, session: Session) -> Any:
        places = (f"{x}/{call.org}/{session.key}/results" for x in ("pending", "archive"))
        there = any(self._disk(call.server, x) is not None for x in places)
        if not there or call.effect.trick == "results-missing":
            raise SaysError("OFFLINE_FILE_ERROR")
        results = (x for x in self.system.world.all("result").values() if x.session == session.key)
        entries = [x.entry for x in results if code(x.entry.get("event")) != "0"]
        if call.effect.trick == "events-as-lists":
            entries = [{**x, "event": _listed(x.get("event"))} for x in entries]
        if call.effect.trick == "events-missing":
            entries = [{"command": x["command"]} for x in entries]
        return entries


def _file(request: Request) -> str | None:
    """Give what was uploaded; None where it is no file to the server. Its bytes are Latin-1."""
    for part in request.parts():
        if part.name == "file" and part.filename:
            return part.data.decode("latin-1")
    return None


def _line(text: str, script: Script) -> circulation.Line:
    try:
        line = json.loads(text)
    except ValueError:
        raise DiesError from None
    if not isinstance(line, dict):
        raise DiesError
    realtime = script.time_delta + _integer(line.get("timestamp"))
    return {**line, "_workstation": script.workstation, "_realtime": realtime}


def _integer(value: Any) -> int:
    """Read a number as Perl does: what is none counts as 0."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return 0


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]
