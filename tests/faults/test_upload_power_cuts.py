"""The power goes at any moment of an upload: after the restart all goes on as if it had not.

The disk is each of those that a crash may leave behind (support.crash_states), and the library is
as it was at that moment. Before and after a batch is begun, loaded, spoiled, answered for, closed.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest
from support.batches import FAULTS, Fault, Folder, ModelBatches
from support.crash_states import crash_states
from support.delivering import quick_folder
from support.recording import Recording, plant, recorded
from support.transactions import MAYA, checkin, checkout, in_house_use
from support.uploading import SOON, Uploading

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.journal import JournalStorage
from kiosk.delivery import loading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.crash_states import CrashState

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.batches import Batch, Place, Progress

STATES = int(os.environ.get("UPLOAD_POWER_CUTS", "25"))
"""So many crash states of each day are looked into."""


@pytest.fixture(autouse=True)
def _hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", SOON)
    monkeypatch.setitem(JournalStorage.__init__.__kwdefaults__, "segment_size", 8192)


@dataclass(frozen=True)
class Moment:
    """The library as it was."""

    folders: list[Folder]
    applied: list[str]
    times: dict[str, set[object]]


class Witness(ModelBatches):
    """A library that tells of each change of its own."""

    def __init__(self, changed: Callable[[Moment], None]) -> None:
        super().__init__()
        self.tells = changed

    def now(self) -> Moment:
        return Moment(deepcopy(self.folders), list(self.applied), deepcopy(self.times))

    async def place(self, avoid: object = ()) -> Place:
        place = await super().place(avoid)  # type: ignore[arg-type] # as it came
        self.tells(self.now())
        return place

    async def load(self, batch: Batch) -> Progress:
        try:
            return await super().load(batch)
        finally:
            self.tells(self.now())

    def process(self, folder: Folder) -> None:
        super().process(folder)
        self.tells(self.now())


def day() -> list[Transaction]:
    return [checkout("i1", MAYA), checkin("i2"), in_house_use("i3"), checkin("i1"), checkin("i4")]


async def upload(folder: Path, library: ModelBatches, count: int) -> None:
    """Deliver what is there, have it processed, and wait until all is over."""
    desk = Uploading(folder, library)
    try:
        await desk.rested()
        for each in library.folders:
            if each.stage == "loaded" and each.batches:
                library.process(each)
        await desk.processed()
        assert len(desk.states()) == count
    finally:
        await desk.end()


def recorded_day(folder: Path, fault: Fault | None) -> tuple[Recording, int]:
    """Live through a day of uploads; give all that was done to the disk, and when."""
    happened = day()
    with Daybook(folder) as daybook:
        daybook.commit(happened)
    with recorded(folder) as recording:
        library = Witness(recording.mark)
        library.refuses.add("i4")
        library.most = 3
        library.faults.append(fault)
        recording.mark(library.now())
        asyncio.run(upload(folder, library, len(happened)))
    return recording, len(happened)


def states_of(recording: Recording) -> list[CrashState]:
    found = {
        (str(sorted(x.tree)), hash(tuple(x.tree.values())), x.position): x
        for x in crash_states(recording.start, recording.effects, random=Random(1), limit=6)
        if x.accepted
    }
    every = max(len(found) // STATES, 1)
    return list(found.values())[::every]


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_wherever_the_power_goes_all_is_applied_once_or_a_person_knows(
    tmp_path: Path, fault: Fault | None
) -> None:
    (tmp_path / "day").mkdir()
    recording, count = recorded_day(tmp_path / "day", fault)
    states = states_of(recording)
    assert len(states) >= 20
    for state in states:
        (moment,) = state.accepted
        with quick_folder() as folder:
            plant(state.tree, folder)
            asyncio.run(go_on(folder, moment, count))


async def go_on(folder: Path, moment: Moment, count: int) -> None:
    """Begin again after the power cut, and hold both sides to each other."""
    library = ModelBatches()
    library.refuses.add("i4")
    library.most = 3
    library.folders, library.applied = deepcopy(moment.folders), list(moment.applied)
    library.times = deepcopy(moment.times)
    await upload(folder, library, count)
    with Daybook(folder, read_only=True) as daybook:
        story = [(x.id, state, outcome) for x, state, outcome in daybook.history()]
    doubtful = {x for x, _, outcome in story if outcome and outcome.code == "processed-twice"}
    applied = Counter(library.applied)
    assert all(times == 1 or x in doubtful for x, times in applied.items()), story
    assert set(applied) == {x for x, _, _ in story}, story
    assert {state for x, state, _ in story if x not in doubtful} <= {"applied", "refused"}, story
    assert all(len(times) == 1 for times in library.times.values()), "sent under another time"
