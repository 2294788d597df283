"""System calls fail for a real process, by strace: nothing that was acknowledged is lost.

`test_failing_calls` does the same by standing in for the calls; here the kernel says no, in all
threads, and what Python makes of it counts too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest
from support import committing
from support.committing import held_after
from support.journals import Journal, contents

if TYPE_CHECKING:
    from collections.abc import Sequence

TESTS = Path(committing.__file__).parents[1]
LAST = 9
"""The last of the commits; by then, a second segment is written to."""


def strace(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["strace", "-f", "-qq", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture(scope="module", autouse=True)
def _strace_works() -> None:
    if which("strace") is None:
        pytest.skip("strace is not installed")
    tried = strace("-e", "inject=sync:error=EIO", "true")
    if tried.returncode:
        pytest.skip(f"strace cannot trace here: {tried.stderr.strip()}")


def commit_with_faults(folder: Path, call: str, fault: str) -> tuple[list[str], bool]:
    """Commit while calls fail; give what was said, and whether any call failed."""
    log = folder / "strace.log"
    done = strace(
        *("-o", str(log), "-e", f"trace={call}", "-e", f"inject={call}:{fault}"),
        *(sys.executable, "-m", "support.committing", str(folder), "1", str(LAST)),
    )
    assert done.returncode == 0, done.stderr
    opening, *said = done.stdout.splitlines()
    assert opening == "opening"
    return said, "(INJECTED)" in log.read_text()


def after(folder: Path, said: Sequence[str]) -> None:
    """Open it without faults."""
    last = max((int(line) for line in said if line.isdigit()), default=0)
    with Journal(folder / "journal", segment_size=2048) as db:
        found = contents(db)
        assert found in (held_after(last), held_after(last + 1))
        db.table("after").insert({"n": 1})
        found = contents(db)
    with Journal(folder / "journal", segment_size=2048) as db:
        assert contents(db) == found


@pytest.mark.parametrize(
    ("call", "error"),
    [("fdatasync", "EIO"), ("fsync", "EIO"), ("pwrite64", "ENOSPC"), ("rename", "ENOSPC")],
)
def test_an_error_is_told_and_nothing_acknowledged_is_lost(
    tmp_path: Path, call: str, error: str
) -> None:
    told = 0
    for n in count(1):
        folder = tmp_path / str(n)
        folder.mkdir()
        said, struck = commit_with_faults(folder, call, f"error={error}:when={n}")
        failed = any(line.startswith("failed") for line in said)
        told += failed
        assert failed or said[-1] == str(LAST)
        after(folder, said)
        if not struck:
            break
    assert told > 0


@pytest.mark.parametrize("call", ["fdatasync", "fsync", "pwrite64"])
def test_a_call_that_is_interrupted_is_done_again(tmp_path: Path, call: str) -> None:
    said, struck = commit_with_faults(tmp_path, call, "error=EINTR:when=1+2")
    assert struck
    assert said[-1] == str(LAST)
    after(tmp_path, said)
