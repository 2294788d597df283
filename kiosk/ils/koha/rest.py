"""Koha's REST interface, as far as the companion plugin needs it: logging in, and one call.

    POST /api/v1/contrib/offlinecirc/transactions    an operation each, results in the same order

By name and password (the system preference RESTBasicAuth), or by an API key, for which Koha gives a
token that ends after a while (RESTOAuth2ClientCredentials).

    no login, no permission, no plugin: 400 to 499      `Unreachable`: nothing of it was taken
    a page for people, a fault, another count of
    results, no JSON                                    `ReplyLost`; of a question `Unreachable`
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.web import Web, is_page, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import httpx

    from kiosk.desk.words import Phrase
    from kiosk.ils.koha.operations import Operation
    from kiosk.ils.koha.settings import KohaSettings

_TRANSACTIONS: Final = "/contrib/offlinecirc/transactions"
_EARLY: Final = 60.0  # seconds before its end that a token is not used any more


class NoPlugin(Unreachable):
    """There is no companion plugin, or no REST interface at all."""


class Rest:
    """Calls of the plugin."""

    def __init__(self, settings: KohaSettings) -> None:
        self._settings = settings
        self._web = Web(settings.rest, settings.ca_file, settings.connect_timeout, settings.timeout)
        self._token = ""
        self._token_ends = 0.0

    async def hello(self) -> None:
        """Log in, and see that the plugin is there: it is told that nothing has happened."""
        answer = await self._post([], changes=False)
        if answer.status_code == 400:  # it may not take nothing; it is there
            return
        self._see_that_let_in(answer)
        if is_page(answer) or not answer.is_success:
            raise Unreachable(self._trouble(answer), shown(answer))

    async def time(self) -> datetime | None:
        """Give what time it is there; None where it does not say. Raise `Unreachable`."""
        if self._web.time() is None:
            await self.hello()
        return self._web.time()

    async def tell(self, operations: Sequence[Operation]) -> list[tuple[str, str]]:
        """Tell what has happened; give status and words of each.

        Raise `Unreachable` or `ReplyLost`.
        """
        answer = await self._post(operations, changes=True)
        self._see_that_let_in(answer)
        if is_page(answer) or not answer.is_success:
            raise ReplyLost(self._trouble(answer), shown(answer))
        found = _results(answer)
        if found is None:
            raise ReplyLost(self._web.about("koha.unreadable"), shown(answer))
        if len(found) != len(operations):
            reason = self._web.about("koha.other_count", sent=len(operations), count=len(found))
            raise ReplyLost(reason, shown(answer))
        return found

    async def close(self) -> None:
        """Hang up."""
        await self._web.close()

    async def _post(self, operations: Sequence[Operation], *, changes: bool) -> httpx.Response:
        """Send operations; with a new token, once, where the old one is not taken any more."""
        body = {
            "branchcode": self._settings.branchcode,
            "pending": self._settings.pending,
            "transactions": operations,
        }
        send = self._web.tell if changes else self._web.ask
        answer = await send("POST", _TRANSACTIONS, json=body, **await self._credentials())
        if answer.status_code == 401 and self._token:
            self._token = ""
            answer = await send("POST", _TRANSACTIONS, json=body, **await self._credentials())
        return answer

    async def _credentials(self) -> dict[str, Any]:
        if not self._settings.client:
            return {"auth": (self._settings.login, self._settings.password)}
        if not self._token or monotonic() >= self._token_ends:
            await self._get_token()
        return {"headers": {"Authorization": f"Bearer {self._token}"}}

    async def _get_token(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client,
            "client_secret": self._settings.client_password,
        }
        answer = await self._web.ask("POST", "/oauth/token", data=form)
        token, seconds = _token(answer)
        if not token:
            raise Unreachable(self._why_no_token(answer), shown(answer))
        self._token, self._token_ends = token, monotonic() + max(seconds - _EARLY, 0.0)

    def _why_no_token(self, answer: httpx.Response) -> Phrase:
        if answer.is_server_error:
            return self._trouble(answer)
        refused = answer.status_code in (400, 401, 403)
        return self._web.about("koha.client_refused" if refused else "koha.no_rest")

    def _see_that_let_in(self, answer: httpx.Response) -> None:
        """Raise where nothing of a request was looked at."""
        match answer.status_code:
            case 404 | 405:
                key = "koha.no_rest" if is_page(answer) else "koha.no_plugin"
                raise NoPlugin(self._web.about(key), shown(answer))
            case 400:
                raise Unreachable(self._web.about("koha.not_taken", said=shown(answer)))
            case 401:
                key = "koha.client_refused" if self._settings.client else "koha.basic_refused"
                raise Unreachable(self._web.about(key), shown(answer))
            case 403:
                raise Unreachable(self._web.about("koha.no_permission"), shown(answer))
        if answer.is_client_error:
            raise Unreachable(self._trouble(answer), shown(answer))

    def _trouble(self, answer: httpx.Response) -> Phrase:
        """Say what is wrong with an answer that is none."""
        if not answer.is_success:
            return self._web.about("koha.fault", code=answer.status_code)
        return self._web.about("koha.page")


def _results(answer: httpx.Response) -> list[tuple[str, str]] | None:
    """Read status and words of each result; None where it is nothing of the kind."""
    try:
        found = answer.json()["results"]
        return [(str(each["status"]), str(each.get("message") or "")) for each in found]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _token(answer: httpx.Response) -> tuple[str, float]:
    """Read a token, and for how many seconds it counts; "" where there is none."""
    try:
        found = answer.json()
        return str(found["access_token"]), float(found.get("expires_in", 0))
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", 0.0
