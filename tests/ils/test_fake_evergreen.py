"""The fake Evergreen itself: what the proof of uploading rests on."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from contextlib import closing
from hashlib import md5
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from support.fake_evergreen.client import FakeEvergreen
from support.fake_evergreen.system import FAULTS as EVERGREEN_FAULTS
from support.fake_web.client import FOLDER
from support.fake_web.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFLINE = "/cgi-bin/offline/offline.pl"
GATEWAY = "/osrf-gateway-v1"
NOW = 1795289820
"""2026-11-21, 17:37 in UTC."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """A client that sends what it is told, as kiosk, kiosk at BR1-desk unless told otherwise."""

    def __init__(self, fake: FakeEvergreen) -> None:
        self.fake = fake
        self.token = ""
        self.key = ""

    def send(
        self, method: str, path: str, body: bytes | str = b"", **headers: str
    ) -> tuple[int, str, HTTPResponse]:
        with closing(HTTPConnection("127.0.0.1", self.fake.port, timeout=5)) as line:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            return reply.status, reply.read().decode(), reply

    def post(self, path: str, fields: Any) -> str:
        return self.send("POST", path, urlencode(fields, doseq=True), **FORM)[1]

    def call(self, method: str, *params: Any, service: str = "open-ils.auth") -> Any:
        """Ask the gateway; give the first response."""
        return self.gateway(method, *params, service=service)["payload"][0]

    def gateway(self, method: str, *params: Any, service: str = "open-ils.auth") -> Any:
        fields = [("service", service), ("method", method)]
        return json.loads(
            self.post(GATEWAY, [*fields, *(("param", json.dumps(x)) for x in params)])
        )

    def log_in(self, username: str = "kiosk", workstation: str | None = "BR1-desk") -> str:
        given = {"username": username, "password": username, "type": "staff"}
        if workstation:
            given["workstation"] = workstation
        self.token = self.call("open-ils.auth.login", given)["payload"]["authtoken"]
        return self.token

    def ask(self, action: str, **fields: Any) -> Any:
        """Call offline.pl; give what its JSON says."""
        usual = {"ses": self.token, "org": 4, "ws": "desk", "wc": 1, "seskey": self.key}
        return json.loads(self.post(OFFLINE, {**usual, "action": action, **fields}))

    def create(self, **fields: Any) -> str:
        self.key = self.ask("create", **fields)["payload"]
        return self.key

    def load(
        self, *lines: dict[str, Any] | str, ws: str = "desk", name: bool = True, **more: Any
    ) -> Any:
        text = "".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines)
        return self.load_bytes(text.encode(), ws=ws, name=name, **more)

    def load_bytes(self, data: bytes, ws: str = "desk", *, name: bool = True, **more: Any) -> Any:
        fields = {
            "ses": self.token,
            "org": 4,
            "ws": ws,
            "wc": 1,
            "seskey": self.key,
            "action": "load",
        }
        body = multipart({**fields, **more}, data, name=name)
        kind = {"Content-Type": "multipart/form-data; boundary=edge"}
        return json.loads(self.send("POST", OFFLINE, body, **kind)[1])

    def status(self, kind: str = "scripts", **fields: Any) -> Any:
        return self.ask("status", status_type=kind, **fields)

    def execute(self, **fields: Any) -> Any:
        """Have the session processed, as the chief, to its end."""
        mine, self.token = self.token, self.log_in("chief")
        try:
            said = self.ask("execute", **fields)
        finally:
            self.token = mine
        self.fake.do("quiet")
        return said

    def results(self, *lines: dict[str, Any] | str, **more: Any) -> list[Any]:
        """Upload lines in a session of their own, process them; give the exceptions' codes."""
        self.create()
        self.load(*lines, **more)
        assert self.execute()["ilsevent"] == "0"
        said = self.status("exceptions")
        if isinstance(said, dict):
            return [said["textcode"]]
        return [names(x.get("event")) for x in said]


def names(event: Any) -> Any:
    if isinstance(event, list):
        return [x["textcode"] for x in event]
    return event and event["textcode"]


def multipart(fields: dict[str, Any], data: bytes, *, name: bool = True) -> bytes:
    part = '--edge\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = b"".join(f"{part.format(k, '')}{v}\r\n".encode() for k, v in fields.items())
    file = part.format("file", '; filename="file"' if name else "")
    return body + file.encode() + data + b"\r\n--edge--\r\n"


def line(kind: str, at: int = NOW, **more: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": at, "delta": 0, **more}


def checkout(item: str = "B1", patron: str = "P1", at: int = NOW, **more: Any) -> dict[str, Any]:
    dates = {"checkout_time": "2026-11-21T17:00:00+00:00", "due_date": "2026-12-05T12:00:00+00:00"}
    return line("checkout", at, barcode=item, patron_barcode=patron, **{**dates, **more})


def checkin(item: str = "B1", at: int = NOW, **more: Any) -> dict[str, Any]:
    return line("checkin", at, barcode=item, backdate="2026-11-21T17:00:00+00:00", **more)


def register(barcode: str, **more: Any) -> dict[str, Any]:
    user = {
        "card": {"barcode": barcode},
        "profile": 2,
        "ident_type": 3,
        "first_given_name": "Maya",
        "family_name": "Moss",
        "home_ou": 4,
        "dob": "2001-02-03",
        "billing_address": {"street1": "1 Main St"},
    }
    return line("register", user={**user, **more})


@pytest.fixture
def client(fake_evergreen: FakeEvergreen) -> Client:
    """A client that is logged in, at a small library."""
    fake_evergreen.do("clock", now=NOW)
    fake_evergreen.world(
        patrons=[
            {"card": "P1", "name": "Maya", "cards": {"P0": False, "P00": True}},
            {"card": "P2", "name": "Omar", "username": "omar"},
            {"card": "P3", "active": False, "expires": "2020-01-01"},
            {"card": "P4", "expires": "2026-11-20", "barred": True, "penalty": True},
            {"card": "P5", "barred": True},
        ],
        items=[
            {"item": "B1"},
            {"item": "B2"},
            {"item": "B3", "patron": "P2", "due": "2026-11-30T23:59:59+00:00", "renewals": 1},
            {"item": "B4", "org": 7},
            {"item": "B5", "precat": True},
            {"item": "B6", "status": "lost", "patron": "P2"},
            {"item": "B7", "patron": "P2", "claimed": True},
            {"item": "B8", "status": "in_transit", "destination": 4},
            {"item": "B9", "refuses": {"checkin": "HOLD_CAPTURE_DELAYED"}},
        ],
    )
    client = Client(fake_evergreen)
    client.log_in()
    return client


# -- logging in ------------------------------------------------------------------------------------


def test_a_login_is_a_number_and_a_token(client: Client) -> None:
    given = {"username": "kiosk", "password": "kiosk", "type": "staff", "workstation": "BR1-desk"}
    said = client.gateway("open-ils.auth.login", given)
    assert said["status"] == 200
    [event] = said["payload"]
    assert (event["ilsevent"], event["textcode"]) == (0, "SUCCESS")
    assert event["payload"]["authtime"] == 7200
    assert len(event["payload"]["authtoken"]) == 32


def test_the_older_two_steps_lead_to_the_same(client: Client) -> None:
    client.fake.be(login=False)
    assert client.gateway("open-ils.auth.login", {"username": "kiosk"})["status"] == 404
    seed = client.call("open-ils.auth.authenticate.init", "kiosk")
    hashed = md5((seed + md5(b"kiosk").hexdigest()).encode()).hexdigest()
    given = {"username": "kiosk", "password": hashed, "type": "staff"}
    said = client.call("open-ils.auth.authenticate.complete", given)
    assert said["textcode"] == "SUCCESS"
    again = client.call("open-ils.auth.authenticate.complete", given)
    assert again["textcode"] == "LOGIN_FAILED"  # a seed serves once


def test_a_seed_serves_for_thirty_seconds(client: Client) -> None:
    seed = client.call("open-ils.auth.authenticate.init", "kiosk", "n1")
    hashed = md5((seed + md5(b"kiosk").hexdigest()).encode()).hexdigest()
    client.fake.do("clock", now=NOW + 31)
    given = {"username": "kiosk", "password": hashed, "type": "staff", "nonce": "n1"}
    assert client.call("open-ils.auth.authenticate.complete", given)["ilsevent"] == 1000


@pytest.mark.parametrize(
    ("account", "more", "code"),
    [
        ({}, {"password": "wrong"}, 1000),
        ({"barred": True}, {}, 1000),
        ({"active": False}, {}, 1217),
        ({"card_active": False}, {}, 1216),
        ({}, {"workstation": "unheard-of"}, 1520),
        ({"perms": []}, {}, 5000),
        ({}, {"type": "persist"}, 5000),
    ],
)
def test_a_login_is_refused_with_a_number(
    client: Client, account: dict[str, Any], more: dict[str, str], code: int
) -> None:
    client.fake.world(accounts=[{"username": "ines", "password": "x", **account}])
    given = {"username": "ines", "password": "x", "type": "staff", **more}
    assert client.call("open-ils.auth.login", given)["ilsevent"] == code


def test_ten_failures_block_a_name_for_a_while(client: Client) -> None:
    wrong = {"username": "kiosk", "password": "wrong", "type": "staff"}
    for _ in range(10):
        client.call("open-ils.auth.login", wrong)
    right = {**wrong, "password": "kiosk"}
    assert client.call("open-ils.auth.login", right)["ilsevent"] == 1000
    client.fake.do("clock", now=NOW + 91)
    assert client.call("open-ils.auth.login", right)["ilsevent"] == 0


def test_the_proxy_may_be_on_off_or_absent(client: Client) -> None:
    def enabled() -> Any:
        return client.gateway("open-ils.auth_proxy.enabled", service="open-ils.auth_proxy")

    given = {"username": "kiosk", "password": "kiosk", "type": "staff"}
    assert enabled()["payload"] == [0]
    client.fake.be(proxy=True)
    assert enabled()["payload"] == [1]
    said = client.call("open-ils.auth_proxy.login", given, service="open-ils.auth_proxy")
    assert said["textcode"] == "SUCCESS"
    client.fake.be(proxy=None)
    assert enabled()["status"] > 299


def test_a_login_lasts_while_it_is_used(client: Client) -> None:
    for hour in (1, 2, 3):
        client.fake.do("clock", now=NOW + hour * 3600)
        assert client.call("open-ils.auth.session.retrieve", client.token, 1)["authtime"] == 7200
    client.fake.do("clock", now=NOW + 3 * 3600 + 7201)
    assert client.call("open-ils.auth.session.retrieve", client.token)["ilsevent"] == 1001
    assert client.ask("create")["ilsevent"] == "1001"


def test_asking_without_extending_does_not_extend(client: Client) -> None:
    client.fake.do("clock", now=NOW + 7000)
    client.call("open-ils.auth.session.retrieve", client.token, 0, 1)
    client.fake.do("clock", now=NOW + 7300)
    assert client.call("open-ils.auth.session.reset_timeout", client.token)["ilsevent"] == 1001


def test_a_logout_ends_the_login(client: Client) -> None:
    assert client.call("open-ils.auth.session.reset_timeout", client.token)["ilsevent"] == 0
    assert client.call("open-ils.auth.session.delete", client.token) == client.token
    assert client.status("sessions")["textcode"] == "NO_SESSION"


def test_the_clock_is_the_server_s(client: Client) -> None:
    assert client.call("opensrf.system.time", service="open-ils.actor") == NOW
    client.fake.do("clock", offset=-86400)
    there = client.call("opensrf.system.time", service="open-ils.actor")
    assert abs(time.time() - 86400 - there) < 5


def test_a_workstation_is_registered_once(client: Client) -> None:
    register = ("open-ils.actor.workstation.register", client.token, "BR1-kiosk1", 4)
    assert isinstance(client.call(*register, service="open-ils.actor"), int)
    again = client.call(*register, service="open-ils.actor")
    assert (again["ilsevent"], again["textcode"]) == ("1703", "WORKSTATION_NAME_EXISTS")
    over = ("open-ils.actor.workstation.register.override", client.token, "BR1-kiosk1", 4)
    assert client.call(*over, service="open-ils.actor")["ilsperm"] == "UPDATE_WORKSTATION"


def test_reference_data_comes_in_classes(client: Client) -> None:
    classes = client.gateway(
        "open-ils.circ.offline.data.retrieve", client.token, service="open-ils.circ"
    )["payload"]
    assert {x["idl_class"] for x in classes} >= {"cnct", "asv", "cit", "pgt"}
    cnct = {"__c": "cnct", "__p": ["14 days", 2, "f", "Paperback", 4]}
    assert classes[0] == {"idl_class": "cnct", "data": [cnct]}
    alone = client.call("open-ils.circ.non_cat_types.retrieve.all", 4, service="open-ils.circ")
    assert alone == [cnct]


def test_without_a_method_the_gateway_is_not_found(client: Client) -> None:
    assert client.send("GET", f"{GATEWAY}?service=open-ils.auth")[0] == 404


# -- upload sessions -------------------------------------------------------------------------------


def test_create_gives_a_key(client: Client) -> None:
    said = client.ask("create", desc="Today")
    assert said["ilsevent"] == "0"
    epoch, pid, dice = said["payload"].split("_")
    assert int(epoch) == NOW
    assert pid.isdecimal()
    assert 0 <= int(dice) < 1000


def test_scripts_says_what_is_there(client: Client) -> None:
    key = client.create(desc="Today")
    assert client.load(checkout(), checkin("B2"), "", delta=5) == {
        **client.ask("nonsense"),
        "payload": None,
    }
    assert client.status() == {
        "key": key,
        "org": 4,
        "description": "Today",
        "creator": 11,
        "create_time": NOW,
        "in_process": 0,
        "start_time": None,
        "end_time": None,
        "num_complete": 0,
        "scripts": [
            {
                "workstation": "desk",
                "requestor": 11,
                "create_time": NOW,
                "time_delta": 5,
                "count": 3,
            }
        ],
    }
    assert client.status("summary") == {"total": 3, "num_complete": 0}


def test_processing_ends_with_an_end_time_whatever_the_counts(client: Client) -> None:
    client.create()
    client.load(checkout(), "", checkin())
    assert "payload" not in client.execute()
    said = client.status()
    assert (said["num_complete"], said["in_process"], said["end_time"]) == (2, 0, NOW)
    assert client.status("summary") == {"total": 3, "num_complete": 2}


def test_a_get_works_with_a_stray_number_before_it(client: Client) -> None:
    query = urlencode({"action": "create", "ses": client.token, "org": 4, "ws": "x", "wc": 1})
    status, body, reply = client.send("GET", f"{OFFLINE}?1795289820123&{query}")
    assert (status, json.loads(body)["ilsevent"]) == (200, "0")
    assert body.endswith("}\n")
    assert (reply.getheader("Content-Type") or "").startswith("text/plain")


def test_the_query_of_a_multipart_post_is_not_seen(client: Client) -> None:
    client.create()
    query = urlencode({"ses": client.token, "org": 4, "ws": "desk", "seskey": client.key})
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    body = multipart({"action": "load"}, b"{}\n")
    said = json.loads(client.send("POST", f"{OFFLINE}?{query}", body, **kind)[1])
    assert said["textcode"] == "NO_SESSION"


def test_a_chunked_body_is_not_seen(client: Client) -> None:
    fields = urlencode({"action": "create", "ses": client.token, "org": 4}).encode()
    chunked = {**FORM, "Transfer-Encoding": "chunked"}
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(fields), fields)
    assert json.loads(client.send("POST", OFFLINE, body, **chunked)[1])["textcode"] == "NO_SESSION"


def test_html_is_for_an_older_client(client: Client) -> None:
    query = urlencode({"action": "create", "ses": client.token, "org": 4, "html": 1})
    assert client.send("GET", f"{OFFLINE}?{query}")[1].startswith("<html>")


@pytest.mark.parametrize("how", ["no name", "no file"])
def test_a_file_that_is_none_is_a_success_and_nothing_stored(client: Client, how: str) -> None:
    client.create()
    if how == "no name":
        assert client.load(checkout(), name=False)["ilsevent"] == "0"
    else:
        assert client.ask("load")["ilsevent"] == "0"
    assert [x["count"] for x in client.status()["scripts"]] == [0]


def test_a_second_load_of_a_workstation_is_refused(client: Client) -> None:
    client.create()
    client.load(checkout())
    assert client.load(checkin())["ilsevent"] == "8001"
    assert client.load(checkin(), ws="desk.2")["ilsevent"] == "0"
    assert [x["workstation"] for x in client.status()["scripts"]] == ["desk", "desk.2"]


def test_sessions_are_those_of_exactly_this_branch_the_oldest_first(client: Client) -> None:
    client.fake.world(
        sessions=[
            {"key": "1_1_1", "org": 7, "description": "elsewhere", "create_time": 1},
            {
                "key": "1_1_2",
                "description": "years ago",
                "create_time": 2,
                "scripts": [{"workstation": "old", "count": 4}],
            },
        ]
    )
    client.create(desc="now")
    said = client.status("sessions", seskey="")
    assert [x["description"] for x in said] == ["years ago", "now"]
    assert said[0]["scripts"][0]["count"] == 4


@pytest.mark.parametrize(
    ("action", "perm"),
    [
        ("create", "OFFLINE_UPLOAD"),
        ("load", "OFFLINE_UPLOAD"),
        ("execute", "OFFLINE_EXECUTE"),
        ("status", "OFFLINE_VIEW"),
    ],
)
def test_each_action_needs_its_permission(client: Client, action: str, perm: str) -> None:
    client.create()
    client.fake.world(accounts=[{"username": "ines", "password": "ines", "perms": ["STAFF_LOGIN"]}])
    client.log_in("ines")
    said = client.ask(action)
    assert (said["ilsevent"], said["ilsperm"], said["ilspermloc"]) == ("5000", perm, 4)


def test_permissions_may_hold_at_some_branches_only(client: Client) -> None:
    client.fake.world(accounts=[{"username": "kiosk", "password": "kiosk", "orgs": [4]}])
    assert client.ask("create", org=4)["textcode"] == "SUCCESS"
    assert client.ask("create", org=5)["textcode"] == "PERM_FAILURE"


def test_a_kiosk_s_account_uploads_and_does_not_process(client: Client) -> None:
    client.create()
    client.load(checkout())
    assert client.ask("execute")["ilsperm"] == "OFFLINE_EXECUTE"


def test_the_branch_may_come_from_the_workstation_or_the_login(client: Client) -> None:
    client.fake.world(workstations=[{"name": "BR2-desk", "org": 7}])
    client.create(org="", ws="BR2-desk")
    assert client.status(org=7)["org"] == 7
    client.create(org="", ws="")
    assert client.status()["org"] == 4
    assert client.ask("create", org="", ws="unheard-of")["ilsevent"] == "1529"


def test_unknown_actions_and_sessions(client: Client) -> None:
    said = client.ask("delete")
    assert (said["ilsevent"], said["payload"]) == ("0", None)
    for action in ("load", "execute", "status"):
        client.log_in("chief")
        assert client.ask(action, seskey="1_2_3")["ilsevent"] == "8008"


def test_what_is_over_takes_nothing_more(client: Client) -> None:
    client.create()
    client.load(checkout())
    client.execute()
    assert client.load(checkin(), ws="other")["ilsevent"] == "8010"
    assert client.execute()["ilsevent"] == "8010"
    assert len(client.fake.ledger()) == 1


def test_no_exceptions_file_before_processing_nor_for_nothing(client: Client) -> None:
    client.create()
    assert client.status("exceptions")["ilsevent"] == "8002"
    client.execute()
    assert client.status("exceptions")["ilsevent"] == "8002"


def test_a_name_with_a_slash_or_a_space(client: Client) -> None:
    client.create()
    assert client.load(checkout(), ws="a/b")["ilsevent"] == "8002"
    client.load(checkout(), ws="front desk")
    client.execute()
    assert list(client.fake.applied("barcode")) == ["B1"]
    left = [x for x in client.fake.do("all", table="file") if "/pending/" in x]
    assert left == [f"0/pending/4/{client.key}/front desk.log"]


# -- processing ------------------------------------------------------------------------------------


def test_lines_of_all_desks_go_by_time_with_registrations_first(client: Client) -> None:
    client.create()
    client.load(checkout("B1", "new", NOW - 10), checkin("B1", NOW + 10), ws="a")
    client.load(checkout("B1", "P2", NOW + 20), register("new"), ws="b")
    client.execute()
    done = [(x["op"], x["patron"]) for x in client.fake.ledger()]
    assert done == [
        ("registration", "new"),
        ("checkout", "new"),
        ("checkin", "new"),
        ("checkout", "P2"),
    ]
    assert client.status("exceptions") == []


def test_the_delta_of_a_load_shifts_its_lines(client: Client) -> None:
    client.create()
    client.load(checkin("B1", NOW), ws="a", delta=100)
    client.load(checkout("B1", "P1", NOW + 50, delta=9999), ws="b")
    client.execute()
    assert [x["op"] for x in client.fake.ledger()] == ["checkout", "checkin"]
    assert client.fake.ledger()[1]["line"]["_realtime"] == NOW + 100


def test_a_line_that_is_not_json_poisons_its_session(client: Client) -> None:
    client.create()
    assert client.load("{broken", ws="a")["ilsevent"] == "0"
    client.load(checkout(), ws="b")
    client.log_in("chief")
    fields = {"ses": client.token, "org": 4, "seskey": client.key, "action": "execute"}
    assert client.send("POST", OFFLINE, urlencode(fields), **FORM)[0] == 500
    client.fake.be(dies_with="empty")
    assert client.send("POST", OFFLINE, urlencode(fields), **FORM)[:2] == (200, "")
    assert client.status()["in_process"] == 0
    assert client.fake.ledger() == []


def test_processing_for_another_branch_does_one_line_and_stays_active(client: Client) -> None:
    client.create()
    client.load(checkout("B1"), checkout("B2", at=NOW + 1))
    assert client.execute(org=5)["ilsevent"] == "0"
    assert [x["item"] for x in client.fake.ledger()] == ["B1"]
    assert client.status()["in_process"] == 1
    assert client.execute()["ilsevent"] == "8000"
    assert client.status("exceptions")["ilsevent"] == "8002"


def test_what_was_done_belongs_to_who_had_it_processed(client: Client) -> None:
    client.fake.world(workstations=[{"name": "BR2-desk", "org": 7}])
    client.create()
    client.load(checkout(), line("in_house_use", barcode="B2", count=1))
    client.log_in("chief", "BR2-desk")
    client.ask("execute")
    client.fake.do("quiet")
    loan, use = client.fake.ledger()
    assert (loan["staff"], loan["org"], loan["workstation"]) == ("chief", 7, "BR2-desk")
    assert use["org"] == 4  # the branch that the request named


def test_extra_keys_come_back_in_the_exceptions(client: Client) -> None:
    client.create()
    client.load(checkout("nowhere", kiosk_xid="t1"))
    client.execute()
    [said] = client.status("exceptions")
    assert said["command"]["kiosk_xid"] == "t1"
    assert said["command"]["_workstation"] == "desk"
    assert said["command"]["_realtime"] == NOW
    assert (said["event"]["ilsevent"], said["event"]["textcode"]) == (
        "1502",
        "ASSET_COPY_NOT_FOUND",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (checkout(), []),
        (checkout("B1", "P00"), []),  # an old card that is still active
        (checkout("B1", "P5"), []),  # barred: overridden
        (checkout("B1", "nobody"), ["ACTOR_USER_NOT_FOUND"]),
        (checkout("B1", "P0"), ["PATRON_CARD_INACTIVE"]),
        (checkout("B1", "P3"), [["PATRON_INACTIVE", "PATRON_ACCOUNT_EXPIRED"]]),
        (checkout("B1", "P4"), ["PATRON_ACCOUNT_EXPIRED"]),
        (checkout("B3"), ["OPEN_CIRCULATION_EXISTS"]),
        (checkout("B5"), ["ITEM_NOT_CATALOGED"]),
        (checkout("B7"), ["CIRC_CLAIMS_RETURNED"]),
        (checkout("B8"), ["COPY_IN_TRANSIT"]),
        (line("renew", barcode="B3", patron_barcode="P2"), []),
        (line("renew", barcode="B3"), []),
        (line("renew", barcode="B3", patron_barcode="P1"), ["ACTION_CIRCULATION_NOT_FOUND"]),
        (line("renew", barcode="B1"), ["ACTOR_USER_NOT_FOUND"]),
        (checkin("B3"), []),
        (checkin("B1"), ["NO_CHANGE"]),
        (checkin("B4"), ["ROUTE_ITEM"]),
        (checkin("B6"), ["COPY_STATUS_LOST"]),
        (checkin("B7"), ["CIRC_CLAIMS_RETURNED"]),
        (checkin("B8"), []),
        (checkin("B9"), ["HOLD_CAPTURE_DELAYED"]),
        (line("in_house_use", barcode="B1", count=2), []),
        (line("in_house_use", barcode="B1", count=100), ["INTERNAL_SERVER_ERROR"]),
        (line("checkout", patron_barcode="P1", noncat=1, noncat_type=2, noncat_count=3), []),
        (
            line("checkout", patron_barcode="P1", noncat=1, noncat_type=2, noncat_count=100),
            ["INTERNAL_SERVER_ERROR"],
        ),
        (register("N1"), []),
        (register("P1"), ["USERNAME_EXISTS"]),
        (register("P0", usrname="other"), ["DATABASE_UPDATE_FAILED"]),
        (register("N1", shoe_size=9), ["INTERNAL_SERVER_ERROR"]),
        (line("dance"), [None]),
        ({"timestamp": NOW}, ["OFFLINE_FILE_ERROR"]),  # without a type it is no line at all
        (checkout("B1", due_date="12/05/2026"), ["INTERNAL_SERVER_ERROR"]),
    ],
)
def test_what_is_said_of_a_line(client: Client, given: dict[str, Any], said: list[Any]) -> None:
    assert client.results({**given, "kiosk_xid": "t1"}) == said
    applied = said in ([], ["ROUTE_ITEM"])
    assert client.fake.applied() == ({"t1": 1} if applied else {})


@pytest.mark.parametrize("due", ["2026-12-05", "2026-12-05T10:00:00Z", "20261205T100000Z"])
def test_due_dates_end_with_their_day(client: Client, due: str) -> None:
    client.results({**checkout(), "due_date": due})
    assert client.fake.ledger()[0]["due"] == "2026-12-05T23:59:59+00:00"


def test_a_due_date_may_be_left_to_the_library(client: Client) -> None:
    client.results({**checkout(), "due_date": None})
    assert client.fake.ledger()[0]["due"] == "2026-12-12T23:59:59+00:00"


def test_a_date_without_a_zone_is_the_server_s_and_without_seconds_it_is_midnight(
    client: Client,
) -> None:
    client.fake.be(zone="-05:00")
    times = ("2026-11-21 10:00:32", "2026-11-21T10:00Z", "2026-11-21T10:00:00.123-05:00")
    for item, at in zip(("B1", "B2", "B9"), times, strict=True):
        client.results({**checkout(item), "checkout_time": at})
    assert [x["at"] for x in client.fake.ledger()] == [
        "2026-11-21T10:00:32-05:00",
        "2026-11-21T00:00:00+00:00",
        "2026-11-21T10:00:00-05:00",
    ]


def test_what_is_loaded_twice_doubles_silently_where_nothing_forbids_it(client: Client) -> None:
    lines = [
        checkout("B1", kiosk_xid="loan"),
        line("in_house_use", barcode="B2", count=1, kiosk_xid="use"),
        line(
            "checkout", patron_barcode="P1", noncat=1, noncat_type=2, noncat_count=1, kiosk_xid="nc"
        ),
        checkin("B3", kiosk_xid="return"),
    ]
    assert client.results(*lines) == []
    assert client.results(*lines) == ["OPEN_CIRCULATION_EXISTS", "NO_CHANGE"]
    assert client.fake.applied() == {"loan": 1, "use": 2, "nc": 2, "return": 1}


def test_the_last_renewals_need_a_permission(client: Client) -> None:
    again = line("renew", barcode="B3")
    assert client.results(again, {**again, "timestamp": NOW + 1}) == []
    perms = ["STAFF_LOGIN", "OFFLINE_EXECUTE", "RENEW_CIRC"]
    client.fake.world(accounts=[{"username": "chief", "password": "chief", "perms": perms}])
    client.create()
    client.load(again)
    client.execute()
    [said] = client.status("exceptions")
    assert said["event"]["ilsperm"] == "MAX_RENEWALS_REACHED.override"


def test_some_libraries_renew_what_the_same_patron_has(client: Client) -> None:
    client.fake.be(auto_renew=True)
    assert client.results(checkout("B3", "P2"), checkout("B3", "P1")) == ["OPEN_CIRCULATION_EXISTS"]
    assert [x["op"] for x in client.fake.ledger()] == ["renewal"]


def test_some_libraries_take_a_user_name_for_a_card(client: Client) -> None:
    assert client.results(checkout("B1", "omar")) == ["ACTOR_USER_NOT_FOUND"]
    client.fake.be(username_allowed=True)
    assert client.results(checkout("B1", "omar")) == []


def test_a_registration_s_barcode_is_not_in_its_exception(client: Client) -> None:
    client.create()
    client.load({**register("P1"), "kiosk_xid": "t1"})
    client.execute()
    [said] = client.status("exceptions")
    assert said["command"]["kiosk_xid"] == "t1"
    assert "card" not in said["command"]["user"]
    assert "billing_address" not in said["command"]["user"]


def test_holds_are_captured_and_routed_and_never_refuse_a_loan(client: Client) -> None:
    client.fake.world(
        holds=[{"item": "B1", "patron": "P2"}, {"item": "B3", "patron": "P1", "org": 7}]
    )
    assert client.results(checkout("B1", "P1")) == []
    assert client.results(checkin("B1"), checkin("B3", NOW + 1)) == ["ROUTE_ITEM"]
    items = client.fake.do("all", table="item")
    assert (items["B1"]["status"], items["B3"]["status"]) == ("on_holds_shelf", "in_transit")


def test_bytes_that_are_not_ascii_are_misread(client: Client) -> None:
    client.create()
    client.load_bytes(json.dumps(register("N1", family_name="Groß"), ensure_ascii=False).encode())
    client.execute()
    assert client.fake.do("all", table="patron")["N1"]["name"] == "Maya GroÃ\x9f"


def test_what_changed_since_may_be_skipped(client: Client) -> None:
    client.fake.be(skip_newer=["checkin"])
    client.fake.world(items=[{"item": "B2", "patron": "P2", "changed": NOW + 5}])
    assert client.results(checkin("B2"), checkin("B3")) == ["SKIP_ASSET_CHANGED"]


def test_permissions_of_who_processes_count_for_each_line(client: Client) -> None:
    perms = ["STAFF_LOGIN", "OFFLINE_EXECUTE", "COPY_CHECKIN"]
    client.fake.world(accounts=[{"username": "chief", "password": "chief", "perms": perms}])
    assert client.results(checkout("B1"), checkin("B3", NOW + 1)) == ["PERM_FAILURE"]


# -- what goes wrong -------------------------------------------------------------------------------


def test_every_fault_can_be_armed(fake_evergreen: FakeEvergreen) -> None:
    for name in {**FAULTS, **EVERGREEN_FAULTS}:
        fake_evergreen.fault(name)
    with pytest.raises(ValueError, match="no-such-fault"):
        fake_evergreen.fault("no-such-fault")


@pytest.mark.parametrize("call", ["login", "create", "load", "execute", "status.scripts", "list"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reply_is_lost_before_and_after_acting(client: Client, call: str, when: str) -> None:
    client.create()
    if call == "execute":
        client.load(checkout())
    calls: dict[str, Callable[[], Any]] = {
        "login": client.log_in,
        "create": client.create,
        "load": lambda: client.load(checkout()),
        "execute": client.execute,
        "status.scripts": client.status,
        "list": lambda: client.send("GET", f"/standalone/list.txt?ses={client.token}"),
    }
    client.fake.fault(f"reset-{when}", on=call)
    before = [len(client.fake.do("all", table=x)) for x in ("token", "session", "script", "entry")]
    with pytest.raises((OSError, HTTPException)):
        calls[call]()
    client.fake.do("quiet")
    after = [len(client.fake.do("all", table=x)) for x in ("token", "session", "script", "entry")]
    one_more = {"login": 0, "create": 1, "load": 2, "execute": 3}.get(call)
    expected = [n + (i == one_more and when == "after") for i, n in enumerate(before)]
    if call == "execute":
        expected[0] += 1  # its login
    assert after == expected
    assert client.fake.do("struck") == {f"reset-{when}": 1}
    calls[call]() if call not in {"load", "execute"} else None


def test_a_name_stands_for_all_calls_that_begin_with_it(client: Client) -> None:
    client.create()
    client.fake.fault("html-before", on=["status"], times=None)
    for kind in ("scripts", "sessions", "summary", "exceptions"):
        with pytest.raises(json.JSONDecodeError):
            client.status(kind)
    client.fake.do("clear")
    assert client.status()["scripts"] == []


@pytest.mark.parametrize(
    ("fault", "counts"), [("no-file", [0]), ("no-row", []), ("part-stored", [1])]
)
def test_a_load_may_succeed_and_not_store_what_it_got(
    client: Client, fault: str, counts: list[int]
) -> None:
    client.create()
    client.fake.fault(fault)
    assert client.load(checkout(), checkin())["ilsevent"] == "0"
    assert [x["count"] for x in client.status()["scripts"]] == counts


def test_processing_may_be_stuck(client: Client) -> None:
    client.create()
    client.load(checkout("B1"), checkout("B2"))
    client.fake.fault("stuck", lines=1)
    client.log_in("chief")
    client.ask("execute")
    while client.status()["num_complete"] < 1:
        pass
    assert (client.status()["in_process"], client.status()["num_complete"]) == (1, 1)
    assert client.load(checkin(), ws="other")["ilsevent"] == "8000"
    client.fake.do("anew")
    assert client.fake.ledger() == []


def test_processing_goes_on_as_far_as_a_test_lets_it(client: Client) -> None:
    client.fake.be(stops_after=1)
    client.create()
    client.load(checkout("B1"), checkout("B2"))
    client.log_in("chief")
    client.ask("execute")
    while client.status("summary")["num_complete"] < 1:
        pass
    client.fake.be()
    client.fake.do("quiet")
    assert client.status()["end_time"] == NOW


def test_a_server_that_processes_inline_answers_when_all_is_done(client: Client) -> None:
    client.fake.be(inline=True, per_line=0.02)
    client.create()
    client.load(checkout("B1"), checkout("B2"))
    client.log_in("chief")
    client.ask("execute")
    assert client.status()["end_time"] is not None


def test_two_executes_at_once_do_everything_twice(client: Client) -> None:
    client.fake.be(fork_delay=0.05)
    client.create()
    client.load(line("in_house_use", barcode="B1", kiosk_xid="t1"))
    client.log_in("chief")
    assert [client.ask("execute")["ilsevent"] for _ in range(2)] == ["0", "0"]
    client.fake.do("quiet")
    assert client.fake.applied() == {"t1": 2}
    assert client.status("summary") == {"total": 1, "num_complete": 2}


def test_a_login_may_end_in_the_middle_of_processing(client: Client) -> None:
    client.fake.fault("token-dies", lines=1)
    lines = [checkout(f"B{n}") for n in (1, 2, 9)]
    client.create()
    client.load(*lines)
    client.execute()
    client.log_in()
    assert [names(x["event"]) for x in client.status("exceptions")] == ["NO_SESSION"] * 2
    client.fake.fault("no-session")
    assert client.status()["textcode"] == "NO_SESSION"
    assert client.status()["textcode"] == "NO_SESSION"  # it does not come back


def test_exceptions_come_in_other_shapes(client: Client) -> None:
    client.create()
    client.load(checkin("B1"))
    client.execute()
    client.fake.fault("events-as-lists")
    client.fake.fault("events-missing")
    client.fake.fault("results-missing")
    assert names(client.status("exceptions")[0]["event"]) == ["NO_CHANGE"]
    assert "event" not in client.status("exceptions")[0]
    assert client.status("exceptions")["ilsevent"] == "8002"


def test_results_may_be_lost_when_all_is_done(client: Client) -> None:
    client.fake.fault("results-lost")
    assert client.results(checkout()) == ["OFFLINE_FILE_ERROR"]
    assert client.status()["end_time"] == NOW


def test_servers_that_share_no_disk_do_not_find_each_other_s_files(client: Client) -> None:
    client.create()
    client.fake.be(servers=2)
    client.load(checkout())
    client.log_in("chief")
    assert client.ask("execute")["ilsevent"] == "8002"
    assert client.ask("execute")["ilsevent"] == "0"
    client.fake.do("quiet")
    assert {client.status("exceptions") == [] for _ in range(2)} == {True, False}


def test_other_addresses_are_forbidden(client: Client) -> None:
    client.fake.be(address_filter=True)
    assert client.send("GET", f"{OFFLINE}?action=status")[0] == 403


def test_a_reply_drips_byte_by_byte(client: Client) -> None:
    client.fake.fault("drip")
    client.log_in()
    assert client.fake.do("struck") == {"drip": 1}


def test_a_reply_may_be_cut_and_still_look_whole(client: Client) -> None:
    client.fake.fault("cut")
    with pytest.raises(json.JSONDecodeError):
        client.status("sessions")


def test_the_network_may_be_down(client: Client) -> None:
    client.fake.do("listen", on=False)
    with pytest.raises(ConnectionRefusedError):
        client.log_in()
    client.fake.do("listen", on=True)
    client.log_in()


def test_what_was_heard_can_be_looked_at(client: Client) -> None:
    client.create(desc="Today")
    [heard] = client.fake.heard("create")
    assert "desc=Today" in heard["body"]
    assert (heard["method"], heard["status"]) == ("POST", 200)
    assert json.loads(heard["reply"])["payload"] == client.key


# -- the block list --------------------------------------------------------------------------------


def test_the_block_list_names_each_card_with_a_letter(client: Client) -> None:
    status, text, _ = client.send("GET", f"/standalone/list.txt?ses={client.token}&1795289820")
    assert status == 200
    assert sorted(text.splitlines()) == [
        "P0 L", "P00 L", "P3 E", "P4 B", "P4 D", "P4 E", "P5 B",
    ]  # fmt: skip


def test_the_block_list_is_for_staff(client: Client) -> None:
    path = "/standalone/list.txt"
    assert client.send("GET", path)[0] == 401
    assert client.send("GET", path, Cookie=f'eg.auth.token="{client.token}"')[0] == 200
    basic = {"Authorization": f"Basic {b64encode(b'kiosk:kiosk').decode()}"}
    status, _, reply = client.send("GET", path, **basic)
    cookie = reply.getheader("Set-Cookie") or ""
    assert (status, cookie.startswith("ses=")) == (302, True)
    assert client.send("GET", path, Cookie=cookie.partition(";")[0])[0] == 200


def test_the_block_list_may_be_anything_or_nothing(client: Client) -> None:
    path = f"/standalone/list.txt?ses={client.token}"
    client.fake.do("list", text="P1   B\nP1 E\n")
    assert client.send("GET", path)[1] == "P1   B\nP1 E\n"
    client.fake.do("list", text="absent")
    assert client.send("GET", path)[0] == 404


# -- the process -----------------------------------------------------------------------------------


def test_the_world_survives_a_kill_and_what_ran_is_stuck(tmp_path: Path) -> None:
    with FakeEvergreen(tmp_path / "world.jsonl") as fake:
        fake.world(patrons=[{"card": "P1"}], items=[{"item": "B1"}, {"item": "B2"}])
        client = Client(fake)
        client.log_in("chief")
        client.create()
        client.load(checkout("B1"), checkout("B2"))
        fake.fault("stuck", lines=1)
        client.ask("execute")
        while not client.status()["num_complete"]:
            pass
        port = fake.port
        fake.kill()
        fake.start()
        assert fake.port == port
        assert [x["item"] for x in fake.ledger()] == ["B1"]
        assert client.status()["in_process"] == 1


def test_it_knows_nothing_of_the_kiosk() -> None:
    """Its process is started with -S: what it imports beside this is Python's own."""
    files = [*(FOLDER / "support/fake_web").glob("*.py")]
    files += (FOLDER / "support/fake_evergreen").glob("*.py")
    lines = [x.strip() for file in files for x in file.read_text().splitlines()]
    assert not [x for x in lines if x.startswith(("import kiosk", "from kiosk"))]


def test_a_test_can_have_a_session_processed(client: Client) -> None:
    client.create()
    client.load(checkout(kiosk_xid="t1"))
    client.fake.process()
    assert client.fake.applied() == {"t1": 1}
    assert client.status()["end_time"] == NOW
