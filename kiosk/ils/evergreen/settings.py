"""What Evergreen's module has to be told. Light: reading it loads no protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NOT_EMPTY = frozenset({"url", "login", "session_title"})

RANGES: dict[str, tuple[float, float]] = {
    "org": (1, 999_999_999),
    "timeout": (1, 600),
    "connect_timeout": (0.1, 600),
    "stuck_after": (1, 1440),
    "gather": (0, 86_400),
    "patron_profile": (1, 999_999_999),
    "ident_type": (1, 999_999_999),
}
"""From which number to which a setting goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvergreenSettings:
    """Where an Evergreen is, and who the kiosk is there.

    `org` is the id of the library's organisational unit: all uploads go to it. `workstation` is a
    registered one of that library: what this account processes is booked there. `auth_proxy`:
    whether logins go through the proxy in front of another directory; "auto" asks the server.

    `timeout` and `connect_timeout` are in seconds, for one request and for reaching the server;
    `gather` too: so long what waits is gathered for one upload. `stuck_after` is in minutes.
    """

    url: str
    org: int
    login: str
    password: str
    workstation: str = ""
    ca_file: Path | None = None
    auth_proxy: Literal["auto", "yes", "no"] = "auto"
    timeout: float = 30.0
    connect_timeout: float = 5.0
    session_title: str = "Internet Down {date}"
    """What today's upload session is called."""
    desks: tuple[str, ...] = ()
    """The terminals that upload into one session, by their names."""
    process: Literal["by-hand", "all-in"] = "by-hand"
    """Who has a session processed: staff; or the first of `desks`, once all of them are in."""
    gather: float = 60.0
    stuck_after: int = 10
    """So long nothing may move in a session that is being processed."""
    patron_profile: int | None = None
    """The id of the group that new patrons belong to, where the form does not ask."""
    ident_type: int = 3
    """The id of the kind of identification of new patrons, where the form does not ask. Evergreen
    comes with 3 for "Other"."""

    @property
    def base(self) -> str:
        """The address, as paths are put behind it."""
        return self.url.rstrip("/")


def desk_name(terminal: str) -> str:
    """Write a terminal's name as uploads bear it: the server makes a file's name of it.

    It moves files through a shell, so nothing but these letters is safe there. A dot ends the
    desk's name in that of an upload.
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", terminal)[:40].strip("-") or "desk"
