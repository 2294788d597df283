"""What Koha does with an offline operation, and the few words that it says of it.

Nothing is refused for what stands against a patron or a loan: limits, blocks and holds are not
looked at. A checkout of what somebody else has returns that first; of one's own, it is a renewal. A
return traps no holds and counts no fines.
"""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.fake_sip2.world import Entry
from support.fake_web import zones

from .world import Operation, Payment

if TYPE_CHECKING:
    from support.fake_sip2.world import World

    from .world import Records, Rules

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d)[:-](\d\d)[:-](\d\d)")
SIP2 = "%Y%m%d    %H%M%S"


class DiesError(Exception):
    """A Perl exception: the server says 500."""


def local(timestamp: str, rules: Rules) -> str:
    """Give a timestamp as it is stored: as it came, or from UTC into the time of the server."""
    if not rules.reads_utc:
        return timestamp
    when = read(timestamp).replace(tzinfo=UTC).astimezone(zones.zone(rules.zone))
    return f"{when:%Y-%m-%d %H:%M:%S}"


def read(timestamp: str) -> datetime:
    """Read a stored timestamp, of the time of the server."""
    found = _TIMESTAMP.match(timestamp)
    try:
        if found is not None:
            return datetime.fromisoformat(f"{found[1]} {found[2]}:{found[3]}:{found[4]}")
    except ValueError:
        pass
    raise DiesError(f"no date: {timestamp}")


def carry_out(operation: Operation, world: World, records: Records, rules: Rules, by: str) -> str:
    """Do what an operation says; give what Koha says. `by` is written into the ledger."""
    if operation.action == "issue":
        return _issue(operation, world, rules, by)
    if operation.action == "return":
        return _return(operation, world, by)
    if operation.action == "payment":
        return _pay(operation, world, records)
    return ""


def _issue(operation: Operation, world: World, rules: Rules, by: str) -> str:
    card, barcode = operation.cardnumber, operation.barcode
    patron, item = world.patrons.get(card), world.items.get(barcode)
    if patron is None:
        return "Borrower not found."
    if item is None:
        return "Barcode not found."
    at = read(operation.timestamp)
    due = f"{at + timedelta(days=item.days):%Y%m%d}    235900"
    loan = world.loans.get(barcode)
    if loan is not None and loan.patron != card:
        _write(
            world, "checkin", operation, by, patron=loan.patron, date=f"{at:{SIP2}}", implied=True
        )
    op = "renewal" if loan is not None and loan.patron == card else "checkout"
    _write(world, op, operation, by, patron=card, date=due)
    if item.held_for and (item.held_for == card or rules.cancels_holds):
        world.add_item(**asdict(replace(item, held_for="")))
    return "Success."


def _return(operation: Operation, world: World, by: str) -> str:
    if operation.barcode not in world.items:
        return "Item not found."
    loan = world.loans.get(operation.barcode)
    if loan is None:
        return "Item not issued."
    at = read(operation.timestamp)
    _write(world, "checkin", operation, by, patron=loan.patron, date=f"{at:{SIP2}}")
    return "Success."


def _pay(operation: Operation, world: World, records: Records) -> str:
    if operation.cardnumber not in world.patrons:
        raise DiesError("no such patron")
    paid = Payment(
        operation.cardnumber, operation.amount, operation.branchcode, operation.timestamp
    )
    records.put("payment", len(records.all("payment")), paid)
    return "Success."


def _write(
    world: World,
    op: str,
    operation: Operation,
    by: str,
    *,
    patron: str,
    date: str,
    implied: bool = False,
) -> None:
    world.carry_out(
        Entry(
            op=op,
            message=by,
            item=operation.barcode,
            patron=patron,
            at=f"{read(operation.timestamp):{SIP2}}",
            date=date,
            no_block=False,
            sequence=None,
            connection=0,
            implied=implied,
        )
    )
