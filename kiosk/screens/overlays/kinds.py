"""What kind of item comes next, where kinds have loan lengths of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.screens.overlays.overlay import Overlay
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Choice
from kiosk.screens.widgets.spare import Spare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.view.state import LoanKind


class KindButton(Choice):
    """One kind of item."""

    command = StringProperty()


class KindPicker(Overlay):
    """Every kind of item, as a button each. `choose(command)` is called."""

    def __init__(self, choose: Callable[[str], None], **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(helps="choice", **kwargs)
        self._buttons = Spare(lambda: KindButton(on_release=lambda b: choose(b.command)))

    def make_ready(self, kinds: tuple[LoanKind, ...]) -> Iterator[None]:
        """Make the buttons, one at each step."""
        yield from self._buttons.make_ready(len(kinds))
        self.show(kinds)

    def show(self, kinds: tuple[LoanKind, ...]) -> None:
        """Offer these kinds."""
        self._buttons.begin()
        arrange(
            self.ids.kinds,
            [self._buttons.next(says=skin.words(x.name), command=x.command) for x in kinds],
        )
