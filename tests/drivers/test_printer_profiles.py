"""The printer profiles there are, as kiosk.toml may name them."""

from __future__ import annotations

import subprocess
import sys

from escpos.capabilities import CAPABILITIES

from drivers.printer import profiles


def test_they_are_those_that_the_printer_driver_knows() -> None:
    assert profiles.known() == set(CAPABILITIES["profiles"])
    assert profiles.DEFAULT in profiles.known()


def test_they_are_named_without_loading_the_driver() -> None:
    code = (
        "import sys; from drivers.printer.profiles import known; known(); "
        "sys.exit('escpos' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
