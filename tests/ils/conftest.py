"""What the tests of the library systems share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import evergreen_script, sip2_script
from support.transactions import MAYA, OMAR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.fake_evergreen.client import FakeEvergreen


@pytest.fixture(autouse=True)
async def _hang_up() -> AsyncIterator[None]:
    yield
    while sip2_script.clients:
        await sip2_script.clients.pop().close()
    while evergreen_script.libraries:
        await evergreen_script.libraries.pop().close()


@pytest.fixture
def evergreen(fake_evergreen: FakeEvergreen) -> FakeEvergreen:
    """Give an Evergreen with two patrons and some items."""
    fake_evergreen.world(
        patrons=[{"card": MAYA, "name": "Maya"}, {"card": OMAR, "name": "Omar"}],
        items=[{"item": item} for item in evergreen_script.ITEMS],
    )
    return fake_evergreen
