"""What this Koha holds beside its circulation, and how its version behaves.

Patrons, items, loans, and the ledger of what was carried out, are fake_sip2's world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.fake_web.store import Store

if TYPE_CHECKING:
    from pathlib import Path

BRANCH = "CPL"


@dataclass(frozen=True)
class Rules:
    """How this Koha behaves: `FakeKoha.be`."""

    version: str = "24.05"
    zone: str = "+00:00"
    """Where the server is."""
    ties: str = "reversed"
    """How operations of one second are ordered in the queue: reversed, or as they came."""
    plugin: bool = True
    """Whether ByWater's plugin is there."""
    basic: bool = True
    """Whether the API takes HTTP Basic (RESTBasicAuth)."""
    oauth: bool = True
    """Whether the API takes tokens (RESTOAuth2ClientCredentials)."""
    token_lasts: int = 3600

    def since(self, version: str) -> bool:
        """Tell whether this Koha is of that version, or later."""
        return _numbers(self.version) >= _numbers(version)

    @property
    def csrf(self) -> bool:
        """POST needs a token; and credentials are called login_userid, login_password."""
        return self.since("24.05")

    @property
    def says_status(self) -> bool:
        """A failed login is 403 with auth_status, and not 200 (bug 19752)."""
        return self.since("18.05")

    @property
    def reads_utc(self) -> bool:
        """A timestamp is read as UTC, and not stored as it came."""
        return self.since("21.11")

    @property
    def cancels_holds(self) -> bool:
        """A checkout cancels the next patron's hold (bug 30114)."""
        return not self.since("22.05")


@dataclass(frozen=True)
class Account:
    """Staff. `perms`: circulate, catalogue."""

    userid: str
    password: str = "secret"
    perms: list[str] = field(default_factory=lambda: ["circulate", "catalogue"])
    client_id: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class Session:
    """What a cookie stands for. `userid` is empty before a login."""

    userid: str = ""


@dataclass(frozen=True)
class Csrf:
    """A token against forged requests, and the cookie that it belongs to."""

    session: str


@dataclass(frozen=True)
class ApiToken:
    userid: str
    until: float


@dataclass(frozen=True)
class Operation:
    """A row of pending_offline_operations. `timestamp` is local, to the second."""

    userid: str
    branchcode: str
    timestamp: str
    action: str
    barcode: str = ""
    cardnumber: str = ""
    amount: str = "0"


@dataclass(frozen=True)
class Payment:
    cardnumber: str
    amount: str
    branchcode: str
    timestamp: str


@dataclass(frozen=True)
class Processed:
    """What the plugin remembers of a transaction."""

    message: str


TABLES: dict[str, type] = {
    "account": Account, "session": Session, "csrf": Csrf, "api_token": ApiToken,
    "operation": Operation, "payment": Payment, "processed": Processed,
}  # fmt: skip


class Records(Store):
    """The records, and what a test puts among them."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(TABLES, path)
        if not self.all("account"):
            self.furnish()

    def furnish(self) -> None:
        """Have what every test needs: the account kiosk."""
        self.add_account(
            userid="kiosk", password="kiosk", client_id="kiosk-id", client_secret="kiosk-secret"
        )
        self.end_step()

    def add_account(self, **fields: Any) -> None:
        self.put("account", fields["userid"], Account(**fields))


def _numbers(version: str) -> list[int]:
    return [int(x) for x in version.split(".")]
