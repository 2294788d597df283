"""The patron at the desk: whose card it is, and the goodbye.

    a card       is asked about before anything else; a newer one takes the place of an older one
    in vain      it is asked about again, until its patron leaves. A library that answers a greeting
                 and not this has been asked three times at most: that is no outage
    a goodbye    is said once nothing else of the desk waits; a later one takes the place of one
                 that was not said yet

When it is their turn, the courier says (kiosk.delivery.courier).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.delivery.connection import Connection
    from kiosk.desk.transactions import PatronAnswer
    from kiosk.ils.base import Library

MOST_ASKED = 3
"""So often a card is asked about in vain."""


class Patrons:
    """Asks the library about the patron at the desk, and says goodbye.

    `answered` takes whose card it is; `hide` takes out of the library's words what nobody shall
    read.
    """

    def __init__(
        self, answered: Callable[[PatronAnswer], None], hide: Callable[[str], str]
    ) -> None:
        self._answered = answered
        self._hide = hide
        self._card = ""
        """The one to ask about."""
        self._asked = 0
        self._gone = ""
        """The one to say goodbye to."""

    def came(self, card: str) -> None:
        """Take that it is to be asked whose card this is."""
        self._card, self._asked = card, 0

    def left(self, card: str) -> None:
        """Take that a patron is done."""
        self._know(card)
        self._gone = card

    @property
    def is_asked_about(self) -> bool:
        """Whether there is a card to ask about."""
        return self._card != ""

    @property
    def has_left(self) -> bool:
        """Whether there is somebody to say goodbye to."""
        return self._gone != ""

    async def ask(self, connection: Connection[Library]) -> None:
        """Tell whose card it is; after a failure the library is greeted first."""
        if connection.failures:
            await connection.library.hello()
        card, self._asked = self._card, self._asked + 1
        is_last = self._asked == MOST_ASKED
        try:
            answer = await connection.library.patron(card)
        except Exception:
            if is_last:
                self._know(card)
            raise
        self._know(card)
        self._answered(replace(answer, words=self._hide(answer.words)))

    async def say_goodbye(self, connection: Connection[Library]) -> None:
        """Tell the library that a patron is done."""
        card, self._gone = self._gone, ""
        await connection.library.end_session(card)

    def _know(self, card: str) -> None:
        """Ask about a card no more."""
        if self._card == card:
            self._card = ""
