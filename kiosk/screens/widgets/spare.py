"""Widgets that are used again: to make one takes longer than to have it say something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kivy.uix.widget import Widget

W = TypeVar("W", bound="Widget")


class Spare(Generic[W]):
    """Widgets of one kind: as many as were needed at once, each made by `make()`."""

    def __init__(self, make: Callable[[], W]) -> None:
        self._make = make
        self._made: list[W] = []
        self._used = 0

    def begin(self) -> None:
        """Take all of them for spare."""
        self._used = 0

    def next(self, **properties: Any) -> W:
        """Give the next one, and let it say something else."""
        if self._used == len(self._made):
            self._made.append(self._make())
        widget = self._made[self._used]
        self._used += 1
        for name, value in properties.items():
            setattr(widget, name, value)
        return widget

    def make_ready(self, count: int) -> Iterator[None]:
        """Make so many, one at each step."""
        while len(self._made) < count:
            self._made.append(self._make())
            yield
