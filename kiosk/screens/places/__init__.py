"""The screens, each where it is found; which one is on show is decided by `whereabouts`.

They are imported when one is first made: the first picture needs one of them alone.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.screens.widgets import load_kv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.screens.screen import Acts, Screen

PLACES: dict[str, tuple[str, str]] = {
    "checkout": ("checkout", "CheckoutScreen"),
    "checkin": ("checkin", "CheckinScreen"),
    "cart": ("cart", "CartScreen"),
    "settings": ("settings", "SettingsScreen"),
    "list": ("list", "ListScreen"),
    "delivery": ("delivery", "DeliveryScreen"),
    "report": ("report", "ReportScreen"),
    "more": ("more", "MoreScreen"),
    "help": ("help", "HelpScreen"),
    "ready": ("ready", "ReadyScreen"),
    "devices": ("devices", "DevicesScreen"),
    "form": ("form", "FormScreen"),
    "locked": ("locked", "LockedScreen"),
}
"""The module of each, and its class."""


class Places:
    """The screens, each made once. `acts`: what staff can do on all of them."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts
        self._made: dict[str, Screen] = {}

    def __getitem__(self, place: str) -> Screen:
        """Give the screen of a place."""
        if place not in self._made:
            module, name = PLACES[place]
            kind = getattr(import_module(f"{__name__}.{module}"), name)
            self._made[place] = kind(acts=self._acts)
        return self._made[place]

    def make_ready(self, rehearse: Callable[[Screen], None]) -> Iterator[None]:
        """Make every screen, a part of it at each step, and have it rehearsed."""
        for place, (module, _) in PLACES.items():
            file = str(import_module(f"{__name__}.{module}").__file__)
            yield
            if Path(file).with_suffix(".kv").exists():
                load_kv(file)
                yield
            screen = self[place]
            yield
            yield from screen.prepare()
            rehearse(screen)
            yield

    def forget(self) -> None:
        """Have every screen drawn anew when it is shown next."""
        for screen in self._made.values():
            screen.forget()
