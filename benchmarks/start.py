"""What a history costs at the start: the engine, and the screen beside an empty Kivy app.

Aim: 100,000 transactions add at most the open time and 120 MB, in the engine, and nothing in the
screen. `screens.py` tells more of the screen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from _desk import Desk, environment, median, resident, table, until_line

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS = 5
EMPTY = Path(__file__).with_name("_empty.py")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        empty_app = [sys.executable, str(EMPTY)]
        rows = []
        for size in (0, 100_000):
            (folder / str(size)).mkdir()
            desk = Desk(folder / str(size), size)
            rows.append(engine_row(desk, size))
            command = [sys.executable, "-m", "kiosk", "screen", "--config", str(desk.config)]
            started(command, folder)  # compiles
            pairs = [(started(empty_app, folder), started(command, folder)) for _ in range(RUNS)]
            empty, screens = zip(*pairs, strict=True)
            rows.append(["empty Kivy app", *summary(empty, empty)])
            rows.append([f"screen, {size} transactions", *summary(screens, empty)])
            desk.close()
        table(["", "first frame ms", "x", "memory MB", "x"], rows)


def engine_row(desk: Desk, size: int) -> list[object]:
    """Restart the engine to time its start alone."""
    desk.close_engine()
    began = time.monotonic_ns()
    desk.restart()
    took = (time.monotonic_ns() - began) / 1e6
    return [f"engine, {size} transactions", took, "", resident(desk.engine.pid), ""]


def started(command: list[str], folder: Path) -> tuple[float, float]:
    """Start a window; give the time to its first frame in ms, and its memory in MB."""
    began = time.monotonic_ns()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(folder))
    with until_line(process, b"first frame") as at:
        time.sleep(0.5)
        size = resident(process.pid)
    process.terminate()
    process.wait()
    return (at - began) / 1e6, size


def summary(
    some: Sequence[tuple[float, float]], base: Sequence[tuple[float, float]]
) -> list[object]:
    times, sizes = zip(*some, strict=True)
    base_times, base_sizes = zip(*base, strict=True)
    return [
        median(times),
        median(times) / median(base_times),
        median(sizes),
        median(sizes) / median(base_sizes),
    ]


if __name__ == "__main__":
    main()
