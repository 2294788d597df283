"""The way to a library system's server, step by step: its name, its port, its certificate."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kiosk.desk.words import say
from kiosk.ils import tls_failures, trial
from kiosk.ils.addresses import server
from kiosk.ils.base import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.ils.trial import Step, Steps

_SOON: Final = timedelta(days=21)
"""A certificate that ends within that is somebody's to renew."""


def reach_web(url: str, ca_file: Path | None, patience: float) -> Steps:
    """Find, connect to and trust the server of a web address."""
    encrypted = urlsplit(url).scheme == "https"

    def made() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))

    return reach(*server(url), patience, context=made if encrypted else None)


async def reach(
    host: str,
    port: int,
    patience: float,
    *,
    context: Callable[[], ssl.SSLContext] | None = None,
    name: str = "",
) -> Steps:
    """Find, connect to and trust a server; the connection is closed again.

    With a `context` it has to speak TLS, under the `name` on its certificate, `host` if none. A
    problem is the last step. `patience`: seconds for each.
    """
    found = await _found(host, port, patience)
    yield found
    if found.state == "problem":
        return
    connected = await _connected(host, port, patience)
    yield connected
    if connected.state == "problem":
        return
    if context is None:
        yield _open(str(found.says.args.get("addresses", "")))
    else:
        yield await _trusted(host, port, patience, context, name or host)


async def _found(host: str, port: int, patience: float) -> Step:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience):
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, ValueError, TimeoutError) as error:
        return trial.failure("name", _unreachable("library.name_unknown", host, port, error))
    if _is_address(host):
        return trial.fine("name", "trial.name_is_address", addresses=host)
    addresses = dict.fromkeys(str(info[4][0]) for info in infos)
    return trial.fine("name", "trial.name_found", host=host, addresses=", ".join(addresses))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _connected(host: str, port: int, patience: float) -> Step:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(host, port)
    except OSError as error:  # TimeoutError is one
        key = "library.no_network"
        if isinstance(error, ConnectionRefusedError):
            key = "library.refused_connection"
        elif isinstance(error, TimeoutError):
            key = "library.no_answer"
        return trial.failure("port", _unreachable(key, host, port, error))
    took = round((loop.time() - began) * 1000)
    await _hang_up(writer)
    return trial.fine("port", "trial.port_open", host=host, port=port, milliseconds=took)


def _open(addresses: str) -> Step:
    """Say that nothing is encrypted; in a network of one's own that is usual."""
    near = all(ip_address(each.partition("%")[0]).is_private for each in addresses.split(", "))
    if near:
        return trial.skipped("tls", "trial.not_encrypted_near")
    return trial.look("tls", "trial.why.not_encrypted", "library")


async def _trusted(
    host: str, port: int, patience: float, context: Callable[[], ssl.SSLContext], name: str
) -> Step:
    try:
        made = await asyncio.to_thread(context)
    except OSError as error:
        return trial.failure("tls", _unreachable("library.tls_files", host, port, error))
    try:
        async with asyncio.timeout(2 * patience):
            _, writer = await asyncio.open_connection(
                host, port, ssl=made, server_hostname=name, ssl_handshake_timeout=patience
            )
    except ssl.SSLError as error:
        return trial.failure(
            "tls", _unreachable(tls_failures.why(error), host, port, error), name=name
        )
    except OSError as error:  # the handshake came to nothing
        return trial.failure("tls", _unreachable("library.not_tls", host, port, error))
    certificate: dict[str, Any] = writer.get_extra_info("peercert") or {}
    await _hang_up(writer)
    return _judged(certificate, name)


def _judged(certificate: dict[str, Any], name: str) -> Step:
    until = certificate.get("notAfter")
    if not until:
        return trial.fine("tls", "trial.trusted", name=name)
    at = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
    if at - datetime.now(UTC) < _SOON:
        return trial.look("tls", "trial.why.tls_ends", "library", name=name, until=at.isoformat())
    return trial.fine("tls", "trial.trusted_until", name=name, until=at.isoformat())


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()


def _unreachable(key: str, host: str, port: int, error: Exception) -> Unreachable:
    return Unreachable(say(key, host=host, port=port), repr(error))
