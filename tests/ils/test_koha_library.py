"""Which way into Koha it is; one at a time with SIP2 beside it, and into its queue."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.http_script import HANG_UP, Reply, Script, web_server
from support.transactions import DUE, MAYA, NOW, checkin, checkout, outcome, renewal

from kiosk.delivery.asking import ask
from kiosk.desk.transactions import Checkin, Outcome, PatronAnswer, Transaction
from kiosk.desk.words import say
from kiosk.ils.base import ChargedItems, ItemStatus, ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place
from kiosk.ils.koha.alone import ServiceBatches
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.library import koha_library
from kiosk.ils.koha.plugin import PluginLibrary
from kiosk.ils.koha.settings import KohaSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ITEM = "31234000012349"
LOAN, RETURN, AGAIN = checkout(ITEM), checkin(ITEM), renewal(ITEM)
DONE, ADDED = Reply("Success."), Reply("Added.")
AUTHENTICATED = Reply(
    "<response><status>ok</status></response>", type="text/xml", headers={"csrf-token": "t"}
)
SERVICE = "/service.pl"


class FakeSip2:
    """A library by SIP2 that has lent `charged` until `due`."""

    carries = frozenset({"checkout", "checkin", "renewal"})
    takes_backlog = True

    def __init__(self, *charged: str) -> None:
        self.charged = frozenset(charged)
        self.due = DUE
        self.away = False
        self.sent: list[tuple[Transaction, bool]] = []
        self.said: list[str] = []
        self.prepared: list[tuple[Transaction, bool]] = []

    async def hello(self) -> None:
        self.said.append("hello")

    async def patron(self, card: str) -> PatronAnswer:
        return PatronAnswer(patron=card, valid=True, name="Maya")

    def prepare(self, transaction: Transaction, *, no_block: bool) -> None:
        self.prepared.append((transaction, no_block))

    async def send(self, transaction: Transaction, *, no_block: bool) -> Outcome:
        self.sent.append((transaction, no_block))
        return outcome(transaction, route="hold" if isinstance(transaction, Checkin) else "")

    async def charged_items(self, card: str) -> ChargedItems:
        return ChargedItems(items=self.charged, complete=True)

    async def item_status(self, item: str) -> ItemStatus:
        if self.away:
            raise Unreachable(say("library.no_answer", host="sip", port=6001))
        charged = item in self.charged
        return ItemStatus(charged=charged, due=self.due if charged else None, title="Emma")

    async def end_session(self, card: str) -> None:
        self.said.append(f"goodbye {card}")

    async def close(self) -> None:
        self.said.append("closed")


def settings(url: str, **more: Any) -> KohaSettings:
    known = {"staff_url": url, "branchcode": "CPL", "timeout": 1.0, "method": "service"}
    return KohaSettings(**known | {"login": "kiosk", "password": "s3cret"} | more)


@asynccontextmanager
async def koha(
    *replies: Reply | None, sip2: FakeSip2 | None = None, **more: Any
) -> AsyncIterator[tuple[Script, Any]]:
    async with web_server() as server:
        server.say("/svc/authentication", AUTHENTICATED)
        server.say(SERVICE, *replies)
        library = koha_library(settings(server.url, **more), NOW.tzinfo, lambda: NOW, sip2)
        try:
            yield server, library
        finally:
            await library.close()


@pytest.mark.parametrize(
    ("how", "which"),
    [
        ({"method": "plugin"}, PluginLibrary),
        ({"method": "plugin", "pending": True}, PluginLibrary),
        ({"method": "service"}, ServiceLibrary),
        ({"method": "service", "pending": True}, ServiceBatches),
    ],
)
async def test_which_way_it_is_stands_in_the_settings(how: dict[str, Any], which: type) -> None:
    known = settings("http://x", **how)

    assert isinstance(koha_library(known, NOW.tzinfo, lambda: NOW, FakeSip2()), which)


def test_neither_way_takes_the_others_batches_for_its_own() -> None:
    assert PluginLibrary.system != ServiceBatches.system


async def test_without_sip2_the_service_is_alone() -> None:
    assert isinstance(koha_library(settings("http://x"), NOW.tzinfo, lambda: NOW), ServiceBatches)


class TestWithSip2:
    async def test_a_loan_that_has_happened_goes_by_the_service(self) -> None:
        sip2 = FakeSip2(ITEM)
        async with koha(DONE, sip2=sip2) as (_, library):
            found = await library.send(LOAN, no_block=True)

        assert not sip2.sent
        assert (found.kind, found.title, found.due) == ("applied", "Emma", DUE)

    async def test_another_due_date_than_on_the_receipt_is_for_a_person(self) -> None:
        sip2 = FakeSip2(ITEM)
        sip2.due = DUE + timedelta(days=7)
        async with koha(DONE, sip2=sip2) as (_, library):
            found = await library.send(LOAN, no_block=True)

        assert (found.kind, found.code, found.due) == ("noticed", "due-differs", sip2.due)

    async def test_a_loan_that_was_taken_stays_so_where_sip2_is_away(self) -> None:
        sip2 = FakeSip2(ITEM)
        sip2.away = True
        async with koha(DONE, sip2=sip2) as (_, library):
            found = await library.send(LOAN, no_block=True)

        assert (found.kind, found.due) == ("applied", None)

    async def test_a_return_goes_by_sip2_which_finds_holds(self) -> None:
        sip2 = FakeSip2(ITEM)
        async with koha(DONE, sip2=sip2) as (server, library):
            found = await library.send(RETURN, no_block=True)

        assert found.route == "hold"
        assert sip2.sent == [(RETURN, True)]
        assert not server.requests

    async def test_what_goes_by_sip2_is_prepared_there_and_nothing_else(self) -> None:
        sip2 = FakeSip2()
        async with koha(sip2=sip2) as (server, library):
            for transaction in (LOAN, RETURN):
                library.prepare(transaction, no_block=True)

        assert sip2.prepared == [(RETURN, True)]
        assert not server.requests

    @pytest.mark.parametrize("transaction", [LOAN, RETURN, AGAIN])
    async def test_what_the_patron_waits_for_goes_by_sip2(self, transaction: Transaction) -> None:
        sip2 = FakeSip2(ITEM)
        async with koha(DONE, sip2=sip2) as (server, library):
            await library.send(transaction, no_block=False)

        assert sip2.sent == [(transaction, False)]
        assert not server.requests

    async def test_a_renewal_of_what_has_come_back_since_is_for_a_person(self) -> None:
        async with koha(DONE, sip2=FakeSip2()) as (server, library):
            found = await library.send(AGAIN, no_block=True)

        assert (found.kind, found.code) == ("by_hand", "not-charged")
        assert not server.requests

    async def test_what_lands_in_the_queue_unasked_is_for_a_person(self) -> None:
        async with koha(ADDED, sip2=FakeSip2(ITEM)) as (_, library):
            found = await library.send(LOAN, no_block=True)

        assert (found.kind, found.code) == ("noticed", "queued")

    async def test_a_lost_reply_is_asked_about(self) -> None:
        async with koha(HANG_UP, sip2=FakeSip2(ITEM)) as (_, library):
            with pytest.raises(ReplyLost):
                await library.send(LOAN, no_block=True)
            found = await ask(library, LOAN, NOW, lent_again=False)

        assert found is not None
        assert found.kind == "applied"

    async def test_what_did_not_arrive_may_be_sent_again(self) -> None:
        async with koha(HANG_UP, sip2=FakeSip2()) as (_, library):
            with pytest.raises(ReplyLost):
                await library.send(LOAN, no_block=True)

            assert await ask(library, LOAN, NOW, lent_again=False) is None

    async def test_questions_goodbyes_and_the_end_go_by_sip2(self) -> None:
        sip2 = FakeSip2(ITEM)
        async with koha(DONE, sip2=sip2) as (_, library):
            assert (await library.patron(MAYA)).name == "Maya"
            await library.end_session(MAYA)

        assert sip2.said == [f"goodbye {MAYA}", "closed"]

    async def test_a_service_that_is_away_keeps_no_patron_waiting(self) -> None:
        sip2 = FakeSip2(ITEM)
        async with koha(HANG_UP, sip2=sip2) as (server, library):
            await library.hello()

        assert sip2.said == ["hello", "closed"]
        assert not server.requests

    async def test_one_that_has_failed_is_greeted_before_the_next_loan(self) -> None:
        async with koha(Reply("x", 404), Reply("x", 404), Reply(""), sip2=FakeSip2(ITEM)) as (
            server,
            library,
        ):
            with pytest.raises(Unreachable):
                await library.send(LOAN, no_block=True)
            with pytest.raises(Unreachable):
                await library.hello()
            await library.hello()
            await library.hello()

        assert len(server.asked(SERVICE)) == 3


def batch(transaction: Transaction) -> Batch:
    place = Place(key="CPL", title="CPL")
    return Batch(id=f"b-{transaction.id}", place=place, transactions=(transaction,))


class TestPluginWithSip2:
    DONE = Reply(
        '{"results": [{"status": "processed"}, {"status": "processed"}]}', type="application/json"
    )

    async def outcomes(self, sip2: FakeSip2, *transactions: Transaction) -> list[Outcome]:
        async with koha(sip2=sip2, method="plugin") as (server, library):
            server.replies = {"/transactions": [self.DONE]}
            whole = replace(batch(LOAN), transactions=transactions)
            return list((await library.load(whole)).outcomes)

    async def test_another_due_date_than_on_the_receipt_is_for_a_person(self) -> None:
        sip2 = FakeSip2(ITEM)
        sip2.due = DUE + timedelta(days=7)

        loan, other = await self.outcomes(sip2, LOAN, checkin("31234000055555"))

        assert (loan.kind, loan.code, loan.due) == ("noticed", "due-differs", sip2.due)
        assert (other.kind, other.route) == ("applied", "ask")

    async def test_what_was_lent_again_in_the_batch_is_not_compared(self) -> None:
        sip2 = FakeSip2(ITEM)
        sip2.due = DUE + timedelta(days=7)

        first, last = await self.outcomes(sip2, LOAN, renewal(ITEM, due=sip2.due))

        assert [first.kind, last.kind] == ["applied", "applied"]

    async def test_a_batch_that_was_taken_stays_so_where_sip2_is_away(self) -> None:
        sip2 = FakeSip2(ITEM)
        sip2.away = True

        found = await self.outcomes(sip2, LOAN, checkin("31234000055555"))

        assert [each.kind for each in found] == ["applied", "applied"]


@pytest.mark.parametrize("method", ["plugin", "service"])
class TestEitherBatches:
    async def test_a_renewal_without_a_card_does_not_go_into_a_batch(self, method: str) -> None:
        async with koha(DONE, method=method) as (_, library):
            assert library.unfit(LOAN) is None
            assert library.unfit(renewal(ITEM, "")) == say("koha.no_card")
            assert library.unfit(checkin(" 1")) == say("koha.not_writable")

    async def test_koha_s_clock_is_measured_once(self, method: str) -> None:
        dated = Reply("", headers={"Date": "Sat, 21 Nov 2026 11:00:00 GMT"})
        async with koha(dated, method=method) as (server, library):
            server.say("/transactions", Reply('{"results": []}', headers=dated.headers))
            first = await library.clock_offset()
            asked = len(server.requests)
            second = await library.clock_offset()

        assert timedelta(hours=1) <= first <= second < timedelta(hours=1, seconds=30)
        assert len(server.requests) == asked

    async def test_a_koha_that_says_no_time_is_taken_to_be_right(self, method: str) -> None:
        async with koha(Reply(""), method=method) as (server, library):
            server.say("/transactions", Reply('{"results": []}'))
            assert await library.clock_offset() == timedelta(0)


class TestAlone:
    """Without SIP2."""

    async def test_what_has_happened_is_applied_one_by_one(self) -> None:
        async with koha(DONE) as (server, library):
            assert library.most == 1
            found = [await library.load(batch(each)) for each in (LOAN, AGAIN, RETURN)]

        assert [(x.stage, x.outcomes[0].kind) for x in found] == [("done", "applied")] * 3
        sent = [each.form for each in server.asked(SERVICE)]
        assert [each["action"] for each in sent] == ["issue", "issue", "return"]
        assert {each["pending"] for each in sent} == {"false"}

    async def test_a_refusal_is_shown(self) -> None:
        async with koha(Reply("Item not issued.")) as (_, library):
            (found,) = (await library.load(batch(RETURN))).outcomes

        assert (found.kind, found.words, found.route) == ("refused", "Item not issued.", "ask")

    @pytest.mark.parametrize("transaction", [LOAN, RETURN, AGAIN])
    async def test_a_lost_reply_ends_as_unknown_and_nothing_is_sent_again(
        self, transaction: Transaction
    ) -> None:
        async with koha(HANG_UP, DONE) as (server, library):
            with pytest.raises(ReplyLost):
                await library.load(batch(transaction))
            progress = await library.look(batch(transaction))

        assert (progress.stage, progress.outcomes[0].kind) == ("done", "unknown")
        assert len(server.asked(SERVICE)) == 1

    async def test_a_batch_of_before_a_restart_ends_as_unknown(self) -> None:
        async with koha(DONE) as (server, library):
            progress = await library.look(replace(batch(LOAN), id="older"))

        assert progress.outcomes[0].kind == "unknown"
        assert not server.requests

    async def test_hello_asks_koha(self) -> None:
        async with koha(Reply("")) as (server, library):
            await library.hello()

        assert len(server.asked(SERVICE)) == 1


class TestQueue:
    async def test_loans_and_returns_go_the_same_way(self) -> None:
        async with koha(ADDED, pending=True, sip2=FakeSip2(ITEM)) as (server, library):
            for each in (LOAN, RETURN):
                assert (await library.load(batch(each))).stage == "loaded"

        sent = [each.form for each in server.asked(SERVICE)]
        assert [(each["action"], each["pending"]) for each in sent] == [
            ("issue", "true"),
            ("return", "true"),
        ]

    async def test_what_rests_there_has_a_fate_that_staff_have_to_tell(self) -> None:
        async with koha(ADDED, pending=True) as (_, library):
            assert library.rests_as == "handed_over"

    async def test_what_koha_does_at_once_all_the_same_is_done(self) -> None:
        async with koha(DONE, pending=True) as (_, library):
            progress = await library.load(batch(LOAN))

        assert (progress.stage, progress.outcomes[0].kind) == ("done", "applied")

    async def test_what_lands_there_unasked_rests_there_too(self) -> None:
        async with koha(ADDED) as (_, library):
            assert (await library.load(batch(LOAN))).stage == "loaded"
