"""Everything that a SIP2 server can do to one message, while the real courier delivers.

Whatever happens, a transaction is applied exactly once, or is an exception that says why; nothing
is applied that the daybook does not know; and what concerns one patron or one item is applied in
the order of the daybook. The fake library's ledger tells what was really carried out.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
from support.delivering import (
    broken,
    delivering,
    fates,
    opened,
    patrons_and_items,
    settings,
)
from support.fake_sip2.client import FakeSip2
from support.fake_sip2.faults import FAULTS
from support.fake_sip2.personalities import PERSONALITIES
from support.transactions import MAYA, OMAR, checkin, checkout, renewal

from kiosk.ils.sip2.servers import SERVERS, Server

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk.transactions import Transaction

KINDS = ("checkout", "checkin", "renewal")
HAD = {"i2": MAYA, "i3": MAYA}
"""Who has what at the beginning: i2 is returned, i3 renewed."""


def day(kind: str) -> list[Transaction]:
    """Give a transaction of a kind, and what follows with its patron and its item."""
    days = {
        "checkout": [checkout("i1"), checkin("i1"), checkout("i4", OMAR)],
        "checkin": [checkin("i2"), checkout("i4"), checkout("i1")],
        "renewal": [renewal("i3"), checkout("i1"), checkin("i3")],
    }
    return list(days[kind])


def expected(fault: str, kind: str) -> str:
    """Give what the struck one comes to."""
    if fault == "refused":
        return "refused"
    if fault == "other-due" and kind != "checkin":
        return "noticed"
    if kind == "renewal" and fault.endswith("-before"):
        return "unknown"  # it is never sent again: one more might be the last one allowed
    return "applied"


@pytest.mark.parametrize("visit", ["open", "backlog"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_each_fault_ends_in_one_application_or_in_an_exception_that_says_why(
    fake: FakeSip2, fault: str, kind: str, visit: str
) -> None:
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2", "i3", "i4"], HAD))
    fake.fault(fault)
    struck, *others = day(kind)
    open_visits = ["v1"] if visit == "open" else []
    async with delivering(settings(fake.port), [struck, *others], open_visits) as desk:
        await desk.delivered()
        fake.do("quiet")
        ledger = fake.ledger()
        assert broken(desk.daybook, ledger, HAD) == []
        states = {x.transaction.id: x.state for x in fates(desk.daybook, ledger)}
    assert fake.do("struck") == {fault: 1}
    assert states.pop(struck.id) == expected(fault, kind)
    if expected(fault, kind) == "applied":
        assert set(states.values()) == {"applied"}


async def test_an_older_loan_of_the_same_item_is_not_taken_for_the_one_that_a_slow_server_is_at(
    fake: FakeSip2,
) -> None:
    fake.be("koha-new")
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2"], {"i1": MAYA}))
    fake.fault("acts-late")
    again, after = checkout("i1"), checkout("i2")
    async with delivering(settings(fake.port), [again, after]) as desk:
        await desk.delivered()
        fake.do("quiet")
        assert broken(desk.daybook, fake.ledger(), {"i1": MAYA}) == []
        assert {x.kind for x in desk.outcomes} == {"applied"}


async def test_a_return_that_nobody_had_lent_is_waited_for_while_a_slow_server_may_be_at_it(
    fake: FakeSip2,
) -> None:
    opened(fake, patrons_and_items([MAYA], ["i1"], {}))
    fake.fault("acts-late", on=["09"])
    async with delivering(settings(fake.port), [checkin("i1"), checkout("i1")]) as desk:
        await desk.delivered()
        fake.do("quiet")
        assert broken(desk.daybook, fake.ledger(), {}) == []
        assert fake.do("loans")["i1"]["patron"] == MAYA


ODD_WORDS = {
    text: text
    for text in (
        "Gebühren: 12,50 €. Bitte wenden Sie sich an die Auskunft, Straße & Öffnungszeiten",
        "a | b |AB39999999999999| c",
        "AY1AZ0000",
    )
} | {
    "ends in a tag|AH20270101    235900|": "ends in a tag|AH20270101 235900|",
    "bell \x07, escape \x1b[31m, null \x00": "bell , escape [31m, null",
    "x" * 2_000: "x" * 300,
    " ": "",
}
"""What a server says, and what there is to show of it."""


@pytest.mark.parametrize("words", ODD_WORDS, ids=range(len(ODD_WORDS)))
async def test_a_refusal_in_odd_words_is_a_refusal_with_words_to_show(
    fake: FakeSip2, words: str
) -> None:
    opened(fake, patrons_and_items([MAYA], ["i1", "i2"], {}))
    fake.fault("refused", item="i1", words=words)
    refused, after = checkout("i1"), checkout("i2")
    async with delivering(settings(fake.port), [refused, after]) as desk:
        await desk.delivered()
        first, second = desk.outcomes
    assert (first.kind, second.kind) == ("refused", "applied")
    assert first.due is None
    assert ODD_WORDS[words] in first.words
    assert len(fake.heard("11")) == 2  # a refusal is final


@pytest.mark.parametrize("times", [2, 3, 4, 12])
@pytest.mark.parametrize("fault", ["ask-again", "wrong-checksum"])
async def test_however_often_a_message_arrives_damaged_it_is_carried_out_once(
    fake: FakeSip2, fault: str, times: int
) -> None:
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2"], {}))
    fake.fault(fault, times=times, on=["09", "11", "97"])
    day = [checkout("i1"), checkin("i1"), checkout("i2", OMAR)]
    async with delivering(settings(fake.port), day) as desk:
        await desk.delivered()
        assert broken(desk.daybook, fake.ledger(), {}) == []


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "close-before", "half-and-reset"])
async def test_what_never_gets_a_reply_is_left_to_a_person_and_the_rest_goes_on(
    fake: FakeSip2, fault: str
) -> None:
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2"], {}))
    fake.fault(fault, times=None, item="i1", on=["09", "11", "17"])
    never, behind, other = checkout("i1"), checkin("i1"), checkout("i2", OMAR)
    async with delivering(settings(fake.port), [never, behind, other]) as desk:
        await desk.delivered()
        ledger = fake.ledger()
        assert broken(desk.daybook, ledger, {}) == []
        states = [x.state for x in fates(desk.daybook, ledger)]
    assert states[2] == "applied"
    assert len([x for x in ledger if x["item"] == "i1"]) <= 1


@pytest.mark.parametrize("personality", sorted(PERSONALITIES))
@pytest.mark.parametrize("server", sorted(SERVERS))
async def test_a_day_at_every_server_also_with_the_preset_of_another(
    fake: FakeSip2, personality: str, server: Server
) -> None:
    fake.be(personality)
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2", "i3", "i4"], HAD))
    day = [checkout("i1"), checkin("i2"), renewal("i3"), checkout("i2", OMAR), checkin("i1")]
    sip2 = settings(fake.port, server=server)
    async with delivering(sip2, day, ["v1"] if server == "evergreen" else []) as desk:
        await desk.delivered()
        assert broken(desk.daybook, fake.ledger(), HAD) == []
        refused = [x for x in desk.outcomes if x.kind == "refused"]
    # FOLIO lends nobody what he has, which is how the preset "koha" renews.
    assert len(refused) == (server == "koha" and personality == "folio")


async def test_a_server_that_hangs_up_on_the_silent_costs_no_transaction_its_reply(
    fake: FakeSip2,
) -> None:
    fake.be(rules={"idle": 0.01})
    opened(fake, patrons_and_items([MAYA], ["i1", "i2", "i3"], {}))
    async with delivering(settings(fake.port)) as desk:
        for item in ("i1", "i2", "i3"):
            await asyncio.sleep(0.05)
            await desk.record(checkout(item))
            await desk.delivered()
    assert [x["item"] for x in fake.ledger()] == ["i1", "i2", "i3"]
    assert {x.kind for x in desk.outcomes} == {"applied"}
    assert len(fake.heard("11")) == 3


async def test_who_is_accepted_and_never_answered_sends_nothing_until_he_is(
    fake: FakeSip2,
) -> None:
    fake.be(rules={"one_client": True})
    opened(fake, patrons_and_items([MAYA], ["i1"], {}))
    other = socket.create_connection(("127.0.0.1", fake.port))
    async with delivering(settings(fake.port)) as desk:
        await desk.record(checkout("i1"))
        await asyncio.sleep(0.3)
        assert fake.heard() == []
        assert not desk.daybook.under_way(next(iter(desk.daybook.indexes.pending)))
        assert desk.courier.connectivity.state == "offline"
        other.close()
        await desk.delivered()
    assert [x["item"] for x in fake.ledger()] == ["i1"]


async def test_where_a_second_connection_is_never_answered_the_first_carries_all(
    fake: FakeSip2,
) -> None:
    fake.be("koha-new", rules={"one_client": True})
    opened(fake, patrons_and_items([MAYA, OMAR], ["i1", "i2", "i3"], {}))
    day = [checkout("i1"), checkin("i1"), checkout("i2", OMAR), checkout("i3")]
    async with delivering(settings(fake.port, server="koha"), day) as desk:
        await desk.delivered()
        assert broken(desk.daybook, fake.ledger(), {}) == []
    assert {x.kind for x in desk.outcomes} == {"applied"}
    assert len(fake.ledger()) == 4


async def test_a_refused_login_and_a_library_that_is_off_line_send_nothing_until_they_are_over(
    fake: FakeSip2,
) -> None:
    opened(fake, patrons_and_items([MAYA], ["i1"], {}))
    fake.fault("login-refused", times=5)
    fake.fault("off-line", times=5)
    async with delivering(settings(fake.port), [checkout("i1")]) as desk:
        await desk.delivered()
    assert [x.kind for x in desk.outcomes] == ["applied"]
    assert len(fake.heard("11")) == 1
    assert len(fake.heard("93")) > 10


async def test_through_outages_each_goes_out_once_and_in_order(fake: FakeSip2) -> None:
    items = [f"i{n}" for n in range(60)]
    opened(fake, patrons_and_items([MAYA, OMAR], items, {}))
    day = [checkout(item, card) for item, card in zip(items, [MAYA, OMAR] * 30, strict=True)]
    async with delivering(settings(fake.port), day) as desk:
        for _ in range(6):
            fake.do("listen", on=False)
            await asyncio.sleep(0.02)
            fake.do("listen", on=True)
            await asyncio.sleep(0.03)
        await desk.delivered()
        assert broken(desk.daybook, fake.ledger(), {}) == []
    assert [x["item"] for x in fake.ledger()] == items
    assert {x.kind for x in desk.outcomes} == {"applied"}


async def test_what_the_server_carried_out_before_it_was_killed_is_not_done_again(
    tmp_path: Path,
) -> None:
    items = [f"i{n}" for n in range(30)]
    with FakeSip2(tmp_path / "world.jsonl", "koha-new") as fake:
        opened(fake, patrons_and_items([MAYA], items, {}))
        async with delivering(settings(fake.port), [checkout(x) for x in items]) as desk:
            for _ in range(3):
                await asyncio.sleep(0.05)
                fake.kill()
                await asyncio.to_thread(fake.start)
                fake.be("koha-new")
                fake.do("clock", now="2026-11-21T10:00:00")
            await desk.delivered()
            assert broken(desk.daybook, fake.ledger(), {}) == []
        assert [x["item"] for x in fake.ledger()] == items
