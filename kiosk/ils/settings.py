"""What each library system's module has to be told. Light: reading them loads no protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kiosk.desk.checks.functions import CARRIED_BY, EVERYTHING

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind


def carried(offline: str) -> frozenset[Kind]:
    """Tell what the library system takes; without one, everything waits for it."""
    return CARRIED_BY.get(offline, EVERYTHING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sip2Settings:
    """How to reach a SIP2 server, and what it wants to hear.

    Times are in seconds: `timeout` for one request and its reply, `connect_timeout` for reaching
    the server. `location` is the branch that checkins name (AP). `error_detection` sends sequences
    and checksums; `checksums` is what to think of those that come back.
    """

    host: str
    port: int = 6001
    login: str = ""
    password: str = ""
    institution: str = ""
    location: str = ""
    terminal_password: str = ""
    encoding: str = "utf-8"
    checksums: Literal["lenient", "strict", "off"] = "lenient"
    timeout: float = 5.0
    connect_timeout: float = 3.0
    error_detection: bool = True
