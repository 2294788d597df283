"""A setting: its row, what it is or could be in words, and how it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Caption, Filler
from kiosk.screens.widgets.filling import FieldBox, FieldHead, Notice
from kiosk.view.state import Setting
from kiosk.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kivy.uix.widget import Widget

    from kiosk.desk.words import Phrase
    from kiosk.view.state import Display

LOUDNESS = ("0", "30", "50", "70", "100")
SWITCH = ("on", "off")


class SettingRow(ButtonBehavior, BoxLayout):
    """A setting: what it is called, what it is, and whether that can be changed here."""

    label = StringProperty()
    value = StringProperty()
    fixed = BooleanProperty(defaultvalue=False)
    last = BooleanProperty(defaultvalue=False)
    """The last of its section: no line below it."""
    ink = ColorProperty()

    def __init__(self, setting: Setting, **kwargs: Any) -> None:
        self.setting = setting
        super().__init__(**kwargs)
        self.show(setting)

    def show(self, setting: Setting) -> None:
        """Draw a setting; its key stays the same."""
        self.setting = setting
        self.label = skin.tell(f"setting.of.{setting.key}")
        self.value = value_words(setting, setting.value)
        self.fixed = setting.fixed


class Section(BoxLayout):
    """Settings that belong together, under their name."""

    title = StringProperty()


class Editor(BoxLayout):
    """A setting being typed: what it is called, what is typed, and what is wrong with that."""

    def __init__(self, ask_help: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(orientation="vertical", spacing=skin.size.gap, **kwargs)
        self._head = FieldHead(help=ask_help)
        self._box = FieldBox()
        self._hint = Caption()
        self._notice = Notice()
        self._filler = Filler()
        self._typed = BoxLayout(orientation="vertical", spacing=skin.size.gap)
        self._beside = BoxLayout(spacing=skin.size.edge)

    def show(
        self, setting: Setting, typed: str, problem: Phrase | None, keys: Widget | None
    ) -> None:
        """Draw it. `keys`: what stands beside what is typed."""
        self._head.about = skin.tell(f"setting.section.{setting.section}")
        self._head.asks = skin.tell(f"setting.of.{setting.key}")
        self._box.text = typed
        self._hint.says = _how(setting)
        wrong = skin.words(problem) if problem is not None else ""
        if wrong:
            self._notice.show("look", "look", wrong)
        hint = self._hint if self._hint.says not in ("", wrong) else None
        parts = (self._box, hint, self._notice if wrong else None, self._filler)
        if keys is None:
            arrange(self, [self._head, *parts])
        else:
            arrange(self._typed, parts)
            arrange(self._beside, [self._typed, keys])
            arrange(self, [self._head, self._beside])


def _how(setting: Setting) -> str:
    """Say what can be given."""
    if setting.kind == "number":
        return str(skin.tell("form.number", least=setting.least, most=setting.most))
    if setting.kind in ("numbers", "lines"):
        return str(skin.tell(f"setting.how.{setting.kind}"))
    return ""


def of_display(display: Display) -> tuple[Setting, ...]:
    """Give how the screen looks, speaks and sounds as settings like the others."""
    values = (display.language, display.theme, str(display.volume))
    return tuple(
        Setting(
            key=f"screen.{name}",
            section="screen",
            kind="choice",
            value=value,
            options=options,
            fixed=f"screen.{name}" in display.fixed,
        )
        for name, value, options in zip(
            ("language", "theme", "volume"),
            values,
            (tuple(LANGUAGES), ("light", "dark", "contrast"), LOUDNESS),
            strict=True,
        )
    )


def choices(setting: Setting) -> tuple[str, ...]:
    """Give what a setting can be, where that is chosen and not typed."""
    return SWITCH if setting.kind == "switch" else setting.options


def value_words(setting: Setting, value: str) -> str:
    """Write what a setting is, or could be."""
    if setting.key == "screen.language":
        return LANGUAGES.get(value, value)
    if setting.key == "screen.volume":
        return skin.tell("setting.mute") if value == "0" else f"{value} %"
    if setting.kind == "switch":
        return skin.tell(f"setting.{value}")
    if setting.kind == "choice":
        return skin.tell(f"setting.is.{setting.key}.{value}")
    return value or skin.tell("setting.nothing")


load_kv(__file__)
