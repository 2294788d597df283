"""What delivery has to be told. Light: reading a configuration loads no courier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliverySettings:
    """How patient delivery is, in seconds, and when the backlog goes."""

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
