"""The program that takes uploads: offline.pl.

All of its answers are JSON: an event, or what was asked for. It never answers with an error of
HTTP itself; where one comes, it did not run, or it died. The same org goes with every call about a
session: with another one the server would look for its files elsewhere, and never come to an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from kiosk.ils.base import LibraryError, Refused, ReplyLost, Unreachable
from kiosk.ils.evergreen import events, sessions
from kiosk.ils.evergreen.events import NO_SESSION, Event
from kiosk.ils.evergreen.forms import File, Forms

if TYPE_CHECKING:
    from datetime import tzinfo

    from kiosk.ils.evergreen.gateway import Gateway
    from kiosk.ils.evergreen.sessions import Told
    from kiosk.ils.evergreen.settings import EvergreenSettings

PATH: Final = "/cgi-bin/offline/offline.pl"

GONE: Final = "OFFLINE_INVALID_SESSION"
NO_FILE: Final = "OFFLINE_FILE_ERROR"
ACTIVE: Final = "OFFLINE_SESSION_ACTIVE"
COMPLETE: Final = "OFFLINE_SESSION_COMPLETE"

NEVER_MADE: Final = "daybook_test"
"""The key of a session that there never was: the server makes keys of numbers."""

LONGEST: Final = 3600.0
"""Seconds to wait for `execute`: some builds answer only when all is processed."""


class Offline:
    """What can be asked of offline.pl, with a login."""

    def __init__(
        self, settings: EvergreenSettings, forms: Forms, gateway: Gateway, zone: tzinfo
    ) -> None:
        self._settings = settings
        self._forms = forms
        self._patient = Forms(settings, LONGEST)
        self._gateway = gateway
        self._zone = zone

    async def sessions(self) -> list[Told]:
        """List the library's sessions, the oldest first. Raises `Unreachable`."""
        said = await self._call("status", status_type="sessions")
        try:
            return sessions.read_all(said, self._zone)
        except ValueError as error:
            raise self._not_understood(said, error) from error

    async def session(self, key: str) -> Told | None:
        """Tell how a session is; None where there is none any more. Raises `Unreachable`."""
        said = await self._call("status", seskey=key, status_type="scripts")
        event = events.read(said)
        if event is not None and event.name == GONE:
            return None
        try:
            return sessions.read(said, self._zone)
        except ValueError as error:
            raise self._not_understood(said, error) from error

    async def known(self, key: str) -> Told:
        """Tell how a session is that was just made. Raises `Unreachable`."""
        told = await self.session(key)
        if told is None:
            raise Unreachable(self._forms.about("evergreen.session_gone"), key)
        return told

    async def exceptions(self, told: Told) -> list[object] | None:
        """List what went wrong in a session; None where that list is missing.

        Raises `Unreachable`.
        """
        said = await self._call("status", org=told.org, seskey=told.key, status_type="exceptions")
        event = events.read(said)
        if event is not None and event.name in (NO_FILE, GONE):
            return None
        if not isinstance(said, list):
            raise self._not_understood(said, ValueError("no list of exceptions"))
        return said

    async def create(self, title: str) -> str:
        """Make a session, and give its key. Raises `Unreachable` or `ReplyLost`."""
        event = self._event(await self._call("create", changes=True, desc=title))
        if not event.ok:
            raise self._denied(event)
        if not isinstance(event.payload, str) or not event.payload:
            raise ReplyLost(self._forms.about("evergreen.unreadable"), "no key of a new session")
        return event.payload

    async def load(self, told: Told, name: str, content: bytes) -> Event:
        """Upload. Raises `Unreachable` where it may not, or `ReplyLost`."""
        file = File(f"{name}.log", content)
        said = await self._call(
            "load", changes=True, file=file, org=told.org, seskey=told.key, ws=name, delta=0
        )
        event = self._event(said)
        if event.name == NO_FILE:
            raise Unreachable(self._forms.about("evergreen.disk"), event.words)
        if event.permission:
            raise self._denied(event)
        return event

    async def execute(self, told: Told) -> Event:
        """Have a session processed. Raises `Unreachable`, `ReplyLost`, or `Refused`."""
        said = await self._call(
            "execute", through=self._patient, changes=True, org=told.org, seskey=told.key
        )
        event = self._event(said)
        if event.permission:
            reason = self._forms.about("evergreen.may_not_process", permission=event.permission)
            raise Refused(reason, event.words)
        return event

    async def lacks(self, action: Literal["load", "execute"]) -> str:
        """Name the permission that the account lacks for something; "" where it may do it.

        Leaves no trace: the program looks at permissions first, and then finds no such session.
        Raises `Unreachable` or `ReplyLost`.
        """
        event = self._event(await self._call(action, seskey=NEVER_MADE))
        if not event.permission and event.name != GONE:
            raise self._denied(event)
        return event.permission

    async def close(self) -> None:
        """Hang up where something is being processed."""
        await self._patient.close()

    # ----------------------------------------------------------------------------------- one call

    async def _call(
        self,
        action: str,
        *,
        org: int | None = None,
        ws: str = "",
        file: File | None = None,
        changes: bool = False,
        through: Forms | None = None,
        **more: str | int,
    ) -> Any:
        """Call it once; with a new login once more where the old one has expired.

        Nothing was done then: the login is looked at before all else.
        """
        fields = {
            "action": action,
            "org": str(self._settings.org if org is None else org),
            "ws": ws or self._settings.workstation or "daybook",
            "wc": "1",
            **{key: str(value) for key, value in more.items()},
        }
        token = await self._gateway.token()
        for attempt in (1, 2):
            said = await (through or self._forms).post(
                PATH, fields | {"ses": token}, file=file, changes=changes
            )
            event = events.read(said)
            if event is None or event.name != NO_SESSION:
                return said
            if attempt == 1:
                token = await self._gateway.renewed(token)
        raise Unreachable(self._forms.about("library.login_refused"), NO_SESSION)

    def _event(self, said: object) -> Event:
        event = events.read(said)
        if event is None:
            raise ReplyLost(self._forms.about("evergreen.unreadable"), str(said)[:500])
        return event

    def _denied(self, event: Event) -> Unreachable:
        """Say why something was not done, and who can help."""
        if event.permission:
            key = "evergreen.not_permitted"
            return Unreachable(self._forms.about(key, permission=event.permission), event.words)
        return Unreachable(self._forms.about("evergreen.says_no", name=event.name), event.words)

    def _not_understood(self, said: object, error: ValueError) -> LibraryError:
        """Say why there is no answer to a question."""
        event = events.read(said)
        if event is not None and not event.ok:
            return self._denied(event)
        return Unreachable(self._forms.about("evergreen.unreadable"), str(error))
