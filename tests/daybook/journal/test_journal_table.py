"""A journal under TinyDB gives the same answers as TinyDB's own storage."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.journals import Journal, contents_at, ends
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from kiosk.daybook.journal import LARGEST_DOCUMENT, JournalError, JournalStorage
from kiosk.daybook.journal.compaction import publish, unfinished, write_base
from kiosk.daybook.journal.segments import HEADER_SIZE, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


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
        self.journal = self.opened()
        self.adopting: Iterator[object] | None = None

    def opened(self) -> Journal:
        """Open it with segments so small that a few changes fill one."""
        return Journal(self.folder / "journal", segment_size=600, spares=1)

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

    @precondition(lambda self: not self.adopting)
    @rule()
    def compact(self) -> None:
        """Begin to change over to a base; what follows happens in the middle of that."""
        number = self.journal.storage.seal()
        if number > self.journal.storage.base:
            new = unfinished(self.folder / "journal", number)
            write_base(new)
            publish(new)
            self.adopting = self.journal.storage.adopt(number)

    @precondition(lambda self: self.adopting)
    @rule()
    def go_on_compacting(self) -> None:
        assert self.adopting is not None
        if next(self.adopting, None) is None:
            remove(self.journal.storage.release())
            self.adopting = None

    @rule()
    def reopen(self) -> None:
        self.adopting = None
        self.journal.close()
        self.journal = self.opened()
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
        segment = path / "00000001.segment"
        whole = segment.read_bytes()
    for cut in range(HEADER_SIZE, ends(segment)[-1]):
        segment.write_bytes(whole[:cut].ljust(len(whole), b"\0"))
        assert contents_at(path) == {}
    segment.write_bytes(whole)
    assert contents_at(path) == {"a": {1: {"n": 1}}, "b": {1: {"n": 2}, 2: {"n": 3}}}


def test_what_fails_together_is_not_written_at_all(path: Path) -> None:
    with Journal(path) as db:
        with pytest.raises(ValueError, match="not a Mapping"), db.storage.together():
            db.insert_multiple([{"n": 1}, "not a document"])
        assert db.tables() == set()
        db.insert({"n": 2})
    assert list(contents_at(path)["_default"].values()) == [{"n": 2}]


def test_together_within_together_is_one_commit_of_all(path: Path) -> None:
    with Journal(path) as db:
        before = db.storage.sequence
        with db.storage.together():
            db.insert({"n": 1})
            with db.storage.together():
                db.insert({"n": 2})
            db.insert({"n": 3})
        assert db.storage.sequence == before + 1
        assert db.all() == [{"n": 1}, {"n": 2}, {"n": 3}]


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
