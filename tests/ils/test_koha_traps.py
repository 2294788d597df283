"""Before a Koha that lies: whatever goes wrong, a transaction is carried out once, or in doubt.

The fake is another process, written from Koha's source without a look at the kiosk's code. What it
really did is in its ledger.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from support.fake_koha.system import FAULTS as KOHA_FAULTS
from support.fake_web.faults import FAULTS
from support.patience import IMPATIENT, PATIENT, patience_with
from support.transactions import DUE, checkin, checkout, renewal

from kiosk.delivery.asking import ask
from kiosk.ils.base import LibraryError, ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place, Progress
from kiosk.ils.koha.library import best_method, koha_library
from kiosk.ils.koha.settings import KohaSettings
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import tzinfo

    from support.fake_koha.client import FakeKoha

    from kiosk.desk.transactions import Outcome, Transaction

NOW = datetime(2026, 11, 21, 17, 37, tzinfo=UTC)
MOST = 6
"""So often the kiosk tries, in these tests."""
FIVE_HOURS_WEST = timezone(timedelta(hours=-5))
OLD, NEW = "23.11", "24.05"


def batch(*transactions: Transaction) -> Batch:
    return Batch(id="b1", place=Place(key="CPL"), transactions=transactions)


@dataclass
class Kiosk:
    """As much of delivery as is needed: what may be tried again, and after which answer."""

    library: Any

    async def load(self, *transactions: Transaction) -> Progress:
        """Load a batch; after a lost reply look first."""
        whole = batch(*transactions)
        for _ in range(MOST):
            try:
                return await self.library.load(whole)
            except ReplyLost:
                looked: Progress = await self.library.look(whole)
                if looked.stage != "absent":
                    return looked
            except Unreachable:
                pass
        raise AssertionError("it never got through")

    async def send(self, transaction: Transaction) -> Outcome:
        """Send one; after a lost reply ask first."""
        lost = False
        for _ in range(MOST):
            try:
                if lost:
                    found = await ask(self.library, transaction, NOW, lent_again=False)
                    if found is not None:
                        return found
                lost = False
                return await self.library.send(transaction, no_block=True)
            except ReplyLost:
                lost = True
            except Unreachable:
                pass
        raise AssertionError("it never got through")


def settings(fake: FakeKoha, **more: Any) -> KohaSettings:
    login = {} if "client" in more else {"login": "kiosk", "password": "kiosk"}
    known = {"staff_url": fake.url, "branchcode": "CPL"}
    return KohaSettings(**known | PATIENT | login | more)


def sip2(fake: FakeKoha) -> Sip2Library:
    known = Sip2Settings(
        host="127.0.0.1", port=fake.sip_port, server="koha", login="kiosk", password="kiosk"
    )
    return Sip2Library(known, UTC, lambda: NOW)


@pytest.fixture
async def opened() -> AsyncIterator[Any]:
    """Give a function that makes a kiosk before a Koha with two patrons and some items."""
    made = []

    def make(fake: FakeKoha, *, with_sip2: bool = False, zone: tzinfo = UTC, **more: Any) -> Kiosk:
        fake.world(
            patrons=[{"card": "P1", "name": "Maya"}, {"card": "P2", "name": "Omar"}],
            items=[{"item": f"B{number}", "days": 21} for number in range(1, 8)]
            + [{"item": "B9", "patron": "P2", "due": "20261130    235900"}],
        )
        beside = sip2(fake) if with_sip2 else None
        made.append(koha_library(settings(fake, **more), zone, lambda: NOW, beside))
        return Kiosk(made[-1])

    yield make
    for library in made:
        await library.close()


def done(fake: FakeKoha) -> list[tuple[str, str]]:
    """Give what was really done, with which item."""
    fake.do("quiet")
    return [(entry["op"], entry["item"]) for entry in fake.ledger()]


LOAN = checkout("B1", "P1", due=DUE)
RETURN = checkin("B9")
BOTH = [("checkout", "B1"), ("checkin", "B9")]
OF_QUESTIONS = (
    "lost-after",
    "close-before",
    "cut",
    "502-after",
    "html-before",
    "empty-before",
    "429",
)
OF_PLUGIN = [*FAULTS, "dies-midway", "short-results"]
OF_SERVICE = [*FAULTS, *(name for name, (_, on) in KOHA_FAULTS.items() if "service" in on)]


class TestPlugin:
    @pytest.mark.parametrize("fault", OF_PLUGIN)
    async def test_whatever_goes_wrong_all_is_applied_once(
        self, fake_koha: FakeKoha, opened: Any, fault: str
    ) -> None:
        kiosk = opened(fake_koha, **patience_with(fault))
        fake_koha.fault(fault, on="transactions")

        progress = await kiosk.load(LOAN, RETURN)

        assert [x.kind for x in progress.outcomes] == ["applied", "applied"]
        assert done(fake_koha) == BOTH

    async def test_a_return_that_takes_back_what_came_after_it_is_seen(
        self, fake_koha: FakeKoha, opened: Any
    ) -> None:
        kiosk = opened(fake_koha, **IMPATIENT)
        fake_koha.fault("lost-after", on="transactions")

        progress = await kiosk.load(checkin("B1"), LOAN)

        assert done(fake_koha) == [("checkout", "B1"), ("checkin", "B1")]
        assert [(x.kind, x.code) for x in progress.outcomes] == [
            ("applied", ""),
            ("unknown", "out-of-order"),
        ]

    @pytest.mark.parametrize("fault", OF_QUESTIONS)
    async def test_what_goes_wrong_with_a_token_harms_nothing(
        self, fake_koha: FakeKoha, opened: Any, fault: str
    ) -> None:
        kiosk = opened(
            fake_koha, client="kiosk-id", client_password="kiosk-secret", **patience_with(fault)
        )
        fake_koha.fault(fault, on="oauth")

        await kiosk.load(LOAN, RETURN)

        assert done(fake_koha) == BOTH

    async def test_a_token_that_has_ended_is_renewed(
        self, fake_koha: FakeKoha, opened: Any
    ) -> None:
        kiosk = opened(fake_koha, client="kiosk-id", client_password="kiosk-secret")
        await kiosk.load(LOAN)
        fake_koha.do("log-out")

        await kiosk.load(RETURN)

        assert done(fake_koha) == BOTH

    async def test_the_queue_has_each_once_though_its_replies_are_lost(
        self, fake_koha: FakeKoha, opened: Any
    ) -> None:
        kiosk = opened(fake_koha, pending=True, **IMPATIENT)
        fake_koha.fault("lost-after", on="transactions", times=2)

        progress = await kiosk.load(LOAN, RETURN)

        assert progress.stage == "loaded"
        assert [x["action"] for x in fake_koha.queue()] == ["issue", "return"]
        assert done(fake_koha) == []

    async def test_each_refusal_is_told_of_its_own_transaction(
        self, fake_koha: FakeKoha, opened: Any
    ) -> None:
        kiosk = opened(fake_koha)

        progress = await kiosk.load(
            checkout("B1", "P8"), checkout("B8", "P1"), checkin("B2"), checkin("B8"), RETURN
        )

        assert [(x.kind, x.words) for x in progress.outcomes] == [
            ("refused", "Borrower not found."),
            ("refused", "Barcode not found."),
            ("refused", "Item not issued."),
            ("refused", "Item not found."),
            ("applied", ""),
        ]

    @pytest.mark.parametrize(
        ("so", "key"),
        [({"plugin": False}, "koha.no_plugin"), ({"basic": False}, "koha.basic_refused")],
    )
    async def test_what_is_missing_there_is_said(
        self, fake_koha: FakeKoha, opened: Any, so: dict[str, Any], key: str
    ) -> None:
        kiosk = opened(fake_koha)
        fake_koha.be(**so)

        for call in (kiosk.library.hello(), kiosk.library.load(batch(LOAN))):
            with pytest.raises(Unreachable) as error:
                await call
            assert error.value.reason.key == key

    async def test_hello_changes_nothing(self, fake_koha: FakeKoha, opened: Any) -> None:
        kiosk = opened(fake_koha)
        await kiosk.library.hello()

        assert done(fake_koha) == []
        assert fake_koha.queue() == []

    async def test_the_best_method_is_found_out(self, fake_koha: FakeKoha) -> None:
        assert await best_method(settings(fake_koha)) == "plugin"
        fake_koha.be(plugin=False)
        assert await best_method(settings(fake_koha)) == "service"

    async def test_a_koha_that_was_killed_with_the_reply_does_nothing_twice(
        self, fake_koha: FakeKoha, opened: Any
    ) -> None:
        kiosk = opened(fake_koha, **IMPATIENT)
        fake_koha.fault("lost-after", on="transactions")
        with pytest.raises(ReplyLost):
            await kiosk.library.load(batch(LOAN, RETURN))
        fake_koha.kill()
        with pytest.raises(Unreachable):
            await kiosk.library.load(batch(LOAN, RETURN))
        fake_koha.start()

        progress = await kiosk.load(LOAN, RETURN)

        assert [x.kind for x in progress.outcomes] == ["applied", "applied"]
        assert done(fake_koha) == BOTH


@pytest.mark.parametrize("version", [OLD, NEW])
class TestServiceAlone:
    @pytest.mark.parametrize("fault", OF_SERVICE)
    async def test_whatever_goes_wrong_it_is_applied_once_or_in_doubt(
        self, fake_koha: FakeKoha, opened: Any, fault: str, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", **patience_with(fault))
        fake_koha.fault(fault, on="service")

        (outcome,) = (await kiosk.load(LOAN)).outcomes

        assert outcome.kind in ("applied", "unknown")
        if outcome.kind == "applied":
            assert done(fake_koha) == BOTH[:1]
        else:
            assert len(done(fake_koha)) <= 1
        (next_one,) = (await kiosk.load(RETURN)).outcomes
        assert next_one.kind == "applied"

    @pytest.mark.parametrize("fault", ["wrong-csrf", "logged-out", "401", "403"])
    async def test_who_was_shut_out_is_in_no_doubt(
        self, fake_koha: FakeKoha, opened: Any, fault: str, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service")
        await kiosk.load(LOAN)
        fake_koha.fault(fault, on="service")

        (outcome,) = (await kiosk.load(RETURN)).outcomes

        assert outcome.kind == "applied"
        assert done(fake_koha) == BOTH

    @pytest.mark.parametrize("call", ["login", "csrf"])
    @pytest.mark.parametrize("fault", OF_QUESTIONS)
    async def test_what_goes_wrong_with_the_login_harms_nothing(
        self, fake_koha: FakeKoha, opened: Any, fault: str, call: str, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", **patience_with(fault))
        fake_koha.fault(fault, on=call)

        (outcome,) = (await kiosk.load(LOAN)).outcomes

        assert outcome.kind == "applied"
        assert done(fake_koha) == BOTH[:1]

    async def test_the_queue_has_each_once_in_the_order_of_the_desk(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", pending=True, with_sip2=True)
        day = [checkout("B1", "P1"), checkin("B1"), checkout("B1", "P2"), renewal("B1", "P2")]

        for each in day:
            assert (await kiosk.load(each)).stage == "loaded"

        assert done(fake_koha) == []
        assert [said[3] for said in fake_koha.process()] == ["Success."] * 4
        assert [op for op, _ in done(fake_koha)] == ["checkout", "checkin", "checkout", "renewal"]

    @pytest.mark.parametrize("fault", ["lost-before", "lost-after", "cut", "logged-out"])
    async def test_the_queue_has_each_once_or_it_is_in_doubt(
        self, fake_koha: FakeKoha, opened: Any, fault: str, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", pending=True, **patience_with(fault))
        fake_koha.fault(fault, on="service")

        progress = await kiosk.load(LOAN)

        fake_koha.do("quiet")
        if progress.stage == "loaded":
            assert len(fake_koha.queue()) == 1
        else:
            assert [x.kind for x in progress.outcomes] == ["unknown"]
            assert len(fake_koha.queue()) <= 1

    async def test_a_wrong_password_is_said_and_nothing_is_done(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", password="wrong")

        with pytest.raises(Unreachable) as error:
            await kiosk.library.hello()

        assert error.value.reason.key == "library.login_refused"

    async def test_an_account_without_the_permission_does_nothing(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service")
        fake_koha.world(accounts=[{"userid": "kiosk", "password": "kiosk", "perms": []}])

        with pytest.raises(Unreachable) as error:
            await kiosk.library.load(batch(LOAN))

        login, right = "library.login_refused", "koha.no_permission"
        assert error.value.reason.key == (right if version == NEW else login)
        assert done(fake_koha) == []


async def test_a_koha_that_was_brought_up_to_date_meanwhile_is_found_out(
    fake_koha: FakeKoha, opened: Any
) -> None:
    fake_koha.be(version=OLD)
    kiosk = opened(fake_koha, method="service")
    await kiosk.load(LOAN)
    fake_koha.be(version=NEW)

    await kiosk.load(RETURN)

    assert done(fake_koha) == BOTH


@pytest.mark.parametrize(("version", "told"), [("20.11", "20.11"), (OLD, ""), (NEW, "")])
async def test_a_loan_begins_when_it_did_by_the_clock_of_the_server(
    fake_koha: FakeKoha, opened: Any, version: str, told: str
) -> None:
    fake_koha.be(version=version, zone="-05:00")
    kiosk = opened(fake_koha, method="service", version=told, zone=FIVE_HOURS_WEST)

    await kiosk.load(LOAN)

    at = LOAN.at.astimezone(FIVE_HOURS_WEST)
    assert fake_koha.ledger()[0]["at"] == f"{at:%Y%m%d    %H%M%S}"


@pytest.mark.parametrize("version", [OLD, NEW])
class TestServiceWithSip2:
    @pytest.mark.parametrize("fault", OF_SERVICE)
    async def test_whatever_goes_wrong_it_is_done_once(
        self, fake_koha: FakeKoha, opened: Any, fault: str, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", with_sip2=True, **patience_with(fault))
        fake_koha.fault(fault, on="service")

        outcome = await kiosk.send(LOAN)

        assert outcome.kind == "applied"
        assert done(fake_koha) == BOTH[:1]

    async def test_a_due_date_of_koha_s_own_is_found_out(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", with_sip2=True)
        fake_koha.world(items=[{"item": "B1", "days": 7}])

        outcome = await kiosk.send(LOAN)

        assert (outcome.kind, outcome.code) == ("noticed", "due-differs")
        assert outcome.due is not None
        assert f"{outcome.due:%Y-%m-%d %H:%M}" == "2026-11-28 23:59"

    async def test_a_renewal_of_what_somebody_else_has_lends_nothing(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", with_sip2=True)

        outcome = await kiosk.send(renewal("B9", "P1"))

        assert (outcome.kind, outcome.code) == ("by_hand", "not-charged")
        assert done(fake_koha) == []

    async def test_a_hold_is_found_by_the_return(
        self, fake_koha: FakeKoha, opened: Any, version: str
    ) -> None:
        fake_koha.be(version=version)
        kiosk = opened(fake_koha, method="service", with_sip2=True)
        fake_koha.world(items=[{"item": "B9", "patron": "P2", "due": "", "held_for": "P1"}])

        outcome = await kiosk.send(RETURN)

        assert (outcome.kind, outcome.route) == ("noticed", "hold")


async def test_a_network_that_is_down_is_no_doubt(fake_koha: FakeKoha, opened: Any) -> None:
    ways = [
        opened(fake_koha),
        opened(fake_koha, method="service"),
        opened(fake_koha, method="service", pending=True),
    ]
    fake_koha.do("listen", on=False)
    for kiosk in ways:
        with pytest.raises(LibraryError) as error:
            await kiosk.library.load(batch(LOAN))
        assert isinstance(error.value, Unreachable)
    fake_koha.do("listen", on=True)
    await asyncio.sleep(0)
    assert done(fake_koha) == []
