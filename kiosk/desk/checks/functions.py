"""What may be done at this desk: on, with a warning, or off, and why.

    a key of its own       decides
    else the preset        what is known of offline work with that library system
    else                   on

What the library system cannot carry comes before all that: it is off, or recorded here and put on
the list of what a person enters by hand (`uncarried`).

Where the presets come from:

    Symphony   the Montana State Library's "Offline Procedures" for WorkFlows 3.5: renewal is
               disabled because it cannot be told whether user or item is eligible; registration
               is discouraged because duplicate and lost cards cannot be found
    Evergreen  checks duplicates only on line; several consortia advise against checkin offline,
               because holds and transits come up only when the upload is processed
    Koha       its offline files and SIP2 have no in-house use, no items without a barcode and no
               registration; its SIP2 server may refuse a renewal that has already happened
    SIP2       has no messages for those three; servers do not honour no-block for renewals
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from kiosk.desk.transactions import Kind
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

Function = Literal["checkout", "checkin", "renew", "inhouse", "noncat", "guest", "register"]
"""`noncat`: items without a barcode; `guest`: a patron without a card."""

Use = Literal["on", "warn", "off"]
"""`warn`: explained, and confirmed once in each desk session."""

Preset = Literal["none", "evergreen", "symphony", "koha", "sip2"]

EVERYTHING: Final[frozenset[Kind]] = frozenset(get_args(Kind))
"""What a library system carries that carries all kinds; also where none is set up yet."""

_LOANS: Final[frozenset[Kind]] = frozenset({"checkout", "checkin", "renewal"})
CARRIED_BY: Final[dict[str, frozenset[Kind]]] = {"koha": _LOANS, "sip2": _LOANS}
"""The kinds of transactions that a library system takes, where it does not take them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionRules:
    """What this library has decided. None: as the preset says."""

    preset: Preset = "none"
    uncarried: Literal["off", "by_hand"] = "off"
    """What becomes of functions that the library system cannot carry."""
    checkout: Use | None = None
    checkin: Use | None = None
    renew: Use | None = None
    inhouse: Use | None = None
    noncat: Use | None = None
    guest: Use | None = None
    register: Use | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether something may be done; `reason` says why not, or what to mind, and what to do."""

    use: Use
    reason: Phrase | None = None


_KINDS: Final[dict[Function, Kind]] = {
    "renew": "renewal",
    "inhouse": "in_house_use",
    "noncat": "noncat_checkout",
    "register": "registration",
}
"""What a function needs to have carried. Loans and returns are carried by every system; what a
patron without a card takes is entered by hand in any case."""

OF_COMMANDS: Final[dict[str, Function]] = {
    "checkout": "checkout",
    "checkin": "checkin",
    "bookdrop": "checkin",
    "renew": "renew",
    "inhouse": "inhouse",
    "count": "inhouse",
    "noncat": "noncat",
    "guest": "guest",
    "register": "register",
}
"""Which function a command needs; one that is off or warned of may not be used just so."""

PRESETS: Final[dict[Preset, dict[Function, Use]]] = {
    "none": {},
    "evergreen": {"checkin": "warn", "register": "warn"},
    "symphony": {"renew": "off", "register": "warn"},
    "koha": {"renew": "warn"},
    "sip2": {"renew": "warn"},
}
"""What is known of each library system; what is not named is on."""


def ruling(function: Function, rules: FunctionRules, carries: AbstractSet[Kind]) -> Ruling:
    """Tell whether something may be done where the library system carries these kinds."""
    own: Use | None = getattr(rules, function)
    if own is None:
        carries = carries & CARRIED_BY.get(rules.preset, EVERYTHING)
    lacking = function in _KINDS and _KINDS[function] not in carries
    if lacking and rules.uncarried == "off":
        return Ruling("off", say(f"function.off.uncarried_{function}"))
    use = own or PRESETS[rules.preset].get(function, "on")
    if use == "on":
        return Ruling("on")
    reason = f"{use}.{'site' if own is not None else rules.preset}_{function}"
    return Ruling(use, say(f"function.{reason}"))


def is_off(command: str, rules: FunctionRules, carries: AbstractSet[Kind]) -> bool:
    """Tell whether a command cannot be used, because its function is off here."""
    function = OF_COMMANDS.get(command)
    return function is not None and ruling(function, rules, carries).use == "off"


def recorded_only(carries: AbstractSet[Kind]) -> tuple[Function, ...]:
    """Name the functions of which the library system takes nothing: a person enters it there."""
    return (*(function for function, kind in _KINDS.items() if kind not in carries), "guest")


def by_hand(kind: Kind | str, whose: object, carries: AbstractSet[Kind]) -> bool:
    """Whether a person has to enter something: the library system cannot carry it.

    None can carry a loan to a patron without a card. `whose`: what names the `patron`.
    """
    lent = kind in ("checkout", "noncat_checkout")
    return kind not in carries or (lent and not getattr(whose, "patron", ""))
