"""/standalone/list.txt: whom not to lend to, as a job of the night writes it.

A line is a barcode, a space, and one letter: L, a card that was replaced; E, expired; B, barred;
D, penalized. Barcodes may end with spaces, and come more than once, in any order.
"""

from __future__ import annotations

from base64 import b64decode
from random import Random
from typing import TYPE_CHECKING

from support.fake_web import http, zones
from support.fake_web.http import Reply

from . import dates

if TYPE_CHECKING:
    from support.fake_web.http import Request

    from .system import Evergreen

PATH = "/standalone/list.txt"


def answer(system: Evergreen, request: Request) -> Reply:
    """Give the list to staff that is logged in; `system.blocklist` is its text, if it was set."""
    cookies = request.cookies()
    given = [http.first(request.asked(), "ses"), cookies.get("ses"), cookies.get("eg.auth.token")]
    token = next((x for x in map(system.gateway.token, _bare(given)) if x is not None), None)
    if token is None:
        return _log_in(system, request)
    if "STAFF_LOGIN" not in system.world.get("account", token.username).perms:
        return Reply("<html><title>403 Forbidden</title></html>", 403, "text/html")
    if system.blocklist == "absent":
        return Reply("<html><title>404 Not Found</title></html>", 404, "text/html")
    return Reply(make(system) if system.blocklist is None else system.blocklist, kind="text/plain")


def make(system: Evergreen) -> str:
    """Write the list of now."""
    today = zones.at(system.now(), zones.zone(system.rules.zone))
    lines = []
    for patron in system.world.all("patron").values():
        letters = {
            "E": dates.read(patron.expires, today.tzinfo) < today,  # type: ignore[arg-type]
            "B": patron.barred,
            "D": patron.penalty,
        }
        lines += [f"{patron.card} {letter}\n" for letter, is_so in letters.items() if is_so]
        lines += [f"{card} L\n" for card in patron.cards]
    Random(1).shuffle(lines)
    return "".join(lines)


def _bare(given: list[str | None]) -> list[str]:
    return [x.strip('"') for x in given if x]


def _log_in(system: Evergreen, request: Request) -> Reply:
    """Let staff log in by HTTP Basic."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        username, _, password = b64decode(secret).decode().partition(":")
        key = system.gateway.log_in(username, password)
        if key:
            moved = (("Location", PATH), ("Set-Cookie", f"ses={key}; path=/"))
            return Reply("", 302, headers=moved)
    asks = (("WWW-Authenticate", 'Basic realm="Evergreen"'),)
    return Reply("<html><title>401 Unauthorized</title></html>", 401, "text/html", asks)
