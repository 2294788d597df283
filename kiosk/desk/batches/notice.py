"""The notice for colleagues: the name of the upload session, and what to do at each desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.desk.batches.standing import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What stands on it; `terminal`: the desk where it was printed."""

    at: datetime
    library: str
    staff: str
    terminal: str
    session: Session
