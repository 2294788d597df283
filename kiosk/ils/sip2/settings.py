"""What it takes to talk to a SIP2 server. Light: reading it loads no protocol."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

from kiosk.ils.sip2.servers import SERVERS, Checksums, NoBlock, Quirks, RenewOffline, Server

NOT_EMPTY = frozenset({"host"})

RANGES: dict[str, tuple[float, float]] = {
    "port": (1, 65535),
    "timeout": (0.1, 600),
    "connect_timeout": (0.1, 600),
}
"""From which number to which a setting goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sip2Settings:
    """How to reach a SIP2 server, and what it wants to hear.

    Times are in seconds: `timeout` for one request and its reply, `connect_timeout` for reaching
    the server, and once more for agreeing on TLS. Without a `timeout` it is as long as the server
    asks for, and at least 5. `location` is the branch that checkins name (AP).

    `server_name` is the name on its certificate, where that is not `host`; `ca_file` holds the
    certificates of whoever signed it, where that is none of the machine's; `certificate_file` and
    `key_file` are the kiosk's own, where the server wants one. `due_format` is how it writes a due
    date that is not written as SIP2 has it, as for `strptime`.

    The last keys are those of `Quirks`; None: as the preset of `server` says.
    """

    host: str
    port: int = 6001
    server: Server = "plain"
    transport: Literal["raw", "telnet"] = "raw"
    login: str = ""
    password: str = ""
    institution: str = ""
    location: str = ""
    terminal_password: str = ""
    timeout: float | None = None
    connect_timeout: float = 3.0
    tls: bool = False
    ca_file: Path | None = None
    server_name: str = ""
    certificate_file: Path | None = None
    key_file: Path | None = None
    due_format: str = ""
    encoding: str | None = None
    error_detection: bool | None = None
    checksums: Checksums | None = None
    no_block: NoBlock | None = None
    no_block_checkin: bool | None = None
    renew_offline: RenewOffline | None = None
    connections: Literal[1, 2] | None = None
    heed_permissions: bool | None = None

    @property
    def quirks(self) -> Quirks:
        """What its server does: as the preset says, and as the keys do that were set."""
        own = {each.name: getattr(self, each.name) for each in fields(Quirks)}
        return replace(
            SERVERS[self.server], **{name: x for name, x in own.items() if x is not None}
        )
