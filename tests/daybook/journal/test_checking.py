"""Reading a journal past damage: what is good is found, and each gap is told."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journals import Journal, ends, files

from kiosk.daybook.journal import JournalBusyError, JournalDamagedError, compaction
from kiosk.daybook.journal.checking import Report, Tables, Trouble, examine, undisturbed
from kiosk.daybook.journal.frames import chain
from kiosk.daybook.journal.segments import HEADER_SIZE, MAGIC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of 20 commits in a few segments; the last ones are spare."""
    return journal(tmp_path / "journal")


def journal(folder: Path) -> Path:
    with opened(folder) as db:
        for number in range(20):
            db.insert({"n": number, "text": "x" * 100})
    return folder


def opened(folder: Path) -> Journal:
    return Journal(folder, segment_size=SIZE, spares=2)


def compacted(folder: Path) -> Path:
    """Put a base in the place of the first three segments; give it."""
    with opened(folder) as db:
        new = compaction.unfinished(folder, 3)
        compaction.write_base(new)
        compaction.publish(new)
        list(db.storage.adopt(3))
        for path in db.storage.release():
            path.unlink()
    return folder / "00000003.base"


def published(folder: Path, revise: Callable[..., bytes | None] | None = None) -> Path:
    """Put a base in the place of the first three segments, and leave them there; give it."""
    new = compaction.unfinished(folder, 3)
    compaction.write_base(new, *([revise] if revise else []))
    compaction.publish(new)
    return folder / "00000003.base"


def segment(folder: Path, number: int) -> Path:
    return folder / f"{number:08}.segment"


def overwrite(path: Path, data: bytes, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def numbers(tables: Tables) -> list[int]:
    return list(tables.get("_default", {}))


def texts(tables: Tables) -> dict[str, dict[int, bytes]]:
    return {
        name: {doc_id: found.text for doc_id, found in documents.items()}
        for name, documents in tables.items()
    }


def troubles(report: Report) -> dict[str, list[Trouble]]:
    return {file.name: list(file.troubles) for file in report.files if file.troubles}


def commits(folder: Path, number: int) -> tuple[int, int]:
    """Tell which commits are in a segment."""
    report, _ = examine(folder)
    found = next(f.commits for f in report.files if f.name == segment(folder, number).name)
    assert found is not None
    return found


# -- a good one ------------------------------------------------------------------------------------


def test_all_of_a_good_journal_is_found_with_its_place(folder: Path) -> None:
    before = files(folder)
    report, tables = examine(folder)
    with Journal(folder, read_only=True) as db:
        whole = {
            id_: db.storage.load(place) for id_, place in db.storage.places("_default").items()
        }
    assert {id_: found.text for id_, found in tables["_default"].items()} == whole
    assert [found.commit for found in tables["_default"].values()] == list(range(1, 21))
    assert not report.damaged
    assert troubles(report) == {}
    assert files(folder) == before


def test_each_file_is_told_with_its_commits_and_what_it_holds(folder: Path) -> None:
    report, tables = examine(folder)
    assert [file.name for file in report.files] == sorted(
        path.name for path in folder.glob("*.segment")
    )
    used = [file for file in report.files if file.commits]
    assert [x for file in used for x in range(file.commits[0], file.commits[1] + 1)] == list(
        range(1, 21)
    )
    assert used[0].used == ends(segment(folder, 1))[-1] - HEADER_SIZE
    assert {file.size for file in report.files} == {SIZE}
    assert {found.file for found in tables["_default"].values()} == {file.name for file in used}


def test_removed_documents_and_dropped_tables_are_not_found(folder: Path) -> None:
    with opened(folder) as db:
        db.remove(doc_ids=[3])
        db.table("gone").insert({"n": 1})
        db.drop_table("gone")
    _, tables = examine(folder)
    assert 3 not in tables["_default"]
    assert list(tables) == ["_default"]


def test_a_base_and_what_came_after_it_are_found(folder: Path) -> None:
    expected = examine(folder)[1]
    last = commits(folder, 3)[1]
    base = compacted(folder)
    report, tables = examine(folder)
    assert report.files[0].name == base.name
    assert report.files[0].commits == (1, last)
    assert not report.damaged
    texts = [{id_: found.text for id_, found in t["_default"].items()} for t in (tables, expected)]
    assert texts[0] == texts[1]


def test_a_journal_can_be_examined_while_it_is_written_to(folder: Path) -> None:
    with opened(folder) as db:
        db.insert({"n": 20})
        report, tables = examine(folder)
        assert not report.damaged
        assert numbers(tables)[-1] == 21


def test_damage_that_is_gone_at_a_second_look_was_a_writer_at_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = folder.parent / "moved"
    segment(folder, 2).rename(moved)
    monkeypatch.setattr("time.sleep", lambda _: moved.exists() and moved.rename(segment(folder, 2)))
    report, tables = examine(folder)
    assert not report.damaged
    assert numbers(tables) == list(range(1, 21))


def test_what_was_cut_off_and_what_is_left_over_is_told(folder: Path) -> None:
    cut, leftover = folder / "cut-00000012", folder / "00000009.base.new"
    cut.write_bytes(b"x")
    leftover.write_bytes(b"half")
    report, _ = examine(folder)
    assert (report.cut, report.leftovers, report.damaged) == ((cut,), (leftover,), False)


def test_without_a_folder_there_is_nothing_to_examine(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        examine(tmp_path / "journal")


# -- harmless --------------------------------------------------------------------------------------


def test_a_torn_last_commit_is_no_damage(folder: Path) -> None:
    last = max(path for path in folder.glob("*.segment") if any(path.read_bytes()[HEADER_SIZE:]))
    data = last.read_bytes().rstrip(b"\0")
    overwrite(last, b"\0" * 40, len(data) - 40)
    report, tables = examine(folder)
    [(name, [trouble])] = troubles(report).items()
    assert (name, trouble.kind, report.damaged) == (last.name, "torn", False)
    assert numbers(tables) == list(range(1, 20))


def test_bytes_behind_the_commits_of_a_full_segment_are_harmless(folder: Path) -> None:
    overwrite(segment(folder, 1), b"\1", SIZE - 1)
    report, tables = examine(folder)
    end = ends(segment(folder, 1))[-1]
    assert troubles(report) == {"00000001.segment": [Trouble("unused", end, SIZE)]}
    assert not report.damaged
    assert len(numbers(tables)) == 20


# -- damaged ---------------------------------------------------------------------------------------


def test_a_flipped_bit_costs_one_commit_and_no_more(folder: Path) -> None:
    first, second, third = ends(segment(folder, 1))[:3]
    overwrite(segment(folder, 1), b"\xff", second + 30)
    report, tables = examine(folder)
    assert troubles(report) == {"00000001.segment": [Trouble("damaged", second, third, (3, 3))]}
    assert report.missing == [(3, 3)]
    assert numbers(tables) == [x for x in range(1, 21) if x != 3]
    assert first < second


def test_two_gaps_in_a_file_are_two_troubles(folder: Path) -> None:
    places = [HEADER_SIZE, *ends(segment(folder, 1))]
    overwrite(segment(folder, 1), b"\xff", places[0] + 30)
    overwrite(segment(folder, 1), b"\xff", places[2] + 30)
    report, tables = examine(folder)
    assert troubles(report)["00000001.segment"] == [
        Trouble("damaged", places[0], places[1], (1, 1)),
        Trouble("damaged", places[2], places[3], (3, 3)),
    ]
    assert set(range(1, 21)) - set(numbers(tables)) == {1, 3}


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"[["])
def test_an_end_of_a_segment_that_was_overwritten_is_told_by_the_next(
    folder: Path, filler: bytes
) -> None:
    first, second = ends(segment(folder, 1))[:2]
    _, last = commits(folder, 1)
    overwrite(segment(folder, 1), (filler * SIZE)[: SIZE - second], second)
    report, tables = examine(folder)
    assert troubles(report) == {"00000001.segment": [Trouble("damaged", second, SIZE, (3, last))]}
    assert numbers(tables) == [1, 2, *range(last + 1, 21)]
    assert first < second


def test_a_segment_full_of_zeros_is_damage_of_its_own(folder: Path) -> None:
    lost = commits(folder, 2)
    overwrite(segment(folder, 2), bytes(SIZE - HEADER_SIZE), HEADER_SIZE)
    report, _ = examine(folder)
    assert troubles(report) == {"00000002.segment": [Trouble("damaged", HEADER_SIZE, SIZE, lost)]}


def test_a_missing_segment_is_told_with_the_commits_in_it(folder: Path) -> None:
    first, last = commits(folder, 2)
    segment(folder, 2).unlink()
    report, tables = examine(folder)
    assert troubles(report) == {"00000002.segment": [Trouble("missing", missing=(first, last))]}
    assert numbers(tables) == [*range(1, first), *range(last + 1, 21)]


def test_a_base_that_is_gone_leaves_the_segments_behind_it(folder: Path) -> None:
    _, last = commits(folder, 3)
    compacted(folder).unlink()
    report, tables = examine(folder)
    assert report.missing == [(1, last)]
    assert list(troubles(report)) == [f"0000000{n}.segment" for n in (1, 2, 3)]
    assert numbers(tables) == list(range(last + 1, 21))


def test_a_gap_in_a_base_costs_what_lay_there(folder: Path) -> None:
    with opened(folder) as db:
        for number in range(5):
            db.table("more").insert({"n": number})
    base = compacted(folder)
    places = [HEADER_SIZE, *ends(base)]
    overwrite(base, b"\xff", places[0] + 30)
    report, tables = examine(folder)
    assert troubles(report) == {base.name: [Trouble("damaged", places[0], places[1])]}
    assert tables["more"].keys() == {1, 2, 3, 4, 5}
    assert report.damaged


def test_a_base_whose_first_bytes_have_changed_is_read_all_the_same(folder: Path) -> None:
    base = compacted(folder)
    overwrite(base, b"\xff", 20)
    report, tables = examine(folder)
    assert [trouble.kind for trouble in troubles(report)[base.name]] == ["header"]
    assert sorted(numbers(tables)) == list(range(1, 21))


@pytest.mark.parametrize("kept", [0, 10, HEADER_SIZE, 300, SIZE - 1])
def test_a_segment_that_was_cut_short_gives_what_is_left(folder: Path, kept: int) -> None:
    whole = [end for end in ends(segment(folder, 1)) if end <= kept]
    first, last = commits(folder, 1)
    os.truncate(segment(folder, 1), kept)
    report, tables = examine(folder)
    kinds = {trouble.kind for trouble in troubles(report)["00000001.segment"]}
    assert kinds & {"length", "header"}
    assert numbers(tables) == [*range(1, first + len(whole)), *range(last + 1, 21)]
    missing = (first + len(whole), last)
    assert report.missing == ([missing] if missing[0] <= last else [])


@pytest.mark.parametrize("text", [b"", b"x", b"hello", b"SQLite format 3\0" * 64, b"\0" * SIZE])
def test_another_kind_of_file_is_told_and_the_rest_is_read(folder: Path, text: bytes) -> None:
    lost = commits(folder, 2)
    segment(folder, 2).write_bytes(text)
    report, tables = examine(folder)
    assert "header" in {trouble.kind for trouble in troubles(report)["00000002.segment"]}
    assert report.missing == [lost]
    assert set(numbers(tables)) == set(range(1, 21)) - set(range(lost[0], lost[1] + 1))


def test_a_file_of_another_version_is_named_as_such(folder: Path) -> None:
    overwrite(segment(folder, 1), MAGIC.replace(b"2", b"3"), 0)
    report, _ = examine(folder)
    assert Trouble("version", 0, HEADER_SIZE) in troubles(report)["00000001.segment"]


def test_a_last_commit_that_may_have_been_acknowledged_is_no_torn_one(folder: Path) -> None:
    last = max(path for path in folder.glob("*.segment") if any(path.read_bytes()[HEADER_SIZE:]))
    end = len(last.read_bytes().rstrip(b"\0"))
    overwrite(last, b"\xff", end - 10)
    report, tables = examine(folder)
    [(name, [trouble])] = troubles(report).items()
    assert (name, trouble.kind, trouble.missing) == (last.name, "doubtful", (20, 20))
    assert report.damaged
    assert numbers(tables) == list(range(1, 20))


def test_how_many_last_commits_lay_under_bytes_from_elsewhere_cannot_be_told(folder: Path) -> None:
    last = max(path for path in folder.glob("*.segment") if any(path.read_bytes()[HEADER_SIZE:]))
    end = len(last.read_bytes().rstrip(b"\0"))
    overwrite(last, b"\xff" * (end - HEADER_SIZE), HEADER_SIZE)
    report, _ = examine(folder)
    [(name, [trouble])] = troubles(report).items()
    assert (name, trouble.kind, trouble.missing) == (last.name, "doubtful", None)
    assert report.damaged
    assert report.may_miss_more


@pytest.mark.parametrize("first_time", [True, False])
def test_blocks_that_the_disk_does_not_give_are_told_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_time: bool
) -> None:
    with Journal(tmp_path / "journal") as db:
        for number in range(200):
            db.insert({"n": number, "text": "x" * 100})
    pread = os.pread
    bad = range(8192, 16384) if first_time else range(SIZE * 1000, SIZE * 1001)

    def failing(file: int, size: int, offset: int) -> bytes:
        if offset < bad.stop and offset + size > bad.start:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return pread(file, size, offset)

    places = [HEADER_SIZE, *ends(tmp_path / "journal" / "00000001.segment")]
    monkeypatch.setattr(os, "pread", failing)
    report, tables = examine(tmp_path / "journal")
    lost = {n for n in range(1, 201) if places[n] > bad.start and places[n - 1] < bad.stop}
    assert set(numbers(tables)) == set(range(1, 201)) - lost
    kinds = {trouble.kind for trouble in troubles(report)["00000001.segment"]}
    assert kinds == ({"unreadable", "damaged"} if first_time else {"unreadable"})
    unreadable = next(x for x in troubles(report)["00000001.segment"] if x.kind == "unreadable")
    assert unreadable.start <= bad.start
    assert unreadable.end >= bad.stop
    assert report.missing == ([(min(lost), max(lost))] if lost else [])
    assert report.damaged


def test_nobody_may_write_meanwhile_if_that_is_wanted(folder: Path) -> None:
    with undisturbed(folder), pytest.raises(JournalBusyError):
        opened(folder)
    with opened(folder), pytest.raises(JournalBusyError), undisturbed(folder):
        pass
    (folder / "lock").unlink()
    with undisturbed(folder):
        assert not (folder / "lock").exists()


# -- any damage ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, set[bytes]]]:
    """A journal with a base, changes and removals; and all that was ever written, by id."""
    folder = tmp_path_factory.mktemp("history") / "journal"
    versions: dict[int, set[bytes]] = {}
    with opened(folder) as db:
        for number in range(1, 41):
            db.insert({"n": number, "text": "x" * (number * 7 % 90)})
            if number % 5 == 0:
                db.update({"text": "changed"}, doc_ids=[number - 2])
            for id_, text in db.storage.scan("_default"):
                versions.setdefault(id_, set()).add(text)
            if number % 7 == 0:
                db.remove(doc_ids=[number - 1])
    compacted(folder)
    return folder, versions


Damage = tuple[str, float, bytes]


@st.composite
def damages(draw: st.DrawFn) -> Damage:
    how = draw(st.sampled_from(["flip", "zeros", "garbage", "cut", "unlink", "insert"]))
    place = draw(st.floats(0, 1, exclude_max=True))
    return how, place, draw(st.binary(min_size=1, max_size=300))


def damage(path: Path, how: str, place: float, data: bytes) -> None:
    whole = path.read_bytes()
    at = int(place * len(whole))
    match how:
        case "flip":
            changed = whole[:at] + bytes([whole[at] ^ (data[0] or 1)]) + whole[at + 1 :]
        case "zeros":
            changed = (whole[:at] + bytes(len(data)) + whole[at + len(data) :])[: len(whole)]
        case "garbage":
            changed = (whole[:at] + data + whole[at + len(data) :])[: len(whole)]
        case "cut":
            changed = whole[:at]
        case "insert":
            changed = whole[:at] + data + whole[at:]
        case _:
            path.unlink()
            return
    path.write_bytes(changed)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), damages()), min_size=1, max_size=3))
def test_whatever_was_damaged_only_what_was_written_is_found_and_all_that_was_not_touched(
    history: tuple[Path, dict[int, set[bytes]]],
    tmp_path_factory: pytest.TempPathFactory,
    done: list[tuple[int, Damage]],
) -> None:
    original, versions = history
    _, whole = examine(original)
    folder = tmp_path_factory.mktemp("damaged") / "journal"
    shutil.copytree(original, folder)
    names = sorted(path.name for path in folder.iterdir() if path.name != "lock")
    touched = {names[which % len(names)]: how for which, how in done}
    for name, how in touched.items():
        damage(folder / name, *how)
    report, found = examine(folder)
    for id_, document in found.get("_default", {}).items():
        assert document.text in versions[id_]
    for id_, document in whole["_default"].items():
        if document.file not in touched:
            assert found["_default"][id_].text == document.text
    assert_agrees_with_opening(folder, report, found)
    shutil.rmtree(folder.parent)


def assert_agrees_with_opening(folder: Path, report: Report, found: Tables) -> None:
    """What opens without a word is not called damaged, and is found whole; and the other way."""
    try:
        with opened(folder) as db:
            assert report.damaged == (db.storage.set_aside is not None)
            here = dict(db.storage.scan("_default"))
    except JournalDamagedError:
        assert report.damaged
    else:
        assert {id_: document.text for id_, document in found.get("_default", {}).items()} == here


# -- damaged, with the files still there that a base stands for ------------------------------------


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A journal whose base has several frames, and the files for which it stands."""
    with Journal(tmp_path / "long", segment_size=4 * SIZE, spares=2) as db:
        for number in range(100):
            db.insert({"n": number, "text": "x" * 100})
        db.remove(doc_ids=[90])
    return tmp_path / "long"


@pytest.mark.parametrize("place", [20, HEADER_SIZE + 30, -10])
def test_what_a_base_has_lost_is_read_from_the_files_for_which_it_stands(
    long: Path, place: int
) -> None:
    expected = texts(examine(long)[1])
    base = published(long)
    overwrite(base, b"\xff", place % base.stat().st_size)
    report, tables = examine(long)
    assert texts(tables) == expected
    assert list(tables["_default"]) == list(expected["_default"])
    assert report.damaged
    assert report.made_up
    assert not report.may_miss_more
    assert [file.name for file in report.covered] == [segment(long, n).name for n in (1, 2, 3)]


def test_a_base_before_it_is_read_as_well(long: Path) -> None:
    first = compaction.unfinished(long, 1)
    compaction.write_base(first)
    expected = texts(examine(long)[1])
    compaction.publish(first)
    base = published(long)
    segment(long, 1).unlink()
    overwrite(base, b"\xff", HEADER_SIZE + 30)
    report, tables = examine(long)
    assert report.covered[0].name == "00000001.base"
    assert (texts(tables), report.made_up) == (expected, True)


def test_what_a_base_has_dropped_or_changed_stays_so_where_that_can_be_read(long: Path) -> None:
    def revise(_table: str, doc_id: int, text: bytes) -> bytes | None:
        return None if doc_id % 3 == 0 else b'{"n":"revised"}' if doc_id % 3 == 1 else text

    before = texts(examine(long)[1])["_default"]
    base = published(long, revise)
    revised = texts(examine(long)[1])["_default"]
    lost = max(frame.tables[0][1] for frame in chain(base.read_bytes(), HEADER_SIZE, 0))[0][0]
    overwrite(base, b"\xff", ends(base)[-2] + 30)  # in the last piece of it
    report, tables = examine(long)
    found = texts(tables)["_default"]
    assert {n: text for n, text in found.items() if n < lost - 1} == {
        n: text for n, text in revised.items() if n < lost - 1
    }
    assert {n: text for n, text in found.items() if n >= lost} == {
        n: text for n, text in before.items() if n >= lost
    }
    assert report.made_up


def test_what_was_removed_after_a_base_was_written_stays_away(long: Path) -> None:
    with Journal(long, segment_size=4 * SIZE, spares=2) as db:
        db.storage.seal()
        base = published(long)
        db.remove(doc_ids=[2])
        db.update({"text": "newer"}, doc_ids=[3])
    overwrite(base, b"\xff", HEADER_SIZE + 30)
    report, tables = examine(long)
    assert report.made_up
    assert 2 not in tables["_default"]
    assert b"newer" in tables["_default"][3].text


def test_what_is_left_of_the_files_for_which_a_base_stands_is_read_too(long: Path) -> None:
    expected = texts(examine(long)[1])["_default"]
    in_first = [x for x, found in examine(long)[1]["_default"].items() if "00000001" in found.file]
    base = published(long)
    base.write_bytes(b"\0" * base.stat().st_size)
    segment(long, 2).unlink()
    report, tables = examine(long)
    found = texts(tables)["_default"]
    assert set(in_first) < set(found) < set(expected)
    assert (report.made_up, report.may_miss_more) == (False, True)


def test_files_for_which_a_good_base_stands_are_left_over(long: Path) -> None:
    published(long)
    overwrite(segment(long, 2), b"\xff", HEADER_SIZE + 30)
    report, tables = examine(long)
    assert (report.damaged, report.covered, len(numbers(tables))) == (False, (), 99)
    assert [path.name for path in report.leftovers] == [segment(long, n).name for n in (1, 2, 3)]


def test_of_a_segment_that_was_cut_short_more_may_be_lost_than_its_gap(folder: Path) -> None:
    last = max(path for path in folder.glob("*.segment") if any(path.read_bytes()[HEADER_SIZE:]))
    used = len(last.read_bytes().rstrip(b"\0"))
    os.truncate(last, used * 2 // 3)
    overwrite(last, b"\xff", HEADER_SIZE + 20)
    report, _ = examine(folder)
    assert report.missing
    assert report.may_miss_more
