"""A shift of 2,000 scans through `kiosk console`, beside bare synced appends of the same frames.

A hundred patrons with nine items each, then a thousand returns in one batch. Once as fast as lines
can be piped in, where commits gather; and once as at a desk, where each scan waits for the answer
to the one before. Afterwards the frames that the journal has written are appended to a prepared
file and synced one by one: no program that records them can do it in less. All in one run, the
start of the process left out.

Aim: as at a desk, a scan takes at most 5 ms more than its bare append (console, link, desk, writer
and the way back included); that is what the last column but one tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from _desk import card, item, median, table

from kiosk.daybook.daybook import JOURNAL
from kiosk.daybook.journal import frames, segments

if TYPE_CHECKING:
    from collections.abc import Iterator

PATRONS = 100
ITEMS = 9
RETURNS = 1_000
ROUNDS = 3
RECORDED = PATRONS * ITEMS + RETURNS
ANSWERS = {
    ":time": b"It is ",
    ":done-noslip": b"items checked out",
    ":checkin": b"Check in: scan the items",
    ":done": b"items checked in",
}
PIECE = 2**16


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for name, run in (("piped in", piped), ("one by one", one_by_one)):
            results = [measure(Path(folder) / f"{name}-{n}", run) for n in range(ROUNDS)]
            rows.append([name, *(median(column) for column in zip(*results, strict=True))])
    print(f"{len(list(scans()))} scans, {RECORDED} transactions; medians of {ROUNDS} rounds")
    table(
        ["", "seconds", "scans/s", "commits", "bare/s", "ms more", "scans/s : bare/s"],
        rows,
    )


def scans() -> Iterator[str]:
    for patron in range(PATRONS):
        yield card(patron)
        for n in range(ITEMS):
            yield item(patron * ITEMS + n)
    for n in range(RETURNS):
        yield item(100_000 + n)


def lines() -> list[str]:
    """The scans, and what is pressed between them."""
    every = list(scans())
    lent = PATRONS * (ITEMS + 1)
    return [*every[:lent], ":done-noslip", ":checkin", *every[lent:], ":done"]


def measure(folder: Path, run: object) -> list[float]:
    folder.mkdir()
    config = folder / "kiosk.toml"
    config.write_text(f'data = "{folder / "data"}"\n[desk]\nreceipts = "none"\n')
    with console(config) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask(process, ":time")  # it is up
        start = time.monotonic()
        recorded = run(process)  # type: ignore[operator] # one of the two below
        seconds = time.monotonic() - start
        process.stdin.close()
    assert recorded == RECORDED, recorded
    bare, commits = append_bare(folder)
    count = PATRONS * (ITEMS + 1) + RETURNS
    per_second, bare_per_second = count / seconds, commits / bare
    more = 1000 * (1 / per_second - 1 / bare_per_second)
    return [seconds, per_second, commits, bare_per_second, more, per_second / bare_per_second]


def console(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk", "console", "--config", str(config), "--drain", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def ask(process: subprocess.Popen[bytes], text: str) -> None:
    """Give the console a line, and wait for the one that answers it."""
    assert process.stdin is not None
    process.stdin.write(text.encode() + b"\n")
    process.stdin.flush()
    wait_for(process, answer_to(text))


def answer_to(text: str) -> bytes:
    """Give what stands in the line that answers: an item by its number, a card by its ending."""
    if text.startswith(":"):
        return ANSWERS[text]
    return f"recorded   {text}".encode() if text.startswith("3") else f"ending {text[-4:]}".encode()


def wait_for(process: subprocess.Popen[bytes], text: bytes) -> int:
    """Read lines until one has this text; count those that say that something is recorded."""
    assert process.stdout is not None
    recorded = 0
    for line in process.stdout:
        recorded += b"  recorded   " in line
        if text in line:
            return recorded
    raise AssertionError(f"{text!r} never came")


def piped(process: subprocess.Popen[bytes]) -> int:
    """Write all at once; count what is recorded until the last batch is closed."""
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in lines()).encode())
    process.stdin.flush()
    return wait_for(process, ANSWERS[":done"])


def one_by_one(process: subprocess.Popen[bytes]) -> int:
    """Scan only when the scan before was answered; each item's answer says that it is recorded."""
    for line in lines():
        ask(process, line)
    return RECORDED


def append_bare(folder: Path) -> tuple[float, int]:
    """Append the journal's frames to a prepared file, each synced; give seconds and how many."""
    written = list(frames_of(folder / "data" / JOURNAL))
    size = sum(map(len, written))
    file = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT, 0o600)
    for offset in range(0, size + PIECE, PIECE):
        os.pwrite(file, bytes(PIECE), offset)
    os.fsync(file)
    place, start = 0, time.monotonic()
    for frame in written:
        os.pwrite(file, frame, place)
        os.fdatasync(file)
        place += len(frame)
    seconds = time.monotonic() - start
    os.close(file)
    return seconds, len(written)


def frames_of(journal: Path) -> Iterator[bytes]:
    for path in segments.survey(journal).segments.values():
        data, offset = path.read_bytes(), segments.HEADER_SIZE
        while (frame := frames.decode(data, offset)) is not None:
            yield data[frame.start : frame.end]
            offset = frame.end


if __name__ == "__main__":
    main()
