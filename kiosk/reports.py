"""What an error report from elsewhere puts into a daybook."""

from __future__ import annotations

import getpass
import uuid
from typing import TYPE_CHECKING

from kiosk.daybook.facts import Reported

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user: Python 3.13 raises OSError
        return ""
