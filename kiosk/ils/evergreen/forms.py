"""Forms sent to an Evergreen, and what comes back as JSON.

Its programs say yes and no in JSON, with the status 200. Anything else is said by what stands
before them, or by nobody, because a program has died:

    a status of 400 to 499             `Unreachable`: turned away before the program ran
    any other one but 200              it may have run: of what changes something, `ReplyLost`
    nothing, or a web page             the same
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.web import Web, is_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from kiosk.desk.words import Phrase
    from kiosk.ils.evergreen.settings import EvergreenSettings

_TURNED_AWAY: Final = {
    401: "evergreen.not_from_here",
    403: "evergreen.not_from_here",
    404: "evergreen.not_there",
    413: "evergreen.too_large",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of an upload. Without a name the server says yes and stores nothing."""

    name: str
    content: bytes


class Forms:
    """One connection to one server. `timeout`: seconds for an answer, if not the settings'."""

    def __init__(self, settings: EvergreenSettings, timeout: float | None = None) -> None:
        most = settings.timeout if timeout is None else timeout
        self._web = Web(settings.base, settings.ca_file, settings.connect_timeout, most)

    async def post(
        self,
        path: str,
        fields: Mapping[str, str | list[str]],
        *,
        file: File | None = None,
        changes: bool = False,
    ) -> Any:
        """Send a form, and give what comes back. Raises `Unreachable`, or `ReplyLost`.

        The latter only where it `changes` something.
        """
        what: dict[str, Any] = {"data": dict(fields)}
        if file is not None:
            what["files"] = {"file": (file.name, file.content, "text/plain")}
        send = self._web.tell if changes else self._web.ask
        return self._read(await send("POST", path, **what), changes=changes)

    async def close(self) -> None:
        """Hang up."""
        await self._web.close()

    def about(self, key: str, **more: str | int) -> Phrase:
        """Say something of the server."""
        return self._web.about(key, **more)

    def _read(self, answer: httpx.Response, *, changes: bool) -> Any:
        code = answer.status_code
        if 400 <= code < 500:
            key = _TURNED_AWAY.get(code, "evergreen.status")
            raise Unreachable(self.about(key, code=code), answer.text[:500])
        if code != 200:
            self._unclear("evergreen.status", answer, changes=changes)
        if not answer.content.strip():
            self._unclear("evergreen.empty", answer, changes=changes)
        try:
            return json.loads(_text(answer.content))
        except ValueError:
            key = "evergreen.web_page" if is_page(answer) else "evergreen.unreadable"
            self._unclear(key, answer, changes=changes)

    def _unclear(self, key: str, answer: httpx.Response, *, changes: bool) -> NoReturn:
        error = ReplyLost if changes else Unreachable
        raise error(self.about(key, code=answer.status_code), answer.text[:500])


def _text(content: bytes) -> str:
    """Read a reply. Programs in Perl may write Latin-1 where they mean to write UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
