"""`kiosk staff`: add, list, role, pin, badge, remove."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from kiosk.cli import main
from kiosk.staff import file, pins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]


class Terminal(io.StringIO):
    """Standard input where somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command of `kiosk staff` with a PIN on standard input."""

    def command(*words: str, pin: str | None = None) -> tuple[int, str, str]:
        stdin = Terminal() if pin is None else io.StringIO(pin + "\n")
        monkeypatch.setattr(sys, "stdin", stdin)
        code = main(["staff", *words, "--data", str(tmp_path)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def pin_of(tmp_path: Path, number: str) -> pins.PinHash:
    staff = file.read(tmp_path)
    assert staff is not None
    person = staff.person(number)
    assert person is not None
    return person.pin


def test_a_staff_is_set_up_and_listed(run: Run) -> None:
    assert run("list")[1].startswith("no staff: nobody has to say who they are.")
    assert run("add", "Ada", "--role", "administrator", pin="5093") == (
        0,
        "Ada, administrator, number 1\n",
        "",
    )
    run("add", "Tomas", "--role", "supervisor", "--badge", "B-200", pin="8316")
    _, out, _ = run("list")
    assert out.splitlines() == [
        "  1  Ada                       administrator",
        "  2  Tomas                     supervisor     badge B-200",
    ]
    told = json.loads(run("list", "--json")[1])
    assert told[1] == {"number": 2, "name": "Tomas", "role": "supervisor", "badge": "B-200"}


def test_a_weak_pin_is_refused_and_nothing_is_changed(run: Run, tmp_path: Path) -> None:
    code, _, err = run("add", "Ada", "--role", "administrator", pin="1234")
    assert code == 1
    assert "choose digits without a pattern. Nothing was changed" in err
    assert file.read(tmp_path) is None


def test_a_pin_is_asked_twice_at_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["5093", "5094", "5093", "5093"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    code, _, err = run("add", "Ada", "--role", "administrator")
    assert (code, "the two are not the same" in err) == (1, True)
    assert run("add", "Ada", "--role", "administrator")[0] == 0
    assert pins.fits("5093", pin_of(tmp_path, "1"))


def test_pin_role_badge_and_the_end(run: Run, tmp_path: Path) -> None:
    run("add", "Ada", "--role", "administrator", pin="5093")
    run("add", "Ines", pin="2741")
    assert run("pin", "Ines", pin="9417")[0] == 0
    assert pins.fits("9417", pin_of(tmp_path, "2"))
    assert run("role", "ines", "supervisor")[0] == 0
    assert run("badge", "2", "B-100")[0] == 0
    assert "supervisor     badge B-100" in run("list")[1]
    assert run("remove", "Ines")[0] == 0
    code, _, err = run("remove", "Ada")
    assert (code, "Ada is the last administrator" in err) == (1, True)


def test_a_second_of_one_name_and_a_badge_like_a_card_are_remarked_on(run: Run) -> None:
    run("add", "Ada", "--role", "administrator", pin="5093")
    _, out, _ = run("add", "ada", "--badge", "21234000094417", pin="2741")
    assert "There are 2 of this name" in out
    assert "reads as a card or item of your library" in out


def test_a_damaged_file_is_told_with_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / file.NAME).write_text("{")
    code, _, err = run("list")
    assert code == 1
    assert "is damaged, or written by another version" in err
    assert "Put a copy in its place" in err
    assert run("add", "Ada", "--role", "administrator", pin="5093")[0] == 1
    assert (tmp_path / file.NAME).read_text() == "{"
