"""The fake Koha itself: what the proof of sending to Koha rests on."""

from __future__ import annotations

import json
import socket
import sqlite3
from base64 import b64encode
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from support.fake_koha.client import FakeKoha
from support.fake_koha.system import FAULTS as KOHA_FAULTS
from support.fake_web.client import FOLDER
from support.fake_web.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AUTHENTICATION = "/cgi-bin/koha/svc/authentication"
SERVICE = "/cgi-bin/koha/offline_circ/service.pl"
TRANSACTIONS = "/api/v1/contrib/offlinecirc/transactions"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEW = {"login_userid": "kiosk", "login_password": "kiosk"}
OLD = {"userid": "kiosk", "password": "kiosk"}
NOW = 1795289820
"""2026-11-21, 17:37 in UTC."""
AT = "2026-11-21T16:15:30Z"


class Client:
    """A client that sends what it is told."""

    def __init__(self, fake: FakeKoha) -> None:
        self.fake = fake
        self.cookie = ""
        self.csrf = ""

    def send(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, str, HTTPResponse]:
        if self.cookie:
            headers["Cookie"] = self.cookie
        with closing(HTTPConnection("127.0.0.1", self.fake.port, timeout=5)) as line:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            return reply.status, reply.read().decode("latin-1"), reply

    def get(self, *, names: Any = NEW, **fields: Any) -> tuple[int, str]:
        """Call service.pl with all in the query, as ByWater's tool does."""
        return self.send("GET", f"{SERVICE}?{urlencode({**names, **fields})}")[:2]

    def post(self, path: str = SERVICE, **fields: Any) -> tuple[int, str]:
        """Post with cookie and token, as KOCT does."""
        headers = {**FORM, **({"CSRF-TOKEN": self.csrf} if self.csrf else {})}
        status, body, reply = self.send("POST", path, urlencode(fields), **headers)
        self._remember(reply)
        return status, body

    def ask_who_it_is(self) -> str:
        _, body, reply = self.send("GET", AUTHENTICATION)
        self._remember(reply)
        return body

    def log_in(self, **names: str) -> str:
        self.ask_who_it_is()
        return self.post(AUTHENTICATION, **(names or NEW))[1]

    def issue(self, item: str = "B1", patron: str = "P1", **more: Any) -> str:
        """Have an item lent; give what Koha says."""
        fields = {"action": "issue", "barcode": item, "cardnumber": patron, **operation(), **more}
        return self.get(**fields)[1]

    def bring_back(self, item: str = "B1", **more: Any) -> str:
        return self.get(**{"action": "return", "barcode": item, **operation(), **more})[1]

    def batch(self, *transactions: dict[str, str], pending: bool = False, auth: str = "") -> Any:
        """Send a batch to the plugin; give status, and results."""
        body = {"branchcode": "CPL", "pending": pending, "transactions": transactions}
        headers = {"Content-Type": "application/json", "Authorization": auth or BASIC}
        status, text, _ = self.send("POST", TRANSACTIONS, json.dumps(body), **headers)
        return status, json.loads(text).get("results")

    def _remember(self, reply: HTTPResponse) -> None:
        self.csrf = reply.getheader("CSRF-TOKEN") or self.csrf
        self.cookie = (reply.getheader("Set-Cookie") or self.cookie).partition(";")[0]


BASIC = f"Basic {b64encode(b'kiosk:kiosk').decode()}"


def operation(at: str = AT, branch: str = "CPL", *, pending: bool = False) -> dict[str, str]:
    return {"timestamp": at, "branchcode": branch, "pending": str(pending).lower()}


def transaction(action: str = "issue", item: str = "B1", **more: str) -> dict[str, str]:
    patron = {"cardnumber": "P1"} if action == "issue" else {}
    return {"timestamp": AT, "action": action, "barcode": item, **patron, **more}


@pytest.fixture
def client(fake_koha: FakeKoha) -> Client:
    """A client, at a small library."""
    fake_koha.do("clock", now=NOW)
    fake_koha.world(
        patrons=[{"card": "P1", "name": "Maya Moss"}, {"card": "P2", "status": "barred"}],
        items=[
            {"item": "B1", "days": 7, "title": "Straße"},
            {"item": "B2", "held_for": "P2"},
            {"item": "B3", "patron": "P2", "due": "20261130    235900"},
        ],
    )
    return Client(fake_koha)


def ops(fake: FakeKoha) -> list[tuple[str, str, str]]:
    return [(x["op"], x["item"], x["patron"]) for x in fake.ledger()]


# -- logging in ------------------------------------------------------------------------------------


def test_a_get_carries_the_credentials_in_its_query(client: Client) -> None:
    assert client.get(nocookie=1) == (200, "")
    assert client.get(names={"login_userid": "kiosk", "login_password": "wrong"})[0] == 403


@pytest.mark.parametrize(
    ("version", "names", "wrong"),
    [
        ("24.05", NEW, (403, '{"auth_status":"failed"}')),
        ("23.11", OLD, (403, '{"auth_status":"failed"}')),
        ("17.11", OLD, (200, "Authentication failed.")),
    ],
)
def test_credentials_and_their_refusal_are_those_of_the_version(
    client: Client, version: str, names: dict[str, str], wrong: tuple[int, str]
) -> None:
    client.fake.be(version=version)
    other = OLD if names is NEW else NEW
    assert client.get(names=names) == (200, "")
    assert client.get(names=other) == wrong
    assert client.get(names={**OLD, **NEW}) == (200, "")


def test_circulate_is_needed(client: Client) -> None:
    client.fake.world(accounts=[{"userid": "kiosk", "password": "kiosk", "perms": ["catalogue"]}])
    assert client.get()[0] == 403


def test_a_post_needs_a_token_of_its_cookie(client: Client) -> None:
    assert client.post(**NEW, action="") == (403, "Wrong CSRF token")
    assert "<status>failed" in client.ask_who_it_is()
    before = client.csrf, client.cookie
    assert "<status>ok</status>" in client.post(AUTHENTICATION, **NEW)[1]
    assert before[0] != client.csrf
    assert before[1] != client.cookie
    assert "<status>ok" in client.ask_who_it_is()
    fields = {"action": "issue", "barcode": "B1", "cardnumber": "P1", **operation()}
    assert client.post(userid="kiosk", login_userid="kiosk", **fields) == (200, "Success.")
    client.csrf = before[0]
    assert client.post(**fields) == (403, "Wrong CSRF token")


def test_a_get_that_changes_something_needs_a_token_too(client: Client) -> None:
    assert client.get(op="cud-add") == (403, "Wrong CSRF token")


def test_an_older_koha_knows_no_tokens(client: Client) -> None:
    client.fake.be(version="23.11")
    assert "<status>ok" in client.log_in(**OLD)
    assert client.csrf == ""
    assert client.post(action="") == (200, "")


def test_a_wrong_password_is_no_login(client: Client) -> None:
    assert "<status>failed" in client.log_in(login_userid="kiosk", login_password="wrong")
    assert client.post(action="")[0] == 403


# -- one operation ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "issue", "cardnumber": "P1", "barcode": "B1"}, "Success."),
        ({"action": "issue", "cardnumber": "P2", "barcode": "B1"}, "Success."),  # barred
        ({"action": "issue", "cardnumber": " P1 ", "barcode": " B1 "}, "Success."),
        ({"action": "issue", "cardnumber": "nobody", "barcode": "B1"}, "Borrower not found."),
        ({"action": "issue", "cardnumber": "P1", "barcode": "none"}, "Barcode not found."),
        ({"action": "return", "barcode": "B3"}, "Success."),
        ({"action": "return", "barcode": "B1"}, "Item not issued."),
        ({"action": "return", "barcode": "none"}, "Item not found."),
        ({"action": "payment", "cardnumber": "P1", "amount": "5.00"}, "Success."),
        ({"action": "dance"}, ""),
    ],
)
def test_what_koha_says(client: Client, fields: dict[str, str], said: str) -> None:
    assert client.get(**operation(), **fields) == (200, said)


def test_a_checkout_takes_the_item_from_whoever_has_it(client: Client) -> None:
    assert client.issue("B3") == "Success."
    assert ops(client.fake) == [("checkin", "B3", "P2"), ("checkout", "B3", "P1")]
    assert [x["implied"] for x in client.fake.ledger()] == [True, False]


def test_the_same_again_is_a_renewal(client: Client) -> None:
    client.issue()
    client.issue()
    assert ops(client.fake) == [("checkout", "B1", "P1"), ("renewal", "B1", "P1")]


def test_the_loan_begins_when_it_was_recorded(client: Client) -> None:
    client.fake.be(zone="-05:00")
    client.issue(timestamp="2026-11-22T03:15:30Z")
    [done] = client.fake.ledger()
    assert (done["at"], done["date"]) == ("20261121    221530", "20261128    235900")
    assert client.fake.loans()["B1"]["due"] == "20261128    235900"


@pytest.mark.parametrize(
    ("version", "at", "is_at"),
    [
        ("24.05", "2026-11-21T16:15:30Z", "20261121    111530"),
        ("24.05", "2026-11-21 16:15:30", "20261121    111530"),
        ("20.11", "2026-11-21 16:15:30", "20261121    161530"),
    ],
)
def test_a_timestamp_is_utc_since_21_11(client: Client, version: str, at: str, is_at: str) -> None:
    client.fake.be(version=version, zone="-05:00")
    client.issue(timestamp=at, names=OLD if version == "20.11" else NEW)
    assert client.fake.ledger()[0]["at"] == is_at


def test_a_timestamp_that_is_none_kills_the_script(client: Client) -> None:
    assert client.get(action="return", barcode="B3", timestamp="yesterday")[0] == 500


def test_a_return_traps_no_hold(client: Client) -> None:
    client.fake.world(items=[{"item": "B2", "held_for": "P2", "patron": "P1", "due": ""}])
    assert client.bring_back("B2") == "Success."
    assert ops(client.fake) == [("checkin", "B2", "P1")]
    assert sip2(client.fake, "1720261121    173700AOCPL|ABB2|")[2:4] == "08"  # as it was


@pytest.mark.parametrize(("version", "status"), [("24.05", "08"), ("21.11", "03")])
def test_somebody_else_s_hold_was_cancelled_before_22_05(
    client: Client, version: str, status: str
) -> None:
    client.fake.be(version=version)
    names = OLD if version == "21.11" else NEW
    client.issue("B2", names=names)
    client.bring_back("B2", names=names)
    assert sip2(client.fake, "1720261121    173700AOCPL|ABB2|")[2:4] == status


def test_a_payment_is_taken_as_often_as_it_comes(client: Client) -> None:
    for _ in range(2):
        client.get(**operation(), action="payment", cardnumber="P1", amount="5.00")
    assert [x["amount"] for x in client.fake.do("all", table="payment").values()] == ["5.00"] * 2
    assert client.get(**operation(), action="payment", cardnumber="none", amount="1")[0] == 500


# -- the queue -------------------------------------------------------------------------------------


def test_the_queue_takes_anything_as_often_as_it_comes(client: Client) -> None:
    for _ in range(2):
        assert client.issue("none", "nobody", pending="true") == "Added."
    assert len(client.fake.queue()) == 2
    assert client.fake.ledger() == []


def test_only_the_word_true_queues(client: Client) -> None:
    assert client.issue(pending="1") == "Success."


def test_a_queue_is_processed_by_branch_and_second(client: Client) -> None:
    late, early = "2026-11-21T16:15:31Z", "2026-11-21T16:15:30Z"
    client.bring_back("B1", pending="true", timestamp=late)
    client.issue("B1", pending="true", timestamp=early)
    client.issue("B2", pending="true", branchcode="MPL")
    assert client.fake.process() == [
        ["issue", "B1", "P1", "Success."],
        ["return", "B1", "", "Success."],
    ]
    assert [x["branchcode"] for x in client.fake.queue()] == ["MPL"]


def test_within_a_second_nothing_says_which_came_first(client: Client) -> None:
    client.issue("B1", pending="true", timestamp="2026-11-21T16:15:30.100Z")
    client.bring_back("B1", pending="true", timestamp="2026-11-21T16:15:30.200Z")
    assert [x[3] for x in client.fake.process()] == ["Item not issued.", "Success."]


def test_a_row_is_gone_whatever_came_of_it(client: Client) -> None:
    client.issue("none", pending="true")
    assert [x[3] for x in client.fake.process()] == ["Barcode not found."]
    assert client.fake.queue() == []


def test_a_koc_file_is_queued_as_it_stands(client: Client) -> None:
    client.fake.be(zone="-05:00")
    text = (
        "Version=1.0\tGenerator=x\tGeneratorVersion=1\r\n"
        "2026-11-21 12:24:11 547\tissue\tP1\tB1\r\n"
        "2026-11-21 12-24-12 000\treturn\tB3\t\r\n"
        "2026-11-21 12:24:13\tpayment\tP1\t5.00\r\n"
    )
    assert client.fake.do("koc", text=text) == ""
    assert [x[3] for x in client.fake.process()] == ["Success."] * 3
    assert client.fake.ledger()[0]["at"] == "20261121    122411"
    assert client.fake.do("koc", text="Version=2\n") == "ERROR_file_version: 2"


# -- the plugin ------------------------------------------------------------------------------------


def test_the_plugin_answers_for_each_in_order_and_does_nothing_twice(client: Client) -> None:
    lines = [transaction(), transaction("return", "none"), transaction("return", "B3")]
    assert client.batch(*lines) == (
        200,
        [
            {"status": "processed", "message": "Success."},
            {"status": "error", "message": "Item not found."},
            {"status": "processed", "message": "Success."},
        ],
    )
    again = client.batch(*lines)[1]
    assert [x["status"] for x in again] == ["skipped", "error", "skipped"]
    assert again[0]["message"].startswith("Already processed: ")
    assert ops(client.fake) == [("checkout", "B1", "P1"), ("checkin", "B3", "P2")]


def test_the_plugin_queues_too_and_once(client: Client) -> None:
    assert client.batch(transaction(), pending=True)[1][0]["status"] == "queued"
    assert client.batch(transaction(), pending=True)[1][0]["status"] == "skipped"
    assert len(client.fake.queue()) == 1


def test_the_plugin_may_be_absent_or_refuse(client: Client) -> None:
    assert client.batch(transaction("dance"))[0] == 400
    assert client.batch(transaction(), auth="Basic eDp5")[0] == 401
    client.fake.world(accounts=[{"userid": "kiosk", "password": "kiosk", "perms": []}])
    assert client.batch(transaction())[0] == 403
    client.fake.be(plugin=False)
    assert client.batch(transaction())[0] == 404
    assert client.fake.ledger() == []


def test_the_plugin_takes_a_token_for_an_hour(client: Client) -> None:
    secret = {"client_id": "kiosk-id", "client_secret": "kiosk-secret"}
    asked = {"grant_type": "client_credentials", **secret}
    status, body = client.post("/api/v1/oauth/token", **asked)
    said = json.loads(body)
    assert (status, said["token_type"], said["expires_in"]) == (200, "Bearer", 3600)
    bearer = f"Bearer {said['access_token']}"
    assert client.batch(transaction(), auth=bearer)[0] == 200
    client.fake.do("clock", now=NOW + 3601)
    assert client.batch(transaction(), auth=bearer)[0] == 401
    assert client.post("/api/v1/oauth/token", **{**asked, "client_secret": "x"})[0] == 403
    client.fake.be(oauth=False, basic=False)
    assert client.post("/api/v1/oauth/token", **asked)[0] == 400
    assert client.batch(transaction())[0] == 401


def test_the_extract_is_made_each_night(client: Client, tmp_path: Path) -> None:
    client.issue()
    path = "/api/v1/contrib/offlinecirc/borrowers.db"
    status, body, reply = client.send("GET", path, Authorization=BASIC)
    assert status == 200
    (tmp_path / "x.db").write_bytes(body.encode("latin-1"))
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        [maya, _] = database.execute("select cardnumber, firstname, surname from borrowers")
        titles = database.execute("select title, date_due from issues where borrowernumber = 1")
        assert maya == ("P1", "Maya", "Moss")
        assert list(titles) == [("Straße", "2026-11-28")]
    seen = {"Authorization": BASIC, "If-Modified-Since": reply.getheader("Last-Modified") or ""}
    assert client.send("GET", path, **seen)[0] == 304


# -- SIP2 beside it --------------------------------------------------------------------------------


def sip2(fake: FakeKoha, text: str) -> str:
    """Ask by SIP2; give the reply."""
    with socket.create_connection(("127.0.0.1", fake.sip_port)) as line, line.makefile("rwb") as it:
        for message in ("9300CNkiosk|COkiosk|", text):
            it.write(message.encode() + b"\r")
            it.flush()
            reply = it.readline().decode()
    return reply.strip()


def test_sip2_knows_the_same_loans(client: Client) -> None:
    client.issue()
    reply = sip2(client.fake, "1720261121    173700AOCPL|ABB1|")
    assert reply[:4] == "1804"
    assert "AH20261128    235900|" in reply
    due = "20261205    235900"
    sip2(client.fake, f"11NN20261121    173700{due}AOCPL|AAP1|ABB2|AC|")
    assert [x["message"] for x in client.fake.ledger()] == ["service.pl"]  # held: refused
    sip2(client.fake, f"11NY20261121    173700{due}AOCPL|AAP1|ABB2|AC|")
    assert [x["message"] for x in client.fake.ledger()] == ["service.pl", "11"]


def test_sip2_has_faults_of_its_own(client: Client) -> None:
    client.fake.sip("fault", name="refused")
    due = "20261205    235900"
    assert sip2(client.fake, f"11NN20261121    173700{due}AOCPL|AAP1|ABB1|AC|")[2] == "0"
    assert client.fake.sip("struck") == {"refused": 1}


# -- what goes wrong -------------------------------------------------------------------------------


def test_every_fault_can_be_armed(fake_koha: FakeKoha) -> None:
    for name in {**FAULTS, **KOHA_FAULTS}:
        fake_koha.fault(name)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["login", "service.issue", "service.return", "transactions"])
def test_a_reply_is_lost_before_and_after_acting(client: Client, call: str, when: str) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "login": client.log_in,
        "service.issue": client.issue,
        "service.return": lambda: client.bring_back("B3"),
        "transactions": lambda: client.batch(transaction()),
    }
    client.fake.fault(f"close-{when}", on=call)
    with pytest.raises((OSError, HTTPException)):
        calls[call]()
    client.fake.do("quiet")
    assert len(client.fake.ledger()) == (when == "after" and call != "login")


def test_a_slow_server_acts_after_the_client_has_gone(client: Client) -> None:
    client.fake.fault("acts-late", on="service", wait=0.1)
    query = urlencode({**NEW, **operation(), "action": "return", "barcode": "B3"})
    with socket.create_connection(("127.0.0.1", client.fake.port)) as line:
        line.sendall(f"GET {SERVICE}?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    client.fake.do("quiet")
    while not client.fake.ledger():
        pass
    assert ops(client.fake) == [("checkin", "B3", "P2")]


def test_a_login_may_be_gone(client: Client) -> None:
    client.log_in()
    client.fake.fault("logged-out")
    assert client.post(action="")[0] == 403
    assert "<status>failed" in client.ask_who_it_is()
    client.log_in()
    client.fake.fault("wrong-csrf")
    assert client.post(action="") == (403, "Wrong CSRF token")
    assert client.post(action="") == (200, "")


def test_a_page_may_come_where_words_should(client: Client) -> None:
    client.fake.fault("login-page")
    assert client.issue().startswith("<!DOCTYPE html>")
    client.fake.fault("html-after")
    assert client.issue().startswith("<!DOCTYPE html>")
    assert ops(client.fake) == [("checkout", "B1", "P1")]


def test_a_batch_may_die_midway(client: Client) -> None:
    lines = [transaction(), transaction("return", "B3")]
    client.fake.fault("dies-midway", lines=1)
    assert client.batch(*lines) == (500, None)
    assert ops(client.fake) == [("checkout", "B1", "P1")]
    client.fake.fault("short-results")
    assert [x["status"] for x in client.batch(*lines)[1]] == ["skipped"]
    assert len(client.fake.ledger()) == 2


def test_a_reply_drips(client: Client) -> None:
    client.fake.fault("drip")
    assert client.issue() == "Success."


# -- the process -----------------------------------------------------------------------------------


def test_its_world_survives_a_kill(tmp_path: Path) -> None:
    with FakeKoha(tmp_path / "world.jsonl") as fake:
        fake.world(patrons=[{"card": "P1"}], items=[{"item": "B1"}])
        client = Client(fake)
        client.issue()
        client.issue(pending="true")
        client.log_in()
        ports = fake.port, fake.sip_port
        fake.kill()
        fake.start()
        assert (fake.port, fake.sip_port) == ports
        assert ops(fake) == [("checkout", "B1", "P1")]
        assert len(fake.queue()) == 1
        assert client.post(action="") == (200, "")


def test_it_knows_nothing_of_the_kiosk() -> None:
    """Its process is started with -S: what it imports beside this is Python's own."""
    files = (FOLDER / "support/fake_koha").glob("*.py")
    lines = [x.strip() for file in files for x in file.read_text().splitlines()]
    assert not [x for x in lines if x.startswith(("import kiosk", "from kiosk"))]
