"""Koha's `offline_circ/service.pl`: one request for each operation, and how it lets one in.

    24.05 and later    a session by `svc/authentication`, whose CSRF token goes along; the token is
                       another one after the login
    before             name and password go along with each request; without the cookie of the last
                       one, whose session may have ended, which counts for more

Which of the two is found out, where the version is not told: only the later ones give a token. What
is shut out was not carried out: so the kiosk logs in once more, and sends it again, once.

    Success. Added. Item not found. …     an answer, in plain text
    not 200, "auth_status", the words     shut out
    "Authentication failed.", a login page
    another error of 400 to 499           turned away: `Unreachable`
    another page, a fault, nothing, or    `ReplyLost`: Koha recognises nothing it gets twice
    an answer that breaks off

Everything goes in the body of a POST: what stands in an address can be read in the server's log.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.koha import results
from kiosk.ils.koha.operations import Operation, operation
from kiosk.ils.web import Web, is_page, shown

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    import httpx

    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.koha.settings import KohaSettings

_SERVICE: Final = "/cgi-bin/koha/offline_circ/service.pl"
_AUTHENTICATION: Final = "/cgi-bin/koha/svc/authentication"
_TOKEN: Final = "csrf-token"  # noqa: S105 - the name of a header
_STATUS: Final = re.compile(r"<status>\s*(\w+)\s*</status>")
_ASKS_FOR_LOGIN: Final = re.compile(
    r"""name=["'](login_)?(userid|password)["']|<title>[^<]*log in""", re.IGNORECASE
)


class Service:
    """One session with it. `zone` is where the library is."""

    def __init__(self, settings: KohaSettings, zone: tzinfo) -> None:
        self._settings = settings
        self._zone = zone
        self._web = Web(
            settings.staff, settings.ca_file, settings.connect_timeout, settings.timeout
        )
        self._has_tokens = settings.has_tokens
        self._token = ""
        """Of a session that is logged in."""

    async def hello(self) -> None:
        """Log in, and see that the service lets one in: without an action it does nothing."""
        answer = await self._let_in({}, changes=False)
        if is_page(answer) or not answer.is_success:
            raise Unreachable(self._trouble(answer), shown(answer))

    async def time(self) -> datetime | None:
        """Give what time it is there; None where it does not say. Raise `Unreachable`."""
        if self._web.time() is None:
            await self.hello()
        return self._web.time()

    async def tell(self, transaction: Transaction, *, pending: bool) -> str:
        """Say what has happened; give Koha's words. Raise `Unreachable` or `ReplyLost`.

        `pending`: for the queue.
        """
        form = {
            **operation(transaction, self._zone, utc=self._settings.reads_utc),
            "pending": "true" if pending else "false",
        }
        answer = await self._let_in(form, changes=True)
        words = answer.text.strip()
        if is_page(answer) or not answer.is_success or results.broke_off(words):
            raise ReplyLost(self._trouble(answer), shown(answer))
        return words

    async def close(self) -> None:
        """Hang up, and forget the session."""
        self._token = ""
        await self._web.close()

    # ---------------------------------------------------------------------------------- requests

    async def _let_in(self, form: Operation, *, changes: bool) -> httpx.Response:
        """Send a form; after a new login, once, where the session has ended."""
        fresh = await self._log_in()
        answer = await self._post(form, changes=changes)
        if _is_shut_out(answer) and not fresh:
            self._token = ""
            fresh = await self._log_in()
            answer = await self._post(form, changes=changes) if fresh else answer
        if _is_shut_out(answer):
            key = "koha.no_permission" if self._has_tokens else "library.login_refused"
            self._token, self._has_tokens = "", self._settings.has_tokens  # it may be a newer one
            raise Unreachable(self._web.about(key), shown(answer))
        if answer.is_client_error:
            missing = answer.status_code in (404, 405)
            reason = self._web.about("koha.no_service") if missing else self._trouble(answer)
            raise Unreachable(reason, shown(answer))
        return answer

    async def _post(self, form: Operation, *, changes: bool) -> httpx.Response:
        settings = self._settings
        form = {**form, "userid": settings.login, "branchcode": settings.branchcode}
        headers = {}
        if self._has_tokens:
            form["login_userid"] = settings.login
            headers[_TOKEN] = self._token
        else:
            form["password"] = settings.password
            self._web.forget()
        send = self._web.tell if changes else self._web.ask
        return await send("POST", _SERVICE, data=form, headers=headers)

    async def _log_in(self) -> bool:
        """Begin a session, where Koha has such and there is none; tell whether it is a new one."""
        if self._token or self._has_tokens is False:
            return False
        self._web.forget()
        answer = await self._web.ask("GET", _AUTHENTICATION)
        token = answer.headers.get(_TOKEN, "")
        if not token:
            self._see_that_older(answer)
            self._has_tokens = False
            return False
        form = {"login_userid": self._settings.login, "login_password": self._settings.password}
        answer = await self._web.ask("POST", _AUTHENTICATION, data=form, headers={_TOKEN: token})
        if _status(answer) != "ok":
            key = "koha.fault" if answer.is_server_error else "library.login_refused"
            raise Unreachable(self._web.about(key, code=answer.status_code), shown(answer))
        self._has_tokens, self._token = True, answer.headers.get(_TOKEN, "") or token
        return True

    def _see_that_older(self, answer: httpx.Response) -> None:
        """Raise where it is not a Koha of the older kind that gave no token."""
        if answer.is_server_error:
            raise Unreachable(self._trouble(answer), shown(answer))
        if self._settings.has_tokens:
            raise Unreachable(self._web.about("koha.no_token"), shown(answer))
        if not _status(answer):
            raise Unreachable(self._web.about("koha.no_koha"), shown(answer))

    def _trouble(self, answer: httpx.Response) -> Phrase:
        """Say what is wrong with an answer that is none."""
        if not answer.is_success:
            return self._web.about("koha.fault", code=answer.status_code)
        return self._web.about("koha.page" if is_page(answer) else "koha.said_nothing")


def _is_shut_out(answer: httpx.Response) -> bool:
    """Tell whether Koha has not even looked at what it was sent."""
    if answer.status_code in (401, 403) or "auth_status" in answer.text:
        return True
    if is_page(answer):
        return _ASKS_FOR_LOGIN.search(answer.text) is not None
    return answer.text.strip() == "Authentication failed."


def _status(answer: httpx.Response) -> str:
    """Give what svc/authentication says: ok, failed …; "" where it is something else."""
    found = _STATUS.search(answer.text)
    return found[1] if found is not None else ""
