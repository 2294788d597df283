"""What all tests share."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support.fake_evergreen.client import FakeEvergreen
from support.fake_koha.client import FakeKoha
from support.fake_sip2.client import FakeSip2
from support.fake_sticks import FakeSticks

from drivers.stick import devices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Machines are shared and slow at times: no example is failed for its time. In CI the same examples
# are tried each time; new ones are found at the developers' desks.
settings.register_profile("daybook", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.register_profile("thorough", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "daybook"))

# Where nothing compiled may be kept, each process that a test starts would compile the whole kiosk.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


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
