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
from kiosk.cli.common import EXCEPTIONS, FAILED, OK
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, Sending, Settled

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
        daybook.commit([replace(checkin(HOBBIT), at=NOW + timedelta(days=9))])
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


def test_what_was_corrected_names_what_is_sent_in_its_place(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Daybook(data) as daybook:
        wrong = next(x for x, *_ in daybook.history() if x.item == HOBBIT)
        right = replace(wrong, id="0123456789", item="31234000000001", corrects=wrong.id)
        daybook.commit([right, Settled(transaction=wrong.id, at=NOW, replaced_by=right.id)])
    assert main(["transactions", "--data", str(data)]) == OK
    told = capsys.readouterr().out.splitlines()
    assert told[1].endswith("corrected by somebody, 012345 in its place")
    assert f"012345, in the place of {wrong.id[:6]}" in told[3]


def test_what_needs_a_person_again_is_not_told_to_be_settled(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    report.write_text(f"{PARABLE},Item lost again")
    assert run("import", str(report), "--data", str(data)) == OK
    capsys.readouterr()
    assert main(["transactions", "--data", str(data)]) == OK
    assert "settled" not in capsys.readouterr().out


def test_a_program_gets_one_json_line_each(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--json") == OK
    [line] = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["group"], found["advised"], found["fault"]) == (
        "refused",
        "resend",
        "patron_blocked",
    )
    assert (found["item"], found["said"]) == (HOBBIT, "=Patron debarred")
    assert MAYA not in line


def test_a_spreadsheet_that_is_there_is_only_replaced_when_asked(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "exceptions.csv"
    table.write_text("what I noted")
    assert run("--data", str(data), "--to", str(table)) == FAILED
    assert "exists already. Name a new file, or add --replace" in capsys.readouterr().err
    assert table.read_text() == "what I noted"
    assert run("--data", str(data), "--to", str(table), "--replace") == OK
    assert HOBBIT in table.read_text()


def test_nothing_in_it_is_a_command_to_a_terminal(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lent = checkout("31234000000001")
    with Daybook(data) as daybook:
        said = outcome(lent, "refused", words="\x1b[2J\x07 =Barred")
        daybook.commit([lent, Answered(outcome=said)])
    assert run("--data", str(data), "--to", "-") == OK
    told = capsys.readouterr().out
    assert not any(c < " " and c not in "\r\n" for c in told)
    assert ",[2J  =Barred," in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_report_is_read_however_it_is_written(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    report = tmp_path / "report.txt"
    report.write_bytes(f"{BELOVED}\t“Müller” not found\r\n".encode(encoding))
    assert run("import", str(report), "--data", str(data)) == OK
    assert capsys.readouterr().out.endswith("1 line met its transaction.\n")


@pytest.mark.parametrize(
    "binary",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0\0\0!\0", bytes(range(1, 256))],
)
def test_what_is_no_text_is_refused_in_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], binary: bytes
) -> None:
    report = tmp_path / "report.xlsx"
    report.write_bytes(binary)
    assert run("import", str(report), "--data", str(data)) == FAILED
    told = capsys.readouterr()
    assert "is not text: save it as text or CSV" in told.err
    assert told.out == ""


def test_what_has_no_end_is_no_report(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "/dev/zero", "--data", str(data)) == FAILED
    assert "has more than 16 MB" in capsys.readouterr().err


@pytest.mark.parametrize("deep", ["[" * 100_000, '[{"event":' * 100_000])
def test_json_without_end_is_lines_of_text(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], deep: str
) -> None:
    report = tmp_path / "report.json"
    report.write_text(f"{deep}\n{BELOVED} not found\n")
    assert run("import", str(report), "--data", str(data)) == OK
    assert "1 line met its transaction." in capsys.readouterr().out


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
    assert told.endswith("2 lines met their transactions. 1 met nothing here.\n")
    with Daybook(data, read_only=True) as daybook:
        found = {x.item for x in daybook.indexes.exceptions.values()}
        assert found == {BELOVED, HOBBIT, PARABLE}
    assert run("--data", str(data), "import", str(report)) == EXCEPTIONS
    with Daybook(data, read_only=True) as daybook:
        assert len(daybook.indexes.exceptions) == 3


def test_a_line_that_may_be_about_several_is_to_be_decided_at_the_desk(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Daybook(data) as daybook:
        lent = [checkout("31234000000001", at=NOW + timedelta(days=n)) for n in range(2)]
        daybook.commit([*lent, *(Answered(outcome=outcome(each)) for each in lent)])
    report = tmp_path / "report.txt"
    report.write_text("31234000000001 is lost\n")
    assert run("import", str(report), "--data", str(data)) == EXCEPTIONS
    line, summary = capsys.readouterr().out.splitlines()
    assert line.startswith("Line 1 may be about 2 transactions. Say report at the desk")
    assert summary == "0 lines met their transactions. 1 has to be decided at the desk."


def test_a_line_about_what_is_on_its_way_needs_nobody(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Daybook(data) as daybook:
        lent = checkout("31234000000001")
        daybook.commit([lent, Sending(transactions=(lent.id,), no_block=True, at=NOW)])
    report = tmp_path / "report.txt"
    report.write_text("31234000000001 is lost\n")
    assert run("import", str(report), "--data", str(data)) == OK
    assert "1 is about something that is still on its way." in capsys.readouterr().out


def test_a_report_that_cannot_be_read_says_so(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "/nonexistent/report", "--data", str(data)) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_an_empty_report_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.txt"
    report.write_text(" \n")
    assert main(["exceptions", "import", str(report), "--data", str(tmp_path)]) == 1
    assert "is empty" in capsys.readouterr().err
