"""What is said from elsewhere of what was handed over, as a daybook keeps it."""

from __future__ import annotations

import getpass
import uuid
from typing import TYPE_CHECKING, Literal

from kiosk.daybook.facts import BatchConfirmed, BatchWanted, Reported

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kiosk.daybook.facts import BatchDecision
    from kiosk.view.messages import Failure


def facts_of(failures: Iterable[Failure], at: datetime) -> list[Reported]:
    """Give what an imported report comes to; by whoever runs this."""
    by, id_ = _who(), uuid.uuid4().hex
    return [
        Reported(
            id=id_,
            transaction=each.transaction,
            number=each.number,
            at=at,
            code=each.code,
            words=each.words,
            by=by,
        )
        for each in failures
    ]


def decided(batch: str, what: Literal["loaded", "lost"], at: datetime) -> BatchDecision:
    """Give what somebody who runs this says of a batch that was handed over."""
    fact = BatchConfirmed if what == "loaded" else BatchWanted
    return fact(id=uuid.uuid4().hex, batch=batch, at=at, by=_who())


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user: Python 3.13 raises OSError
        return ""
