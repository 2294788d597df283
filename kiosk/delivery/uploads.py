"""Upload sessions: what becomes of them by the word of staff, and by itself.

    what is so                                   what is done
    -------------------------------------------  -------------------------------------------------
    staff want the list                          the library is asked for it
    staff have chosen, or made, one              the next batches go into it, also after a restart
    the chosen one takes nothing any more        it is forgotten, and staff are told
    something of this desk waits in one, or it   looked at then, and twice a minute: who is in, who
    is the chosen one, and open                  is missing; also while nothing may be sent, for
                                                 to ask sends nothing
    staff say "process"                          it is on the disk; then the library is asked, once
    all desks are in, and this one processes     the same by itself, once nothing has come for a
                                                 while, and nothing of this desk is on its way there
    the request cannot have arrived              noted; by itself, the desk asks again
    its reply is lost                            the desk never asks again by itself: staff may
    the library says no                          noted; staff who may do it there

The library is looked at before each request (`UploadSessions.process`), so one that has begun
meanwhile is not asked for again. While the library is away, nothing here waits for it: what staff
wanted has failed, and they are told why.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from kiosk.daybook.facts import ProcessAsked, ProcessNotAsked, SessionChosen
from kiosk.delivery.wishes import Wishes
from kiosk.desk.batches.standing import DeskIn, Session
from kiosk.desk.words import say
from kiosk.ils.base import LibraryError, Refused, ReplyLost, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.daybook.batches import KnownBatch
    from kiosk.daybook.daybook import Daybook
    from kiosk.delivery.gathering import Gathering
    from kiosk.delivery.loading import Loading
    from kiosk.desk.batches.standing import SessionStage
    from kiosk.desk.words import Phrase
    from kiosk.ils.batches import Upload, UploadSession, UploadSessions

LOOK_AGAIN = 30.0
"""Seconds between two looks at the sessions in which something of this desk waits."""
QUIET = 120.0
"""So many seconds nothing may have come into a session that is processed by itself."""
LATELY = timedelta(days=7)
"""So long one is listed that is over, or in which nobody has anything."""
MOST_LISTED = 20

Tiding = Literal["begun", "refused", "not_asked", "lost", "left_behind"]
"""What there is to tell of a session: it is being processed; the library does not let us; it could
not be asked; its reply is lost; the chosen one takes nothing any more."""


class Listener(Protocol):
    """Who wants to know what becomes of upload sessions."""

    def sessions_changed(self) -> None:
        """Look at `Uploads.shown` again."""

    def session_told(self, tiding: Tiding, title: str, reason: Phrase | None) -> None:
        """Take what became of a session."""


class Uploads:
    """Looks after the upload sessions of a library system.

    `wake` is called where there is something to do for a connection.
    """

    def __init__(
        self,
        daybook: Daybook,
        writer: Gathering,
        library: UploadSessions,
        loading: Loading,
        *,
        clock: Callable[[], datetime],
        listener: Listener,
        wake: Callable[[], None],
    ) -> None:
        self._daybook = daybook
        self._writer = writer
        self._library = library
        self._loading = loading
        self._clock = clock
        self._listener = listener
        self._wake = wake
        self.wishes = Wishes(wake)
        """What staff want of the library: a connection carries it out."""
        self._known: dict[str, UploadSession] = {}
        self._unchanged: dict[str, tuple[tuple[Upload, ...], float]] = {}
        """What was in a session, and since when nothing else was."""
        self._joined = daybook.indexes.runs.uploads.chosen is None
        """Whether the library knows which session staff have chosen."""
        self._refused: dict[str, Phrase] = {}
        """Which the library did not let us have processed, and why."""
        self._next_look = -math.inf
        self._seen: set[str] = set()
        """The batches that rested there when it was looked at last."""

    # -- what staff want -----------------------------------------------------------------------

    @property
    def suggested_title(self) -> str:
        """What a new session is usually called."""
        return self._library.suggested_title()

    async def listed(self) -> tuple[Session, ...]:
        """List the sessions that matter, the newest first. Raises LibraryError."""
        found = await self.wishes.want(self._look)
        lately = self._clock() - LATELY
        mine = self._mine()
        some = (x for x in found if x.key in mine or (x.is_open and x.total) or x.created >= lately)
        newest = sorted(some, key=lambda x: (x.created, x.key), reverse=True)
        return tuple(self._drawn(x.key, mine, x) for x in newest[:MOST_LISTED])

    async def create(self, title: str, by: str) -> Session:
        """Make one, and let the next batches go into it. Raises LibraryError, JournalError."""

        async def make() -> UploadSession:
            made = await self._library.create(title)
            await self._choose(
                SessionChosen(key=made.key, title=made.title, at=self._clock(), by=by)
            )
            return made

        made = await self.wishes.want(make)
        self._known[made.key] = made
        self._joined = True
        self._listener.sessions_changed()
        return self._drawn(made.key, self._mine(), made)

    def chosen(self) -> None:
        """Take that staff have chosen where the next batches go; it is on the disk."""
        self._joined = False
        self._wake()

    async def process(self, key: str, title: str) -> None:
        """Have one processed; it is on the disk that staff want it. Raises nothing."""
        try:
            await self.wishes.want(lambda: self._process(key, title))
        except LibraryError:
            return  # it was told

    # -- what the connection does --------------------------------------------------------------

    async def do_one(self) -> bool:
        """Do what is due by itself; tell whether anything was.

        Raises LibraryError, JournalError.
        """
        if not self._joined:
            await self._join()
            return True
        if not self._is_due():
            return False
        for session in await self._look():
            if self._may_process(session):
                await self._ask(session)
        return True

    async def look_if_due(self) -> bool:
        """See who is in, where that is due; tell whether it was. Nothing is sent by that.

        Raises LibraryError.
        """
        if not self._is_due():
            return False
        await self._look()
        return True

    def until_next(self) -> float | None:
        """Give in how many seconds there is something to do by itself; None: when told so."""
        return self.until_look() if self._joined else 0.0

    def until_look(self) -> float | None:
        """Give in how many seconds to see who is in; None: when told so."""
        if self._is_news():
            return 0.0
        return max(self._next_look - _now(), 0.0) if self._is_watched() else None

    def _is_due(self) -> bool:
        if not self._is_watched():
            if not self._keys():
                self._forget()
            return False
        return self._is_news() or _now() >= self._next_look

    def _is_watched(self) -> bool:
        """Tell whether anything may become of a session that is on show."""
        mine, known = self._mine(), self._known
        return any(key in mine or key not in known or known[key].is_open for key in self._keys())

    def _forget(self) -> None:
        if self._known:
            self._known.clear()
            self._listener.sessions_changed()

    def _is_news(self) -> bool:
        """Tell whether this desk has uploaded since it looked last who is in."""
        return not self._batches() <= self._seen

    def _batches(self) -> set[str]:
        return {known.fact.id for found in self._mine().values() for known in found}

    async def _look(self) -> tuple[UploadSession, ...]:
        self._next_look = _now() + LOOK_AGAIN
        self._seen = self._batches()
        found = await self._library.sessions()
        known = {session.key: session for session in found}
        changed, self._known = known != self._known, known
        for session in found:
            before, _ = self._unchanged.get(session.key, (None, 0.0))
            if before != session.uploads:
                self._unchanged[session.key] = session.uploads, _now()
        if changed:
            self._loading.look_now()  # some may have been processed
            self._listener.sessions_changed()
        return found

    # -- which one ------------------------------------------------------------------------------

    async def _join(self) -> None:
        """Tell the library system which one staff have chosen."""
        chosen = self._daybook.indexes.runs.uploads.chosen
        try:
            await self._library.join("" if chosen is None else chosen.key)
        except Refused as no:
            title = "" if chosen is None else chosen.title
            await self._choose(SessionChosen(key="", at=self._clock()))
            self._listener.session_told("left_behind", title, no.reason)
        self._joined = True
        self._listener.sessions_changed()

    async def _choose(self, fact: SessionChosen) -> None:
        await self._library.join(fact.key)
        await self._writer.write([fact])

    # -- processing -----------------------------------------------------------------------------

    def _may_process(self, session: UploadSession) -> bool:
        """Tell whether this desk shall have one processed by itself now."""
        _, since = self._unchanged[session.key]
        batches = self._daybook.indexes.batches
        return (
            self._library.is_ours_to_process(session)
            and session.key not in self._daybook.indexes.runs.uploads.asked
            and session.key not in self._spoiled() | self._refused.keys()
            and _now() - since >= QUIET
            and not self._loading.is_ripe()
            and all(known.stage != "begun" for known in batches)
        )

    async def _ask(self, session: UploadSession) -> None:
        asked = ProcessAsked(key=session.key, title=session.title, at=self._clock())
        await self._writer.write([asked])
        try:
            await self._process(session.key, session.title)
        except Refused:
            return  # it was told

    async def _process(self, key: str, title: str) -> None:
        """Ask the library to process one, and tell what comes of it. Raises LibraryError."""
        try:
            self._refuse_spoiled(key)
            await self._library.process(key)
        except ReplyLost as lost:
            self._listener.session_told("lost", title, lost.reason)
            raise
        except (Unreachable, Refused) as error:
            await self._writer.write([ProcessNotAsked(key=key, at=self._clock())])
            if isinstance(error, Refused):
                self._refused[key] = error.reason
                self._listener.session_told("refused", title, error.reason)
            else:
                self._listener.session_told("not_asked", title, error.reason)
            raise
        self._refused.pop(key, None)
        self._listener.session_told("begun", title, None)
        self._next_look = -math.inf
        self._loading.look_now()

    def _refuse_spoiled(self, key: str) -> None:
        if key in self._spoiled():
            raise Refused(say("sessions.must_not"))

    # -- how they stand -------------------------------------------------------------------------

    @property
    def shown(self) -> tuple[Session, ...]:
        """Draw those in which something of this desk waits, and the chosen one; oldest first."""
        mine = self._mine()
        return tuple(self._drawn(key, mine, self._known.get(key)) for key in self._keys())

    def _keys(self) -> tuple[str, ...]:
        """Name those that are on show."""
        uploads, keys = self._daybook.indexes.runs.uploads, dict.fromkeys(self._mine())
        # One that was asked for, and in which nothing waits any more, has been processed.
        if uploads.chosen is not None and uploads.chosen.key not in uploads.asked:
            keys[uploads.chosen.key] = None
        return tuple(keys)

    def _mine(self) -> dict[str, list[KnownBatch]]:
        """Give the batches that rest at the library system, or are watched, by session."""
        found: dict[str, list[KnownBatch]] = {}
        for known in self._daybook.indexes.batches:
            if known.stage != "begun" and known.fact.rests_as == "waiting":
                found.setdefault(known.fact.key, []).append(known)
        return found

    def _spoiled(self) -> set[str]:
        batches = self._daybook.indexes.batches
        return {known.fact.key for known in batches if known.stage == "spoiled"}

    def _drawn(
        self, key: str, mine: dict[str, list[KnownBatch]], session: UploadSession | None
    ) -> Session:
        ours = mine.get(key, [])
        uploads = self._daybook.indexes.runs.uploads
        asked, chosen = uploads.asked.get(key), uploads.chosen
        stage, reason, processed, total = self._stage(session, ours)
        title = ours[0].fact.title if ours else ""
        if not title and chosen is not None and chosen.key == key:
            title = chosen.title
        return Session(
            key=key,
            title=session.title if session is not None else title or key,
            created=session.created if session is not None else None,
            stage=stage,
            desks=_desks(session.uploads) if session is not None else None,
            missing=self._library.missing(session) if session is not None else (),
            mine=sum(len(x.fact.transactions) for x in ours if x.stage == "loaded"),
            chosen=chosen is not None and chosen.key == key,
            asked=None if asked is None else asked.at,
            processed=processed,
            total=total,
            reason=reason,
        )

    def _stage(
        self, session: UploadSession | None, ours: Iterable[KnownBatch]
    ) -> tuple[SessionStage, Phrase | None, int, int]:
        """Tell how one stands, by what is known of it and of what this desk has in it."""
        ids = {known.fact.id: known for known in ours}
        looked = {
            standing.batch.fact.id: standing.progress
            for standing in self._loading.standings
            if standing.progress is not None and standing.batch.fact.id in ids
        }
        processed = max((x.processed for x in looked.values()), default=0)
        total = max((x.total for x in looked.values()), default=0)
        reason = next((x.reason for x in looked.values() if x.reason is not None), None)
        if any(known.stage == "spoiled" for known in ids.values()):
            return "spoiled", reason or say("sessions.must_not"), processed, total
        if any(x.stage == "stuck" for x in looked.values()):
            return "stuck", reason, processed, total
        if session is None:
            busy = any(x.stage == "processing" for x in looked.values())
            return "processing" if busy else "open", reason, processed, total
        if session.ended is not None:
            return "done", reason, session.processed, session.total
        if session.is_open:
            return "open", reason or self._refused.get(session.key), 0, session.total
        return "processing", reason, max(processed, session.processed), session.total


def _desks(uploads: Iterable[Upload]) -> tuple[DeskIn, ...]:
    counts: Counter[str] = Counter()
    for upload in uploads:
        counts[upload.name.partition(".")[0]] += upload.count
    return tuple(DeskIn(desk, count) for desk, count in sorted(counts.items()) if count)


def _now() -> float:
    return asyncio.get_running_loop().time()
