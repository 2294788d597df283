"""The engine is killed as by a power cut, at bad moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.cable import Cable
from support.shift import BRAIDING, LEFT_HAND, MAYA, PARABLE, SPIRITED, Shift, shift, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    with shift(tmp_path) as opened:
        opened.sees(lambda s: s.library.state == "online", "the library online")
        yield opened


def test_a_visit_reopens_with_the_same_picture(desk: Shift) -> None:
    desk.scan(MAYA)
    desk.sees(lambda s: s.patron and s.patron.name, "the patron's name")
    desk.scan("due:7", LEFT_HAND, BRAIDING)
    before = desk.sees(lambda s: desk.stages() == ["applied"] * 2, "two confirmed")
    desk.kill_engine()
    desk.engine.start()
    after = desk.sees(lambda s: s.patron and s.library.state == "online", "the visit open again")
    assert after.patron == before.patron
    assert after.lines == before.lines
    assert after.due == before.due
    assert after.items == before.items
    desk.scan(PARABLE)
    desk.sees(lambda s: desk.stages() == ["applied"] * 3, "the visit going on")


def test_a_book_drop_day_stays_in_force(desk: Shift) -> None:
    desk.press("bookdrop:yesterday")
    before = desk.sees(lambda s: s.returned.bookdrop, "the book-drop day")
    desk.kill_engine()
    desk.engine.start()
    after = desk.sees(lambda s: s.returned.bookdrop, "the book-drop day again")
    assert (after.mode, after.returned) == (before.mode, before.returned)


def test_what_was_acknowledged_offline_is_delivered_after_the_restart(desk: Shift) -> None:
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library offline")
    desk.scan(MAYA, LEFT_HAND, BRAIDING, SPIRITED)
    desk.sees(lambda s: desk.stages() == ["recorded"] * 3, "three recorded")
    desk.kill_engine()
    desk.library.start()
    desk.engine.start()
    desk.sees(lambda s: desk.stages() == ["applied"] * 3, "three confirmed")
    assert desk.library.loans() == dict.fromkeys((LEFT_HAND, BRAIDING, SPIRITED), MAYA)


def test_what_the_library_did_before_the_kill_is_not_done_twice(tmp_path: Path) -> None:
    with shift(tmp_path) as desk:
        port = desk.library.port
        desk.engine.stop()
        cable = Cable(port)
        config = desk.config.read_text().replace(f"port = {port}", f"port = {cable.port}")
        desk.config.write_text(config)
        desk.engine.start()
        desk.sees(lambda s: s.library.state == "online", "the library online")
        cable.lose_replies = 1_000
        desk.scan(MAYA, LEFT_HAND)
        wait_for(lambda: cable.lost, "a reply to be lost")
        desk.kill_engine()
        cable.lose_replies = 0
        desk.engine.start()
        desk.sees(lambda s: desk.stages() == ["applied"], "the item confirmed")
        assert desk.library.carried_out(LEFT_HAND) == ["11"]
        assert desk.library.loans() == {LEFT_HAND: MAYA}
        cable.pull()


@pytest.mark.parametrize("scans", [1, 3, 7])
def test_killed_while_scans_rain_down_nothing_acknowledged_is_missing(
    desk: Shift, scans: int
) -> None:
    desk.library.stop()
    items = [LEFT_HAND, BRAIDING, SPIRITED, PARABLE, "31234000381408", "31234000149144"]
    items += ["31234000212652", "31234000668382"]
    desk.scan(MAYA, *items)
    desk.sees(lambda s: desk.stages().count("recorded") >= scans, f"{scans} acknowledged")
    acknowledged = {line.item for line in desk.state.lines if line.stage == "recorded"}  # type: ignore[union-attr]
    desk.kill_engine()
    recorded = [t["item"] for t in desk.transactions()]
    assert acknowledged <= set(recorded)
    assert len(recorded) == len(set(recorded))
