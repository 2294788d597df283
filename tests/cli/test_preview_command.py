"""`kiosk preview`: what to expect of a backlog, for people and for programs."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.transactions import MAYA, OMAR, checkin, checkout, outcome

from kiosk.cli import main
from kiosk.cli.common import OK
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered

if TYPE_CHECKING:
    from kiosk.desk.transactions import Transaction


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which an item waits to be lent twice, and others just wait."""
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    folder = tmp_path / "data"
    folder.mkdir()
    with Daybook(folder) as daybook:
        daybook.commit([checkout("i1", MAYA), checkout("i1", OMAR), checkout("i2"), checkin("i3")])
    return folder


def run(data: Path, *words: str) -> int:
    return main(["preview", "--data", str(data), *words])


def listed(data: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Write down what waits, as another desk would send it."""
    assert main(["transactions", "--json", "--data", str(data)]) == OK
    file.write_text(capsys.readouterr().out)
    return file


def test_a_program_gets_one_json_line_each(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "--json") == OK
    [line] = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["expect"], found["item"], found["card_ending"]) == ("out_twice", "i1", OMAR[-4:])
    assert found["before"]["card_ending"] == MAYA[-4:]
    assert MAYA not in line


def test_the_list_of_this_desk_counts_once(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data) == OK
    alone = capsys.readouterr().out
    own = listed(data, tmp_path / "own", capsys)
    with Daybook(data) as daybook:
        sent = next(x for x, *_ in daybook.history() if x.item == "i2")
    assert run(data, "--with", str(own), "--with", str(own)) == OK
    assert capsys.readouterr().out == alone
    with Daybook(data) as daybook:
        daybook.commit([Answered(outcome=outcome(sent))])
    assert run(data, "--with", str(own)) == OK
    assert "3 waiting at 1 desk, 1 to expect" in capsys.readouterr().out


def test_so_does_that_of_another_desk_which_is_named_twice(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").mkdir()
    with Daybook(tmp_path / "other") as daybook:
        daybook.commit([replace(checkout("i2", OMAR), terminal="desk-2")])
    other = listed(tmp_path / "other", tmp_path / "list", capsys)
    assert run(data, "--with", str(other), "--with", str(other)) == OK
    assert "5 waiting at 2 desks, 2 to expect" in capsys.readouterr().out


def test_what_the_disk_does_not_give_is_left_out_and_counted(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Daybook.transaction

    def read(daybook: Daybook, number: int) -> Transaction:
        if number == 3:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(daybook, number)

    monkeypatch.setattr(Daybook, "transaction", read)
    assert run(data) == OK
    told = capsys.readouterr()
    assert "3 waiting at 1 desk, 1 to expect" in told.out
    assert told.err.startswith("1 could not be read from the disk and is left out here")


def test_of_a_daybook_with_a_bad_sector_the_rest_is_looked_through(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Daybook(data) as daybook:
        lent = checkout("i4", allowed_by="x" * 20_000)
        for transaction in (lent, checkout("i2", OMAR)):
            daybook.commit([transaction])
        segment = daybook.journal.folder / "00000001.segment"
    bad = segment.read_bytes().index(b"x" * 100) + 8192
    pread = os.pread

    def failing(file: int, size: int, offset: int) -> bytes:
        in_data = Path(f"/proc/self/fd/{file}").readlink() == segment
        if in_data and offset <= bad < offset + size:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return pread(file, size, offset)

    monkeypatch.setattr(os, "pread", failing)
    assert run(data) == OK
    told = capsys.readouterr()
    assert "5 waiting at 1 desk, 2 to expect" in told.out
    assert told.err.startswith("The daybook is damaged. 1 of its entries could not be read")
