"""What this Evergreen holds: records that outlive a kill, and how it behaves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from support.fake_web.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = 4
"""The branch that a record belongs to where nothing is said."""
CIRCULATOR = [
    "STAFF_LOGIN", "OFFLINE_UPLOAD", "OFFLINE_VIEW", "COPY_CHECKOUT", "COPY_CHECKIN", "RENEW_CIRC",
    "CIRC_PERMIT_OVERRIDE", "CIRC_OVERRIDE_DUE_DATE", "CREATE_IN_HOUSE_USE", "CREATE_USER",
    "MAX_RENEWALS_REACHED.override", "REGISTER_WORKSTATION",
]  # fmt: skip
"""What a stock circulator may do: not OFFLINE_EXECUTE."""


@dataclass(frozen=True)
class Rules:
    """How this Evergreen behaves: `FakeEvergreen.be`."""

    login: bool = True
    """Whether open-ils.auth.login is there; without it there are only the older two steps."""
    proxy: bool | None = False
    """open-ils.auth_proxy: enabled, not enabled, or None: the service is not running."""
    session_lasts: int = 7200
    """Seconds after which an unused login of staff ends."""
    inline: bool = False
    """Whether `execute` answers only when all is done (KCLS), not at once."""
    fork_delay: float = 0.0
    """Seconds before processing begins, in which a second `execute` is let through, too."""
    forks: int | None = None
    """So many times may a session begin to be processed, until this is changed; None: any."""
    per_line: float = 0.0
    """Seconds for one line."""
    stops_after: int | None = None
    """Processing stops after so many lines of a session, until this is changed."""
    dies_with: str = "500"
    """What a Perl `die` looks like: "500", or "empty"."""
    servers: int = 1
    """So many servers take the calls in turn, each with a disk of its own."""
    address_filter: bool = False
    """Whether /cgi-bin/offline is for other addresses (403)."""
    zone: str = "+00:00"
    """Where the server is."""
    skip_newer: list[str] = field(default_factory=list)
    """Types of lines that are skipped where the item has changed since."""
    username_allowed: bool = False
    """Whether patron_barcode may be a user name."""
    auto_renew: bool = False
    """Whether a checkout to the patron who has the item renews it."""
    expired_may_renew: bool = False
    barred_refused: bool = False
    """Whether a barred patron is refused, in spite of permit_override."""


@dataclass(frozen=True)
class Account:
    """Staff. `orgs`: where `perms` hold; empty: everywhere."""

    username: str
    password: str = "secret"
    id: int = 0
    barcode: str = ""
    home: int = HERE
    perms: list[str] = field(default_factory=lambda: list(CIRCULATOR))
    orgs: list[int] = field(default_factory=list)
    active: bool = True
    card_active: bool = True
    barred: bool = False

    def may(self, perm: str, org: int) -> bool:
        return perm in self.perms and (not self.orgs or org in self.orgs)


@dataclass(frozen=True)
class Workstation:
    name: str
    id: int = 0
    org: int = HERE


@dataclass(frozen=True)
class Token:
    """A login. `org` is the branch of its workstation, or its account's."""

    username: str
    workstation: str
    org: int
    lasts: int
    used: float


@dataclass(frozen=True)
class Patron:
    """`card` is the primary card; `cards` are older ones, and whether each is still active.

    `expires` is a date. `penalty`: a standing penalty with a block list.
    """

    card: str
    name: str = ""
    cards: dict[str, bool] = field(default_factory=dict)
    card_active: bool = True
    username: str = ""
    active: bool = True
    barred: bool = False
    penalty: bool = False
    expires: str = "2099-12-31"
    ident: str = ""


@dataclass(frozen=True)
class Card:
    patron: str
    active: bool = True


@dataclass(frozen=True)
class Item:
    """`status`: available, checked_out, reshelving, in_transit, on_holds_shelf, lost, missing,
    long_overdue, lost_and_paid, bad, alert. `changed` is when it last changed, in seconds.

    `refuses` says the event of a type of line that is refused whatever else there is.
    """

    item: str
    title: str = ""
    org: int = HERE
    days: int = 21
    renewals: int = 2
    status: str = "available"
    precat: bool = False
    reserved: bool = False
    destination: int = 0
    changed: float = 0.0
    refuses: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loan:
    item: str
    patron: str
    at: str
    due: str
    renewals: int = 2
    claimed: bool = False
    org: int = HERE
    staff: str = ""
    workstation: str = ""


@dataclass(frozen=True)
class Hold:
    item: str
    patron: str
    org: int = HERE
    captured: bool = False


@dataclass(frozen=True)
class NoncatType:
    id: int
    name: str
    org: int = HERE
    in_house: bool = False
    duration: str = "14 days"


@dataclass(frozen=True)
class Session:
    """An upload session. Times are in whole seconds."""

    key: str
    org: int = HERE
    description: str = ""
    creator: int = 1
    create_time: int = 0
    in_process: int = 0
    start_time: int | None = None
    end_time: int | None = None
    num_complete: int = 0


@dataclass(frozen=True)
class Script:
    """What one workstation has uploaded into one session."""

    session: str
    requestor: int
    create_time: int
    workstation: str
    logfile: str
    time_delta: int = 0
    count: int = 0


@dataclass(frozen=True)
class File:
    """A file on a server's disk: by its server and path."""

    text: str


@dataclass(frozen=True)
class Result:
    session: str
    entry: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One thing that was really carried out.

    `op`: checkout, noncat, renewal, checkin, in_house_use, registration. `at`, `due`: as this
    Evergreen understood them. `event`: what it said of it. `staff`, `org`, `workstation` are of the
    login that had it processed; `line` is what was uploaded.
    """

    op: str
    item: str
    patron: str
    at: str
    due: str
    count: int
    event: str
    session: str
    staff: str
    org: int
    workstation: str
    line: dict[str, Any]


TABLES: dict[str, type] = {
    "account": Account, "workstation": Workstation, "token": Token, "patron": Patron, "card": Card,
    "item": Item, "loan": Loan, "hold": Hold, "noncat_type": NoncatType, "session": Session,
    "script": Script, "file": File, "result": Result, "entry": Entry,
}  # fmt: skip


class World(Store):
    """The records, and what a test puts among them."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(TABLES, path)
        if not self.all("account"):
            self.furnish()

    def furnish(self) -> None:
        """Have what every test needs: the accounts kiosk, and chief, who may process."""
        self.add(
            accounts=[
                {"username": "kiosk", "password": "kiosk", "id": 11},
                {
                    "username": "chief",
                    "password": "chief",
                    "id": 12,
                    "perms": [*CIRCULATOR, "OFFLINE_EXECUTE"],
                },
            ],
            workstations=[{"name": "BR1-desk"}],
            noncat_types=[{"id": 2, "name": "Paperback"}],
        )

    def add(self, **records: list[dict[str, Any]]) -> None:
        """Take records in, or change them. An item with `patron` and `due` is lent to somebody.

        `accounts`, `workstations`, `patrons`, `items`, `holds`, `noncat_types`, `sessions`.
        """
        ways: dict[str, Callable[[dict[str, Any]], None]] = {
            "accounts": self._add_account,
            "workstations": self._add_workstation,
            "patrons": lambda x: self.add_patron(Patron(**x)),
            "items": self._add_item,
            "holds": lambda x: self.put("hold", x["item"], Hold(**x)),
            "noncat_types": lambda x: self.put("noncat_type", x["id"], NoncatType(**x)),
            "sessions": self._add_session,
        }
        for table, given in records.items():
            for fields in given:
                ways[table](fields)
        self.end_step()

    def add_patron(self, patron: Patron) -> None:
        self.put("patron", patron.card, patron)
        cards = {**patron.cards, patron.card: patron.card_active}
        for barcode, active in cards.items():
            self.put("card", barcode, Card(patron.card, active))

    def write_down(self, entry: Entry) -> None:
        self.put("entry", len(self.all("entry")), entry)

    def ledger(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self.all("entry").values()]

    def scripts(self, session: str) -> list[Script]:
        return [x for x in self.all("script").values() if x.session == session]

    def _add_item(self, fields: dict[str, Any]) -> None:
        lent: dict[str, Any] = {x: fields[x] for x in ("patron", "due", "claimed") if x in fields}
        item = Item(**{k: v for k, v in fields.items() if k not in lent})
        if lent:
            usual: dict[str, Any] = {"at": "", "due": "", "renewals": item.renewals}
            loan = Loan(item.item, **usual | lent)
            self.put("loan", item.item, loan)
            if item.status == "available":
                item = replace(item, status="checked_out")
        self.put("item", item.item, item)

    def _add_session(self, fields: dict[str, Any]) -> None:
        scripts: list[dict[str, Any]] = fields.get("scripts", [])
        session = Session(**{k: v for k, v in fields.items() if k != "scripts"})
        self.put("session", session.key, session)
        for script in scripts:
            usual: dict[str, Any] = {"requestor": 1, "create_time": 0, "logfile": ""}
            number = len(self.all("script")) + 1
            self.put("script", number, Script(session.key, **usual | script))

    def _add_account(self, fields: dict[str, Any]) -> None:
        free = 100 + len(self.all("account"))
        self.put("account", fields["username"], Account(**{"id": free, **fields}))

    def _add_workstation(self, fields: dict[str, Any]) -> None:
        free = len(self.all("workstation")) + 1
        self.put("workstation", fields["name"], Workstation(**{"id": free, **fields}))
