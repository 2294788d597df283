"""An outage at an Evergreen library: lent, uploaded, processed from the desk, and what is left.

The engine is the real one, and Evergreen a process of its own that speaks HTTP.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.fake_evergreen.client import FakeEvergreen
from support.kiosk import kiosk_in
from support.shift import BELOVED, LEFT_HAND, MAYA, TOMAS

from kiosk.delivery import loading
from kiosk.desk.batches.standing import DeskIn
from kiosk.desk.policy import DeskSettings
from kiosk.desk.session.sessions import SessionRules
from kiosk.ils.evergreen.settings import EvergreenSettings
from kiosk.ils.settings import IlsSettings
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from support.kiosk import Kiosk

    from kiosk.view.state import AppState

MORNING = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def evergreen(tmp_path: Path) -> Iterator[FakeEvergreen]:
    with FakeEvergreen(tmp_path / "world.jsonl") as fake:
        fake.do("clock", now=MORNING.timestamp())
        fake.world(
            patrons=[{"card": card, "name": card} for card in (MAYA, TOMAS)],
            items=[{"item": LEFT_HAND}],
        )
        yield fake


@pytest.fixture
async def kiosk(
    tmp_path: Path, evergreen: FakeEvergreen, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Kiosk]:
    monkeypatch.setattr(loading, "LOOK_AGAIN", {"loaded": 0.1, "processing": 0.1})
    settings = EvergreenSettings(
        url=evergreen.url, org=4, login="chief", password="chief", workstation="BR1-desk",
        gather=0.0, desks=("demo-desk", "front"),
    )  # fmt: skip
    async with kiosk_in(tmp_path / "data") as opened:
        opened.machine.is_at(MORNING)
        opened.desk = DeskSettings(session=SessionRules(required=False))
        opened.ils = IlsSettings(offline="evergreen", evergreen=settings)
        yield opened


def said(state: AppState) -> str:
    words, answer = Words(), state.answer
    if answer is None:
        return ""
    parts = [answer.headline, *([answer.detail] if answer.detail else []), *answer.rows]
    return "\n".join(map(words, parts))


async def test_an_outage_is_uploaded_processed_from_the_desk_and_what_is_left_is_listed(
    kiosk: Kiosk, evergreen: FakeEvergreen
) -> None:
    evergreen.kill()
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, ":done", TOMAS, BELOVED, ":done")
        state = await kiosk.until(lambda state: state.library.state == "offline")
        assert state.library.waiting == 2
        evergreen.start()
        evergreen.do("clock", now=MORNING.timestamp())
        await kiosk.types(":send")
        state = await kiosk.until(lambda state: state.library.uploaded == 2)
        assert state.library.waiting == 0
        state = await kiosk.until(lambda state: any(x.desks for x in state.library.uploads))
        [session] = state.library.uploads
        assert session.title == "Internet Down 2027-01-15"
        assert (session.desks, session.missing) == ((DeskIn("demo-desk", 2),), ("front",))
        state = await kiosk.until(lambda state: state.library.last_run is not None)
        assert state.library.last_run is not None
        assert (state.library.last_run.loaded, state.library.last_run.done) == (2, 0)

        await kiosk.types(":delivery")
        state = await kiosk.until(lambda state: "Uploaded by demo-desk (2)" in said(state))
        assert "Missing: front" in said(state)

        await kiosk.types(":process")
        state = await kiosk.until(lambda state: state.question is not None)
        assert "Missing: front" in said(state)
        await kiosk.types(":yes")
        state = await kiosk.until(lambda state: state.library.to_fix == 1)
        assert state.library.uploaded == 0
        last = (await kiosk.until(_processed)).library.last_run
        assert last is not None
        assert (last.why, last.applied, last.refused) == ("processed", 1, 1)
        await kiosk.types(":exceptions")
        state = await kiosk.until(lambda state: "ASSET_COPY_NOT_FOUND" in said(state))
    assert max(evergreen.applied().values()) == 1


def _processed(state: AppState) -> bool:
    last = state.library.last_run
    return last is not None and last.why == "processed"


async def test_where_this_account_may_not_process_staff_are_told_who_must(
    kiosk: Kiosk, evergreen: FakeEvergreen
) -> None:
    assert kiosk.ils is not None
    assert kiosk.ils.evergreen is not None
    evergreen_settings = replace(kiosk.ils.evergreen, login="kiosk", password="kiosk")
    kiosk.ils = replace(kiosk.ils, evergreen=evergreen_settings)
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, ":done", ":send")
        await kiosk.until(lambda state: state.library.uploaded == 1)
        await kiosk.types(":process")
        await kiosk.until(lambda state: state.question is not None)
        await kiosk.types(":yes")
        await kiosk.until(lambda state: any(x.reason for x in state.library.uploads))
        evergreen.process()
        await kiosk.until(lambda state: state.library.uploaded == 0)


async def test_a_session_that_staff_make_is_used_also_after_a_restart(
    kiosk: Kiosk, evergreen: FakeEvergreen
) -> None:
    async with kiosk.working():
        await kiosk.until(lambda state: state.library.state == "online")
        await kiosk.types(":sessions:new")
        await kiosk.until(lambda state: state.form is not None)
        await kiosk.types("Server moved")
        await kiosk.until(lambda state: any(x.chosen for x in state.library.uploads))
    async with kiosk.working():
        await kiosk.types(MAYA, LEFT_HAND, ":done", ":send")
        state = await kiosk.until(lambda state: state.library.uploaded == 1)
        assert [(x.title, x.mine) for x in state.library.uploads] == [("Server moved", 1)]
    [session] = evergreen.sessions().values()
    assert session["description"] == "Server moved"
