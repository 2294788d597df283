"""The fake library as a test sees it: a process that is started, steered, killed and started again.

with FakeSip2(tmp_path / "world.jsonl") as fake:
    fake.world(patrons=[{"card": "21…", "name": "Maya"}], items=[{"item": "31…"}])
    fake.be("koha-old", rules={"one_client": True})
    fake.fault("lost-after", on=["11"], times=2)
    ...
    assert [x["op"] for x in fake.ledger()] == ["checkout"]
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

FOLDER = Path(__file__).parents[2]


class FakeSip2:
    """The process. `port` is where it speaks SIP2; login and password are kiosk, kiosk."""

    def __init__(self, path: Path | None = None, personality: str = "plain") -> None:
        self.port = 0
        self._path = path
        self._personality = personality
        self._control_port = 0
        self._process: subprocess.Popen[str] | None = None
        self._control: IO[Any] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it: the first time on free ports, then on the same again."""
        # -S: without anything that is installed, so that it cannot know the kiosk or its packages.
        command = [sys.executable, "-S", "-E", "-m", "support.fake_sip2"]
        command += ["--port", str(self.port), "--control-port", str(self._control_port)]
        command += ["--personality", self._personality]
        command += ["--world", str(self._path)] if self._path is not None else []
        self._process = subprocess.Popen(
            command,
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TZ": "UTC"},  # its clock is that of the tests, wherever they run
        )
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.port, self._control_port = ports["port"], ports["control"]
        line = socket.create_connection(("127.0.0.1", self._control_port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._control = line.makefile("rwb")
        line.close()  # the file keeps it open

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._control is not None:
            with suppress(OSError):
                self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def do(self, command: str, **given: Any) -> Any:
        """Send one command; give its result."""
        assert self._control is not None
        self._control.write(json.dumps({"do": command, **given}).encode() + b"\n")
        self._control.flush()
        answer = json.loads(self._control.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def world(self, **added: Any) -> None:
        """Take in `patrons` and `items`, each a dict of the fields of world.py."""
        self.do("world", **added)

    def be(self, personality: str = "plain", **more: dict[str, Any]) -> None:
        """Become another server, with `rules` and `layout` of one's own."""
        self._personality = personality
        self.do("be", personality=personality, **more)

    def fault(self, name: str, **when: Any) -> None:
        """Arm a fault."""
        self.do("fault", name=name, **when)

    def ledger(self) -> list[dict[str, Any]]:
        """Give what was really carried out, in its order."""
        entries: list[dict[str, Any]] = self.do("ledger")
        return entries

    def heard(self, code: str = "") -> list[str]:
        """Give the messages that came in, in their order; of one code, if that is given."""
        return [text for _, way, text in self.do("heard") if way == "in" and text.startswith(code)]
