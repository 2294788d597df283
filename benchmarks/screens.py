"""The screen beside an empty Kivy app of the same size, in the same run.

    first usable frame   from the start of the process to a frame that shows the desk: at most 1.5x
    memory               RSS and PSS, after the first visit and after 200 transactions: at most 1.5x
    idle frames          in 30 s of idleness, beside those for the clock: none
    longest callback     on the UI thread over a scripted shift, in CPU time: at most 16 ms
    rows                 made while scrolling 500: at most those to be seen, and 2
    answer to frame      from the arrival of an answer over the link to the frame that shows it

`screens.py` is small enough for `make bench`, about 5 minutes; `screens.py --full` has more rounds,
for figures to be written down. Of each figure the median of the rounds is told. A callback is known
by its step of the shift and its name, and counts with the median of its worst in each round: what
other processes do to the machine hits another one each time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _desk import Desk, card, environment, item, median, percentile, table, until_line

from kiosk.view.link import link_path
from kiosk.view.messages import Pressed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
EMPTY = HERE / "_empty.py"
WATCHED = HERE / "_watched.py"
TRANSACTIONS = 200
IN_A_VISIT = 10
IDLE = 30
ROWS = 500
CHANGES = 40
READY = 10.0
"""Seconds in which everything that is made beforehand is made."""
PAUSE = 0.4
DRAWING = "Window.on_draw"
READYING = "KioskApp._make_ready.make_next"

PLACES = ("more", "settings", "help", "devices", "ready", "delivery")
LISTS_AND_FORMS = ("today", "exceptions", "sessions", "runs", "register", "noncat", "guest", "cart")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="more rounds, for good figures")
    full = parser.parse_args().full
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        print_beside_empty(folder, starts=9 if full else 3, visits=3 if full else 1)
        print_watched(folder, rounds=5 if full else 2)


def print_beside_empty(folder: Path, starts: int, visits: int) -> None:
    """Print what is measured from outside: the start, and memory."""
    desk = new_desk(folder / "outside")
    empty = [sys.executable, str(EMPTY)]
    screen = [sys.executable, "-m", "kiosk", "screen", "--config", str(desk.config)]
    first_frame(screen, folder)  # compiles
    pairs = [(first_frame(empty, folder), first_frame(screen, folder)) for _ in range(starts)]
    rows = [beside("first usable frame, ms", *zip(*pairs, strict=True))]
    bare = [memory_of_empty(folder) for _ in range(visits)]
    busy = [memory_after_work(folder, desk) for _ in range(visits)]
    for n, when in enumerate(("first visit", f"{TRANSACTIONS} transactions")):
        for which in ("Rss", "Pss"):
            name = f"{which.upper()} after {when}, MB"
            rows.append(beside(name, [x[which] for x in bare], [x[n][which] for x in busy]))
    desk.close()
    table(["", "empty Kivy app", "screen", "x"], rows)
    print()


def new_desk(folder: Path) -> Desk:
    folder.mkdir()
    return Desk(folder, 0)


def beside(name: str, empty: Sequence[float], screen: Sequence[float]) -> list[object]:
    return [name, median(empty), median(screen), median(screen) / median(empty)]


def first_frame(command: list[str], folder: Path) -> float:
    """Start a window; give the ms to its first frame."""
    with Window(command, folder) as window:
        return window.first_frame


class Window(contextlib.AbstractContextManager["Window"]):
    """A process with a window, until the end of the block; `first_frame` is in ms."""

    def __init__(self, command: list[str], folder: Path) -> None:
        began = time.monotonic_ns()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(folder),
        )
        with until_line(self.process, b"first frame") as at:
            self.first_frame = (at - began) / 1e6

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def tell(self, line: str) -> None:
        """Tell a watched window what to do."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:  # its last words say why
            assert self.process.stderr is not None
            sys.exit(self.process.stderr.read().decode())

    def ask(self, line: str) -> Any:
        """Tell it so, and give its answer."""
        assert self.process.stdout is not None
        self.tell(line)
        return json.loads(self.process.stdout.readline())

    def memory(self) -> dict[str, float]:
        """Give what it holds, in MB; PSS has its part of what it shares with others."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return {x: int(rollup.split(f"{x}:")[1].split()[0]) / 1024 for x in ("Rss", "Pss")}


def watched(*arguments: str) -> list[str]:
    return [sys.executable, str(WATCHED), *arguments]


def memory_of_empty(folder: Path) -> dict[str, float]:
    with Window(watched("empty"), folder) as window:
        time.sleep(1)
        change(window)
        return window.memory()


def change(window: Window) -> None:
    """Have the empty app draw frames."""
    for _ in range(CHANGES):
        window.tell("change")
        time.sleep(0.05)


def memory_after_work(folder: Path, desk: Desk) -> tuple[dict[str, float], dict[str, float]]:
    """Give what the screen holds after the first visit, and after the transactions.

    The watched ones finish each frame: in memory offscreen frames would pile up otherwise.
    """
    with Window(watched("screen", str(link_path(desk.data))), folder) as window:
        time.sleep(READY)
        visit(desk, 0)
        first = window.memory()
        for number in range(1, TRANSACTIONS // IN_A_VISIT):
            visit(desk, number)
        return first, window.memory()


def visit(desk: Desk, number: int) -> None:
    """Lend ten items, so slowly that the screen can show each."""
    desk.scan(card(number))
    for _ in range(IN_A_VISIT):
        barcode = item(time.monotonic_ns() % 10**7)
        desk.recorded.pop(barcode, None)
        desk.scan(barcode)
        desk.wait_recorded(barcode)
        time.sleep(0.05)
    desk.link.send(Pressed(command="done"))
    time.sleep(0.3)


def print_watched(folder: Path, rounds: int) -> None:
    """Print what is measured inside the window's process."""
    empty = [watch_empty(folder, idle=n == 0) for n in range(rounds)]
    screen = [watch_screen(folder / f"inside-{n}", idle=n == 0) for n in range(rounds)]
    table(["", "empty Kivy app", "screen"], watched_rows(empty, screen))
    print("\nlongest callbacks, CPU ms: median of each round's worst, and the least")
    steps = longest(screen)
    told = [(name, step, median(took), min(took)) for (step, name), took in steps[:5]]
    table(["", "step", "median", "least"], told)


def watched_rows(empty: list[Any], screen: list[Any]) -> list[list[object]]:
    rows: list[list[object]] = [
        [f"frames in {IDLE} s of idleness", empty[0]["idle"], screen[0]["idle"]],
        ["... of which for the clock", "-", screen[0]["minutes"]],
        ["longest callback, CPU ms", worst(empty), worst(screen)],
        ["longest of what is made ready, CPU ms", "-", worst(screen, READYING)],
        ["longest drawing, CPU ms (GL in software)", worst(empty, DRAWING), worst(screen, DRAWING)],
        [f"rows made for {ROWS}", "-", median([x["rows"]["made"] for x in screen])],
        ["rows to be seen at once", "-", median([x["rows"]["visible"] for x in screen])],
    ]
    for column, clock in enumerate(("wall", "CPU")):
        for how, measure in (("median", median), ("p95", lambda x: percentile(x, 0.95))):
            values = [
                measure([drawn[column] for each in some for drawn in each["drawn"]])
                for some in (empty, screen)
            ]
            rows.append([f"answer to frame, {clock} ms, {how}", *values])
    return rows


def worst(rounds: list[Any], name: str = "") -> float:
    """Give the longest callback; or the longest of this name."""
    if name:
        values = [[took for _, x, took in each["took"] if x == name] for each in rounds]
        return median([max(x, default=0.0) for x in values])
    steps = longest(rounds)
    return median(steps[0][1]) if steps else 0.0


def longest(rounds: list[Any]) -> list[tuple[tuple[str, str], list[float]]]:
    """Give the worst of each callback in each round, those that are longest first."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for each in rounds:
        most: defaultdict[tuple[str, str], float] = defaultdict(float)
        for step, name, took in each["took"]:
            if name not in (DRAWING, READYING) and step != "start":
                most[step, name] = max(most[step, name], took)
        for key, took in most.items():
            found[key].append(took)
    whole = [(key, took) for key, took in found.items() if len(took) == len(rounds)]
    return sorted(whole, key=lambda each: -median(each[1]))


def watch_empty(folder: Path, *, idle: bool) -> dict[str, Any]:
    with Window(watched("empty"), folder) as window:
        time.sleep(1)
        frames = idle_frames(window) if idle else 0
        window.tell("step changes")
        change(window)
        return {"idle": frames, **window.ask("report")}


def watch_screen(folder: Path, *, idle: bool) -> dict[str, Any]:
    """Work a shift at a desk of its own."""
    desk = new_desk(folder)
    with Window(watched("screen", str(link_path(desk.data))), folder) as window:
        time.sleep(READY)
        found = idleness(desk, window) if idle else {}
        work_shift(desk, window)
        report = window.ask("report")
        window.tell("step scrolling")
        desk.scan(card(77))
        desk.scan(item(77))
        time.sleep(1)
        found["rows"] = window.ask(f"rows {ROWS}")
    desk.close()
    return {**found, **report}


def idleness(desk: Desk, window: Window) -> dict[str, int]:
    """Count the frames of idleness, and the minutes that began in it: the clock shows each.

    First the engine looks whether all is ready for an outage, as it does once a day.
    """
    desk.wait_looked_over()
    time.sleep(1)
    minute = time.time() // 60
    frames = idle_frames(window)
    return {"idle": frames, "minutes": int(time.time() // 60 - minute)}


def idle_frames(window: Window) -> int:
    before = window.ask("frames")
    time.sleep(IDLE)
    return int(window.ask("frames") - before)


def work_shift(desk: Desk, window: Window) -> None:
    """Do a little of everything, step by step."""

    def step(name: str, do: Callable[[], object]) -> None:
        window.tell(f"step {name}")
        time.sleep(0.05)
        do()
        time.sleep(PAUSE)

    def press(command: str) -> None:
        step(f":{command}", lambda: desk.link.send(Pressed(command=command)))

    def tell(line: str) -> None:
        step(line, lambda: window.tell(line))

    step("card", lambda: desk.scan(card(1)))
    for n in range(IN_A_VISIT):
        step("item", lambda n=n: desk.scan(item(n)))
    for line in ("due", "close", "pad", "close"):
        tell(line)
    press("undo")
    press("done")
    step("not a number", lambda: desk.scan("HELLO"))
    press("checkin")
    for n in range(IN_A_VISIT):
        step("return", lambda n=n: desk.scan(item(n)))
    press("done")
    press("renew")
    press("inhouse")
    press("checkout")
    for command in LISTS_AND_FORMS:
        press(command)
        press("no")
    press("checkout")
    for place in PLACES:
        tell(f"go {place}")
        tell("go")


if __name__ == "__main__":
    main()
