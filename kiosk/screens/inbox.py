"""What has come over the link and has not been drawn yet.

The link calls on its own thread, and from before Kivy is there: most of the start is Kivy being
imported, and meanwhile the first picture comes. Of the states only the newest is kept.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from kiosk.view.messages import Picture, Screenshot, TurnedAway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.view.messages import FromEngine
    from kiosk.view.state import AppState


class Inbox:
    """Filled by the link's thread, emptied by the window, which sets `wake` to be told."""

    def __init__(self) -> None:
        self.wake: Callable[[], object] = lambda: None
        self._newest: deque[AppState] = deque(maxlen=1)
        self._news: deque[TurnedAway | Screenshot] = deque()
        self._gone = False
        """The engine has gone, and nothing has come since."""
        self._sign = False

    def heard(self, message: FromEngine) -> None:
        """Take a message from the engine."""
        self._sign = True
        if isinstance(message, Picture):
            self._newest.append(message.state)
            self._gone = False
        elif isinstance(message, TurnedAway | Screenshot):
            self._news.append(message)
        else:
            return
        self.wake()

    def link_up(self) -> None:
        """Take notice of the connection; the first picture says the rest."""

    def link_down(self) -> None:
        """Take notice that the engine has gone."""
        self._gone = True
        self.wake()

    def take_sign(self) -> bool:
        """Tell, once, whether anything at all has come from the engine."""
        sign, self._sign = self._sign, False
        return sign

    def take_state(self) -> AppState | None:
        """Give the newest state, once."""
        return self._newest.popleft() if self._newest else None

    def take_news(self) -> Iterator[TurnedAway | Screenshot | None]:
        """Give what else came, once; None says that the engine has gone after all that."""
        while self._news:
            yield self._news.popleft()
        if self._gone:
            self._gone = False
            yield None
