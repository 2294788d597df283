"""The bar at the top: where, who, and how the library and the devices are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.desk.words import say
from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.theme import ICONS
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import ruler

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.view.state import AppState, Device, Tone


class Pill(ButtonBehavior, AnchorLayout):
    """A chip of the status bar. Drawn slim, touched over the bar's whole height."""

    glyph = StringProperty()
    says = StringProperty()
    ink = ColorProperty()
    ground = ColorProperty()


class Place(ButtonBehavior, BoxLayout):
    """The library's name and who is on duty; where it is narrow, the latter on a touch."""

    name = StringProperty()
    duty = StringProperty()
    duty_width = NumericProperty(0)
    narrow = BooleanProperty(defaultvalue=False)

    def on_duty(self, *_: object) -> None:
        """Measure it, shown or not: that decides whether there is room."""
        self.duty_width = ruler("Regular", skin.size.status)(self.duty)


class StatusBar(BoxLayout):
    """The bar. `tell_story(headline, text)` is called when a chip is pressed.

    `set_clock()` is called when the one about the clock is.
    """

    tell_story = ObjectProperty(lambda _headline, _text: None)
    set_clock = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._state: AppState | None = None

    library = cached_property(lambda self: Pill(on_release=lambda _: self._tell_library()))
    to_fix = cached_property(lambda self: Pill(on_release=lambda _: self._tell_to_fix()))
    space = cached_property(lambda self: Pill(on_release=lambda _: self._tell_space()))
    block_list = cached_property(lambda self: Pill(on_release=lambda _: self._tell_block_list()))
    scanner = cached_property(lambda self: Pill(on_release=lambda _: self._tell_devices("scanner")))
    printer = cached_property(lambda self: Pill(on_release=lambda _: self._tell_devices("printer")))
    doubt = cached_property(lambda self: Pill(on_release=lambda _: self.set_clock()))

    def show(self, state: AppState) -> None:
        """Draw name, duty and chips."""
        self._state = state
        self.ids.place.name = state.library_name
        self.ids.place.duty = present.on_duty(state)
        _paint(self.library, *present.library_chip(skin.words, state.library))
        to_fix = state.library.to_fix
        if to_fix:
            words = skin.words(say("screen.to_fix", count=to_fix))
            _paint(self.to_fix, ICONS["to_fix"], words, "look")
        if state.space:
            _paint(self.space, *present.space_chip(skin.words, state.space))
        wanted: list[Widget | None] = [
            self.library,
            self.to_fix if to_fix else None,
            self.space if state.space else None,
        ]
        for kind, good in (("scanner", "scanner"), ("printer", "printer_good")):
            devices = _of_kind(state, kind)
            if not devices:
                continue
            pill = getattr(self, kind)
            bad = any(device.problem for device in devices)
            _paint(pill, ICONS[f"{kind}_bad" if bad else good], "", "look" if bad else "neutral")
            wanted.append(pill)
        if state.clock.state != "fine":
            words = skin.tell(f"screen.time.{state.clock.state}")
            _paint(self.doubt, ICONS["pending"], words, _CLOCK_TONES[state.clock.state])
            wanted.append(self.doubt)
        if state.block_list.state != "off":
            _paint(self.block_list, *present.block_list_chip(skin.words, state.block_list))
            wanted.append(self.block_list)
        arrange(self.ids.chips, wanted)

    def show_clock(self, state: AppState) -> None:
        """Draw the time of day, in the colour of how far it can be trusted."""
        self.ids.clock.says = present.clock(skin.words, state.now)
        tone = _CLOCK_TONES[state.clock.state]
        self.ids.clock.color = skin.look.ink if tone == "neutral" else skin.look.tint(tone).ink

    def _tell_library(self) -> None:
        if self._state:
            self.tell_story(*present.library_story(skin.words, self._state.library))

    def _tell_block_list(self) -> None:
        if self._state:
            self.tell_story(*present.block_list_story(skin.words, self._state.block_list))

    def _tell_to_fix(self) -> None:
        if self._state:
            count = self._state.library.to_fix
            self.tell_story(
                skin.tell("screen.to_fix.title", count=count), skin.tell("screen.to_fix.story")
            )

    def _tell_space(self) -> None:
        if self._state and self._state.space:
            support = self._state.support
            self.tell_story(*present.space_story(skin.words, self._state.space, support))

    def _tell_devices(self, kind: str) -> None:
        if self._state:
            story = present.device_story(skin.words, _of_kind(self._state, kind))
            self.tell_story(skin.tell(f"screen.{kind}.title"), story)

    def tell_duty(self) -> None:
        """Say who is on duty where the bar has no room for it."""
        if self._state and self.ids.place.narrow:
            self.tell_story(self._state.library_name, present.on_duty(self._state))


_CLOCK_TONES: dict[str, Tone] = {"fine": "neutral", "unconfirmed": "look", "wrong": "not_taken"}


def _of_kind(state: AppState, kind: str) -> tuple[Device, ...]:
    return tuple(device for device in state.devices if device.kind == kind)


def _paint(pill: Pill, glyph: str, says: str, tone: Tone) -> None:
    tint = skin.look.tint(tone)
    pill.glyph = glyph
    pill.says = says
    pill.ink = tint.ink
    pill.ground = skin.look.chip if tone == "neutral" else tint.ground


load_kv(__file__)
