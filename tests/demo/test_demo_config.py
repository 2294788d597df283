"""The desk at the demo library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.demo.config import demo_config

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_is_a_whole_configuration(tmp_path: Path) -> None:
    config = demo_config(tmp_path, 6001)
    assert config.ils.sip2 is not None
    assert config.ils.sip2.port == 6001
    assert config.zone
