"""The scanners and the printer: how each is, what to do, and a test of each."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens import present
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import BigButton, Card, Stack
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Device, Printing


class DeviceCard(Card):
    """One device: its name, how it is, and what to do."""

    icon = StringProperty("scanner")
    tone = StringProperty("confirmed")
    kind = StringProperty()
    name = StringProperty()
    says = StringProperty()
    troubled = BooleanProperty(defaultvalue=False)


class DevicesScreen(Screen):
    """The devices at the left, their tests and whom to ask at the right."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self.devices = Stack()
        arrange(self.ids.left, [self.devices])

    support = cached_property(lambda _: Text(font_name=skin.look.strong))
    hint = cached_property(lambda self: self._make_hint())
    scan = cached_property(lambda self: self._test("scanner", "screen.devices.scan", "test-scan"))
    slip = cached_property(lambda self: self._test("printer", "screen.devices.slip", "test-slip"))
    stop = cached_property(lambda self: self.sends("close", "screen.devices.stop", "stop"))
    back = cached_property(
        lambda self: self.button("back", "screen.back", self.escape, primary=True)
    )

    def parts(self) -> tuple[Part, ...]:
        """Draw the devices apart from what can be done with them."""
        return (
            (("devices",), self._show_devices),
            (("devices", "commands"), self._show_buttons),
            (("support",), self._show_support),
        )

    def press_primary(self) -> None:
        """Go back to where one was."""
        self.escape()

    def _show_devices(self, state: AppState) -> None:
        cards = [_card(device) for device in state.devices]
        self.devices.show([*cards, *(_missing(kind) for kind in _lacking(state))])

    def _show_buttons(self, state: AppState) -> None:
        prints = any(device.printing for device in state.devices)
        slip = present.has_printer(state) and "test-slip" in state.commands and not prints
        scan = "test-scan" in state.commands
        arrange(
            self.ids.buttons,
            [
                self.scan if scan else None,
                self.slip if slip else None,
                self.stop if prints else None,
                self.back,
            ],
        )

    def _show_support(self, state: AppState) -> None:
        self.support.says = present.support_line(skin.words, state.support)
        arrange(self.ids.cards, [self.hint])

    def _make_hint(self) -> Card:
        hint = Card(spacing=skin.size.small)
        hint.add_widget(Text(says=skin.tell("screen.devices.hint")))
        hint.add_widget(self.support)
        return hint

    def _test(self, icon: str, key: str, command: str) -> BigButton:
        """Make the button of a test; what it brings is said at the desk."""
        return self.button(icon, key, partial(self.acts.at_desk, command))


def _lacking(state: AppState) -> list[str]:
    """Name what there is none of."""
    kinds = {device.kind for device in state.devices}
    return [kind for kind in ("scanner", "printer") if kind not in kinds]


def _card(device: Device) -> DeviceCard:
    bad = device.problem is not None
    works = skin.tell(f"screen.{device.kind}.good")
    says = _printing(device.printing) if device.printing else works
    return DeviceCard(
        icon=present.device_icon(device.kind, works=not bad),
        tone="look" if bad else "confirmed",
        kind=skin.tell(f"screen.{device.kind}.title"),
        name=device.name,
        says=skin.words(device.problem) if device.problem else says,
        troubled=bad,
    )


def _printing(printing: Printing) -> str:
    """Say how far a long print-out is, and what waits behind it."""
    behind = skin.tell("screen.devices.behind", count=printing.behind) if printing.behind else ""
    return f"{skin.tell('screen.devices.printing', share=printing.share)} {behind}".strip()


def _missing(kind: str) -> DeviceCard:
    return DeviceCard(
        icon=present.device_icon(kind, works=False),
        tone="neutral",
        kind=skin.tell(f"screen.{kind}.title"),
        name=skin.tell(f"screen.devices.no_{kind}"),
        says=skin.tell(f"screen.devices.no_{kind}_means"),
    )
