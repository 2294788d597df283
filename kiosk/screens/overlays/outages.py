"""What to tell of outages that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import ListProperty, ObjectProperty, StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv

if TYPE_CHECKING:
    from kiosk.screens.screen import Acts
    from kiosk.view.state import ToTell


class ToReadOut(Overlay):
    """What to tell of each outage, and to whom. It can be read out as it stands."""

    who = StringProperty()
    texts = ListProperty()
    acts = ObjectProperty()

    def __init__(self, outages: tuple[ToTell, ...], acts: Acts, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(
            acts=acts,
            closed=acts.close,
            help=acts.help,
            helps="tell",
            who=", ".join(dict.fromkeys(who for x in outages for who in x.who)),
            texts=[" ".join(skin.words(part) for part in x.text) for x in outages],
            **kwargs,
        )

    def told(self) -> None:
        """Say that they know."""
        self.acts.close()
        self.acts.press("told")
