"""What Koha's module has to be told. Light: no protocol is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Method = Literal["plugin", "service"]
"""The companion plugin, or `offline_circ/service.pl`, which every Koha has."""

_VERSION: Final = re.compile(r"(\d{2})\.(\d{2})(\.\d+)*", re.ASCII)

NOT_EMPTY: Final = ("staff_url", "branchcode")
RANGES: Final[dict[str, tuple[float, float]]] = {
    "timeout": (1, 600),
    "connect_timeout": (0.1, 600),
}
"""From which number to which a key goes, in seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KohaSettings:
    """How to reach Koha by HTTP, and how what has happened goes into it.

    `staff_url` is where its staff interface is, `rest_url` its REST interface, where that is not
    `/api/v1` there. `login` has a `password`, `client` (an API key) a `client_password`.
    `pending`: into Koha's queue, where staff process it. `version` is Koha's, such as 24.05; "" is
    found out. `ca_file` holds the certificates of whoever signed its own, where that is none of the
    machine's. Times are in seconds: `connect_timeout` to connect, `timeout` for all of an answer.
    """

    staff_url: str
    branchcode: str
    rest_url: str = ""
    login: str = ""
    password: str = ""
    client: str = ""
    client_password: str = ""
    method: Method = "plugin"
    pending: bool = False
    version: str = ""
    ca_file: Path | None = None
    connect_timeout: float = 5.0
    timeout: float = 60.0

    @property
    def staff(self) -> str:
        """The address of the staff interface, without a "/" at its end."""
        return self.staff_url.rstrip("/")

    @property
    def rest(self) -> str:
        """The address of the REST interface, without a "/" at its end."""
        return self.rest_url.rstrip("/") or f"{self.staff}/api/v1"

    @property
    def has_tokens(self) -> bool | None:
        """Whether it wants a CSRF token with what changes something; None: not known yet.

        24.05 and later do, and have other names for login and password.
        """
        version = read_version(self.version)
        return None if version is None else version >= (24, 5)

    @property
    def reads_utc(self) -> bool:
        """Whether the service takes times as UTC, and turns them into the server's own.

        The source of about 21.11 does. One whose version is not told is taken to be no older.
        """
        version = read_version(self.version)
        return version is None or version >= (21, 11)


def read_version(version: str) -> tuple[int, int] | None:
    """Read a version of Koha, such as 24.05; None where it is not one."""
    found = _VERSION.fullmatch(version)
    return None if found is None else (int(found[1]), int(found[2]))
