"""What programs ask the engine over the link: how the desk stands, once all is taken care of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.kiosk import kiosk_in
from support.shift import MAYA, ON_HOLD

if TYPE_CHECKING:
    from pathlib import Path


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
