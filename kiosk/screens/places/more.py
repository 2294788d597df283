"""Whatever else can be done at this desk: one large tile for each, in three groups."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from kivy.properties import ColorProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.places import PLACES
from kiosk.screens.screen import WholeScreen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Pane, Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState


@dataclass(frozen=True, slots=True)
class Way:
    """One thing to do: by a command of the desk, or at a place of the screen's own.

    `name` is that of its icon and its words.
    """

    name: str
    command: str = ""
    place: str = ""


def _by_command(*names: str) -> tuple[Way, ...]:
    return tuple(Way(name, command=name) for name in names)


def _at_place(*names: str) -> tuple[Way, ...]:
    return tuple(Way(name, place=name) for name in names)


GROUPS: dict[str, tuple[Way, ...]] = {
    "lending": _by_command(
        *("renew", "inhouse", "noncat", "guest", "register", "kind", "paper", "cart")
    ),
    "day": (
        *_by_command("reprint", "who", "find"),
        *_at_place("delivery"),
        *_by_command("sessions", "handed", "report"),
    ),
    "desk": (
        *_at_place("ready"),
        *_by_command("practice"),
        *_at_place("devices"),
        *_by_command("session", "login", "override"),
        *_at_place("settings", "help"),
    ),
}
"""What stands in each group, as far as this desk offers it."""


class Tile(ButtonBehavior, Surface, FloatLayout):
    """A large button: an icon, and under it what it does."""

    icon = StringProperty("more")
    says = StringProperty()
    note = StringProperty()
    """What to know before it is pressed, in a word or two."""
    ink = ColorProperty()


class Group(BoxLayout):
    """The tiles that belong together, under their name."""

    name = StringProperty()


class Groups(Pane):
    """The groups beside each other. `ids` has `groups`."""


class MoreScreen(WholeScreen):
    """Three groups of tiles. What this desk does not offer is not there."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._pane = Groups()
        self.add_widget(self._pane)
        self._groups = {name: Group(name=skin.tell(f"screen.more.{name}")) for name in GROUPS}
        self._tiles: dict[Way, Tile] = {}

    def prepare(self) -> Iterator[None]:
        """Make the tiles, one at each step."""
        for way in chain(*GROUPS.values()):
            self._tile(way)
            yield

    def parts(self) -> tuple[Part, ...]:
        """Draw it anew when the desk offers something else."""
        return ((("commands", "kinds", "by_hand"), self._show),)

    def __getitem__(self, name: str) -> Tile:
        """Give the tile of this name."""
        return next(tile for way, tile in self._tiles.items() if way.name == name)

    def _show(self, state: AppState) -> None:
        for way, tile in self._tiles.items():
            by_hand = way.command in state.by_hand
            tile.note = skin.tell("screen.more.by_hand") if by_hand else ""
        for name, group in self._groups.items():
            arrange(group.ids.tiles, [self._tile(way) for way in _offered(name, state)])
        filled = [group for group in self._groups.values() if group.ids.tiles.children]
        arrange(self._pane.ids.groups, filled)

    def _tile(self, way: Way) -> Tile:
        if way not in self._tiles:
            self._tiles[way] = Tile(
                icon=way.name,
                says=skin.tell(f"screen.more.{way.name}"),
                on_release=lambda _: self._go(way),
            )
        return self._tiles[way]

    def _go(self, way: Way) -> None:
        if way.place == "help":  # with what is done at the desk, not with this page
            self.acts.go("")
            self.acts.help()
        elif way.place:
            self.acts.go(way.place)
        elif way.command == "kind" and self._drawn:
            self.acts.pick_kind(self._drawn.kinds)
        else:
            self.acts.at_desk(way.command)


def _offered(group: str, state: AppState) -> Iterator[Way]:
    for way in GROUPS[group]:
        if way.place in PLACES or way.command in state.commands:
            yield way
