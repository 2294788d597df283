"""Each system call through which a journal writes fails in turn: what is kept, and what is told."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from support.failing_calls import CHANGING, each_nth, failing, short
from support.workloads import COMMITS, COMPACTION, go_on, work_until_it_fails

if TYPE_CHECKING:
    from pathlib import Path

    from support.workloads import Step


pytestmark = pytest.mark.usefixtures("no_threads")


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        pytest.param(errno.EIO, COMMITS, id="EIO, commits"),
        pytest.param(errno.ENOSPC, COMPACTION, id="ENOSPC, compaction"),
    ],
)
def test_a_call_that_fails_is_told_and_nothing_acknowledged_is_lost(
    tmp_path: Path, code: int, steps: list[Step]
) -> None:
    told = 0
    for recording, nth in each_nth(tmp_path, CHANGING, failing(code)):
        error = work_until_it_fails(recording, nth, steps)
        told += error is not None
        go_on(recording)
    assert told > 10


def test_a_write_that_takes_a_part_is_given_the_rest(tmp_path: Path) -> None:
    for recording, nth in each_nth(tmp_path, ("write", "pwrite"), short):
        assert work_until_it_fails(recording, nth, COMPACTION) is None
        go_on(recording)


def test_a_write_that_stops_in_the_middle_is_told_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    told = 0
    full = failing(errno.ENOSPC)
    for recording, nth in each_nth(tmp_path, ("write", "pwrite"), short, then=full):
        told += work_until_it_fails(recording, nth, COMPACTION) is not None
        go_on(recording)
    assert told > 10
