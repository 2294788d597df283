"""What this library has decided, and who is on duty."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Literal

from kiosk.desk.checks.barcodes import BarcodeRules
from kiosk.desk.checks.blocklist import BlockListRules
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.dates.closed_days import ClosedDays
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.session.sessions import Place, SessionRules
from kiosk.desk.transactions import KNOWN_REASONS
from kiosk.desk.vocabulary import Role

Receipts = Literal["patron", "item", "none"]
"""One receipt for each patron at the end, one slip for each item as it is taken, or none."""

NotValid = Literal["items", "refuse"]
"""Where the library says that a patron may not borrow. `items`: while it answers, it decides item
by item; once it is gone, nothing is lent. `refuse`: nothing is lent at all. A supervisor may
override either."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoncatKind:
    """Items without a barcode that are lent by their number.

    `code` is the library system's own number of the kind (Evergreen: the id of the non-catalogued
    type), `days` how long they are lent.
    """

    code: str
    name: str
    days: int = 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a patron can be registered as, in or with. `code` is the library system's own."""

    name: str
    code: str


RegistrationField = Literal[
    "family_name", "first_name", "born", "street", "street2", "city", "state", "post_code",
    "country", "phone", "email", "ident", "department",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationRules:
    """What is asked of a new patron, in this order, and what has to be filled in.

    Of each list of choices the first one is preset; a list of one is not asked about.
    """

    fields: tuple[RegistrationField, ...] = (
        "family_name", "first_name", "born", "street", "street2", "city", "state", "post_code",
        "country", "phone", "email",
    )  # fmt: skip
    required: tuple[RegistrationField, ...] = ("family_name", "first_name", "born")
    profiles: tuple[Choice, ...] = ()
    libraries: tuple[Choice, ...] = ()
    languages: tuple[Choice, ...] = ()
    ident_types: tuple[Choice, ...] = ()

    @property
    def choices(self) -> dict[str, tuple[Choice, ...]]:
        """What is chosen, by the names under which it is recorded."""
        return {
            "profile": self.profiles,
            "library": self.libraries,
            "language": self.languages,
            "ident_type": self.ident_types,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSettings:
    """How the desk works here."""

    barcodes: BarcodeRules = field(default_factory=BarcodeRules)
    loan_days: int = 21
    due_presets: tuple[int, ...] = (7, 14, 21, 28)
    loans: tuple[LoanRule, ...] = ()
    learn_loans: bool = False
    """Whether an item is lent as long as the library lent it before."""
    closed: ClosedDays = field(default_factory=ClosedDays)
    receipts: Receipts = "patron"
    answer_wait: float = 2.0
    """Seconds that Done waits for the library's last answers."""
    places: tuple[Place, ...] = ()
    """The libraries and access profiles to choose from."""
    session: SessionRules = field(default_factory=SessionRules)
    system_cards: tuple[str, ...] = (".*DISCARD.*", ".*DISPLAY.*", ".*MISSING.*")
    """Regular expressions for cards of the library system's own, that nobody borrows on."""
    override_reasons: tuple[str, ...] = KNOWN_REASONS
    """What a supervisor may choose from; any other reason is typed."""
    not_valid: NotValid = "items"
    functions: FunctionRules = field(default_factory=FunctionRules)
    settle: Literal["staff", "supervisor"] = "staff"
    """Who settles what needs a person."""
    process: Literal["staff", "supervisor"] = "staff"
    """Who has an upload session processed, where the library system lets this desk."""
    noncat: tuple[NoncatKind, ...] = ()
    registration: RegistrationRules = field(default_factory=RegistrationRules)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSession:
    """Who is on duty and where: what is written into every transaction."""

    id: str
    boot: str
    terminal: str
    library: str
    zone: tzinfo
    library_code: str = ""
    profile: str = ""
    profile_code: str = ""
    staff: str = ""
    number: str = ""
    """Which of the staff; "" where they do not say who they are."""
    role: Role | Literal[""] = ""
    block_list: BlockListRules | None = None
    """What is made of the block list; None where it is not used."""
    default_due: date | int | None = None
    """The usual loan while this session lasts: until a day, or so many days. None: that of
    kiosk.toml."""
    support: str = ""
    """Who helps, with telephone and address."""
    since: datetime | None = None
    """When staff set it; None where they have not."""
    practice: bool = False
    """Nothing of it counts: it is thrown away."""
