"""What all tests share."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support.fake_evergreen.client import FakeEvergreen
from support.fake_koha.client import FakeKoha
from support.fake_sip2.client import FakeSip2
from support.fake_sticks import FakeSticks
from support.transactions import begin_the_day_again

from drivers.stick import devices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Machines are shared and slow at times: no example is failed for its time. In CI the same examples
# are tried each time; new ones are found at the developers' desks.
settings.register_profile("daybook", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.register_profile("thorough", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daybook"))

# There is little garbage in a test, and much to look through for it: that took a third of the time
# of those that draw.
gc.set_threshold(50_000, 5)

# Where nothing compiled may be kept, each process that a test starts would compile the whole kiosk.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOM = 2 << 30
"""Bytes. An installed kiosk with its Debian, which takes most, finds room in half of it."""


def _in_memory() -> str | None:
    """Name a folder in memory that has room, and from which programs can be started."""
    try:
        there = os.statvfs("/dev/shm")
    except OSError:
        return None
    room = there.f_bavail * there.f_frsize
    return None if room < ROOM or there.f_flag & os.ST_NOEXEC else "/dev/shm"


# Thousands of daybooks are written and synced, and whatever else the disk is at would make each
# test wait. What a disk does at its worst is proved without one: see support/crashes.py.
if "TMPDIR" not in os.environ and (folder := _in_memory()):
    tempfile.tempdir = os.environ["TMPDIR"] = folder


def pytest_runtest_setup() -> None:
    begin_the_day_again()


@pytest.fixture(scope="session")
def fake_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeSip2]:
    """Run the fake library system once for all tests."""
    with FakeSip2(tmp_path_factory.mktemp("fake") / "world.jsonl") as fake:
        yield fake


@pytest.fixture
def fake(fake_process: FakeSip2) -> FakeSip2:
    """Give the fake library system, empty and without faults."""
    fake_process.do("anew")
    return fake_process


@pytest.fixture(scope="session")
def fake_evergreen_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEvergreen]:
    """Run the fake Evergreen once for all tests."""
    with FakeEvergreen(tmp_path_factory.mktemp("fake-evergreen") / "world.jsonl") as fake:
        yield fake


@pytest.fixture
def fake_evergreen(fake_evergreen_process: FakeEvergreen) -> FakeEvergreen:
    """Give the fake Evergreen, as it was when it was started, and without faults."""
    fake_evergreen_process.do("anew")
    return fake_evergreen_process


@pytest.fixture(scope="session")
def fake_koha_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeKoha]:
    """Run the fake Koha once for all tests."""
    with FakeKoha(tmp_path_factory.mktemp("fake-koha") / "world.jsonl") as fake:
        yield fake


@pytest.fixture
def fake_koha(fake_koha_process: FakeKoha) -> FakeKoha:
    """Give the fake Koha, as it was when it was started, and without faults."""
    fake_koha_process.do("anew")
    return fake_koha_process


@pytest.fixture
def sticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSticks:
    """Give the USB sticks of this machine: all fakes, and none is in."""
    found = FakeSticks(tmp_path / "usb")
    found.begin()
    monkeypatch.setenv("PATH", f"{found.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(devices, "MOUNTED_FOR_PEOPLE", (f"{found.media}/",))
    return found
