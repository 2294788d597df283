"""What comes in wrong gets a clear answer, and the next good scan works."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from support.shift import (
    BRAIDING,
    LEFT_HAND,
    MAYA,
    DemoLibrary,
    Shift,
    kiosk,
    shift,
    write_config,
)

from kiosk.view.link import link_path
from kiosk.view.messages import FromEngine, Hello, TurnedAway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    with shift(tmp_path_factory.mktemp("desk")) as opened:
        opened.sees(lambda s: s.library.state == "online", "the library online")
        yield opened


@pytest.mark.parametrize(
    "noise",
    [
        b"312340005",
        b"3123\x0000579316\r",
        b"\x1b[A\x1b[B\r",
        b"9" * 10_000 + b"\r",
        b"31234000\xff79316\r",
    ],
    ids=["half a barcode", "a control character", "cursor keys", "10 kB", "not UTF-8"],
)
def test_noise_on_the_scanner_line_is_told_and_the_next_scan_works(
    desk: Shift, noise: bytes
) -> None:
    desk.happened.clear()
    desk.scanner.write(noise)
    desk.hears("scan.not_taken")
    desk.happened.clear()
    desk.scan(MAYA)
    desk.sees(lambda s: s.patron is not None, "the patron")
    desk.scan("done")
    desk.sees(lambda s: s.patron is None, "the desk free")


def test_an_isbn_is_refused_with_the_reason(desk: Shift) -> None:
    desk.happened.clear()
    desk.scan("9780143111597")
    desk.hears("scan.isbn")


def test_a_number_that_does_not_look_right_is_asked_about_and_staff_decide(desk: Shift) -> None:
    desk.scan(MAYA, "31234000579317")
    desk.sees(lambda s: s.question is not None, "a question")
    desk.press("no")
    desk.sees(lambda s: s.question is None and desk.stages() == ["not_taken"], "not taken")
    desk.scan("3123400057931")
    desk.sees(lambda s: s.question is not None, "a question")
    desk.press("yes")
    desk.sees(lambda s: desk.stages()[-1] == "refused", "sent, and refused by the library")
    desk.scan("done")
    desk.sees(lambda s: s.patron is None, "the desk free")


def test_an_unknown_command_lists_the_known_ones(desk: Shift) -> None:
    desk.happened.clear()
    desk.type(":frobnicate")
    desk.hears("command.unknown")
    desk.hears("help.commands")


def test_a_screen_of_another_version_is_turned_away_with_both_versions(desk: Shift) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(link_path(desk.data)))
        hello = msgspec.msgpack.encode(Hello(link_version=999, client="screen"))
        other.sendall(struct.pack(">I", len(hello)) + hello)
        reply = other.makefile("rb").read()
    answer = msgspec.msgpack.decode(reply[4:], type=FromEngine)
    assert isinstance(answer, TurnedAway)
    desk.sees(lambda s: s.library.state == "online", "the engine unharmed")


def test_a_second_engine_on_the_same_data_is_refused(desk: Shift) -> None:
    code, _, err = kiosk("engine", "--config", str(desk.config))
    assert code == 1
    assert "in use by another kiosk" in err


def test_a_taken_port_is_named(desk: Shift) -> None:
    code, _, err = kiosk("demo-library", "--port", str(desk.library.port))
    assert code == 1
    assert str(desk.library.port) in err
    assert "--port" in err


def test_a_typo_in_the_configuration_is_named_with_what_would_be_right(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[desk]\nloan_day = 21\n")
    code, _, err = kiosk("engine", "--config", str(config))
    assert code == 1
    assert f"{config}: [desk] loan_day = 21 is not known: did you mean loan_days?" in err


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "file" / "data", library_port=1)
    code, _, err = kiosk("console", "--config", str(config))
    assert code == 1
    assert str(tmp_path / "file" / "data") in err


def test_a_folder_for_the_demo_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = kiosk("run", "--demo", "--data", str(tmp_path / "file"))
    assert code == 1
    assert err.startswith(f"kiosk: the data folder {tmp_path}/file cannot be made")


def test_a_data_folder_that_takes_no_link_is_named(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "data", library_port=1)
    (tmp_path / "data" / "link.sock").mkdir(parents=True)
    for command in ("engine", "console"):
        code, _, err = kiosk(command, "--config", str(config))
        assert code == 1
        assert err.splitlines()[-1].startswith("kiosk: the link to the screen cannot be opened")


def test_a_state_of_the_demo_library_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("not JSON")
    for state in (tmp_path / "state.json", tmp_path / "nowhere" / "state.json"):
        code, _, err = kiosk("demo-library", "--port", "0", "--state", str(state))
        assert code == 1
        assert err.startswith("kiosk: ")
        assert "--state" in err


def test_a_daybook_can_be_read_by_its_folder_alone(
    desk: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    code, out, _ = kiosk("status", "--data", str(desk.data))
    assert code == 0
    assert "running" in out
    assert kiosk("transactions", "--data", str(desk.data))[0] == 0


def test_without_a_standard_output_a_command_does_its_work(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "data", library_port=1)
    console = f'"{sys.executable}" -m kiosk console --drain 0 --config "{config}"'
    lines = f"{MAYA}\n{LEFT_HAND}\n"
    for end in (">&-", "| true", "2>&- >&-"):
        done = subprocess.run(f"{console} {end}", shell=True, input=lines.encode(), check=False)
        assert done.returncode in (0, 3)
        code, out, _ = kiosk("transactions", "--config", str(config))
        assert code == 0
        assert LEFT_HAND in out


def test_garbage_in_the_console_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    library = DemoLibrary(tmp_path)
    library.start()
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "data", library_port=library.port, printer="terminal = true")
    lines = b"\n".join(
        [
            b"\xff\xfe\x00",
            b"9" * 10_000,
            MAYA.encode(),
            LEFT_HAND.encode(),
            b":nonsense",
            BRAIDING.encode(),
            b":done",
        ]
    )
    code, out, err = kiosk("console", "--config", str(config), lines=lines)
    assert code == 0, err
    assert out.count("Not taken") == 2
    assert "Unknown command: :nonsense" in out
    assert library.loans() == {LEFT_HAND: MAYA, BRAIDING: MAYA}
    library.stop()
