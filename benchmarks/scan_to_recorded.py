"""From the first byte in the scanner's line to the synced record, and to the drawn frame.

Real processes: bytes into a pty, the engine, the journal on this disk, the link, the screen's
window (SDL offscreen) which scrolls all the while. Beside it, in the same run, what one append and
fdatasync costs here. Aim: synced within one sync + 30 ms at p99, drawn within 50 ms, flat in size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _desk import Desk, card, item, median, percentile, table, until_line

from kiosk.view.link import link_path

SCREEN = Path(__file__).with_name("_scrolling_screen.py")
SCANS = 400
VISIT = 20
PACE = 0.06
"""Seconds between two scans: faster than any hand."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        sync = raw_sync(Path(folder))
        rows = [measure(Path(folder) / str(size), size, sync) for size in (0, 10_000, 100_000)]
    once, worst = median(sync), percentile(sync, 0.99)
    print(f"one append + fdatasync here: median {once:.2f} ms, p99 {worst:.2f} ms")
    table(
        [
            "transactions",
            "synced median",
            "p99",
            "p99 - one sync's p99",
            "drawn median",
            "p99 (ms)",
        ],
        rows,
    )


def raw_sync(folder: Path) -> list[float]:
    """Time an append of a record's size with fdatasync, in ms."""
    file = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    times = []
    for _ in range(SCANS):
        start = time.monotonic_ns()
        os.write(file, b"x" * 500)
        os.fdatasync(file)
        times.append((time.monotonic_ns() - start) / 1e6)
    os.close(file)
    return times


def measure(folder: Path, size: int, sync: list[float]) -> list[object]:
    folder.mkdir()
    desk = Desk(folder, size)
    trace = folder / "frames"
    screen = subprocess.Popen(
        [sys.executable, str(SCREEN), str(link_path(desk.data))],
        stderr=subprocess.PIPE,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "KIOSK_TRACE_FRAMES": str(trace)},
    )
    with until_line(screen, b"first frame"):
        pass
    scanned = {}
    for n in range(SCANS):
        if n % VISIT == 0:
            desk.scan(card(900_000 + n))
        barcode = item(9_000_000 + n)
        scanned[barcode] = desk.scan(barcode)
        time.sleep(PACE)
    synced = [(desk.wait_recorded(b) - at) / 1e6 for b, at in scanned.items()]
    time.sleep(0.5)
    lines = {desk.line_ids[b]: at for b, at in scanned.items() if b in desk.line_ids}
    drawn = drawn_after(trace, lines)
    screen.terminate()
    screen.wait()
    desk.close()
    return [
        size,
        median(synced),
        percentile(synced, 0.99),
        percentile(synced, 0.99) - percentile(sync, 0.99),
        median(drawn),
        percentile(drawn, 0.99),
    ]


def drawn_after(trace: Path, scanned: dict[str, int]) -> list[float]:
    """Time to the first frame that shows each line, in ms."""
    first: dict[str, int] = {}
    for row in trace.read_text().splitlines():
        at, line = row.split()
        first.setdefault(line, int(at))
    return [(first[line] - at) / 1e6 for line, at in scanned.items() if line in first]


if __name__ == "__main__":
    main()
