"""What the replies of a SIP2 server mean. Pure: no I/O.

What is told by position is in the fixed part, counted from 0 with the code; the rest is by tag. A
server may leave out anything, so a field that is not there says nothing, never no.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from kiosk.desk.dates.duedates import as_promised
from kiosk.desk.transactions import Outcome, PatronAnswer, PatronBlock
from kiosk.ils.base import ChargedItems, ItemStatus
from kiosk.ils.said import in_short

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Checkin, Checkout, Renewal, Route
    from kiosk.ils.sip2.wire import Reply

PATRON_STATUS: Final[tuple[PatronBlock, ...]] = get_args(PatronBlock)
"""The positions of a 64's patron status, from 2 on: `Y` where it is so."""

_STOPS: Final[frozenset[PatronBlock]] = frozenset({"charging_denied", "card_lost"})

# Circulation status of an 18. Recalled (07) is charged, and wanted back.
_CHARGED: Final = frozenset({"04", "05", "07"})
# Available, on the hold shelf, to be reshelved, in transit.
_NOT_CHARGED: Final = frozenset({"03", "08", "09", "10"})
# Where an item goes by its circulation status. One in transit: to where, an 18 does not say.
_ROUTES: Final[dict[str, Route]] = {"03": "shelve", "09": "shelve", "08": "hold"}

# Alert types (CV) of a 10. Koha writes 00 for "no alert", where it is set to write one always.
_NO_ALERT: Final = frozenset({"", "00"})
_HOLD_HERE: Final = "01"
_SENT_ON: Final = frozenset({"02", "03", "04"})  # for a hold elsewhere, another library, its home


def patron_answer(card: str, reply: Reply) -> PatronAnswer:
    """Read a 64.

    Not valid: BL says so, or charging is denied, or the card is reported lost. Without BL, which is
    optional, the status decides; the other positions say why, or that something else is denied. CQ
    is about a password that was not sent. That a card has expired stands in AF alone (Koha).
    """
    status = reply.fixed[2:16]
    blocks = tuple(block for block, flag in zip(PATRON_STATUS, status, strict=True) if flag == "Y")
    return PatronAnswer(
        patron=card,
        valid=reply.first("BL") != "N" and not _STOPS.intersection(blocks),
        name=reply.first("AE").strip(),
        words=words(reply),
        blocks=blocks,
        holds=_number(reply.fixed[37:41]),
        overdue=_number(reply.fixed[41:45]),
        charged=_number(reply.fixed[45:49]),
        fines=_fines(reply),
    )


def _number(digits: str) -> int | None:
    """Read a count of four digits; None where there are blanks."""
    return int(digits) if digits.isdecimal() and digits.isascii() else None


def _fines(reply: Reply) -> str:
    """Give what is owed (BV) with its currency (BH), as the library writes it; "" for nothing."""
    amount = reply.first("BV").strip()
    if not amount.strip("0.,"):
        return ""
    return f"{amount} {reply.first('BH').strip()}".strip()


def charged_items(reply: Reply) -> ChargedItems:
    """Read a 64 with the charged items.

    Some servers write more than the barcode into AU, so the first word of each is listed too.
    Complete means as many as the charged count says; with a blank count, any.
    """
    charged = set(reply.texts("AU"))  # a set: SIPServer may list everything twice
    count = _number(reply.fixed[45:49])
    return ChargedItems(
        items=frozenset(charged | {text.split()[0] for text in charged}),
        complete=bool(charged) if count is None else count == len(charged),
    )


def item_status(reply: Reply, due: datetime | None) -> ItemStatus:
    """Read an 18, and its due date.

    An item that the library does not know has status 01 and no title (Koha): not clear.
    """
    status = reply.fixed[2:4]
    return ItemStatus(
        charged=True if status in _CHARGED else False if status in _NOT_CHARGED else None,
        due=due,
        title=reply.first("AJ").strip(),
        words=words(reply),
        route=_ROUTES.get(status, "ask"),
    )


def accepted(reply: Reply) -> bool:
    """Read the ok of a 10, 12 or 30. Raise ValueError: it leaves open what was done."""
    if reply.fixed[2] not in "01":
        raise ValueError(f"ok is {reply.fixed[2]!r} in a {reply.code}")
    return reply.fixed[2] == "1"


def loan_outcome(
    loan: Checkout | Renewal,
    reply: Reply,
    at: datetime,
    zone: tzinfo,
    *,
    due: datetime | None,
    doubtful: bool,
) -> Outcome:
    """Read a 12 or 30 that says yes, where the library lends until `due`; None: it did not say.

    Applied where that is what the receipt says. Else a person has to look:

        due-differs   it is another day, or another hour of a loan by the hour
        due-unread    it is written in a way that could not be read: it is among the words
        due-untold    it was not told, and is `doubtful`: the server is known to have its own
    """
    prose = reply.first("AH").strip() if due is None else ""
    code = ""
    if due is not None and not as_promised(loan.due, due, zone):
        code = "due-differs"
    elif prose:
        code = "due-unread"
    elif due is None and doubtful:
        code = "due-untold"
    return Outcome(
        transaction=loan.id,
        kind="noticed" if code else "applied",
        at=at,
        title=reply.first("AJ").strip(),
        media=reply.first("CK").strip(),
        due=due,
        words=" ".join(filter(None, (words(reply), prose))),
        code=code,
    )


def refusal(transaction: Checkout | Renewal | Checkin, reply: Reply, at: datetime) -> Outcome:
    """Read a 10, 12 or 30 that says no."""
    return Outcome(
        transaction=transaction.id,
        kind="refused",
        at=at,
        title=reply.first("AJ").strip(),
        media=reply.first("CK").strip(),
        words=words(reply),
        route="ask" if reply.code == "10" else "",
    )


def checkin_outcome(checkin: Checkin, reply: Reply, at: datetime) -> Outcome:
    """Read a 10 that says yes. An alert, or an alert type but 00, means: do not just shelve it."""
    kind = reply.first("CV").strip()
    alert = reply.fixed[5] == "Y" or kind not in _NO_ALERT
    route, to = _route(reply, alert=alert)
    return Outcome(
        transaction=checkin.id,
        kind="noticed" if alert else "applied",
        at=at,
        title=reply.first("AJ").strip(),
        media=reply.first("CK").strip(),
        words=words(reply) or reply.first("CT").strip(),
        code=f"alert CV{kind}" if alert else "",
        route=route,
        to=to,
    )


def _route(reply: Reply, *, alert: bool) -> tuple[Route, str]:
    """Tell where an item goes, from the alert type (CV) and the destination (CT) of a 10.

    A destination alone says nothing: Koha can be set to write one for every item.
    """
    kind, to = reply.first("CV").strip(), reply.first("CT").strip()
    if not alert:
        return "shelve", ""
    if kind == _HOLD_HERE:
        return "hold", ""
    if kind in _SENT_ON and to:
        return "transit", to
    return "ask", ""


def words(reply: Reply) -> str:
    """Give what the library wants shown (AF), in its own words."""
    return in_short(" ".join(reply.texts("AF")))
