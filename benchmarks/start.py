"""How fast and how large: the screen beside an empty Kivy app, the engine with and without history.

Aim: first usable frame and memory of the screen at most 1.5x of the empty app; 100,000
transactions add at most the open time and 120 MB, in the engine; an idle screen draws only when
the clock changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _desk import Desk, median, resident, table, until_line

IDLE = 30
RUNS = 3
EMPTY = Path(__file__).with_name("_empty.py")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        empty = [started([sys.executable, str(EMPTY)], folder) for _ in range(RUNS)]
        rows = [["empty Kivy app", *summary(empty, empty)]]
        for size in (0, 100_000):
            (folder / str(size)).mkdir()
            desk = Desk(folder / str(size), size)
            rows.append(engine_row(desk, size))
            command = [sys.executable, "-m", "kiosk", "screen", "--config", str(desk.config)]
            screens = [started(command, folder) for _ in range(RUNS)]
            rows.append([f"screen, {size} transactions", *summary(screens, empty)])
            if size == 0:
                idle = idle_frames(command, folder)
            desk.close()
        table(["", "first frame ms", "x", "memory MB", "x"], rows)
        print(f"frames drawn in {IDLE} s of idleness: {idle} (the clock changes at most once)")


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


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(folder / "kivy")}


def idle_frames(command: list[str], folder: Path) -> int:
    trace = folder / "idle"
    env = {**environment(folder), "KIOSK_TRACE_FRAMES": str(trace)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=env)
    with until_line(process, b"first frame"):
        time.sleep(2)
        before = len(trace.read_text().splitlines())
        time.sleep(IDLE)
        after = len(trace.read_text().splitlines())
    process.terminate()
    process.wait()
    return after - before


def summary(some: list[tuple[float, float]], base: list[tuple[float, float]]) -> list[object]:
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
