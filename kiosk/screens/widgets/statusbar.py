"""The bar at the top: where, who, and how the library and the devices are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kivy.metrics import dp
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

from kiosk.screens import present, standing
from kiosk.screens.icons import ICONS
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.fitting import natural_width, ruler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

    from kiosk.view.state import AppState, Tone


NAME = dp(150)
"""So much of the library's name is seen however many chips there are."""


class Pill(ButtonBehavior, AnchorLayout):
    """A chip of the status bar. Drawn slim, touched over the bar's whole height."""

    glyph = StringProperty()
    says = StringProperty()
    ink = ColorProperty()
    ground = ColorProperty()
    rim = ColorProperty()
    edge, apart, slack = dp(9), dp(7), dp(6)
    """At its ends, between icon and words, and beside words that come out wider than measured."""
    icon_scale = 1.3
    """Of the icon, to the letters."""
    told_by = ()
    """Its words count what waits, and change all the time; what it opens stays the same."""

    @property
    def body(self) -> Widget:
        """What is drawn of it."""
        return self.ids.inner


class Place(ButtonBehavior, BoxLayout):
    """The library's name and who is on duty; where it is narrow, the latter on a touch."""

    name = StringProperty()
    duty = StringProperty()
    duty_width = NumericProperty(0)
    narrow = BooleanProperty(defaultvalue=False)

    @property
    def can_press(self) -> bool:
        """Whether it says more than stands there."""
        return bool(self.narrow)

    def on_duty(self, *_: object) -> None:
        """Measure it, shown or not: that decides whether there is room."""
        self.duty_width = ruler("Regular", skin.size.status)(self.duty)


class _Chip(NamedTuple):
    """What a chip is to say."""

    pill: Pill
    glyph: str
    says: str
    tone: Tone

    @property
    def is_well(self) -> bool:
        """Whether it says no more than that all is well."""
        return self.tone in ("neutral", "confirmed")

    @property
    def width(self) -> float:
        """How wide it will be, in pixels."""
        size, words = skin.size.status, 0.0
        if self.says:
            words = Pill.apart + natural_width(self.says, skin.look.strong, size) + Pill.slack
        return float(max(dp(48), 2 * Pill.edge + size * Pill.icon_scale + words))


class StatusBar(BoxLayout):
    """The bar. `acts` has to be set; a chip that is pressed tells more, or opens where more is.

    `set_clock()` is called when the one about the clock is pressed.
    """

    acts = ObjectProperty()
    set_clock = ObjectProperty(lambda: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._state: AppState | None = None
        self._chips: list[_Chip] = []

    library = cached_property(lambda self: Pill(on_release=lambda _: self.acts.go("delivery")))
    space = cached_property(lambda self: Pill(on_release=lambda _: self._tell_space()))
    block_list = cached_property(lambda self: Pill(on_release=lambda _: self._tell_block_list()))
    scanner = cached_property(lambda self: Pill(on_release=lambda _: self._open_devices()))
    printer = cached_property(lambda self: Pill(on_release=lambda _: self._open_devices()))
    ready = cached_property(lambda self: Pill(on_release=lambda _: self.acts.go("ready")))
    doubt = cached_property(lambda self: Pill(on_release=lambda _: self.set_clock()))

    def show(self, state: AppState) -> None:
        """Draw name, duty and chips."""
        self._state = state
        self.ids.place.name = state.library_name
        self.ids.place.duty = present.on_duty(state)
        self._chips = list(self._wanted(state))
        self.fit()

    def _wanted(self, state: AppState) -> Iterator[_Chip]:
        """Give what there is to say, from the left."""
        yield _Chip(self.library, *standing.library_chip(skin.words, state.library))
        if state.space:
            yield _Chip(self.space, *standing.space_chip(skin.words, state.space))
        if _is_unready(state):
            yield _Chip(self.ready, ICONS["unready"], skin.tell("screen.ready.chip"), "look")
        for kind in ("scanner", "printer"):
            devices = present.devices(state, kind)
            works = not any(device.problem for device in devices)
            glyph = ICONS[present.device_icon(kind, works=works)]
            if not works:
                yield _Chip(getattr(self, kind), glyph, skin.tell(f"screen.{kind}.title"), "look")
            elif devices:
                yield _Chip(getattr(self, kind), glyph, "", "neutral")
        if state.clock.state != "fine":
            words = skin.tell(f"screen.time.{state.clock.state}")
            yield _Chip(self.doubt, ICONS["pending"], words, _CLOCK_TONES[state.clock.state])
        if state.block_list.state != "off":
            chip = standing.block_list_chip(skin.words, state.block_list)
            yield _Chip(self.block_list, *chip)

    def fit(self) -> None:
        """Draw the chips that there is room for; what says that all is well gives way first."""
        chips = self._chips
        if self._too_wide(chips):
            chips = [c for c in chips if c.pill is self.library or not c.is_well]
        if self._too_wide(chips):  # nearly everything is wrong: a touch says what each icon means
            terse = (self.space, self.ready, self.scanner, self.printer, self.doubt)
            chips = [c._replace(says="") if c.pill in terse else c for c in chips]
        for chip in chips:
            _paint(*chip)
        arrange(self.ids.chips, [chip.pill for chip in chips])

    def _too_wide(self, chips: list[_Chip]) -> bool:
        spacing, gap = skin.size.small, skin.size.gap
        needed = sum(chip.width for chip in chips) + spacing * (len(chips) - 1)
        room = self.width - 2 * skin.size.edge - 2 * gap - self.ids.clock.width
        name = min(NAME, ruler("Bold", skin.size.status)(self.ids.place.name))
        return bool(needed + name > room)

    def show_clock(self, state: AppState) -> None:
        """Draw the time of day, in the colour of how far it can be trusted."""
        self.ids.clock.says = present.clock(skin.words, state.now)
        tone = _CLOCK_TONES[state.clock.state]
        self.ids.clock.color = skin.look.tint(tone).sign

    def _tell_block_list(self) -> None:
        if self._state:
            self.acts.tell(*standing.block_list_story(skin.words, self._state.block_list))

    def _tell_space(self) -> None:
        if self._state and self._state.space:
            support = self._state.support
            self.acts.tell(*standing.space_story(skin.words, self._state.space, support))

    def _open_devices(self) -> None:
        self.acts.go("devices")

    def tell_duty(self) -> None:
        """Say who is on duty where the bar has no room for it."""
        if self._state and self.ids.place.narrow:
            self.acts.tell(self._state.library_name, present.on_duty(self._state))


_CLOCK_TONES: dict[str, Tone] = {"fine": "neutral", "unconfirmed": "look", "wrong": "not_taken"}


def _is_unready(state: AppState) -> bool:
    """Tell whether an outage would find the desk unready. During one it is too late to say so."""
    return state.library.state == "online" and state.readiness.state == "bad"


def _paint(pill: Pill, glyph: str, says: str, tone: Tone) -> None:
    tint = skin.look.tint(tone)
    pill.glyph = glyph
    pill.says = says
    pill.ink = tint.ink
    pill.ground = skin.look.chip if tone == "neutral" else tint.ground
    pill.rim = pill.ground if tone == "neutral" and not skin.look.outline else tint.rim


load_kv(__file__)
