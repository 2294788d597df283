"""Having an Evergreen process what was uploaded, and learning what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.evergreen_script import ITEMS, desk, freeze, may_process, poison, upload
from support.patience import PATIENCE
from support.transactions import MAYA, OMAR, checkin, checkout, in_house_use

from kiosk.ils.base import Refused, ReplyLost

if TYPE_CHECKING:
    from support.fake_evergreen.client import FakeEvergreen

    from kiosk.ils.evergreen.sessions import Told


async def test_the_kiosk_processes_where_its_account_may(evergreen: FakeEvergreen) -> None:
    may_process(evergreen)
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]))

    await library.process(batch.place.key)
    evergreen.do("quiet")
    await library.process(batch.place.key)  # again does no harm

    assert (await library.look(batch)).stage == "done"
    assert sum(evergreen.applied().values()) == 1
    assert evergreen.ledger()[0]["workstation"] == "BR1-desk"


async def test_without_the_permission_it_waits_for_staff(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]))
    with pytest.raises(Refused) as refused:
        await library.process(batch.place.key)
    assert refused.value.reason.args["permission"] == "OFFLINE_EXECUTE"
    assert (await library.look(batch)).stage == "loaded"


async def test_a_server_that_answers_when_all_is_done_is_not_asked_twice(
    evergreen: FakeEvergreen,
) -> None:
    may_process(evergreen)
    evergreen.be(inline=True, stops_after=1)
    library = desk(evergreen)
    [batch] = await upload(library, *(in_house_use(item) for item in ITEMS[:4]))

    await library.process(batch.place.key)

    assert (await library.look(batch)).stage == "processing"
    evergreen.be(inline=True)
    evergreen.do("quiet")
    assert len(evergreen.heard("execute")) == 1
    assert (await library.look(batch)).stage == "done"
    assert sum(evergreen.applied().values()) == 4


@pytest.mark.parametrize("fault", ["lost-after", "close-after", "500-after", "html-after"])
async def test_processing_whose_reply_was_lost_is_looked_for(
    evergreen: FakeEvergreen, fault: str
) -> None:
    may_process(evergreen)
    library = desk(evergreen)
    [batch] = await upload(library, in_house_use(ITEMS[0]))
    evergreen.fault(fault, on="execute")

    await library.process(batch.place.key)
    evergreen.do("quiet")

    assert (await library.look(batch)).stage == "done"
    assert sum(evergreen.applied().values()) == 1


@pytest.mark.parametrize("death", ["500", "empty"])
async def test_a_poisoned_session_is_told_avoided_and_nothing_of_it_lost(
    evergreen: FakeEvergreen, death: str
) -> None:
    may_process(evergreen)
    evergreen.be(dies_with=death)
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]))
    await poison(library, batch.place.key)

    with pytest.raises(Refused) as refused:
        await library.process(batch.place.key)
    assert refused.value.reason.key == "evergreen.not_started"
    progress = await library.look(batch)
    assert progress.stage == "loaded"
    assert progress.reason is not None
    assert progress.reason.key == "evergreen.not_started"
    assert (await library.place()).key != batch.place.key


async def test_a_proxy_that_waited_too_long_says_nothing_of_the_session(
    evergreen: FakeEvergreen,
) -> None:
    """It may begin yet: to ask once more by itself would have all of it done twice."""
    may_process(evergreen)
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]))
    evergreen.fault("504-before", on="execute")

    with pytest.raises(ReplyLost):
        await library.process(batch.place.key)
    assert (await library.look(batch)).stage == "loaded"


async def test_a_session_that_got_stuck_is_told_and_nothing_is_sent_again(
    evergreen: FakeEvergreen,
) -> None:
    may_process(evergreen)
    library = desk(evergreen, stuck_after=0)
    [batch] = await upload(library, checkout(ITEMS[0]), checkout(ITEMS[1]))
    evergreen.fault("stuck", lines=1)
    await library.process(batch.place.key)

    progress = await library.look(batch)
    assert (progress.stage, progress.processed, progress.total) == ("stuck", 1, 2)
    assert progress.reason is not None


async def test_a_session_that_moves_is_not_stuck(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]), checkout(ITEMS[1]))
    evergreen.be(stops_after=1)
    evergreen.do("listen", on=True)
    may_process(evergreen)
    await library.process(batch.place.key)
    assert (await library.look(batch)).stage == "processing"
    evergreen.be()
    evergreen.do("quiet")
    assert (await library.look(batch)).stage == "done"


async def test_results_that_are_missing_make_everything_unknown_but_not_at_once(
    evergreen: FakeEvergreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]))
    evergreen.process()
    evergreen.fault("results-missing", times=2)

    assert (await library.look(batch)).stage == "processing"  # the server may be moving its files
    monkeypatch.setattr("kiosk.ils.evergreen.library.TIDYING", timedelta())
    progress = await library.look(batch)
    assert progress.stage == "done"
    assert [(x.kind, x.code) for x in progress.outcomes] == [("unknown", "no-results")]
    assert progress.reason is not None


@pytest.mark.parametrize("fault", ["events-as-lists", "events-missing"])
async def test_events_of_any_shape_belong_to_their_transactions(
    evergreen: FakeEvergreen, fault: str
) -> None:
    library = desk(evergreen)
    [batch] = await upload(library, checkout("nothing"), checkout(ITEMS[0]))
    evergreen.process()
    evergreen.fault(fault)
    bad, good = (await library.look(batch)).outcomes
    assert (bad.kind, good.kind) == (
        "unknown" if fault == "events-missing" else "refused",
        "applied",
    )


async def test_a_login_that_ends_during_processing_refuses_the_rest_by_name(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    [batch] = await upload(library, checkout(ITEMS[0]), checkout(ITEMS[1]))
    evergreen.fault("token-dies", lines=1)
    evergreen.process()
    first, second = (await library.look(batch)).outcomes
    assert (first.kind, second.kind, second.code) == ("applied", "refused", "NO_SESSION")


async def test_an_upload_that_came_just_as_processing_began_is_not_believed(
    evergreen: FakeEvergreen,
) -> None:
    """The server gathers the lines, and only then says that it is at work."""
    may_process(evergreen)
    evergreen.be(forks=0)
    first, late = desk(evergreen), desk(evergreen, "desk-2")
    [batch] = await upload(first, in_house_use(ITEMS[0]))
    behind = await freeze(late, in_house_use(ITEMS[1]))
    await first.process(batch.place.key)
    assert (await late.load(behind)).stage == "loaded"
    evergreen.be()
    evergreen.do("quiet")

    assert [x.kind for x in (await first.look(batch)).outcomes] == [
        "unknown"
    ]  # nor can this be told
    assert [(x.kind, x.code) for x in (await late.look(behind)).outcomes] == [("unknown", "missed")]
    assert sum(evergreen.applied().values()) == 1


async def test_an_empty_session_is_not_processed(evergreen: FakeEvergreen) -> None:
    may_process(evergreen)
    library = desk(evergreen)
    made = await library.create("Power cut")
    with pytest.raises(Refused):
        await library.process(made.key)
    with pytest.raises(Refused):
        await library.process("nowhere")


async def test_the_first_desk_processes_once_all_are_in_and_no_other_one(
    evergreen: FakeEvergreen,
) -> None:
    desks = ("front desk", "back")
    first = desk(evergreen, "front desk", desks=desks, process="all-in")
    second = desk(evergreen, "back", desks=desks, process="all-in")
    by_hand = desk(evergreen, "front desk", desks=desks)
    await upload(first, checkout(ITEMS[0]))
    [session] = await first.sessions()
    assert first.missing(session) == ("back",)
    assert not first.is_ours_to_process(session)

    await upload(second, checkout(ITEMS[1]))
    [session] = await first.sessions()
    assert first.missing(session) == ()
    assert first.is_ours_to_process(session)
    assert not second.is_ours_to_process(session)
    assert not by_hand.is_ours_to_process(session)


async def test_three_desks_with_clocks_an_hour_apart_are_put_in_the_right_order(
    evergreen: FakeEvergreen,
) -> None:
    """Delivery adds what the library says of a desk's clock before a batch is frozen."""
    true = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    told = [checkout(ITEMS[0], MAYA), checkin(ITEMS[0]), checkout(ITEMS[0], OMAR)]
    for n, each in enumerate(told):
        slow = timedelta(hours=n - 1)
        library = desk(evergreen, f"desk-{n}", slow=slow)
        by_its_clock = true + timedelta(minutes=n) - slow
        sent_at = by_its_clock + await library.clock_offset()
        await upload(library, replace(each, at=sent_at))

    evergreen.process()

    assert [(x["op"], x["patron"]) for x in evergreen.ledger()] == [
        ("checkout", MAYA), ("checkin", MAYA), ("checkout", OMAR),
    ]  # fmt: skip


async def test_asked_twice_before_it_has_begun_the_server_is_asked_once(
    evergreen: FakeEvergreen,
) -> None:
    """It would let the second one through, and carry out everything twice."""
    may_process(evergreen)
    evergreen.be(forks=0)
    library = desk(evergreen)
    [batch] = await upload(library, in_house_use(ITEMS[0]))

    for _ in range(3):
        await library.process(batch.place.key)
    other = await library.place()
    evergreen.be()
    evergreen.do("quiet")

    assert sum(evergreen.applied().values()) == 1
    assert len(evergreen.heard("execute")) == 1
    assert other.key != batch.place.key  # what came now would not be processed


async def test_what_a_second_run_refuses_was_not_refused_by_the_first(
    evergreen: FakeEvergreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins in the moment in which a desk has seen the end, and asks what went wrong."""
    may_process(evergreen)
    evergreen.be(forks=0)
    library, other = desk(evergreen), desk(evergreen, "desk-2")
    [batch] = await upload(library, checkout(ITEMS[0]))
    key = batch.place.key
    await asyncio.gather(library.process(key), other.process(key))
    evergreen.be(forks=1)
    async with asyncio.timeout(PATIENCE):
        while not any(session.ended for session in await library.sessions()):
            pass
    ask = library._offline.exceptions

    async def asked_late(told: Told) -> list[object] | None:
        evergreen.be()
        evergreen.do("quiet")
        return await ask(told)

    monkeypatch.setattr(library._offline, "exceptions", asked_late)
    assert (await library.look(batch)).stage == "processing"
    [outcome] = (await library.look(batch)).outcomes
    assert (outcome.kind, outcome.code) == ("unknown", "processed-twice")


async def test_staff_at_two_desks_at_once_have_it_processed_once(evergreen: FakeEvergreen) -> None:
    may_process(evergreen)
    evergreen.be(fork_delay=0.2)
    names = ("front", "back", "side")
    desks = [desk(evergreen, name, desks=names, settling=0.2) for name in names]
    [batch] = await upload(desks[0], in_house_use(ITEMS[0]))

    await asyncio.gather(*(each.process(batch.place.key) for each in reversed(desks)))
    evergreen.do("quiet")

    assert len(evergreen.heard("execute")) == 1
    assert sum(evergreen.applied().values()) == 1


async def test_a_server_that_says_yes_and_never_begins_holds_nothing_up(
    evergreen: FakeEvergreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_process(evergreen)
    library = desk(evergreen)
    [batch] = await upload(library, in_house_use(ITEMS[0]))
    evergreen.fault("never-starts")
    await library.process(batch.place.key)
    assert (await library.look(batch)).stage == "loaded"

    monkeypatch.setattr("kiosk.ils.evergreen.processing.STARTING", timedelta())
    await library.process(batch.place.key)
    evergreen.do("quiet")
    assert (await library.look(batch)).stage == "done"
