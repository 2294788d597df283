"""Loading: batches between a real daybook and a library that takes them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.batches import FAULTS, NEVER, Fault, ModelBatches
from support.library import ModelLibrary
from support.loading import working
from support.transactions import MAYA, NOW, OMAR, checkin, checkout, in_house_use, registration

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Reported, Voided
from kiosk.delivery import loading
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.desk.transactions import Transaction


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", {})


@pytest.fixture
def batches() -> ModelBatches:
    return ModelBatches()


async def test_a_backlog_is_uploaded_waits_and_has_its_outcomes_once_it_was_processed(
    tmp_path: Path, batches: ModelBatches
) -> None:
    lent, returned, used = checkout("i1", MAYA), checkin("i2"), in_house_use("i3")
    batches.refuses.add("i2")
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent, returned, used])
    async with working(tmp_path, batches) as desk:
        await desk.come_to("waiting", "waiting", "waiting")
        assert not desk.daybook.indexes.pending
        assert desk.daybook.under_way(lent.id)
        batches.process(batches.folders[0])
        await desk.come_to("applied", "refused", "applied")
        await desk.until(lambda: not list(desk.daybook.indexes.batches))
        assert set(desk.daybook.indexes.exceptions) == {returned.id}
    assert batches.applied == [lent.id, returned.id, used.id]


class Watched(ModelBatches):
    """Keeps what is shown to be on its way, at each request."""

    def __init__(self) -> None:
        super().__init__()
        self.carried: Callable[[], int | None] = lambda: None
        self.seen: list[tuple[str, int | None]] = []

    async def _request(self, what: str) -> None:
        self.seen.append((what.partition(" ")[0], self.carried()))
        await super()._request(what)


@pytest.mark.parametrize("fault", [None, "unreachable"])
async def test_while_a_batch_is_made_and_is_on_its_way_that_is_shown(
    tmp_path: Path, fault: Fault | None
) -> None:
    batches = Watched()
    batches.faults.extend([fault] if fault else [])
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkout("i1", MAYA), checkout("i2", MAYA)])
    async with working(tmp_path, batches) as desk:
        carrying = desk.courier.loading
        assert carrying is not None
        batches.carried = lambda: carrying.carried
        await desk.come_to("waiting", "waiting")
        await desk.until(lambda: carrying.carried is None)
    assert ("place", 0) in batches.seen
    assert {count for what, count in batches.seen if what == "load"} == {2}


async def test_each_goes_under_a_time_of_its_own_in_the_order_of_the_daybook(
    tmp_path: Path, batches: ModelBatches
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(12)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, batches) as desk:
        await desk.come_to(*["waiting"] * 12)
        loaded = list(batches.folders[0].batches.values())
        assert [len(batch) for batch in loaded] == [5, 5, 2]
        times = [each.at for batch in loaded for each in batch]
        assert times == sorted(set(times))
        assert list(desk.daybook.sent_times().values()) == times
        assert [each.id for batch in loaded for each in batch] == [x.id for x in lent]


async def test_the_times_are_those_of_the_librarys_clock(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.offset = timedelta(hours=1)
    lent = checkout("i1", MAYA)
    async with working(tmp_path, batches) as desk:
        await desk.record(lent)
        await desk.come_to("waiting")
        (sent,) = batches.folders[0].batches["desk.1"]
        assert sent.at == lent.at + timedelta(hours=1)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at_once", [False, True])
async def test_after_a_fault_all_is_applied_once_or_a_person_knows(
    tmp_path: Path, batches: ModelBatches, fault: Fault, *, at_once: bool
) -> None:
    batches.faults.append(fault)
    batches.at_once = at_once
    lent = [checkout(f"i{n}", MAYA) for n in range(4)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, batches) as desk:
        if not at_once:
            await desk.come_to(*["waiting"] * 4)
            batches.process(batches.folders[-1])
        await desk.until(lambda: "applied" in desk.states())
        assert batches.twice <= set(desk.daybook.indexes.exceptions)
        assert all(len(times) == 1 for times in batches.times.values())
        assert not desk.failures
    if fault != "half":
        assert not batches.twice


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_restart_in_the_middle_changes_nothing(
    tmp_path: Path, batches: ModelBatches, fault: Fault
) -> None:
    lent = [checkout(f"i{n}", MAYA) for n in range(4)]
    batches.faults.append(fault)
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: any("load" in x for x in batches.requests))
    async with working(tmp_path, batches) as desk:
        await desk.come_to(*["waiting"] * 4)
    async with working(tmp_path, batches) as desk:
        batches.process(batches.folders[-1])
        await desk.come_to(*["applied"] * 4)
    assert sorted(batches.applied) == sorted(x.id for x in lent)
    assert all(len(times) == 1 for times in batches.times.values())


async def test_a_spoiled_batch_that_somebody_processes_needs_a_person(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.faults.append("half")
    lent = [checkout(f"i{n}", MAYA) for n in range(2)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, batches) as desk:
        await desk.come_to("waiting", "waiting")
        assert [x.stage for x in desk.daybook.indexes.batches] == ["spoiled", "loaded"]
        for folder in batches.folders:
            batches.process(folder)
        await desk.come_to("refused", "refused")
        await desk.until(lambda: len(desk.daybook.indexes.exceptions) == 2)
        codes = {x.outcome.code for x in desk.daybook.indexes.exceptions.values()}
        assert codes == {"processed-twice"}


async def test_what_was_there_and_is_gone_goes_again_and_is_watched(
    tmp_path: Path, batches: ModelBatches
) -> None:
    lent = checkout("i1", MAYA)
    async with working(tmp_path, batches) as desk:
        await desk.record(lent)
        await desk.come_to("waiting")
        hidden = batches.folders[0].batches.copy()
        batches.folders[0].batches.clear()
        await desk.until(lambda: len(batches.folders) == 2)
        await desk.come_to("waiting")
        batches.folders[0].batches |= hidden  # a server that had lost it for a while
        for folder in batches.folders:
            batches.process(folder)
        await desk.come_to("refused")
        (to_fix,) = desk.daybook.indexes.exceptions.values()
        assert to_fix.outcome.code == "processed-twice"


async def test_one_look_that_overlooks_a_batch_does_not_send_it_again(
    tmp_path: Path, batches: ModelBatches
) -> None:
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("waiting")
        for _ in range(2):
            batches.overlooks, before = 1, len(batches.requests)
            await desk.until(lambda before=before: len(batches.requests) > before + 2)
        batches.process(batches.folders[0])
        await desk.come_to("applied")
    assert len(batches.folders) == 1


async def test_of_another_library_system_what_may_have_arrived_needs_a_person_and_what_rests_rests(
    tmp_path: Path, batches: ModelBatches
) -> None:
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("waiting")
        batches.faults.append("lost before")
        batches.gather = NEVER
        await desk.record(checkout("i2", MAYA))
        desk.courier.send_now()
        await desk.until(lambda: not batches.faults)
    other = ModelBatches()
    other.system = "another"
    async with working(tmp_path, other) as desk:
        await desk.record(checkout("i3", MAYA))
        await desk.come_to("waiting", "unknown", "waiting")
    assert not [x for x in other.requests if "look" in x and "1/desk.2" in x]


async def test_an_item_whose_loan_was_reported_rests_no_more(
    tmp_path: Path, batches: ModelBatches
) -> None:
    library, lent = ModelLibrary(), checkout("i1", MAYA)
    async with working(tmp_path, batches, library) as desk:
        await desk.record(lent)
        await desk.come_to("waiting")
        told = Reported(id="r", transaction=lent.id, number=1, at=NOW, words="Item not found")
        await desk.writer.write([told])
        await desk.come_to("refused")
        desk.open.add("v2")
        await desk.record(checkout("i1", OMAR, visit="v2"))
        await desk.come_to("refused", "applied")


async def test_what_cannot_be_put_into_a_batch_is_entered_by_a_person_and_the_rest_goes(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.objects_to.add("i 1")
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i 1", MAYA), checkout("i2", MAYA))
        await desk.come_to("by_hand", "waiting")
        (to_fix,) = desk.daybook.indexes.exceptions.values()
        assert to_fix.outcome.code == "evergreen.blank"


async def test_what_is_to_be_gathered_goes_when_staff_say_so(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.gather = NEVER
    async with working(tmp_path, batches) as desk:
        await desk.record(registration(), checkout("i1", MAYA))
        await desk.until(lambda: desk.courier.connectivity.state == "online")
        assert desk.states() == ["queued", "queued"]
        desk.courier.send_now()
        await desk.come_to("waiting", "waiting")


async def test_what_has_rested_for_days_is_looked_at_seldom_unless_somebody_wants_to_know(
    tmp_path: Path, batches: ModelBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", {"loaded": 0.1})
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("waiting")
        desk.now += timedelta(days=3)
        await desk.until(lambda: (desk.courier.loading.until_next() or 0) > 1)
        batches.process(batches.folders[0])
        desk.courier.loading.look_now()
        desk.courier.wake()
        await desk.come_to("applied")


async def test_what_was_handed_over_is_not_looked_at_again(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.rests_as = "handed_over"
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("handed_over")
        hellos = batches.requests.count("hello")
        await desk.until(lambda: batches.requests.count("hello") > hellos)
        assert not [x for x in batches.requests if "look" in x]


async def test_an_item_that_rests_is_not_lent_live_and_goes_the_same_way(
    tmp_path: Path, batches: ModelBatches
) -> None:
    library = ModelLibrary()
    async with working(tmp_path, batches, library) as desk:
        await desk.record(checkout("i1", MAYA, visit="v1"))
        await desk.come_to("waiting")
        desk.open.add("v2")
        await desk.record(
            checkout("i2", OMAR, visit="v2"), checkin("i1", visit="v2"), checkout("i3", visit="v2")
        )
        await desk.come_to("waiting", "applied", "queued", "applied")
        desk.open.clear()
        desk.courier.wake()
        await desk.come_to("waiting", "applied", "waiting", "applied")
        batches.process(batches.folders[0])
        await desk.come_to(*["applied"] * 4)
        desk.open.add("v3")
        await desk.record(checkout("i1", OMAR, visit="v3"))
        await desk.until(lambda: desk.states()[-1] == "applied")
    assert "i1" in library.loans


async def test_a_live_reply_that_was_lost_is_asked_about_before_it_goes_another_way(
    tmp_path: Path, batches: ModelBatches
) -> None:
    library = ModelLibrary()
    library.faults.extend(["lost after", "lost before"])
    async with working(tmp_path, batches, library) as desk:
        desk.open.add("v1")
        await desk.record(checkout("i1", MAYA, visit="v1"))
        await desk.until(lambda: library.acted)
        desk.open.clear()
        desk.courier.wake()
        await desk.come_to("applied")
        desk.open.add("v2")
        await desk.record(checkout("i2", OMAR, visit="v2"))
        await desk.until(lambda: not library.faults)
        desk.open.clear()
        desk.courier.wake()
        await desk.come_to("applied", "waiting")


async def test_what_no_live_connection_carries_waits_for_the_next_batch(
    tmp_path: Path, batches: ModelBatches
) -> None:
    library = ModelLibrary(frozenset({"checkout", "checkin", "renewal"}))
    async with working(tmp_path, batches, library) as desk:
        desk.open.add("v1")
        await desk.record(in_house_use("i1", visit="v1"), checkout("i2", MAYA, visit="v1"))
        await desk.come_to("queued", "applied")
        desk.open.clear()
        desk.courier.wake()
        await desk.come_to("waiting", "applied")


async def test_a_backlog_that_is_uploaded_is_a_run_and_what_becomes_of_it_another(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.refuses.add("i2")
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkout(f"i{n}", MAYA) for n in range(7)])
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: desk.runs and desk.runs[-1].ended)
        uploaded = desk.runs[-1]
        assert (uploaded.why, uploaded.loaded, uploaded.done) == ("start", 7, 0)
        assert (uploaded.into, uploaded.kinds) == (("Internet Down",), {"checkout": 7})
        batches.process(batches.folders[0])
        await desk.until(lambda: desk.runs[-1].why == "processed" and desk.runs[-1].ended)
        processed = desk.runs[-1]
        assert (processed.applied, processed.refused, processed.loaded) == (6, 1, 0)
        assert len(desk.runs) == 4


async def test_a_run_knows_after_a_restart_what_it_had_uploaded(
    tmp_path: Path, batches: ModelBatches
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkout(f"i{n}", MAYA) for n in range(7)])
    batches.faults.extend([None, *["unreachable"] * 1000])
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: len(batches.faults) < 999)
    batches.faults.clear()
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: desk.runs and desk.runs[-1].ended)
        assert (desk.runs[-1].loaded, desk.runs[-1].kinds) == (7, {"checkout": 7})


async def test_what_is_voided_while_others_are_read_goes_nowhere(
    tmp_path: Path, batches: ModelBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "AT_ONCE", 1)
    lent = [checkout(f"i{n}", MAYA) for n in range(3)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
    async with working(tmp_path, batches) as desk:
        read = desk.daybook.transaction

        def void_the_first(number: int) -> Transaction:
            if number == 3 and lent[0].id in desk.courier.queue:
                desk.courier.withdraw(lent[0].id)
                desk.writer.put([Voided(transaction=lent[0].id, at=NOW)], lambda _: None)
            return read(number)

        monkeypatch.setattr(desk.daybook, "transaction", void_the_first)
        await desk.come_to("voided", "waiting", "waiting")
    (sent,) = batches.folders[0].batches.values()
    assert [each.id for each in sent] == [lent[1].id, lent[2].id]


async def test_a_library_that_says_yes_and_has_nothing_is_not_asked_without_a_pause(
    tmp_path: Path, batches: ModelBatches
) -> None:
    batches.faults.extend(["not stored"] * 1000)
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.until(lambda: desk.courier.connectivity.state == "offline")
        assert desk.courier.connectivity.reason == say("library.took_nothing")
        batches.faults.clear()
        await desk.come_to("waiting")


async def test_while_delivery_is_paused_a_batch_that_waits_leaves_the_processor_alone(
    tmp_path: Path, batches: ModelBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("waiting")
        desk.courier.schedule.paused = True
        turns = Counter[str]()
        until_next = loading.Loading.until_next

        def counted(self: loading.Loading) -> float | None:
            turns["idle"] += 1
            return until_next(self)

        monkeypatch.setattr(loading.Loading, "until_next", counted)
        desk.courier.wake()
        await asyncio.sleep(0.2)
    assert turns["idle"] <= 25  # it greets each 10 ms


@pytest.mark.parametrize("fault", ["lost before", "lost after"])
async def test_what_may_be_in_a_batch_needs_a_person_where_no_batches_are_sent_any_more(
    tmp_path: Path, batches: ModelBatches, fault: Fault
) -> None:
    """The library does not have it yet; it will, once the batch is processed."""
    batches.faults.append(fault)
    library = ModelLibrary(frozenset({"checkout"}))
    batches.gather = NEVER
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA), in_house_use("i2"))
        desk.courier.send_now()
        await desk.until(lambda: not batches.faults)
    async with working(tmp_path, None, library) as desk:
        await desk.come_to("unknown", "unknown")
        await desk.until(lambda: not list(desk.daybook.indexes.batches))
        await desk.record(checkout("i3", OMAR))
        await desk.come_to("unknown", "unknown", "applied")


async def test_what_may_have_been_sent_alone_needs_a_person_where_only_batches_are_sent(
    tmp_path: Path, batches: ModelBatches
) -> None:
    library = ModelLibrary()
    library.faults.extend(["lost before"])
    async with working(tmp_path, None, library) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.until(lambda: not library.faults)
        library.down = True
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i2", MAYA))
        await desk.come_to("unknown", "waiting")


@pytest.mark.parametrize("away", ["batches", "library"])
async def test_the_connection_that_patrons_wait_for_tells_whether_the_library_is_there(
    tmp_path: Path, batches: ModelBatches, away: str
) -> None:
    library = ModelLibrary()
    library.down, batches.down = away == "library", away == "batches"
    async with working(tmp_path, batches, library) as desk:
        for number in range(5):
            await desk.record(checkout(f"i{number}", MAYA))
            await asyncio.sleep(0.03)
        assert desk.courier.connectivity.state == ("offline" if away == "library" else "online")
        assert (desk.courier.loading_trouble is not None) == (away == "batches")
        assert desk.states() == ["queued" if away == "batches" else "waiting"] * 5


async def test_what_the_disk_does_not_give_any_more_is_not_taken_for_loaded(
    tmp_path: Path, batches: ModelBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches.faults.append("unreachable")
    batches.gather = NEVER
    batches.rests_as = "handed_over"
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA), checkout("i2", OMAR))
        desk.courier.send_now()
        await desk.until(lambda: not batches.faults)
        batches.down = True
    monkeypatch.setattr(Daybook, "transaction", _without_the_first(Daybook.transaction))
    batches.down = False
    async with working(tmp_path, batches) as desk:
        await desk.come_to("unknown", "handed_over")
    (sent,) = batches.folders[0].batches.values()
    assert [each.item for each in sent] == ["i2"]


def _without_the_first(
    read: Callable[[Daybook, int], Transaction],
) -> Callable[[Daybook, int], Transaction]:
    """Give what reads transactions from a disk of which a sector has gone bad."""

    def read_some(daybook: Daybook, number: int) -> Transaction:
        if number == 1:
            raise OSError("a bad sector")
        return read(daybook, number)

    return read_some
