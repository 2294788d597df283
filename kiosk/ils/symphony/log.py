"""The log of Symphony's offline mode, a line for each request.

    E20190101051202 1843 R_ ^S02 CV FFADMIN ^ FEEPLMNA ^ ... ^ UO21221020690514 ^ ^O 00074
    |               |    |  |    |  |                                            |   |
    time, local     |    |  |    |  data codes with their values, after carets   |   length
                    station |    command                                      end of request
                         request sequence, 01 to 99 and again

(Written together; the blanks are of this picture, but for the one after R, drawn as _.) The length
counts from ^S to ^O, both included: so it is in every public sample that has one, all of plain
ASCII. Whether it counts bytes or characters can therefore not be told, and what is not ASCII is not
written. Nor is a caret: no way is known to write one in a value.

A line of the offline log is a line of the API server's input (its report merges and sorts such logs
for that server), but no sample of the offline log itself is public. Which is why codes and order
are settings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiosk.desk.transactions import Checkin, Checkout, InHouseUse, Renewal
from kiosk.ils.files import fields
from kiosk.ils.files.fields import Unwritable
from kiosk.ils.symphony.settings import POLICY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.symphony.settings import SymphonySettings

CHARGE, DISCHARGE, RENEW, USE = "CV", "EV", "RV", "WV"
# Beware: FV, which looks like a renewal's, is the command "Remove Item".


def write(transactions: Iterable[Transaction], zone: tzinfo, settings: SymphonySettings) -> bytes:
    """Write a whole log. Raises Unwritable."""
    requests = (
        (fields.moment(each, zone), request)
        for each in transactions
        for request in _requests(each, zone, settings)
    )
    lines = (
        _line(at, settings.station, count % 99 + 1, request)
        for count, (at, request) in enumerate(requests)
    )
    return "".join(lines).encode("ascii")


def _line(at: datetime, station: str, sequence: int, request: str) -> str:
    body = f"^S{sequence:02}{request}^^O"
    return f"E{at:%Y%m%d%H%M%S}{station}R {body}{len(body):05}\n"


def _requests(transaction: Transaction, zone: tzinfo, settings: SymphonySettings) -> Iterator[str]:
    """Give the commands with their data: one, or one for each use of an item."""
    match transaction:
        case Checkout():
            due = {settings.due_code: _date(transaction.due.astimezone(zone))}
            yield CHARGE + _data(transaction, settings, settings.charge, due)
        case Renewal() if settings.renew:
            due = {settings.due_code: _date(transaction.due.astimezone(zone))}
            yield RENEW + _data(transaction, settings, settings.renew, due)
        case Checkin():
            back = {"CO": _back(transaction, zone)}
            yield DISCHARGE + _data(transaction, settings, settings.discharge, back)
        case InHouseUse() if settings.in_house:
            use = USE + _data(transaction, settings, settings.in_house, {})
            yield from [use] * transaction.count
        case _:
            raise Unwritable(transaction, "not_carried")


def _back(checkin: Checkin, zone: tzinfo) -> str:
    """Give the date of discharge: the day of the book drop, or this minute."""
    if checkin.returned is not None:
        return f"{checkin.returned:%m/%d/%Y}"
    return _date(fields.moment(checkin, zone))


def _date(at: datetime) -> str:
    """Write a date as real logs have it: 10/10/2023,1:48."""
    return f"{at:%m/%d/%Y},{at.hour}:{at:%M}"


def _data(
    transaction: Transaction, settings: SymphonySettings, order: str, dates: dict[str, str]
) -> str:
    """Give the data codes in their order, with their values and the carets between."""
    words = order.split()
    if settings.due_code in dates and settings.due_code and settings.due_code not in words:
        words.append(settings.due_code)
    written = (_field(word, transaction, settings, dates) for word in words)
    return "^".join(field for field in written if field)


def _field(
    word: str, transaction: Transaction, settings: SymphonySettings, dates: dict[str, str]
) -> str:
    """Give one data code with its value; "" where it is left out."""
    if word in dates:
        return word + dates[word]
    match word:
        case "FF":
            access = settings.access or transaction.profile
            return word + _named(transaction, access, "no_access")
        case "FE":
            library = settings.library or transaction.library
            return word + _named(transaction, library, "no_library")
        case "FW":
            return word + settings.user if settings.user else ""
        case "NQ":
            return word + fields.item(transaction, "^")
        case "UO":
            return word + fields.card(transaction, "^")
    return word


def _named(transaction: Transaction, name: str, code: fields.Code) -> str:
    """Give the policy name of a place: a wrong one could load into another library.

    Where the desk session has no code, the transaction has the name that staff read.
    """
    if not re.fullmatch(POLICY_NAME, name):
        raise Unwritable(transaction, code)
    return name
