"""ByWater's companion plugin: many operations in one call, each of them at most once.

What it has processed or queued it knows again, even when the client does not. What was an error it
tries anew. Beside it: tokens for the API, and the patron extract that the plugin makes each night.
"""

from __future__ import annotations

import json
import sqlite3
import time
from base64 import b64decode
from binascii import Error as BinasciiError
from dataclasses import asdict
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from support.fake_web import http
from support.fake_web.http import Reply, answer_json

from . import circulation
from .world import Account, ApiToken, Operation, Processed

if TYPE_CHECKING:
    from support.fake_web.faults import Effect
    from support.fake_web.http import Request

    from .system import Koha

TRANSACTIONS = "/api/v1/contrib/offlinecirc/transactions"
BORROWERS = "/api/v1/contrib/offlinecirc/borrowers.db"
OAUTH = "/api/v1/oauth/token"
ACTIONS = ("issue", "return", "payment")


def transactions(koha: Koha, request: Request, effect: Effect) -> Reply:
    """Take a batch: one result for each, in the same order."""
    refused = _refusal(koha, request, "circulate")
    if refused is not None:
        return refused
    try:
        batch = json.loads(request.body)
        given = batch["transactions"]
        operations = [_operation(koha, x, str(batch["branchcode"])) for x in given]
        pending = bool(batch.get("pending", False))
    except (AttributeError, KeyError, TypeError, ValueError, circulation.DiesError) as error:
        return answer_json({"error": f"Bad request: {error}"}, 400)
    results = []
    for number, operation in enumerate(operations):
        if effect.trick == "dies-midway" and number == effect.lines:
            return answer_json({"error": "Something went wrong, check Koha logs"}, 500)
        results.append(_result(koha, operation, pending=pending))
    if effect.trick == "short-results":
        results = results[: -effect.lines]
    return answer_json({"results": results})


def oauth(koha: Koha, request: Request) -> Reply:
    """Give a token for the API."""
    fields = request.posted()
    if not koha.rules.oauth or http.first(fields, "grant_type") != "client_credentials":
        return answer_json({"error": "Unimplemented grant type"}, 400)
    accounts: list[Account] = list(koha.records.all("account").values())
    asked = (http.first(fields, "client_id"), http.first(fields, "client_secret"))
    account = next((x for x in accounts if (x.client_id, x.client_secret) == asked), None)
    if account is None or not account.client_id:
        return answer_json({"error": "unauthorized_client"}, 403)
    token, lasts = uuid4().hex, koha.rules.token_lasts
    koha.records.put("api_token", token, ApiToken(account.userid, koha.clock.now() + lasts))
    return answer_json({"access_token": token, "token_type": "Bearer", "expires_in": lasts})


def borrowers(koha: Koha, request: Request) -> Reply:
    """Give the extract, unless the client's is as new as last midnight's."""
    refused = _refusal(koha, request, "catalogue")
    if refused is not None:
        return refused
    made = koha.clock.now() // 86400 * 86400
    since = request.headers.get("if-modified-since")
    if since and parsedate_to_datetime(since).timestamp() >= made:
        return Reply("", 304)
    modified = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(made))
    headers = (("Last-Modified", modified),)
    return Reply(_extract(koha), kind="application/octet-stream", headers=headers)


def _operation(koha: Koha, given: dict[str, Any], branchcode: str) -> Operation:
    if given["action"] not in ACTIONS:
        raise ValueError(f"unknown action {given['action']}")
    timestamp = circulation.local(str(given["timestamp"]), koha.rules)
    texts = {x: str(given.get(x) or "") for x in ("barcode", "cardnumber", "amount")}
    return Operation("", branchcode, timestamp, given["action"], **texts)


def _result(koha: Koha, operation: Operation, *, pending: bool) -> dict[str, str]:
    key = json.dumps({**asdict(operation), "userid": ""})
    before: Processed | None = koha.records.get("processed", key)
    if before is not None:
        return {"status": "skipped", "message": f"Already processed: {before.message}"}
    if pending:
        koha.enqueue(operation)
        status, message = "queued", "Added."
    else:
        try:
            message = koha.carry_out(operation, "plugin")
        except circulation.DiesError as error:
            message = str(error)
        status = "processed" if message == "Success." else "error"
    if status != "error":
        koha.records.put("processed", key, Processed(message))
    koha.records.end_step()
    return {"status": status, "message": message}


def _refusal(koha: Koha, request: Request, perm: str) -> Reply | None:
    if not koha.rules.plugin:
        return answer_json({"errors": [{"message": "Not Found.", "path": "/"}]}, 404)
    account = _account(koha, request)
    if account is None:
        return answer_json({"error": "Authentication failure."}, 401)
    if perm not in account.perms:
        error = "Authorization failure. Missing required permission(s)."
        return answer_json({"error": error, "required_permissions": {perm: "1"}}, 403)
    return None


def _account(koha: Koha, request: Request) -> Account | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    account: Account | None = None
    if kind.lower() == "bearer" and koha.rules.oauth:
        token: ApiToken | None = koha.records.get("api_token", secret)
        if token is not None and token.until >= koha.clock.now():
            account = koha.records.get("account", token.userid)
    elif kind.lower() == "basic" and koha.rules.basic:
        try:
            userid, _, password = b64decode(secret).decode().partition(":")
        except (BinasciiError, UnicodeDecodeError):
            return None
        account = koha.records.get("account", userid)
        if account is not None and account.password != password:
            account = None
    return account


def _extract(koha: Koha) -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute(
        "create table borrowers (borrowernumber integer primary key, cardnumber, surname,"
        " firstname, address, city, phone, dateofbirth, total_fines real)"
    )
    database.execute(
        "create table issues (borrowernumber, date_due, itemcallnumber, title, itemtype)"
    )
    numbers = {card: number for number, card in enumerate(koha.world.patrons, 1)}
    for card, number in numbers.items():
        first, _, last = koha.world.patrons[card].name.rpartition(" ")
        row = (number, card, last, first, "", "", "", "", 0.0)
        database.execute("insert into borrowers values (?,?,?,?,?,?,?,?,?)", row)
    for loan in koha.world.loans.values():
        title = koha.world.items[loan.item].title if loan.item in koha.world.items else ""
        due = f"{loan.due[:4]}-{loan.due[4:6]}-{loan.due[6:8]}"
        issue = (numbers.get(loan.patron), due, "", title, "BK")
        database.execute("insert into issues values (?,?,?,?,?)", issue)
    database.commit()
    return database.serialize()
