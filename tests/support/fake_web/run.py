"""Run a fake library system: it says on its output where it listens, and ends with its input."""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from .server import System


def run(about: str, system: Callable[[Path | None], System]) -> None:
    """Read the command line, and serve. `system` makes it, with the file that keeps its world."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--world", type=Path, help="the file that keeps the library's world")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--beside", type=int, nargs="*", default=[], help="its further ports")
    parser.add_argument("--certificate", help="speak https, with this certificate and its key")
    parser.add_argument("--key")
    given = parser.parse_args()
    tls = None
    if given.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate, given.key)
    asyncio.run(_serve(Server(system(given.world), tls), given))


async def _serve(server: Server, given: argparse.Namespace) -> None:
    port = await server.listen(given.port)
    beside = await server.system.listen_besides(given.beside)
    control = await asyncio.start_server(
        server.control, "127.0.0.1", given.control_port, limit=2**26
    )
    control_port = control.sockets[0].getsockname()[1]
    ports = {"port": port, "control": control_port, "beside": beside}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
