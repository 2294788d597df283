"""What is sent in the place of what the library has refused."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Corrections:
    """The transactions that are sent in the place of others, by their visits."""

    of_visit: dict[str, list[int]] = field(default_factory=dict)
    origin: dict[int, int] = field(default_factory=dict)
    """By number: the one that it corrects."""

    def add(self, visit: str, number: int, origin: int) -> None:
        """Take one in; `origin` is 0 where the one that it corrects is forgotten."""
        self.of_visit.setdefault(visit, []).append(number)
        if origin:
            self.origin[number] = origin

    def forget(self, visit: str, number: int) -> None:
        """Forget one, and that it was corrected by another."""
        self.origin = {x: y for x, y in self.origin.items() if number not in (x, y)}
        left = [x for x in self.of_visit.pop(visit, ()) if x != number]
        if left:
            self.of_visit[visit] = left
