"""A library in memory that takes batches, behind the face that delivery knows, with faults."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.transactions import Outcome, Transaction
from kiosk.desk.words import say
from kiosk.ils.base import LibraryError, Refused, ReplyLost
from kiosk.ils.batches import Place, Progress, Stage, Upload, UploadSession
from support.library import UNREACHABLE
from support.transactions import NOW

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import Batch

Fault = Literal[
    "unreachable", "lost before", "lost after", "half", "not stored", "closed", "unforeseen"
]
FAULTS: tuple[Fault, ...] = (
    "unreachable",
    "lost before",
    "lost after",
    "half",
    "not stored",
    "closed",
    "unforeseen",
)
"""What can happen to one `load`: not sent; lost on its way; its reply lost; half of it stored;
none of it, without a word; its place takes nothing any more; a surprise after it."""


@dataclass
class Folder:
    """Where batches go: an upload session."""

    batches: dict[str, tuple[Transaction, ...]] = field(default_factory=dict)
    stage: Stage = "loaded"


class ModelBatches:
    """Keeps batches until `process`, and notes what it was asked. A `BatchLibrary`."""

    def __init__(self) -> None:
        self.system = "model"
        self.carries = EVERYTHING
        self.most = 5
        self.item_once = False
        self.gather = 0.0
        self.rests_as: Literal["waiting", "handed_over"] = "waiting"
        self.folders: list[Folder] = []
        self.applied: list[str] = []
        """The ids of the transactions it has carried out, in order, each time it did."""
        self.times: dict[str, set[object]] = {}
        """Under which times each transaction was ever loaded."""
        self.requests: list[str] = []
        self.down = False
        self.faults: deque[Fault | None] = deque()
        self.offset = timedelta()
        self.overlooks = 0
        """So many times it does not see what it is asked about."""
        self.at_once = False
        """It processes what is loaded, and says what became of it."""
        self.objects_to: set[str] = set()
        """Items it cannot put into a batch."""
        self.refuses: set[str] = set()
        """Items it does not lend."""
        self.arrived = asyncio.Event()

    def unfit(self, transaction: Transaction) -> Phrase | None:
        return say("evergreen.blank") if transaction.item in self.objects_to else None

    async def hello(self) -> None:
        await self._request("hello")

    async def clock_offset(self) -> timedelta:
        await self._request("clock")
        return self.offset

    async def place(self, avoid: Collection[str] = ()) -> Place:
        await self._request("place")
        newest = self.folders[-1] if self.folders else None
        if newest is None or newest.stage != "loaded" or str(len(self.folders)) in avoid:
            self.folders.append(Folder())
        name = f"desk.{len(self.folders[-1].batches) + 1}"
        return Place(key=str(len(self.folders)), title="Internet Down", name=name)

    async def load(self, batch: Batch) -> Progress:
        await self._request(f"load {batch.place.key}/{batch.place.name}")
        fault = self.faults.popleft() if self.faults else None
        for each in batch.transactions:
            self.times.setdefault(each.id, set()).add(each.at)
        if fault == "unreachable":
            raise UNREACHABLE
        if fault == "lost before":
            raise ReplyLost(say("library.reply_lost"))
        folder = self._folder(batch)
        if fault == "closed" or folder.stage != "loaded":
            return Progress(stage="absent", reason=say("evergreen.session_closed"))
        if fault == "not stored":
            return Progress(stage="absent")
        assert batch.place.name not in folder.batches, "loaded twice"
        whole = batch.transactions
        folder.batches[batch.place.name] = whole[: len(whole) // 2] if fault == "half" else whole
        if self.at_once:
            self.process(folder)
        if fault == "lost after":
            raise ReplyLost(say("library.reply_lost"))
        if fault == "unforeseen":
            raise LookupError("a reply nobody foresaw")
        return self._progress(batch)

    async def look(self, batch: Batch) -> Progress:
        await self._request(f"look {batch.place.key}/{batch.place.name}")
        if self.overlooks:
            self.overlooks -= 1
            return Progress(stage="absent")
        return self._progress(batch)

    async def close(self) -> None:
        pass

    def process(self, folder: Folder) -> None:
        """Carry out all that is in a place, sorted by time."""
        self._carry_out(folder)

    def _carry_out(self, folder: Folder) -> None:
        folder.stage = "done"
        lines = [line for batch in folder.batches.values() for line in batch]
        self.applied += [x.id for x in sorted(lines, key=lambda x: x.at)]

    @property
    def twice(self) -> set[str]:
        """What was carried out more than once."""
        return {x for x, times in Counter(self.applied).items() if times > 1}

    def _folder(self, batch: Batch) -> Folder:
        return self.folders[int(batch.place.key) - 1]

    def _progress(self, batch: Batch) -> Progress:
        folder = self._folder(batch)
        stored = folder.batches.get(batch.place.name)
        if stored is None:
            return Progress(stage="absent")
        if folder.stage != "done":
            whole = len(stored) == len(batch.transactions)
            return Progress(stage=folder.stage if whole else "spoiled")
        outcomes = (
            Outcome(
                transaction=x.id, kind="refused" if x.item in self.refuses else "applied", at=NOW
            )
            for x in batch.transactions
        )
        return Progress(stage="done", outcomes=tuple(outcomes))

    async def _request(self, request: str) -> None:
        self.requests.append(request)
        self.arrived.set()
        await asyncio.sleep(0)
        if self.down:
            raise UNREACHABLE


class ModelSessions(ModelBatches):
    """The same with upload sessions, each a folder with a title. An `UploadSessions`, too.

    `desks` have to be in before this desk has one processed by itself, if `by_itself`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.titles: dict[str, str] = {}
        self.joined = ""
        self.desks: tuple[str, ...] = ()
        self.by_itself = False
        self.closed: set[str] = set()
        """What takes no uploads any more, though nobody has processed it."""
        self.process_faults: deque[LibraryError | None] = deque()
        self.begun: list[str] = []
        """What was really processed, in order."""

    def suggested_title(self) -> str:
        return "Internet Down"

    def missing(self, session: UploadSession) -> tuple[str, ...]:
        there = {upload.name.partition(".")[0] for upload in session.uploads}
        return tuple(desk for desk in self.desks if desk not in there)

    def is_ours_to_process(self, session: UploadSession) -> bool:
        return self.by_itself and session.is_open and not self.missing(session)

    async def place(self, avoid: Collection[str] = ()) -> Place:
        if not self.joined:
            return await super().place(avoid)
        await self._request("place")
        folder = self.folders[int(self.joined) - 1]
        name = f"desk.{len(folder.batches) + 1}"
        return Place(key=self.joined, title=self.titles[self.joined], name=name)

    async def sessions(self) -> tuple[UploadSession, ...]:
        await self._request("sessions")
        return tuple(map(self._session, range(1, len(self.folders) + 1)))

    async def create(self, title: str) -> UploadSession:
        await self._request(f"create {title}")
        self.folders.append(Folder())
        self.titles[str(len(self.folders))] = title
        return self._session(len(self.folders))

    async def join(self, key: str) -> None:
        await self._request(f"join {key}")
        if key in self.closed:
            raise Refused(say("evergreen.not_joinable"))
        self.joined = key

    async def process(self, key: str) -> None:  # type: ignore[override] # by key, as staff do
        await self._request(f"process {key}")
        folder = self.folders[int(key) - 1]
        fault = self.process_faults.popleft() if self.process_faults else None
        if fault is not None and not isinstance(fault, ReplyLost):
            raise fault
        if folder.stage == "loaded":
            self.begun.append(key)
            self._carry_out(folder)
        if fault is not None:
            raise fault

    def _session(self, number: int) -> UploadSession:
        folder = self.folders[number - 1]
        uploads = (Upload(name=x, count=len(y), at=NOW) for x, y in folder.batches.items())
        done = NOW if folder.stage == "done" else None
        title = self.titles.get(str(number), "Internet Down")
        return UploadSession(
            key=str(number),
            title=title,
            created=NOW,
            uploads=tuple(uploads),
            began=done,
            ended=done,
        )


NEVER = math.inf
