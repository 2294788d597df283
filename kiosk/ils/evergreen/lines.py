"""Transactions as the lines of an upload: one JSON object each, in ASCII.

    checkout          checkout, with its own time and due date
    noncat_checkout   checkout with `noncat`: a kind and a count, no due date: it has its own
    renewal           renew; the card may be missing
    checkin           checkin with a `backdate`: when it came back
    in_house_use      in_house_use with its `use_time`: without one it would count as of processing
    registration      register, with a `user`

One line that is no JSON makes its whole session, with the uploads of all desks, impossible to
process for ever, and nothing can be taken out again. A date in another form than these becomes
another date without a word. So every line is checked as it will be read before it goes out.

A line is made of its transaction and the settings alone: made again, it is the same. `kiosk_xid`
is the transaction's id; the server gives it back with what it has to say of the line.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from kiosk.desk.transactions import (
    Checkin,
    Checkout,
    InHouseUse,
    NoncatCheckout,
    Registration,
    Renewal,
)
from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.evergreen.settings import EvergreenSettings

ID: Final = "kiosk_xid"

MOST: Final = 99
"""The server refuses a higher count."""

_BARCODE: Final = re.compile(r"[!-~]{1,64}")
_NUMBER: Final = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_MOMENT: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d[+-]([01]\d|2[0-3]):[0-5]\d",
    re.ASCII,
)
_DAY: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_LAST_MINUTE: Final = time(23, 59)
_WITHOUT_A_TIME: Final = (time(0, 0), _LAST_MINUTE)

_FIELDS: Final = {
    "first_name": "first_given_name",
    "family_name": "family_name",
    "born": "dob",
    "phone": "day_phone",
    "email": "email",
    "ident": "ident_value",
}
"""The names of a form's fields, and those of Evergreen's users."""

_ADDRESS: Final = {
    "street": "street1",
    "street2": "street2",
    "city": "city",
    "state": "state",
    "country": "country",
    "post_code": "post_code",
}


class LineError(ValueError):
    """No valid line can be made of a transaction. `reason` is fit to show to staff."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(f"{reason.key} {reason.args or ''}".strip())
        self.reason = reason


def upload(lines: list[str]) -> bytes:
    """Put lines together, as they are uploaded."""
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def line(transaction: Transaction, settings: EvergreenSettings, zone: tzinfo) -> str:
    """Write the line of a transaction, under the time `transaction.at`. Raises LineError."""
    command: dict[str, Any] = {
        "timestamp": int(transaction.at.timestamp()),
        "type": _TYPES[transaction.kind],
        "delta": 0,
        **_command(transaction, settings, zone),
        ID: transaction.id,
    }
    text = json.dumps(command, separators=(",", ":"))
    check(text)
    return text


_TYPES: Final = {
    "checkout": "checkout",
    "noncat_checkout": "checkout",
    "renewal": "renew",
    "checkin": "checkin",
    "in_house_use": "in_house_use",
    "registration": "register",
}


def _command(transaction: Transaction, settings: EvergreenSettings, zone: tzinfo) -> dict[str, Any]:
    at = _moment(transaction.at, zone)
    match transaction:
        case Checkout():
            loan = {"checkout_time": at, "due_date": _due(transaction.due, zone)}
            return {"barcode": transaction.item, "patron_barcode": transaction.patron, **loan}
        case NoncatCheckout():
            return _noncat(transaction, at)
        case Renewal():
            loan = {"checkout_time": at, "due_date": _due(transaction.due, zone)}
            card = {"patron_barcode": transaction.patron} if transaction.patron else {}
            return {"barcode": transaction.item, **card, **loan}
        case Checkin():
            return {"barcode": transaction.item, "backdate": _backdate(transaction, zone)}
        case InHouseUse():
            return {"barcode": transaction.item, "count": transaction.count, "use_time": at}
        case Registration():
            return {"user": _user(transaction, settings)}
    raise TypeError(f"Evergreen does not carry a {transaction.kind}")


def _noncat(lent: NoncatCheckout, at: str) -> dict[str, Any]:
    if not _NUMBER.fullmatch(lent.noncat):
        raise LineError(say("evergreen.line.noncat", name=lent.name, code=lent.noncat))
    return {
        "patron_barcode": lent.patron,
        "noncat": 1,
        "noncat_type": int(lent.noncat),
        "noncat_count": lent.count,
        "checkout_time": at,
    }


# ----------------------------------------------------------------------------------------- moments


def _moment(at: datetime, zone: tzinfo) -> str:
    """Write a moment with its offset, to the second: `2026-11-21T10:00:00-05:00`."""
    local = at.astimezone(zone).replace(microsecond=0)
    offset = local.utcoffset() or timedelta()
    if offset % timedelta(minutes=1):  # before there were time zones
        local = local.astimezone(UTC)
    return local.isoformat()


def _due(due: datetime, zone: tzinfo) -> str:
    """Write until when an item is lent. A loan by days ends with the last second of its day."""
    local = due.astimezone(zone)
    if local.time().replace(second=0, microsecond=0) in _WITHOUT_A_TIME:
        local = local.replace(hour=23, minute=59, second=59)
    return _moment(local, zone)


def _backdate(checkin: Checkin, zone: tzinfo) -> str:
    """Write when an item came back: of a day before, noon, which is that day in every zone."""
    at = checkin.at.astimezone(zone)
    if checkin.returned is None or checkin.returned >= at.date():
        return _moment(at, zone)
    return _moment(datetime.combine(checkin.returned, time(12), zone), zone)


# ------------------------------------------------------------------------------------- new patrons


def _user(new: Registration, settings: EvergreenSettings) -> dict[str, Any]:
    """Describe a new patron, in the shape of Evergreen's older client.

    Any name that its users do not have would be an error, so what it has no place for is left out.
    It always wants an address, be it empty.
    """
    details = new.details
    said = {theirs: details[ours] for ours, theirs in _FIELDS.items() if ours in details}
    return {
        "card": {"barcode": new.patron},
        "profile": _id(details.get("profile"), settings.patron_profile, "profile"),
        "home_ou": _id(details.get("library"), settings.org, "library"),
        "ident_type": _id(details.get("ident_type"), settings.ident_type, "ident_type"),
        "passwd": first_password(new.id),
        **said,
        "billing_address": {theirs: details.get(ours, "") for ours, theirs in _ADDRESS.items()},
        "survey_responses": [],
    }


def _id(chosen: str | None, usual: int | None, what: str) -> int:
    """Give Evergreen's id of what was chosen; without a choice, the usual one."""
    if chosen is not None and _NUMBER.fullmatch(chosen):
        return int(chosen)
    if chosen is None and usual is not None:
        return usual
    raise LineError(say(f"evergreen.line.{what}", chosen=chosen or ""))


def first_password(id_: str) -> str:
    """Give a new patron's first password: nobody is told it, staff there give another one.

    It comes of the transaction's id, which nobody can guess, so that it is the same each time.
    """
    digest = hashlib.sha256(f"first password of {id_}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}"


# ---------------------------------------------------------------------------------------- checking


def _is_barcode(value: object) -> bool:
    return isinstance(value, str) and _BARCODE.fullmatch(value) is not None


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:  # 31 February
        return False
    return True


def _is_count(value: object) -> bool:
    return _is_id(value) and value <= MOST  # type: ignore[operator] # an id is a number


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_xid(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 200 and value.isprintable()


def _is_user(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    texts = {name for name in value if name in _FIELDS.values()}
    born = value.get("dob")
    return (
        set(value) - texts
        == {"card", "profile", "home_ou", "ident_type", "passwd", "billing_address",
            "survey_responses"}
        and isinstance(value["card"], dict)
        and set(value["card"]) == {"barcode"}
        and _is_barcode(value["card"]["barcode"])
        and all(_is_id(value[name]) for name in ("profile", "home_ou", "ident_type"))
        and all(_is_text(value[name]) for name in (*texts, "passwd"))
        and all(value.get(name) for name in ("first_given_name", "family_name"))
        and (born is None or _DAY.fullmatch(born) is not None)
        and _is_address(value["billing_address"])
        and value["survey_responses"] == []
    )  # fmt: skip


def _is_address(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(_ADDRESS.values())
        and all(map(_is_text, value.values()))
    )


_ALWAYS: Final[dict[str, Callable[[object], bool]]] = {
    "timestamp": _is_id,
    "type": lambda value: isinstance(value, str),
    "delta": lambda value: value == 0 and isinstance(value, int),
    ID: _is_xid,
}
_LOAN: Final = {"checkout_time": _is_moment, "due_date": _is_moment}
_SHAPES: Final[dict[str, dict[str, Callable[[object], bool]]]] = {
    "checkout": {"barcode": _is_barcode, "patron_barcode": _is_barcode, **_LOAN},
    "noncat": {
        "patron_barcode": _is_barcode,
        "noncat": lambda value: value == 1 and isinstance(value, int),
        "noncat_type": _is_id,
        "noncat_count": _is_count,
        "checkout_time": _is_moment,
    },
    "renew": {"barcode": _is_barcode, **_LOAN},
    "checkin": {"barcode": _is_barcode, "backdate": _is_moment},
    "in_house_use": {"barcode": _is_barcode, "count": _is_count, "use_time": _is_moment},
    "register": {"user": _is_user},
}


def check(text: str) -> None:
    """See that a line is one that the server can read, and reads as it is meant.

    Raises LineError, which names the key at which it cannot stand.
    """
    if not text.isascii() or not text.isprintable():
        raise LineError(say("evergreen.line.not_ascii"))
    try:
        command = json.loads(text)
    except ValueError as error:
        raise LineError(say("evergreen.line.not_json")) from error
    if not isinstance(command, dict):
        raise LineError(say("evergreen.line.not_json"))
    shape = _shape(command)
    for key, is_right in shape.items():
        if key not in command or not is_right(command[key]):
            raise LineError(_wrong(key, command))
    for key in command:
        if key not in shape:
            raise LineError(say("evergreen.line.wrong", name=key))


def _shape(command: dict[str, Any]) -> dict[str, Callable[[object], bool]]:
    kind = command.get("type")
    if kind == "checkout" and "noncat" in command:
        kind = "noncat"
    if kind not in _SHAPES:
        raise LineError(say("evergreen.line.wrong", name="type"))
    card = kind == "renew" and "patron_barcode" in command
    return {**_ALWAYS, **_SHAPES[kind], **({"patron_barcode": _is_barcode} if card else {})}


def _wrong(key: str, command: dict[str, Any]) -> Phrase:
    """Say what is wrong at a key, in the words of the desk where staff could do something."""
    if key in ("barcode", "patron_barcode"):
        return say(f"evergreen.line.{key}")
    if key in ("count", "noncat_count"):
        return say("evergreen.line.count", count=str(command.get(key)), most=MOST)
    if key == "user":
        return say("evergreen.line.user")
    return say("evergreen.line.wrong", name=key)
