"""The journal: all of TinyDB's behaviour, and a file that survives what happens to files."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from kiosk.daybook.journal import (
    LARGEST_DOCUMENT,
    MAGIC,
    JournalBusyError,
    JournalDamagedError,
    JournalError,
    JournalStorage,
    JournalTable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Journal(TinyDB):
    table_class = JournalTable
    default_storage_class = JournalStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.journal"


def contents(db: TinyDB) -> dict[str, dict[int, dict[str, Any]]]:
    return {name: {doc.doc_id: dict(doc) for doc in db.table(name)} for name in db.tables()}


def contents_at(path: Path) -> dict[str, dict[int, dict[str, Any]]]:
    with Journal(path, read_only=True) as db:
        return contents(db)


# -- the same answers as TinyDB's own storage ------------------------------------------------------

NAMES = st.sampled_from(["_default", "loans", "Ausleihe ü"])
NUMBERS = st.integers(0, 3)
VALUES = NUMBERS | st.none() | st.booleans() | st.text(max_size=5) | st.lists(NUMBERS, max_size=2)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)
CONDITIONS = st.builds(lambda field, n: where(field) == n, st.sampled_from("abc"), NUMBERS)
OFTEN_ASKED = (where("a") == 1, where("b").exists())
IDS = st.lists(st.integers(1, 6), max_size=4)


class SameAsTinyDB(RuleBasedStateMachine):
    """Do the same to TinyDB in memory and to a journal, and compare every answer."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model = TinyDB(storage=MemoryStorage)
        self.journal = Journal(self.folder / "test.journal")

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    def both(self, act: Callable[[TinyDB], Any]) -> None:
        expected, actual = (self.answer(act, db) for db in (self.model, self.journal))
        assert actual == expected

    @staticmethod
    def answer(act: Callable[[TinyDB], Any], db: TinyDB) -> Any:
        try:
            answer = act(db)
        except (KeyError, ValueError, RuntimeError) as error:
            return type(error), str(error)
        if isinstance(answer, list):
            return [(getattr(x, "doc_id", None), x) for x in answer]
        return answer, getattr(answer, "doc_id", None)

    @rule(name=NAMES, document=DOCUMENTS)
    def insert(self, name: str, document: dict[str, Any]) -> None:
        self.both(lambda db: db.table(name).insert(document))

    @rule(name=NAMES, document=DOCUMENTS, doc_id=st.integers(1, 6))
    def insert_with_id(self, name: str, document: dict[str, Any], doc_id: int) -> None:
        self.both(lambda db: db.table(name).insert(Document(document, doc_id)))

    @rule(name=NAMES, documents=st.lists(DOCUMENTS, max_size=4))
    def insert_multiple(self, name: str, documents: list[dict[str, Any]]) -> None:
        self.both(lambda db: db.table(name).insert_multiple(documents))

    @rule(name=NAMES, documents=st.lists(DOCUMENTS, max_size=2))
    def insert_something_else_among_them(self, name: str, documents: list[Any]) -> None:
        self.both(lambda db: db.table(name).insert_multiple([*documents, "not a document"]))

    @rule(name=NAMES, fields=DOCUMENTS, condition=CONDITIONS)
    def update(self, name: str, fields: dict[str, Any], condition: Any) -> None:
        self.both(lambda db: db.table(name).update(fields, condition))

    @rule(name=NAMES, fields=DOCUMENTS)
    def update_all(self, name: str, fields: dict[str, Any]) -> None:
        self.both(lambda db: db.table(name).update(fields))

    @rule(name=NAMES, fields=DOCUMENTS, ids=IDS)
    def update_by_ids(self, name: str, fields: dict[str, Any], ids: list[int]) -> None:
        self.both(lambda db: db.table(name).update(fields, doc_ids=ids))

    @rule(name=NAMES, condition=CONDITIONS)
    def update_in_place(self, name: str, condition: Any) -> None:
        self.both(lambda db: db.table(name).update(lambda doc: doc.pop("a", None), condition))

    @rule(name=NAMES, fields=DOCUMENTS, conditions=st.lists(CONDITIONS, max_size=2))
    def update_multiple(self, name: str, fields: dict[str, Any], conditions: list[Any]) -> None:
        self.both(lambda db: db.table(name).update_multiple([(fields, c) for c in conditions]))

    @rule(name=NAMES, document=DOCUMENTS, condition=CONDITIONS)
    def upsert(self, name: str, document: dict[str, Any], condition: Any) -> None:
        self.both(lambda db: db.table(name).upsert(document, condition))

    @rule(name=NAMES, document=DOCUMENTS, doc_id=st.integers(1, 6))
    def upsert_by_id(self, name: str, document: dict[str, Any], doc_id: int) -> None:
        self.both(lambda db: db.table(name).upsert(Document(document, doc_id)))

    @rule(name=NAMES, condition=CONDITIONS)
    def remove(self, name: str, condition: Any) -> None:
        self.both(lambda db: db.table(name).remove(condition))

    @rule(name=NAMES, ids=IDS)
    def remove_by_ids(self, name: str, ids: list[int]) -> None:
        self.both(lambda db: db.table(name).remove(doc_ids=ids))

    @rule(name=NAMES)
    def truncate(self, name: str) -> None:
        self.both(lambda db: db.table(name).truncate())

    @rule(name=NAMES)
    def drop_table(self, name: str) -> None:
        self.both(lambda db: db.drop_table(name))

    @precondition(lambda self: len(self.journal.tables()) > 1)
    @rule()
    def drop_tables(self) -> None:
        self.both(lambda db: db.drop_tables())

    @rule(name=NAMES, condition=CONDITIONS, ids=IDS)
    def ask(self, name: str, condition: Any, ids: list[int]) -> None:
        self.both(lambda db: db.table(name).search(condition))
        self.both(lambda db: db.table(name).search(condition))  # from the query cache
        self.both(lambda db: db.table(name).count(condition))
        self.both(lambda db: db.table(name).get(condition))
        self.both(lambda db: db.table(name).contains(condition))
        self.both(lambda db: db.table(name).get(doc_ids=ids))
        for doc_id in ids:
            self.both(lambda db, x=doc_id: db.table(name).get(doc_id=x))
            self.both(lambda db, x=doc_id: db.table(name).contains(doc_id=x))

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = Journal(self.folder / "test.journal")
        # As opening does, forget the tables: the next id is then one above the highest.
        self.model._tables.clear()

    @invariant()
    def all_is_equal(self) -> None:
        self.both(lambda db: db.tables())
        for name in self.model.tables():
            self.both(lambda db, x=name: db.table(x).all())
            self.both(lambda db, x=name: len(db.table(x)))
            for condition in OFTEN_ASKED:  # a cached answer must not outlive a change
                self.both(lambda db, x=name, c=condition: db.table(x).search(c))


SameAsTinyDB.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestSameAsTinyDB = SameAsTinyDB.TestCase


def test_a_database_is_a_context_manager_and_forwards_to_its_default_table(path: Path) -> None:
    with Journal(path) as db:
        db.insert({"a": 1})
        assert len(db) == 1
        assert list(db) == [{"a": 1}]
        assert "tables_count=1" in repr(db)
    assert contents_at(path) == {"_default": {1: {"a": 1}}}


def test_what_is_read_is_a_copy(path: Path) -> None:
    with Journal(path) as db:
        db.insert({"tags": ["new"]})
        db.all()[0]["tags"].append("changed")
        assert db.all() == [{"tags": ["new"]}]


def test_a_failing_update_changes_nothing(path: Path) -> None:
    with Journal(path) as db:
        db.insert_multiple([{"n": 1}, {"n": "one"}])
        with pytest.raises(TypeError):
            db.update(lambda doc: doc.update(n=doc["n"] + 1))
        assert db.all() == [{"n": 1}, {"n": "one"}]


def test_what_is_written_together_is_one_commit(path: Path) -> None:
    with Journal(path) as db:
        with db.storage.together():
            db.table("a").insert({"n": 1})
            db.table("b").insert_multiple([{"n": 2}, {"n": 3}])
        whole = path.read_bytes()
    for cut in range(len(MAGIC), len(whole)):
        path.write_bytes(whole[:cut])
        assert contents_at(path) == {}
    path.write_bytes(whole)
    assert contents_at(path) == {"a": {1: {"n": 1}}, "b": {1: {"n": 2}, 2: {"n": 3}}}


def test_what_fails_together_is_not_written_at_all(path: Path) -> None:
    with Journal(path) as db:
        with pytest.raises(ValueError, match="not a Mapping"), db.storage.together():
            db.insert_multiple([{"n": 1}, "not a document"])
        assert db.tables() == set()
        db.insert({"n": 2})
    assert list(contents_at(path)["_default"].values()) == [{"n": 2}]


def test_a_document_that_is_too_large_is_refused_and_all_else_goes_on(path: Path) -> None:
    with Journal(path) as db:
        with pytest.raises(JournalError, match="too large"):
            db.insert({"text": "x" * LARGEST_DOCUMENT})
        db.insert({"text": "small"})
        assert db.all() == [{"text": "small"}]


def test_a_plain_table_of_tinydb_is_refused(path: Path) -> None:
    with Journal(path) as db:
        db.insert({"n": 1})
    with TinyDB(path, storage=JournalStorage) as db:
        assert db.all() == [{"n": 1}]
        with pytest.raises(JournalError, match="use JournalTable"):
            db.insert({"n": 2})
        with pytest.raises(JournalError, match="use JournalTable"):
            db.table("another").insert({"n": 2})
    assert contents_at(path) == {"_default": {1: {"n": 1}}}


# -- what happens to files -------------------------------------------------------------------------


@pytest.fixture
def three_commits(path: Path) -> list[int]:
    """Write three commits; give where each of them ends."""
    ends = []
    with Journal(path) as db:
        for number in range(3):
            db.insert({"n": number})
            ends.append(path.stat().st_size)
    return ends


def test_a_torn_tail_is_cut_off_at_every_byte(path: Path, three_commits: list[int]) -> None:
    whole = path.read_bytes()
    for cut in range(three_commits[1], three_commits[2]):
        path.write_bytes(whole[:cut])
        with Journal(path) as db:
            assert db.all() == [{"n": 0}, {"n": 1}]
            assert path.stat().st_size == three_commits[1]
            db.insert({"n": "next"})
        assert list(contents_at(path)["_default"].values()) == [{"n": 0}, {"n": 1}, {"n": "next"}]


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\n", b"x\n"])
def test_a_tail_of_other_bytes_is_cut_off(
    path: Path, three_commits: list[int], filler: bytes
) -> None:
    whole = path.read_bytes()
    for cut in (three_commits[2], three_commits[2] - 7):
        path.write_bytes(whole[:cut] + filler * 5000)
        with Journal(path) as db:
            kept = 3 if cut == three_commits[2] else 2
            assert db.all() == [{"n": n} for n in range(kept)]


def test_a_flipped_bit_before_a_good_commit_is_refused_and_nothing_is_changed(
    path: Path, three_commits: list[int]
) -> None:
    whole = path.read_bytes()
    for place in range(three_commits[1]):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        for read_only in (False, True):
            with pytest.raises(JournalDamagedError):
                Journal(path, read_only=read_only)
        assert path.read_bytes() == damaged


def test_damage_is_reported_with_its_place_and_what_is_still_good(
    path: Path, three_commits: list[int]
) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[three_commits[0] + 20] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(JournalDamagedError) as refused:
        Journal(path)
    message = str(refused.value)
    assert str(path) in message
    assert f"between byte {three_commits[0]} and byte {three_commits[1]}" in message
    assert "1 commits before it can be read, and so can commit 3 after it" in message
    assert "Nothing was changed" in message


def test_a_missing_commit_is_damage(path: Path, three_commits: list[int]) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: three_commits[0]] + whole[three_commits[1] :])
    with pytest.raises(JournalDamagedError):
        Journal(path)


@pytest.mark.parametrize(
    "text", [b"x", b"hello", b"{}", b"SQLite format 3\0", b"DAYBOOK 2\n", b"\0" * 4096]
)
def test_another_kind_of_file_is_refused_and_left_as_it_is(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    for read_only in (False, True):
        with pytest.raises(JournalDamagedError, match="not a daybook of this version"):
            Journal(path, read_only=read_only)
    assert path.read_bytes() == text


@pytest.mark.parametrize("text", [b"", MAGIC[:1], MAGIC[:-1], b"DAY\0\0", b"\0" * len(MAGIC)])
def test_a_file_torn_in_its_very_first_bytes_is_begun_anew(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    assert contents_at(path) == {}
    assert path.read_bytes() == text
    with Journal(path) as db:
        db.insert({"n": 1})
    assert contents_at(path) == {"_default": {1: {"n": 1}}}


def test_only_the_owner_may_read_a_new_file(path: Path) -> None:
    with Journal(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_opened_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "missing" / "test.journal")
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "missing.journal", read_only=True)
    with pytest.raises(IsADirectoryError):
        Journal(tmp_path)


# -- one writer, many readers ----------------------------------------------------------------------


def test_a_second_writer_is_refused(path: Path) -> None:
    with Journal(path), pytest.raises(JournalBusyError, match="in use by another kiosk"):
        Journal(path)
    with Journal(path):
        pass


def test_a_second_writer_is_refused_in_another_process(path: Path) -> None:
    program = (
        "import sys, pathlib; from kiosk.daybook.journal import *\n"
        "try: JournalStorage(pathlib.Path(sys.argv[1]))\n"
        "except JournalBusyError as error: sys.exit(str(error))"
    )
    with Journal(path):
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, check=False
        )
    assert b"in use by another kiosk" in done.stderr


def test_a_reader_reads_while_a_writer_writes_and_changes_nothing(path: Path) -> None:
    with Journal(path) as writer:
        writer.insert({"n": 1})
        with Journal(path, read_only=True) as reader:
            before = path.read_bytes()
            assert reader.all() == [{"n": 1}]
            with pytest.raises(JournalError, match="reading only"):
                reader.insert({"n": 2})
            assert path.read_bytes() == before
            writer.insert({"n": 2})
            assert reader.all() == [{"n": 1}]
        assert list(contents_at(path)["_default"]) == [1, 2]


def test_a_reader_stops_at_the_last_whole_commit(path: Path, three_commits: list[int]) -> None:
    torn = path.read_bytes()[:-1]
    path.write_bytes(torn)
    assert contents_at(path) == {"_default": {1: {"n": 0}, 2: {"n": 1}}}
    assert path.read_bytes() == torn


def test_a_retired_writer_lets_another_in_and_can_still_be_read(path: Path) -> None:
    with Journal(path) as old:
        old.insert({"n": 1})
        old.storage.retire("the disk failed")
        with Journal(path) as new:
            new.insert({"n": 2})
            assert old.all() == [{"n": 1}]
            with pytest.raises(JournalError, match="the disk failed"):
                old.insert({"n": 3})


def test_a_closed_journal_takes_and_gives_nothing_and_may_be_closed_again(path: Path) -> None:
    db = Journal(path)
    db.insert({"n": 1})
    db.close()
    another = os.open(os.devnull, os.O_RDONLY)  # takes the number of the file just closed
    db.close()
    with pytest.raises(JournalError, match="closed"):
        db.insert({"n": 2})
    with pytest.raises(OSError, match="Bad file"):
        db.all()
    os.close(another)


# -- a disk that fails -----------------------------------------------------------------------------


class Disk:
    """The calls through which the journal writes. `fail` makes the next of one kind fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self._fails: dict[str, tuple[int, int]] = {}
        self.at_most: int | None = None
        for name in ("pwrite", "fdatasync", "fsync", "ftruncate"):
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def fail(self, call: str, code: int, *, after: int = 0) -> None:
        self._fails[call] = (code, after)

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(file: int, *arguments: Any) -> Any:
            self.calls.append(name)
            if name in self._fails:
                code, after = self._fails[name]
                if after == 0:
                    del self._fails[name]
                    raise OSError(code, os.strerror(code))
                self._fails[name] = (code, after - 1)
            if name == "pwrite" and self.at_most is not None:
                data, offset = arguments
                return real(file, bytes(data)[: self.at_most], offset)
            return real(file, *arguments)

        return wrapper


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with monkeypatch.context() as patch:
        yield Disk(patch)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_after_a_failed_write_nothing_is_taken_until_reopened(
    path: Path, disk: Disk, call: str, code: int
) -> None:
    with Journal(path) as db:
        db.insert({"n": 1})
        disk.fail(call, code)
        with pytest.raises(JournalError, match=os.strerror(code)):
            db.insert({"n": 2})
        disk.calls.clear()
        for _ in range(2):
            with pytest.raises(JournalError, match=f"nothing can be written: {os.strerror(code)}"):
                db.insert({"n": 3})
        assert disk.calls == []  # above all, the sync is not tried again
        assert db.all() == [{"n": 1}]
    with Journal(path) as db:
        db.insert({"n": 4})
        # A commit whose sync failed may be there all the same.
        assert [doc["n"] for doc in db] == ([1, 4] if call == "pwrite" else [1, 2, 4])


def test_a_disk_that_takes_a_few_bytes_at_a_time_is_given_the_rest(path: Path, disk: Disk) -> None:
    disk.at_most = 7
    with Journal(path) as db:
        db.insert_multiple([{"n": 1}, {"n": 2}])
    assert contents_at(path) == {"_default": {1: {"n": 1}, 2: {"n": 2}}}


def test_a_disk_that_fills_up_in_the_middle_of_a_commit_keeps_all_before_it(
    path: Path, disk: Disk
) -> None:
    with Journal(path) as db:
        db.insert({"n": 1})
        disk.at_most = 20
        disk.fail("pwrite", errno.ENOSPC, after=1)
        with pytest.raises(JournalError, match="No space left"):
            db.insert({"n": 2})
    disk.at_most = None
    with Journal(path) as db:
        assert db.all() == [{"n": 1}]
        db.insert({"n": 3})
    assert list(contents_at(path)["_default"].values()) == [{"n": 1}, {"n": 3}]


def test_after_its_file_was_removed_nothing_is_taken_until_reopened(path: Path) -> None:
    with Journal(path) as db:
        db.insert({"n": 1})
        path.unlink()
        for _ in range(2):
            with pytest.raises(JournalError, match="was removed"):
                db.insert({"n": 2})
        assert contents(db) == {"_default": {1: {"n": 1}}}
    with Journal(path) as db:
        db.insert({"n": 3})
    assert contents_at(path) == {"_default": {1: {"n": 3}}}


@pytest.mark.parametrize("call", ["pwrite", "ftruncate", "fsync"])
def test_a_disk_that_fails_while_opening_leaves_the_file_free_to_be_opened_again(
    path: Path, three_commits: list[int], disk: Disk, call: str
) -> None:
    path.write_bytes(path.read_bytes()[:-1])
    disk.fail(call, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        Journal(path)
    with Journal(path) as db:
        assert db.all() == [{"n": 0}, {"n": 1}]


def test_opening_puts_the_last_commit_and_the_names_that_lead_to_it_on_the_disk(
    path: Path, three_commits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    written, synced = [], []
    pwrite, fsync = os.pwrite, os.fsync

    def spy_pwrite(file: int, data: bytes, offset: int) -> int:
        written.append((offset, bytes(data)))
        return pwrite(file, data, offset)

    def spy_fsync(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink())
        fsync(file)

    monkeypatch.setattr(os, "pwrite", spy_pwrite)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    whole = path.read_bytes()
    with Journal(path):
        assert written == [(three_commits[1], whole[three_commits[1] :])]
        real = path.resolve()
        assert synced[:3] == [real, real.parent, real.parent.parent]
        assert path.read_bytes() == whole
