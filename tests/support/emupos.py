"""Start emupos, a simulator of receipt printers and serial scanners at wire level, as a process.

It is another project's program and needs Python 3.13, so it has an environment of its own. The
kiosk meets it as it meets hardware: a TCP port and two serial ports; what a person would do with
the hardware (open the cover, take out the paper, pull the trigger) goes through its control API.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NOT_FOUND = "emupos not found: needs Python 3.13"

Device = Literal["network-printer", "serial-printer"]
Fault = Literal["paper-out", "paper-near-end", "cover-open", "offline"]
FAULTS: tuple[Fault, ...] = ("paper-out", "paper-near-end", "cover-open", "offline")


def find_emupos() -> str | None:
    """Give the program's path: `EMUPOS`, else the one in .cache/emupos; None if there is none."""
    return shutil.which(os.environ.get("EMUPOS") or ROOT / ".cache" / "emupos" / "bin" / "emupos")


@dataclass(frozen=True)
class Emupos:
    """A running simulator with a printer on the network, one on a serial port, and a scanner."""

    host: str
    port: int
    serial_printer: str
    scanner: str
    api: str

    def receipts(self, device: Device = "network-printer") -> list[str]:
        """Give the text of every receipt, oldest first; those of one millisecond in any order."""
        listed = json.loads(self._call("GET", f"{device}/receipts"))
        paths = [f"{device}/receipts/{receipt['id']}/text" for receipt in reversed(listed)]
        return [self._call("GET", path).decode() for path in paths]

    def wait_for_receipts(self, count: int, device: Device = "network-printer") -> list[str]:
        """Wait until so many receipts have come out since the start, and give them all."""
        deadline = time.monotonic() + PATIENCE
        while len(receipts := self.receipts(device)) < count:
            assert time.monotonic() < deadline, f"{count} receipts expected, {len(receipts)} came"
        return receipts

    def set_fault(self, fault: Fault, device: Device = "network-printer") -> None:
        self._call("PUT", f"{device}/faults/{fault}")

    def clear_fault(self, fault: Fault, device: Device = "network-printer") -> None:
        self._call("DELETE", f"{device}/faults/{fault}")

    def clear_faults(self) -> None:
        for fault in FAULTS:
            self.clear_fault(fault, "network-printer")
            self.clear_fault(fault, "serial-printer")

    def scan(self, barcode: str) -> None:
        """Pull the scanner's trigger over a barcode; it ends with a CR."""
        self._call("POST", "scanner/scans", {"data": barcode, "countdown_seconds": 0})

    def _call(self, method: str, path: str, body: object = None) -> bytes:
        return _request(method, f"{self.api}/devices/{path}", body)


@contextlib.contextmanager
def running_emupos() -> Iterator[Emupos]:
    """Run the simulator on free ports; skip the test where there is none, but fail in CI."""
    program = find_emupos()
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NOT_FOUND)
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        folder = Path(directory)
        api, port = _free_ports(2)
        config = folder / "emupos.yaml"
        config.write_text(json.dumps(_config(api, port)))  # JSON is YAML
        log = stack.enter_context((folder / "log").open("w"))
        process = subprocess.Popen(
            [program, "run", "--config", str(config)],
            stdout=log,
            stderr=log,
            env={**os.environ, "TMPDIR": directory},  # its serial ports appear there
        )
        stack.callback(_stop, process)
        emupos = Emupos(
            host="127.0.0.1",
            port=port,
            serial_printer=str(folder / "emupos" / "serial-printer"),
            scanner=str(folder / "emupos" / "scanner"),
            api=f"http://127.0.0.1:{api}/api/v1",
        )
        _wait_until_ready(emupos, process, folder / "log")
        yield emupos


def _config(api: int, port: int) -> dict[str, Any]:
    printer = {"type": "printer", "profile": "epson-tm-t20iii", "receipts_dir": "receipts"}
    pty = {"serial": {"pty": True}}
    return {
        "schema": 1,
        "api": {"host": "127.0.0.1", "port": api},
        "devices": [
            {"id": "network-printer", "connections": [{"tcp": {"port": port}}], **printer},
            {"id": "serial-printer", "connections": [pty], **printer},
            {"id": "scanner", "type": "scanner", "mode": "serial", "connections": [pty]},
        ],
    }


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [sock.getsockname()[1] for sock in sockets]


def _wait_until_ready(emupos: Emupos, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _request("GET", f"{emupos.api}/health")
        except urllib.error.URLError:
            assert process.poll() is None, f"emupos did not start: {log.read_text()}"
            assert time.monotonic() < deadline, "emupos takes too long to start"
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        else:
            return


def _request(method: str, url: str, body: object = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    request = urllib.request.Request(url, data, headers, method=method)
    # A proxy in the environment is not for the simulator.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=PATIENCE) as reply:
        return reply.read()  # type: ignore[no-any-return]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
