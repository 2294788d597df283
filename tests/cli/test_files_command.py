"""`kiosk files`: what was handed over, and what somebody says became of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.transactions import MAYA, NOW, checkout

from kiosk.cli import main
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Batched, BatchLoaded

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    lent = checkout("i1", MAYA)
    with Daybook(tmp_path) as daybook:
        daybook.commit([lent])
        batched = Batched(
            id="b1", system="files", transactions=(lent.id,), numbers=(1,), times=(NOW,), at=NOW,
            key="/srv/out/koc-1.koc", title="koc-1.koc", name="koc-1", rests_as="handed_over",
        )  # fmt: skip
        daybook.commit([batched])
        daybook.commit([BatchLoaded(batch="b1", at=NOW)])
    return tmp_path


def known(data: Path) -> tuple[bool, bool]:
    """Whether somebody has confirmed it, and whether it is wanted again."""
    with Daybook(data, read_only=True) as daybook:
        batch = next(x for x in daybook.indexes.batches if x.fact.id == "b1")
        return batch.confirmed is not None, batch.wanted is not None


def test_what_was_handed_over_is_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files", "--data", str(data)]) == 0
    assert "koc-1.koc · 1 transaction · " in capsys.readouterr().out
    assert main(["files", "--json", "--data", str(data)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["count"], told["times"]) == ("koc-1.koc", 1, 1)


def test_one_is_confirmed_by_its_name(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files", "loaded", "koc-1.koc", "--data", str(data)]) == 0
    assert known(data) == (True, False)
    assert main(["files", "--data", str(data)]) == 0
    assert capsys.readouterr().out == "koc-1.koc: 1 count as applied\n"


@pytest.mark.parametrize("name", ["koc-2", "koc-2-North.koc", "koc-2-South.koc"])
def test_one_of_several_files_is_listed_and_confirmed_by_any_of_its_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    lent = checkout("i1", MAYA)
    with Daybook(tmp_path) as daybook:
        batched = Batched(
            id="b2", system="files", transactions=(lent.id,), numbers=(1,), times=(NOW,), at=NOW,
            key="/srv/out/koc-2", title="koc-2-North.koc, koc-2-South.koc", name="koc-2",
            rests_as="handed_over",
        )  # fmt: skip
        daybook.commit([lent])
        daybook.commit([batched])
        daybook.commit([BatchLoaded(batch="b2", at=NOW)])
    assert main(["files", "--data", str(tmp_path)]) == 0
    row = capsys.readouterr().out
    assert row.startswith("koc-2-North.koc, koc-2-South.koc · 1 transaction · ")
    assert row.endswith(" · /srv/out\n")
    assert main(["files", "loaded", name, "--data", str(tmp_path)]) == 0


def test_a_lost_one_is_written_again_only_by_somebody_who_is_sure(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["files", "lost", "koc-1.koc", "--data", str(data)]) == 1
    assert "was written on 2026-11-21" in capsys.readouterr().err
    assert known(data) == (False, False)
    assert main(["files", "lost", "koc-1.koc", "--yes", "--data", str(data)]) == 0
    assert known(data) == (False, True)


def test_its_error_report_is_taken_in_before_it_is_confirmed(data: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("Item not found i1\nUser not found " + MAYA)
    assert main(["exceptions", "import", str(report), "--data", str(data)]) == 0
    with Daybook(data, read_only=True) as daybook:
        [(_, state, told)] = daybook.history()
        assert (state, told is not None and told.words) == ("refused", "User not found ••••4417")
        assert not daybook.rests(daybook.indexes.exceptions.popitem()[0])


def test_another_name_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files", "loaded", "other", "--data", str(data)]) == 1
    assert "no file is called other" in capsys.readouterr().err


def test_the_status_counts_it(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json", "--data", str(data)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["handed_over"], facts["uploaded"], facts["waiting"]) == (1, 0, 0)
