"""`kiosk run`: it starts alone, and it ends when it is told to."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE
from support.shift import MAYA, Process, kiosk, wait_for

from kiosk.daybook.lock import FolderLock
from kiosk.view.link import link_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADLESS = {"SDL_VIDEODRIVER": "offscreen"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Process]:
    run = Process("run", "--demo", "--data", str(tmp_path), env=HEADLESS)
    run.start()
    wait_for(link_path(tmp_path).exists, "the engine")
    yield run
    run.stop()


@pytest.mark.usefixtures("demo")
def test_a_second_demo_in_a_folder_is_refused_before_it_touches_anything(tmp_path: Path) -> None:
    code, out, err = kiosk("run", "--demo", "--data", str(tmp_path))
    assert code == 1
    assert err == (
        f"kiosk: another `kiosk run --demo` works in {tmp_path}. "
        "End that one, or name another folder with --data\n"
    )
    assert out == ""
    assert not (tmp_path / "demo-library.json").exists()  # a library writes it at its end


def test_where_an_engine_runs_already_no_part_of_another_kiosk_starts(tmp_path: Path) -> None:
    with closing(FolderLock(tmp_path)):
        for how in ("--demo",), ("--config", str(config_in(tmp_path))):
            code, out, err = kiosk("run", *how, "--data", str(tmp_path))
            assert (code, out) == (1, "")
            assert err.startswith(f"kiosk: {tmp_path} is in use by another kiosk on this machine. ")
    assert not (tmp_path / "kiosk.log").exists()


def test_it_ends_also_when_it_cannot_start_and_its_terminal_has_been_stopped(
    tmp_path: Path,
) -> None:
    config = config_in(tmp_path)
    (tmp_path / "data").touch()  # no folder
    hand, terminal = pty.openpty()
    termios.tcflow(terminal, termios.TCOOFF)
    run = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "run", "--config", config, "--data", tmp_path / "data"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, **HEADLESS},
    )
    assert run.wait(PATIENCE) == 1
    os.close(hand)
    os.close(terminal)


def config_in(folder: Path) -> Path:
    path = folder / "kiosk.toml"
    path.write_text('[library]\nname = "Northside"\nterminal = "N1"\ntimezone = "UTC"\n')
    return path


def test_a_demo_that_has_ended_makes_room_for_the_next(tmp_path: Path) -> None:
    for _ in range(2):
        run = Process("run", "--demo", "--data", str(tmp_path), env=HEADLESS)
        run.start()
        wait_for(link_path(tmp_path).exists, "the engine")
        run.stop()
        assert not link_path(tmp_path).exists()


def test_it_ends_also_when_its_terminal_has_been_stopped(tmp_path: Path) -> None:
    hand, terminal = pty.openpty()
    termios.tcflow(terminal, termios.TCOOFF)  # what Ctrl-S does
    run = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "run", "--demo", "--data", str(tmp_path)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, **HEADLESS},
    )
    wait_for(link_path(tmp_path).exists, "the engine")
    os.write(hand, f"{MAYA}\n:plug\n".encode())
    run.send_signal(signal.SIGTERM)
    assert run.wait(PATIENCE) == 0
    os.close(hand)
    os.close(terminal)
