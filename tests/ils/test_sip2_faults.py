"""A SIP2 library system against one that lies: what is said of a transaction is what happened.

The fake's ledger tells what was really carried out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.fake_sip2.faults import FAULTS, STRIKES
from support.sip2_script import (
    BELOVED,
    DUE,
    MAYA,
    NOW,
    PIPPI,
    ZONE,
    checkin,
    checkout,
    renewal,
)

from kiosk.ils.base import LibraryError, ReplyLost, Unreachable
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from support.fake_sip2.client import FakeSip2

    from kiosk.desk.transactions import Outcome, Transaction

BLOCKED = "21234000194944"
THEIRS = "20251128    235900"
OURS = "20251212    235900"
LONGER = DUE + timedelta(days=7)

LIES = sorted(FAULTS.keys() - STRIKES.keys() - {"refused"})
"""What goes wrong with one message. The rest is said in earnest."""


def client(fake: FakeSip2, **settings: Any) -> Sip2Library:
    wanted: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": fake.port,
        "login": "kiosk",
        "password": "kiosk",
        "timeout": 0.2,
        **settings,
    }
    return Sip2Library(Sip2Settings(**wanted), ZONE, clock=lambda: NOW)


def peopled(fake: FakeSip2, *, lent: bool = False) -> None:
    """Put patrons and items into the world; the first item `lent` to Maya."""
    fake.do("anew")
    loan = {"patron": MAYA, "due": OURS} if lent else {}
    patrons = [{"card": MAYA, "name": "Maya"}, {"card": BLOCKED, "status": "barred"}]
    items = [{"item": BELOVED, "title": "Beloved", **loan}, {"item": PIPPI, "title": "Pippi"}]
    fake.world(patrons=patrons, items=items)


def done(fake: FakeSip2) -> list[tuple[str, str]]:
    return [(entry["op"], entry["item"]) for entry in fake.ledger()]


async def said(library: Sip2Library, transaction: Transaction) -> Outcome | LibraryError:
    try:
        return await library.send(transaction, no_block=True)
    except LibraryError as error:
        return error


OPERATIONS = {
    "checkout": (checkout(), False),
    "checkin": (checkin(), True),
    "renewal": (replace(renewal(), due=LONGER), True),
}


LASTING = ["another", "ask-again", "no-sequence", "stale-first", "wrong-checksum"]
"""What is worse the second time, when the reply was asked for again."""
ONCE_OR_ALWAYS = [*((lie, 1) for lie in LIES), *((lie, None) for lie in LASTING)]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("lie", "times"), ONCE_OR_ALWAYS)
async def test_whatever_goes_wrong_it_is_done_at_most_once_and_nothing_else_is_claimed(
    fake: FakeSip2, lie: str, operation: str, times: int | None
) -> None:
    transaction, lent = OPERATIONS[operation]
    peopled(fake, lent=lent)
    fake.fault(lie, times=times)
    library = client(fake)
    answer = await said(library, transaction)
    await library.close()

    expected = [(operation, BELOVED)]
    assert done(fake) in ([], expected)
    if isinstance(answer, Unreachable):
        assert done(fake) == []
    elif not isinstance(answer, ReplyLost):
        assert answer.kind in ("applied", "noticed")
        assert done(fake) == expected


@pytest.mark.parametrize("lie", LIES)
async def test_a_question_is_answered_truly_or_not_at_all(fake: FakeSip2, lie: str) -> None:
    peopled(fake, lent=True)
    fake.fault(lie, on=["17", "63"], times=1)
    library = client(fake)
    try:
        assert BELOVED in (await library.charged_items(MAYA)).items or lie == "missing-fields"
        assert (await library.item_status(BELOVED)).charged is True
    except Unreachable:
        assert (await library.item_status(BELOVED)).charged is True
    await library.close()


class TestErrorDetection:
    @pytest.mark.parametrize("lie", ["missing-checksum", "zero-checksum", "wrong-checksum"])
    @pytest.mark.parametrize("personality", ["plain", "koha-new"])
    async def test_under_strict_a_reply_without_a_right_checksum_is_asked_for_and_nothing_repeated(
        self, fake: FakeSip2, lie: str, personality: str
    ) -> None:
        peopled(fake)
        fake.be(personality)
        fake.fault(lie, on=["11"])
        library = client(fake, checksums="strict")
        outcome = await library.send(checkout(), no_block=False)
        await library.close()

        assert outcome.kind in ("applied", "noticed")
        assert done(fake) == [("checkout", BELOVED)]
        assert [message[:2] for message in fake.heard()] == ["93", "99", "11", "97"]

    @pytest.mark.parametrize("lie", ["missing-checksum", "zero-checksum"])
    async def test_under_lenient_one_without_any_is_believed(
        self, fake: FakeSip2, lie: str
    ) -> None:
        peopled(fake)
        fake.fault(lie, on=["11"])
        library = client(fake)
        await library.send(checkout(), no_block=False)
        await library.close()

        assert fake.heard("97") == []

    async def test_what_the_server_could_not_read_is_sent_again_as_it_was(
        self, fake: FakeSip2
    ) -> None:
        peopled(fake)
        fake.fault("ask-again", on=["11"], times=2)
        library = client(fake)
        outcome = await library.send(checkout(), no_block=False)
        await library.close()

        assert outcome.kind in ("applied", "noticed")
        assert len(fake.heard("11")) == 3
        assert len(set(fake.heard("11"))) == 1
        assert done(fake) == [("checkout", BELOVED)]


OPS = st.sampled_from(["checkout", "checkin", "renewal"])
WENT_WRONG = st.lists(st.tuples(OPS, st.none() | st.sampled_from(LIES)), min_size=1, max_size=8)


@given(talk=WENT_WRONG)
@hypothesis_settings(max_examples=25)
async def test_so_it_is_in_any_mixture_on_one_line(fake_process: FakeSip2, talk: Any) -> None:
    fake = fake_process
    peopled(fake)
    library = client(fake)
    for operation, lie in talk:
        fake.do("clear")
        fake.do("quiet")  # what is slow has been done by now
        before = done(fake)
        if lie is not None:
            fake.fault(lie)
        answer = await said(library, OPERATIONS[operation][0])
        new = done(fake)[len(before) :]
        assert len(new) <= 1
        if isinstance(answer, Unreachable) or getattr(answer, "kind", "") == "refused":
            assert new == []
        elif not isinstance(answer, ReplyLost):
            assert len(new) == 1
    await library.close()


class TestPersonalities:
    """What becomes of an outage's work on each server, with its preset."""

    SERVERS = (
        ("plain", "plain"),
        ("koha-new", "koha"),
        ("koha-mid", "koha-before-24.11.08"),
        ("koha-old", "koha-without-no-block"),
        ("sipserver", "plain"),
        ("folio", "folio"),
    )

    @pytest.fixture(params=SERVERS, ids=[name for name, _ in SERVERS])
    def server(self, request: pytest.FixtureRequest, fake: FakeSip2) -> tuple[str, FakeSip2]:
        personality, self.preset = request.param
        peopled(fake)
        fake.be(personality)
        return personality, fake

    async def test_live_it_lends_takes_back_and_knows_the_patron(
        self, server: tuple[str, FakeSip2]
    ) -> None:
        _, fake = server
        library = client(fake, server=self.preset, timeout=5.0)
        patron = await library.patron(MAYA)
        lent = await library.send(checkout(), no_block=False)
        back = await library.send(checkin(), no_block=False)
        await library.close()

        assert (patron.name, patron.valid, patron.charged) == ("Maya", True, 0)
        assert lent.kind in ("applied", "noticed")
        assert lent.due is not None
        assert back.kind == "applied"
        assert done(fake) == [("checkout", BELOVED), ("checkin", BELOVED)]

    async def test_what_has_happened_is_kept_or_a_person_hears_of_it(
        self, server: tuple[str, FakeSip2]
    ) -> None:
        name, fake = server
        library = client(fake, server=self.preset, timeout=5.0)
        lent = await library.send(checkout(), no_block=True)
        blocked = await library.send(checkout(PIPPI, BLOCKED), no_block=True)
        await library.close()

        honours_date = name in ("plain", "koha-new")
        judges = name in ("koha-old", "sipserver", "folio")
        assert (lent.kind, lent.code) == (
            ("applied", "") if honours_date else ("noticed", "due-differs")
        )
        assert (blocked.kind == "refused") is judges
        assert blocked.words == ("Patron debarred" if judges else "")

    async def test_a_return_has_its_own_day_everywhere(self, server: tuple[str, FakeSip2]) -> None:
        _, fake = server
        library = client(fake, server=self.preset, timeout=5.0)
        await library.send(checkout(), no_block=False)
        came_back = checkin(returned=(NOW - timedelta(days=2)).date())
        back = await library.send(came_back, no_block=True)
        await library.close()

        assert back.kind == "applied"
        assert fake.ledger()[-1]["date"] == "20251119    235959"

    async def test_a_renewal_is_to_our_date_or_a_person_hears_of_it(
        self, server: tuple[str, FakeSip2]
    ) -> None:
        _, fake = server
        library = client(fake, server=self.preset, timeout=5.0)
        await library.send(checkout(), no_block=False)
        outcome = await library.send(replace(renewal(), due=LONGER), no_block=True)
        await library.close()

        entry = fake.ledger()[-1]
        assert entry["op"] == "renewal"
        assert entry["message"] == ("11" if self.preset == "koha" else "29")
        assert (outcome.kind == "applied") is (entry["date"] == "20251219    235900")


class TestRenewalsFromAnOutage:
    async def test_one_whose_item_came_back_meanwhile_lends_nothing(self, fake: FakeSip2) -> None:
        peopled(fake)
        fake.be("koha-new")
        library = client(fake, server="koha")
        outcome = await library.send(renewal(), no_block=True)
        await library.close()

        assert (outcome.kind, outcome.code) == ("by_hand", "not-charged")
        assert (done(fake), fake.heard("11")) == ([], [])

    @pytest.mark.parametrize("server", ["symphony", "evergreen"])
    async def test_where_nobody_can_say_whether_it_may_be_a_person_enters_it(
        self, fake: FakeSip2, server: str
    ) -> None:
        peopled(fake, lent=True)
        library = client(fake, server=server)
        outcome = await library.send(renewal(), no_block=True)
        await library.close()

        assert (outcome.kind, outcome.code) == ("by_hand", "renewal-offline")
        assert fake.heard("29") == []

    async def test_live_it_is_asked_for_as_what_it_is(self, fake: FakeSip2) -> None:
        peopled(fake, lent=True)
        library = client(fake, server="koha")
        await library.send(renewal(), no_block=False)
        await library.close()

        assert len(fake.heard("29")) == 1


class TestNumbers:
    @pytest.mark.parametrize("number", ["3123É", "31|23", "31\r23", "3" * 300])
    async def test_one_that_cannot_be_written_exactly_is_not_sent(
        self, fake: FakeSip2, number: str
    ) -> None:
        peopled(fake)
        library = client(fake, encoding="ascii")
        outcomes = [
            await library.send(transaction, no_block=True)
            for transaction in (checkout(number), checkout(patron=number), checkin(number))
        ]
        card = await library.patron(number)
        await library.close()

        assert {(x.kind, x.code) for x in outcomes} == {("by_hand", "not-writable")}
        assert not card.valid
        assert fake.heard() == []

    async def test_a_name_that_the_setting_cannot_read_is_no_reason_to_fail(
        self, fake: FakeSip2
    ) -> None:
        peopled(fake)
        fake.world(patrons=[{"card": MAYA, "name": "Мария"}])
        library = client(fake, encoding="ascii")
        patron = await library.patron(MAYA)
        await library.close()

        assert (patron.valid, patron.patron) == (True, MAYA)


class TestTheEndOfASession:
    async def test_the_library_is_told_that_a_patron_is_done(self, fake: FakeSip2) -> None:
        peopled(fake)
        library = client(fake)
        await library.patron(MAYA)
        await library.end_session(MAYA)
        await library.close()

        assert [f"AA{MAYA}|" in message for message in fake.heard("35")] == [True]

    async def test_nobody_is_connected_to_for_that(self, fake: FakeSip2) -> None:
        library = client(fake)
        await library.end_session(MAYA)
        await library.close()

        assert fake.heard() == []

    @pytest.mark.parametrize("lie", ["hang-before", "close-before", "reset-after"])
    async def test_a_server_that_takes_it_badly_is_told_once(
        self, fake: FakeSip2, lie: str
    ) -> None:
        peopled(fake)
        fake.fault(lie, on=["35"], times=None)
        library = client(fake)
        for _ in range(3):
            await library.patron(MAYA)
            await library.end_session(MAYA)
        await library.close()

        assert len(fake.heard("35")) == 1
