"""What SIP2 servers do with what they are sent: a preset for each, every value with its reason.

A preset is what is known of a server. Each of its values can be set by a key of its own in
`[ils.sip2]`, because a site's server may have been set up otherwise. What is not known of a server
is as in `plain`: what does the least harm with a server of which nothing is known.

CR, LF or both at the end of a line are read from every server, and CR is written to all. The
blank due date of a no-block loan is no quirk either: Koha takes it for no no-block at all, FOLIO
refused it until 2.0.1, so every loan carries its due date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

Server = Literal[
    "plain",
    "koha",
    "koha-before-24.11.08",
    "koha-without-no-block",
    "evergreen",
    "folio",
    "symphony",
]

Checksums = Literal["lenient", "strict", "off"]
"""`strict`: every reply needs a right one. `lenient`: one that is there must be right, but `0000`
counts as absent (SIPServer fills it in for every reply). `off`: none is looked at."""

NoBlock = Literal["honoured", "own_date", "ignored", "never"]
"""What becomes of a loan that has already happened (*no block* = Y): it is taken with its due date;
taken with a due date of the server's own, which is not told; judged as any other loan, and perhaps
refused; or it must not be sent at all."""

RenewOffline = Literal["renew", "checkout", "by_hand"]
"""How a renewal is sent that has already happened: as one (29); as a checkout (11) of the item to
the patron who has it; or not at all, because a person enters it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quirks:
    """How one server wants to be spoken to, and what it makes of that."""

    encoding: str = "utf-8"  # nothing on the wire says which it is
    error_detection: bool = True
    """Sequences and checksums are sent. A server that does not know them leaves them out."""
    checksums: Checksums = "lenient"
    no_block: NoBlock = "ignored"  # that it is honoured has to be known
    no_block_checkin: bool = True
    """Whether a return that has already happened says so. Its date is sent in any case."""
    renew_offline: RenewOffline = "renew"  # nobody honours no-block here; AH is compared
    connections: Literal[1, 2] = 1
    """With two, a backlog does not stand before the patron at the desk. An account may be limited
    to one."""
    heed_permissions: bool = False
    """Whether a 98 that says N to loans or returns is believed, so that nothing is sent. Not by
    preset: SIPServer and Koha say N and take both, and one wrong N would keep everything back."""


_KOHA: Final = Quirks(
    # 24.11.08, 25.05.02, 25.11 and later: its own test says "No block due date is honored".
    no_block="honoured",
    # No Koha honours it: up to 22.05.09 and 22.11.02 it died of it (bug 32515), now it warns.
    no_block_checkin=False,
    # Its 29 heeds no no-block and goes by its rules. A loan to the same patron renews, to our date.
    renew_offline="checkout",
    # Each connection gets a process of its own, and an account may be used by several.
    connections=2,
)

SERVERS: Final[dict[Server, Quirks]] = {
    "plain": Quirks(),
    "koha": _KOHA,
    # Bug 32934: our due date becomes the day of the loan, the due date is reckoned from there by
    # the rules, and AH stays blank. A renewal so dated would start in the future: better a 29.
    "koha-before-24.11.08": replace(_KOHA, no_block="own_date", renew_offline="renew"),
    # Some years ago, and Evergreen's SIPServer: the flag was read in a way that is never Y.
    "koha-without-no-block": replace(_KOHA, no_block="ignored", renew_offline="renew"),
    # "Offline transactions are not currently supported" (its SIP server's manual).
    "evergreen": Quirks(no_block="never", renew_offline="by_hand"),
    # edge-sip2 reads no-block and makes no use of it; its charset is IBM850 unless set otherwise.
    "folio": Quirks(encoding="cp850"),
    # Its offline procedures switch renewals off: nobody can tell whether it may be renewed.
    "symphony": Quirks(renew_offline="by_hand"),
}
