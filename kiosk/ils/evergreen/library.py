"""An Evergreen that takes what has happened in upload sessions.

    place    today's open session of this library, made where there is none
    load     one upload in it, under a name that nothing else has, and counted there
    look     how that session stands: waiting, being processed, stuck, processed
    process  have it processed, with what all desks have uploaded, in the order of the times

Nothing that the server says of an upload is believed: it says SUCCESS where it stores nothing. What
counts is how many lines it says to have, when it is asked afterwards.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from kiosk.desk.checks.functions import EVERYTHING
from kiosk.desk.transactions import Outcome
from kiosk.ils.base import Refused, ReplyLost, Unreachable
from kiosk.ils.batches import Place, Progress
from kiosk.ils.evergreen import lines, results
from kiosk.ils.evergreen.forms import Forms
from kiosk.ils.evergreen.gateway import Gateway
from kiosk.ils.evergreen.lines import LineError
from kiosk.ils.evergreen.meeting import SETTLING, Meeting
from kiosk.ils.evergreen.offline import Offline
from kiosk.ils.evergreen.processing import Processing
from kiosk.ils.evergreen.sessions import desks_in
from kiosk.ils.evergreen.sessions import title as called
from kiosk.ils.evergreen.settings import desk_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import tzinfo

    from kiosk.desk.transactions import Kind, Transaction
    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import Batch, Upload, UploadSession
    from kiosk.ils.evergreen.sessions import Told
    from kiosk.ils.evergreen.settings import EvergreenSettings

TIDYING: Final = timedelta(minutes=2)
"""So long the list of exceptions may be missing after the end: the server moves its files then."""
_POLL: Final = 3.0
_TURN: Final = 2  # times `settling`: so long what one desk has done may take to be seen by the next
_AT_ONCE: Final = 50  # lines; then others on this loop have their turn
_KEPT: Final = 200  # batches that are remembered


@dataclass(frozen=True, slots=True)
class _Written:
    """How many lines a batch has, and of which transactions none can be made, and why."""

    count: int
    unfit: dict[str, str]


def _turn(desk: str, desks: tuple[str, ...]) -> int:
    """Say how many turns a desk waits, so that no two of a list do at once what only one shall."""
    return _TURN * (desks.index(desk) if desk in desks else len(desks))


class EvergreenLibrary:
    """A `BatchLibrary` with `UploadSessions`, on Evergreen's offline sessions.

    `terminal` names the desk. `clock` gives the time, with its offset; `zone` says which day it is.
    `settling` and `poll`: seconds to wait for other desks, and between two looks.
    """

    system = "evergreen"
    carries: frozenset[Kind] = EVERYTHING
    most = 1000
    item_once = False
    rests_as: Literal["waiting", "handed_over"] = "waiting"

    def __init__(
        self,
        settings: EvergreenSettings,
        zone: tzinfo,
        clock: Callable[[], datetime],
        terminal: str,
        *,
        settling: float = SETTLING,
        poll: float = _POLL,
    ) -> None:
        self.gather = settings.gather
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._desk = desk_name(terminal)
        self._desks = tuple(map(desk_name, settings.desks))
        self._forms = Forms(settings)
        self._gateway = Gateway(settings, self._forms, clock)
        self._offline = Offline(settings, self._forms, self._gateway, zone)
        self._processing = Processing(self._offline, self._forms.about, clock, poll)
        self._turn = _turn(self._desk, self._desks) * settling
        self._meeting = Meeting(
            self._offline,
            settings.session_title,
            self._usable,
            self._now,
            settling=settling,
            turn=self._turn,
        )
        self._spoiled: set[str] = set()  # sessions that must not be processed
        self._moved: dict[str, tuple[int, datetime]] = {}
        self._ended: dict[str, datetime] = {}
        self._written: dict[str, _Written] = {}

    # ---------------------------------------------------------------------------- what batches need

    async def hello(self) -> None:
        """Reach it and log in, or keep the login. Raise `Unreachable`."""
        await self._gateway.greet()

    async def clock_offset(self) -> timedelta:
        """Tell by how much the server's clock is ahead of the desk's. Raise `Unreachable`."""
        return await self._gateway.clock_offset()

    async def place(self, avoid: Collection[str] = ()) -> Place:
        """Find the session that today's uploads go to; make it where there is none.

        `avoid`: keys of those that must not be processed. The name has a part that is never given
        again: two desks may bear one name by mistake, and an upload of one must not pass for that
        of the other. Raises `Unreachable`.
        """
        self._spoiled.update(avoid)
        told = await self._meeting.find()
        name = f"{self._desk}.{secrets.token_hex(3)}"
        return Place(key=told.key, title=told.session.title, name=name)

    async def load(self, batch: Batch) -> Progress:
        """Upload a batch, unless it is there, and see that all of it is there.

        Raises `Unreachable` or `ReplyLost`.
        """
        made, written = await self._write(batch)
        if not made:
            return self._done(batch, written, [])
        told = await self._offline.session(batch.place.key)
        if told is None or told.org != self._settings.org:
            return Progress(stage="absent", reason=self._forms.about("evergreen.session_gone"))
        progress = await self._progress(batch, told, written)
        if progress.stage != "absent" or not told.is_open:
            return progress
        content = lines.upload(made)
        progress = await self._upload(batch, told, content)
        if progress.stage == "absent":
            # It may only be seen late: under the same name the server takes it once at most.
            progress = await self._upload(batch, told, content)
        return progress

    async def _upload(self, batch: Batch, told: Told, content: bytes) -> Progress:
        """Send it, and look what is there then. Raises `Unreachable` or `ReplyLost`."""
        await self._offline.load(told, batch.place.name, content)
        try:
            return await self.look(batch)
        except Unreachable as error:  # it is there, or it is not
            raise ReplyLost(error.reason, error.detail) from error

    async def look(self, batch: Batch) -> Progress:
        """Find out how a batch stands. Raise `Unreachable`.

        One that was `spoiled` is `done` once its session was processed all the same.
        """
        written = self._written.get(batch.id) or (await self._write(batch))[1]
        if not written.count:
            return self._done(batch, written, [])
        told = await self._offline.session(batch.place.key)
        if told is None:
            reason = self._forms.about("evergreen.session_gone")
            return self._done(batch, written, [], doubt="session-gone", reason=reason)
        return await self._progress(batch, told, written)

    async def close(self) -> None:
        """Hang up."""
        self._processing.stop()
        await self._offline.close()
        await self._forms.close()

    def unfit(self, transaction: Transaction) -> Phrase | None:
        """Say why a transaction cannot be uploaded; None where it can."""
        try:
            lines.line(transaction, self._settings, self._zone)
        except LineError as error:
            return error.reason
        return None

    # --------------------------------------------------------------------- what staff do with them

    async def sessions(self) -> tuple[UploadSession, ...]:
        """List the library's upload sessions, the oldest first. Raise `Unreachable`."""
        return tuple(told.session for told in await self._offline.sessions())

    async def create(self, title: str) -> UploadSession:
        """Make a session; where there is an open one of that name and day, give that.

        Raises `Unreachable`, also where a reply was lost and nothing was made.
        """
        return (await self._meeting.make(title)).session

    def suggested_title(self) -> str:
        """Name today's session, as the settings do."""
        today = self._clock().astimezone(self._zone).date()
        return called(self._settings.session_title, today)

    async def join(self, key: str) -> None:
        """Let the next batches go into this session; "": into today's. Raise `Refused`."""
        if key:
            told = await self._offline.session(key)
            if told is None or not self._usable(told):
                raise Refused(self._forms.about("evergreen.not_joinable"), key)
        self._meeting.chosen = key

    async def process(self, key: str) -> None:
        """Have a session processed, with the uploads of all desks.

        Returns once it has begun; to ask again is harmless. Raises `Refused` where the
        account may not, or where it must not be or cannot be done; `Unreachable` or `ReplyLost`.

        Staff at two desks may say so at once, and the server would do both: so each desk waits
        for its turn, and looks then.
        """
        await asyncio.sleep(self._turn)
        told = await self._offline.session(key)
        if told is None:
            raise Refused(self._forms.about("evergreen.session_gone"), key)
        if not told.is_open or self._processing.is_starting(key):
            return
        if told.is_doubled or key in self._spoiled:
            raise Refused(self._forms.about("evergreen.must_not", title=told.session.title), key)
        if not told.session.total:
            raise Refused(self._forms.about("evergreen.nothing_in", title=told.session.title), key)
        await self._processing.begin(told)

    def missing(self, session: UploadSession) -> tuple[str, ...]:
        """Name the desks of the settings that have not uploaded into a session."""
        return tuple(desk for desk in self._desks if desk not in desks_in(session))

    def is_ours_to_process(self, session: UploadSession) -> bool:
        """Whether this desk shall have a session processed by itself: all desks are in.

        One desk alone does: of two at once the server would process everything twice.
        """
        return (
            self._settings.process == "all-in"
            and self._desks[:1] == (self._desk,)
            and session.is_open
            and session.key not in self._spoiled | self._processing.in_vain.keys()
            and not self.missing(session)
        )

    def _usable(self, told: Told) -> bool:
        """Tell whether a session can be uploaded into."""
        bad = told.key in self._spoiled | self._processing.in_vain.keys()
        ours = told.is_open and told.org == self._settings.org
        return ours and not bad and not self._processing.is_starting(told.key)

    async def _now(self) -> datetime:
        """Give the time by the server, which says when a session was made."""
        return (self._clock() + await self._gateway.clock_offset()).astimezone(self._zone)

    # --------------------------------------------------------------------------- how a batch stands

    async def _write(self, batch: Batch) -> tuple[list[str], _Written]:
        """Make a batch's lines, some at a time: the desk has its turn between."""
        made: list[str] = []
        unfit: dict[str, str] = {}
        for number, transaction in enumerate(batch.transactions):
            try:
                made.append(lines.line(transaction, self._settings, self._zone))
            except LineError as error:
                unfit[transaction.id] = error.reason.key
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
        while len(self._written) >= _KEPT:
            del self._written[next(iter(self._written))]
        self._written[batch.id] = _Written(len(made), unfit)
        return made, self._written[batch.id]

    async def _progress(self, batch: Batch, told: Told, written: _Written) -> Progress:
        uploads = told.uploads(batch.place.name)
        stored = sum(upload.count for upload in uploads)
        whole = len(uploads) == 1 and stored == written.count
        if not stored:
            closed = self._forms.about("evergreen.session_closed")
            return Progress(stage="absent", reason=None if told.is_open else closed)
        if not whole and told.is_open:
            self._spoiled.add(told.key)
            sent = written.count
            reason = self._forms.about("evergreen.count_differs", stored=stored, sent=sent)
            return Progress(stage="spoiled", reason=reason)
        if told.session.ended is not None:
            return await self._processed(batch, told, written, uploads if whole else None)
        return self._under_way(told)

    def _under_way(self, told: Told) -> Progress:
        """Tell a session that waits from one in which something moves, or nothing does any more."""
        session = told.session
        counts: dict[str, Any] = {"processed": session.processed, "total": session.total}
        if told.is_open:
            reason = self._processing.in_vain.get(told.key)
            return Progress(stage="loaded", reason=reason, **counts)
        now = self._clock()
        moved = self._moved.get(told.key)
        if moved is None or moved[0] != session.processed:
            self._moved[told.key] = moved = session.processed, now
        if now - moved[1] < timedelta(minutes=self._settings.stuck_after):
            return Progress(stage="processing", **counts)
        reason = self._forms.about("evergreen.stuck", minutes=self._settings.stuck_after, **counts)
        return Progress(stage="stuck", reason=reason, **counts)

    async def _processed(
        self, batch: Batch, told: Told, written: _Written, uploads: list[Upload] | None
    ) -> Progress:
        """Tell what became of a batch. `uploads` is None where something else was stored."""
        found = await self._offline.exceptions(told)
        if found is None:
            since = self._ended.setdefault(told.key, self._clock())
            if self._clock() - since < TIDYING:
                return Progress(stage="processing", processed=told.session.processed,
                                total=told.session.total)  # fmt: skip
            reason = self._forms.about("evergreen.results_missing", title=told.session.title)
            return self._done(batch, written, [], doubt="no-results", reason=reason)
        if await self._offline.session(told.key) != told:  # a second run goes over it meanwhile
            return Progress(stage="processing", processed=told.session.processed,
                            total=told.session.total)  # fmt: skip
        if uploads is None:
            reason = self._forms.about("evergreen.processed_all_the_same", title=told.session.title)
            return self._done(batch, written, found, doubt="miscounted", reason=reason)
        if told.was_processed_twice or results.were_processed_twice(found):
            reason = self._forms.about("evergreen.twice", title=told.session.title)
            return self._done(batch, written, found, doubt=results.TWICE, reason=reason)
        if any(map(told.may_have_missed, uploads)):
            reason = self._forms.about("evergreen.missed", title=told.session.title)
            return self._done(batch, written, found, doubt="missed", reason=reason)
        return self._done(batch, written, found)

    def _done(
        self,
        batch: Batch,
        written: _Written,
        exceptions: list[object],
        *,
        doubt: str = "",
        reason: Phrase | None = None,
    ) -> Progress:
        """Give the outcomes. `doubt`: the code of what only seems to have gone well."""
        now = self._clock()
        sent = [each for each in batch.transactions if each.id not in written.unfit]
        found = results.outcomes(sent, exceptions, now)
        if doubt == results.TWICE:
            found = results.of_two_runs(sent, exceptions, now)
        elif doubt:
            found = results.in_doubt(found, doubt)
        by_id = {each.transaction: each for each in found}
        outcomes = tuple(
            by_id.get(each.id)
            or Outcome(transaction=each.id, kind="by_hand", at=now, code=written.unfit[each.id])
            for each in batch.transactions
        )
        return Progress(stage="done", outcomes=outcomes, reason=reason)
