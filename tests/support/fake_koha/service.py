"""svc/authentication, and offline_circ/service.pl, by which one operation is queued or carried out.

From 24.05 on a POST needs a token in the header CSRF-TOKEN, or as csrf_token, that belongs to the
cookie CGISESSID; a GET does not. The credentials are called login_userid and login_password since;
userid and password before. What service.pl says is a few words, whatever the status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from support.fake_web import http
from support.fake_web.http import Reply

from . import circulation
from .world import Account, Csrf, Operation, Session

if TYPE_CHECKING:
    from support.fake_web.faults import Effect
    from support.fake_web.http import Pairs, Request

    from .system import Koha

AUTHENTICATION = "/cgi-bin/koha/svc/authentication"
SERVICE = "/cgi-bin/koha/offline_circ/service.pl"
PLAIN = "text/plain; charset=utf-8"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Log in to Koha</title></head><body></body></html>"


def fields_of(request: Request) -> Pairs:
    return request.posted() if request.method == "POST" else request.asked()


def service_name(request: Request) -> str:
    return f"service.{http.first(fields_of(request), 'action') or 'none'}"


def authentication(koha: Koha, request: Request, effect: Effect) -> Reply:
    """Log in by POST; say by GET whether the cookie is logged in. Both give a token."""
    if request.method == "POST" and _is_forged(koha, request, effect):
        return _wrong_token()
    cookie = request.cookies().get("CGISESSID", "")
    session: Session | None = koha.records.get("session", cookie)
    account = _credentials(koha, fields_of(request))
    if account is not None:
        cookie, session = "", Session(account.userid)
    status = "ok" if session is not None and session.userid else "failed"
    if session is None or not cookie:
        cookie = uuid4().hex
        koha.records.put("session", cookie, session or Session())
    headers = [("Set-Cookie", f"CGISESSID={cookie}; path=/; HttpOnly")]
    if koha.rules.csrf:
        token = uuid4().hex
        koha.records.put("csrf", token, Csrf(cookie))
        headers.append(("CSRF-TOKEN", token))
    text = f"<?xml version='1.0' standalone='yes'?>\n<response>\n  <status>{status}</status>\n"
    return Reply(text + "</response>\n", kind="text/xml; charset=UTF-8", headers=tuple(headers))


def service(koha: Koha, request: Request, effect: Effect) -> Reply:
    """Carry out, or queue, one operation."""
    fields = fields_of(request)
    dangerous = request.method == "POST" or http.first(fields, "op").startswith("cud-")
    if dangerous and _is_forged(koha, request, effect):
        return _wrong_token()
    if effect.trick == "logged-out":
        koha.log_everybody_out()
    if effect.trick == "login-page":
        return Reply(LOGIN_PAGE, kind="text/html; charset=utf-8")
    account = _account(koha, request, fields)
    if account is None or "circulate" not in account.perms:
        if koha.rules.says_status:
            return Reply('{"auth_status":"failed"}', 403, PLAIN)
        return Reply("Authentication failed.", kind=PLAIN)
    try:
        return Reply(_act(koha, fields), kind=PLAIN)
    except circulation.DiesError:
        return Reply("<html><title>500</title></html>", 500, "text/html; charset=utf-8")


def _act(koha: Koha, fields: Pairs) -> str:
    given = {name: http.first(fields, name) for name in ("branchcode", "userid", "action")}
    if not given["action"]:
        return ""
    operation = Operation(
        given["userid"],
        given["branchcode"],
        circulation.local(http.first(fields, "timestamp"), koha.rules),
        given["action"],
        http.first(fields, "barcode").strip(),
        http.first(fields, "cardnumber").strip(),
        http.first(fields, "amount") or "0",
    )
    if http.first(fields, "pending") == "true":
        koha.enqueue(operation)
        return "Added."
    return koha.carry_out(operation, "service.pl")


def _is_forged(koha: Koha, request: Request, effect: Effect) -> bool:
    """Tell whether a request lacks the token that belongs to its cookie."""
    if effect.trick == "wrong-csrf":
        return True
    if not koha.rules.csrf:
        return False
    token = request.headers.get("csrf-token") or http.first(fields_of(request), "csrf_token")
    known: Csrf | None = koha.records.get("csrf", token)
    return known is None or known.session != request.cookies().get("CGISESSID")


def _wrong_token() -> Reply:
    return Reply("Wrong CSRF token", 403, PLAIN)


def _account(koha: Koha, request: Request, fields: Pairs) -> Account | None:
    """Give who asks: by the credentials where there are some, else by the cookie."""
    if http.first(fields, _names(koha)[1]):
        return _credentials(koha, fields)
    session: Session | None = koha.records.get("session", request.cookies().get("CGISESSID", ""))
    account: Account | None = koha.records.get("account", session.userid if session else "")
    return account


def _credentials(koha: Koha, fields: Pairs) -> Account | None:
    userid, password = (http.first(fields, name) for name in _names(koha))
    account: Account | None = koha.records.get("account", userid)
    return account if account is not None and account.password == password else None


def _names(koha: Koha) -> tuple[str, str]:
    return ("login_userid", "login_password") if koha.rules.csrf else ("userid", "password")
