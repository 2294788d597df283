"""How upload sessions and files stand, as it is shown and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kiosk.desk.words import Phrase, say

SessionStage = Literal["open", "processing", "stuck", "spoiled", "done"]
"""`spoiled`: what was uploaded is not what was sent, and must not be processed."""


@dataclass(frozen=True, slots=True)
class DeskIn:
    """How many lines a desk has uploaded."""

    desk: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An upload session, as far as it is known here.

    `desks` have uploaded, `missing` have not, of those that should; None: the library has not said
    so yet. `mine`: so many transactions of this desk wait in it. `chosen`: staff want the next
    uploads to go there. `asked`: when the library was asked from here to process it, or None.
    `processed` of `total` lines are done with. `reason` says why it is stuck or spoiled.
    """

    key: str
    title: str
    created: datetime | None = None
    stage: SessionStage = "open"
    desks: tuple[DeskIn, ...] | None = ()
    missing: tuple[str, ...] = ()
    mine: int = 0
    chosen: bool = False
    asked: datetime | None = None
    processed: int = 0
    total: int = 0
    reason: Phrase | None = None

    @property
    def who(self) -> Phrase:
        """Say which desks are in, with how many lines each."""
        if self.desks is None:
            return say("sessions.who_unknown")
        told = ", ".join(f"{x.desk} ({x.count})" for x in self.desks)
        return say("sessions.in", desks=told) if told else say("sessions.nobody_in")

    @property
    def who_not(self) -> Phrase | None:
        """Say which desks are missing; None where none is, or nobody knows."""
        if not self.missing:
            return None
        return say("sessions.missing", count=len(self.missing), desks=", ".join(self.missing))

    @property
    def how(self) -> Phrase:
        """Say how it stands."""
        if self.stage == "processing":
            return say("sessions.is_processing", done=self.processed, count=self.total)
        if self.stage == "open" and self.asked is not None:
            return say("sessions.is_asked", at=self.asked.isoformat())
        if self.stage == "open" and not (self.desks or self.mine):
            return say("sessions.is_empty" if self.desks is not None else "sessions.is_unseen")
        return say(f"sessions.is_{self.stage}")


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedFile:
    """A file that was handed over, of which nobody has said yet that it was loaded.

    `batch` is what it is known by; `name` that of the file, or the names of several, with commas
    between; `stem` what all of these begin with. `where` it went, and `at` which moment last,
    `times` in all.
    `count` transactions of it wait for somebody's word. `wanted`: it is to be written once more.
    """

    batch: str
    name: str
    where: str
    at: datetime
    count: int
    times: int = 1
    wanted: bool = False
    stem: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Give all that somebody may call it."""
        names = (self.name, self.where, self.batch, self.stem, *self.name.split(", "))
        return tuple(filter(None, names))
