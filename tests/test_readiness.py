"""Ready for an outage? Each thing that is missing is said, with what to do about it.

Issue 4, point 11.
"""

from __future__ import annotations

import asyncio
import json
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.desk_script import Day
from support.patience import PATIENCE
from support.shift import kiosk, shift

from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.desk.answers import Alarm
from kiosk.desk.session.sessions import Member, Roster
from kiosk.desk.words import say
from kiosk.engine.readiness import ReadinessWatch, read_daybook
from kiosk.ils.trial import Step, problem
from kiosk.readiness import Found, judge, told
from kiosk.view.picture import picture
from kiosk.view.state import (
    AppState,
    BlockList,
    Check,
    Clock,
    Device,
    Library,
    Readiness,
    Session,
    Space,
    Support,
)
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORDS = Words()
SOUND = Found(
    daybook="sound",
    receipts=True,
    roster=Roster(members=(Member(number="1", name="Ines", role="supervisor"),)),
)
SCANNER = Device(name="scanner-1", kind="scanner")
PRINTER = Device(name="printer", kind="printer")
DAY = Day()
WELL = picture(
    DAY.desk,
    DAY.now,
    library=Library(state="online"),
    block_list=BlockList(state="fresh", made="2026-11-21"),
    devices=(SCANNER, PRINTER),
    space=None,
    support=Support(),
)
LOW = Space(state="low", headline=say("space.low", percent=9), lasting=say("space.lasts_long"))
PAPER = say("printer.paper_out")
STUCK = Library(state="online", uploads=(Session(key="s1", title="Power cut", stage="stuck"),))
IN_ONE = Session(key="s1", title="Power cut", mine=2, created=DAY.now - timedelta(days=1))
OLD = Library(state="online", uploaded=2, uploads=(IN_ONE,))
LEFT = Library(state="online", uploaded=2)
HANDED = Library(
    state="online",
    handed_over=120,
    handed_files=2,
    handed_since=(DAY.now - timedelta(days=3)).isoformat(),
)


def check(name: str, found: Found = SOUND, **changes: Any) -> tuple[str, str]:
    """How one thing is, and the key of what is said of it."""
    (it,) = [x for x in judge(replace(WELL, **changes), found, DAY.now).checks if x.name == name]
    assert (it.mend is None) == (it.state == "good")
    for phrase in (it.says, it.mend):
        assert phrase is None or WORDS(phrase) != phrase.key
    return it.state, it.says.key


def test_a_desk_with_everything_is_ready() -> None:
    readiness = judge(WELL, SOUND, DAY.now)
    assert readiness.state == "good"
    assert WORDS(readiness.headline) == "Ready for an outage"
    assert readiness.at == DAY.now.isoformat()


@pytest.mark.parametrize(
    ("name", "changes", "state", "says"),
    [
        ("recording", {"alarm": Alarm(reason="full", safe_until="")}, "bad", "alarm.headline"),
        ("disk", {"space": LOW}, "look", "space.low"),
        ("disk", {"space": replace(LOW, state="short")}, "bad", "space.low"),
        ("library", {"library": Library(state="offline")}, "bad", "ready.library_offline"),
        ("library", {"library": Library(state="connecting")}, "look", "ready.library_connecting"),
        ("library", {"library": Library(state="none")}, "look", "ready.library_none"),
        ("to_fix", {"library": Library(state="online", to_fix=2)}, "look", "ready.to_fix_some"),
        ("uploads", {"library": STUCK}, "look", "ready.uploads_stuck"),
        ("uploads", {"library": OLD}, "look", "ready.uploads_old"),
        ("uploads", {"library": LEFT}, "look", "ready.uploads_left"),
        ("handed_over", {"library": HANDED}, "look", "ready.handed_over_old"),
        ("loading", {"library": replace(HANDED, loading_trouble=PAPER)}, "bad", "ready.loading"),
        ("clock", {"clock": Clock(state="unconfirmed")}, "look", "ready.clock_unconfirmed"),
        ("clock", {"clock": Clock(state="wrong")}, "bad", "ready.clock_wrong"),
        ("scanner", {"devices": (PRINTER,)}, "look", "ready.scanner_none"),
        (
            "scanner",
            {"devices": (replace(SCANNER, problem=say("scanner.missing")), PRINTER)},
            "bad",
            "ready.scanner_bad",
        ),
        ("printer", {"devices": (SCANNER,)}, "look", "ready.printer_none"),
        (
            "printer",
            {"devices": (SCANNER, replace(PRINTER, problem=PAPER))},
            "bad",
            "ready.printer_bad",
        ),
    ],
)
def test_what_is_missing_is_said_with_its_mend(
    name: str, changes: dict[str, object], state: str, says: str
) -> None:
    assert check(name, **changes) == (state, says)


@pytest.mark.parametrize(
    ("listed", "state"),
    [("off", "look"), ("none", "bad"), ("fresh", "good"), ("old", "look"), ("too_old", "bad"),
     ("future", "look"), ("damaged", "bad")],
)  # fmt: skip
def test_the_block_list_is_judged_by_whether_it_would_be_used(listed: Any, state: str) -> None:
    assert check("block_list", block_list=BlockList(state=listed, made="2026-11-01"))[0] == state


@pytest.mark.parametrize(
    ("daybook", "state"), [("sound", "good"), ("damaged", "bad"), ("unknown", "look")]
)
def test_a_daybook_that_cannot_be_read_is_said(daybook: Any, state: str) -> None:
    assert check("daybook", replace(SOUND, daybook=daybook))[0] == state


@pytest.mark.parametrize(
    ("roster", "state", "says"),
    [
        (SOUND.roster, "good", "ready.staff"),
        (Roster(), "look", "ready.staff_none"),
        (Roster(members=(Member(number="1", name="Ines"),)), "look", "ready.staff_supervisor"),
        (Roster(problem=say("duty.file_damaged")), "bad", "ready.staff_bad"),
    ],
)
def test_somebody_has_to_be_there_who_may_override(roster: Roster, state: str, says: str) -> None:
    assert check("staff", replace(SOUND, roster=roster)) == (state, says)


def test_a_library_without_receipts_misses_no_printer() -> None:
    readiness = judge(replace(WELL, devices=(SCANNER,)), replace(SOUND, receipts=False), DAY.now)
    assert "printer" not in {x.name for x in readiness.checks}
    assert readiness.state == "good"


def test_it_is_told_line_by_line_the_worst_first() -> None:
    state = replace(WELL, clock=Clock(state="unconfirmed"), library=Library(state="offline"))
    first, *rest = told(judge(state, SOUND, DAY.now))
    assert WORDS(first.headline) == "Not ready for an outage: 2 things to fix"
    assert [x.headline.key for x in rest[:3]] == [
        "ready.library_offline",
        "ready.clock_unconfirmed",
        "ready.recording",
    ]
    assert [x.tone for x in (first, *rest[:3])] == ["look", "look", "look", "confirmed"]


REFUSED = problem(
    "upload",
    "trial.why.evergreen_not_permitted",
    "library",
    permission="OFFLINE_UPLOAD",
    org=4,
    login="kiosk",
)


def test_what_could_not_be_delivered_after_an_outage_is_said_before_it() -> None:
    found = replace(SOUND, connection=(REFUSED,))
    readiness = judge(WELL, found, DAY.now)
    (connection,) = (x for x in readiness.checks if x.name == "connection")
    assert connection.state == "bad"
    assert connection.mend is not None
    assert WORDS(connection.mend).startswith("The library system's administrator: Grant it")
    away = judge(replace(WELL, library=Library(state="offline")), found, DAY.now)
    assert "connection" not in {x.name for x in away.checks}


def test_the_worst_decides() -> None:
    good, look, bad = (Check(name="x", state=s, says=say("x")) for s in ("good", "look", "bad"))
    assert Readiness(checks=(good, look)).state == "look"
    assert Readiness(checks=(look, bad, good)).state == "bad"
    assert Readiness().state == "good"


# -- looking ---------------------------------------------------------------------------------------


async def test_the_daybook_is_read_while_it_is_in_use(tmp_path: Path) -> None:
    daybook = Daybook(tmp_path)
    assert await read_daybook(tmp_path) == "sound"
    daybook.close()
    (segment,) = [x for x in sorted((tmp_path / JOURNAL).iterdir()) if x.stat().st_size][:1]
    data = bytearray(segment.read_bytes())
    data[40] ^= 1
    segment.write_bytes(data)
    assert await read_daybook(tmp_path) == "damaged"


async def test_what_is_no_daybook_is_not_called_sound(tmp_path: Path) -> None:
    assert await read_daybook(tmp_path / "nowhere") == "unknown"


async def asked_nothing() -> tuple[Step, ...]:
    return ()


def watch(
    tmp_path: Path,
    printer: Callable[[], Any],
    state: Callable[[], AppState] = lambda: WELL,
    changed: Callable[[], None] = lambda: None,
    library: Callable[[], Any] = asked_nothing,
) -> ReadinessWatch:
    return ReadinessWatch(
        tmp_path,
        receipts=True,
        now=lambda: DAY.now,
        state=state,
        roster=lambda: SOUND.roster,
        look_at_printer=printer,
        look_at_library=library,
        changed=changed,
    )


async def test_what_is_wrong_with_the_connection_is_found(tmp_path: Path) -> None:
    Daybook(tmp_path).close()

    async def library() -> tuple[Step, ...]:
        return (REFUSED,)

    readiness = await watch(tmp_path, printer=asked_nothing, library=library).look()
    assert [x.name for x in readiness.checks if x.state == "bad"] == ["connection"]


async def test_a_library_that_is_away_is_not_asked_more(tmp_path: Path) -> None:
    asked = []

    async def library() -> tuple[Step, ...]:
        asked.append(1)
        return ()

    away = replace(WELL, library=Library(state="offline"))
    await watch(tmp_path, printer=asked_nothing, state=lambda: away, library=library).look()
    assert asked == []


async def test_a_library_that_never_answers_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.engine.readiness.ANSWERING", 0.01)
    Daybook(tmp_path).close()

    async def library() -> tuple[Step, ...]:
        await asyncio.Event().wait()
        return (REFUSED,)

    assert (await watch(tmp_path, printer=asked_nothing, library=library).look()).state == "good"


async def test_a_printer_that_never_answers_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.engine.readiness.PATIENCE", 0.01)
    Daybook(tmp_path).close()

    async def never() -> None:
        await asyncio.sleep(60)

    assert (await watch(tmp_path, never).look()).state == "good"


async def test_what_staff_mend_is_well_at_once_without_another_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.engine.readiness.read_daybook", _sound)
    clocks = [Clock(), Clock(state="unconfirmed")]
    it = watch(tmp_path, asked_nothing, lambda: replace(WELL, clock=clocks[-1]))
    it.judge_again()
    assert it.shown.at == ""
    looked = await it.look()
    assert looked.state == "look"
    clocks.pop()
    it.judge_again()
    assert it.shown.state == "good"
    assert it.shown.at == looked.at


async def test_what_is_bad_is_looked_at_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST", "SOON"):
        monkeypatch.setattr(f"kiosk.engine.readiness.{name}", 0.0)
    monkeypatch.setattr("kiosk.engine.readiness.read_daybook", _sound)
    mended = asyncio.Event()

    async def at_once() -> None:
        pass

    def state() -> AppState:
        return WELL if mended.is_set() else replace(WELL, library=Library(state="offline"))

    def looked() -> None:
        if it.shown.at and not it.shown.looking:
            looks.put_nowait(it.shown.state)
            mended.set()

    looks: asyncio.Queue[str] = asyncio.Queue()
    it = watch(tmp_path, at_once, state, looked)
    task = asyncio.create_task(it.watch())
    async with asyncio.timeout(PATIENCE):
        assert await looks.get() == "bad"
        while await looks.get() != "good":
            pass
    task.cancel()


async def test_what_is_being_looked_at_is_shown_and_staff_can_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.engine.readiness.read_daybook", _sound)
    shown: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
    answer = asyncio.Event()

    async def library() -> tuple[Step, ...]:
        await answer.wait()
        return ()

    def changed() -> None:
        shown.put_nowait(it.shown.looking)

    it = watch(tmp_path, asked_nothing, changed=changed, library=library)
    look = asyncio.create_task(it.look())
    async with asyncio.timeout(PATIENCE):
        while await shown.get() != ("library",):
            pass
        it.stop()
        assert await look is None
        assert (it.shown.looking, it.shown.at) == ((), "")
        answer.set()
        assert await it.look() == it.shown
    assert it.shown.state == "good"


async def test_an_engine_that_ends_waits_for_no_look(tmp_path: Path) -> None:
    Daybook(tmp_path).close()

    async def library() -> tuple[Step, ...]:
        await asyncio.Event().wait()
        return ()

    look = asyncio.create_task(watch(tmp_path, asked_nothing, library=library).look())
    await asyncio.sleep(0)
    look.cancel()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(asyncio.CancelledError):
            await look


async def _sound(_: Path) -> str:
    return "sound"


# -- the command -----------------------------------------------------------------------------------


def test_the_kiosk_says_whether_it_is_ready(tmp_path: Path) -> None:
    with shift(tmp_path) as desk:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        desk.sees(lambda s: not any(device.problem for device in s.devices), "the scanner")
        code, out, err = kiosk("ready", "--config", str(desk.config))
        assert code == 0, out + err
        assert out.startswith("Ready for an outage, but look at")
        assert "good   Everything recorded so far can be read." in out
        code, out, _ = kiosk("ready", "--config", str(desk.config), "--json")
        facts = json.loads(out)
        assert facts["ready"] == "look"
        states = {x["name"]: x["state"] for x in facts["checks"]}
        assert states["library"] == states["daybook"] == states["disk"] == "good"


def test_a_look_that_is_stopped_at_the_desk_is_waited_for_no_longer(tmp_path: Path) -> None:
    with shift(tmp_path) as desk, ThreadPoolExecutor() as pool:
        desk.sees(lambda s: s.library.state == "online", "the library online")
        desk.library.signal(signal.SIGSTOP)
        try:
            ready = pool.submit(kiosk, "ready", "--config", str(desk.config))
            desk.sees(lambda s: "library" in s.readiness.looking, "the library being asked")
            desk.press("stop")
            code, _, err = ready.result(PATIENCE)
        finally:
            desk.library.signal(signal.SIGCONT)
    assert code != 0
    assert "the look was stopped at the desk" in err


def test_a_kiosk_that_does_not_run_is_not_ready(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(f'data = "{tmp_path / "data"}"\n')
    code, _, err = kiosk("ready", "--config", str(config))
    assert code == 1
    assert "the kiosk does not run" in err


def test_what_was_handed_over_lately_is_no_trouble() -> None:
    lately = replace(HANDED, handed_since=(DAY.now - timedelta(days=2)).isoformat())
    readiness = judge(replace(WELL, library=lately), SOUND, DAY.now)
    assert readiness.state == "good"


def test_what_was_uploaded_today_is_no_trouble() -> None:
    today = replace(IN_ONE, created=DAY.now - timedelta(hours=20))
    readiness = judge(replace(WELL, library=replace(OLD, uploads=(today,))), SOUND, DAY.now)
    assert readiness.state == "good"
