"""Practice outage: two minutes on a watermarked copy, and nothing of it is ever recorded.

Issue 4, point 11; the design's "Ready for an outage?".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.desk_script import BELOVED, JONAS, MORNING, Day
from support.shift import BRAIDING, LEFT_HAND, MAYA, DemoLibrary, kiosk, shift

from kiosk.daybook.daybook import Daybook
from kiosk.desk import effects, events
from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.policy import DeskSettings
from kiosk.desk.session.sessions import Roster
from kiosk.engine.practice import Practice, PracticeRoom
from kiosk.memory import DeskMemory

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pytest

    from kiosk.desk.answers import Answer
    from kiosk.desk.transactions import Transaction


def lines(*some: str) -> str:
    return "".join(f"{line}\n" for line in some)


def test_a_shift_is_practised_and_leaves_nothing_behind(config: str, library: DemoLibrary) -> None:
    practised = (":practice", MAYA, LEFT_HAND, ":done", ":checkin", BRAIDING, ":practice")
    code, out, err = kiosk("console", "--config", config, lines=lines(*practised))
    assert code == 0, err
    before, _, after = out.partition("The practice is over")
    done = [line for line in before.splitlines() if "  recorded  " in line]
    assert len(done) == 2
    assert all(line.startswith("PRACTICE  ") for line in done)
    assert out.count("* PRACTICE - nothing of this counts *") == 2, "the receipt is marked"
    assert "Checked out 1, checked in 1, others 0." in after
    assert f"not checked out: {LEFT_HAND} · card 4417" in after
    assert f"not checked in: {BRAIDING}" in after
    assert kiosk("transactions", "--config", config)[1] == ""
    assert library.loans() == {}


def test_what_comes_after_it_counts_again(config: str, library: DemoLibrary) -> None:
    script = (":practice", MAYA, LEFT_HAND, ":practice", MAYA, BRAIDING, ":done")
    code, _, err = kiosk("console", "--config", config, lines=lines(*script))
    assert code == 0, err
    assert library.loans() == {BRAIDING: MAYA}


def test_who_locks_the_desk_meanwhile_locks_the_real_one(config: str, library: DemoLibrary) -> None:
    script = (":practice", MAYA, LEFT_HAND, ":lock", MAYA, BRAIDING)
    _, out, _ = kiosk("console", "--config", config, lines=lines(*script))
    _, _, after = out.partition("The practice is over")
    assert "The desk is locked" in after
    assert "recorded  " not in after
    assert library.loans() == {}


def test_with_a_patron_at_the_desk_nobody_practises(config: str, library: DemoLibrary) -> None:
    script = (MAYA, ":practice", LEFT_HAND, ":done")
    _, out, _ = kiosk("console", "--config", config, lines=lines(*script))
    assert "A visit is open, so you cannot practise now" in out
    assert "PRACTICE" not in out
    assert library.loans() == {LEFT_HAND: MAYA}


def test_the_command_begins_it_at_the_running_kiosk_and_ends_it(tmp_path: Path) -> None:
    with shift(tmp_path) as desk:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        code, out, err = kiosk("practice", "--config", str(desk.config))
        assert code == 0, err
        assert out.startswith("Practice until ")
        desk.sees(lambda s: bool(s.practice_until), "the practice")
        code, out, _ = kiosk("practice", "--config", str(desk.config))
        assert code == 0
        assert out.startswith("The practice is over.")
        desk.type(MAYA)
        desk.sees(lambda s: s.patron is not None, "a patron")
        code, out, _ = kiosk("practice", "--config", str(desk.config))
        assert code == 1
        assert out.startswith("A visit is open")


def test_an_engine_that_is_killed_comes_back_to_the_real_desk(tmp_path: Path) -> None:
    with shift(tmp_path) as desk:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        desk.type(":practice")
        desk.sees(lambda s: bool(s.practice_until), "the practice")
        desk.type(MAYA)
        desk.sees(lambda s: s.patron is not None, "the patron in the practice")
        desk.kill_engine()
        assert (desk.data / "practice").exists()
        desk.engine.start()
        desk.sees(lambda s: not s.practice_until and s.patron is None, "the real desk")
        assert desk.state.library_name == "Northside Branch Library"
        assert not (desk.data / "practice").exists()
        desk.sees(lambda s: s.answer and s.answer.headline.key == "practice.ended", "it is over")


def test_a_receipt_that_cannot_be_printed_is_said_where_it_is_practised(tmp_path: Path) -> None:
    with shift(tmp_path, printer="") as desk:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        desk.type(":practice")
        desk.sees(lambda s: bool(s.practice_until), "the practice")
        desk.scan(MAYA, LEFT_HAND)
        desk.sees(lambda s: s.items == 1, "a loan that does not count")
        desk.press("done")
        seen = desk.sees(lambda s: s.answer and s.answer.headline.key == "print.failed", "no paper")
        assert seen.practice_until


# -- the room --------------------------------------------------------------------------------------


class Nobody:
    """A block list with nobody on it."""

    header = None

    def listed(self, _: str) -> None:
        return None


class Room:
    """A room to practise in, and what came out of it."""

    def __init__(self, tmp_path: Path) -> None:
        self.data = tmp_path
        self.now = MORNING
        real = tmp_path.with_name(f"{tmp_path.name}-real")
        real.mkdir()
        daybook = Daybook(real)
        self.real_memory = DeskMemory(daybook, Nobody())  # type: ignore[arg-type] # no more is asked
        self.told: list[Answer] = []
        self.printed: list[object] = []
        self.done: list[tuple[Transaction, ...]] = []
        self.failures: list[int] = []
        """After how many ends each failure was told."""
        self.real: list[events.Event] = []
        self.room = PracticeRoom(
            self._make, ended=self.done.append, failed=self._fail, real=self.real.append
        )

    def _make(self) -> Practice:
        real = Day()
        return Practice(
            self.data,
            settings=DeskSettings(),
            session=real.desk.session,
            roster=Roster(),
            memory=self.real_memory,
            carries=EVERYTHING,
            perform=self._perform,
        )

    def _perform(self, effect: effects.Effect, _: datetime) -> None:
        if isinstance(effect, effects.Tell):
            self.told.append(effect.answer)
        elif isinstance(effect, effects.Print):
            self.printed.append(effect.receipt)

    def _fail(self) -> None:
        self.failures.append(len(self.done))

    async def begins(self) -> None:
        await self.room.begin(lambda: self.now)

    def scans(self, *texts: str) -> list[bool]:
        return [self.room.take(events.Scanned(self.now, text)) for text in texts]

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.room.tick(self.now)


async def test_it_ends_by_itself_after_two_minutes(tmp_path: Path) -> None:
    it = Room(tmp_path)
    await it.begins()
    it.scans(MAYA, LEFT_HAND)
    it.passes(119)
    assert it.room.practice is not None
    it.passes(1)
    assert it.room.practice is None
    ((lent,),) = it.done
    assert lent.item == LEFT_HAND


async def test_a_clock_that_is_set_back_ends_it(tmp_path: Path) -> None:
    it = Room(tmp_path)
    await it.begins()
    it.passes(-3600)
    assert it.room.practice is None


async def test_what_was_undone_is_not_listed(tmp_path: Path) -> None:
    it = Room(tmp_path)
    await it.begins()
    it.scans(MAYA, LEFT_HAND, BELOVED, ":undo")
    it.room.end()
    assert [[x.item for x in done] for done in it.done] == [[LEFT_HAND]]


async def test_without_it_everything_is_for_the_real_desk(tmp_path: Path) -> None:
    it = Room(tmp_path)
    assert it.scans(MAYA) == [False]
    await it.begins()
    assert it.scans(MAYA) == [True]
    it.room.end()
    assert it.scans(MAYA) == [False]


async def test_what_is_scanned_while_it_is_made_ready_is_practised(tmp_path: Path) -> None:
    it = Room(tmp_path)
    beginning = it.room.begin(lambda: it.now)
    assert it.scans(MAYA, LEFT_HAND) == [True, True]
    await beginning
    it.room.end()
    assert [[x.item for x in done] for done in it.done] == [[LEFT_HAND]]


async def test_where_there_is_no_room_for_it_the_real_desk_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    it = Room(tmp_path)
    monkeypatch.setattr("kiosk.engine.practice.Daybook", full)
    beginning = it.room.begin(lambda: it.now)
    it.scans(JONAS)
    await beginning
    assert it.failures == [0]
    assert it.real == [events.Scanned(it.now, JONAS)], "it is served all the same"
    assert it.scans(MAYA) == [False]


async def test_a_disk_that_fills_up_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Room(tmp_path)
    await it.begins()
    it.scans(MAYA)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    assert it.room.practice is not None
    monkeypatch.setattr(it.room.practice._daybook, "commit", full)
    it.scans(LEFT_HAND)
    assert it.room.practice is None
    assert it.failures == [0]
    assert len(it.done) == 1, "told last, so that it stays on show"


async def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    def left() -> list[Path]:
        return list(tmp_path.iterdir())

    it = Room(tmp_path)
    await it.begins()
    it.scans(MAYA, LEFT_HAND)
    assert left() != []
    it.room.end()
    assert left() == []
