"""The handful of widgets that the screens are made of. Each `.kv` stands beside its module."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kivy.lang import Builder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kivy.uix.widget import Widget

    from kiosk.screens.widgets.basics import BigButton


@cache
def load_kv(module_file: str) -> None:
    """Load the `.kv` that stands beside a module, if that has not been done.

    Reading them is a good part of the start, so what the first picture does not need loads its own
    when the first of its widgets is made.
    """
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")


def read_ahead(*names: str) -> Iterator[None]:
    """Read modules of the screens and their layouts before they are needed, one at each step."""
    for name in names:
        load_kv(str(import_module(f"kiosk.screens.{name}").__file__))
        yield


def wear(widget: Widget, looks: Mapping[str, object], told: Collection[str]) -> None:
    """Let a widget look so, but for what it was told when it was made.

    Said in a `.kv`, each would be looked up anew for each widget, and kept.
    """
    for name, value in looks.items():
        if name not in told:
            setattr(widget, name, value)


def arrange(box: Widget, wanted: Iterable[Widget | None]) -> None:
    """Make `wanted` (without the Nones) the children of `box`, touching nothing if they are.

    One that stands elsewhere moves.
    """
    widgets = [widget for widget in wanted if widget is not None]
    if box.children[::-1] == widgets:
        return
    box.clear_widgets()
    for widget in widgets:
        if widget.parent is not None:
            widget.parent.remove_widget(widget)
        box.add_widget(widget)


def primary_last(buttons: Iterable[BigButton]) -> list[BigButton]:
    """Put the primary one below the others, or at their right: the hand finds it unseen there."""
    return sorted(buttons, key=lambda button: button.primary)
