"""`kiosk exceptions`: what needs a person, on the terminal and in a spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.transactions import MAYA, NOW, checkin, checkout, outcome

from kiosk.cli import main
from kiosk.cli.common import EXCEPTIONS, OK
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Settled

if TYPE_CHECKING:
    from pathlib import Path

BELOVED, HOBBIT, PARABLE = "31234000381408", "31234000668382", "31234000765105"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which one was applied, one refused, and one settled."""
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    folder = tmp_path / "data"
    folder.mkdir()
    lent, refused, back = checkout(BELOVED), checkout(HOBBIT), checkin(PARABLE)
    with Daybook(folder) as daybook:
        daybook.commit([lent, refused, back, Answered(outcome=outcome(lent))])
        words = "=Patron debarred"
        daybook.commit([Answered(outcome=outcome(refused, "refused", words=words))])
        daybook.commit([Answered(outcome=outcome(back, "refused", words="Item lost"))])
        daybook.commit([Settled(transaction=back.id, at=NOW, note="in_system", by="Ines")])
    return folder


def run(*words: str) -> int:
    return main(["exceptions", *words])


def test_it_lists_what_needs_a_person(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data)) == OK
    [line] = capsys.readouterr().out.splitlines()
    assert "Refused" in line
    assert f"{HOBBIT} · card 4417 · “=Patron debarred”" in line
    assert "put the patron's account right" in line.lower()


def test_a_spreadsheet_gets_no_formula_and_no_whole_card(data: Path, tmp_path: Path) -> None:
    table = tmp_path / "exceptions.csv"
    assert run("--data", str(data), "--to", str(table)) == OK
    with table.open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["item"], row["card_ending"], row["said"]) == (HOBBIT, "4417", "'=Patron debarred")
    assert MAYA not in table.read_text()


def test_both_due_dates_are_told_where_they_differ(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lent, due = checkout("31234000000001"), NOW + timedelta(days=70)
    with Daybook(data) as daybook:
        said = outcome(lent, "noticed", code="due-differs", due=due)
        daybook.commit([lent, Answered(outcome=said)])
    assert run("--data", str(data)) == OK
    assert f"card 4417 · due {due:%Y-%m-%d} in the library" in capsys.readouterr().out
    table = tmp_path / "exceptions.csv"
    assert run("--data", str(data), "--to", str(table)) == OK
    with table.open(newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["item"] == lent.item)
    assert (row["due"], row["library_due"]) == (f"{lent.due:%Y-%m-%d}", f"{due:%Y-%m-%d}")


def test_what_came_back_since_is_not_advised_to_be_sent_again(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Daybook(data) as daybook:
        daybook.commit([replace(checkin(HOBBIT), at=NOW + timedelta(hours=1))])
    assert run("--data", str(data)) == OK
    [line] = capsys.readouterr().out.splitlines()
    assert "was lent again here since" in line


def test_who_has_settled_what_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transactions", "--data", str(data), "--state", "refused"]) == OK
    settled = capsys.readouterr().out.splitlines()[1]
    assert settled.endswith("Item lost · settled by Ines: Done in the library system")
    assert main(["transactions", "--data", str(data), "--json"]) == OK
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [x["settled"] and x["settled"]["by"] for x in records] == [None, None, "Ines"]


def test_a_report_is_imported_while_no_kiosk_runs(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.csv"
    report.write_text(
        "item,error\n"
        f"{BELOVED},User not found\n"
        f"{PARABLE},Item lost again\n"
        "31234000000001,Item not found\n",
        encoding="latin-1",
    )
    assert run("import", str(report), "--data", str(data)) == EXCEPTIONS
    told = capsys.readouterr().out
    assert told.endswith("2 lines met their transactions, 1 did not\n")
    with Daybook(data, read_only=True) as daybook:
        found = {x.item for x in daybook.indexes.exceptions.values()}
        assert found == {BELOVED, HOBBIT, PARABLE}
    assert run("--data", str(data), "import", str(report)) == EXCEPTIONS
    with Daybook(data, read_only=True) as daybook:
        assert len(daybook.indexes.exceptions) == 3


def test_a_report_that_cannot_be_read_says_so(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "/nonexistent/report", "--data", str(data)) == 1
    assert "cannot be read" in capsys.readouterr().err
