"""What the first picture waits for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = """
import sys
from pathlib import Path
from kiosk.screens.setup import prepare
prepare(home=Path(sys.argv[1]))
import kiosk.screens.window
from kivy.lang import Builder
print(len(Builder.rules), *sys.modules)
"""


def test_a_window_loads_no_desk_and_few_rules(tmp_path: Path) -> None:
    run = [sys.executable, "-c", WINDOW, str(tmp_path)]
    told = subprocess.run(run, capture_output=True, text=True, check=True, timeout=300).stdout
    rules, *modules = told.split()
    too_much = {"kiosk.desk.desk", "kiosk.desk.events", "kiosk.receipts.layout", "babel"}
    assert "kiosk.view.state" in modules
    assert not too_much & set(modules)
    assert int(rules) < 60  # Kivy's own style has 90, for widgets that are not in use here
