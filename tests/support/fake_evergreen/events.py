"""Events: all that Evergreen says of what it did, or why it did not."""

from __future__ import annotations

import time
from typing import Any

CODES = {
    "SUCCESS": 0,
    "NO_CHANGE": 3,
    "LOGIN_FAILED": 1000,
    "NO_SESSION": 1001,
    "ACTOR_USER_NOT_FOUND": 1002,
    "USERNAME_EXISTS": 1200,
    "ITEM_NOT_CATALOGED": 1202,
    "COPY_BAD_STATUS": 1203,
    "PATRON_BARRED": 1213,
    "PATRON_DUP_IDENT1": 1214,
    "PATRON_CARD_INACTIVE": 1216,
    "PATRON_INACTIVE": 1217,
    "PATRON_ACCOUNT_EXPIRED": 1224,
    "ACTION_CIRCULATION_NOT_FOUND": 1500,
    "ASSET_COPY_NOT_FOUND": 1502,
    "WORKSTATION_NOT_FOUND": 1520,
    "ACTOR_WORKSTATION_NOT_FOUND": 1529,
    "ACTOR_CARD_NOT_FOUND": 1589,
    "OPEN_CIRCULATION_EXISTS": 1702,
    "WORKSTATION_NAME_EXISTS": 1703,
    "DATABASE_UPDATE_FAILED": 2001,
    "INTERNAL_SERVER_ERROR": 2003,
    "PERM_FAILURE": 5000,
    "ROUTE_ITEM": 7000,
    "MAX_RENEWALS_REACHED": 7008,
    "CIRC_CLAIMS_RETURNED": 7009,
    "COPY_ALERT_MESSAGE": 7010,
    "COPY_STATUS_LOST": 7011,
    "COPY_STATUS_MISSING": 7012,
    "COPY_IN_TRANSIT": 7014,
    "HOLD_CAPTURE_DELAYED": 7019,
    "COPY_RESERVED": 7020,
    "COPY_STATUS_LONG_OVERDUE": 7025,
    "COPY_STATUS_LOST_AND_PAID": 7026,
    "OFFLINE_SESSION_ACTIVE": 8000,
    "OFFLINE_SESSION_FILE_EXISTS": 8001,
    "OFFLINE_FILE_ERROR": 8002,
    "OFFLINE_INVALID_SESSION": 8008,
    "OFFLINE_NO_ORG": 8009,
    "OFFLINE_SESSION_COMPLETE": 8010,
    "SKIP_ASSET_CHANGED": 8011,
    "TRANSIT_CHECKIN_INTERVAL_BLOCK": 11103,
}

Event = dict[str, Any]


def event(now: float, name: str, /, **more: Any) -> Event:
    """Say it as services in Perl and offline.pl do: the code is a string."""
    return {
        "ilsevent": str(CODES[name]),
        "textcode": name,
        "desc": f"What {name} stands for",
        "stacktrace": "Evergreen.pm:100 offline.pl:200",
        "servertime": time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(now)),
        "pid": 11022,
        **more,
    }


def event_in_c(now: float, name: str, /, **more: Any) -> Event:
    """Say it as services in C do, open-ils.auth among them: the code is a number."""
    return {**event(now, name, **more), "ilsevent": CODES[name]}


def code(said: Any) -> str:
    """Give the code of what was said of a line: of several events, that of the first."""
    first = said[0] if isinstance(said, list) and said else said
    return str(first["ilsevent"]) if isinstance(first, dict) and "ilsevent" in first else ""
