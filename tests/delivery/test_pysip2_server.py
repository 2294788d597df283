"""Delivery to the server of the package pysip2, as it is shipped."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pysip2 import (
    CHECKIN,
    CHECKOUT,
    ITEM_INFORMATION,
    LOGIN,
    PATRON_INFORMATION,
    RENEW,
    CheckinRequest,
    CheckinResponse,
    CheckoutRequest,
    CheckoutResponse,
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
from support.delivering import delivering, settings
from support.transactions import MAYA, OMAR, checkin, checkout, renewal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = "20261121    100000"

# It leaves its listening socket to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Town:
    """Who has what, behind the server, and what it was told."""

    def __init__(self, **how: str | bool) -> None:
        self.loans: dict[str, tuple[str, str]] = {}
        self.did: list[tuple[str, str]] = []
        self.stumbles_at = ""
        self.server = SIP2Server(institution_id="main", **how)  # type: ignore[arg-type]
        self.server.route(LOGIN)(self._login)
        self.server.route(PATRON_INFORMATION)(self._patron)
        self.server.route(ITEM_INFORMATION)(self._item)
        self.server.route(CHECKOUT)(self._checkout)
        self.server.route(CHECKIN)(self._checkin)
        self.server.route(RENEW)(self._renew)

    async def _login(self, request: LoginRequest, _: object) -> LoginResponse:
        return LoginResponse(ok="1" if request.login_password == "kiosk" else "0")

    async def _patron(
        self, request: PatronInformationRequest, _: object
    ) -> PatronInformationResponse:
        charged = tuple(
            x for x, (card, _) in self.loans.items() if card == request.patron_identifier
        )
        return PatronInformationResponse(
            patron_status=" " * 14,
            language="001",
            transaction_date=NOW,
            hold_items_count="0000",
            overdue_items_count="0000",
            charged_items_count=f"{len(charged):04}",
            fine_items_count="0000",
            recall_items_count="0000",
            unavailable_holds_count="0000",
            institution_id="main",
            patron_identifier=request.patron_identifier,
            personal_name="Käthe Groß",
            charged_items=charged if request.summary[2] == "Y" else (),
        )

    async def _item(self, request: ItemInformationRequest, _: object) -> ItemInformationResponse:
        _, due = self.loans.get(request.item_identifier, ("", None))
        return ItemInformationResponse(
            circulation_status="04" if due else "03",
            security_marker="00",
            fee_type="01",
            transaction_date=NOW,
            due_date=due,
            item_identifier=request.item_identifier,
            title_identifier="Straße",
        )

    async def _checkout(self, request: CheckoutRequest, _: object) -> CheckoutResponse:
        self._do("checkout", request.item_identifier)
        self.loans[request.item_identifier] = request.patron_identifier, request.nb_due_date
        return CheckoutResponse(
            ok="1",
            renewal_ok="N",
            magnetic_media="U",
            desensitize="Y",
            transaction_date=NOW,
            institution_id="main",
            patron_identifier=request.patron_identifier,
            item_identifier=request.item_identifier,
            title_identifier="Straße",
            due_date=request.nb_due_date,
        )

    async def _renew(self, request: RenewRequest, _: object) -> RenewResponse:
        item = request.item_identifier or ""
        self._do("renewal", item)
        self.loans[item] = request.patron_identifier, request.nb_due_date
        return RenewResponse(
            ok="1",
            renewal_ok="Y",
            magnetic_media="U",
            desensitize="N",
            transaction_date=NOW,
            institution_id="main",
            patron_identifier=request.patron_identifier,
            item_identifier=item,
            title_identifier="Straße",
            due_date=request.nb_due_date,
        )

    async def _checkin(self, request: CheckinRequest, _: object) -> CheckinResponse:
        self._do("checkin", request.item_identifier)
        self.loans.pop(request.item_identifier, None)
        return CheckinResponse(
            ok="1",
            resensitize="Y",
            magnetic_media="U",
            alert="N",
            transaction_date=NOW,
            institution_id="main",
            item_identifier=request.item_identifier,
            permanent_location="main",
        )

    def _do(self, what: str, item: str) -> None:
        if item == self.stumbles_at:
            raise LookupError(item)
        self.did.append((what, item))


@asynccontextmanager
async def serving(server: SIP2Server) -> AsyncIterator[int]:
    async with server.start() as port:
        yield port


async def test_a_day_is_delivered_once_and_in_order() -> None:
    town = Town(login_required=True)
    day = [checkout("i1"), checkout("i2", OMAR), checkin("i1"), renewal("i2", OMAR), checkout("i1")]
    async with (
        serving(town.server) as port,
        delivering(settings(port, encoding="cp850", timeout=2.0), day) as desk,
    ):
        await desk.delivered()
        assert {x.kind for x in desk.outcomes} == {"applied"}
        assert desk.outcomes[0].title == "Straße"
    assert town.did == [(x.kind, x.item) for x in day]


async def test_whose_card_it_is_is_read() -> None:
    town = Town(login_required=True)
    async with (
        serving(town.server) as port,
        delivering(settings(port, encoding="cp850", timeout=2.0)) as desk,
    ):
        desk.courier.ask_patron(MAYA)
        await desk.record(checkout("i1"))
        await desk.delivered()
        assert [(x.name, x.valid) for x in desk.patrons] == [("Käthe Groß", True)]


async def test_without_handlers_it_refuses_in_words() -> None:
    day = [checkout("i1"), checkin("i1"), renewal("i2")]
    async with (
        serving(SIP2Server()) as port,
        delivering(settings(port, login="", timeout=2.0), day) as desk,
    ):
        await desk.delivered()
        assert {(x.kind, x.words) for x in desk.outcomes} == {("refused", "COMMAND NOT SUPPORTED")}


async def test_where_a_handler_stumbles_that_one_is_refused_in_words_and_the_rest_goes_on() -> None:
    town = Town()
    town.stumbles_at = "i1"
    async with (
        serving(town.server) as port,
        delivering(settings(port, timeout=2.0), [checkout("i1"), checkout("i2")]) as desk,
    ):
        await desk.delivered()
        kinds = [(x.kind, x.words) for x in desk.outcomes]
    assert kinds == [("refused", "INTERNAL SERVER ERROR"), ("applied", "")]
    assert town.did == [("checkout", "i2")]


async def test_where_it_requires_checksums_it_gets_them() -> None:
    town = Town(error_detection="required")
    async with (
        serving(town.server) as port,
        delivering(settings(port, timeout=2.0), [checkout("i1")]) as desk,
    ):
        await desk.delivered()
    assert town.did == [("checkout", "i1")]
