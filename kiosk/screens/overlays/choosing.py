"""What a setting can be, to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import Choice
from kiosk.screens.widgets.setting import choices, value_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.view.state import Setting


class ChoosePanel(Overlay):
    """What a setting can be, each a button. `choose(value)` is called."""

    title = StringProperty()

    def __init__(self, setting: Setting, choose: Callable[[str], None], **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(helps="choice", **kwargs)
        self.title = skin.tell(f"setting.of.{setting.key}")
        for value in choices(setting):
            self.ids.choices.add_widget(
                Choice(
                    icon="check" if value == setting.value else "",
                    says=value_words(setting, value),
                    chosen=value == setting.value,
                    on_release=lambda _, value=value: choose(value),
                )
            )
