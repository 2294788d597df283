"""Writing a journal: segments, one writer, many readers, and a disk that fails."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import Disk, Journal, contents, contents_at, ends, files, with_spares
from support.patience import PATIENCE
from tinydb import TinyDB

from kiosk.daybook.journal import (
    SEGMENT_SIZE,
    JournalBusyError,
    JournalError,
    JournalStorage,
)
from kiosk.daybook.journal import segments as making
from kiosk.daybook.journal.segments import HEADER_SIZE

if TYPE_CHECKING:
    from pathlib import Path

SMALL = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def segments(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.segment"))


# -- segments --------------------------------------------------------------------------------------


def test_space_is_reserved_before_it_is_needed(folder: Path) -> None:
    with Journal(folder) as db:
        storage = with_spares(db.storage)
        assert storage.reserved == 3 * (SEGMENT_SIZE - HEADER_SIZE)
        assert {path.stat().st_size for path in folder.glob("*.segment")} == {SEGMENT_SIZE}
        assert all(path.stat().st_blocks * 512 >= SEGMENT_SIZE for path in folder.glob("*.segment"))
        db.insert({"n": 1})
        used = ends(folder / "00000001.segment")[0] - HEADER_SIZE
        assert storage.reserved == 3 * (SEGMENT_SIZE - HEADER_SIZE) - used
        with Journal(folder, read_only=True) as reader:
            assert reader.storage.reserved == storage.reserved


def test_a_commit_costs_one_write_and_one_sync_and_no_growing(folder: Path, disk: Disk) -> None:
    with Journal(folder) as db:
        with_spares(db.storage)
        before = [path.stat().st_blocks for path in sorted(folder.glob("*.segment"))]
        disk.calls.clear()
        for number in range(5):
            db.insert({"n": number})
        assert disk.calls == ["pwrite", "fdatasync"] * 5
        assert [path.stat().st_blocks for path in sorted(folder.glob("*.segment"))] == before


def test_a_full_segment_is_followed_by_the_spare_one_without_a_sync_more(
    folder: Path, disk: Disk
) -> None:
    with Journal(folder, segment_size=SMALL, spares=3) as db:
        with_spares(db.storage)
        disk.calls.clear()
        db.insert({"text": "x" * 500})
        db.insert({"text": "y" * 500})
        mine = disk.calls[:4]
        assert mine == ["pwrite", "fdatasync"] * 2
        with_spares(db.storage)
        assert len(segments(folder)) == 5
    assert list(contents_at(folder)["_default"].values()) == [
        {"text": "x" * 500},
        {"text": "y" * 500},
    ]


def test_a_commit_larger_than_a_segment_gets_one_of_its_size(folder: Path) -> None:
    large = {"text": "x" * (3 * SMALL)}
    with Journal(folder, segment_size=SMALL) as db:
        db.insert({"n": 1})
        db.insert(large)
        db.insert({"n": 2})
    assert list(contents_at(folder)["_default"].values()) == [{"n": 1}, large, {"n": 2}]
    with Journal(folder, segment_size=SMALL) as db:
        db.insert(large)
        assert len(db) == 4
    assert len(contents_at(folder)["_default"]) == 4


def test_a_frame_larger_than_what_is_read_at_once_is_read_whole(folder: Path) -> None:
    large = {"text": "x" * (3 << 20)}
    with Journal(folder) as db:
        db.insert({"n": 1})
        db.insert(large)
        db.insert({"n": 2})
    assert list(contents_at(folder)["_default"].values()) == [{"n": 1}, large, {"n": 2}]


def test_it_goes_on_where_it_stopped_and_makes_the_spares_that_are_missing(folder: Path) -> None:
    for number in range(6):
        with Journal(folder, segment_size=SMALL) as db:
            db.insert({"n": number, "text": "x" * 300})
            with_spares(db.storage)
    assert [doc["n"] for doc in contents_at(folder)["_default"].values()] == list(range(6))
    assert segments(folder) == [f"{n:08}.segment" for n in range(1, 6)]


def test_documents_are_scanned_in_their_order_also_where_that_is_not_the_files(
    folder: Path,
) -> None:
    with Journal(folder, segment_size=SMALL) as db:
        for number in range(30):
            db.insert({"n": number, "text": "x" * 60})
        db.update({"text": "new"}, doc_ids=[2, 29])
        scanned = list(db.storage.scan("_default"))
        assert [doc_id for doc_id, _ in scanned] == list(range(1, 31))
        assert all(text == db.storage.load(db.storage.places("_default")[i]) for i, text in scanned)
        assert list(db.storage.scan("no such table")) == []


# -- who may use it --------------------------------------------------------------------------------


def test_a_plain_table_of_tinydb_is_refused(folder: Path) -> None:
    with Journal(folder) as db:
        db.insert({"n": 1})
    with TinyDB(folder, storage=JournalStorage) as db:
        assert db.all() == [{"n": 1}]
        with pytest.raises(JournalError, match="use JournalTable"):
            db.insert({"n": 2})
        with pytest.raises(JournalError, match="use JournalTable"):
            db.table("another").insert({"n": 2})
    assert contents_at(folder) == {"_default": {1: {"n": 1}}}


def test_only_the_owner_may_read_it(folder: Path) -> None:
    with Journal(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_used_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "missing" / "journal")
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "missing", read_only=True)
    (tmp_path / "file").write_bytes(b"")
    for read_only in (False, True):
        with pytest.raises(OSError, match=r"exists|Not a directory"):
            Journal(tmp_path / "file", read_only=read_only)


def test_a_second_writer_is_refused(folder: Path) -> None:
    with Journal(folder), pytest.raises(JournalBusyError, match="in use by another process"):
        Journal(folder)
    with Journal(folder):
        pass


def test_a_second_writer_is_refused_in_another_process(folder: Path) -> None:
    program = (
        "import sys, pathlib; from kiosk.daybook.journal import *\n"
        "try: JournalStorage(pathlib.Path(sys.argv[1]))\n"
        "except JournalBusyError as error: sys.exit(str(error))"
    )
    with Journal(folder):
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder)], capture_output=True, check=False
        )
    assert b"in use by another process" in done.stderr


def test_a_reader_sees_the_state_at_its_opening_and_changes_nothing(folder: Path) -> None:
    with Journal(folder) as writer:
        with_spares(writer.storage)
        writer.insert({"n": 1})
        with Journal(folder, read_only=True) as reader:
            before = files(folder)
            assert reader.all() == [{"n": 1}]
            with pytest.raises(JournalError, match="reading only"):
                reader.insert({"n": 2})
            assert files(folder) == before
            writer.insert({"n": 2})
            assert reader.all() == [{"n": 1}]
        assert list(contents_at(folder)["_default"]) == [1, 2]


def test_readers_beside_a_busy_writer_always_find_it_whole(folder: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from kiosk.daybook.journal import *\n"
        "from support.journals import Journal\n"
        "with Journal(pathlib.Path(sys.argv[1]), segment_size=2048) as db:\n"
        "    for n in range(1500): db.insert({'n': n, 'text': 'x' * 100})"
    )
    with Journal(folder, segment_size=2048):
        pass
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], env=env) as writer:
        seen = [0]
        while writer.poll() is None:
            found = [doc["n"] for doc in contents_at(folder).get("_default", {}).values()]
            assert found == list(range(len(found)))
            seen.append(len(found))
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_a_retired_writer_lets_another_in_and_can_still_be_read(folder: Path) -> None:
    with Journal(folder) as old:
        old.insert({"n": 1})
        old.storage.retire("the disk failed")
        with Journal(folder) as new:
            new.insert({"n": 2})
            assert old.all() == [{"n": 1}]
            with pytest.raises(JournalError, match="the disk failed"):
                old.insert({"n": 3})


def test_a_retired_writer_makes_no_segment_in_the_way_of_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    create = making.create

    def slow(*what: Any) -> int:
        begun.set()
        assert go_on.wait(PATIENCE)
        return create(*what)

    with Journal(folder, segment_size=SMALL, spares=0) as old:
        monkeypatch.setattr(making, "create", slow)
        old.storage._wanted_spares = 1
        old.storage.reserve()
        assert begun.wait(PATIENCE)
        retiring = threading.Thread(target=old.storage.retire, args=["the disk failed"])
        retiring.start()
        with pytest.raises(JournalBusyError):
            Journal(folder)
        go_on.set()
        retiring.join()
        with Journal(folder, segment_size=SMALL) as new:
            new.insert({"n": 1})
    assert contents_at(folder) == {"_default": {1: {"n": 1}}}


def test_a_closed_journal_takes_and_gives_nothing_and_may_be_closed_again(folder: Path) -> None:
    db = Journal(folder)
    db.insert({"n": 1})
    db.close()
    another = os.open(os.devnull, os.O_RDONLY)  # takes the number of a file just closed
    db.close()
    with pytest.raises(JournalError, match="closed"):
        db.insert({"n": 2})
    with pytest.raises(JournalError, match="closed"):
        db.all()
    os.close(another)


# -- a disk that fails -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_after_a_failed_write_nothing_is_taken_until_reopened(
    folder: Path, disk: Disk, call: str, code: int
) -> None:
    with Journal(folder) as db:
        with_spares(db.storage)
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
    with Journal(folder) as db:
        db.insert({"n": 4})
        # A commit whose sync failed may be there all the same.
        assert [doc["n"] for doc in db] == ([1, 4] if call == "pwrite" else [1, 2, 4])


def test_after_a_commit_that_anything_has_stopped_nothing_is_taken_until_reopened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("no thread")

    def fill_the_segment(db: Journal) -> None:
        for number in range(100):
            db.insert({"n": number})

    with Journal(folder, segment_size=SMALL) as db:
        with_spares(db.storage)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start)
            with pytest.raises(RuntimeError):
                fill_the_segment(db)
        with pytest.raises(JournalError, match=r"nothing can be written: .*no thread"):
            db.insert({"n": "next"})
        told = len(db)
    with Journal(folder) as db:
        assert [doc["n"] for doc in db] in (list(range(told)), list(range(told + 1)))


def test_a_disk_that_takes_a_few_bytes_at_a_time_is_given_the_rest(
    folder: Path, disk: Disk
) -> None:
    disk.at_most = 7
    with Journal(folder, segment_size=SMALL) as db:
        db.insert_multiple([{"n": 1}, {"n": 2}])
    assert contents_at(folder) == {"_default": {1: {"n": 1}, 2: {"n": 2}}}


def test_a_write_that_stops_in_the_middle_of_a_commit_keeps_all_before_it(
    folder: Path, disk: Disk
) -> None:
    with Journal(folder) as db:
        with_spares(db.storage)
        db.insert({"n": 1})
        disk.at_most = 20
        disk.fail("pwrite", errno.EIO, after=1)
        with pytest.raises(JournalError, match="Input/output"):
            db.insert({"n": 2})
    disk.at_most = None
    with Journal(folder) as db:
        assert db.all() == [{"n": 1}]
        db.insert({"n": 3})
    assert list(contents_at(folder)["_default"].values()) == [{"n": 1}, {"n": 3}]


def test_a_full_disk_takes_what_was_reserved_and_then_fails_between_commits(
    folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(folder, segment_size=SMALL, spares=1) as db:
        with_spares(db.storage)

        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr("kiosk.daybook.journal.segments.create_new", full)
            for number in range(6):
                db.insert({"n": number, "text": "x" * 250})
            with pytest.raises(JournalError, match="No space left"):
                db.insert({"n": 6, "text": "x" * 250})
            assert len(db) == 6
    with Journal(folder, segment_size=SMALL) as db:
        assert len(db) == 6
        db.insert({"n": 6, "text": "x" * 250})


def test_a_segment_that_could_not_be_made_leaves_nothing_behind(folder: Path, disk: Disk) -> None:
    with Journal(folder, segment_size=SMALL, spares=0) as db:
        disk.fail("fdatasync", errno.ENOSPC, after=1)
        db.insert({"text": "x" * 700})
        with pytest.raises(JournalError, match="No space left"):
            db.insert({"text": "x" * 700})
        assert sorted(files(folder)) == ["00000001.segment", "lock"]


def test_spares_that_could_not_be_made_are_made_when_asked_again(folder: Path, disk: Disk) -> None:
    with Journal(folder, segment_size=SMALL, spares=0):
        pass
    disk.fail("fdatasync", errno.ENOSPC)
    with Journal(folder, segment_size=SMALL, spares=1) as db:
        with_spares(db.storage)
        before = db.storage.reserved
        db.storage.reserve()
        assert with_spares(db.storage).reserved == before + SMALL - HEADER_SIZE


def test_after_its_segment_was_removed_nothing_is_taken_until_reopened(folder: Path) -> None:
    with Journal(folder) as db:
        with_spares(db.storage)
        db.insert({"n": 1})
        for path in folder.iterdir():
            path.unlink()
        for _ in range(2):
            with pytest.raises(JournalError, match=r"00000001.segment was removed"):
                db.insert({"n": 2})
        assert contents(db) == {"_default": {1: {"n": 1}}}
    with Journal(folder) as db:
        db.insert({"n": 3})
    assert contents_at(folder) == {"_default": {1: {"n": 3}}}


@pytest.mark.parametrize("kept", [False, True])
def test_after_another_journal_took_its_place_nothing_is_taken_within_a_second(
    folder: Path, *, kept: bool
) -> None:
    with Journal(folder) as db:
        db.insert({"n": 1})
        with_spares(db.storage)
        folder.rename(folder.with_name("old"))
        shutil.copytree(folder.with_name("old"), folder)
        if not kept:
            shutil.rmtree(folder.with_name("old"))
        db.storage._looked -= 1
        with pytest.raises(JournalError, match=r"00000001.segment was removed"):
            db.insert({"n": 2})
    assert contents_at(folder) == {"_default": {1: {"n": 1}}}
