"""What the tests of the library systems share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import sip2_script

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
async def _hang_up() -> AsyncIterator[None]:
    yield
    while sip2_script.clients:
        await sip2_script.clients.pop().close()
