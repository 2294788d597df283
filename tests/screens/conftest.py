from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)


@pytest.fixture(scope="session")
def stage():
    """The one window of all tests: Kivy has no second."""
    from tests.screens.stage import Stage

    return Stage()
