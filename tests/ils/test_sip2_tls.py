"""SIP2 through TLS, and the sentences that say what is wrong with it: against real TLS servers."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from support.sip2_script import (
    LENT,
    PATRON,
    Peer,
    answering,
    checkout,
    client,
    codes,
    server,
)

from kiosk.desk.words import say
from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TODAY = datetime.now(UTC)
HOST = "localhost"


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    """Whoever signs."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="module")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def certified(ca: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """Make what a server needs: a certificate for a name, by default a good one."""

    def made(name: str = HOST, **when: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(name, **when).configure_cert(context)
        return context

    return made


async def reason(port: int, **settings: Any) -> str:
    """Why a client cannot say hello, by its key; its sentence can be written."""
    with pytest.raises(Unreachable) as error:
        await client(port, **{"host": HOST, "timeout": 2.0, **settings}).hello()
    assert Words()(error.value.reason)
    return error.value.reason.key


async def test_a_patron_is_known_and_an_item_lent_through_tls(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async with server(answering(PATRON, LENT), tls=certified()) as served:
        library = client(served.port, host=HOST, tls=True, ca_file=ca_file)

        assert (await library.patron("21234000094417")).name == "Maya Okafor"
        assert (await library.send(checkout(), no_block=False)).kind == "applied"
    assert codes(served.heard[0]) == ["99", "63", "11"]


async def test_a_certificate_may_be_for_an_address(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async with server(answering(), tls=certified("127.0.0.1")) as served:
        await client(served.port, tls=True, ca_file=ca_file).hello()


async def test_a_certificate_may_be_for_another_name_that_is_told(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    tls = certified("sip.example.org")
    async with server(answering(), tls=tls) as served:
        name = "sip.example.org"
        await client(served.port, host=HOST, tls=True, ca_file=ca_file, server_name=name).hello()


async def test_a_certificate_for_another_name_is_refused(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async with server(answering(), tls=certified("elsewhere.example.org")) as served:
        assert await reason(served.port, tls=True, ca_file=ca_file) == "library.tls_other_name"


async def test_so_is_one_for_another_address(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async with server(answering(), tls=certified("10.0.0.1")) as served:
        key = await reason(served.port, host="127.0.0.1", tls=True, ca_file=ca_file)

    assert key == "library.tls_other_name"


async def test_an_expired_certificate_is_refused(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    tls = certified(not_before=TODAY - timedelta(days=30), not_after=TODAY - timedelta(days=1))
    async with server(answering(), tls=tls) as served:
        assert await reason(served.port, tls=True, ca_file=ca_file) == "library.tls_expired"


async def test_one_that_is_not_valid_yet_points_to_the_clock(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    tls = certified(not_before=TODAY + timedelta(days=10), not_after=TODAY + timedelta(days=20))
    async with server(answering(), tls=tls) as served:
        assert await reason(served.port, tls=True, ca_file=ca_file) == "library.tls_not_yet_valid"


async def test_one_that_nobody_known_has_signed_is_refused(
    certified: Callable[..., ssl.SSLContext],
) -> None:
    async with server(answering(), tls=certified()) as served:
        assert await reason(served.port, tls=True) == "library.tls_unknown_signer"


async def test_a_plain_server_that_hangs_up_on_tls_is_told_from_one_that_is_down() -> None:
    async def hangs_up(peer: Peer) -> None:
        await peer.reader.read(100)
        await peer.hang_up()

    async with server(hangs_up) as served:
        assert await reason(served.port, tls=True) == "library.not_tls"


async def test_so_is_one_that_waits_for_the_end_of_a_message() -> None:
    async def waits(peer: Peer) -> None:
        await asyncio.Event().wait()

    async with server(waits) as served:
        key = await reason(served.port, tls=True, connect_timeout=0.2)

    assert key == "library.not_tls"


async def test_so_is_one_that_answers_in_words() -> None:
    async def answers(peer: Peer) -> None:
        await peer.reader.read(100)
        peer.writer.write(b"Login failed shutting down\r\n")

    async with server(answers) as served:
        assert await reason(served.port, tls=True) == "library.not_tls"


@contextmanager
def refusing(context: ssl.SSLContext) -> Iterator[int]:
    """Serve one connection as servers do that are not asyncio's: they say why they refuse it.

    And they listen until the client has heard it: to hang up before would take it back.
    """

    def serve() -> None:
        connection, _ = listening.accept()
        line = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with line:
            with suppress(OSError):
                line.do_handshake()
            while socket.socket.recv(line, 100):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


async def test_a_tls_server_that_is_spoken_to_in_the_plain_may_answer_with_an_alert() -> None:
    async def alerts(peer: Peer) -> None:
        await peer.reader.read(100)
        peer.writer.write(bytes.fromhex("15030100020246"))

    async with server(alerts) as served:
        assert await reason(served.port) == "library.wants_tls"


async def test_one_that_just_hangs_up_as_openssl_does_has_that_among_the_reasons(
    certified: Callable[..., ssl.SSLContext],
) -> None:
    async with server(answering(), tls=certified()) as served:
        key = await reason(served.port)

    assert key == "library.hung_up"
    assert "TLS" in Words()(say(key, host=HOST))


async def test_a_server_may_want_a_certificate_of_the_kiosk(
    ca: trustme.CA, certified: Callable[..., ssl.SSLContext], ca_file: Path, tmp_path: Path
) -> None:
    tls = certified()
    tls.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(tls)
    own = ca.issue_cert("kiosk.example.org")
    certificate, key = tmp_path / "kiosk.pem", tmp_path / "kiosk.key"
    own.cert_chain_pems[0].write_to_path(certificate)
    own.private_key_pem.write_to_path(key)
    common = {"tls": True, "ca_file": ca_file}
    with refusing(tls) as port:
        assert await reason(port, **common) == "library.tls_refused"
    async with server(answering(), tls=tls) as served:
        await client(
            served.port, host=HOST, **common, certificate_file=certificate, key_file=key
        ).hello()


async def test_a_name_that_is_none_is_told_as_such(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async with server(answering(), tls=certified()) as served:
        key = await reason(served.port, tls=True, ca_file=ca_file, server_name=".example.org")

    assert key == "library.name_unknown"


async def test_files_that_went_away_are_no_reason_to_fail_otherwise(tmp_path: Path) -> None:
    gone = tmp_path / "ca.pem"
    assert await reason(1, tls=True, ca_file=gone) == "library.tls_files"


async def test_a_reply_that_is_cut_off_is_lost_as_without_tls(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    async def acts_and_dies(peer: Peer) -> None:
        await answering()(peer)
        await peer.hear()
        peer.writer.transport.abort()

    async with server(acts_and_dies, tls=certified()) as served:
        library = client(served.port, host=HOST, tls=True, ca_file=ca_file)
        with pytest.raises(ReplyLost):
            await library.send(checkout(), no_block=False)


async def test_a_server_that_hung_up_meanwhile_is_noticed_before_the_next_item_is_sent(
    certified: Callable[..., ssl.SSLContext], ca_file: Path
) -> None:
    gone = asyncio.Event()

    async def impatient(peer: Peer) -> None:
        await answering()(peer)
        await peer.hang_up()
        gone.set()

    async with server(impatient, answering(LENT), tls=certified()) as served:
        library = client(served.port, host=HOST, tls=True, ca_file=ca_file)
        await library.hello()
        await gone.wait()

        assert (await library.send(checkout(), no_block=False)).kind == "applied"
    assert [codes(heard) for heard in served.heard] == [["99"], ["99", "11"]]
