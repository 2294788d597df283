"""Every command of a desk, in groups and by name: for the command sheet and for `:commands`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.desk.checks.functions import EVERYTHING, is_off
from kiosk.desk.commands import Word
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from kiosk.desk.policy import DeskSettings
    from kiosk.desk.transactions import Kind

MOST_CHOICES = 9
"""Choices that have a barcode; whoever has more types the number."""

SHORT = 8
"""Letters of a kind's word that still make a barcode with room for its name beside it."""

COUNTS = (2, 3, 5, 10)
"""Uses of one item that have a barcode; another number is typed."""

GROUPS: dict[str, tuple[Word, ...]] = {
    "visit": ("done", "done-noslip", "undo", "reprint"),
    "answers": ("yes", "no", "next", "back"),
    "modes": ("checkout", "checkin", "cart"),
    "functions": ("renew", "inhouse", "count", "noncat", "guest", "register", "entered"),
    "due": ("due", "due-next", "kind"),
    "bookdrop": ("bookdrop",),
    "lookback": ("today", "find", "day", "who"),
    "exceptions": ("exceptions", "report"),
    "duty": ("login", "lock", "session", "override", "time", "paper"),
    "delivery": ("delivery", "preview", "runs", "told", "send", "pause"),
    "batches": ("sessions", "process", "handed"),
    "help": (
        *("help", "commands", "ready", "practice", "test-slip", "test-scan", "stop", "settings"),
    ),
    "choices": ("choose",),
    "digits": ("key",),
}
"""Every command word has its place in one of these; a test sees to it."""
OF_SYSTEMS: dict[Word, frozenset[str]] = {
    "sessions": frozenset({"evergreen"}),
    "process": frozenset({"evergreen"}),
    "handed": frozenset({"files", "symphony", "koha"}),
}
"""The commands that are about some library systems alone."""
DAYS: dict[Word, tuple[tuple[str, str], ...]] = {
    "bookdrop": (("bookdrop_today", "0"), ("bookdrop_yesterday", "1")),
    "day": (("day_yesterday", "1"),),
}
"""The commands about a day, with the days that have a barcode."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command that can be given as it stands: `due:21`, and what it is called."""

    word: Word
    name: Phrase
    value: str = ""

    @property
    def command(self) -> str:
        """The command as a scanner reads it or staff type it, without its leading colon."""
        return f"{self.word}:{self.value}" if self.value else self.word


@dataclass(frozen=True, slots=True)
class Group:
    """Commands that belong together. `name`: its key in `GROUPS`."""

    name: str
    headline: Phrase
    entries: tuple[Entry, ...]

    @property
    def summary(self) -> str:
        """Its commands in one line; of a long row of numbers the first and the last."""
        commands = [entry.command for entry in self.entries]
        if len(commands) < MOST_CHOICES:
            return ", ".join(commands)
        return f"{commands[0]} … {commands[-1]}"


def groups(
    settings: DeskSettings, carries: AbstractSet[Kind] = EVERYTHING, system: str = ""
) -> tuple[Group, ...]:
    """List the commands as this desk is set up, without those that are off.

    `system`: the library system, as `[ils] offline` names it; "" for any.
    """
    found = (
        Group(
            name,
            say(f"commands.{name}"),
            tuple(
                entry
                for word in words
                if not is_off(word, settings.functions, carries) and _is_of(word, system)
                for entry in _entries(word, settings)
            ),
        )
        for name, words in GROUPS.items()
    )
    return tuple(group for group in found if group.entries)


def available(settings: DeskSettings, carries: AbstractSet[Kind], system: str) -> tuple[str, ...]:
    """Name every command word that is of use at this desk."""
    used = groups(settings, carries, system)
    return tuple(dict.fromkeys(entry.word for group in used for entry in group.entries))


def _is_of(word: Word, system: str) -> bool:
    return not system or word not in OF_SYSTEMS or system in OF_SYSTEMS[word]


def _entries(word: Word, settings: DeskSettings) -> tuple[Entry, ...]:
    """Give a command with each of the values that it is used with."""
    if word in ("due", "due-next"):
        return _due(word, settings)
    if word in DAYS:
        return tuple(Entry(word, say(f"command.{name}"), value) for name, value in DAYS[word])
    if word in VALUED:
        return VALUED[word](settings)
    return (Entry(word, say(f"command.{word.replace('-', '_')}")),)


def _due(word: Word, settings: DeskSettings) -> tuple[Entry, ...]:
    """Give the due presets, for the patron and for one item."""
    key = f"command.{word.replace('-', '_')}"
    lengths = tuple(
        Entry(word, say(f"{key}_today") if days == 0 else say(key, count=days), str(days))
        for days in settings.due_presets
    )
    if word != "due":
        return lengths
    tell, usual = (say(f"command.due_{what}") for what in ("tell", "usual"))
    return (Entry(word, tell), *lengths, Entry(word, usual, "usual"))


def kinds(settings: DeskSettings) -> tuple[Entry, ...]:
    """Give each kind by its word; by its number where a barcode of the word would be too wide."""
    return tuple(
        Entry(
            "kind",
            say("command.kind", kind=rule.name or rule.kind),
            rule.kind if len(rule.kind) <= SHORT else str(number),
        )
        for number, rule in enumerate(settings.loans, 1)
    )


def _counts(_: DeskSettings) -> tuple[Entry, ...]:
    return tuple(Entry("count", say("command.count", count=n), str(n)) for n in COUNTS)


def _time(_: DeskSettings) -> tuple[Entry, ...]:
    return (Entry("time", say("command.time")), Entry("time", say("command.time_ok"), "ok"))


def _runs(_: DeskSettings) -> tuple[Entry, ...]:
    return (Entry("runs", say("command.runs")), Entry("runs", say("command.runs_print"), "print"))


def _sessions(_: DeskSettings) -> tuple[Entry, ...]:
    return (
        Entry("sessions", say("command.sessions")),
        Entry("sessions", say("command.sessions_new"), "new"),
        Entry("sessions", say("command.sessions_print"), "print"),
    )


def _choices(_: DeskSettings) -> tuple[Entry, ...]:
    numbers = range(1, MOST_CHOICES + 1)
    return tuple(Entry("choose", say("command.choose", number=n), str(n)) for n in numbers)


def _keys(_: DeskSettings) -> tuple[Entry, ...]:
    digits = (Entry("key", say("command.digit", digit=n), str(n)) for n in range(10))
    ends = (Entry("key", say(f"command.key_{end}"), end) for end in ("ok", "delete"))
    return (*digits, *ends)


VALUED: dict[Word, Callable[[DeskSettings], tuple[Entry, ...]]] = {
    "kind": kinds,
    "count": _counts,
    "time": _time,
    "runs": _runs,
    "sessions": _sessions,
    "choose": _choices,
    "key": _keys,
    "entered": lambda _: (),  # its barcode is on the staff slip
}
"""What the commands are that are used with a value."""
