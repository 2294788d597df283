"""What takes the whole screen: the alarm, a lost engine, what does not fit or cannot be used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.utils import escape_markup

from kiosk.screens import present
from kiosk.screens.skin import skin
from kiosk.screens.widgets import load_kv
from kiosk.screens.widgets.basics import FlushIcon
from kiosk.screens.widgets.fitting import ruler
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.input import MotionEvent

    from kiosk.screens.widgets.filling import Notice
    from kiosk.view.messages import TurnedAway
    from kiosk.view.state import Alarm, Support


USED_BY_KV = (FlushIcon, Text)

BODY = 0.55
"""How large the body is beside the headline."""

AFTER_BODY = 3
"""Icon, headline and body stand above what else there is to say."""


class FullScreen(FloatLayout):
    """One message over everything. `grave` is white on deep red: nothing is being recorded.

    `body` may hold Kivy's markup.
    """

    icon = StringProperty("alarm")
    headline = StringProperty()
    body = StringProperty()
    small = StringProperty()
    support = StringProperty()
    grave = BooleanProperty(defaultvalue=False)
    ink = ColorProperty()
    quiet = ColorProperty()

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)

    def tell_untaken(self, count: int) -> None:
        """Say how many lines nobody has taken while this was on show."""
        self._untaken.show("not_taken", "not_taken", skin.tell("screen.lost.untaken", count=count))
        if self._untaken.parent is None:
            column = self.ids.column
            column.add_widget(self._untaken, index=len(column.children) - AFTER_BODY)

    @cached_property
    def _untaken(self) -> Notice:
        from kiosk.screens.widgets.filling import Notice  # noqa: PLC0415 - not for the first frame

        return Notice()

    def on_touch_down(self, _touch: MotionEvent) -> bool:
        """Let no touch through to what lies under it."""
        return True


def alarm(state: Alarm, support: Support) -> FullScreen:
    """Make the alarm: what does not work, what is safe, what to do."""
    key = "screen.alarm.body" if state.safe_until else "screen.alarm.body_unknown"
    return FullScreen(
        icon="alarm",
        grave=True,
        headline=skin.tell("screen.alarm.headline"),
        body=skin.tell(key, at=state.safe_until),
        small=skin.tell("screen.alarm.small", reason=state.reason),
        support=present.support_line(skin.words, support),
    )


def starting() -> FullScreen:
    """Make the message of the first seconds, before the engine has been found."""
    return FullScreen(
        icon="pending",
        headline=skin.tell("screen.starting.headline"),
        body=skin.tell("screen.starting.body"),
    )


Loss = Literal["stopped", "recording", "silent", "restarting"]
"""What is known of an engine that is not to be reached: it has ended, so that nothing is recorded;
it goes on recording; it is there and says nothing; or it is being started anew on purpose."""


def lost(loss: Loss, support: Support) -> FullScreen:
    """Make the message for an engine that is not to be reached: whether scans are recorded."""
    return FullScreen(
        icon="pending" if loss == "restarting" else "lost",
        headline=skin.tell(f"screen.lost.{loss}.headline"),
        body=skin.tell(f"screen.lost.{loss}.body"),
        small=skin.tell("screen.lost.small"),
        support=present.support_line(skin.words, support),
    )


def make_ready(support: Support) -> Iterator[None]:
    """Read what a message needs, a part at each step: that of a broken disk must not need it."""
    load_kv(__file__)
    yield
    for face, size in (("Bold", 1), ("Body", BODY)):
        ruler(face, skin.size.display * size)
        yield
    spare = lost("stopped", support)
    yield
    for text in spare.ids.column.children:
        text.draw_now()
        yield


def mistake(problem: str) -> FullScreen:
    """Make the message for settings that cannot be used, and so hold no word on whom to ask."""
    return FullScreen(
        icon="look",
        headline=skin.tell("screen.mistake.headline"),
        body=escape_markup(problem),
        small=skin.tell("screen.mistake.small"),
    )


def other_version(mine: str, turned_away: TurnedAway, support: Support) -> FullScreen:
    """Make the message for an engine that speaks another version."""
    return FullScreen(
        icon="versions",
        headline=skin.tell("screen.versions.headline"),
        body=skin.tell("screen.versions.body", screen=mine, engine=turned_away.engine_version),
        small=skin.tell("screen.versions.small"),
        support=present.support_line(skin.words, support),
    )
