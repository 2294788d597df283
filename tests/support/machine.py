"""A machine whose clocks do what a test says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BOOTED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class FakeMachine:
    """Started at `BOOTED`; its own clock is wrong by `wrong`. A `kiosk.clock.Machine`."""

    wrong: timedelta = timedelta()
    seconds: float = 60.0
    network: bool = False

    def uptime(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return (self.true_time + self.wrong).timestamp()

    def synchronised(self) -> bool:
        return self.network

    @property
    def true_time(self) -> datetime:
        return BOOTED + timedelta(seconds=self.seconds)

    def runs(self, seconds: float) -> None:
        self.seconds += seconds

    def is_set(self, wrong: timedelta) -> None:
        """Somebody sets its clock, who may be wrong."""
        self.wrong = wrong

    def is_synchronised(self) -> None:
        """The network sets its clock."""
        self.wrong, self.network = timedelta(), True

    def is_at(self, moment: datetime) -> None:
        """Let it run until then."""
        self.seconds = (moment - BOOTED).total_seconds()
