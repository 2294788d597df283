"""The only process of a Linux guest: does a shift on a disk that logs all writes, or cuts it off.

    guest.py record|record-unsynced|replay FOLDER PART PARTS

Of the power cuts it replays every so manieth, beginning with PART. The folder is the host's.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import traceback
from pathlib import Path

import devices
import writelog
from workload import as_text, check, work

HOST = Path("/run/host")
DISK = Path("/run/disk")


def main() -> None:
    what, folder, part, parts = sys.argv[1:5]  # behind them the kernel puts words of its own
    devices.mount("none", Path("/proc"), "proc")
    devices.mount("none", Path("/run"), "tmpfs")
    devices.mount("none", HOST, "hostfs", folder)
    (HOST / "started").touch()
    if what == "replay":
        replay(int(part), int(parts))
    else:
        record(synced=what == "record")


def record(*, synced: bool) -> None:
    """Work on a new disk. Leaves the log, and what was recorded after each step, one a line."""
    devices.load_module("md/dm-mod")
    devices.load_module("md/dm-log-writes")
    if not synced:
        os.fdatasync = lambda _: None
    sectors = (HOST / "disk").stat().st_size // writelog.SECTOR
    steps = itertools.count(1)
    with (
        (HOST / "expected").open("w") as expected,
        devices.logged("/dev/ubda", "/dev/ubdb", sectors) as (device, mark),
        devices.mounted(device, DISK, "ext4"),
    ):
        expected.write(as_text({}) + "\n")

        def done(contents: object) -> None:
            expected.write(as_text(contents) + "\n")
            mark(str(next(steps)))

        work(DISK / "data", done)


def replay(part: int, parts: int) -> None:
    """Cut the power again and again. Leaves what was seen, as JSON."""
    devices.load_module("block/loop")
    expected = (HOST / "expected").read_text().splitlines()
    disk = (HOST / "disk").read_bytes()
    state = Path("/run/state")
    state.write_bytes(disk)
    device = devices.loop_device(state)
    states, wrong = 0, []
    with (HOST / "log").open("rb") as log:
        for cut in itertools.islice(writelog.cuts(disk, writelog.read(log)), part, None, parts):
            put(state, cut)
            step = int(cut.marked or 0)
            states += 1
            try:
                with devices.mounted(device, DISK, "ext4"):
                    check(DISK / "data", allowed=expected[step : step + 2])
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                wrong.append(f"{cut.name}, after step {step}: {type(error).__name__}: {error}")
    (HOST / f"seen-{part}").write_text(json.dumps({"states": states, "wrong": wrong}))


def put(state: Path, cut: writelog.Cut) -> None:
    with state.open("r+b") as file:
        file.write(cut.flushed)
        for write in cut.writes:
            file.seek(write.offset)
            file.write(write.data)


try:
    main()
    (HOST / f"{sys.argv[1]}-{sys.argv[3]}").touch()
except BaseException:  # noqa: BLE001 - nobody else is there to tell
    traceback.print_exc()
finally:
    sys.stderr.flush()
    devices.power_off()
