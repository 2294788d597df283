"""The power goes, or the kiosk is killed, while a daybook is brought up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crashes import Contents, Inquest, PromiseBrokenError, write_on
from support.failing_calls import CHANGING, Killed, each_nth, killed
from support.journals import contents
from support.recording import Recording, plant, recorded, tree_of

from kiosk.daybook import daybook
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.journal import JournalStorage, segments

EARLIER = tree_of(Path(__file__).parent / "versions" / "1")


pytestmark = pytest.mark.usefixtures("no_threads", "small_segments", "same_id")


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JournalStorage.__init__.__kwdefaults__, "segment_size", 2048)


@pytest.fixture
def same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every daybook the same id, so that all that is left of one can be compared."""
    monkeypatch.setattr(daybook, "new_id", lambda: "the only one")


@pytest.fixture
def brought_up_to_date(tmp_path: Path) -> Contents:
    plant(EARLIER, tmp_path)
    with Daybook(tmp_path) as db:
        return contents(db)


def cut_the_power(tmp_path: Path, accepted: Contents, *, crash_again_every: int = 0) -> int:
    folder = tmp_path / "data"
    folder.mkdir()
    plant(EARLIER, folder)
    with recorded(folder) as recording:
        recording.mark(accepted)
        write_on(Daybook, folder, recording.mark)
    inquest = Inquest(Daybook, tmp_path, read_every=0, crash_again_every=crash_again_every)
    inquest.hold(recording, limit=15)
    return inquest.states


def test_nothing_is_lost_where_the_power_goes(tmp_path: Path, brought_up_to_date: Contents) -> None:
    assert cut_the_power(tmp_path, brought_up_to_date, crash_again_every=60) > 200


def test_nothing_is_lost_where_it_is_killed_and_the_power_goes_when_it_is_started_again(
    tmp_path: Path, brought_up_to_date: Contents
) -> None:
    inquest = Inquest(Daybook, tmp_path, read_every=0)
    kills = 0
    for recording, _ in each_nth(tmp_path, CHANGING, killed, planted=EARLIER):
        recording.mark(brought_up_to_date)
        try:
            write_on(Daybook, recording.folder, recording.mark)
        except Killed:
            kills += 1
        since = len(recording.effects)
        accepted = recording.accepted
        recording.interfere = Recording.interfere.__get__(recording)
        assert write_on(Daybook, recording.folder, recording.mark) in accepted
        inquest.hold(recording, limit=4, since=since)
    assert kills > 40


def test_the_old_one_removed_too_early_is_found_out(
    tmp_path: Path, brought_up_to_date: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_folder = segments.sync_folder
    monkeypatch.setattr(
        segments, "sync_folder", lambda x: None if x.name == "data" else sync_folder(x)
    )
    with pytest.raises(PromiseBrokenError):
        cut_the_power(tmp_path, brought_up_to_date)
