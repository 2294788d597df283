"""What a commit costs: the journal beside bare system calls, SQLite, and TinyDB's own storage.

All are given the same transactions, one a commit, in turns of a few commits each, so that a noisy
machine is noisy to all. The bare ones write the finished line and sync it, nothing else: no program
that keeps its word can do less. SQLite (WAL, synchronous=FULL) gets the finished line too. TinyDB's
own storage takes part seldom, because it is slow. CPU is all that the thread used, the kernel's
work on the sync included; and once more with syncing turned off. What went to the disk is the
disk's own count; it knows of everybody's writes, so a tenth of the turns, the quietest, is shown.

Then: opening, in a process of its own; and commits without a pause while a child process rewrites
all there is (`kiosk.daybook.journal.compaction`), the waits for its last steps included.

Aim: a commit at most 1.2x of a bare append and 1.3x of a bare write into prepared space, 25 µs of
CPU, the same from 0 to 100,000 documents; these opened in a second with 120 MB; 99.9 % of commits
at most 3x slower while rewriting.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _desk import card, item, median, percentile, table, unsynced
from tinydb import TinyDB

from kiosk.daybook.journal import JournalStorage, JournalTable
from kiosk.daybook.journal.compaction import publish, unfinished, write_base
from kiosk.daybook.journal.segments import remove

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SIZES = (0, 1_000, 10_000, 100_000)
COMMITS = 2_000
TURN = 20
"""Commits of one contender before the next one's turn."""
PREPARED = 8 * 2**20
PIECE = 2**16
"""Bytes. Linux keeps what was written at once as one; a small write into a large one is dearer."""
ROUNDS = 3
"""Times that all is rewritten."""
REST = 1.0
"""Times that the rewriting child pauses longer than it works."""
TABLE = "transactions"

Document = dict[str, Any]
Commit = Callable[[Document, bytes], object]
"""Returns when the document, or the line that it is as JSON, is on the disk."""


def transaction(number: int) -> Document:
    """Give one loan: 247 bytes of JSON."""
    return {
        "kind": "checkout",
        "id": f"{number:032x}",
        "visit": f"{number // 10:024x}",
        "position": number % 10 + 1,
        "at": "2026-03-02T09:30:00.123456+00:00",
        "source": "scan",
        "staff": "Ines",
        "item": item(number),
        "patron": card(number // 10),
        "due": "2026-03-23",
    }


def line(document: Document) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


# -- the contenders: each makes a store of some documents, and gives what commits one more ---------


@contextmanager
def bare_append(folder: Path, documents: Iterable[Document]) -> Iterator[Commit]:
    file = os.open(folder / "append", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, b"".join(map(line, documents)))
    os.fsync(file)

    def commit(_: Document, text: bytes) -> None:
        os.write(file, text)
        os.fdatasync(file)

    yield commit
    os.close(file)


@contextmanager
def bare_prepared(folder: Path, documents: Iterable[Document]) -> Iterator[Commit]:
    file = os.open(folder / "prepared", os.O_WRONLY | os.O_CREAT, 0o600)
    end = os.pwrite(file, b"".join(map(line, documents)), 0)
    for offset in range(end, end + PREPARED, PIECE):
        os.pwrite(file, bytes(PIECE), offset)
    os.fsync(file)

    def commit(_: Document, text: bytes) -> None:
        nonlocal end
        os.pwrite(file, text, end)
        os.fdatasync(file)
        end += len(text)

    yield commit
    os.close(file)


@contextmanager
def journal(folder: Path, documents: Iterable[Document]) -> Iterator[Commit]:
    base = open_journal(folder)
    rows = base.table(TABLE)
    with unsynced():
        for document in documents:  # one a commit, as a desk leaves them
            rows.insert(document)
    yield lambda document, _: rows.insert(document)
    base.close()


def open_journal(folder: Path) -> TinyDB:
    return Journaled(folder / "journal", storage=JournalStorage)


class Journaled(TinyDB):
    """TinyDB with our storage and our table, and nothing else."""

    table_class = JournalTable


@contextmanager
def sqlite(folder: Path, documents: Iterable[Document]) -> Iterator[Commit]:
    base = open_sqlite(folder)
    base.execute(f"create table {TABLE} (id integer primary key, document text)")
    insert = f"insert into {TABLE} (document) values (?)"
    with base:
        base.execute("begin")
        base.executemany(insert, ((line(document),) for document in documents))
    yield lambda _, text: base.execute(insert, (text,))
    base.close()


def open_sqlite(folder: Path) -> sqlite3.Connection:
    base = sqlite3.connect(folder / "sqlite", isolation_level=None)
    base.execute("pragma journal_mode = wal")
    base.execute("pragma synchronous = full")
    return base


@contextmanager
def stock(folder: Path, documents: Iterable[Document]) -> Iterator[Commit]:
    base = open_stock(folder)
    rows = base.table(TABLE)
    rows.insert_multiple(documents)
    yield lambda document, _: rows.insert(document)
    base.close()


def open_stock(folder: Path) -> TinyDB:
    return TinyDB(folder / "stock.json")


def count_in_sqlite(folder: Path) -> int:
    (count,) = open_sqlite(folder).execute(f"select count(*) from {TABLE}").fetchone()
    return count


OPEN_AND_COUNT: dict[str, Callable[[Path], int]] = {
    "this journal": lambda folder: len(open_journal(folder).table(TABLE)),
    "SQLite": count_in_sqlite,
    "TinyDB's own": lambda folder: len(open_stock(folder).table(TABLE)),
}


# -- commits ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What had been written at some moment; None where the system does not tell."""

    given: int | None
    """Bytes that this process gave to the system."""
    sectors: int | None
    """512 bytes each, on the disk."""
    writes: int | None
    """Requests to the disk."""


def counts(disk: Path) -> Counts:
    return Counts(
        given=number_in(Path("/proc/self/io"), 3),  # wchar: proc_pid_io(5)
        sectors=number_in(disk, 6),  # Documentation/block/stat.rst in Linux
        writes=number_in(disk, 4),
    )


def number_in(file: Path, place: int) -> int | None:
    try:
        return int(file.read_text().split()[place])
    except OSError:
        return None


def disk_under(folder: Path) -> Path:
    """Find the statistics of the disk that a folder lies on."""
    device = folder.stat().st_dev
    return Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")


@dataclass
class Contender:
    """One that commits: in every `every`th turn, `each` times."""

    name: str
    commit: Commit
    every: int = 1
    each: int = TURN
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    written: list[tuple[Counts, Counts]] = field(default_factory=list)

    def take_turn(self, documents: Sequence[Document], disk: Path) -> None:
        lines = [line(document) for document in documents]
        before = counts(disk)
        cpu = time.thread_time_ns()
        for document, text in zip(documents, lines, strict=True):
            start = time.perf_counter_ns()
            self.commit(document, text)
            self.times.append((time.perf_counter_ns() - start) / 1e3)
        self.cpu.append((time.thread_time_ns() - cpu) / 1e3 / len(documents))
        self.written.append((before, counts(disk)))

    def cpu_unsynced(self) -> float | str:
        """Give the CPU of a commit, in µs, with syncing turned off; that of SQLite stays on."""
        if self.name == "SQLite":
            return "-"
        documents = [(x, line(x)) for x in map(transaction, range(self.each))]
        cpu = []
        with unsynced():
            for _ in range(len(self.cpu)):
                start = time.thread_time_ns()
                for document, text in documents:
                    self.commit(document, text)
                cpu.append((time.thread_time_ns() - start) / 1e3 / self.each)
        return median(cpu)

    def per_commit(self, count: Callable[[Counts], int | None]) -> float | str:
        """Give what a commit wrote in a quiet turn: others on this machine only add to it."""
        pairs = [(count(before), count(after)) for before, after in self.written]
        known = [b - a for a, b in pairs if a is not None and b is not None]
        return percentile(known, 0.1) / self.each if known else "-"


def measure(folder: Path, size: int, commits: int) -> list[list[object]]:
    """Let all commit in turns into stores of one size; give their rows of the table."""
    past = [transaction(n) for n in range(size)]
    few = max(1, min(TURN, 20_000 // (size + 1)))  # a stock one takes 10 µs for each it holds
    disk = disk_under(folder)
    with ExitStack() as stack:
        stores = (bare_append, bare_prepared, journal, sqlite, stock)
        append, prepared, ours, other, slow = (
            stack.enter_context(store(folder, past)) for store in stores
        )
        contenders = [
            Contender("bare append", append),
            Contender("bare, prepared", prepared),
            Contender("this journal", ours),
            Contender("SQLite", other),
            Contender("TinyDB's own", slow, every=10, each=few),
        ]
        for turn in range(commits // TURN):
            documents = [transaction(size + turn * TURN + n) for n in range(TURN)]
            for contender in contenders:
                if turn % contender.every == 0:
                    contender.take_turn(documents[: contender.each], disk)
        bare = [median(contender.times) for contender in contenders[:2]]
        return [row(contender, size, bare) for contender in contenders]


def row(contender: Contender, size: int, bare: Sequence[float]) -> list[object]:
    time_us = median(contender.times)
    return [
        contender.name,
        size,
        len(contender.times),
        time_us,
        *(time_us / its for its in bare),
        median(contender.cpu),
        contender.cpu_unsynced(),
        contender.per_commit(lambda c: c.given),
        contender.per_commit(lambda c: c.sectors and c.sectors * 512),
        contender.per_commit(lambda c: c.writes),
    ]


# -- opening ---------------------------------------------------------------------------------------


def opening(folder: Path, size: int) -> list[list[object]]:
    """Open each store and count its documents, in processes of their own."""
    rows = []
    for name in OPEN_AND_COUNT:
        command = [sys.executable, __file__, "--open", name, str(folder)]
        runs = [subprocess.run(command, stdout=subprocess.PIPE, check=True) for _ in range(3)]
        told = [tuple(map(float, run.stdout.split())) for run in runs]
        rows.append([name, size, *(median(values) for values in zip(*told, strict=True))])
    return rows


def open_here(name: str, folder: Path) -> None:
    """Tell how long it took (ms), and how large this process became, then was before (MB)."""
    before = peak()
    start = time.perf_counter_ns()
    OPEN_AND_COUNT[name](folder)
    print((time.perf_counter_ns() - start) / 1e6, peak(), before)


def peak() -> float:
    """Give the most that this process was resident with, in MB."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


# -- commits while the journal is rewritten --------------------------------------------------------


def while_rewriting(folder: Path, size: int, rest: float) -> list[list[object]]:
    """Commit without a pause: alone, and while a child process rewrites all there is; in turns."""
    base = open_journal(folder)
    storage: JournalStorage = base.storage
    rows = base.table(TABLE)
    alone: list[float] = []
    beside: list[float] = []

    def commit(times: list[float], steps: Iterator[object]) -> bool:
        start = time.perf_counter_ns()
        more = next(steps, None) is not None
        rows.insert(transaction(size))
        times.append((time.perf_counter_ns() - start) / 1e3)
        return more

    for _ in range(ROUNDS):
        before = len(beside)
        steps = rewriting(storage, rest)
        while commit(beside, steps):
            pass
        for _ in range(before, len(beside)):
            commit(alone, iter(()))
    base.close()
    return [
        [name, size, len(times), *(percentile(times, share) for share in (0.5, 0.99, 0.999))]
        for name, times in (("alone", alone), ("while rewritten", beside))
    ]


def rewriting(storage: JournalStorage, rest: float) -> Iterator[object]:
    """Rewrite all there is, a step between two commits."""
    number = storage.seal()
    new = unfinished(storage.folder, number)
    words = ["--rewrite", new, "--rest", str(rest)]
    with subprocess.Popen([sys.executable, __file__, *words]) as child:
        while child.poll() is None:
            yield "the child works"
    publish(new)
    yield from storage.adopt(number)
    removing = threading.Thread(target=remove, args=[storage.release()])
    removing.start()
    while removing.is_alive():
        yield "the old files go"


def main() -> None:
    options = argparse.ArgumentParser(description="Compare what a commit costs.")
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="documents before")
    options.add_argument("--commits", type=int, default=COMMITS, help="of each, to each size")
    options.add_argument("--folder", help="where to write: on the disk to be measured")
    options.add_argument("--rest", type=float, default=REST, help="of a rewriting child")
    options.add_argument("--open", nargs=2, help=argparse.SUPPRESS)
    options.add_argument("--rewrite", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.open:
        open_here(chosen.open[0], Path(chosen.open[1]))
        return
    if chosen.rewrite:
        os.nice(19)  # as polite as the daybook's own child
        write_base(chosen.rewrite, rest=chosen.rest)
        return
    with tempfile.TemporaryDirectory(prefix="bench", dir=chosen.folder) as name:
        rows = []
        for size in chosen.sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            rows += measure(folder, size, chosen.commits)
        head = ["", "documents", "commits", "median µs", "x append", "x prepared", "CPU µs"]
        table([*head, "unsynced", "bytes given", "on the disk", "disk writes"], rows)
        print()
        table(["open and count", "documents", "ms", "peak MB", "before"], opening(folder, size))
        print()
        head = ["commits of the journal", "documents", "commits", "p50 µs", "p99", "p99.9"]
        table(head, while_rewriting(folder, size, chosen.rest))


if __name__ == "__main__":
    main()
