"""The block list, as the desk understands it: patrons not to lend to, with the day it was made.

It is for when the library does not answer. Then a card that it refuses gets no visit, and one that
it warns of gets a visit with a warning. While the library answers, its own word about the card
decides, because it is newer: until that word has come, nothing is lent on a card that the list
refuses. (WorkFlows: "delinquent" is a warning, "blocked" allows no checkout. A list of another day
says so; one older than some days is not to be used. Evergreen: letters L, E, B and D.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Status = Literal["blocked", "barred", "lost", "expired", "delinquent"]
"""What a list can say of a card, the gravest first."""

STATUSES: tuple[Status, ...] = ("blocked", "barred", "lost", "expired", "delinquent")

Action = Literal["refuse", "warn", "ignore"]

Freshness = Literal["fresh", "old", "too_old", "future"]
"""How a list's day compares with today. A list of a day to come: one of the clocks is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actions:
    """What each status leads to."""

    blocked: Action = "refuse"
    barred: Action = "refuse"
    lost: Action = "refuse"
    expired: Action = "refuse"
    delinquent: Action = "warn"


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockListRules:
    """What this library makes of its block list."""

    oldest_days: int = 5
    """An older list is not used: it would turn away those who have settled what they owed."""
    actions: Actions = field(default_factory=Actions)
    has_source: bool = False
    """Lists come by themselves; so one that is not here yet will be."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says of one card, and the day on which it was made."""

    statuses: tuple[Status, ...]
    made: date


@dataclass(frozen=True, slots=True)
class Block:
    """What comes of it."""

    status: Status
    refuses: bool
    made: date


def freshness(made: date, today: date, rules: BlockListRules) -> Freshness:
    """Judge a list by its age."""
    days = (today - made).days
    if days < 0:
        return "future"
    if days == 0:
        return "fresh"
    return "old" if days <= rules.oldest_days else "too_old"


def judge(listed: Listed, today: date, rules: BlockListRules) -> Block | None:
    """Tell what a card's place on the list means today. The worst of several statuses wins.

    A list of a day to come is used: better a block too many than none because of a wrong clock.
    """
    if freshness(listed.made, today, rules) == "too_old":
        return None
    for action in ("refuse", "warn"):
        for status in STATUSES:
            if status in listed.statuses and getattr(rules.actions, status) == action:
                return Block(status, action == "refuse", listed.made)
    return None
