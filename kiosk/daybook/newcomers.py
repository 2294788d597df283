"""Who was registered here: cards, and names by birth date, so that nobody is registered twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from kiosk.desk.lending import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.transactions import Registration


@dataclass(frozen=True, slots=True)
class _Newcomer:
    card: str
    name: tuple[str, ...]
    born: str


@dataclass(slots=True)
class Newcomers:
    """The registrations of a daybook, by their numbers."""

    cards: dict[str, int] = field(default_factory=dict)
    _all: dict[int, _Newcomer] = field(default_factory=dict)
    _born: dict[str, list[int]] = field(default_factory=dict)

    def learn(self, number: int, registration: Registration) -> None:
        """Take a registration in; of one that is forgotten, nothing."""
        if not registration.patron:
            return
        born = registration.details.get("born", "")
        newcomer = _Newcomer(registration.patron, names.parts(registration.name), born)
        self.cards[newcomer.card] = number
        self._all[number] = newcomer
        self._born.setdefault(born, []).append(number)

    def forget(self, number: int) -> None:
        """Forget who was registered."""
        newcomer = self._all.pop(number, None)
        if newcomer is None:
            return
        if self.cards.get(newcomer.card) == number:
            del self.cards[newcomer.card]
        born = [x for x in self._born.pop(newcomer.born) if x != number]
        if born:
            self._born[newcomer.born] = born

    def like(self, name: str, born: str) -> Iterator[int]:
        """Find who may be the same: an alike name and the same birth date, newest first.

        Or one in which day and month have changed places.
        """
        parts = names.parts(name)
        for day in dict.fromkeys((born, _turned(born))):
            for number in reversed(self._born.get(day, [])):
                if names.alike(self._all[number].name, parts):
                    yield number


def _turned(born: str) -> str:
    """Give a day with its day and month in each other's place, where that is one."""
    try:
        day = date.fromisoformat(born)
        return day.replace(month=day.day, day=day.month).isoformat()
    except ValueError:
        return born
