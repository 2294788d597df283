"""Who is on duty, and where: what a desk session is made of.

A desk session says who works at this desk, for which library and access profile, which due date is
usual, and whether the block list is used. It is written into every transaction, so that a wrong one
loads a whole day into another library. (WorkFlows: "Offline Session Wizard".)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Literal

from kiosk.desk.vocabulary import Role
from kiosk.desk.words import Phrase

Why = Literal["start", "lock", "idle", "new_day", "gone"]
"""Why nobody is on duty. `gone`: who was is not in the staff file any more, or in another one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A library with the access profile under which its desk works, each by name and code."""

    library: str
    library_code: str = ""
    profile: str = ""
    profile_code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRules:
    """When a desk session has to be set."""

    required: bool = True
    """Nothing is recorded before it is set, where there is anything to choose."""
    idle_minutes: int = 30
    """Minutes without a scan after which the desk locks; 0 for never."""
    badge_is_enough: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One of the staff. `number` is given once and never again: two may have the same name.

    Behind a dot stands which staff file has given it: one that is made anew begins at 1 again.
    """

    number: str
    name: str
    role: Role = "staff"
    badge: str = ""

    @property
    def may_override(self) -> bool:
        """Whether this one may lend against a block."""
        return self.role != "staff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """All staff. `problem`: the file that names them cannot be used; says why, and what to do."""

    members: tuple[Member, ...] = ()
    problem: Phrase | None = None

    @property
    def asks(self) -> bool:
        """Whether staff have to say who they are."""
        return bool(self.members) or self.problem is not None

    @property
    def supervisors(self) -> tuple[Member, ...]:
        """Those who may override."""
        return tuple(member for member in self.members if member.may_override)

    @property
    def administrators(self) -> tuple[Member, ...]:
        """Those who may change settings."""
        return tuple(member for member in self.members if member.role == "administrator")

    def member(self, number: str) -> Member | None:
        """Find one of the staff."""
        return next((member for member in self.members if member.number == number), None)

    def by_badge(self, text: str) -> Member | None:
        """Find whose badge this is."""
        text = text.strip()
        return next((x for x in self.members if x.badge and x.badge == text), None)

    def label(self, member: Member) -> str:
        """Give a name that nobody else has: with the number, where two have the same."""
        name = member.name.casefold()
        alike = sum(other.name.casefold() == name for other in self.members)
        number, _, _ = member.number.partition(".")
        return member.name if alike < 2 else f"{member.name} ({number})"


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyChange:
    """A desk session begins, changes, or is locked: a fact of its own in the daybook.

    `id` is the session's, which every transaction carries as `desk_session`. `locked`: why nobody
    is on duty from now on, or "". `due`: the usual due date, a day or a number of days; None for
    what kiosk.toml says.
    """

    id: str
    at: datetime
    boot: str
    uptime: float | None = None
    locked: Why | Literal[""] = ""
    staff: str = ""
    number: str = ""
    role: Role | Literal[""] = ""
    library: str = ""
    library_code: str = ""
    profile: str = ""
    profile_code: str = ""
    due: date | int | None = None
    block_list: bool = True


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two codes that are easily confused, what differs marked in both: `LIBR[1]CIRC`."""

    code: str
    other: str


def look_alikes(place: Place, places: tuple[Place, ...]) -> tuple[LookAlike, ...]:
    """Find the codes of other places that differ from this one's in a few characters only.

    A few: at most a third of the shorter one. (LIBR1CIRC and LIBRHSCIRC are two libraries of the
    Montana Shared Catalog, and staff are warned to "make double sure".)
    """
    pairs = {
        (ours, theirs)
        for other in places
        for ours, theirs in (
            (place.library_code, other.library_code),
            (place.profile_code, other.profile_code),
        )
        if ours != theirs and _close(ours, theirs)
    }
    return tuple(LookAlike(*_marked(ours, theirs)) for ours, theirs in sorted(pairs))


def _close(ours: str, theirs: str) -> bool:
    shorter = min(len(ours), len(theirs))
    return shorter > 0 and distance(ours.casefold(), theirs.casefold()) <= max(
        1, (shorter + 1) // 3
    )


def distance(one: str, other: str) -> int:
    """Count the characters to change, add or leave out to make one text of the other."""
    row = list(range(len(other) + 1))
    for n, left in enumerate(one, 1):
        diagonal, row[0] = row[0], n
        for m, right in enumerate(other, 1):
            diagonal, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, diagonal + (left != right))
    return row[-1]


def _marked(ours: str, theirs: str) -> tuple[str, str]:
    """Mark what differs."""
    left = right = ""
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        same = tag == "equal"
        left += ours[a:b] if same or a == b else f"[{ours[a:b]}]"
        right += theirs[c:d] if same or c == d else f"[{theirs[c:d]}]"
    return left, right
