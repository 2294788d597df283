"""`kiosk blocklist`: import, refresh, status, check."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.blocklists import JONAS, MAYA, ZONE, built

from kiosk.cli import main
from kiosk.daybook.blocklist.file import HEADER_SIZE, NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

TODAY = datetime.now(ZONE)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of `kiosk blocklist` with a configuration that has a folder of lists."""
    monkeypatch.setattr(os, "nice", lambda _: 0)  # else all tests after it would give way, too
    (tmp_path / "lists").mkdir()
    (tmp_path / "kiosk.toml").write_text(
        f"""
data = "{tmp_path / "data"}"
[library]
timezone = "Europe/Vienna"
[blocklist]
folder = "{tmp_path / "lists"}"
"""
    )

    def command(*words: str) -> tuple[int, str, str]:
        code = main(["blocklist", *words, "--config", str(tmp_path / "kiosk.toml")])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_a_list_is_imported_looked_up_and_told_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{MAYA} L\n{JONAS} D\nrubbish\n")
    code, out, _ = run("import", str(tmp_path / "list.txt"))
    assert code == 0
    day = TODAY.date()
    assert out == f"block list of {day}, cards: 2\nlines left out because they cannot be read: 1\n"
    code, out, _ = run("check", MAYA)
    assert (code, out[:5]) == (5, "lost,")
    assert "refused" in out
    code, out, _ = run("check", JONAS)
    assert (code, "a warning" in out) == (0, True)
    assert run("check", "1")[:2] == (0, f"not on the block list of {TODAY.date()}\n")
    assert "The block list is from today. It has 2 cards" in run("status")[1]
    told = json.loads(run("status", "--json")[1])
    assert (told["state"], told["cards"]) == ("fresh", 2)


def test_format_date_and_status_can_be_said_by_hand(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{MAYA}\n")
    day = (TODAY - timedelta(days=2)).date().isoformat()
    options = ("--format", "barcodes", "--status", "barred", "--date", day)
    assert run("import", str(tmp_path / "list"), *options) == (
        0,
        f"block list of {day}, cards: 1\n",
        "",
    )
    assert run("check", MAYA)[1].startswith(f"barred, says the block list of {day}")


def test_what_is_no_list_is_refused_with_the_reason(run: Run, tmp_path: Path) -> None:
    built_before = tmp_path / "data"
    built_before.mkdir()
    built(built_before, [(MAYA, "lost")], TODAY)
    (tmp_path / "page").write_text("<html>")
    code, _, err = run("import", str(tmp_path / "page"))
    assert code == 1
    assert "A web page came instead of the list" in err
    assert "The old list was not touched." in err
    assert run("check", MAYA)[0] == 5
    code, _, err = run("import", str(tmp_path / "nowhere"))
    assert (code, "cannot be read: No such file" in err) == (1, True)
    code, _, err = run("import", str(tmp_path / "page"), "--encoding", "utf-9")
    assert (code, "--encoding utf-9 is not known" in err) == (1, True)


def test_refresh_asks_the_source_now(run: Run, tmp_path: Path) -> None:
    code, _, err = run("refresh")
    assert (code, "There is no file like *" in err) == (1, True)
    (tmp_path / "lists" / "list.txt").write_text(f"{MAYA} L\n")
    assert run("refresh")[1] == f"block list of {TODAY.date()}, cards: 1\n"
    assert run("refresh")[1] == "there is no newer list than the one in use\n"


def test_refresh_brings_again_what_is_damaged(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lists" / "list.txt").write_text(f"{MAYA} L\n")
    run("refresh")
    with (tmp_path / "data" / NAME).open("r+b") as file:
        file.seek(HEADER_SIZE)
        file.write(b"\0\0")
    assert run("check", MAYA)[0] == 0
    assert run("refresh")[1] == f"block list of {TODAY.date()}, cards: 1\n"
    assert run("check", MAYA)[0] == 5


def test_a_list_that_is_too_old_is_told_as_not_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    built(tmp_path / "data", [(MAYA, "lost")], TODAY - timedelta(days=6))
    assert "The block list is too old." in run("status")[1]
    code, out, _ = run("check", MAYA)
    assert (code, "lent all the same: the list is too old" in out) == (0, True)


def test_without_a_list_or_with_a_damaged_one_nothing_can_be_checked(
    run: Run, tmp_path: Path
) -> None:
    assert "No block list has come yet" in run("status")[1]
    assert run("check", MAYA)[0] == 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "blocklist").write_bytes(b"noise")
    assert "The block list is damaged" in run("status")[1]
    code, _, err = run("check", MAYA)
    assert (code, "no block list that can be used" in err) == (1, True)


@pytest.mark.parametrize("command", ["import", "refresh"])
def test_root_brings_a_list_as_the_user_to_whom_the_folder_belongs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    source = tmp_path / "lists" / "list.txt"
    source.write_text(f"{MAYA} L\n")
    became: list[object] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "setegid", lambda group: became.append(("group", group)))
    monkeypatch.setattr(
        os, "seteuid", lambda user: became.append(("user", user, (data / NAME).exists()))
    )
    assert run(command, *([str(source)] if command == "import" else []))[0] == 0
    owner = data.stat()
    assert became == [("group", owner.st_gid), ("user", owner.st_uid, False)]
