"""The way to a server, step by step: its name, its port, its certificate."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from support.shift import free_port
from support.trying import problems, walked

from kiosk.ils.reaching import reach, reach_web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@asynccontextmanager
async def listening(context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def certified(ca: trustme.CA, name: str = "localhost", **more: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name, **more).configure_cert(context)
    return context


def trusting(ca: trustme.CA) -> Callable[[], ssl.SSLContext]:
    def made() -> ssl.SSLContext:
        context = ssl.create_default_context()
        ca.configure_trust(context)
        return context

    return made


async def test_a_plain_server_is_reached() -> None:
    async with listening() as port:
        found = await walked(reach("localhost", port, 2))
    assert {name: x.state for name, x in found.items()} == {
        "name": "ok", "port": "ok", "tls": "skipped"
    }  # fmt: skip


async def test_a_name_that_nobody_knows() -> None:
    assert problems(await walked(reach("no.such.host.invalid", 1, 5))) == {"name": "name_unknown"}


async def test_a_port_where_nothing_listens() -> None:
    found = await walked(reach("127.0.0.1", free_port(), 2))
    assert problems(found) == {"port": "refused_connection"}
    assert found["port"].who == "network"


async def test_a_certificate_that_is_trusted_says_until_when(ca: trustme.CA) -> None:
    async with listening(certified(ca)) as port:
        found = await walked(reach("localhost", port, 2, context=trusting(ca)))
    assert found["tls"].state == "ok"
    assert found["tls"].says.key == "trial.trusted_until"


async def test_a_certificate_that_ends_soon(ca: trustme.CA) -> None:
    async with listening(certified(ca, not_after=NOW + timedelta(days=5))) as port:
        found = await walked(reach("localhost", port, 2, context=trusting(ca)))
    assert (found["tls"].state, found["tls"].who) == ("look", "library")


@pytest.mark.parametrize(
    ("name", "when", "cause"),
    [
        ("other.example.org", {}, "tls_other_name"),
        ("localhost", {"not_after": NOW - timedelta(days=1)}, "tls_expired"),
        ("localhost", {"not_before": NOW + timedelta(days=1)}, "tls_not_yet_valid"),
    ],
)
async def test_a_certificate_that_cannot_be_trusted(
    ca: trustme.CA, name: str, when: dict[str, Any], cause: str
) -> None:
    async with listening(certified(ca, name, **when)) as port:
        found = await walked(reach("localhost", port, 2, context=trusting(ca)))
    assert problems(found) == {"tls": cause}


async def test_the_name_on_a_certificate_can_be_another_one(ca: trustme.CA) -> None:
    async with listening(certified(ca, "sip.example.org")) as port:
        found = await walked(
            reach("localhost", port, 2, context=trusting(ca), name="sip.example.org")
        )
    assert found["tls"].state == "ok"


async def test_a_signer_whom_nobody_knows(ca: trustme.CA) -> None:
    async with listening(certified(ca)) as port:
        found = await walked(reach_web(f"https://localhost:{port}", None, 2))
    assert problems(found) == {"tls": "tls_unknown_signer"}


async def test_the_signer_of_a_web_server_stands_in_ca_file(ca: trustme.CA, tmp_path: Path) -> None:
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with listening(certified(ca)) as port:
        found = await walked(reach_web(f"https://localhost:{port}", tmp_path / "ca.pem", 2))
    assert found["tls"].state == "ok"


async def test_a_plain_server_that_should_speak_tls(ca: trustme.CA) -> None:
    async with listening() as port:
        found = await walked(reach("localhost", port, 2, context=trusting(ca)))
    assert problems(found) == {"tls": "not_tls"}


async def test_certificate_files_that_cannot_be_read(tmp_path: Path) -> None:
    async with listening() as port:
        found = await walked(reach_web(f"https://localhost:{port}", tmp_path / "no.pem", 2))
    assert problems(found) == {"tls": "tls_files"}
