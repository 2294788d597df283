"""`kiosk run` with a real window: the screen dies in the middle of a visit, and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops
from support.patience import PATIENCE
from support.shift import BRAIDING, LEFT_HAND, MAYA, SPIRITED, DemoLibrary, wait_for, write_config

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = (880, 0, 1024, 52)
"""Where the time stands; it may go on between two pictures."""


class Run:
    """`kiosk run` in a terminal of its own."""

    def __init__(self, config: Path, folder: Path) -> None:
        self.folder = folder
        self.output = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "run", "--config", str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        )
        threading.Thread(target=self._read, daemon=True).start()

    def drawn(self) -> None:
        log = self.folder / "data" / "kiosk.log"
        wait_for(lambda: log.exists() and "first frame" in log.read_text(), "the first frame")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output += line.decode()

    def type(self, *lines: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self._process.stdin.flush()

    def prints(self, text: str) -> None:
        wait_for(lambda: text in self.output, text)

    def screenshot(self, name: str) -> Image.Image:
        path = self.folder / name
        path.unlink(missing_ok=True)
        self.type(f":screenshot {path}")
        wait_for(path.exists, f"the screenshot {name}")
        with Image.open(path) as image:
            return image.convert("RGB")

    def settled(self, name: str) -> Image.Image:
        """Take the picture once it stands still: an answer may be printed before it is drawn."""
        seen = self.screenshot(name)

        def stands() -> bool:
            nonlocal seen
            last, seen = seen, self.screenshot(name)
            return differing(last, seen) == 0

        wait_for(stands, f"the screen stands still for {name}")
        return seen

    def pid_of(self, part: str) -> int:
        """Find the process of one part among the children."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in children.read_text().split():
            if part in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
                return int(pid)
        raise AssertionError(f"{part} does not run")

    def end_of_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def running(self) -> bool:
        return self._process.poll() is None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Run]:
    library = DemoLibrary(tmp_path)
    library.start()
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "data", library_port=library.port, printer="terminal = true")
    config.write_text(config.read_text() + "\n[screen]\nwidth = 1024\nheight = 600\n")
    run = Run(config, tmp_path)
    yield run
    if run.running():
        assert run.stop() == 0
    library.stop()


def test_a_killed_screen_loses_no_scan_and_comes_back_to_the_same_picture(desk: Run) -> None:
    desk.drawn()
    desk.type(MAYA, LEFT_HAND, BRAIDING)
    desk.prints("confirmed  Braiding Sweetgrass")
    before = desk.settled("before.png")
    first = desk.pid_of("screen")
    os.kill(first, signal.SIGKILL)
    desk.type(SPIRITED)
    desk.prints("confirmed  Spirited Away")
    desk.type(":undo")
    desk.prints("Undone")
    log = desk.folder / "data" / "kiosk.log"
    wait_for(lambda: log.read_text().count("first frame") == 2, "the screen again")
    after = desk.settled("after.png")
    assert desk.pid_of("screen") != first
    assert differing(before, after) < 0.2, "only the last answer and the row undone are new"


def test_the_same_picture_where_nothing_happened_meanwhile(desk: Run) -> None:
    desk.drawn()
    desk.type(MAYA, LEFT_HAND)
    desk.prints("confirmed  The Left Hand of Darkness")
    before = desk.settled("before.png")
    os.kill(desk.pid_of("screen"), signal.SIGKILL)
    log = desk.folder / "data" / "kiosk.log"
    wait_for(lambda: log.read_text().count("first frame") == 2, "the screen again")
    # Less than one pixel in a hundred: letters may land half a pixel beside where they were.
    assert differing(before, desk.settled("after.png")) < 0.01


def test_what_is_typed_before_the_engine_is_up_waits_for_it(desk: Run) -> None:
    desk.type(MAYA, LEFT_HAND, ":done")
    desk.prints("1 item checked out")
    assert "Not taken" not in desk.output


def test_a_killed_engine_comes_back_with_the_visit_open(desk: Run) -> None:
    desk.type(MAYA, LEFT_HAND)
    desk.prints("confirmed  The Left Hand of Darkness")
    os.kill(desk.pid_of("engine"), signal.SIGKILL)
    desk.prints("The desk engine has stopped")
    desk.prints("The desk engine runs")
    desk.type(BRAIDING)
    desk.prints("confirmed  Braiding Sweetgrass")
    desk.type(":done")
    desk.prints("2 items checked out")


def test_a_full_screen_ends_when_the_system_asks_for_it(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    write_config(config, tmp_path / "data", library_port=1)
    screen = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "screen", "--config", str(config)],
        stderr=subprocess.PIPE,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
    )
    assert screen.stderr is not None
    try:
        assert any(b"the screen is drawn" in line for line in screen.stderr)
        screen.send_signal(signal.SIGTERM)
        assert screen.wait(PATIENCE) == 0
    finally:
        screen.kill()
        screen.wait()


def test_the_end_of_input_does_not_end_it(desk: Run) -> None:
    desk.drawn()
    desk.end_of_input()
    with pytest.raises(AssertionError):
        wait_for_briefly(lambda: not desk.running())


def wait_for_briefly(check: object) -> None:
    done = threading.Event()
    for _ in range(20):
        if check():  # type: ignore[operator]
            return
        done.wait(0.05)
    raise AssertionError


def differing(one: Image.Image, other: Image.Image) -> float:
    """Give the share of pixels that differ, leaving out the clock."""
    for image in (one, other):
        image.paste((0, 0, 0), CLOCK)
    difference = ImageChops.difference(one, other).convert("L").point(lambda p: 255 * (p > 0))
    return difference.histogram()[255] / (one.width * one.height)
