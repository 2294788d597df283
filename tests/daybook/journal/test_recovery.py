"""Opening a journal after something happened to its files: torn is cut off, damage is refused."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journals import Disk, Journal, contents, contents_at, ends, files

from kiosk.daybook.journal import JournalDamagedError, frames
from kiosk.daybook.journal.segments import HEADER_SIZE, MAGIC, without_zeros

SIZE = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of three commits in its first segment, and a spare one."""
    folder = tmp_path / "journal"
    with opened(folder) as db:
        for number in range(3):
            db.insert({"n": number})
    return folder


@pytest.fixture
def segment(folder: Path) -> Path:
    return folder / "00000001.segment"


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A journal of a few segments, each with a few commits."""
    folder = tmp_path / "journal"
    with opened(folder) as db:
        for number in range(20):
            db.insert({"n": number, "text": "x" * 100})
    return folder


def opened(folder: Path, **how: bool) -> Journal:
    return Journal(folder, segment_size=SIZE, spares=1, **how)


def numbers(db: Journal) -> list[object]:
    return [doc["n"] for doc in db]


def name(file: int) -> str:
    return str(Path(f"/proc/self/fd/{file}").readlink())


def overwrite(path: Path, data: bytes, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


# -- torn ------------------------------------------------------------------------------------------


def test_a_torn_last_commit_is_cut_off_at_every_byte(folder: Path, segment: Path) -> None:
    whole = segment.read_bytes()
    _, second, third = ends(segment)
    for cut in range(second, third):
        segment.write_bytes(whole[:cut].ljust(SIZE, b"\0"))
        with opened(folder) as db:
            assert numbers(db) == [0, 1]
            assert segment.read_bytes() == whole[:second].ljust(SIZE, b"\0")
            db.insert({"n": "next"})
        assert list(contents_at(folder)["_default"].values()) == [{"n": 0}, {"n": 1}, {"n": "next"}]


@pytest.mark.parametrize("filler", [b"\xff", b"\n", b"x\n"])
def test_a_tail_of_other_bytes_is_cut_off(folder: Path, segment: Path, filler: bytes) -> None:
    whole = segment.read_bytes()
    third = ends(segment)[2]
    for cut in (third, third - 7):
        segment.write_bytes((whole[:cut] + filler * SIZE)[:SIZE])
        with opened(folder) as db:
            assert numbers(db) == ([0, 1, 2] if cut == third else [0, 1])
        assert not any(segment.read_bytes()[third:])


def test_a_commit_that_is_torn_at_the_start_of_the_next_segment_is_cut_off(long: Path) -> None:
    last = max(path for path in long.glob("*.segment") if any(path.read_bytes()[HEADER_SIZE:]))
    whole = last.read_bytes()
    kept = contents_at(long)["_default"]
    overwrite(last, b"\0" * (SIZE - HEADER_SIZE - 50), HEADER_SIZE + 50)
    with opened(long) as db:
        assert 0 < len(db) < 20
        assert all(kept[doc.doc_id] == doc for doc in db)
        assert last.read_bytes()[HEADER_SIZE:] == b"\0" * (SIZE - HEADER_SIZE)
        for number in range(len(db), 20):
            db.insert({"n": number, "text": "x" * 100})
    assert contents_at(long)["_default"] == kept
    assert len(last.read_bytes()) == len(whole)


def test_a_reader_stops_at_the_last_whole_commit_and_repairs_nothing(
    folder: Path, segment: Path
) -> None:
    overwrite(segment, b"\0\0", ends(segment)[2] - 2)
    before = files(folder)
    assert contents_at(folder) == {"_default": {1: {"n": 0}, 2: {"n": 1}}}
    assert files(folder) == before


# -- a last commit that may have been acknowledged -------------------------------------------------


def test_a_last_commit_with_a_flipped_bit_is_cut_off_but_kept_and_told(
    folder: Path, segment: Path
) -> None:
    _, second, third = ends(segment)
    whole = segment.read_bytes()
    for place in range(second, third):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 7
        segment.write_bytes(damaged)
        with opened(folder) as db:
            assert numbers(db) == [0, 1]
            kept = db.storage.set_aside
        assert kept is not None
        assert kept.parent == folder
        assert kept.read_bytes() == damaged[second:third]
        assert kept.stat().st_mode & 0o777 == 0o600
    assert len(list(folder.glob("cut-*"))) == third - second  # none takes another's place


@pytest.mark.parametrize("filler", [b"\xff", b"x", b"\0x"])
def test_last_commits_under_bytes_from_elsewhere_are_cut_off_but_kept_and_told(
    folder: Path, segment: Path, filler: bytes
) -> None:
    first = ends(segment)[0]
    overwrite(segment, filler * (SIZE // 4), first)
    tail = segment.read_bytes()[first:].rstrip(b"\0")
    with opened(folder) as db:
        assert numbers(db) == [0]
        kept = db.storage.set_aside
    assert kept is not None
    assert kept.read_bytes() == tail


@given(st.binary(max_size=4), st.sampled_from([0, 1, 4095, 4096, 4097, 3 * 4096]))
def test_only_the_zeros_at_the_end_are_left_out(written: bytes, zeros: int) -> None:
    data = bytes(zeros) + written + bytes(zeros)
    assert without_zeros(data) == data.rstrip(b"\0")


def test_a_flipped_bit_behind_the_last_commit_was_none(folder: Path, segment: Path) -> None:
    third = ends(segment)[2]
    whole = segment.read_bytes()
    for place in range(third, SIZE):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        segment.write_bytes(damaged)
        with opened(folder) as db:
            assert numbers(db) == [0, 1, 2]
            assert db.storage.set_aside is None


def test_a_torn_commit_was_not_acknowledged_and_is_not_kept(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as db:
        db.insert({"n": 1})
        db.insert({"text": "word\n" * 400})
    segment = tmp_path / "journal" / "00000001.segment"
    first, second = ends(segment)
    whole = segment.read_bytes()
    sectors = [*range(first // 512 * 512 + 512, second, 512), second]
    for missing in sectors:
        start = max(first, missing - 512)
        torn = whole[:start] + b"\0" * (missing - start) + whole[missing:]
        segment.write_bytes(torn)
        with Journal(tmp_path / "journal") as db:
            assert db.all() == [{"n": 1}]
            assert db.storage.set_aside is None
    assert not list((tmp_path / "journal").glob("cut-*"))


# -- damaged ---------------------------------------------------------------------------------------


def test_a_flipped_bit_before_a_good_commit_is_refused_and_nothing_is_changed(
    folder: Path, segment: Path
) -> None:
    whole = segment.read_bytes()
    for place in range(ends(segment)[1]):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        segment.write_bytes(damaged)
        before = files(folder)
        for read_only in (False, True):
            if read_only and place % 40:
                continue  # a reader looks again a few times, which takes its time
            with pytest.raises(JournalDamagedError):
                opened(folder, read_only=read_only)
        assert files(folder) == before


def test_a_flipped_bit_in_an_unused_segment_is_not_taken_for_a_lost_record(folder: Path) -> None:
    overwrite(folder / "00000002.segment", b"\x01", HEADER_SIZE + frames.HEAD.size - 1)
    with opened(folder) as db:
        assert numbers(db) == [0, 1, 2]
        assert db.storage.set_aside is None


@given(st.data())
def test_a_flipped_bit_anywhere_is_refused_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped") / "journal"
    with opened(folder) as db:
        for number in range(12):
            db.insert({"n": number, "text": "x" * 50})
        expected = contents(db)["_default"]
    before = files(folder)
    chosen = data.draw(st.sampled_from([name for name in sorted(before) if name != "lock"]))
    place = data.draw(st.integers(0, len(before[chosen]) - 1))
    flipped = before[chosen][place] ^ 1 << data.draw(st.integers(0, 7))
    overwrite(folder / chosen, bytes([flipped]), place)
    damaged = files(folder)
    try:
        with opened(folder) as db:
            after, kept = contents(db)["_default"], db.storage.set_aside
    except JournalDamagedError:
        assert files(folder) == damaged
    else:
        if kept is not None:  # the last one: cut off, kept, and told
            assert list(expected) == [*after, 12]
            expected.pop(12)
        assert after == expected
    finally:
        shutil.rmtree(folder)


def test_damage_is_reported_with_its_place_and_what_is_still_good(
    folder: Path, segment: Path
) -> None:
    first, second, _ = ends(segment)
    overwrite(segment, b"\0", first + 20)
    with pytest.raises(JournalDamagedError) as refused:
        opened(folder)
    message = str(refused.value)
    assert f"{segment} is damaged between byte {first} and byte {second}:" in message
    assert "1 commits before it can be read, and so can commit 3 after it" in message
    assert "Nothing was changed" in message


def test_damage_that_reaches_into_another_segment_names_both(long: Path) -> None:
    first, second = long / "00000001.segment", long / "00000002.segment"
    overwrite(first, b"\0" * 10, ends(first)[-1] - 20)
    with pytest.raises(JournalDamagedError) as refused:
        opened(long)
    assert f"{first} is damaged between byte {ends(first)[-1]} and" in str(refused.value)
    assert f"byte {HEADER_SIZE} of {second.name}" in str(refused.value)


def test_a_commit_that_is_gone_from_the_middle_is_damage(folder: Path, segment: Path) -> None:
    whole = segment.read_bytes()
    first, second, _ = ends(segment)
    segment.write_bytes((whole[:first] + whole[second:]).ljust(SIZE, b"\0"))
    with pytest.raises(JournalDamagedError):
        opened(folder)


def test_a_segment_that_is_gone_is_damage(long: Path) -> None:
    (long / "00000002.segment").unlink()
    before = files(long)
    with pytest.raises(JournalDamagedError, match=r"00000002.segment is missing"):
        opened(long)
    assert files(long) == before


@pytest.mark.parametrize("kept", [0, 10, HEADER_SIZE - 1, HEADER_SIZE, 300, SIZE - 1])
def test_a_segment_that_is_shorter_than_it_was_made_is_damage(
    folder: Path, segment: Path, kept: int
) -> None:
    os.truncate(segment, kept)
    with pytest.raises(JournalDamagedError, match=r"00000001.segment"):
        opened(folder)
    assert segment.stat().st_size == kept


def test_harmless_bytes_behind_the_commits_of_a_full_segment_do_not_stop_the_desk(
    long: Path,
) -> None:
    expected = contents_at(long)
    overwrite(long / "00000001.segment", b"\1", SIZE - 1)
    with opened(long) as db:
        assert contents(db) == expected


@pytest.mark.parametrize("text", [b"x", b"hello", b"{}", b"SQLite format 3\0", b"\0" * SIZE])
def test_another_kind_of_file_is_refused_and_left_as_it_is(
    folder: Path, segment: Path, text: bytes
) -> None:
    segment.write_bytes(text)
    with pytest.raises(JournalDamagedError, match="damaged in its first 64 bytes"):
        opened(folder)
    assert segment.read_bytes() == text


def test_a_later_version_is_named_as_such(folder: Path, segment: Path) -> None:
    overwrite(segment, MAGIC.replace(b"2", b"3"), 0)
    with pytest.raises(JournalDamagedError, match="written by another version of Daybook"):
        opened(folder)


@pytest.mark.parametrize("place", [0, HEADER_SIZE])
def test_a_sector_that_cannot_be_read_is_damage(
    folder: Path, segment: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    def pread(_file: int, _size: int, _offset: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    real = os.pread
    monkeypatch.setattr(
        os,
        "pread",
        lambda file, size, at: real(file, size, at) if at < place else pread(file, 0, 0),
    )
    with pytest.raises(
        JournalDamagedError, match=f"{segment} cannot be read at byte {place}: Input"
    ):
        opened(folder)


# -- what opening does -----------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_disk_that_fails_while_opening_leaves_the_journal_free_to_be_opened_again(
    folder: Path, segment: Path, disk: Disk, call: str
) -> None:
    overwrite(segment, b"\0\0", ends(segment)[2] - 2)
    disk.fail(call, errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        opened(folder)
    with opened(folder) as db:
        assert numbers(db) == [0, 1]


def test_opening_puts_the_last_commit_and_the_names_that_lead_to_it_on_the_disk(
    folder: Path, segment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, synced = [], []
    pwrite, fsync = os.pwrite, os.fsync

    def spy_pwrite(file: int, data: bytes, offset: int) -> int:
        written.append((name(file), offset, bytes(data)))
        return pwrite(file, data, offset)

    def spy_fsync(file: int) -> None:
        synced.append(name(file))
        fsync(file)

    _, second, third = ends(segment)
    whole = segment.read_bytes()
    monkeypatch.setattr(os, "pwrite", spy_pwrite)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    with opened(folder):
        pass
    assert written == [(str(segment), second, whole[second:third])]
    assert synced[:3] == [str(folder), str(folder.parent), str(folder.parent.parent)]
    assert synced[-1] == str(segment)
    assert segment.read_bytes() == whole


def test_what_was_left_over_from_something_cut_short_is_removed(folder: Path) -> None:
    leftover = folder / "00000003.segment.new"
    leftover.write_bytes(b"half")
    assert contents_at(folder)["_default"]
    assert leftover.exists()  # a reader changes nothing
    with opened(folder) as db:
        assert len(db) == 3
    assert not leftover.exists()
