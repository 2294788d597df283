"""Run the fake library: `python -m support.fake_sip2`, in the folder `tests`.

It says on its output, as one line of JSON, where it listens. It ends when its input ends, or when
it is killed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from .personalities import PERSONALITIES
from .server import Server


async def main() -> None:
    parser = argparse.ArgumentParser(prog="support.fake_sip2", description=__doc__)
    parser.add_argument("--world", type=Path, help="the file that keeps the library's world")
    parser.add_argument("--personality", choices=PERSONALITIES, default="plain")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    given = parser.parse_args()
    server = Server(given.world, given.personality)
    port = await server.listen(given.port)
    control = await asyncio.start_server(
        server.control, "127.0.0.1", given.control_port, limit=2**26
    )
    control_port = control.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"port": port, "control": control_port}) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
