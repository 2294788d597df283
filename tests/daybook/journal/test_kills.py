"""A process that commits is killed, at any time. What it acknowledged is there.

The cache of the system survives a kill: this is not a power cut (`test_power_cuts` is). It tells
that nothing is kept in the process that should be in its files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from support import committing
from support.committing import held_after
from support.journals import contents_at

from kiosk.daybook.journal.segments import is_begun

TESTS = Path(committing.__file__).parents[1]


def killed_after(seconds: float, folder: Path, first: int, *more: str) -> int:
    """Let a process commit for that long once it is opening; give what it acknowledged last."""
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "support.committing", folder, str(first), "1000000", *more],
            stdout=output,
            env=os.environ | {"PYTHONPATH": str(TESTS)},
        )
    try:
        while not said.stat().st_size:
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(seconds)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    _, *numbers = said.read_text().split()
    return int(numbers[-1]) if numbers else first - 1


@pytest.mark.parametrize("compacting", [(), ("compacting",)], ids=["commits", "compaction"])
def test_what_was_acknowledged_before_a_kill_is_there(
    tmp_path: Path, compacting: tuple[str, ...]
) -> None:
    random = Random(1)
    number = 0
    for _ in range(15):
        last = killed_after(random.uniform(0, 0.2), tmp_path, number + 1, *compacting)
        journal = tmp_path / "journal"
        found = contents_at(journal) if is_begun(journal) else {}  # killed before that
        assert found in (held_after(last), held_after(last + 1))
        number = last if found == held_after(last) else last + 1
    assert number > 15  # a slow machine gets that far
    assert bool(compacting) == bool([*journal.glob("*.base")])
