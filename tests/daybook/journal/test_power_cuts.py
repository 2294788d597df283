"""Power cuts at every moment of a journal's life, on every disk that POSIX allows."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.crash_states import crash_states
from support.crashes import Inquest, PromiseBrokenError, Witnessed
from support.failing_calls import CHANGING, each_nth, failing, killed
from support.recording import recorded
from support.workloads import (
    COMMITS,
    COMPACTION,
    FIRST_COMPACTION,
    PATRON,
    RETENTION,
    go_on,
    opened,
    work,
    work_until_it_fails,
)

from kiosk.daybook.journal import segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.crash_states import Tree
    from support.crashes import Faulty
    from support.workloads import Step


def cut_the_power_while_it_works(
    tmp_path: Path, steps: list[Step], faulty: Faulty = nullcontext, limit: int = 100
) -> int:
    inquest = Inquest(opened, tmp_path, faulty, crash_again_every=30)
    folder = tmp_path / "desk"
    folder.mkdir()
    with recorded(folder) as recording, faulty():
        work(recording, steps)
    inquest.hold(recording, limit=limit)
    return inquest.states


def cut_the_power_after_a_kill(
    tmp_path: Path, steps: list[Step], faulty: Faulty = nullcontext
) -> int:
    """Kill it before the nth call, go on, and then cut the power: the cache has survived the kill.

    What was seen in between has to be there.
    """
    return cut_the_power_after(killed, tmp_path, steps, faulty)


def cut_the_power_after_an_error(
    tmp_path: Path, steps: list[Step], faulty: Faulty = nullcontext
) -> int:
    """Let the nth call fail, open again, go on, and then cut the power."""
    return cut_the_power_after(failing(errno.EIO), tmp_path, steps, faulty)


def cut_the_power_after(
    fault: Callable[..., Any], tmp_path: Path, steps: list[Step], faulty: Faulty
) -> int:
    inquest = Inquest(opened, tmp_path, faulty)
    for recording, nth in each_nth(tmp_path, CHANGING, fault, faulty=faulty):
        work_until_it_fails(recording, nth, steps)
        failed_at = len(recording.effects)
        go_on(recording)
        inquest.hold(recording, limit=20, since=failed_at)
    return inquest.states


@pytest.mark.usefixtures("no_threads")
@pytest.mark.parametrize(
    ("trial", "steps", "states"),
    [
        pytest.param(cut_the_power_while_it_works, COMMITS, 2000, id="commits"),
        pytest.param(cut_the_power_while_it_works, COMPACTION, 1500, id="compaction"),
        pytest.param(cut_the_power_while_it_works, RETENTION, 800, id="retention"),
        pytest.param(cut_the_power_after_a_kill, COMPACTION, 500, id="kill, compaction"),
        pytest.param(cut_the_power_after_a_kill, RETENTION, 200, id="kill, retention"),
        pytest.param(cut_the_power_after_an_error, COMPACTION, 300, id="error, compaction"),
        pytest.param(cut_the_power_after_an_error, RETENTION, 150, id="error, retention"),
    ],
)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    tmp_path: Path, trial: Callable[..., int], steps: list[Step], states: int
) -> None:
    assert trial(tmp_path, steps) > states


def test_the_same_holds_while_segments_are_made_in_a_thread(tmp_path: Path) -> None:
    assert cut_the_power_while_it_works(tmp_path, COMMITS, limit=20) > 500


@pytest.mark.usefixtures("no_threads")
def test_what_was_forgotten_does_not_come_back(tmp_path: Path) -> None:
    with recorded(tmp_path) as recording, opened(tmp_path) as db:
        witnessed = Witnessed(db, recording.mark)
        for step in RETENTION:
            step(witnessed)
        forgotten_at = len(recording.effects)
        COMMITS[0](witnessed)
    states = [*crash_states(recording.start, recording.effects, random=Random(1), limit=50)]
    before = [state for state in states if state.position < forgotten_at]
    after = [state for state in states if state.position >= forgotten_at]
    assert any(is_in(state.tree, PATRON) for state in before)
    assert not any(is_in(state.tree, PATRON) for state in after)
    assert len(after) > 10


def is_in(tree: Tree, text: str) -> bool:
    return any(text.encode() in content for content in tree.values() if content)


# -- what has to be found out ----------------------------------------------------------------------


def no_sync_of_commits(patch: pytest.MonkeyPatch) -> None:
    fdatasync = os.fdatasync
    patch.setattr(os, "fdatasync", lambda file: fdatasync(file) if is_new(file) else None)


def no_sync_of_folders(patch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync
    patch.setattr(os, "fsync", lambda file: None if is_folder(file) else fsync(file))


def no_sync_before_a_rename(patch: pytest.MonkeyPatch) -> None:
    for name in ("fsync", "fdatasync"):
        real = getattr(os, name)
        patch.setattr(os, name, lambda file, real=real: None if is_new(file) else real(file))


def no_sync_at_opening(patch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def sync(file: int) -> None:
        if is_folder(file) or is_new(file):
            fsync(file)

    patch.setattr(os, "fsync", sync)


def nothing_written_that_is_there_already(patch: pytest.MonkeyPatch) -> None:
    pwrite = os.pwrite

    def write(file: int, data: Any, offset: int) -> int:
        there = Path(f"/proc/self/fd/{file}").read_bytes()[offset:][: len(data)]
        return len(data) if there == data else pwrite(file, data, offset)

    patch.setattr(os, "pwrite", write)


def acknowledged_before_the_sync(patch: pytest.MonkeyPatch) -> None:
    fdatasync, pwrite = os.fdatasync, os.pwrite
    late: list[int] = []

    def write(file: int, data: Any, offset: int) -> int:
        while late:
            fdatasync(late.pop())
        return pwrite(file, data, offset)

    patch.setattr(os, "pwrite", write)
    patch.setattr(os, "fdatasync", lambda f: fdatasync(f) if is_new(f) else late.append(f))


def no_checksum(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(zlib, "crc32", lambda *_: 0)


def no_sync_of_the_name_of_a_base(patch: pytest.MonkeyPatch) -> None:
    rename, fsync = os.rename, os.fsync
    named: list[Any] = []

    def sync(file: int) -> None:
        if is_folder(file) and named:
            named.clear()
        else:
            fsync(file)

    def name(old: Any, new: Any) -> None:
        rename(old, new)
        if Path(new).suffix == ".base":
            named.append(new)

    patch.setattr(os, "rename", name)
    patch.setattr(os, "fsync", sync)


def useless_files_removed_before_the_name_of_a_base_is_synced(patch: pytest.MonkeyPatch) -> None:
    sync_folders = segments.sync_folders

    def late(folder: Path) -> None:
        for path in segments.survey(folder).useless:
            path.unlink()
        sync_folders(folder)

    patch.setattr(segments, "sync_folders", late)


def is_folder(file: int) -> bool:
    return stat.S_ISDIR(os.fstat(file).st_mode)


def is_new(file: int) -> bool:
    return Path(f"/proc/self/fd/{file}").readlink().suffix == ".new"


@pytest.mark.usefixtures("no_threads")
@pytest.mark.parametrize(
    ("fault", "trial", "steps"),
    [
        (no_sync_of_commits, cut_the_power_while_it_works, COMMITS),
        (no_sync_of_folders, cut_the_power_while_it_works, COMMITS),
        (no_sync_before_a_rename, cut_the_power_while_it_works, COMMITS),
        (acknowledged_before_the_sync, cut_the_power_while_it_works, COMMITS),
        (no_checksum, cut_the_power_while_it_works, COMMITS),
        (no_sync_at_opening, cut_the_power_after_a_kill, COMMITS),
        (nothing_written_that_is_there_already, cut_the_power_after_an_error, COMMITS),
        (no_sync_of_the_name_of_a_base, cut_the_power_while_it_works, FIRST_COMPACTION),
        (
            useless_files_removed_before_the_name_of_a_base_is_synced,
            cut_the_power_after_a_kill,
            FIRST_COMPACTION,
        ),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_what_is_left_out_is_found_out(
    tmp_path: Path,
    fault: Callable[[pytest.MonkeyPatch], None],
    trial: Callable[..., int],
    steps: list[Step],
) -> None:
    @contextmanager
    def faulty() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            fault(patch)
            yield

    with pytest.raises(PromiseBrokenError):
        trial(tmp_path, steps, faulty)
