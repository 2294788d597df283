"""`kiosk daybook`: what an administrator types, and what comes back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.days import BELOVED, HOBBIT, PARABLE, answered, sending
from support.journals import ends, files
from support.transactions import checkout

from kiosk.cli import main
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.journal import JournalDamagedError, compaction

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: one applied, one refused, one perhaps sent, one waiting."""
    applied, refused, sent, waiting = map(checkout, (BELOVED, HOBBIT, PARABLE, BELOVED))
    (tmp_path / "data").mkdir()
    with Daybook(tmp_path / "data") as daybook:
        for fact in (applied, answered(applied), refused, answered(refused, "refused")):
            daybook.commit([fact])
        for fact in (sent, sending(sent), waiting):
            daybook.commit([fact])
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a `kiosk daybook` command on the data folder; give exit code, output, errors."""
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")

    def run(*words: str | Path, folder: Path = data) -> tuple[int, str, str]:
        code = main(["daybook", *map(str, words), "--data", str(folder)])
        return code, *capfd.readouterr()

    return run


def segment(data: Path) -> Path:
    return data / JOURNAL / "00000001.segment"


def flip(data: Path, commit: int) -> tuple[int, int]:
    """Flip bits in a commit; give where it lies."""
    start, end = ([64, *ends(segment(data))])[commit - 1 : commit + 1]
    whole = segment(data).read_bytes()
    segment(data).write_bytes(whole[: end - 9] + b"\xff" + whole[end - 8 :])
    return start, end


# -- check -----------------------------------------------------------------------------------------


def test_a_good_daybook_is_well(data: Path, run: Run) -> None:
    before = files(data / JOURNAL)
    code, out, err = run("check")
    assert (code, err) == (0, "")
    assert "00000001.segment  1-" in out
    assert (
        "Readable: 4 transactions, 1 waiting for the library, 1 perhaps sent (the library is asked "
        "first), 1 to fix." in out
    )
    assert out.endswith("All is well.\n")
    assert files(data / JOURNAL) == before


def test_damage_is_told_with_its_place_and_what_to_do(data: Path, run: Run) -> None:
    start, end = flip(data, 4)
    code, out, _ = run("check")
    assert code == 1
    assert f"DAMAGED: bytes {start}-{end - 1} have changed; commit 4 is lost" in out
    assert "Lost: 1 commit, " in out
    assert f"kiosk daybook salvage --to FILE --data {data}" in out


def test_a_missing_file_is_told_in_the_place_where_it_was(data: Path, run: Run) -> None:
    segment(data).unlink()
    code, out, _ = run("check")
    assert code == 1
    assert "00000001.segment  -                 -          -  MISSING\n" in out
    assert "Whether anything is lost cannot be told." in out


def test_a_file_cut_short_is_told_with_both_lengths(data: Path, run: Run) -> None:
    os.truncate(segment(data), 500_000)
    code, out, _ = run("check")
    assert code == 1
    assert "DAMAGED: it has 500,000 bytes, but was made with 1,048,576" in out


def test_what_was_cut_off_before_is_explained_and_is_no_damage(data: Path, run: Run) -> None:
    (data / JOURNAL / "cut-00000005").write_bytes(b"x" * 300)
    code, out, _ = run("check")
    assert code == 0
    assert "cut-00000005 (300 bytes) could not be read at an earlier start" in out


def test_monitoring_gets_all_of_it_as_json(data: Path, run: Run) -> None:
    code, out, _ = run("check", "--json")
    facts = json.loads(out)
    assert (code, facts["ok"], facts["transactions"], facts["waiting"]) == (0, True, 4, 1)
    start, end = flip(data, 4)
    code, out, _ = run("check", "--json")
    facts = json.loads(out)
    assert (code, facts["ok"], facts["lost_commits"]) == (1, False, [[4, 4]])
    [trouble] = facts["files"][0]["troubles"]
    assert trouble == {"kind": "damaged", "start": start, "end": end, "missing": [4, 4]}


def test_check_works_while_the_daybook_is_in_use(data: Path, run: Run) -> None:
    with Daybook(data):
        assert run("check")[0] == 0


def test_where_there_is_no_daybook_that_is_said(run: Run, tmp_path: Path) -> None:
    for command in (["check"], ["export", "--to", tmp_path / "f"], ["salvage", "--to", "f"]):
        code, _, err = run(*command, folder=tmp_path / "nowhere")
        assert code == 1
        assert "no daybook to read in" in err
    assert not (tmp_path / "nowhere").exists()


# -- export and restore ----------------------------------------------------------------------------


def test_a_backup_is_made_and_restored_elsewhere(data: Path, run: Run, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup.jsonl", tmp_path / "new"
    with Daybook(data):
        code, out, err = run("export", "--to", backup)
    assert (code, err) == (0, "")
    assert out.startswith(f"{backup} has 8 documents: 4 transactions, 1 waiting for the library")
    code, out, err = run("restore", "--from", backup, folder=new)
    assert (code, err) == (0, "")
    assert "4 transactions, 2 perhaps sent" in out
    with Daybook(data, read_only=True) as old, Daybook(new, read_only=True) as restored:
        assert [x for x, _, _ in restored.history()] == [x for x, _, _ in old.history()]


def test_what_waited_when_a_backup_was_made_is_asked_about_before_it_is_sent(
    data: Path, run: Run, tmp_path: Path
) -> None:
    backup, new = tmp_path / "backup.jsonl", tmp_path / "new"
    run("export", "--to", backup)
    _, out, _ = run("restore", "--from", backup, folder=new)
    assert "1 transaction may have been sent since the copy was made" in out
    with Daybook(data, read_only=True) as old, Daybook(new, read_only=True) as restored:
        assert [state for _, state, _ in old.history()][3] == "queued"
        assert [state for _, state, _ in restored.history()][3] == "sending"


def test_an_export_goes_to_standard_output_as_nothing_else(data: Path, run: Run) -> None:
    code, out, err = run("export", "--to", "-")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert (lines[0]["kind"], lines[-1]["line"]) == ("export", "end")


def test_a_damaged_daybook_is_not_exported(data: Path, run: Run, tmp_path: Path) -> None:
    flip(data, 4)
    code, out, err = run("export", "--to", tmp_path / "backup.jsonl")
    assert (code, out) == (1, "")
    assert f"See `kiosk daybook check --data {data}`" in err
    assert not (tmp_path / "backup.jsonl").exists()


@pytest.mark.parametrize("command", ["export", "salvage"])
def test_no_file_is_written_over_or_put_among_the_daybooks_own(
    data: Path, run: Run, tmp_path: Path, command: str
) -> None:
    there = tmp_path / "there"
    there.write_text("dear to someone")
    assert "exists already" in run(command, "--to", there)[2]
    assert there.read_text() == "dear to someone"
    code, _, err = run(command, "--to", data / JOURNAL / "backup.jsonl")
    assert code == 1
    assert "is among the daybook's own files. Name one elsewhere" in err
    assert not (data / JOURNAL / "backup.jsonl").exists()


def test_a_bad_copy_is_refused_with_the_line_before_anything_is_written(
    run: Run, tmp_path: Path
) -> None:
    backup, new = tmp_path / "backup.jsonl", tmp_path / "new"
    run("export", "--to", backup)
    lines = backup.read_bytes().splitlines(keepends=True)
    backup.write_bytes(b"".join([*lines[:3], b"{}\n", *lines[4:]]))
    code, out, err = run("restore", "--from", backup, folder=new)
    assert (code, out) == (1, "")
    assert f"kiosk: {backup} was not restored: line 4 is not as it was written" in err
    assert not new.exists()


def test_a_daybook_that_is_there_is_not_restored_over(data: Path, run: Run, tmp_path: Path) -> None:
    backup, before = tmp_path / "backup.jsonl", files(data / JOURNAL)
    run("export", "--to", backup)
    code, _, err = run("restore", "--from", backup)
    assert code == 1
    assert f"there is a daybook in {data} already. Nothing was changed" in err
    assert files(data / JOURNAL) == before


def test_root_restores_as_the_user_to_whom_the_folder_belongs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became = []
    new = tmp_path / "new"
    new.mkdir()
    run("export", "--to", tmp_path / "backup.jsonl")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "setegid", lambda group: became.append(("group", group)))
    monkeypatch.setattr(
        os, "seteuid", lambda user: became.append(("user", user, (new / JOURNAL).exists()))
    )
    assert run("restore", "--from", tmp_path / "backup.jsonl", folder=new)[0] == 0
    owner = new.stat()
    assert became == [("group", owner.st_gid), ("user", owner.st_uid, False)]


# -- salvage ---------------------------------------------------------------------------------------


def test_what_is_left_is_saved_and_the_way_on_can_be_followed(
    data: Path, run: Run, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.jsonl"
    flip(data, 4)
    before = files(data / JOURNAL)
    code, out, err = run("salvage", "--to", saved)
    assert (code, err) == (0, "")
    assert "commit 4 is lost" in out
    assert "1 transaction without an answer may have been sent" in out
    assert f"kiosk daybook restore --from {saved} --data {data}" in out
    assert files(data / JOURNAL) == before

    (data / JOURNAL).rename(data / "journal-damaged")
    code, out, err = run("restore", "--from", saved)
    assert (code, err) == (0, "")
    assert "3 transactions, 2 perhaps sent" in out
    assert run("check")[0] == 0


def test_a_salvage_of_a_good_daybook_says_so(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("salvage", "--to", tmp_path / "saved.jsonl")
    assert code == 0
    assert "Nothing is damaged, and nothing is missing in it." in out


def test_a_running_kiosk_is_stopped_before_a_salvage(data: Path, run: Run, tmp_path: Path) -> None:
    with Daybook(data):
        code, _, err = run("salvage", "--to", tmp_path / "saved.jsonl")
    assert code == 1
    assert "the kiosk is running" in err
    assert not (tmp_path / "saved.jsonl").exists()


# -- the way there ---------------------------------------------------------------------------------


def test_a_kiosk_that_cannot_start_names_the_commands_in_one_line(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    flip(data, 2)
    assert main(["transactions", "--data", str(data)]) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith(f"kiosk: {segment(data)} is damaged between byte")
    assert "`kiosk daybook check` shows what can still be read" in line
    assert "`kiosk daybook salvage` saves it" in line


# -- a damaged base --------------------------------------------------------------------------------


def rewritten(data: Path) -> Path:
    """Publish a base for all there is, leave the files for which it stands, and give it."""
    with Daybook(data) as daybook:
        new = compaction.unfinished(data / JOURNAL, daybook.journal.seal())
        compaction.write_base(new)
        compaction.publish(new)
    return data / JOURNAL / "00000001.base"


def damage_the_transactions_of(base: Path) -> None:
    base.write_bytes(base.read_bytes().replace(b'"checkout"', b'"checkin?"'))


def bodies(copy: str) -> list[object]:
    return [line["document"] for line in map(json.loads, copy.splitlines()) if "document" in line]


def test_what_a_base_has_lost_is_salvaged_from_the_files_for_which_it_stands(
    data: Path, run: Run
) -> None:
    base = rewritten(data)
    whole = bodies(run("export", "--to", "-")[1])
    damage_the_transactions_of(base)
    code, out, _ = run("check")
    assert code == 1
    assert "4 transactions" in out
    assert "00000001.segment  1-" in out
    assert "Nothing that 00000001.base has lost is gone" in out
    assert "cannot be told" not in out
    *salvaged, perhaps_sent = bodies(run("salvage", "--to", "-")[1])
    assert salvaged == whole
    assert perhaps_sent["no_block"] is True


def test_where_they_are_gone_it_is_told_what_the_library_knows_to_be_lost(
    data: Path, run: Run
) -> None:
    base = rewritten(data)
    (data / JOURNAL / "00000001.segment").unlink()
    damage_the_transactions_of(base)
    code, out, _ = run("check")
    assert code == 1
    assert "Still readable: 0 transactions" in out
    assert "The library has answered for 2 transactions that cannot be found here." in out
    assert "Whether more is lost cannot be told." in out
    assert "anything is lost" not in out


# -- version 1 -------------------------------------------------------------------------------------


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A data folder of version 1."""
    shutil.copytree(Path(__file__).parents[1] / "daybook" / "versions" / "1", tmp_path / "first")
    return tmp_path / "first"


def test_a_daybook_of_version_1_can_be_checked_and_copied(
    first_version: Path, run: Run, tmp_path: Path
) -> None:
    before = files(first_version)
    code, out, _ = run("check", folder=first_version)
    assert (code, out.endswith("All is well.\n")) == (0, True)
    assert run("export", "--to", tmp_path / "backup", folder=first_version)[0] == 0
    assert files(first_version) == before
    assert run("restore", "--from", tmp_path / "backup", folder=tmp_path / "new")[0] == 0
    with Daybook(first_version) as old, Daybook(tmp_path / "new") as new:
        assert [x for x, _, _ in new.history()] == [x for x, _, _ in old.history()]


def test_a_damaged_one_is_told_with_its_place_and_can_be_salvaged(
    first_version: Path, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = first_version / "daybook.journal"
    whole = file.read_bytes()
    file.write_bytes(whole[:500] + b"\xff" + whole[501:])
    with pytest.raises(JournalDamagedError, match="damaged between byte 357 and byte 903"):
        Daybook(first_version)
    code, out, _ = run("check", folder=first_version)
    assert code == 1
    assert "DAMAGED: bytes 357-902 have changed; commit 2 is lost" in out
    assert "Still readable: 6 transactions" in out
    code, out, _ = run("salvage", "--to", tmp_path / "saved", folder=first_version)
    assert code == 0
    assert f"mv {file} {file}-damaged-" in out
    file.rename(f"{file}-damaged")
    assert run("restore", "--from", tmp_path / "saved", folder=first_version)[0] == 0
    with Daybook(first_version) as daybook:
        assert len(list(daybook.history())) == 6


def test_a_last_commit_in_it_that_has_changed_is_damage(first_version: Path, run: Run) -> None:
    file = first_version / "daybook.journal"
    whole = file.read_bytes()
    file.write_bytes(whole[:-20] + b"\xff" + whole[-19:])
    code, out, _ = run("check", folder=first_version)
    assert code == 1
    assert "4548 have changed; commit 18 is lost" in out


@pytest.mark.parametrize("begin", [b"DAYBOOK 1", b"JUNK JUNK\n", b"\xff" * 10])
def test_one_whose_first_bytes_have_changed_is_read_all_the_same(
    first_version: Path, run: Run, begin: bytes
) -> None:
    file = first_version / "daybook.journal"
    file.write_bytes(begin.ljust(10, b"?") + file.read_bytes()[10:])
    code, out, _ = run("check", folder=first_version)
    assert code == 1
    assert "bytes 0-9, where it says what it is" in out
    assert "Still readable: 7 transactions" in out


def test_one_that_an_earlier_version_still_writes_to_is_not_salvaged(
    first_version: Path, run: Run, tmp_path: Path
) -> None:
    with (first_version / "daybook.journal").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, _, err = run("salvage", "--to", tmp_path / "saved", folder=first_version)
    assert code == 1
    assert "the kiosk is running" in err


# -- a journal's folder with nothing in it ---------------------------------------------------------


@pytest.fixture(params=[[], ["lock"], ["lock", "00000001.segment.new"]], ids=len)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder in which a first start came to nothing."""
    folder = tmp_path / "empty"
    (folder / JOURNAL).mkdir(parents=True)
    for name in request.param:
        (folder / JOURNAL / name).touch()
    return folder


def test_where_there_is_nothing_there_is_no_daybook_to_any_command(
    empty: Path, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for command in (["check"], ["export", "--to", "-"], ["salvage", "--to", tmp_path / "file"]):
        code, _, err = run(*command, folder=empty)
        assert (code, "no daybook to read in" in err) == (1, True)
    assert main(["transactions", "--data", str(empty)]) == 1
    assert "no daybook to read in" in capfd.readouterr().err


def test_a_daybook_can_be_restored_there(empty: Path, run: Run, tmp_path: Path) -> None:
    run("export", "--to", tmp_path / "backup")
    assert run("restore", "--from", tmp_path / "backup", folder=empty)[0] == 0
    with Daybook(empty) as daybook:
        assert len(list(daybook.history())) == 4


def test_a_daybook_of_version_1_beside_it_is_brought_up_to_date_and_not_lost(
    empty: Path, first_version: Path
) -> None:
    shutil.copy(first_version / "daybook.journal", empty)
    with Daybook(empty) as daybook:
        assert len(list(daybook.history())) == 7


# -- where it goes ---------------------------------------------------------------------------------


def test_a_copy_goes_through_standard_output_into_standard_input(
    data: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(data, 4)
    code, out, err = run("salvage", "--to", "-")
    assert (code, json.loads(out.splitlines()[0])["kind"]) == (0, "salvage")
    assert "What to do next:" in err
    assert f"restore --from FILE --data {data}" in err
    (tmp_path / "copy").write_text(out)
    with (tmp_path / "copy").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        code, out, _ = run("restore", "--from", "-", folder=tmp_path / "new")
    assert (code, "3 transactions" in out) == (0, True)


def test_a_bad_copy_on_standard_input_is_named_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        _, _, err = run("restore", "--from", "-", folder=tmp_path / "new")
    assert "standard input was not restored: it is empty. Nothing was changed" in err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "words", [["check"], ["check", "--json"], ["export", "--to", "-"], ["check", "--help"]]
)
def test_output_that_nobody_takes_is_no_success(
    data: Path, words: list[str], unbuffered: str
) -> None:
    def ends(out: int) -> tuple[int, str]:
        command = [sys.executable, "-m", "kiosk", "daybook", *words, "--data", str(data)]
        env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        ended = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=env, check=False)
        return ended.returncode, ended.stderr.decode()

    reader, writer = os.pipe()
    os.close(reader)
    full = os.open("/dev/full", os.O_WRONLY)
    assert ends(full) == (1, "kiosk: its output cannot be written: No space left on device\n")
    code, told = ends(writer)
    assert code == 141
    assert ("the copy is not whole" in told) is ("export" in words)
    for file in (full, writer):
        os.close(file)


@pytest.mark.parametrize("words", ["daybook check", "daybook export --to -", "transactions --json"])
def test_output_that_is_closed_is_no_success(data: Path, words: str) -> None:
    command = f"{sys.executable} -m kiosk {words} --data {data} >&-"
    ended = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    nowhere = "kiosk: its output went nowhere: standard output is closed\n"
    assert (ended.returncode, ended.stderr) == (1, nowhere)


def test_a_command_with_nothing_to_print_needs_no_output(data: Path) -> None:
    words = f"transactions --state unknown --data {data}"
    command = f"{sys.executable} -m kiosk {words} >&-"
    ended = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
