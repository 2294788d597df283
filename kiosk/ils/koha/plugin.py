"""Koha's companion plugin for offline circulation (ByWater Solutions): batches.

    POST /api/v1/contrib/offlinecirc/transactions    an operation each, results in the same order

The plugin remembers what it has processed, and says of that `skipped`. So where a reply was lost,
the same batch is loaded once more: nobody has to be asked, and nothing is done twice. It is loaded
again, too, where the results are not as many as the operations: nobody could tell whose they are.

    no login, no permission, no plugin      `Unreachable`: nothing of it was taken
    a page for people, a fault, no JSON     `ReplyLost`

Logged in by name and password (Koha's RESTBasicAuth), or by an API key, for which Koha gives a
token that ends after a while (RESTOAuth2ClientCredentials).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal

from kiosk.desk.checks.functions import CARRIED_BY
from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha import results
from kiosk.ils.koha.compared import with_due
from kiosk.ils.koha.operations import Operation, operation, unsendable
from kiosk.ils.web import Web, is_page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime, tzinfo

    import httpx

    from kiosk.desk.transactions import Kind, Outcome, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.base import Library
    from kiosk.ils.koha.settings import KohaSettings

_TRANSACTIONS: Final = "/contrib/offlinecirc/transactions"
_EARLY: Final = 60.0  # seconds before its end that a token is not used any more
_LONGEST_WORDS: Final = 120


class NoPlugin(Unreachable):
    """There is no companion plugin, or no REST interface at all."""


class PluginLibrary:
    """A `kiosk.ils.batches.BatchLibrary` by the plugin.

    `sip2` is the same library by SIP2, or None: then nobody says until when it has lent. `zone` is
    where the library is; `clock` gives the time, with its offset.
    """

    carries: frozenset[Kind] = CARRIED_BY["koha"]
    most = 50  # Koha takes about a tenth of a second for each, and a proxy waits for a minute
    gather = 0.0
    rests_as: Literal["waiting", "handed_over"] = "handed_over"

    def __init__(
        self,
        settings: KohaSettings,
        zone: tzinfo,
        clock: Callable[[], datetime],
        sip2: Library | None = None,
    ) -> None:
        self._sip2 = sip2
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._web = Web(settings.rest, settings.ca_file, settings.connect_timeout, settings.timeout)
        self._token = ""
        self._token_ends = 0.0
        self._queued: set[str] = set()

    async def hello(self) -> None:
        """Log in, and see that the plugin is there: it is told that nothing has happened."""
        answer = await self._post([], changes=False)
        if answer.status_code != 400:  # it may not take nothing; it is there
            self._see_that_taken(answer, Unreachable)

    def unfit(self, transaction: Transaction) -> Phrase | None:  # noqa: ARG002 - see its outcome
        """Say nothing: what Koha cannot be told has its outcome in `load`."""
        return None

    async def clock_offset(self) -> timedelta:
        """Tell nothing: Koha does not say what time it is."""
        return timedelta()

    async def place(self, avoid: Collection[str] = ()) -> Place:  # noqa: ARG002 - there is one
        """Name the branch: Koha has no other places."""
        return _place(self._settings)

    async def load(self, batch: Batch) -> Progress:
        """Have a batch processed, or put into the queue. Raise `Unreachable` or `ReplyLost`."""
        codes = {each.id: unsendable(each) for each in batch.transactions}
        sent = [each for each in batch.transactions if not codes[each.id]]
        said = await self._said(sent) if sent else {}
        at = self._clock()
        outcomes = [
            results.by_hand(each, codes[each.id], at) if codes[each.id] else said[each.id]
            for each in batch.transactions
        ]
        await self._compare(batch, outcomes)
        return self._progress(batch, outcomes)

    async def look(self, batch: Batch) -> Progress:
        """Say that a batch can be loaded, unless it was just now: what is there already is skipped.

        What becomes of it in the queue cannot be seen from here.
        """
        return Progress(stage="loaded" if batch.id in self._queued else "absent")

    async def close(self) -> None:
        """Hang up."""
        await self._web.close()
        if self._sip2 is not None:
            await self._sip2.close()

    async def _compare(self, batch: Batch, outcomes: list[Outcome | None]) -> None:
        """Compare due dates, of items that were not lent or returned once more in the batch."""
        if self._sip2 is None:
            return
        last = {each.item: number for number, each in enumerate(batch.transactions)}
        with suppress(Unreachable):
            for number in last.values():
                transaction, outcome = batch.transactions[number], outcomes[number]
                if outcome is not None:
                    outcomes[number] = await with_due(self._sip2, transaction, outcome, self._zone)

    def _progress(self, batch: Batch, outcomes: list[Outcome | None]) -> Progress:
        """Say how a batch stands. One that is in the queue tells what is known already."""
        total, at = len(outcomes), self._clock()
        known = tuple(each for each in outcomes if each is not None)
        if self._settings.pending and len(known) < total:
            self._queued.add(batch.id)
            return Progress(stage="loaded", outcomes=known, processed=len(known), total=total)
        done = (
            each or results.queued(transaction, at)
            for transaction, each in zip(batch.transactions, outcomes, strict=True)
        )
        return Progress(stage="done", outcomes=tuple(done), processed=total, total=total)

    async def _said(self, sent: list[Transaction]) -> dict[str, Outcome | None]:
        """Send operations; give what came of each."""
        operations = [operation(each, self._zone) for each in sent]
        answer = await self._post(operations, changes=True)
        self._see_that_taken(answer, ReplyLost)
        found, at = _results(answer), self._clock()
        if found is None:
            raise ReplyLost(self._web.about("koha.unreadable"), answer.text[:_LONGEST_WORDS])
        if len(found) != len(sent):
            reason = self._web.about("koha.other_count", sent=len(sent), count=len(found))
            raise ReplyLost(reason, answer.text[:_LONGEST_WORDS])
        return {
            each.id: results.of_plugin(each, status, words, at, pending=self._settings.pending)
            for each, (status, words) in zip(sent, found, strict=True)
        }

    # ---------------------------------------------------------------------------------- requests

    async def _post(self, operations: list[Operation], *, changes: bool) -> httpx.Response:
        """Send operations; with a new token, once, where the old one is not taken any more."""
        settings = self._settings
        body = {
            "branchcode": settings.branchcode,
            "pending": settings.pending,
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
            key = "koha.client_refused" if answer.status_code in (400, 401, 403) else "koha.no_rest"
            raise Unreachable(self._web.about(key), _shown(answer))
        self._token, self._token_ends = token, monotonic() + max(seconds - _EARLY, 0.0)

    def _see_that_taken(self, answer: httpx.Response, doubt: type[ReplyLost | Unreachable]) -> None:
        """Raise where it was not: `doubt` where nobody can tell."""
        code = answer.status_code
        match code:
            case 404 | 405:
                raise NoPlugin(
                    self._web.about("koha.no_rest" if is_page(answer) else "koha.no_plugin"),
                    _shown(answer),
                )
            case 400:
                raise Unreachable(self._web.about("koha.not_taken", said=_shown(answer)))
            case 401:
                key = "koha.client_refused" if self._settings.client else "koha.basic_refused"
                raise Unreachable(self._web.about(key), _shown(answer))
            case 403:
                raise Unreachable(self._web.about("koha.no_permission"), _shown(answer))
            case _ if answer.is_client_error:
                raise Unreachable(self._web.about("koha.fault", code=code), _shown(answer))
        if is_page(answer):
            raise doubt(self._web.about("koha.page"), _shown(answer))
        if not answer.is_success:
            raise doubt(self._web.about("koha.fault", code=code), _shown(answer))


def _place(settings: KohaSettings) -> Place:
    return Place(key=settings.branchcode, title=settings.branchcode)


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


def _shown(answer: httpx.Response) -> str:
    """Give the beginning of what was said."""
    return " ".join(answer.text.split())[:_LONGEST_WORDS]
