"""Hold a journal to its promise after every crash that a recording allows.

After a crash the journal opens, without a word. It holds what it held after the last commit that
was acknowledged, or that and a commit that was under way, whole. And it can be written to again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from kiosk.daybook.journal import JournalError, JournalStorage
from support.crash_states import CrashState, SyncFailed, Tree, crash_states
from support.journals import Contents, contents
from support.recording import Recording, UnseenError, plant, recorded

Faulty = Callable[[], AbstractContextManager[Any]]
"""What is put around all that is done to the journal, to see whether it is found out."""


class PromiseBrokenError(AssertionError):
    """A crash state was found in which something is lost, invented or refused."""


class Witnessed:
    """A journal, and TinyDB in memory beside it that tells what the journal has to hold."""

    def __init__(self, journal: TinyDB, mark: Callable[..., None]) -> None:
        self.journal = journal
        self.storage: JournalStorage = journal.storage
        self.failed = False
        """Whether a commit was refused."""
        self._mark = mark
        self._models = [_in_memory(contents(journal))]
        self._mark(*self._possible())

    @property
    def held(self) -> Contents:
        """What the journal has to hold."""
        return self._possible()[-1]

    def _possible(self) -> list[Contents]:
        return [contents(model) for model in self._models]

    def commit(self, act: Callable[[TinyDB], Any]) -> None:
        """Do something to both, as one commit."""
        before = self._possible()
        for model in self._models:
            act(model)
        self._mark(*before, *self._possible())
        try:
            with self.storage.together():
                act(self.journal)
        except JournalError:
            self.failed = True
            raise
        self._mark(*self._possible())

    @contextmanager
    def becoming(self, act: Callable[[TinyDB], Any]) -> Iterator[None]:
        """Let it be possible that something was done, and certain after the block inside."""
        changed = _in_memory(self.held)
        act(changed)
        self._models.append(changed)
        self._mark(*self._possible())
        yield
        self._models = [changed]
        self._mark(*self._possible())


def _in_memory(held: Contents) -> TinyDB:
    db = TinyDB(storage=MemoryStorage)
    for name, documents in held.items():
        db.table(name)._update_table(lambda table, new=documents: table.update(new))
    return db


def write_on(opened: Callable[[Path], TinyDB], folder: Path, mark: Callable[..., None]) -> Contents:
    """Open, write once more, close, and open again; give what was there at first."""
    with opened(folder) as db:
        witnessed = Witnessed(db, mark)
        found = witnessed.held
        witnessed.commit(lambda db: db.table("after").insert({"n": 1}))
    with opened(folder) as db:
        again = contents(db)
    if again != witnessed.held:
        raise PromiseBrokenError(f"held {witnessed.held}, but found {again}")
    return found


@dataclass
class Inquest:
    """Looks into crash states, each once. `opened` opens the journal in a folder."""

    opened: Callable[..., TinyDB]
    scratch: Path
    faulty: Faulty = nullcontext
    read_every: int = 4
    """Of how many different states one is read before it is opened for writing. 0: none."""
    crash_again_every: int = 0
    """Of how many different states one is crashed again while it is opened and written to."""
    states: int = 0
    """How many different states were looked into."""
    _found: dict[bytes, Contents] = field(default_factory=dict)

    def hold(self, recording: Recording, *, limit: int = 200, since: int = 0) -> None:
        """Raise PromiseBrokenError where a crash, after so many effects, breaks the promise."""
        failed = any(isinstance(effect, SyncFailed) for effect in recording.effects)
        for wrote in (False, True)[: 1 + failed]:
            states = crash_states(
                recording.start,
                recording.effects,
                random=Random(1),
                limit=limit,
                since=since,
                failed_syncs_wrote=wrote,
            )
            for state in states:
                # Before the first mark nothing is promised.
                if state.accepted:
                    self._look_into(state)

    def _look_into(self, state: CrashState) -> None:
        digest = _digest(state.tree)
        if digest not in self._found:
            self.states += 1
            again = self.crash_again_every and self.states % self.crash_again_every == 0
            try:
                self._found[digest] = self._crash_again(state) if again else self._reopen(state)
            except UnseenError:
                raise
            except Exception as error:
                raise PromiseBrokenError(f"{state}: {error!r}") from error
        found = self._found[digest]
        if found not in state.accepted:
            raise PromiseBrokenError(f"{state}: found {found}, but accepted are {state.accepted}")

    def _reopen(self, state: CrashState) -> Contents:
        folder = self._planted(state.tree)
        with self.faulty():
            reads = self.read_every and self.states % self.read_every == 0
            read = self._read(folder) if reads else None
            found = write_on(self.opened, folder, lambda *_: None)
        if read not in (None, found):
            raise PromiseBrokenError(f"a reader found {read}, a writer {found}")
        return found

    def _read(self, folder: Path) -> Contents | None:
        try:
            with self.opened(folder, read_only=True) as db:
                return contents(db)
        except FileNotFoundError:
            return None  # it was never begun

    def _crash_again(self, state: CrashState) -> Contents:
        """Crash while it is opened after a crash, and written to."""
        folder = self._planted(state.tree)
        with recorded(folder) as recording, self.faulty():
            recording.mark(*state.accepted)
            found = write_on(self.opened, folder, recording.mark)
        inner = replace(self, crash_again_every=0, states=0, _found={})
        inner.hold(recording, limit=20)
        self.states += inner.states
        return found

    def _planted(self, tree: Tree) -> Path:
        folder = self.scratch / "crashed"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        plant(tree, folder)
        return folder


def _digest(tree: Tree) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for path, content in sorted(tree.items()):
        digest.update(f"{path}\0{-1 if content is None else len(content)}\0".encode())
        digest.update(content or b"")
    return digest.digest()
