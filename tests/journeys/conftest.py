"""The demo library, and a desk that is set up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.shift import DemoLibrary, write_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path) -> Iterator[DemoLibrary]:
    demo = DemoLibrary(tmp_path)
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def config(tmp_path: Path, library: DemoLibrary) -> str:
    path = tmp_path / "kiosk.toml"
    write_config(path, tmp_path / "data", library_port=library.port, printer="terminal = true")
    return str(path)
