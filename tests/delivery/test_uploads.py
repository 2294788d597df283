"""Upload sessions: what becomes of them by the word of staff, and by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from support.batches import ModelSessions
from support.loading import Desk, working
from support.transactions import MAYA, NOW, checkout

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import (
    BatchConfirmed,
    BatchWanted,
    ProcessAsked,
    Revoked,
    SessionChosen,
)
from kiosk.delivery import loading, uploads
from kiosk.desk.batches.standing import DeskIn
from kiosk.desk.words import say
from kiosk.ils.base import Refused, ReplyLost, Unreachable

if TYPE_CHECKING:
    from pathlib import Path

NO_RIGHT = Refused(say("evergreen.says_no", name="PERM_FAILURE"))
LOST = ReplyLost(say("library.reply_lost"))
AWAY = Unreachable(say("library.reply_lost"))


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", {"loaded": 0.01})
    monkeypatch.setattr(uploads, "LOOK_AGAIN", 0.01)
    monkeypatch.setattr(uploads, "QUIET", 0.05)


@pytest.fixture
def batches() -> ModelSessions:
    return ModelSessions()


async def uploaded(desk: Desk, *items: str) -> None:
    await desk.record(*(checkout(item, MAYA) for item in items))
    await desk.come_to(*["waiting"] * len(desk.states()))


async def process(desk: Desk, key: str) -> None:
    """Have one processed, as the engine does once it is on the disk that staff want it."""
    await desk.writer.write([ProcessAsked(key=key, title="Internet Down", at=NOW, by="Ines")])
    await the(desk).process(key, "Internet Down")


def the(desk: Desk) -> uploads.Uploads:
    assert desk.courier.uploads is not None
    return desk.courier.uploads


def told(desk: Desk) -> list[object]:
    return [tiding[0] for tiding in desk.told]


async def test_staff_see_who_is_in_and_what_of_it_is_theirs(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.desks = ("desk", "front")
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1", "i2")
        [session] = await the(desk).listed()
        assert [(x.desk, x.count) for x in session.desks] == [("desk", 2)]
        assert (session.missing, session.mine, session.total) == (("front",), 2, 2)


async def test_a_desk_of_which_nothing_waits_any_more_sees_how_the_sessions_stand(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await process(desk, "1")
        await desk.come_to("applied")
        [session] = await the(desk).listed()
        assert (session.title, session.stage) == ("Internet Down", "done")
        assert [(x.desk, x.count) for x in session.desks] == [("desk", 1)]


async def others_upload(desk: Desk, batches: ModelSessions, name: str, count: int) -> None:
    """Another desk uploads, and this one is to see that."""
    batches.folders[-1].batches[f"{name}.1"] = [checkout(f"o{x}", MAYA) for x in range(count)]
    await desk.until(lambda: DeskIn(name, count) in (the(desk).shown[-1].desks or ()))


@pytest.mark.parametrize("stopped", ["paused", "the clock is wrong"])
async def test_while_nothing_may_be_sent_it_is_seen_who_has_uploaded_meanwhile(
    tmp_path: Path, batches: ModelSessions, stopped: str
) -> None:
    batches.by_itself, batches.desks = True, ("desk", "front")
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        if stopped == "paused":
            desk.courier.schedule.paused = True
        else:
            desk.on_hold = True
        await desk.record(checkout("i2", MAYA))
        await others_upload(desk, batches, "front", 31)
        [session] = the(desk).shown
        assert (session.missing, session.mine) == ((), 1)
        await asyncio.sleep(0.1)  # twice as long as nothing may come in, before it is processed
        assert batches.begun == []
        assert desk.states() == ["waiting", "queued"]


async def test_also_into_the_chosen_one_in_which_nothing_of_this_desk_waits(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await the(desk).create("Flood", "Ines")
        await others_upload(desk, batches, "front", 31)


async def test_who_is_in_is_not_said_before_the_library_has(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
    batches.down = True
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: desk.courier.connectivity.state == "offline")
        [session] = the(desk).shown
        assert (session.desks, session.mine) == (None, 1)
        assert session.who == say("sessions.who_unknown")


async def test_one_that_is_over_is_asked_about_no_more(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await the(desk).create("Flood", "Ines")
        batches.folders[0].stage = "done"
        await desk.until(lambda: the(desk).shown[0].stage == "done")
        asked = batches.requests.count("sessions")
        await asyncio.sleep(0.1)
        assert batches.requests.count("sessions") == asked


async def test_what_staff_want_of_a_library_that_is_away_fails_and_does_not_wait(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        batches.down = True
        with pytest.raises(Unreachable):
            await the(desk).listed()
        with pytest.raises(Unreachable):
            await the(desk).create("Server moved", "Ines")
        batches.down = False
        assert await the(desk).listed() == ()


async def test_the_next_uploads_go_into_the_session_that_staff_have_made(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        made = await the(desk).create("Server moved", "Ines")
        assert made.chosen
        await uploaded(desk, "i2")
    async with working(tmp_path, batches) as desk:
        batches.joined = ""  # it is a new connection
        await uploaded(desk, "i3")
    assert [len(x.batches) for x in batches.folders] == [1, 2]


async def test_a_chosen_one_that_takes_nothing_any_more_is_forgotten_and_staff_are_told(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.closed.add("7")
    with Daybook(tmp_path) as daybook:
        daybook.commit([SessionChosen(key="7", title="Server moved", at=NOW)])
    async with working(tmp_path, batches) as desk:
        await desk.until(lambda: "left_behind" in told(desk))
        assert desk.daybook.indexes.runs.uploads.chosen is None
        await uploaded(desk, "i1")


async def test_staff_have_it_processed_and_its_outcomes_come(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1", "i2")
        await process(desk, "1")
        assert told(desk) == ["begun"]
        await desk.come_to("applied", "applied")


async def test_one_without_an_answer_is_asked_for_again_by_nobody_but_staff(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.by_itself = True
    batches.process_faults.append(LOST)
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await desk.come_to("applied")
        assert told(desk) == ["lost"]
    assert [x for x in batches.requests if "process" in x] == ["process 1"]


async def test_all_desks_are_waited_for_and_then_it_is_processed_once(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.by_itself, batches.desks = True, ("desk", "front")
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await asyncio.sleep(0.2)
        assert not batches.begun
        batches.folders[0].batches["front.1"] = (checkout("i9", MAYA),)
        await desk.come_to("applied")
        assert batches.begun == ["1"]


async def test_a_session_into_which_something_still_comes_is_not_processed_by_itself(
    tmp_path: Path, batches: ModelSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "QUIET", 0.3)
    batches.by_itself = True
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        for number in range(4):
            await asyncio.sleep(0.1)
            batches.folders[0].batches[f"front.{number}"] = (checkout(f"i9{number}", MAYA),)
            assert not batches.begun
        await desk.come_to("applied")


async def test_after_a_restart_it_is_not_asked_for_twice_by_itself(
    tmp_path: Path, batches: ModelSessions
) -> None:
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await desk.writer.write([ProcessAsked(key="1", at=NOW)])  # and then the power went
    batches.by_itself = True
    async with working(tmp_path, batches) as desk:
        await asyncio.sleep(0.3)
        assert not batches.begun
        await process(desk, "1")
        await desk.come_to("applied")


async def test_what_cannot_have_arrived_is_asked_for_again_by_itself(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.by_itself = True
    batches.process_faults.append(AWAY)
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await desk.come_to("applied")
        assert told(desk) == ["not_asked", "begun"]


async def test_a_refusal_is_told_once_and_waits_for_staff(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.by_itself = True
    batches.process_faults.extend([NO_RIGHT] * 9)
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1")
        await desk.until(lambda: told(desk))
        await asyncio.sleep(0.2)
        assert told(desk) == ["refused"]
        [session] = the(desk).shown
        assert session.reason == NO_RIGHT.reason
        assert session.asked is None


async def test_one_that_is_spoiled_is_never_processed(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.faults.append("half")
    batches.by_itself = True
    async with working(tmp_path, batches) as desk:
        await uploaded(desk, "i1", "i2")
        await process(desk, "1")
        assert "refused" in told(desk)
        await desk.come_to("applied", "applied")
    assert batches.begun == ["2"]


# -- what was handed over -------------------------------------------------------------------------


async def test_what_somebody_says_was_loaded_counts_as_applied_but_for_the_error_report(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.rests_as = "handed_over"
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA), checkout("i2", MAYA))
        await desk.come_to("handed_over", "handed_over")
        [known] = desk.daybook.indexes.batches
        await desk.writer.write([BatchConfirmed(id="c", batch=known.fact.id, at=NOW, by="Ines")])
        desk.courier.wake()
        await desk.come_to("applied", "applied")
        await desk.until(lambda: told(desk) == ["confirmed"])
        assert {x.code for x in desk.outcomes} == {"confirmed"}
        assert all(run.why != "processed" for run in desk.runs)


async def a_batch_that_was_handed_over(folder: Path, batches: ModelSessions) -> str:
    """Hand one over, stop, and give its id."""
    batches.rests_as = "handed_over"
    async with working(folder, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("handed_over")
        [known] = desk.daybook.indexes.batches
        return known.fact.id


async def test_a_confirmation_survives_a_power_cut_before_it_was_carried_out(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batch = await a_batch_that_was_handed_over(tmp_path, batches)
    with Daybook(tmp_path) as daybook:
        daybook.commit([BatchConfirmed(id="c", batch=batch, at=NOW, by="Ines")])
    async with working(tmp_path, batches) as desk:
        await desk.come_to("applied")


async def test_a_lost_file_is_written_again_the_same_and_one_that_is_there_is_not(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batches.rests_as = "handed_over"
    async with working(tmp_path, batches) as desk:
        await desk.record(checkout("i1", MAYA))
        await desk.come_to("handed_over")
        [known] = desk.daybook.indexes.batches
        wanted = BatchWanted(id="w", batch=known.fact.id, at=NOW, by="Ines")
        await desk.writer.write([wanted])
        desk.courier.wake()
        await desk.until(lambda: told(desk) == ["there"])
        before = batches.folders[0].batches.pop(known.fact.name)
        await desk.writer.write([BatchWanted(id="again", batch=known.fact.id, at=NOW)])
        desk.courier.wake()
        await desk.until(lambda: told(desk) == ["there", "written"])
        assert batches.folders[0].batches[known.fact.name] == before
        assert known.written == 2
        assert desk.states() == ["handed_over"]


async def test_a_confirmation_that_was_told_to_have_failed_does_not_count(
    tmp_path: Path, batches: ModelSessions
) -> None:
    batch = await a_batch_that_was_handed_over(tmp_path, batches)
    with Daybook(tmp_path) as daybook:
        daybook.commit([BatchConfirmed(id="c", batch=batch, at=NOW, by="Ines")])
        daybook.commit([Revoked(decision="c", at=NOW)])
    async with working(tmp_path, batches) as desk:
        await asyncio.sleep(0.1)
        assert desk.states() == ["handed_over"]
