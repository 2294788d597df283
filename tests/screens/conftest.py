from __future__ import annotations

import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

# Mesa paints no pixels into the window of this process, where nobody looks at them: that took most
# of the time. Processes that tests start, whose pictures are looked at, paint as ever.
# What Kivy says meanwhile would come after pytest's summary.
with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()):
    patch.setenv("GALLIUM_NOOP", "1")
    from tests.screens.stage import Stage


@pytest.fixture(scope="session")
def stage():
    """The one window of all tests: Kivy has no second."""
    return Stage()


@pytest.fixture
def root(stage):
    """The window's widget, as it is before anything has come over the link."""
    return stage.fresh()


@pytest.fixture
def app(stage, request):
    """The screen process; with a parameter, in this state from the first."""
    from tests.screens.apps import app_on

    with app_on(stage, getattr(request, "param", None)) as app:
        yield app
