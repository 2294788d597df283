"""/osrf-gateway-v1: logging in, the clock, workstations, and reference data.

Every reply is {"payload": [one element for each response], "status": 200}. What services in C say
(open-ils.auth) bears its event's code as a number; what services in Perl say, as a string.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from hashlib import md5
from random import Random
from typing import TYPE_CHECKING, Any

from support.fake_web import http
from support.fake_web.http import Reply

from .events import event, event_in_c
from .world import HERE, Account, Token, Workstation

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.fake_web.http import Request

    from .system import Evergreen

PATH = "/osrf-gateway-v1"
NAMES = {
    "open-ils.auth.login": "login",
    "open-ils.auth.authenticate.init": "login.init",
    "open-ils.auth.authenticate.complete": "login.complete",
    "open-ils.auth_proxy.login": "login.proxy",
    "open-ils.auth_proxy.enabled": "proxy",
    "open-ils.auth.session.retrieve": "session.retrieve",
    "open-ils.auth.session.reset_timeout": "session.reset_timeout",
    "open-ils.auth.session.delete": "session.delete",
    "opensrf.system.time": "time",
    "open-ils.actor.workstation.register": "workstation",
    "open-ils.actor.workstation.register.override": "workstation.override",
    "open-ils.circ.non_cat_types.retrieve.all": "noncat_types",
    "open-ils.circ.offline.data.retrieve": "offline_data",
}
SERVICES = ("open-ils.auth", "open-ils.auth_proxy", "open-ils.actor", "open-ils.circ")
SEED_LASTS = 30
BLOCKED_FOR, BLOCKED_AFTER = 90, 10
"""So many seconds nobody can log in, once so many logins have failed within them."""
TWO_WEEKS = 14 * 24 * 3600


def fields_of(request: Request) -> http.Pairs:
    return request.posted() if request.method == "POST" else request.asked()


def name(request: Request) -> str:
    """Name the call."""
    method = http.first(fields_of(request), "method")
    return NAMES.get(method, method or "none")


class Gateway:
    """The gateway, and the services behind it."""

    def __init__(self, system: Evergreen) -> None:
        self.system = system
        self.seeds: dict[tuple[str, str], tuple[str, float]] = {}
        self.failures: dict[str, list[float]] = defaultdict(list)
        self.dice = Random()

    def answer(self, request: Request) -> Reply:
        """Carry out one call."""
        fields = fields_of(request)
        service, method = http.first(fields, "service"), http.first(fields, "method")
        if not service or not method:
            return Reply("", 404)
        try:
            params = [json.loads(value) for key, value in fields if key == "param"]
        except ValueError:
            return _answer([], 500, "osrfMethodException : a param is not JSON")
        said = self._ask(service, method, params)
        self.system.world.end_step()
        if said is None:
            return _answer([], 404, f"osrfMethodException : no method {method} in {service}")
        return _answer(said)

    def token(self, key: str) -> Token | None:
        """Give the login of that key, and let it last anew; None where there is none any more."""
        token: Token | None = self.system.world.get("token", key)
        now = self.system.now()
        if token is None or now - token.used > token.lasts:
            return None
        self.system.world.put("token", key, replace(token, used=now))
        return token

    def forget_logins(self) -> None:
        """End every login."""
        for key in list(self.system.world.all("token")):
            self.system.world.drop("token", key)

    def _ask(self, service: str, method: str, params: list[Any]) -> list[Any] | None:
        """Give the responses; None where there is no such method, or service."""
        rules = self.system.rules
        methods: dict[str, Callable[..., list[Any]]] = {
            "open-ils.auth.authenticate.init": self._seed,
            "open-ils.auth.authenticate.complete": self._complete,
            "open-ils.auth.session.retrieve": self._retrieve,
            "open-ils.auth.session.reset_timeout": self._reset,
            "open-ils.auth.session.delete": self._delete,
            "open-ils.actor.workstation.register": self._register,
            "open-ils.actor.workstation.register.override": self._re_own,
            "open-ils.circ.non_cat_types.retrieve.all": self._noncat_types,
            "open-ils.circ.offline.data.retrieve": self._offline_data,
        }
        if rules.login:
            methods["open-ils.auth.login"] = self._login
        if rules.proxy is not None:
            methods["open-ils.auth_proxy.enabled"] = lambda: [int(bool(rules.proxy))]
            methods["open-ils.auth_proxy.login"] = self._login_by_proxy
        if service not in SERVICES or (service == "open-ils.auth_proxy" and rules.proxy is None):
            return None
        if method == "opensrf.system.time":
            return [int(self.system.now())]
        if not method.startswith(f"{service}.") or method not in methods:
            return None
        return methods[method](*params)

    def log_in(self, username: str, password: str) -> str:
        """Log staff in by name and password; give the key of the login, or ""."""
        given = {"username": username, "password": password, "type": "staff"}
        [said] = self._login(given)
        return str(said.get("payload", {}).get("authtoken", ""))

    # -- logging in --------------------------------------------------------------------------------

    def _login(self, given: dict[str, Any], *_: Any) -> list[Any]:
        account = self._account(given)
        right = account is not None and given.get("password") == account.password
        return [self._judge(account, given, right=right)]

    def _login_by_proxy(self, given: dict[str, Any], *_: Any) -> list[Any]:
        if not self.system.rules.proxy:
            return [event(self.system.now(), "LOGIN_FAILED")]
        return self._login(given)

    def _seed(self, username: str, nonce: str = "", *_: Any) -> list[Any]:
        seed = _md5(str(self.dice.random()))
        self.seeds[username, nonce] = (seed, self.system.now())
        return [seed]

    def _complete(self, given: dict[str, Any], *_: Any) -> list[Any]:
        asked = str(given.get("username") or given.get("barcode") or given.get("identifier"))
        seed, made = self.seeds.pop((asked, given.get("nonce", "")), ("", 0.0))
        account = self._account(given)
        right = (
            account is not None
            and bool(seed)
            and self.system.now() - made <= SEED_LASTS
            and given.get("password") == _md5(seed + _md5(account.password))
        )
        return [self._judge(account, given, right=right)]

    def _account(self, given: dict[str, Any]) -> Account | None:
        accounts = self.system.world.all("account").values()
        asked = {given.get("username"), given.get("identifier")} - {None}
        barcodes = {given.get("barcode"), given.get("identifier")} - {None}
        return next((x for x in accounts if x.username in asked or x.barcode in barcodes), None)

    def _judge(self, account: Account | None, given: dict[str, Any], *, right: bool) -> Any:
        now, asked = self.system.now(), str(given.get("username") or given.get("barcode"))
        failures = [x for x in self.failures[asked] if now - x < BLOCKED_FOR]
        wrong = account is None or not right or account.barred
        if account is None or wrong or len(failures) >= BLOCKED_AFTER:
            self.failures[asked] = [*failures, now]
            return event_in_c(now, "LOGIN_FAILED")
        if not account.active:
            return event_in_c(now, "PATRON_INACTIVE")
        if not account.card_active:
            return event_in_c(now, "PATRON_CARD_INACTIVE")
        workstation: Workstation | None = None
        if given.get("workstation"):
            workstation = self.system.world.get("workstation", given["workstation"])
            if workstation is None:
                return event_in_c(now, "WORKSTATION_NOT_FOUND")
        org = workstation.org if workstation else account.home
        kind = given.get("type", "opac")
        for perm, kinds in {
            "STAFF_LOGIN": ("staff", "temp"),
            "PERSISTENT_LOGIN": ("persist",),
        }.items():
            if kind in kinds and perm not in account.perms:
                return event_in_c(now, "PERM_FAILURE", ilsperm=perm, ilspermloc=org)
        lasts = TWO_WEEKS if kind == "persist" else self.system.rules.session_lasts
        key = _md5(f"{now} {self.dice.random()}")
        name = workstation.name if workstation else ""
        self.system.world.put("token", key, Token(account.username, name, org, lasts, now))
        return event_in_c(now, "SUCCESS", payload={"authtoken": key, "authtime": lasts})

    def _retrieve(self, key: str, with_time: int = 0, no_extension: int = 0, *_: Any) -> list[Any]:
        before = self.system.world.get("token", key)
        token = self.token(key)
        if token is None:
            return [event_in_c(self.system.now(), "NO_SESSION")]
        if no_extension:
            self.system.world.put("token", key, before)
        account: Account = self.system.world.get("account", token.username)
        user = {"__c": "au", "__p": [account.id, account.username, account.home, token.org]}
        return [{"authtime": token.lasts, "userobj": user} if with_time else user]

    def _reset(self, key: str, *_: Any) -> list[Any]:
        now, token = self.system.now(), self.token(key)
        if token is None:
            return [event_in_c(now, "NO_SESSION")]
        return [event_in_c(now, "SUCCESS", payload=token.lasts)]

    def _delete(self, key: str, *_: Any) -> list[Any]:
        self.system.world.drop("token", key)
        return [key]

    # -- the rest ----------------------------------------------------------------------------------

    def _register(self, key: str, name: str, org: int, *_: Any, again: bool = False) -> list[Any]:
        now, world, token = self.system.now(), self.system.world, self.token(key)
        if token is None:
            return [event(now, "NO_SESSION")]
        account: Account = world.get("account", token.username)
        there: Workstation | None = world.get("workstation", name)
        needed = ["REGISTER_WORKSTATION"] + ["UPDATE_WORKSTATION"] * bool(there and again)
        for perm in needed:
            if not account.may(perm, org):
                return [event(now, "PERM_FAILURE", ilsperm=perm, ilspermloc=org)]
        if there and not again:
            return [event(now, "WORKSTATION_NAME_EXISTS")]
        world.add(workstations=[{"name": name, "org": org, **({"id": there.id} if there else {})}])
        return [world.get("workstation", name).id]

    def _re_own(self, key: str, name: str, org: int, *_: Any) -> list[Any]:
        return self._register(key, name, org, again=True)

    def _noncat_types(self, org: int = HERE, *_: Any) -> list[Any]:
        kinds = self.system.world.all("noncat_type").values()
        made = ([x.duration, x.id, "t" if x.in_house else "f", x.name, x.org] for x in kinds)
        return [[{"__c": "cnct", "__p": fields} for fields in made]]

    def _offline_data(self, key: str, *_: Any) -> list[Any]:
        now, token = self.system.now(), self.token(key)
        if token is None:
            return [event(now, "NO_SESSION")]
        account: Account = self.system.world.get("account", token.username)
        if "STAFF_LOGIN" not in account.perms:
            return [event(now, "PERM_FAILURE", ilsperm="STAFF_LOGIN", ilspermloc=token.org)]
        [noncat_types] = self._noncat_types(token.org)
        others = ("asv", "cit", "cnal", "fdoc", "pgt", "actsc", "cust")
        rest = [{"idl_class": kind, "data": []} for kind in others]
        return [{"idl_class": "cnct", "data": noncat_types}, *rest]


def _answer(payload: list[Any], status: int = 200, debug: str = "") -> Reply:
    said = {"payload": payload, **({"debug": debug} if debug else {}), "status": status}
    return Reply(json.dumps(said), kind="text/plain")


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
