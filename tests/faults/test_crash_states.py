"""The model of a disk after a crash, held to small programs whose legal outcomes are known."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from support.crash_states import SECTOR, crash_states
from support.recording import UnseenError, plant, recorded, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

OLD, NEW = b"old " * 2 * SECTOR, b"new " * 2 * SECTOR  # eight sectors each


def found_after(program: Callable[[], None], folder: Path) -> list[dict[str, bytes | None]]:
    """Give each tree once that may be found after a crash of a program that works there."""
    with recorded(folder) as recording, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        program()
    found = []
    for state in crash_states(recording.start, recording.effects, random=Random(1)):
        if state.tree not in found:
            found.append(state.tree)
    return found


def put(name: str, data: bytes, *, sync: bool = True, flags: int = 0) -> None:
    file = os.open(name, os.O_RDWR | os.O_CREAT | flags)
    os.write(file, data)
    if sync:
        os.fsync(file)
    os.close(file)


def sync_folder(name: str = ".") -> None:
    folder = os.open(name, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def contents(found: list[dict[str, bytes | None]], name: str) -> set[bytes | None]:
    return {tree[name] for tree in found if name in tree}


def test_a_file_synced_in_a_folder_that_is_not_may_be_gone_but_never_half_there(
    tmp_path: Path,
) -> None:
    found = found_after(lambda: put("a", NEW), tmp_path)
    assert {} in found
    assert {"a": b""} in found
    assert {"a": NEW} in found
    # Torn states belong to the moment before its sync.
    with recorded(tmp_path) as recording:
        put(str(tmp_path / "b"), b"x")
        recording.mark("done")
    done = list(crash_states(recording.start, recording.effects, random=Random(1)))
    assert {s.tree.get("b") for s in done if s.accepted == ("done",)} == {None, b"x"}


def test_a_rename_without_a_sync_before_it_may_empty_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)

    def program() -> None:
        put("a.new", NEW, sync=False)
        Path("a.new").rename("a")
        sync_folder()

    found = found_after(program, tmp_path)
    assert {b"", OLD, NEW, bytes(len(NEW))} < contents(found, "a")
    assert all("a" in tree for tree in found)


def test_a_rename_after_a_sync_leaves_all_of_the_old_or_all_of_the_new(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)

    def program() -> None:
        put("a.new", NEW)
        Path("a.new").replace("a")
        sync_folder()

    found = found_after(program, tmp_path)
    assert contents(found, "a") == {OLD, NEW}
    assert {"a": NEW} in found
    assert {"a": OLD} in found
    assert {"a": OLD, "a.new": NEW} in found


def test_what_is_removed_before_a_rename_is_synced_may_be_gone_with_the_new_name_missing(
    tmp_path: Path,
) -> None:
    plant({"1": OLD, "2.new": NEW}, tmp_path)

    def program(*, careful: bool) -> None:
        Path("2.new").rename("2")
        if careful:
            sync_folder()
        Path("1").unlink()

    assert {"2.new": NEW} in found_after(lambda: program(careful=False), tmp_path)
    plant({"1": OLD, "2.new": NEW}, tmp_path)
    (tmp_path / "2").unlink()
    found = found_after(lambda: program(careful=True), tmp_path)
    assert {"2.new": NEW} not in found
    assert {"2": NEW} in found
    assert {"1": OLD, "2": NEW} in found
    assert {"1": OLD, "2.new": NEW} in found
    assert len(found) == 3


def test_writes_into_different_sectors_arrive_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2 * SECTOR))

    def program() -> None:
        file = os.open("a", os.O_RDWR)
        os.pwrite(file, b"1", 0)
        os.pwrite(file, b"2", SECTOR)
        os.close(file)

    found = contents(found_after(program, tmp_path), "a")
    firsts = {(content[0:1], content[SECTOR : SECTOR + 1]) for content in found if content}
    assert firsts == {(a, b) for a in (b"\0", b"1") for b in (b"\0", b"2")}


def test_writes_into_one_sector_arrive_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"..")

    def program() -> None:
        file = os.open("a", os.O_RDWR)
        os.pwrite(file, b"1", 0)
        os.pwrite(file, b"2", 1)
        os.close(file)

    assert contents(found_after(program, tmp_path), "a") == {b"..", b"1.", b"12"}


def test_a_sector_may_be_torn(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"........")

    def program() -> None:
        put("a", b"12345678", sync=False)

    found = contents(found_after(program, tmp_path), "a")
    assert {b"1.......", b".2345678", b"1234567.", b".......8", b"12345678"} < found


def test_a_file_that_grows_may_have_any_size_and_hold_zeros_or_what_lay_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_bytes(b"1")

    def program() -> None:
        put("a", bytes(SECTOR) + b"2" * SECTOR, sync=False, flags=os.O_APPEND)

    found = contents(found_after(program, tmp_path), "a")
    assert {len(content) for content in found if content} > {1, 2, SECTOR, 2 * SECTOR + 1}
    assert b"1" + bytes(2 * SECTOR) in found
    assert any(content and b"\xa5" in content for content in found)
    assert all(content and content[0:1] == b"1" for content in found)


@pytest.mark.parametrize(
    ("call", "outcomes"),
    [(os.fsync, {b"1"}), (os.fdatasync, {b"1", b"12", b"1\0"})],
)
def test_only_fsync_makes_shrinking_last(
    tmp_path: Path, call: Callable[[int], None], outcomes: set[bytes]
) -> None:
    (tmp_path / "a").write_bytes(b"12")
    with recorded(tmp_path) as recording:
        file = os.open(tmp_path / "a", os.O_RDWR)
        os.ftruncate(file, 1)
        getattr(os, call.__name__)(file)
        recording.mark("done")
        os.close(file)
    states = crash_states(recording.start, recording.effects, random=Random(1))
    assert {s.tree["a"] for s in states if s.accepted == ("done",)} == outcomes


def test_a_file_in_a_new_folder_is_lost_with_the_folder(tmp_path: Path) -> None:
    def program() -> None:
        Path("new").mkdir()
        put("new/a", b"1")
        sync_folder("new")

    found = found_after(program, tmp_path)
    assert {} in found
    assert {"new": None, "new/a": b"1"} in found


def test_what_is_removed_with_all_that_is_in_it_is_recorded(tmp_path: Path) -> None:
    plant({"a": None, "a/b": None, "a/b/c": OLD}, tmp_path)
    found = found_after(lambda: shutil.rmtree("a"), tmp_path)
    assert {} in found
    assert {"a": None, "a/b": None} in found


def test_what_was_done_unseen_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match="not recorded"), recorded(tmp_path):
        (tmp_path / "a").write_text("by open")


def test_what_is_done_elsewhere_is_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with recorded(tmp_path / "here") as recording:
        put(str(tmp_path / "elsewhere"), b"1")
        (tmp_path / "elsewhere").unlink()
    assert recording.effects == []
    assert tree_of(tmp_path) == {"here": None}
