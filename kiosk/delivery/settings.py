"""What delivery has to be told. Light: reading a configuration loads no courier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Somebody who must be told after an outage, and how."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def who(self) -> str:
        """All of it in one line."""
        return " · ".join(part for part in (self.name, self.phone, self.email) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverySettings:
    """How patient delivery is, in seconds; when the backlog goes; and whom an outage concerns."""

    first_pause: float = 1.0
    longest_pause: float = 300.0
    still_working: float = 15.0
    """So long a library may be working on it yet after its reply was given up: what it says not to
    have is not sent again before."""
    keep_alive: float = 20.0
    """Idle this long, the library is greeted: servers hang up on the silent, and the desk should
    know that the library is gone before a patron does."""
    load_at: str = ""
    """The time of the day, such as 19:25, at which the backlog goes; "": as soon as it can."""
    ask_first: bool = False
    """After an outage the backlog waits until staff have said that it shall go."""
    tell: tuple[Contact, ...] = ()
    """Who must be told after an outage, or where files wait."""
    tell_after: int = 5
    """So many minutes an outage has to last before anybody must be told."""

    @property
    def worth_telling(self) -> timedelta:
        """The shortest outage of which somebody must be told."""
        return timedelta(minutes=self.tell_after)
