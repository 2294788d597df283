"""`kiosk ils test`: the connections that kiosk.toml names, for people and for programs."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.cli import main
from kiosk.view.link import link_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.fake_evergreen.client import FakeEvergreen
    from support.fake_koha.client import FakeKoha
    from support.fake_sip2.client import FakeSip2

LIBRARY = 'data = "FOLDER/data"\n[library]\nterminal = "front"\ntimezone = "UTC"\n'
SECRET = "kiosk"
WRONG = "a-wrong-secret"


@pytest.fixture
def tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Run the command with a configuration, 80 columns wide; give its exit code and output."""
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "right").write_text(SECRET)
    (tmp_path / "wrong").write_text(WRONG)
    file = tmp_path / "kiosk.toml"

    def run(settings: str, *options: str) -> tuple[int, str]:
        file.write_text((LIBRARY + settings).replace("FOLDER", str(tmp_path)))
        code = main(["ils", "test", "--config", str(file), *options])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def sip2(fake: FakeSip2, password: str = "right") -> str:
    return (
        '[ils]\nlive = "sip2"\noffline = "sip2"\n[ils.sip2]\nhost = "localhost"\n'
        f'port = {fake.port}\nlogin = "kiosk"\npassword_file = "FOLDER/{password}"\n'
    )


def evergreen(fake: FakeEvergreen, password: str = "right") -> str:
    return (
        f'[ils]\noffline = "evergreen"\n[ils.evergreen]\nurl = "{fake.url}"\norg = 4\n'
        f'login = "kiosk"\npassword_file = "FOLDER/{password}"\nworkstation = "BR1-desk"\n'
    )


def connections(told: str) -> dict[str, dict[str, Any]]:
    """Give the steps of each connection by their names."""
    return {
        each["system"]: {step["name"]: step for step in each["steps"]}
        for each in json.loads(told)["connections"]
    }


def test_all_is_well(fake: FakeSip2, tried: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    fake.world(patrons=[{"card": "P1", "name": "Maya"}])
    code, told = tried(sip2(fake), "--card", "P1")
    assert code == 0
    assert "Card P1 is that of Maya" in told
    assert "Nothing is missing" in told
    assert not (tmp_path / "data").exists()  # not even a daybook is made


def test_what_is_wrong_says_who_can_mend_it(
    fake: FakeSip2, tried: Callable[..., tuple[int, str]]
) -> None:
    code, told = tried(sip2(fake, "wrong"))
    assert code == 1
    assert "PROBLEM login" in told
    assert "-> The library system's administrator:" in told
    assert "One thing is to be mended." in told


def test_it_fits_into_80_columns(
    fake_evergreen: FakeEvergreen, tried: Callable[..., tuple[int, str]]
) -> None:
    _, told = tried(evergreen(fake_evergreen) + 'desks = ["back"]\nprocess = "all-in"\n')
    assert max(map(len, told.splitlines())) < 80


def test_for_a_program(fake: FakeSip2, tried: Callable[..., tuple[int, str]]) -> None:
    code, told = tried(sip2(fake, "wrong"), "--json")
    assert code == 1
    assert json.loads(told)["ok"] is False
    login = connections(told)["sip2"]["login"]
    assert (login["state"], login["who"]) == ("problem", "library")
    assert login["says"]
    assert login["mend"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_password_is_told(
    fake: FakeSip2,
    fake_evergreen: FakeEvergreen,
    fake_koha: FakeKoha,
    tried: Callable[..., tuple[int, str]],
    form: tuple[str, ...],
) -> None:
    koha = f'[ils]\noffline = "koha"\n[ils.koha]\nstaff_url = "{fake_koha.url}"\n'
    koha += 'branchcode = "CPL"\nlogin = "kiosk"\npassword_file = "FOLDER/wrong"\n'
    for settings in (sip2(fake, "wrong"), evergreen(fake_evergreen, "wrong"), koha):
        assert WRONG not in tried(settings, *form)[1]


def test_each_connection_that_is_named_is_tried(
    fake: FakeSip2, fake_koha: FakeKoha, tried: Callable[..., tuple[int, str]]
) -> None:
    both = sip2(fake).replace('offline = "sip2"', 'offline = "koha"')
    both += f'[ils.koha]\nstaff_url = "{fake_koha.url}"\nbranchcode = "CPL"\n'
    both += 'login = "kiosk"\npassword_file = "FOLDER/right"\n'
    code, told = tried(both, "--json")
    assert code == 0
    assert list(connections(told)) == ["sip2", "koha"]


def test_the_block_list_comes_by_the_same_login(
    fake_evergreen: FakeEvergreen, tried: Callable[..., tuple[int, str]]
) -> None:
    fake_evergreen.do("list", text="P1 B\nP2 L\n")
    source = '[blocklist]\nsource = "evergreen"\n'
    code, told = tried(evergreen(fake_evergreen) + source, "--json")
    assert code == 0
    assert "2 lines" in connections(told)["blocklist"]["list"]["says"]
    _, told = tried(evergreen(fake_evergreen, "wrong") + source, "--json")
    step = connections(told)["blocklist"]["list"]
    assert step["state"] == "problem"
    assert "refused the login kiosk" in step["says"]


@pytest.mark.parametrize(("text", "state"), [("absent", "problem"), ("", "look")])
def test_a_block_list_that_is_not_made(
    fake_evergreen: FakeEvergreen, tried: Callable[..., tuple[int, str]], text: str, state: str
) -> None:
    fake_evergreen.do("list", text=text)
    _, told = tried(evergreen(fake_evergreen) + '[blocklist]\nsource = "evergreen"\n', "--json")
    assert connections(told)["blocklist"]["list"]["state"] == state


def test_a_kiosk_that_runs_is_noticed(
    fake: FakeSip2, tried: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    assert "shared" not in connections(tried(sip2(fake), "--json")[1])["sip2"]
    (tmp_path / "data").mkdir()
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(link_path(tmp_path / "data")))
        engine.listen()
        code, told = tried(sip2(fake), "--json")
    assert code == 0
    assert connections(told)["sip2"]["shared"]["state"] == "look"


def test_without_a_library_system_there_is_nothing_to_try(
    tried: Callable[..., tuple[int, str]],
) -> None:
    code, told = tried("")
    assert code == 1
    assert "names no library system" in told
