"""Everything that an Evergreen can do to an upload, while the real courier delivers.

Whatever happens, a transaction is applied exactly once, or is an exception that says why; nothing
is applied that the daybook does not know; what is said to wait is there; and what is uploaded again
is the same, byte for byte. The fake's ledger tells what was really carried out.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from support.fake_evergreen.system import FAULTS as OF_EVERGREEN
from support.fake_web.faults import FAULTS
from support.patience import PATIENCE
from support.transactions import checkin
from support.uploading import (
    GIVEN_UP,
    SOON,
    Time,
    day,
    evergreen,
    opened,
    process,
    uploading,
    wrong_at_evergreen,
)

from kiosk.delivery import loading
from kiosk.ils.evergreen import offline

if TYPE_CHECKING:
    from support.fake_evergreen.client import FakeEvergreen
    from support.uploading import Uploading

    from kiosk.delivery.loading import Standing
    from kiosk.ils.evergreen.library import EvergreenLibrary

LONGEST = 60.0
"""Seconds that a test takes at most."""
LOST = {"lost-before", "lost-after", "half-and-hang", "drip-forever", "late", "acts-late"}
"""After these, a reply is waited for in vain, or for too long."""
STATUS = ["status.scripts", "status.sessions", "status.exceptions"]
OF_QUESTIONS = [
    *("lost-before", "lost-after", "reset-before", "cut", "502-after", "403", "html-after"),
    "empty-after",
]
"""What is tried of each call that only asks."""
CALLS = [
    *((fault, call) for call in ("create", "login", "time", *STATUS) for fault in OF_QUESTIONS),
    *((fault, "execute") for fault in sorted(FAULTS)),
]
EVERY = int(os.environ.get("UPLOAD_EVERY", "3"))
"""Of so many of these one is tried."""
TRIED = [
    *((fault, "load") for fault in sorted(FAULTS)),
    *((fault, call) for fault, (_, on) in sorted(OF_EVERGREEN.items()) for call in on),
    *CALLS[::EVERY],
]


@pytest.fixture(autouse=True)
def _hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", SOON)
    monkeypatch.setattr(offline, "LONGEST", 0.4)


@pytest.mark.parametrize(("fault", "call"), TRIED, ids=lambda x: x)
async def test_each_trap_ends_in_one_application_or_in_an_exception_that_says_why(
    fake_evergreen: FakeEvergreen, fault: str, call: str
) -> None:
    fake, time = fake_evergreen, Time()
    opened(fake)
    fake.fault(fault, on=call)
    library = evergreen(fake, time, timeout=GIVEN_UP if fault in LOST else PATIENCE)
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        await desk.record(checkin("i1"))
        await desk.rested()
        assert wrong_at_evergreen(desk.daybook, fake, may_wait=True) == []
        await _processed(desk, library, time)
        assert wrong_at_evergreen(desk.daybook, fake, may_wait=fault == "stuck") == []
        assert not desk.failures
        if fault == "stuck":
            assert [x.progress and x.progress.stage for x in standings(desk)] == ["stuck"] * 2
        else:
            assert not desk.waits()


async def _processed(
    desk: Uploading, library: EvergreenLibrary, time: Time, patience: float = 0.7
) -> None:
    """Have everything processed, and be patient: minutes go by."""
    for _ in range(3):
        await process(library)
        with suppress(TimeoutError):
            await desk.processed(patience)
            return
        time.goes_on(11)


def standings(desk: Uploading) -> tuple[Standing, ...]:
    assert desk.courier.loading is not None
    return desk.courier.loading.standings


@pytest.fixture
def opened_at(fake_evergreen: FakeEvergreen) -> FakeEvergreen:
    opened(fake_evergreen)
    return fake_evergreen


async def carried_out(fake: FakeEvergreen, **more: Any) -> dict[str, list[str]]:
    """Deliver a day and have it processed; give its kinds by what they came to."""
    time = Time()
    library = evergreen(fake, time, **more)
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        await _processed(desk, library, time, patience=5.0)
        assert wrong_at_evergreen(desk.daybook, fake) == []
        found: dict[str, list[str]] = {}
        for transaction, state, _ in desk.daybook.history():
            found.setdefault(state, []).append(transaction.kind)
        return found


@pytest.mark.parametrize(
    "rules",
    [
        {"login": False},
        {"proxy": True},
        {"proxy": None},
        {"inline": True, "per_line": 0.1},
        {"inline": True, "per_line": 0.1, "fork_delay": 0.2},
        {"per_line": 0.05},
        {"fork_delay": 0.3},
        {"zone": "-05:00"},
        {"auto_renew": True},
    ],
    ids=str,
)
async def test_however_the_server_works_all_is_applied_once(
    opened_at: FakeEvergreen, rules: dict[str, Any]
) -> None:
    opened_at.be(**rules)
    assert list(await carried_out(opened_at)) == ["applied"]


async def test_a_session_processed_twice_at_once_is_seen(opened_at: FakeEvergreen) -> None:
    """Two people press "process" in the same moment: the server does everything twice."""
    opened_at.be(forks=0)
    time = Time()
    here, there = evergreen(opened_at, time), evergreen(opened_at, time, terminal="desk-2")
    async with asyncio.timeout(LONGEST), uploading(here, day(), clock=time) as desk:
        await desk.rested()
        await asyncio.gather(process(here), process(there))
        assert len(opened_at.heard("execute")) == 2
        opened_at.be()
        opened_at.do("quiet")
        await desk.processed()
        assert opened_at.applied()[desk.outcomes[3].transaction] == 2
        assert wrong_at_evergreen(desk.daybook, opened_at) == []
        assert {x.kind for x in desk.outcomes} == {"unknown"}
    await there.close()


@pytest.mark.parametrize("skip", range(4))
async def test_an_upload_that_is_not_seen_at_first_is_not_sent_under_another_name(
    opened_at: FakeEvergreen, skip: int
) -> None:
    opened_at.fault("script-unseen", on="status.scripts", skip=skip)
    assert list(await carried_out(opened_at)) == ["applied"]
    assert set(opened_at.applied().values()) == {1}
