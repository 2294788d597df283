"""The disk alarm comes and goes in whatever the desk is doing: afterwards it goes on with that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.kiosk import kiosk_in
from support.shift import BRAIDING, LEFT_HAND, MAYA, PARABLE

from kiosk.daybook.daybook import Daybook
from kiosk.desk.checks.functions import FunctionRules
from kiosk.engine import recording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.kiosk import Kiosk


@pytest.fixture
async def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kiosk]:
    monkeypatch.setattr(recording, "REOPEN", 0.2)
    async with kiosk_in(tmp_path) as opened:
        opened.desk = replace(opened.desk, functions=FunctionRules(uncarried="by_hand"))
        yield opened


@pytest.mark.parametrize(
    ("begun", "kind"),
    [
        ((MAYA,), "checkout"),
        ((":renew", MAYA), "renewal"),
        ((":renew",), "renewal"),
        ((":bookdrop:yesterday",), "checkin"),
        ((":inhouse",), "in_house_use"),
    ],
)
async def test_the_desk_goes_on_with_what_it_was_doing(
    kiosk: Kiosk, begun: tuple[str, ...], kind: str
) -> None:
    async with kiosk.working():
        await kiosk.types(*begun, LEFT_HAND)
        before = kiosk.engine._desk.standing
        kiosk.engine._daybook.journal.retire("the disk does not take it")
        await kiosk.types(BRAIDING)
        state = await kiosk.until(lambda state: state.alarm is not None)
        assert (state.lines[0].item, state.lines[0].stage) == (BRAIDING, "failed")
        await kiosk.until(lambda state: state.alarm is None)
        assert kiosk.engine._desk.standing == before
        await kiosk.types(BRAIDING, PARABLE)
    with Daybook(kiosk.folder, read_only=True) as daybook:
        known = [(x.kind, x.item) for x, state, _ in daybook.history() if state != "voided"]
    assert known == [(kind, LEFT_HAND), (kind, BRAIDING), (kind, PARABLE)]
