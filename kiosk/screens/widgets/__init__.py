"""The handful of widgets that the screens are made of. Each `.kv` stands beside its module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kivy.lang import Builder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kivy.uix.widget import Widget


@cache
def load_kv(module_file: str) -> None:
    """Load the `.kv` that stands beside a module, if that has not been done.

    Reading them is a good part of the start, so what the first picture does not need loads its own
    when the first of its widgets is made.
    """
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")


def arrange(box: Widget, wanted: Iterable[Widget | None]) -> None:
    """Make `wanted` (without the Nones) the children of `box`, touching nothing if they are."""
    widgets = [widget for widget in wanted if widget is not None]
    if box.children[::-1] == widgets:
        return
    box.clear_widgets()
    for widget in widgets:
        box.add_widget(widget)
