"""What the log of Symphony's offline mode has to be told. Light: reading it loads no writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.desk.transactions import Kind

NOT_EMPTY = frozenset({"to", "station", "charge", "discharge"})

POLICY_NAME = r"[A-Za-z0-9_.-]+"
"""What names of libraries and accesses, and IDs of users, are made of."""

RANGES: dict[str, tuple[float, float]] = {"keep": (0, 3650)}
"""From which number to which a setting goes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SymphonySettings:
    """Where the log goes, and what stands in its lines.

    `to` and `keep` are as in `FilesSettings`. `library` and `access` are the policy names of the
    station's library and user access; "": the codes of the desk session. `user` is the ID of the
    station's user; "" leaves it out. `station` is the station number, four digits.

    `charge`, `discharge`, `renew` and `in_house` name the data codes of a line, in their order;
    what follows a code is its value, such as FcNONE. "": such transactions are entered by hand.
    The codes that are filled in: FF access, FE library, FW user, NQ item, UO patron, CO date of
    discharge. Charge and discharge are as in real logs; of offline renewal and in-house use no
    sample is known.

    `due_code` is the data code that carries a due date. Which one it is in a charge, nobody has
    said in public: with "" none is written, and the circulation map decides.
    """

    to: str
    keep: int = 0
    library: str = ""
    access: str = ""
    user: str = ""
    station: str = "0001"
    charge: str = "FF FE FcNONE FW NQ UO"
    discharge: str = "FF FE FcNONE FW NQ CO"
    renew: str = ""
    in_house: str = ""
    due_code: str = ""

    @property
    def carries(self) -> frozenset[Kind]:
        """The kinds of transactions for which a line is known."""
        kinds: set[Kind] = {"checkout", "checkin"}
        if self.renew:
            kinds.add("renewal")
        if self.in_house:
            kinds.add("in_house_use")
        return frozenset(kinds)
