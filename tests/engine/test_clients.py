"""What programs ask the engine over the link: how the desk stands, once all is taken care of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from support.kiosk import kiosk_in
from support.patience import PATIENCE
from support.shift import MAYA, ON_HOLD

from kiosk.engine import clients
from kiosk.view.messages import Alive, Ping, Pong

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_a_refusal_that_the_desk_is_about_to_settle_is_no_exception_yet(
    tmp_path: Path,
) -> None:
    seen: list[tuple[bool, bool]] = []
    async with kiosk_in(tmp_path) as kiosk:
        await kiosk.library_comes()
        async with kiosk.working():
            await kiosk.until(lambda state: state.library.state == "online")
            daybook = kiosk.engine._recording.daybook
            learn = daybook.learn

            def learns(committed: Any) -> None:
                learn(committed)
                seen.append((bool(daybook.indexes.exceptions), kiosk.engine._busy()))

            daybook.learn = learns  # type: ignore[method-assign]
            await kiosk.types(MAYA, ON_HOLD)
            await kiosk.delivered()
            await kiosk.until(lambda state: not state.library.to_fix and any(x for x, _ in seen))
    assert {busy for to_fix, busy in seen if to_fix} == {True}


async def test_who_waits_for_a_slow_printer_has_signs_that_the_engine_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "SIGN", 0.0)
    printing, told = True, asyncio.Queue[object]()

    async def answer() -> object:
        return await asyncio.wait_for(told.get(), PATIENCE)

    async with kiosk_in(tmp_path) as kiosk, kiosk.working():
        busy, engine = kiosk.engine._busy, kiosk.engine._clients
        monkeypatch.setattr(engine, "_busy", lambda: printing or busy())
        monkeypatch.setattr(engine._link, "answer_consoles", told.put_nowait)
        engine.take(Ping(number=1, settled=True))
        assert [await answer() for _ in range(3)] == [Alive()] * 3
        printing = False
        while (last := await answer()) == Alive():
            pass
    assert isinstance(last, Pong)
    assert last.number == 1
