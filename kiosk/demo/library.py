"""A small library system to try the kiosk against: what it answers to SIP2 over TCP.

The server is pysip2's; what the library says is decided here, as a recent Koha would: no-block
overrides every block (an item that somebody else has out is returned first), and the due date that
comes with it stands; of a renewal it is not looked at, as with most servers. It keeps a log of
every checkout, checkin and renewal it was sent, so that a test can see that each was carried out
once, and in which order.

Dates are the library's local time, written in ISO 8601 without an offset, as Koha reads them.
"""

from __future__ import annotations

import asyncio
import json
import signal
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from anyio import create_task_group, create_tcp_listener
from anyio.abc import SocketAttribute
from pysip2 import (
    CHECKIN,
    CHECKOUT,
    END_PATRON_SESSION,
    ITEM_INFORMATION,
    LOGIN,
    PATRON_INFORMATION,
    RENEW,
    CheckinRequest,
    CheckinResponse,
    CheckoutRequest,
    CheckoutResponse,
    EndPatronSessionRequest,
    EndSessionResponse,
    ItemInformationRequest,
    ItemInformationResponse,
    LoginRequest,
    LoginResponse,
    PatronInformationRequest,
    PatronInformationResponse,
    RenewRequest,
    RenewResponse,
    SIP2Server,
)
from pysip2.models import MESSAGE_SPECS_BY_ID, MESSAGE_SPECS_BY_TYPE, ident

from kiosk.demo.holdings import CARDS, INSTITUTION, ITEMS, Card, Item

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

LOGIN_NAME: Final = "kiosk"
LOGIN_PASSWORD: Final = "kiosk"  # noqa: S105 - of a library that does not exist

_HOLD_HERE: Final = "01"  # alert types (CV) of a 10
_SEND_ELSEWHERE: Final = "04"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loan:
    """An item that a patron has out."""

    item: str
    patron: str
    due: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Return:
    """An item that came back, from whom, and when the kiosk said it did."""

    item: str
    patron: str
    returned: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One 11, 09 or 29, and what was made of it. `date` is the due date or the return date."""

    message: str
    item: str
    patron: str
    no_block: bool
    ok: bool
    at: str
    date: str
    words: str


class AlertingCheckin(CheckinResponse, frozen=True, kw_only=True):
    """A 10 with the two fields that every library system has added to it: CV and CT."""

    alert_type: str | None = None
    destination: str | None = None


_checkin_fields = (
    *MESSAGE_SPECS_BY_ID["10"].fields,
    ident("alert_type", "CV"),
    ident("destination", "CT"),
)
MESSAGE_SPECS_BY_TYPE[AlertingCheckin] = replace(
    MESSAGE_SPECS_BY_ID["10"], struct_type=AlertingCheckin, fields=_checkin_fields
)


class _Server(SIP2Server):
    """pysip2's server, except that it stops listening when it stops (pysip2 0.1.0 does not)."""

    @asynccontextmanager
    async def start(
        self, host: str = "127.0.0.1", port: int = 0, **kwargs: Any
    ) -> AsyncIterator[int]:
        """Serve until the block ends; give the port."""
        listener = await create_tcp_listener(local_host=host, local_port=port, **kwargs)
        async with listener, create_task_group() as connections:
            connections.start_soon(listener.serve, self._handle_connection)
            try:
                yield listener.extra(SocketAttribute.local_port)  # noqa: S610 - not Django's
            finally:
                connections.cancel_scope.cancel()


class DemoLibrary:
    """The library: who has what, and the handlers that answer for it."""

    def __init__(self) -> None:
        self.loans: dict[str, Loan] = {}
        self.returns: list[Return] = []
        self.log: list[Entry] = []
        self.server = _Server(
            encoding="utf-8", institution_id=INSTITUTION, library_name="Daybook demo library"
        )
        self.server.route(LOGIN)(_login)
        self.server.route(PATRON_INFORMATION)(self._patron)
        self.server.route(ITEM_INFORMATION)(self._item)
        self.server.route(CHECKOUT)(self._checkout)
        self.server.route(CHECKIN)(self._checkin)
        self.server.route(RENEW)(self._renew)
        self.server.route(END_PATRON_SESSION)(_end_session)

    # ------------------------------------------------------------------------------------- state

    def state(self) -> dict[str, Any]:
        """Give everything that has happened, ready for JSON."""
        return {
            "loans": [asdict(loan) for loan in self.loans.values()],
            "returns": [asdict(back) for back in self.returns],
            "log": [asdict(entry) for entry in self.log],
        }

    def save(self, path: Path) -> None:
        """Write the state, whole or not at all."""
        beside = path.with_name(path.name + ".new")
        text = json.dumps(self.state(), ensure_ascii=False, indent=1)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)

    def load(self, path: Path) -> None:
        """Take up a saved state, if there is one. Raise ValueError, naming a file that is bad."""
        if not path.exists():
            return
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
            self.loans = {loan["item"]: Loan(**loan) for loan in state["loans"]}
            self.returns = [Return(**back) for back in state["returns"]]
            self.log = [Entry(**entry) for entry in state["log"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a demo library's state: {error}") from error

    # ----------------------------------------------------------------------------------- answers

    async def _patron(
        self, request: PatronInformationRequest, _context: object
    ) -> PatronInformationResponse:
        card = _CARDS.get(request.patron_identifier)
        charged = [x.item for x in self.loans.values() if x.patron == request.patron_identifier]
        stopped = card is None or card.stopped != ""
        return PatronInformationResponse(
            patron_status="YYYY          " if stopped else " " * 14,
            language="001",
            transaction_date=_now(),
            hold_items_count=_count(x for x in ITEMS if x.held_for == request.patron_identifier),
            overdue_items_count="0000",
            charged_items_count=_count(charged),
            fine_items_count="0000",
            recall_items_count="0000",
            unavailable_holds_count="0000",
            institution_id=INSTITUTION,
            patron_identifier=request.patron_identifier,
            personal_name=card.name if card else "",
            valid_patron="N" if card is None else "Y",
            charged_items=tuple(charged) if request.summary[2] == "Y" else (),
            screen_message=_said("Unknown card" if card is None else card.stopped),
        )

    async def _item(
        self, request: ItemInformationRequest, _context: object
    ) -> ItemInformationResponse:
        item = _ITEMS.get(request.item_identifier)
        loan = self.loans.get(request.item_identifier)
        return ItemInformationResponse(
            circulation_status=_circulation_status(item, loan),
            security_marker="00",
            fee_type="01",
            transaction_date=_now(),
            due_date=_sip(loan.due) if loan else None,
            item_identifier=request.item_identifier,
            title_identifier=item.title if item else "",
            owner=item.owner if item else None,
        )

    async def _checkout(self, request: CheckoutRequest, _context: object) -> CheckoutResponse:
        item, card = _ITEMS.get(request.item_identifier), _CARDS.get(request.patron_identifier)
        loan = self.loans.get(request.item_identifier)
        no_block = request.no_block == "Y"
        words = _why_not_lent(item, card, loan, no_block=no_block)
        renewal = loan is not None and loan.patron == request.patron_identifier
        due_date = request.nb_due_date
        if item and item.days and not no_block:
            due_date = _in_days(item.days, request.transaction_date)
        due = _iso(due_date)
        if item and card and not words:
            if loan and not renewal:
                self._take_back(loan, _iso(request.transaction_date))
            self.loans[item.item] = Loan(
                item=item.item, patron=card.card, due=due, title=item.title
            )
        self._note(
            "11", request, ok=not words, patron=request.patron_identifier, date=due, words=words
        )
        return CheckoutResponse(
            ok="0" if words else "1",
            renewal_ok="Y" if renewal and not words else "N",
            magnetic_media="U",
            desensitize="N",
            transaction_date=_now(),
            institution_id=INSTITUTION,
            patron_identifier=request.patron_identifier,
            item_identifier=request.item_identifier,
            title_identifier=item.title if item else "",
            media_type=item.media if item else None,
            due_date="" if words else due_date,
            screen_message=_said(words),
        )

    async def _renew(self, request: RenewRequest, _context: object) -> RenewResponse:
        item, loan = _ITEMS.get(request.item_identifier or ""), None
        if item is not None:
            loan = self.loans.get(item.item)
        words = _why_not_renewed(item, _CARDS.get(request.patron_identifier), loan)
        due = _iso(request.nb_due_date)
        if loan and not words:
            self.loans[loan.item] = replace(loan, due=due)
        self._note(
            "29", request, ok=not words, patron=request.patron_identifier, date=due, words=words
        )
        return RenewResponse(
            ok="0" if words else "1",
            renewal_ok="N" if words else "Y",
            magnetic_media="U",
            desensitize="N",
            transaction_date=_now(),
            institution_id=INSTITUTION,
            patron_identifier=request.patron_identifier,
            item_identifier=request.item_identifier or "",
            title_identifier=item.title if item else "",
            due_date="" if words else request.nb_due_date,
            screen_message=_said(words),
        )

    async def _checkin(self, request: CheckinRequest, _context: object) -> AlertingCheckin:
        item = _ITEMS.get(request.item_identifier)
        loan = self.loans.get(request.item_identifier)
        alert, destination, words = _where_to(item)
        ok = item is not None and (loan is not None or alert is not None)
        if not ok:
            words = "Item not checked out" if item else "Unknown item"
        returned = _iso(request.return_date)
        if loan:
            self._take_back(loan, returned)
        patron = loan.patron if loan else ""
        self._note("09", request, ok=ok, patron=patron, date=returned, words=words)
        return AlertingCheckin(
            ok="1" if ok else "0",
            resensitize="N",
            magnetic_media="U",
            alert="Y" if alert else "N",
            transaction_date=_now(),
            institution_id=INSTITUTION,
            item_identifier=request.item_identifier,
            permanent_location=item.owner if item else "",
            title_identifier=item.title if item else None,
            media_type=item.media if item else None,
            patron_identifier=patron or None,
            alert_type=alert,
            destination=destination,
            screen_message=_said(words),
        )

    def _take_back(self, loan: Loan, returned: str) -> None:
        del self.loans[loan.item]
        self.returns.append(Return(item=loan.item, patron=loan.patron, returned=returned))

    def _note(
        self,
        message: str,
        request: CheckoutRequest | CheckinRequest | RenewRequest,
        *,
        ok: bool,
        patron: str,
        date: str,
        words: str,
    ) -> None:
        self.log.append(
            Entry(
                message=message,
                item=request.item_identifier or "",
                patron=patron,
                no_block=request.no_block == "Y",
                ok=ok,
                at=_iso(request.transaction_date),
                date=date,
                words=words,
            )
        )


async def serve(
    host: str, port: int, state_path: Path | None, ready: Callable[[int], None]
) -> None:
    """Run the demo library until SIGTERM or SIGINT; call `ready` with its port once it listens.

    With a `state_path` it begins with what is saved there, and saves on SIGHUP and at the end.
    Port 0 takes a free one. Raise OSError (EADDRINUSE) where the port is taken, and ValueError
    where the state file holds something else. Must run in the main thread, for the signals.
    """
    library = DemoLibrary()
    if state_path is not None:
        library.load(state_path)

    def save() -> None:
        if state_path is not None:
            library.save(state_path)

    stop = asyncio.Event()
    listening = False  # where the port is taken, the state belongs to whoever has it
    try:
        with _signals({signal.SIGHUP: save, signal.SIGTERM: stop.set, signal.SIGINT: stop.set}):
            async with library.server.start(host, port) as bound:
                listening = True
                ready(bound)
                await stop.wait()
    finally:
        if listening:
            save()


# --------------------------------------------------------------------------------------- the rules


def _why_not_lent(
    item: Item | None, card: Card | None, loan: Loan | None, *, no_block: bool
) -> str:
    """Give the library's words for refusing a checkout, or "". No-block needs both to exist."""
    if card is None:
        return "Unknown card"
    if item is None:
        return "Unknown item"
    if no_block:
        return ""
    if card.stopped:
        return card.stopped
    if item.lost:
        return "Item declared lost"
    if item.held_for not in ("", card.card):
        return "On hold for another patron"
    if loan and loan.patron != card.card:
        return "Checked out to another patron"
    return ""


def _why_not_renewed(item: Item | None, card: Card | None, loan: Loan | None) -> str:
    """Give the library's words for refusing a renewal, or "". No-block is not looked at."""
    if card is None:
        return "Unknown card"
    if item is None or loan is None:
        return "Item not checked out" if item else "Unknown item"
    if loan.patron != card.card:
        return "Checked out to another patron"
    if card.stopped:
        return card.stopped
    return "On hold for another patron" if item.held_for not in ("", card.card) else ""


def _where_to(item: Item | None) -> tuple[str | None, str | None, str]:
    """Give alert type, destination and words for an item that comes back."""
    if item and item.held_for:
        return _HOLD_HERE, INSTITUTION, "On hold: please put it on the hold shelf."
    if item and item.owner != INSTITUTION:
        return _SEND_ELSEWHERE, item.owner, f"Please send it to {item.owner}."
    return None, None, ""


def _circulation_status(item: Item | None, loan: Loan | None) -> str:
    if item is None:
        return "01"
    if loan:
        return "04"
    if item.lost:
        return "12"
    return "08" if item.held_for else "03"


async def _login(request: LoginRequest, _context: object) -> LoginResponse:
    right = (request.login_user_id, request.login_password) == (LOGIN_NAME, LOGIN_PASSWORD)
    return LoginResponse(ok="1" if right else "0")


async def _end_session(request: EndPatronSessionRequest, _context: object) -> EndSessionResponse:
    return EndSessionResponse(
        end_session="Y",
        transaction_date=_now(),
        institution_id=INSTITUTION,
        patron_identifier=request.patron_identifier,
    )


# ------------------------------------------------------------------------------------ small things

_CARDS: Final = {card.card: card for card in CARDS}
_ITEMS: Final = {item.item: item for item in ITEMS}


def _now() -> str:
    return _sip(datetime.now().astimezone().isoformat(timespec="seconds"))


def _iso(date: str) -> str:
    """Turn YYYYMMDDZZZZHHMMSS into ISO 8601. The zone is not looked at, as Koha does it."""
    day, time = date[:8], date[12:]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}"


def _sip(iso: str) -> str:
    """Turn ISO 8601 into YYYYMMDDZZZZHHMMSS with a blank zone."""
    return iso[:10].replace("-", "") + "    " + iso[11:19].replace(":", "")


def _in_days(days: int, date: str) -> str:
    """Give the end of the day so many days after a SIP2 date."""
    day = datetime.strptime(date[:8], "%Y%m%d") + timedelta(days=days)  # noqa: DTZ007 - local
    return f"{day:%Y%m%d}    235900"


def _count(things: Iterable[object]) -> str:
    return f"{sum(1 for _ in things):04}"


def _said(words: str) -> tuple[str, ...]:
    return (words,) if words else ()


@contextmanager
def _signals(handlers: dict[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Have these called on these signals."""
    loop = asyncio.get_running_loop()
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
