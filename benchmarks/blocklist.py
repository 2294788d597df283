"""What a block list costs, kept in our sorted file, in a dict, and in SQLite.

All are made from the same unsorted list, as Evergreen gives it out, with 14-digit cards; building
includes reading it, and syncing what goes to the disk. Each is built, and then opened and asked, in
a fresh process of its own. Half of the cards that are looked up are on the list, and their order is
random. Memory is the process's own, beside what Python and the modules take; what the
system keeps of a file in its page cache is given back when others need it.

On a machine that has other things to do, believe the CPU rather than the seconds.

Aim, at 5 million: open in a millisecond, look up in 2 µs, build in 8 s with 50 MB.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from _desk import median, table

from kiosk.daybook.blocklist.file import NAME, BlockListFile
from kiosk.daybook.blocklist.refresh import import_file
from kiosk.daybook.blocklist.settings import BlockListSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = (10_000, 1_000_000, 5_000_000)
LOOKUPS = 50_000
OPENINGS = 5
LETTERS = "LEBD"
LIST = "list.txt"


def cards(count: int, seed: int) -> Iterator[str]:
    """Give cards of two institutions, in no order."""
    numbers = random.Random(seed)
    for _ in range(count):
        yield f"2{numbers.choice('12')}234{numbers.randrange(10**9):09d}"


def write_list(folder: Path, size: int) -> None:
    with (folder / LIST).open("w") as file:
        file.writelines(f"{card} {LETTERS[n % 4]}\n" for n, card in enumerate(cards(size, 1)))


def pairs(folder: Path) -> Iterator[tuple[str, str]]:
    with (folder / LIST).open() as file:
        for line in file:
            card, letter = line.split()
            yield card, letter


# -- the contenders: one builds from the list, the other opens and gives what looks a card up ------


def build_file(folder: Path) -> None:
    zone = ZoneInfo("UTC")
    import_file(folder / LIST, BlockListSettings(), folder, zone, datetime.now(zone))


def open_file(folder: Path) -> Callable[[str], object]:
    return BlockListFile(folder / NAME).listed


def build_dict(folder: Path) -> None:
    """Nothing: a dict is made from the list at each start."""


def open_dict(folder: Path) -> Callable[[str], object]:
    return dict(pairs(folder)).get


def build_sqlite(folder: Path) -> None:
    database = sqlite3.connect(folder / "sqlite")
    database.execute("CREATE TABLE blocked (card TEXT PRIMARY KEY, letter TEXT) WITHOUT ROWID")
    database.executemany("INSERT OR IGNORE INTO blocked VALUES (?, ?)", pairs(folder))
    database.commit()
    database.close()


def open_sqlite(folder: Path) -> Callable[[str], object]:
    database = sqlite3.connect(folder / "sqlite")
    ask = database.execute
    ask("SELECT 1 FROM blocked LIMIT 1").fetchone()
    return lambda card: ask("SELECT letter FROM blocked WHERE card = ?", (card,)).fetchone()


CONTENDERS = {
    "sorted file": (build_file, open_file, NAME),
    "dict": (build_dict, open_dict, LIST),
    "SQLite": (build_sqlite, open_sqlite, "sqlite"),
}


# -- measuring, in processes of their own ----------------------------------------------------------


def own_memory() -> float:
    """Give the memory that is this process's own, in MB (proc(5), RssAnon)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def measure_build(name: str, folder: Path) -> dict[str, float]:
    before = largest()
    start, cpu = time.perf_counter(), time.process_time()
    CONTENDERS[name][0](folder)
    return {
        "build": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "build_memory": largest() - before,
    }


def largest() -> float:
    """Give how large this process has ever been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_use(name: str, folder: Path) -> dict[str, float]:
    size = sum(1 for _ in (folder / LIST).open("rb"))
    half = min(size, LOOKUPS // 2)
    asked = [*islice(cards(size, 1), half), *cards(half, 2)]
    random.Random(3).shuffle(asked)
    before = own_memory()
    start = time.perf_counter()
    look_up = CONTENDERS[name][1](folder)
    opened = time.perf_counter() - start
    found = sum(look_up(card) is not None for card in asked)
    assert found >= half, f"{name} lost cards"
    rounds = []
    for _ in range(OPENINGS):
        start = time.perf_counter()
        for card in asked:
            look_up(card)
        rounds.append((time.perf_counter() - start) / len(asked))
    start = time.perf_counter()
    for card in asked:
        _nothing(card)
    call = (time.perf_counter() - start) / len(asked)
    return {
        "open": opened,
        "memory": own_memory() - before,
        "lookup": median(rounds) - call,
        "disk": (folder / CONTENDERS[name][2]).stat().st_size / 1e6,
    }


def _nothing(card: str) -> None:
    """Be called, to know what a call alone costs."""


def in_a_fresh_process(what: str, name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, what, name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(name: str, size: int, folder: Path) -> list[object]:
    built = in_a_fresh_process("build", name, folder)
    uses = [in_a_fresh_process("use", name, folder) for _ in range(3)]
    used = {key: median([use[key] for use in uses]) for key in uses[0]}
    return [
        f"{size:,} {name}",
        built["build"],
        built["cpu"],
        built["build_memory"],
        used["open"] * 1e3,
        used["lookup"] * 1e6,
        used["memory"],
        used["disk"],
    ]


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench", dir=os.environ.get("TMPDIR")) as folder:
            write_list(Path(folder), size)
            rows += [row(name, size, Path(folder)) for name in CONTENDERS]
    table(
        ("", "build s", "CPU s", "with MB", "open ms", "lookup µs", "memory MB", "disk MB"),
        rows,
    )


if __name__ == "__main__":
    if sys.argv[1:2] in (["build"], ["use"]):
        measure = {"build": measure_build, "use": measure_use}[sys.argv[1]]
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        main()
