"""What is printed to try out the printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleSlip:
    """A slip that says it is a test. `staff`: who is on duty, or ""."""

    at: datetime
    library: str
    staff: str
    terminal: str
