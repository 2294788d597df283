"""Rewriting the oldest of a journal: it says the same, but for what was revised on purpose."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from support.journals import Disk, Journal, contents, contents_at, files, with_spares

from kiosk.daybook.journal import JournalDamagedError, JournalError
from kiosk.daybook.journal.compaction import publish, unfinished, write_base
from kiosk.daybook.journal.segments import HEADER_SIZE, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SMALL = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def db(folder: Path) -> Iterator[Journal]:
    with Journal(folder, segment_size=SMALL, spares=1) as db:
        for number in range(30):
            db.insert({"n": number, "patron": f"2123400000{number:04}"})
        db.table("other").insert({"n": "other"})
        db.table("empty").truncate()
        db.update({"state": "changed"}, doc_ids=[3])
        db.remove(doc_ids=[4])
        yield db


def compact(db: Journal, revise: Callable[..., bytes | None] | None = None) -> list[object]:
    number = db.storage.seal()
    new = unfinished(db.storage.folder, number)
    write_base(new, *([revise] if revise else []))
    publish(new)
    steps: list[object] = list(db.storage.adopt(number))
    remove(db.storage.release())
    db.clear_cache()
    return steps


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_contents_are_the_same_before_and_after_and_when_reopened(
    db: Journal, folder: Path
) -> None:
    before, sequence = contents(db), db.storage.sequence
    compact(db)
    assert contents(db) == before
    db.insert({"n": "after"})
    before = contents(db)
    assert contents_at(folder) == before
    db.close()
    with Journal(folder) as again:
        assert contents(again) == before
        assert again.storage.sequence == sequence + 1
        assert again.tables() == {"_default", "other", "empty"}


def test_the_old_files_are_gone_and_what_was_superseded_with_them(
    db: Journal, folder: Path
) -> None:
    number = db.storage.seal()
    db.insert({"n": "new"})
    compact(db)
    assert names(folder)[0] == f"{number + 1:08}.base"
    assert not any(b"21234000000003" in data for data in files(folder).values())  # removed
    assert any(b"21234000000004" in data for data in files(folder).values())


def test_a_base_is_rewritten_in_its_turn(db: Journal, folder: Path) -> None:
    for number in range(3):
        db.insert({"n": f"more {number}"})
        before = contents(db)
        compact(db)
        assert contents(db) == before
    assert sum(name.endswith(".base") for name in names(folder)) == 1
    assert contents_at(folder) == before


def test_what_was_committed_meanwhile_counts(db: Journal, folder: Path) -> None:
    number = db.storage.seal()
    new = unfinished(folder, number)
    write_base(new)
    db.update({"state": "newer"}, doc_ids=[5])
    db.remove(doc_ids=[6])
    db.drop_table("other")
    db.insert({"n": "meanwhile"})
    publish(new)
    steps = db.storage.adopt(number)
    next(steps)
    db.update({"state": "in between"}, doc_ids=[7])
    for _ in steps:
        pass
    remove(db.storage.release())
    now = contents(db)
    assert now["_default"][5]["state"] == "newer"
    assert 6 not in now["_default"]
    assert now["_default"][7]["state"] == "in between"
    assert "other" not in now
    assert contents_at(folder) == now


def test_documents_can_be_changed_and_dropped_on_the_way(db: Journal, folder: Path) -> None:
    def revise(table: str, doc_id: int, text: bytes) -> bytes | None:
        if table == "other" or doc_id > 20:
            return text
        return None if doc_id <= 10 else b'{"n":"revised"}'

    kept = contents(db)
    old = {key: place for step in compact(db, revise) for key, place in step.items()}
    expected = {i: doc for i, doc in kept["_default"].items() if i > 20}
    expected |= {i: {"n": "revised"} for i in range(11, 21)}
    assert contents(db) == {**kept, "_default": expected}
    assert list(contents(db)["_default"]) == [*range(11, 21), *range(21, 31)]
    assert set(old) == {("_default", i) for i in range(1, 21) if i != 4}
    assert contents_at(folder) == contents(db)
    assert not any(b"21234000000012" in data for data in files(folder).values())


def test_what_is_revised_can_be_read_until_it_is_released(db: Journal) -> None:
    number = db.storage.seal()
    new = unfinished(db.storage.folder, number)
    write_base(new, lambda *_: None)
    publish(new)
    old = {key: place for step in db.storage.adopt(number) for key, place in step.items()}
    assert b"21234000000000" in db.storage.load(old["_default", 1])
    db.storage.release()
    with pytest.raises(JournalError):
        db.storage.load(old["_default", 1])


def test_what_changed_later_is_not_revised(db: Journal) -> None:
    number = db.storage.seal()
    new = unfinished(db.storage.folder, number)
    write_base(new, lambda *_: None)
    db.update({"state": "newer"}, doc_ids=[5])
    publish(new)
    for _ in db.storage.adopt(number):
        pass
    remove(db.storage.release())
    assert list(contents(db)["_default"]) == [5]


def test_an_empty_segment_can_be_sealed_too(db: Journal, folder: Path) -> None:
    compact(db)
    before, base = contents(db), db.storage.base
    compact(db)
    assert db.storage.base == base + 1
    assert contents(db) == before == contents_at(folder)


def test_a_base_that_was_not_published_is_of_no_worth(db: Journal, folder: Path) -> None:
    before = contents(db)
    write_base(unfinished(folder, db.storage.seal()), lambda *_: None)
    db.close()
    with Journal(folder, segment_size=SMALL) as again:
        assert contents(again) == before
    assert not any(name.endswith(".new") for name in names(folder))


def test_what_was_published_but_not_adopted_counts_at_the_next_opening(
    db: Journal, folder: Path
) -> None:
    before = contents(db)
    number = db.storage.seal()
    new = unfinished(folder, number)
    write_base(new)
    publish(new)
    db.insert({"n": "old files are still in use"})
    before = contents(db)
    assert contents_at(folder) == before
    db.close()
    with Journal(folder, segment_size=SMALL) as again:
        assert contents(again) == before
        assert again.storage.base == number
    assert not any(name == f"{number:08}.segment" for name in names(folder))


def test_a_disk_that_fails_while_a_base_is_written_changes_nothing(
    db: Journal, folder: Path, disk: Disk
) -> None:
    before = contents(db)
    number = db.storage.seal()
    with_spares(db.storage)
    for call in ("pwrite", "fsync"):
        disk.fail(call, errno.ENOSPC)
        with pytest.raises(OSError, match="No space left"):
            write_base(unfinished(folder, number))
    assert not any("base" in name for name in names(folder))
    db.insert({"n": "goes on"})
    assert len(contents(db)["_default"]) == len(before["_default"]) + 1


def test_a_full_disk_keeps_a_segment_from_being_sealed_but_not_from_going_on(
    folder: Path, disk: Disk
) -> None:
    with Journal(folder, segment_size=SMALL, spares=0) as db:
        db.insert({"n": 1})
        disk.fail("fsync", errno.ENOSPC)
        with pytest.raises(JournalError, match="No space left"):
            db.storage.seal()
        db.insert({"n": 2})
    assert len(contents_at(folder)["_default"]) == 2


@pytest.mark.parametrize("place", [0, HEADER_SIZE + 20, -1])
def test_a_damaged_base_is_refused(db: Journal, folder: Path, place: int) -> None:
    compact(db)
    db.close()
    base = next(folder.glob("*.base"))
    data = bytearray(base.read_bytes())
    data[place] ^= 1
    base.write_bytes(data)
    before = files(folder)
    with pytest.raises(JournalDamagedError, match=base.name):
        Journal(folder)
    assert files(folder) == before


def test_a_base_that_is_gone_is_damage(db: Journal, folder: Path) -> None:
    compact(db)
    db.insert({"n": "after"})
    db.close()
    next(folder.glob("*.base")).unlink()
    with pytest.raises(JournalDamagedError, match=r"00000001.segment is missing"):
        Journal(folder)


def test_a_base_that_cannot_get_its_name_is_not_left_behind(
    db: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_old: str, _new: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    new = unfinished(folder, db.storage.seal())
    write_base(new)
    with monkeypatch.context() as patch:
        patch.setattr("os.rename", full)
        with pytest.raises(OSError, match="No space left"):
            publish(new)
    assert not new.exists()
