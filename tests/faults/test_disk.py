"""The disk stops taking writes while the desk works, and takes them again later.

A limit on file sizes (setrlimit(2), RLIMIT_FSIZE) is laid on the running engine: to it, the disk is
full in the middle of a record.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.journals import ends
from support.shift import (
    BRAIDING,
    LEFT_HAND,
    MAYA,
    PARABLE,
    SPIRITED,
    Shift,
    kiosk,
    shift,
    wait_for,
)

from kiosk.daybook.daybook import JOURNAL
from kiosk.view.link import link_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REOPEN = 0.3
"""Seconds between two attempts to write again."""
SOONER = {"kiosk.engine.recording.REOPEN": REOPEN, "kiosk.view.server.LOOK": 0.1}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    with shift(tmp_path, sooner=SOONER) as opened:
        opened.sees(lambda s: s.library.state == "online", "the library online")
        yield opened


def limit_files(desk: Shift, size: int) -> None:
    unlimited = resource.RLIM_INFINITY
    resource.prlimit(desk.engine.pid, resource.RLIMIT_FSIZE, (size, unlimited))


def fill_disk(desk: Shift, room: int = 40) -> None:
    """Leave room for a part of the next record."""
    limit_files(desk, ends(desk.data / "journal" / "00000001.segment")[-1] + room)


def test_a_full_disk_raises_the_alarm_and_what_is_recorded_stays_safe(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "one confirmed")
    desk.sees(lambda s: s.library.waiting == 0, "nothing waiting")
    fill_disk(desk)
    desk.scan(BRAIDING)
    state = desk.sees(lambda s: s.alarm is not None, "the alarm")
    assert state.alarm is not None
    assert state.alarm.safe_until
    assert desk.stages() == ["applied", "failed"]
    desk.sees(lambda s: s.library.state == "offline", "no word of a library that is not asked")
    desk.happened.clear()
    desk.scan(SPIRITED)
    desk.hears("alarm.not_recorded")
    assert [t["item"] for t in desk.transactions()] == [LEFT_HAND]


def test_a_console_and_the_status_tell_that_nothing_is_recorded(desk: Shift) -> None:
    config = ("--config", str(desk.config))
    told = json.loads(kiosk("status", *config, "--json")[1])
    assert (told["recording"], told["alarm"]) == (True, "")
    assert kiosk("status", *config)[1].startswith("recording        yes\n")
    fill_disk(desk)
    code, out, err = kiosk("console", *config, lines=f"{MAYA}\n{LEFT_HAND}\n:done\n")
    assert code == 1
    assert err.startswith("kiosk: not everything that was entered was recorded")
    assert out.count("Nothing is being recorded") == 1
    code, out, _ = kiosk("console", *config)
    assert code == 1
    assert out.startswith("Stop. Nothing is being recorded. · ")
    code, out, _ = kiosk("status", *config)
    assert code == 0
    assert out.startswith("recording        NO: File too large")
    desk.data.rename(desk.data.with_name("gone"))
    wait_for(link_path(desk.data).exists, "the link in the new folder")
    code, out, err = kiosk("status", *config, "--json")
    assert code == 1
    assert json.loads(out)["recording"] is False
    assert "no daybook to read" in err


def test_an_engine_that_hangs_is_told_from_one_that_does_not_run(desk: Shift) -> None:
    config = ("--config", str(desk.config))
    desk.engine.signal(signal.SIGSTOP)
    with ThreadPoolExecutor() as both:  # since each waits for a while
        asked = [both.submit(kiosk, "status", *config, *how) for how in ((), ("--json",))]
    (_, out, _), (_, told, _) = [one.result() for one in asked]
    assert out.startswith("recording        no: the engine is not answering: restart the kiosk\n")
    assert json.loads(told)["recording"] is None
    desk.engine.kill()
    _, out, _ = kiosk("status", *config)
    assert out.startswith("recording        no: the engine is not running\n")


def test_it_goes_on_by_itself_when_there_is_room_again(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "one confirmed")
    fill_disk(desk)
    desk.scan(BRAIDING)
    desk.sees(lambda s: s.alarm is not None, "the alarm")
    limit_files(desk, resource.RLIM_INFINITY)
    desk.sees(lambda s: s.alarm is None, "recording again")
    desk.scan(PARABLE)
    desk.sees(lambda s: desk.stages() == ["applied", "failed", "applied"], "the next confirmed")
    desk.scan(BRAIDING)
    stages = ["applied", "failed", "applied", "applied"]
    desk.sees(lambda s: desk.stages() == stages, "the failed one, scanned again")
    assert desk.library.loans() == dict.fromkeys((LEFT_HAND, PARABLE, BRAIDING), MAYA)
    assert desk.library.carried_out(BRAIDING) == ["11"]


def test_when_the_data_are_removed_nothing_is_shown_as_recorded(desk: Shift) -> None:
    desk.scan(MAYA)
    desk.sees(lambda s: s.patron is not None, "the patron")
    gone = desk.data.rename(desk.data.with_name("gone"))
    shutil.rmtree(gone, ignore_errors=True)  # the engine may be making a file in it
    desk.scan(LEFT_HAND)
    state = desk.sees(lambda s: s.alarm is not None, "the alarm")
    assert state.alarm is not None
    assert "was removed" in state.alarm.reason
    assert desk.stages() == ["failed"]
    time.sleep(5 * REOPEN)
    assert not (desk.data / JOURNAL).exists()  # no new one is begun behind the back of staff
    desk.sees(lambda s: s.alarm is not None, "the alarm, until a person has looked")
    wait_for(link_path(desk.data).exists, "the link in the new folder")
    desk.kill_engine()
    desk.engine.start()
    desk.sees(lambda s: s.alarm is None and s.library.state == "online", "a new daybook")
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "it recorded in the new one")
    assert [t["item"] for t in desk.transactions()] == [LEFT_HAND]


def test_a_data_folder_that_was_moved_is_moved_back_as_the_alarm_says(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "one confirmed")
    elsewhere = desk.data.rename(desk.data.with_name("elsewhere"))
    desk.scan(BRAIDING)
    state = desk.sees(lambda s: s.alarm is not None, "the alarm")
    assert state.alarm is not None
    assert state.alarm.reason.endswith("Move that one aside first, then move the old one back")
    wait_for(desk.data.exists, "the new folder in its place")  # plain `mv` would go into it
    desk.data.rename(desk.data.with_name("aside"))
    elsewhere.rename(desk.data)
    desk.sees(lambda s: s.alarm is None, "recording again")
    desk.scan(PARABLE)
    desk.sees(lambda s: desk.stages()[-1] == "applied", "the next confirmed")
    assert [t["item"] for t in desk.transactions("--state", "applied")] == [LEFT_HAND, PARABLE]


def test_when_the_daybook_is_moved_away_the_desk_waits_for_it(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "one confirmed")
    journal, elsewhere = desk.data / JOURNAL, desk.data / "elsewhere"
    journal.rename(elsewhere)
    desk.scan(BRAIDING)
    desk.sees(lambda s: s.alarm is not None, "the alarm")
    shutil.copytree(elsewhere, journal)
    os.truncate(journal / "00000001.segment", 64)  # an older one, in its place
    time.sleep(4 * REOPEN)
    # As the alarm says; to delete what the engine looks into is to run after it.
    journal.rename(desk.data / "aside")
    elsewhere.rename(journal)
    desk.sees(lambda s: s.alarm is None, "recording again")
    desk.scan(PARABLE)
    desk.sees(lambda s: desk.stages()[-1] == "applied", "the next confirmed")
    assert [t["item"] for t in desk.transactions("--state", "applied")] == [LEFT_HAND, PARABLE]


def test_a_receipt_for_what_was_recorded_can_still_be_had_during_the_alarm(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "one confirmed")
    fill_disk(desk)
    desk.scan(BRAIDING)
    desk.sees(lambda s: s.alarm is not None, "the alarm")
    desk.press("done")
    desk.sees(lambda s: s.patron is None, "the visit closed")
    assert desk.state is not None
    assert desk.state.last_visit is not None
    assert desk.state.last_visit.items == 1


def test_a_last_record_that_was_damaged_is_told_to_staff_at_the_start(desk: Shift) -> None:
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library offline")
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["recorded"], "one recorded")
    desk.scan(BRAIDING)
    desk.sees(lambda s: desk.stages() == ["recorded"] * 2, "two recorded")
    desk.kill_engine()
    segment = desk.data / "journal" / "00000001.segment"
    with segment.open("r+b") as file:
        file.seek(ends(segment)[-1] - 10)
        file.write(b"?")
    desk.engine.start()
    state = desk.sees(lambda s: s.answer and s.answer.tone == "look", "the answer")
    assert state.answer is not None
    assert state.answer.headline.key == "cut.headline"
    desk.sees(lambda s: desk.stages() == ["recorded"], "one left")
    assert list(segment.parent.glob("cut-*"))
    desk.scan(BRAIDING)
    desk.sees(lambda s: desk.stages() == ["recorded"] * 2, "recorded again")
