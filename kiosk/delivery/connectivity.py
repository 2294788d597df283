"""Whether the library can be reached, judged by the last five results.

    newest results        verdict
    --------------------  -----------------------------------------------------------
    none yet              connecting
    failed                offline: nothing is gained by making staff wait for the next
    ok, ok                online
    ok after a failure    online where it was the only failure of the five; else still
                          offline: one lucky reply does not end an outage

The reason of the last failure is kept: staff are told why, not only that.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kiosk.desk.words import Phrase

State = Literal["connecting", "online", "offline"]

REMEMBERED = 5


class Connectivity:
    """Counts results. `reason` is that of the last failure, None while online."""

    def __init__(self) -> None:
        self._results: deque[bool] = deque(maxlen=REMEMBERED)
        self._reason: Phrase | None = None

    def succeeded(self) -> None:
        """Count a reply."""
        self._results.append(True)

    def failed(self, reason: Phrase) -> None:
        """Count a failure."""
        self._results.append(False)
        self._reason = reason

    @property
    def state(self) -> State:
        """Judge."""
        newest = list(self._results)[-2:]
        if not newest:
            return "connecting"
        if not newest[-1]:
            return "offline"
        return "online" if all(newest) or self._results.count(False) == 1 else "offline"

    @property
    def results(self) -> tuple[bool, ...]:
        """The last five results, the oldest first."""
        return tuple(self._results)

    @property
    def reason(self) -> Phrase | None:
        """Why the library is offline."""
        return self._reason if self.state == "offline" else None
