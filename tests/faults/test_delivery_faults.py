"""Everything that a SIP2 server can do to one message, while the real courier delivers.

Whatever happens, a transaction is applied exactly once, or is an exception that says why; nothing
is applied that the daybook does not know; and what concerns one patron or one item is applied in
the order of the daybook. The fake library's ledger tells what was really carried out.
"""

from __future__ import annotations

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
from support.fake_sip2.faults import FAULTS
from support.transactions import MAYA, OMAR, checkin, checkout, renewal

if TYPE_CHECKING:
    from support.fake_sip2.client import FakeSip2

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
