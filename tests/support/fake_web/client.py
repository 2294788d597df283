"""A fake library system as a test sees it: started, steered, killed and started again."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import io

FOLDER = Path(__file__).parents[2]


class FakeWeb:
    """The process. `url` is where it speaks HTTP, without a slash at its end.

    `path` keeps its world over a kill. `tls` are the files of a certificate and its key.
    """

    module = ""

    def __init__(self, path: Path | None = None, tls: tuple[Path, Path] | None = None) -> None:
        self.port = 0
        self.beside: list[int] = []
        self._path = path
        self._tls = tls
        self._control_port = 0
        self._process: subprocess.Popen[str] | None = None
        self._control: io.BufferedRWPair | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it: the first time on free ports, then on the same again."""
        # -S: without anything that is installed, so that it cannot know the kiosk or its packages.
        command = [sys.executable, "-S", "-E", "-m", self.module]
        command += ["--port", str(self.port), "--control-port", str(self._control_port)]
        command += ["--beside", *map(str, self.beside)] if self.beside else []
        command += ["--world", str(self._path)] if self._path is not None else []
        if self._tls is not None:
            command += ["--certificate", str(self._tls[0]), "--key", str(self._tls[1])]
        self._process = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.port, self._control_port = ports["port"], ports["control"]
        self.beside = ports["beside"]
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

    def do(self, command: str, /, **given: Any) -> Any:
        """Send one command; give its result."""
        assert self._control is not None
        self._control.write(json.dumps({"do": command, **given}).encode() + b"\n")
        self._control.flush()
        answer = json.loads(self._control.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def world(self, **added: Any) -> None:
        """Take in records: lists of dicts of the fields of world.py, by the names of tables."""
        self.do("world", **added)

    def be(self, **rules: Any) -> None:
        """Behave otherwise than usual: the `Rules` of the system. Without any: as usual again."""
        self.do("be", rules=rules)

    def fault(self, name: str, **when: Any) -> None:
        """Arm a fault."""
        self.do("fault", name=name, **when)

    def ledger(self) -> list[dict[str, Any]]:
        """Give what was really carried out, in its order."""
        entries: list[dict[str, Any]] = self.do("ledger")
        return entries

    def heard(self, call: str = "") -> list[dict[str, Any]]:
        """Give the calls that came in, each with its reply; those of one name, if that is given."""
        calls: list[dict[str, Any]] = self.do("heard", call=call)
        return calls
