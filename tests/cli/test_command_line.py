"""What the `kiosk` command makes of its words, and what it loads for them."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import os
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.shift import kiosk

from kiosk import __version__
from kiosk.cli import FAMILIES, main
from kiosk.cli.common import log_to_stderr
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.lock import LOCK, FolderLock

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
"""The user who owns nothing."""
COMMANDS = (
    "run",
    "engine",
    "screen",
    "console",
    "demo-library",
    "transactions",
    "status",
    "daybook",
)

LOADED = """
import sys
from kiosk.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


def loaded_by(*words: str) -> set[str]:
    """Run the command; give the modules it has loaded."""
    run = [sys.executable, "-c", LOADED, *words]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=300)
    return set(done.stderr.splitlines()[-1].split())


def test_it_names_all_its_commands_and_its_version() -> None:
    code, out, _ = kiosk("--help")
    assert code == 0
    assert all(re.search(rf"^    {command}\b", out, re.MULTILINE) for command in COMMANDS)
    assert kiosk("--version") == (0, f"Daybook {__version__}\n", "")


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_has_the_commands_that_are_said_of_it(family: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    importlib.import_module(f"kiosk.cli.{family}").register(commands)
    assert tuple(commands.choices) == FAMILIES[family]


def test_a_command_loads_its_own_family_alone() -> None:
    loaded = {name for name in loaded_by("runs", "--help") if name.startswith("kiosk.cli.")}
    assert "kiosk.cli.runs" in loaded
    assert not loaded & {"kiosk.cli.ils", "kiosk.cli.blocklist", "kiosk.cli.run"}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    code, out, _ = kiosk(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: kiosk {command} ")


@pytest.mark.parametrize("family", ["staff", "files", "exceptions", "daybook", "blocklist", "ils"])
def test_a_command_lists_its_own_commands_and_no_line_that_says_nothing(family: str) -> None:
    code, out, _ = kiosk(family, "--help")
    assert code == 0
    assert "\n  COMMAND\n" not in out
    assert re.search(r"\ncommands:\n    [a-z]+ +[a-z]", out)


EVERY_COMMAND = [
    *(name for names in FAMILIES.values() for name in names), "exceptions import", "files loaded",
    "files lost", "ils test", "blocklist import", "blocklist refresh", "blocklist status",
    "blocklist check", "staff add", "staff list", "staff role", "staff pin", "staff badge",
    "staff remove", "daybook check", "daybook export", "daybook salvage", "daybook restore",
]  # fmt: skip


def helps(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        main([*words.split(), "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("words", ["", *EVERY_COMMAND])
def test_help_fits_a_terminal_of_80_columns_and_says_where_the_exit_codes_are(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = helps(words, capsys)
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert "exit codes" in told


@pytest.mark.parametrize(
    ("family", "needed"),
    [("files", False), ("exceptions", False), ("staff", True), ("daybook", True)],
)
def test_a_command_that_need_not_be_given_stands_in_brackets(
    family: str, needed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = helps(family, capsys).partition("\n\n")[0]
    assert ("[COMMAND ...]" in usage) != needed
    assert "COMMAND ..." in usage


def test_where_there_is_no_daybook_it_is_said_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("status", "transactions", "files", "daybook check"):
        assert main([*words.split(), "--data", str(tmp_path)]) == 1
        assert "name another folder with --data" in capsys.readouterr().err


def test_a_data_folder_that_is_a_file_is_called_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kiosk.toml").write_text("")
    words = ["engine", "--config", str(tmp_path / "kiosk.toml"), "--data"]
    assert main([*words, str(tmp_path / "kiosk.toml")]) == 1
    assert "it is a file. Set `data`" in capsys.readouterr().err


@pytest.fixture
def of_somebody_else() -> Iterator[Path]:
    """Give a kiosk's folder that can be looked into, with files that cannot; root becomes nobody.

    It is in nobody's home, as folders of tests are closed to others.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)
        FolderLock(data).close()
        main(["status", "--data", folder])  # what it loads may lie where nobody else may read
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
        else:
            (data / LOCK).chmod(0)
        yield data
        os.seteuid(os.getuid())


@pytest.mark.parametrize(
    "words", ["status", "staff list", "blocklist status", "ready", "practice", "daybook check"]
)
def test_a_folder_of_somebody_else_is_not_taken_for_an_empty_one(
    words: str, of_somebody_else: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main([*words.split(), "--data", str(of_somebody_else)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "cannot be read: Permission denied. Run this as the user" in told.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work in somebody else's folder")
def test_a_console_of_root_makes_no_file_that_the_kiosk_cannot_open() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        config, data = Path(folder) / "kiosk.toml", Path(folder) / "data"
        config.write_text("")
        data.mkdir()
        os.chown(data, NOBODY, NOBODY)
        options = ("--config", str(config), "--data", str(data))
        code, _, err = kiosk("console", *options, "--drain", "0", lines=":help\n")
        assert code == 0, err
        made = [data, *data.rglob("*")]
        assert len(made) > 3
        assert {file.stat().st_uid for file in made} == {NOBODY}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work in somebody else's folder")
@pytest.mark.parametrize("words", ["engine --config", "run --config", "run --demo --data"])
def test_root_starts_no_kiosk_in_the_folder_of_somebody_else(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, config = tmp_path / "data", tmp_path / "kiosk.toml"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    config.write_text(f'data = "{data}"\n')
    assert main([*words.split(), str(data if "--demo" in words else config)]) == 1
    assert "belongs to the user nobody" in capsys.readouterr().err
    assert list(data.iterdir()) == []


def test_a_file_that_may_not_be_used_is_said_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))

    monkeypatch.setattr("pathlib.Path.is_dir", refuse)
    assert main(["demo-library", "--state", str(tmp_path / "x"), "--port", "0"]) == 1
    assert capsys.readouterr().err.startswith(f"kiosk: {tmp_path / 'x'}: Permission denied. Name")


def test_a_second_kiosk_in_one_folder_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kiosk.toml").write_text(f'data = "{tmp_path}"\n')
    with closing(FolderLock(tmp_path)):
        assert main(["engine", "--config", str(tmp_path / "kiosk.toml")]) == 1
    assert "in use by another kiosk on this machine. End that one first" in capsys.readouterr().err


def test_what_a_command_does_not_need_is_not_loaded() -> None:
    heavy = {"asyncio", "kivy", "msgspec", "tinydb", "sip", "escpos", "kiosk.engine"}
    assert not loaded_by("--help") & heavy


def test_reading_a_daybook_needs_neither_engine_nor_screen(tmp_path: Path) -> None:
    Daybook(tmp_path).close()
    read = loaded_by("transactions", "--data", str(tmp_path))
    assert "kiosk.daybook.daybook" in read
    assert not read & {"asyncio", "kivy", "escpos", "kiosk.engine"}


@pytest.mark.parametrize(
    "words",
    [
        "console --drain nan",
        "console --drain soon",
        "demo-library --port 99999",
        "status --data=",
        "run --demo --config kiosk.toml",
    ],
)
def test_a_wrong_option_is_told_with_the_usage(words: str) -> None:
    code, _, err = kiosk(*words.split())
    assert code == 2
    assert err.startswith("usage: kiosk")


def test_a_missing_configuration_says_how_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    code, _, err = kiosk("console")
    assert code == 1
    assert "kiosk run --demo" in err


def test_the_log_does_not_tell_of_each_request_to_the_library_system() -> None:
    log_to_stderr()
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert logging.getLogger("httpx").isEnabledFor(logging.WARNING)
