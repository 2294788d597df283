"""`kiosk runs`: what an administrator types the morning after, and what comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.transactions import NOW, checkin, checkout, outcome

from kiosk.cli import main
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, LibraryAway, LibraryBack, RunBegan, RunEnded, Sending
from kiosk.desk.afterwards.runs import Outage, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., tuple[int, str, str]]

HOUR = timedelta(hours=1)
REFUSED, TAKEN, WAITING = checkout("i1"), checkin("i2"), checkin("i3", at=NOW)
OUTAGE = Outage(NOW, NOW + HOUR)
BEGAN = Run(id="r1", why="outage", began=NOW + HOUR, since=NOW, waiting=2)
ENDED = replace(
    BEGAN,
    ended=NOW + HOUR,
    applied=1,
    refused=1,
    to_fix=(REFUSED.id,),
    kinds={"checkout": 1, "checkin": 1},
    outages=(OUTAGE,),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: an outage, and what was sent after it."""
    with Daybook(tmp_path) as daybook:
        daybook.commit([REFUSED, TAKEN, LibraryAway(at=NOW), LibraryBack(at=NOW + HOUR)])
        words = "Item is on hold."
        daybook.commit([Answered(outcome=outcome(REFUSED, "refused", words=words), run="r1")])
        daybook.commit([Answered(outcome=outcome(TAKEN), run="r1"), RunBegan(run=BEGAN)])
        daybook.commit([RunEnded(run=ENDED)])
    return tmp_path


@pytest.fixture
def run(data: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")

    def run(*words: str | Path) -> tuple[int, str, str]:
        code = main(["runs", *map(str, words), "--data", str(data)])
        return code, *capfd.readouterr()

    return run


def test_the_runs_are_listed(run: Command) -> None:
    row = "2026-11-21 11:00 to 11:00  outage       2 sent, 1 for a person, 1 outage\n"
    assert run() == (0, row, "")


def test_the_last_one_is_reported_whole(run: Command) -> None:
    code, out, _ = run("--last")
    assert code == 0
    assert "Desk desk-1" in out
    assert (
        "Checked out i1 · card 4417 · due Sat 12 Dec\nThe library says: “Item is on hold.”.\n"
        in out
    )
    assert "This is desk desk-1 at Northside Branch.\n" in out


def test_a_run_that_a_power_cut_has_left_is_counted_as_far_as_it_came(
    run: Command, data: Path
) -> None:
    with Daybook(data) as daybook:
        daybook.commit([WAITING, RunBegan(run=replace(BEGAN, id="r2", began=NOW - HOUR))])
        daybook.commit([Sending(transactions=(WAITING.id,), no_block=True, at=NOW)])
        daybook.commit([Answered(outcome=outcome(WAITING, "noticed"), run="r2")])
    assert (
        run()[1].splitlines()[0] == "2026-11-21 09:00 to now    outage       1 sent, 1 for a person"
    )
    assert "SENDING GOES ON" in run("--last")[1]


def test_for_other_programs_there_is_json(run: Command) -> None:
    (line,) = run("--json")[1].splitlines()
    record = json.loads(line)
    assert record["refused"] + record["applied"] == sum(record["kinds"].values()) == 2
    assert record["to_fix"] == [REFUSED.id]
    assert record["outages"] == [{"began": "2026-11-21T10:00:00Z", "ended": "2026-11-21T11:00:00Z"}]


def test_a_file_is_written_once_and_never_over_another(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "morning.txt"
    assert run("--last", "--to", file) == (0, "", "")
    assert "REPORT: WHAT WAS SENT" in file.read_text("utf-8")
    code, _, errors = run("--last", "--to", file)
    assert code == 1
    assert "is there already: name a new file" in errors


def test_a_dash_is_no_file_but_prints_as_everywhere(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--last", "--to", "-") == run("--last")
    assert not (tmp_path / "-").exists()


def test_where_nothing_was_sent_yet_there_is_nothing_to_list(
    run: Command, data: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with Daybook(other) as daybook:
        daybook.commit([WAITING])
    assert main(["runs", "--last", "--data", str(other)]) == 0
    assert "1 waits here since Sat 21 Nov 10:00" in capfd.readouterr().out
