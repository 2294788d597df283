"""A fault in the desk itself, while it does what a client has sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE

from kiosk.demo.config import demo_config
from kiosk.desk.desk import Desk
from kiosk.engine import Engine
from kiosk.view.link import framed, link_path
from kiosk.view.messages import LINK_VERSION, Hello, Typed

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk import effects, events


async def test_it_ends_the_engine_for_its_desk_may_have_stopped_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = Desk.handle

    def faulty(desk: Desk, event: events.Event) -> list[effects.Effect]:
        if getattr(event, "text", "") == "fault":
            raise KeyError(event)
        return handle(desk, event)

    monkeypatch.setattr(Desk, "handle", faulty)
    running = asyncio.create_task(Engine(demo_config(tmp_path, port=1)).run())
    await asyncio.sleep(0.2)
    _, writer = await asyncio.open_unix_connection(link_path(tmp_path))
    writer.write(framed(Hello(client="console", link_version=LINK_VERSION)))
    writer.write(framed(Typed(text="fault")))
    with pytest.raises(KeyError):
        await asyncio.wait_for(running, PATIENCE)
    writer.close()
