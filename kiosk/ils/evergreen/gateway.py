"""The login at Evergreen, by OpenSRF's HTTP gateway, and the server's clock.

    auth_proxy.login       where a proxy in front of another directory is enabled
    auth.login             else
    authenticate.init and  where a server of before 2017 does not know that: the password goes
    authenticate.complete  hashed with a seed, which holds for 30 seconds

A login is kept for two hours after the last call. Once it has expired, whatever is asked is
answered with NO_SESSION, before anything was done: log in anew, and ask once more.

Ten failed logins in 90 seconds lock the account for as long. So a refused login is not tried again
for a while.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kiosk.ils.base import Unreachable
from kiosk.ils.evergreen import events
from kiosk.ils.evergreen.forms import Forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.ils.evergreen.events import Event
    from kiosk.ils.evergreen.settings import EvergreenSettings

PATH: Final = "/osrf-gateway-v1"
LOCKED_OUT: Final = 30.0
"""Seconds for which a login that was refused is not tried again."""
_ACTOR: Final = "open-ils.actor"
_AUTH: Final = "open-ils.auth"
_PROXY: Final = "open-ils.auth_proxy"
_AGENT: Final = "daybook"

_REFUSALS: Final = {
    "WORKSTATION_NOT_FOUND": "evergreen.workstation_unknown",
    "ACTOR_WORKSTATION_NOT_FOUND": "evergreen.workstation_unknown",
    "PATRON_INACTIVE": "evergreen.account_off",
    "PATRON_CARD_INACTIVE": "evergreen.account_off",
    "PERM_FAILURE": "evergreen.not_staff",
}
"""Why a login can be refused, but for the usual reason."""


class _Failed(Exception):  # noqa: N818 - it names what is so
    """The gateway has no answer of a service. `unknown`: there is no such method."""

    def __init__(self, method: str, status: int, detail: str) -> None:
        super().__init__(f"{method}: {status} {detail}".strip())
        self.status = status
        self.unknown = status in (200, 404)


class Gateway:
    """One login, and what is asked with it. `clock`: the desk's."""

    def __init__(
        self, settings: EvergreenSettings, forms: Forms, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._forms = forms
        self._clock = clock
        self._token = ""
        self._lock = asyncio.Lock()
        self._refused: tuple[float, Unreachable] | None = None

    async def token(self) -> str:
        """Give the login's token; log in where there is none. Raises `Unreachable`."""
        async with self._lock:
            if not self._token:
                self._token = await self._log_in()
            return self._token

    async def renewed(self, expired: str) -> str:
        """Give another token than one that is not known any more. Raises `Unreachable`."""
        async with self._lock:
            if self._token == expired:
                self._token = ""
        return await self.token()

    async def greet(self) -> None:
        """See that the login is known, which also keeps it. Raises `Unreachable`."""
        token = await self.token()
        if not await self._is_known(token) and not await self._is_known(await self.renewed(token)):
            raise Unreachable(self._forms.about("library.login_refused"), events.NO_SESSION)

    async def clock_offset(self) -> timedelta:
        """Tell by how much the server's clock is ahead of the desk's. Raises `Unreachable`.

        In whole seconds, as the server tells its time.
        """
        before = self._clock()
        try:
            said = await self._ask(_ACTOR, "opensrf.system.time")
            theirs = datetime.fromtimestamp(int(float(said)) + 0.5, UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._unreadable(repr(error)) from error
        ahead = theirs - (before + (self._clock() - before) / 2)
        return timedelta(seconds=round(ahead.total_seconds()))

    # -------------------------------------------------------------------------------- logging in

    async def _log_in(self) -> str:
        if self._refused is not None:
            since, why = self._refused
            if monotonic() - since < LOCKED_OUT:
                raise Unreachable(why.reason, why.detail)
        event = await self._login_event()
        if event.ok:
            self._refused = None
            return self._token_in(event)
        key = _REFUSALS.get(event.name, "library.login_refused")
        reason = self._forms.about(key, workstation=self._settings.workstation)
        error = Unreachable(reason, f"{event.name} {event.words}".strip())
        self._refused = monotonic(), error
        raise error

    async def _login_event(self) -> Event:
        if await self._has_proxy():
            with suppress(_Failed):
                return await self._login(_PROXY)
        try:
            return await self._login(_AUTH)
        except _Failed as error:
            if not error.unknown:
                raise self._no_answer(error) from error
            return await self._login_seeded()

    async def _has_proxy(self) -> bool:
        if self._settings.auth_proxy != "auto":
            return self._settings.auth_proxy == "yes"
        try:
            return str(await self._call(_PROXY, f"{_PROXY}.enabled")) in ("1", "True")
        except _Failed:  # most servers have none
            return False

    async def _login(self, service: str) -> Event:
        password = {"password": self._settings.password}
        said = await self._call(service, f"{service}.login", self._who() | password)
        return self._event(said)

    async def _login_seeded(self) -> Event:
        seed = await self._ask(_AUTH, f"{_AUTH}.authenticate.init", self._settings.login)
        password = {"password": _md5(str(seed) + _md5(self._settings.password))}
        said = await self._ask(_AUTH, f"{_AUTH}.authenticate.complete", self._who() | password)
        return self._event(said)

    def _who(self) -> dict[str, str]:
        settings = self._settings
        who = {"username": settings.login, "type": "staff", "agent": _AGENT}
        return who | ({"workstation": settings.workstation} if settings.workstation else {})

    def _token_in(self, event: Event) -> str:
        payload: Any = event.payload
        token = payload.get("authtoken") if isinstance(payload, dict) else None
        if not isinstance(token, str) or not token:
            raise self._unreadable(f"no authtoken in {event.name}")
        return token

    # -------------------------------------------------------------------------------- asking

    async def _is_known(self, token: str) -> bool:
        event = events.read(await self._ask(_AUTH, f"{_AUTH}.session.retrieve", token))
        return event is None or event.ok

    async def _ask(self, service: str, method: str, *params: object) -> Any:
        """Call a method that every server has. Raises `Unreachable`."""
        try:
            return await self._call(service, method, *params)
        except _Failed as error:
            raise self._no_answer(error) from error

    async def _call(self, service: str, method: str, *params: object) -> Any:
        """Call a method, and give its first answer. Raises `Unreachable` or `_Failed`.

        By POST: what is in an address gets into logs.
        """
        fields: dict[str, str | list[str]] = {
            "service": service,
            "method": method,
            "param": [json.dumps(param) for param in params],
        }
        said = await self._forms.post(PATH, fields)
        if not isinstance(said, dict) or not isinstance(said.get("payload"), list):
            raise self._unreadable(str(said)[:500])
        try:
            status = int(said.get("status", 200))
        except (TypeError, ValueError):
            status = 0
        if status != 200 or not said["payload"]:
            raise _Failed(method, status, str(said.get("debug", "")))
        return said["payload"][0]

    def _no_answer(self, error: _Failed) -> Unreachable:
        return Unreachable(self._forms.about("evergreen.status", code=error.status), str(error))

    def _event(self, value: object) -> Event:
        event = events.read(value)
        if event is None:
            raise self._unreadable(str(value)[:500])
        return event

    def _unreadable(self, detail: str) -> Unreachable:
        return Unreachable(self._forms.about("evergreen.unreadable"), detail)


async def token(settings: EvergreenSettings) -> str:
    """Log in for what is fetched once, and give the token. Raises `Unreachable`."""
    forms = Forms(settings)
    try:
        return await Gateway(settings, forms, lambda: datetime.now(UTC)).token()
    finally:
        await forms.close()


def _md5(text: str) -> str:
    """Hash as the older login wants it."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
