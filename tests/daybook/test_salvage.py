"""Out of a daybook's files and into a new folder: nothing that can be read is lost on the way."""

from __future__ import annotations

import io
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.days import BELOVED, HOBBIT, PARABLE, answered, days, sending, voided
from support.journals import ends, files
from support.transactions import MAYA, NOW, checkout

from kiosk.daybook import copies
from kiosk.daybook.copies import Copy, CopyError
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.facts import Sending, decode_delivery
from kiosk.daybook.inspection import inspect
from kiosk.daybook.journal import JournalError
from kiosk.daybook.salvage import ask_first, copy_of, restore, waiting
from kiosk.desk.visits import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.daybook.facts import Fact

Texts = dict[str, list[tuple[int, bytes]]]


@pytest.fixture(scope="module", autouse=True)
def _no_syncs() -> Iterator[None]:
    """Spare the disk: what a power cut leaves is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _file: None)
        patch.setattr("os.fdatasync", lambda _file: None)
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a daybook with four transactions, a commit for each fact."""
    lent, refused, waiting, undone = (
        replace(checkout(item), id=name)
        for item, name in ((BELOVED, "lent"), (HOBBIT, "refused"), (PARABLE, "a"), (BELOVED, "b"))
    )
    (tmp_path / "data").mkdir()
    with Daybook(tmp_path / "data") as daybook:
        for fact in (lent, sending(lent), answered(lent), refused, sending(refused)):
            daybook.commit([fact])
        for fact in (answered(refused, "refused"), waiting, undone, voided(undone)):
            daybook.commit([fact])
        daybook.commit([Standing(visit="v1", patron=MAYA)])
    return tmp_path / "data"


def copied(data: Path, kind: Literal["export", "salvage"] = "export") -> Copy:
    """Copy a daybook by way of the lines that are written."""
    out = io.BytesIO()
    copies.write(copy_of(inspect(data), kind, terminal="desk-1", now=NOW), out)
    return copies.read(io.BytesIO(out.getvalue()))


def texts(data: Path) -> Texts:
    """Read all documents of all tables in their order, as they were written."""
    with Daybook(data, read_only=True) as daybook:
        return {name: list(daybook.journal.scan(name)) for name in daybook.journal.tables}


def history(data: Path) -> list[tuple[Any, ...]]:
    with Daybook(data, read_only=True) as daybook:
        return list(daybook.history())


def damage(data: Path, commit: int) -> None:
    """Flip bits in a commit of the first segment."""
    segment = data / JOURNAL / "00000001.segment"
    place = ends(segment)[commit - 1] - 10
    whole = segment.read_bytes()
    segment.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])


def commit_of(data: Path, part: bytes) -> int:
    """Find the commit in which some bytes lie."""
    segment = data / JOURNAL / "00000001.segment"
    place = segment.read_bytes().index(part)
    return next(number for number, end in enumerate(ends(segment), 1) if end > place)


# -- undamaged -------------------------------------------------------------------------------------


def test_what_is_restored_equals_what_was_exported(data: Path, tmp_path: Path) -> None:
    restore(copied(data), tmp_path / "new")
    assert texts(tmp_path / "new") == texts(data)
    assert history(tmp_path / "new") == history(data)
    assert not inspect(tmp_path / "new").damaged


@settings(deadline=None, max_examples=25)
@given(days())
def test_whatever_was_recorded_is_the_same_after_export_and_restore(
    commits: list[list[Fact]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data, new = Path(folder), Path(folder) / "new"
        with Daybook(data) as daybook:
            for facts in commits:
                daybook.learn(daybook.commit(facts))
        restore(copied(data), new)
        assert texts(new) == texts(data)
        assert history(new) == history(data)


def test_a_salvage_of_an_undamaged_daybook_equals_an_export(data: Path) -> None:
    export, salvage = copied(data), copied(data, "salvage")
    assert [bytes(d.document) for d in salvage.documents] == [
        bytes(d.document) for d in export.documents
    ]
    assert [d.source for d in salvage.documents] == [""] * len(export.documents)
    assert salvage.header == msgspec.structs.replace(export.header, kind="salvage")
    assert salvage.aside == export.aside == ()


def test_an_export_is_made_while_the_daybook_is_written_to(data: Path, tmp_path: Path) -> None:
    with Daybook(data) as daybook:
        daybook.commit([checkout(PARABLE)])
        copy = copied(data)
        daybook.commit([checkout(PARABLE)])
    restore(copy, tmp_path / "new")
    assert history(tmp_path / "new") == history(data)[:-1]


def test_the_kiosk_goes_on_where_it_was_restored(data: Path, tmp_path: Path) -> None:
    restore(copied(data), tmp_path / "new")
    with Daybook(tmp_path / "new") as daybook:
        assert daybook.standing().patron == MAYA
        daybook.commit([checkout(PARABLE)])
    assert len(history(tmp_path / "new")) == 5


def test_what_waits_in_a_copy_may_have_been_sent_since(data: Path, tmp_path: Path) -> None:
    copy = copied(data)
    assert waiting(copy) == ("a",)
    asked = ask_first(copy, NOW)
    assert waiting(asked) == ()
    assert ask_first(asked, NOW) == asked
    restore(asked, tmp_path / "new")
    states = [state for _, state, _ in history(tmp_path / "new")]
    assert states == ["applied", "refused", "sending", "voided"]


# -- damaged ---------------------------------------------------------------------------------------


def test_what_lies_on_both_sides_of_a_gap_is_salvaged(data: Path, tmp_path: Path) -> None:
    damage(data, commit_of(data, b'"item":"' + HOBBIT.encode()))
    copy = copied(data, "salvage")
    restore(copy, tmp_path / "new")
    assert [x.id for x, _, _ in history(tmp_path / "new")] == ["lent", "a", "b"]
    assert {d.source for d in copy.documents if d.id == 1 and d.table == "transactions"} == {
        "00000001.segment, commit 2"
    }
    [lost] = copy.header.lost
    assert (lost.file, lost.kind, lost.commits) == ("00000001.segment", "damaged", (5, 5))
    assert inspect(data).unknown == {"refused"}


def test_what_has_no_outcome_in_a_damaged_daybook_is_asked_about_before_it_is_sent(
    data: Path, tmp_path: Path
) -> None:
    assert [state for _, state, _ in history(data)] == ["applied", "refused", "queued", "voided"]
    damage(data, commit_of(data, b'"answered"'))
    restore(copied(data, "salvage"), tmp_path / "new")
    states = [state for _, state, _ in history(tmp_path / "new")]
    assert states == ["sending", "refused", "sending", "voided"]


def test_the_note_that_it_was_perhaps_sent_takes_no_place_of_another(
    data: Path, tmp_path: Path
) -> None:
    before = texts(data)["deliveries"]
    damage(data, commit_of(data, b'"item":"' + HOBBIT.encode()))
    restore(copied(data, "salvage"), tmp_path / "new")
    *same, (number, text) = texts(tmp_path / "new")["deliveries"]
    assert same == before
    assert number == before[-1][0] + 1
    assert decode_delivery(text) == Sending(transactions=("a",), no_block=True, at=NOW)


def test_no_visit_is_open_in_what_was_salvaged(data: Path, tmp_path: Path) -> None:
    damage(data, 2)
    copy = copied(data, "salvage")
    restore(copy, tmp_path / "new")
    with Daybook(tmp_path / "new", read_only=True) as daybook:
        assert daybook.standing() == Standing()
    [aside] = copy.aside
    assert (aside.table, aside.why) == ("desk", "the desk may not have stood so any more")
    assert MAYA in aside.text


def test_salvaging_again_what_was_restored_equals_an_export(data: Path, tmp_path: Path) -> None:
    damage(data, 3)
    restore(copied(data, "salvage"), tmp_path / "new")
    again = copied(tmp_path / "new", "salvage")
    assert again.documents == copied(tmp_path / "new").documents
    assert again.aside == ()


def test_a_document_that_cannot_be_read_is_kept_as_text(data: Path, tmp_path: Path) -> None:
    parade = {"kind": "parade", "id": "p", "visit": "v", "item": "1", "at": "2026"}
    with Daybook(data) as daybook:
        daybook.table("transactions").insert(parade)
    inspection = inspect(data)
    assert inspection.damaged
    assert [(x.table, x.number) for x in inspection.strange] == [("transactions", 5)]
    copy = copied(data, "salvage")
    kept = next(aside for aside in copy.aside if aside.table == "transactions")
    assert msgspec.json.decode(kept.text) == parade
    assert "`parade` is no kind of transaction known here" in kept.why
    restore(copy, tmp_path / "new")
    assert len(history(tmp_path / "new")) == 4


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=400)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_was_damaged_what_is_salvaged_was_written_and_can_be_restored(
    damaged_daybook: tuple[Path, Texts], places: list[tuple[float, bytes]]
) -> None:
    original, written = damaged_daybook
    known = {(table, *each) for table, documents in written.items() for each in documents}
    with tempfile.TemporaryDirectory() as folder:
        data, new = Path(folder) / "data", Path(folder) / "new"
        shutil.copytree(original, data)
        segment = data / JOURNAL / "00000001.segment"
        whole = bytearray(segment.read_bytes())
        used = ends(segment)[-1]
        for part, junk in places:
            start = int(part * used)
            whole[start : start + len(junk)] = junk
        segment.write_bytes(whole)
        before = files(data / JOURNAL)
        inspection = inspect(data)
        copy = copy_of(inspection, "salvage", terminal="desk-1", now=NOW)
        for each in copy.documents:
            assert each.source.startswith("added") or (
                (each.table, each.id, bytes(each.document)) in known
            )
        restore(copy, new)
        with Daybook(new, read_only=True) as daybook:
            sent = [pending.sent for pending in daybook.indexes.pending.values()]
            assert all(sent) or not inspection.damaged
        assert files(data / JOURNAL) == before


@pytest.fixture(scope="module")
def damaged_daybook(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Texts]:
    """A daybook of a few visits, and all that it ever held."""
    data = tmp_path_factory.mktemp("daybook")
    written: Texts = {}
    with Daybook(data) as daybook:
        for number in range(30):
            lent = checkout(BELOVED, visit=f"v{number // 3}")
            daybook.commit([lent, Standing(visit=lent.visit, patron=MAYA)])
            daybook.commit([sending(lent)])
            if number % 3:
                daybook.commit([answered(lent, "refused" if number % 2 else "applied")])
            for table in daybook.journal.tables:
                written.setdefault(table, []).extend(daybook.journal.scan(table))
    return data, written


# -- restoring -------------------------------------------------------------------------------------


def test_a_daybook_that_is_there_is_never_touched(data: Path) -> None:
    copy, before = copied(data), files(data / JOURNAL)
    with pytest.raises(CopyError, match="there is a daybook in"):
        restore(copy, data)
    assert files(data / JOURNAL) == before


def test_nor_one_of_an_earlier_version(data: Path, tmp_path: Path) -> None:
    old = tmp_path / "old" / "daybook.journal"
    old.parent.mkdir()
    old.write_bytes(b"DAYBOOK 1\n")
    with pytest.raises(CopyError, match="there is a daybook in"):
        restore(copied(data), old.parent)


def test_a_disk_that_fails_leaves_no_half_daybook(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    copy = copied(data)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            restore(copy, tmp_path / "new")
    assert not (tmp_path / "new" / JOURNAL).exists()
    restore(copy, tmp_path / "new")
    assert texts(tmp_path / "new") == texts(data)


def test_a_daybook_of_a_later_schema_is_refused(data: Path, tmp_path: Path) -> None:
    with Daybook(data) as daybook:
        daybook.table("meta").update({"schema": 99}, doc_ids=[1])
    with pytest.raises(JournalError, match="a later version of Daybook"):
        inspect(data)
    meta = copies.Document("meta", 1, msgspec.Raw(b'{"schema":99}'))
    copy = Copy(copies.Header(1, "export", "9.0", NOW, "desk-1", ("meta",)), (meta,))
    with pytest.raises(JournalError, match="a later version of Daybook"):
        restore(copy, tmp_path / "new")
    assert not (tmp_path / "new" / JOURNAL).exists()
