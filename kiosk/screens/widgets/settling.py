"""How a list moves under a finger, and comes to rest."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.effects.scroll import ScrollEffect

from kiosk.screens.theme import MOTION

FRICTION = 0.3
"""Of its speed, a list loses so much in a sixtieth of a second."""


class Settling(ScrollEffect):
    """It follows the finger, and comes to rest soon after that has left it.

    A list that coasts cannot be read meanwhile, and a touch on it hits another row.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(friction=FRICTION, **kwargs)
        self._rest = Clock.create_trigger(self._stand, MOTION.settle)

    def stop(self, val: float, t: float | None = None) -> None:
        """Take what the finger gave, for a moment."""
        super().stop(val, t)
        self._rest.cancel()
        self._rest()

    def _stand(self, _seconds: float) -> None:
        self.velocity = 0
