"""The fake library system itself, byte by byte: what the proof of delivery rests on."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.fake_sip2 import wire
from support.fake_sip2.client import FOLDER, FakeSip2
from support.fake_sip2.faults import FAULTS
from support.fake_sip2.personalities import PERSONALITIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = "20261121    100000"
DUE = "20261212    235900"
BY_RULE = "20261128    235900"
"""The due date of an item that is lent for seven days."""
LOGIN = "9300CNkiosk|COkiosk|"


class Client:
    """A client that sends what it is told, with or without error detection."""

    def __init__(self, port: int, *, error_detection: bool) -> None:
        self._line = socket.create_connection(("127.0.0.1", port))
        self._line.settimeout(5)
        self._count = 0 if error_detection else None

    def send(self, text: str) -> None:
        data = text.encode()
        if self._count is not None and data[:2] not in (b"96", b"97"):
            data += b"AY%d" % (self._count % 10)
            self._count += 1
        if self._count is not None:
            data += b"AZ"
            data += wire.checksum(data).encode()
        self.send_bytes(data + b"\r")

    def send_bytes(self, data: bytes) -> None:
        self._line.sendall(data)

    def hear(self) -> bytes:
        """Give what comes next, up to a CR or CRLF; "" where the server hung up."""
        data = b""
        while not data.endswith((b"\r", b"\n")):
            more = self._line.recv(1)
            if not more:
                return data
            data += more
        self._line.setblocking(False)
        try:
            if data.endswith(b"\r") and self._line.recv(1, socket.MSG_PEEK) == b"\n":
                data += self._line.recv(1)
        except BlockingIOError:
            pass
        finally:
            self._line.settimeout(5)
        return data

    def says_nothing(self, seconds: float = 0.05) -> bool:
        self._line.settimeout(seconds)
        try:
            return self._line.recv(1) == b"never"
        except TimeoutError:
            return True
        finally:
            self._line.settimeout(5)

    def ask(self, text: str) -> str:
        self.send(text)
        return self.hear().decode(errors="replace")

    def close(self) -> None:
        self._line.close()


@contextmanager
def connected(
    fake: FakeSip2, *, error_detection: bool = False, login: bool = True
) -> Iterator[Client]:
    client = Client(fake.port, error_detection=error_detection)
    if login:
        assert client.ask(LOGIN).startswith("941")
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def town(fake: FakeSip2) -> FakeSip2:
    """A small library, at ten o'clock."""
    fake.do("clock", now="2026-11-21T10:00:00")
    fake.world(
        patrons=[
            {"card": "p1", "name": "Käthe Groß"},
            {"card": "p2", "name": "Omar"},
            {"card": "p3", "name": "Ben", "status": "barred"},
        ],
        items=[
            {"item": "i1", "title": "Straße", "days": 7},
            {"item": "i2", "title": "Held", "held_for": "p2"},
            {"item": "i3", "title": "Lent", "days": 7, "patron": "p2", "due": DUE},
            {"item": "i4", "title": "Lost", "status": "lost"},
        ],
    )
    return fake


def checkout(item: str, patron: str = "p1", *, no_block: str = "N", due: str = DUE) -> str:
    return f"11N{no_block}{NOW}{due}AOmain|AA{patron}|AB{item}|AC|"


def checkin(item: str) -> str:
    return f"09N{NOW}{NOW}AP|AOmain|AB{item}|AC|"


def renewal(item: str, patron: str = "p1") -> str:
    return f"29NN{NOW}{DUE}AOmain|AA{patron}|AB{item}|"


def ops(fake: FakeSip2) -> list[tuple[str, str, str, str]]:
    return [(x["op"], x["patron"], x["item"], x["date"]) for x in fake.ledger()]


# -- the bytes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        b"97AZFEF5",
        b"96AZFEF6",
        b"9900802.00AY1AZFCA0",
        b"941AY0AZFDFD",
        b"9300CNscclient|COclientpwd|CPKIOSK1|AY0AZF1D4",
    ],
)
def test_checksums_are_as_four_other_programs_write_them(line: bytes) -> None:
    text, _, given = line.rpartition(b"AZ")
    assert wire.checksum(text + b"AZ").encode() == given


def test_it_knows_nothing_of_the_kiosk() -> None:
    """Its process is started with -S: what it imports beside this is Python's own."""
    files = (FOLDER / "support" / "fake_sip2").glob("*.py")
    imports = [
        line for file in files for line in file.read_text().splitlines() if "import " in line
    ]
    assert not [line for line in imports if "kiosk" in line or "pysip2" in line]


def test_a_login_and_a_status_are_answered_with_their_sequence(town: FakeSip2) -> None:
    with connected(town, error_detection=True, login=False) as client:
        assert client.ask(LOGIN) == "941AY0AZFDFD\r"
        status = client.ask("9900802.00")
        assert status.startswith("98YYYYNN100003" + NOW + "2.00AOmain|")
        assert status[:-5].endswith("AY1AZ")
        assert wire.checksum(status[:-5].encode()) == status[-5:-1]


def test_without_error_detection_there_is_none_in_the_reply(town: FakeSip2) -> None:
    with connected(town) as client:
        assert "AZ" not in client.ask("9900802.00")


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_any_end_of_line_is_read(town: FakeSip2, end: bytes) -> None:
    with connected(town) as client:
        client.send_bytes(b"9900802.00" + end + b"9900802.00" + end)
        assert client.hear().startswith(b"98")
        assert client.hear().startswith(b"98")


def test_a_patron_is_told_with_status_and_counts(town: FakeSip2) -> None:
    with connected(town) as client:
        reply = client.ask(f"63001{NOW}  Y       AOmain|AAp2|AC|")
        assert reply.startswith("64" + " " * 14 + "001" + NOW + "0001" + "0000" + "0001" + "0" * 12)
        assert reply[61:] == "AOmain|AAp2|AEOmar|BLY|AUi3|\r"
        assert client.ask(f"63001{NOW}          AAnobody|").startswith("64YYYY")
        assert "BLN|AFInvalid cardnumber|" in client.ask(f"63001{NOW}          AAnobody|")
        assert client.ask(f"63001{NOW}          AAp3|").startswith("64YYYY")


def test_items_are_told_with_their_circulation_status(town: FakeSip2) -> None:
    with connected(town) as client:
        states = [client.ask(f"17{NOW}AOmain|AB{x}|") for x in ("i1", "i2", "i3", "i4", "i9")]
    assert [x[2:4] for x in states] == ["03", "08", "04", "12", "01"]
    assert f"AH{DUE}|" in states[2]
    assert states[4][26:].startswith("ABi9|AJ|")


def test_a_session_is_ended(town: FakeSip2) -> None:
    with connected(town) as client:
        assert client.ask(f"35{NOW}AOmain|AAp1|").startswith("36Y" + NOW)


# -- what is lent and returned ---------------------------------------------------------------------


def test_a_loan_and_its_return_are_carried_out_and_written_down(town: FakeSip2) -> None:
    with connected(town, error_detection=True) as client:
        assert client.ask(checkout("i1")).startswith("121NUY" + NOW)
        assert client.ask(renewal("i1")).startswith("301YUY")
        assert client.ask(checkin("i1")).startswith("101NUN" + NOW)
        assert client.ask(checkin("i1")).startswith("100")
    assert ops(town) == [
        ("checkout", "p1", "i1", BY_RULE),
        ("renewal", "p1", "i1", BY_RULE),
        ("checkin", "p1", "i1", NOW),
    ]
    assert [(x["message"], x["at"], x["sequence"]) for x in town.ledger()] == [
        ("11", NOW, 1),
        ("29", NOW, 2),
        ("09", NOW, 3),
    ]


@pytest.mark.parametrize(
    ("item", "patron", "words"),
    [
        ("i9", "p1", "Invalid Item"),
        ("i1", "nobody", "Invalid Patron"),
        ("i1", "p3", "Patron debarred"),
        ("i2", "p1", "Item is on hold for another patron."),
        (
            "i3",
            "p1",
            "Item already checked out to another patron.  Please return item for check-in.",
        ),
        ("i4", "p1", "Item cannot be issued: ITEM_LOST"),
    ],
)
def test_a_refusal_changes_nothing(town: FakeSip2, item: str, patron: str, words: str) -> None:
    with connected(town) as client:
        reply = client.ask(checkout(item, patron))
    assert reply.startswith("120NUN")
    assert f"AF{words}|" in reply
    assert ops(town) == []


@pytest.mark.parametrize(
    ("personality", "becomes"),
    [
        ("plain", [("checkin", "p2", "i3", NOW), ("checkout", "p1", "i3", DUE)]),
        ("koha-new", [("checkin", "p2", "i3", NOW), ("checkout", "p1", "i3", DUE)]),
        (
            "koha-mid",
            [("checkin", "p2", "i3", NOW), ("checkout", "p1", "i3", "20261219    235900")],
        ),
        ("koha-old", []),
        ("sipserver", []),
        ("folio", []),
    ],
)
def test_no_block_is_honoured_by_some_and_ignored_by_others(
    town: FakeSip2, personality: str, becomes: list[tuple[str, str, str, str]]
) -> None:
    town.be(personality)
    with connected(town) as client:
        client.send(checkout("i3", no_block="Y"))
        client.hear()
    assert ops(town) == becomes
    assert [x["implied"] for x in town.ledger()] == [True, False][: len(becomes)]


def test_with_a_blank_due_date_koha_forgets_the_no_block(town: FakeSip2) -> None:
    blank = checkout("i2", no_block="Y", due=" " * 18)
    for personality, accepted in (("koha-new", "120"), ("plain", "121")):
        town.be(personality)
        with connected(town) as client:
            assert client.ask(blank).startswith(accepted)


def test_koha_before_the_mend_says_no_due_date(town: FakeSip2) -> None:
    town.be("koha-mid")
    with connected(town) as client:
        assert "|AH|" in client.ask(checkout("i1", no_block="Y"))


def test_a_checkout_of_ones_own_loan_renews_it(town: FakeSip2) -> None:
    with connected(town) as client:
        reply = client.ask(checkout("i3", "p2"))
        assert reply.startswith("121Y")
        assert "AFItem already checked out to you: renewing item.|" in reply
        town.be("folio")
    with connected(town) as client:
        assert client.ask(checkout("i3", "p2")).startswith("120")
    assert ops(town) == [("renewal", "p2", "i3", BY_RULE)]


# -- error detection -------------------------------------------------------------------------------


def test_a_damaged_request_is_asked_for_again_and_not_carried_out(town: FakeSip2) -> None:
    with connected(town, error_detection=True) as client:
        client.send_bytes(checkout("i1").encode() + b"AY1AZ0000\r")
        assert client.hear() == b"96AZFEF6\r"
        client.send("97")
        assert client.hear() == b"96AZFEF6\r"  # what was said last is the 96 itself
        assert client.ask(checkout("i1")).startswith("121")
    assert len(town.ledger()) == 1


@pytest.mark.parametrize(("personality", "sequence"), [("plain", "AY1"), ("sipserver", "AY0")])
def test_what_was_said_last_is_said_again(town: FakeSip2, personality: str, sequence: str) -> None:
    town.be(personality)
    with connected(town, error_detection=True) as client:
        first = client.ask(checkout("i1"))
        client.send("97")
        again = client.hear().decode(errors="replace")
    assert first.rstrip().startswith(again.rpartition("AY")[0])
    assert sequence in again
    assert again.endswith("\r")
    assert len(town.ledger()) == 1


@pytest.mark.parametrize(
    ("personality", "times"), [("koha-new", 2), ("sipserver", 2), ("plain", 2), ("folio", 1)]
)
def test_the_same_request_twice_is_carried_out_twice_but_by_folio(
    town: FakeSip2, personality: str, times: int
) -> None:
    town.be(personality)
    with connected(town, error_detection=True) as client:
        first = client.ask(checkout("i1"))
        client.send_bytes(town.heard("11")[-1].encode() + b"\r")
        again = client.hear().decode(errors="replace")
    assert len(town.ledger()) == times
    assert (again == first) == (times == 1)


def test_each_server_writes_in_its_own_way(town: FakeSip2) -> None:
    ends = {}
    for personality in PERSONALITIES:
        town.be(personality)
        with connected(town, error_detection=True) as client:
            client.send(f"17{NOW}AOmain|ABi1|")
            ends[personality] = client.hear()
    assert ends["plain"].endswith(b"\r")
    assert ends["koha-new"].endswith(b"\r\n")
    assert ends["sipserver"].endswith(b"AY1AZ0000\r\n")
    assert "Straße".encode("cp850") in ends["folio"]
    assert "Straße".encode() in ends["plain"]


# -- connections -----------------------------------------------------------------------------------


def test_without_a_login_it_hangs_up(town: FakeSip2) -> None:
    with connected(town, login=False) as client:
        assert client.ask("9900802.00") == ""
    with connected(town, login=False) as client:
        assert client.ask("9300CNkiosk|COwrong|") == "940\r"
        assert client.ask(LOGIN) == "941\r"


def test_an_unknown_message_gets_a_96_or_the_end(town: FakeSip2) -> None:
    with connected(town) as client:
        assert client.ask("5500") == "96\r"
    town.be("sipserver")
    with connected(town) as client:
        assert client.ask("5500") == ""


def test_the_silent_are_hung_up_on(town: FakeSip2) -> None:
    town.be(rules={"idle": 0.03})
    with connected(town) as client:
        assert client.hear() == b""


def test_a_second_client_is_accepted_and_never_answered(town: FakeSip2) -> None:
    town.be(rules={"one_client": True})
    with connected(town) as first, connected(town, login=False) as second:
        second.send(LOGIN)
        assert second.says_nothing()
        assert first.ask("9900802.00").startswith("98")


def test_the_network_goes_down_and_comes_back_on_the_same_port(town: FakeSip2) -> None:
    with connected(town) as client:
        town.do("listen", on=False)
        with pytest.raises(OSError, match="reset"):
            client.hear()
    with pytest.raises(ConnectionRefusedError), connected(town):
        pass
    town.do("listen", on=True)
    with connected(town) as client:
        assert client.ask("9900802.00").startswith("98")


def test_what_was_carried_out_survives_a_kill(tmp_path: Path) -> None:
    with FakeSip2(tmp_path / "world.jsonl", "koha-new") as fake:
        fake.world(patrons=[{"card": "p1"}], items=[{"item": "i1"}, {"item": "i2"}])
        with connected(fake) as client:
            client.ask(checkout("i1", no_block="Y"))
            client.ask(checkout("i2"))
            client.ask(checkin("i2"))
        before, loans = fake.ledger(), fake.do("loans")
        port = fake.port
        fake.kill()
        with (tmp_path / "world.jsonl").open("a") as file:
            file.write('{"done": {"op": "check')  # the line at which it was killed
        fake.start()
        assert (fake.ledger(), fake.do("loans"), fake.port) == (before, loans, port)
        with connected(fake) as client:
            client.ask(checkin("i1"))
        fake.kill()
        fake.start()
        assert [x["op"] for x in fake.ledger()] == ["checkout", "checkout", "checkin", "checkin"]


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["lost", "close", "reset", "hang"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reply_is_lost_before_or_after_acting(town: FakeSip2, where: str, when: str) -> None:
    town.fault(f"{where}-{when}")
    with connected(town) as client:
        client.send(checkout("i1"))
        if where == "close":
            assert client.hear() == b""
        elif where == "reset":
            with pytest.raises(ConnectionResetError):
                client.hear()
        else:
            assert client.says_nothing()
            client.send("9900802.00")
            assert client.says_nothing() == (where == "hang")
    assert len(town.ledger()) == (when == "after")
    assert town.do("struck") == {f"{where}-{when}": 1}


def test_a_reply_breaks_off_in_the_middle(town: FakeSip2) -> None:
    town.fault("half-and-close")
    with connected(town) as client:
        assert 0 < len(client.ask(checkout("i1"))) < 60
    assert len(town.ledger()) == 1


def test_a_reply_drips(town: FakeSip2) -> None:
    town.fault("drip")
    with connected(town) as client:
        assert client.ask(checkout("i1")).startswith("121")


def reply_to(fake: FakeSip2, name: str, **when: Any) -> str:
    fake.fault(name, **when)
    with connected(fake, error_detection=True) as client:
        return client.ask(checkout("i1"))


def test_checksums_go_wrong_or_missing(town: FakeSip2) -> None:
    wrong = reply_to(town, "wrong-checksum").rstrip()
    assert wire.checksum(wrong[:-4].encode()) != wrong[-4:]
    assert reply_to(town, "missing-checksum").endswith("AY1\r")
    assert reply_to(town, "zero-checksum").endswith("AZ0000\r")
    assert "AY" not in reply_to(town, "no-sequence")


def test_a_request_is_asked_for_again_several_times(town: FakeSip2) -> None:
    town.fault("ask-again", times=2)
    with connected(town, error_detection=True) as client:
        replies = [client.ask(checkout("i1")) for _ in range(3)]
    assert replies[:2] == ["96AZFEF6\r"] * 2
    assert replies[2].startswith("121")
    assert len(town.ledger()) == 1


def test_fields_go_missing_or_come_twice_and_dates_are_blank(town: FakeSip2) -> None:
    assert "AB" not in reply_to(town, "missing-fields")
    assert reply_to(town, "repeated-fields").count("ABi1|") == 2
    assert NOW not in reply_to(town, "blank-dates")
    assert "|AH28/11/2026|" in reply_to(town, "free-text-due")
    assert "|AY" not in reply_to(town, "no-last-bar")
    assert reply_to(town, "lf").endswith("\n")


def test_a_refusal_has_odd_words(town: FakeSip2) -> None:
    words = "Ü|\x07" + "x" * 300
    reply = reply_to(town, "refused", words=words)
    assert reply.startswith("120")
    assert f"AFÜ&#124;\x07{'x' * 300}|" in reply
    assert town.ledger() == []


def test_another_reply_comes_instead_or_first(town: FakeSip2) -> None:
    assert reply_to(town, "another").startswith("36")
    assert "AB39999999999999|" in reply_to(town, "stale")
    town.fault("stale-first")
    with connected(town) as client:
        assert "AB39999999999999|" in client.ask(checkout("i1"))
        assert "ABi1|" in client.hear().decode()


def test_the_ok_is_odd(town: FakeSip2) -> None:
    assert reply_to(town, "odd-ok").startswith("12Y")
    assert reply_to(town, "odd-ok-before").startswith("12 ")
    assert len(town.ledger()) == 1


def test_a_login_is_refused_and_the_library_off_line(town: FakeSip2) -> None:
    town.fault("login-refused")
    town.fault("off-line")
    with connected(town, login=False) as client:
        assert client.ask(LOGIN) == "940\r"
        assert client.ask(LOGIN) == "941\r"
        assert client.ask("9900802.00").startswith("98N")
        assert client.ask("9900802.00").startswith("98Y")


def test_faults_strike_some_messages_some_times(town: FakeSip2) -> None:
    town.fault("refused", on=["09"])
    town.fault("refused", item="i1", skip=1, times=1)
    with connected(town) as client:
        assert [client.ask(checkout("i1"))[2] for _ in range(3)] == ["1", "0", "1"]
        assert [client.ask(checkin("i1"))[2] for _ in range(2)] == ["0", "1"]
    town.do("clear")
    town.fault("refused", times=None, chance=0.5, seed=3)
    with connected(town) as client:
        said = [client.ask(checkout("i1"))[2] for _ in range(40)]
    assert 8 < said.count("0") < 32


def test_every_fault_can_be_armed(town: FakeSip2) -> None:
    for name in FAULTS:
        town.fault(name)
    with pytest.raises(ValueError, match="no such fault"):
        town.fault("no such fault")
