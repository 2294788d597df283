"""From a source to the built list: files in a folder, a real HTTP server, and what goes wrong."""

from __future__ import annotations

import base64
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.blocklists import JONAS, MADE, MAYA, ZONE, built
from support.patience import PATIENCE

from kiosk.daybook.blocklist import refresh as refreshing
from kiosk.daybook.blocklist import sources
from kiosk.daybook.blocklist.child import Refresh, encode
from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.daybook.blocklist.file import BlockListFile
from kiosk.daybook.blocklist.refresh import import_file, refresh
from kiosk.daybook.blocklist.settings import BlockListSettings, CsvSettings
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOVEMBER = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=ZONE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder, with a list in use."""
    folder = tmp_path / "data"
    folder.mkdir()
    built(folder, [(JONAS, "barred")], NOVEMBER.replace(day=1))
    return folder


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def lists_in(folder: Path, **more: object) -> BlockListSettings:
    return replace(BlockListSettings(folder=folder), **more)


def put(folder: Path, name: str, content: str | bytes, at: datetime = NOVEMBER) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (at.timestamp(), at.timestamp()))


def in_use(data: Path) -> BlockListFile:
    return BlockListFile(data / "blocklist")


def refused(run: Callable[[], object], data: Path) -> str:
    """Give the key of what is said; the old list has to be in its place, and nothing else."""
    before = (data / "blocklist").read_bytes()
    with pytest.raises(BlockListError) as caught:
        run()
    assert (data / "blocklist").read_bytes() == before
    assert {path.name for path in data.iterdir()} <= {"blocklist", "blocklist.lock"}
    return caught.value.phrase.key


# -- folders -----------------------------------------------------------------------------------


def test_the_newest_file_of_the_pattern_is_taken(data: Path, stick: Path) -> None:
    put(stick, "a/list1.txt", f"{MAYA} L\n", NOVEMBER.replace(day=18))
    put(stick, "a/b/list2.txt", f"{JONAS} L\n", NOVEMBER.replace(day=19))
    put(stick, "a/list3.bak", "rubbish", NOVEMBER.replace(day=20))
    header = refresh(lists_in(stick, files="**/*.txt"), data, ZONE, NOW)
    assert header is not None
    assert header.made.date() == date(2026, 11, 19)
    listed = in_use(data).listed(JONAS)
    assert listed is not None
    assert listed.statuses == ("lost",)
    assert in_use(data).listed(MAYA) is None


def test_the_same_file_is_not_built_twice(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None
    assert refresh(lists_in(stick), data, ZONE, NOW) is None
    put(stick, "list.txt", f"{MAYA} B\n", NOVEMBER.replace(hour=10))
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"statuses": {"L": "barred"}},
        {"format": "csv", "csv": CsvSettings(header=False, barcode="1", delimiter=" ")},
        {"default_status": "expired"},
        {"encoding": "latin-1"},
    ],
)
def test_the_same_file_read_by_other_settings_is_another_list(
    data: Path, stick: Path, change: dict[str, object]
) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    refresh(lists_in(stick), data, ZONE, NOW)
    assert refresh(lists_in(stick, **change), data, ZONE, NOW) is not None
    assert refresh(lists_in(stick, **change), data, ZONE, NOW) is None


def test_what_decides_nothing_about_a_list_does_not_build_it_again(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    refresh(lists_in(stick, statuses={"X": "lost", "Y": "barred"}), data, ZONE, NOW)
    same = lists_in(stick, statuses={"Y": "barred", "X": "lost"}, oldest_days=2, password="new")
    assert refresh(same, data, ZONE, NOW) is None


def test_a_day_given_by_hand_stays_with_the_list_of_the_same_file(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    import_file(stick / "list.txt", lists_in(stick), data, ZONE, NOW, made=MADE)
    assert refresh(lists_in(stick), data, ZONE, NOW) is None


def test_a_damaged_list_is_built_again_from_the_same_file(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    refresh(lists_in(stick), data, ZONE, NOW)
    (data / "blocklist").write_bytes(b"")
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None


def test_no_file_no_folder_and_a_folder_that_cannot_be_read(data: Path, stick: Path) -> None:
    assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == "blocklist.no_file"
    gone = lists_in(stick / "nowhere")
    assert refused(lambda: refresh(gone, data, ZONE, NOW), data) == "blocklist.no_file"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "blocklist.empty"),
        ("<html>log in</html>", "blocklist.web_page"),
        ("MZ\0\0", "blocklist.not_text"),
        ("one two three\n" * 50, "blocklist.unknown_statuses"),
    ],
)
def test_what_is_no_list_leaves_the_old_one(
    data: Path, stick: Path, content: str, why: str
) -> None:
    put(stick, "list.txt", content)
    assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == why


def test_a_list_that_lost_half_of_its_cards_is_taken_for_a_part(data: Path, stick: Path) -> None:
    put(stick, "list.txt", "".join(f"{n} L\n" for n in range(1000)))
    refresh(lists_in(stick), data, ZONE, NOW)
    put(stick, "list.txt", "".join(f"{n} L\n" for n in range(499)), NOVEMBER.replace(day=21))
    assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == "blocklist.too_short"
    put(stick, "list.txt", "".join(f"{n} L\n" for n in range(500)), NOVEMBER.replace(day=22))
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None


def test_an_older_list_takes_the_place_of_a_newer_one_by_hand_alone(
    data: Path, stick: Path
) -> None:
    put(stick, "list.txt", f"{MAYA} L\n", NOVEMBER.replace(day=16))
    built(data, [(JONAS, "lost")], NOVEMBER)
    with pytest.raises(BlockListError) as caught:
        refresh(lists_in(stick), data, ZONE, NOW)
    assert caught.value.phrase == say("blocklist.older", made="2026-11-16", used="2026-11-20")
    assert in_use(data).listed(JONAS) is not None
    import_file(stick / "list.txt", lists_in(stick), data, ZONE, NOW)
    assert in_use(data).listed(MAYA) is not None


def test_a_date_without_a_time_is_not_older_than_the_same_day(data: Path, stick: Path) -> None:
    built(data, [(JONAS, "lost")], NOVEMBER)
    put(stick, "list 2026-11-19", f"{MAYA} L\n")
    settings = lists_in(stick, date_from="name")
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == "blocklist.older"
    put(stick, "list 2026-11-20", f"{MAYA} L\n", NOVEMBER.replace(hour=10))
    assert refresh(settings, data, ZONE, NOW) is not None


def test_a_list_from_the_future_does_not_keep_others_away(data: Path, stick: Path) -> None:
    built(data, [(JONAS, "lost")], NOVEMBER.replace(year=2027))
    put(stick, "list.txt", f"{MAYA} L\n")
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None


def test_a_short_list_may_lose_any_part(data: Path, stick: Path) -> None:
    put(stick, "list.txt", "".join(f"{n} L\n" for n in range(100)))
    refresh(lists_in(stick), data, ZONE, NOW)
    put(stick, "list.txt", "1 L\n", NOVEMBER.replace(day=21))
    assert refresh(lists_in(stick), data, ZONE, NOW) is not None


def test_by_hand_a_list_of_any_length_can_be_taken(data: Path, stick: Path) -> None:
    put(stick, "list.txt", "".join(f"{n} L\n" for n in range(1000)))
    refresh(lists_in(stick), data, ZONE, NOW)
    put(stick, "short.txt", "1 L\n")
    part = stick / "short.txt"
    by_hand = BlockListSettings()
    taken = lambda s: import_file(part, s, data, ZONE, NOW)  # noqa: E731
    assert refused(lambda: taken(by_hand), data) == "blocklist.too_short"
    assert taken(replace(by_hand, smallest_share=0.0)).cards == 1


def test_what_other_systems_hide_on_a_stick_is_no_list(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n", NOVEMBER.replace(day=19))
    put(stick, "._list.txt", "\0\5\26\7")
    put(stick, ".Trashes/501/list.txt", f"{JONAS} L\n")
    header = refresh(lists_in(stick, files="**/*"), data, ZONE, NOW)
    assert header is not None
    assert header.made.day == 19


def test_the_lists_date_can_stand_in_its_first_line(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"Block list of 2026-11-18, 02:30\n{MAYA} L\n")
    header = refresh(lists_in(stick, date_from="first_line"), data, ZONE, NOW)
    assert header is not None
    assert (header.made.date(), header.cards, header.unreadable) == (date(2026, 11, 18), 1, 0)


def test_the_lists_date_can_stand_in_its_name(data: Path, stick: Path) -> None:
    put(stick, "blocked_20261117.txt", f"{MAYA} L\n")
    header = refresh(lists_in(stick, date_from="name"), data, ZONE, NOW)
    assert header is not None
    assert header.made.date() == date(2026, 11, 17)


def test_the_lists_date_can_stand_in_a_file_beside_it(data: Path, stick: Path) -> None:
    put(stick, "dumpdate", "2026/11/16 02:30\n")
    put(stick, "delinq.txt", f"{MAYA} L\n")
    settings = lists_in(stick, files="*.txt", date_from="date_file", date_file="dumpdate")
    header = refresh(settings, data, ZONE, NOW)
    assert header is not None
    assert header.made.date() == date(2026, 11, 16)
    (stick / "dumpdate").unlink()
    put(stick, "delinq.txt", f"{MAYA} B\n", NOVEMBER.replace(day=22))
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == "blocklist.file_unreadable"


@pytest.mark.parametrize("first", ["21234000094417 L", "", "2026-13-45", "11/21/2026"])
def test_a_first_line_without_a_date_refuses_the_list(data: Path, stick: Path, first: str) -> None:
    put(stick, "list.txt", f"{first}\n{MAYA} L\n")
    settings = lists_in(stick, date_from="first_line")
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == "blocklist.no_date"


def test_a_file_that_is_still_being_written_is_not_taken(
    data: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    check = refreshing.Tally.check

    def meanwhile(tally: refreshing.Tally, *, ended: bool) -> None:
        with (stick / "list.txt").open("a") as file:
            file.write("1 L\n")
        check(tally, ended=ended)

    monkeypatch.setattr(refreshing.Tally, "check", meanwhile)
    assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == "blocklist.changing"


@pytest.mark.parametrize("beside", [False, True])
def test_a_pipe_in_the_place_of_a_list_holds_up_nobody(
    data: Path, stick: Path, beside: bool
) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    os.mkfifo(stick / "pipe")
    settings = lists_in(stick)
    if beside:
        settings = lists_in(stick, date_from="date_file", date_file="pipe")
    file = stick / ("list.txt" if beside else "pipe")
    taken = lambda: import_file(file, settings, data, ZONE, NOW)  # noqa: E731
    assert refused(taken, data) == "blocklist.no_plain_file"
    device = lambda: import_file(Path("/dev/zero"), settings, data, ZONE, NOW)  # noqa: E731
    assert refused(device, data) == "blocklist.no_plain_file"


def test_half_a_line_at_the_end_is_half_a_list(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n{JONAS} L\n{MAYA[:9]}")
    run = lambda: refresh(lists_in(stick), data, ZONE, NOW)  # noqa: E731
    assert refused(run, data) == "blocklist.half_a_line"


def test_a_list_of_other_numbers_than_the_librarys_cards_is_refused(
    data: Path, stick: Path
) -> None:
    put(stick, "list.txt", "31234000094417 L\n" * 200)
    settings = lists_in(stick, cards=(r"2\d{13}",))
    run = lambda: refresh(settings, data, ZONE, NOW)  # noqa: E731
    assert refused(run, data) == "blocklist.unlike_cards"


def test_a_full_disk_is_left_to_the_daybook(
    data: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    monkeypatch.setattr(refreshing, "SPARE", 1 << 60)
    assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == "blocklist.no_room"


def test_a_list_waits_a_little_for_another_that_is_being_made(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    with ThreadPoolExecutor() as other, refreshing._alone(data):
        waiting = other.submit(refresh, lists_in(stick), data, ZONE, NOW)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
    assert waiting.result() is not None


def test_two_lists_are_not_made_at_once(
    data: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "PATIENCE", 0.1)
    put(stick, "list.txt", f"{MAYA} L\n")
    with refreshing._alone(data):
        assert refused(lambda: refresh(lists_in(stick), data, ZONE, NOW), data) == "blocklist.busy"


# -- URLs --------------------------------------------------------------------------------------


class Server:
    """A web server on this machine that gives out one list, well or badly."""

    def __init__(self) -> None:
        self.content = f"{MAYA} L\n".encode()
        self.headers = {"Last-Modified": "Fri, 20 Nov 2026 06:30:00 GMT"}
        self.status = 200
        self.drips = False
        self.missing = 0
        """So many bytes of what was announced never come."""
        self.user = ""
        self.pause = threading.Event()
        self.asked: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.pause.set()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        self.asked.append(dict(to.headers))
        if to.path == "/moved":
            self._send(to, 302, {"Location": "/list.txt", "Set-Cookie": "ses=abc"}, b"")
        elif self.user and to.headers.get("Authorization") != self.user:
            self._send(to, 401, {}, b"who are you?")
        elif to.headers.get("If-Modified-Since") == self.headers.get("Last-Modified", ""):
            self._send(to, 304, {}, b"")
        else:
            self._send(to, self.status, self.headers, self.content)

    def _send(
        self, to: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        self.pause.wait(5)
        if self.drips:
            self._drip(to, body)
        else:
            to.wfile.write(body[: len(body) - self.missing])

    def _drip(self, to: BaseHTTPRequestHandler, body: bytes) -> None:
        with suppress(OSError):  # nobody listens any more
            for byte in body:
                to.wfile.write(bytes([byte]))
                time.sleep(0.01)

    def speak_https(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(__file__).with_name("self-signed.pem"))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def settings(self, path: str = "/list.txt", **more: object) -> BlockListSettings:
        port = self._server.server_address[1]
        url = f"http://127.0.0.1:{port}{path}"
        return replace(BlockListSettings(url=url, timeout=2.0), **more)

    def stop(self) -> None:
        self.pause.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def test_a_list_is_had_from_a_url_with_the_servers_date(data: Path, server: Server) -> None:
    header = refresh(server.settings(), data, ZONE, NOW)
    assert header is not None
    assert header.made == datetime(2026, 11, 20, 7, 30, tzinfo=ZONE)
    assert in_use(data).listed(MAYA) is not None


def test_a_list_that_is_still_the_same_is_not_sent_again(data: Path, server: Server) -> None:
    refresh(server.settings(), data, ZONE, NOW)
    assert refresh(server.settings(), data, ZONE, NOW) is None
    server.headers = {"Last-Modified": "Sat, 21 Nov 2026 06:30:00 GMT"}
    assert refresh(server.settings(), data, ZONE, NOW) is not None


def test_a_list_is_sent_again_where_address_or_statuses_are_others(
    data: Path, server: Server
) -> None:
    refresh(server.settings(), data, ZONE, NOW)
    assert refresh(server.settings(statuses={"L": "barred"}), data, ZONE, NOW) is not None
    assert "If-Modified-Since" not in server.asked[-1]
    assert refresh(server.settings("/other.txt"), data, ZONE, NOW) is not None
    assert refresh(server.settings("/other.txt"), data, ZONE, NOW) is None


def test_a_list_without_a_date_of_its_own_is_of_the_moment(data: Path, server: Server) -> None:
    server.headers = {}
    header = refresh(server.settings(), data, ZONE, NOW)
    assert header is not None
    assert (header.made, header.built) == (NOW, NOW)
    assert refresh(server.settings(), data, ZONE, NOW) is not None


@pytest.mark.parametrize("stamp", ["yesterday", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_servers_date_that_is_none_is_passed_over(data: Path, server: Server, stamp: str) -> None:
    server.headers = {"Last-Modified": stamp}
    header = refresh(server.settings(), data, ZONE, NOW)
    assert header is not None
    assert header.made == NOW


def test_a_certificate_that_nobody_signed_is_told_as_one(data: Path, server: Server) -> None:
    server.speak_https()
    settings = server.settings()
    secure = replace(settings, url=settings.url.replace("http:", "https:"))
    assert refused(lambda: refresh(secure, data, ZONE, NOW), data) == "blocklist.not_trusted"


def test_https_where_there_is_none_is_told_as_such(data: Path, server: Server) -> None:
    settings = server.settings()
    secure = replace(settings, url=settings.url.replace("http:", "https:"))
    assert refused(lambda: refresh(secure, data, ZONE, NOW), data) == "blocklist.no_https"


def test_staff_sign_in_and_are_sent_on_with_a_cookie(data: Path, server: Server) -> None:
    server.user = "Basic " + base64.b64encode(b"kiosk:se:cret").decode()
    settings = server.settings("/moved", user="kiosk", password="se:cret")
    assert refresh(settings, data, ZONE, NOW) is not None
    assert server.asked[-1]["Cookie"] == "ses=abc"


def test_a_refused_login_is_told_as_one(data: Path, server: Server) -> None:
    server.user = "Basic nobody"
    run = lambda: refresh(server.settings(user="kiosk", password="x"), data, ZONE, NOW)  # noqa: E731
    assert refused(run, data) == "blocklist.login_refused"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": 404}, "blocklist.http_status"),
        ({"status": 500}, "blocklist.server_fault"),
        ({"status": 403}, "blocklist.login_refused"),
        ({"missing": 3}, "blocklist.cut_off"),
        ({"content": b""}, "blocklist.empty"),
        ({"content": b"<html>log in</html>"}, "blocklist.web_page"),
        ({"content": b"1", "headers": {"Content-Type": "text/html"}}, "blocklist.web_page"),
        ({"content": b"1 L\n" * (1 << 19)}, "blocklist.too_large"),
    ],
)
def test_what_a_server_gives_instead_leaves_the_old_list(
    data: Path, server: Server, change: dict[str, object], why: str
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    settings = server.settings(largest_mb=1)
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == why


def test_a_server_that_hangs_is_given_up(data: Path, server: Server) -> None:
    server.pause.clear()
    settings = server.settings(timeout=0.2)
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == "blocklist.slow"


def test_a_server_that_drips_is_given_up(
    data: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LONGEST", 0.3)
    server.content, server.drips = b"1 L\n" * 1000, True
    begun = time.monotonic()
    assert refused(lambda: refresh(server.settings(), data, ZONE, NOW), data) == "blocklist.slow"
    assert time.monotonic() - begun < 2


def test_an_older_list_is_refused_before_it_is_sent(data: Path, server: Server) -> None:
    built(data, [(JONAS, "lost")], NOVEMBER.replace(day=22))
    server.missing = 1  # reading it would be an error
    assert refused(lambda: refresh(server.settings(), data, ZONE, NOW), data) == "blocklist.older"


def test_no_server_is_told_with_its_name(data: Path, server: Server) -> None:
    settings = server.settings()
    server.stop()
    assert refused(lambda: refresh(settings, data, ZONE, NOW), data) == "blocklist.unreachable"


# -- the child process -------------------------------------------------------------------------


def _child(settings: BlockListSettings, data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kiosk.daybook.blocklist.child"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(encode(Refresh(data, ZONE.key, NOW, settings)))
    child.stdin.close()
    return child


@pytest.mark.parametrize("after", [0.05, 0.1, 0.15, 0.2, 0.3, 0.4])
def test_a_child_that_is_killed_leaves_one_whole_list(
    data: Path, stick: Path, after: float
) -> None:
    put(stick, "list.txt", "".join(f"{n} L\nA{n} B\n" for n in range(30_000)))
    child = _child(lists_in(stick), data)
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert in_use(data).header.cards in (1, 60_000)
    header = refresh(lists_in(stick), data, ZONE, NOW)
    assert header is None or header.cards == 60_000
    assert {path.name for path in data.iterdir()} == {"blocklist", "blocklist.lock"}


def test_the_old_list_is_used_while_a_new_one_is_made(data: Path, server: Server) -> None:
    before = in_use(data)
    server.pause.clear()
    child = _child(server.settings(timeout=5.0), data)
    while not server.asked:
        assert child.poll() is None
        time.sleep(0.01)
    assert in_use(data).header == before.header
    server.pause.set()
    assert child.wait(PATIENCE) == 0
    assert in_use(data).header != before.header
    assert before.listed(JONAS) is not None


def test_the_list_made_by_hand_keeps_the_day_it_was_given(data: Path, stick: Path) -> None:
    put(stick, "list.txt", f"{MAYA} L\n")
    header = import_file(stick / "list.txt", BlockListSettings(), data, ZONE, NOW, made=MADE)
    assert header.made == MADE


def test_the_engine_never_loads_what_only_a_download_needs() -> None:
    code = "import sys, kiosk.engine; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
