"""Power cuts after every write to the disk, on a real ext4. Started by `make test-power`.

User-mode Linux, a Linux kernel that is an ordinary program, does a shift (`workload`) on an ext4
whose block device logs every write (dm-log-writes). Then each state that a power cut could have
left (`writelog.cuts`) is mounted, the daybook in it is opened by the very same code, compared in
full with what had been acknowledged at that moment, and used on. Root's rights are not needed.

To show that this would see a loss, it is done once more with a daybook that syncs no commit.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
KERNEL = "linux.uml"
MODULES = Path("/usr/lib/uml/modules")
MIB = 1 << 20
PATIENCE = 1_800
"""Seconds: a whole run takes one or two minutes."""


class CannotRunError(Exception):
    """This machine cannot do it. The message says why."""


@dataclass(frozen=True)
class Seen:
    """How many states were tried, and what was wrong with some."""

    states: int
    wrong: list[str]


def main() -> int:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="power") as name:
        folder = Path(name)
        try:
            environment = prepared(folder)
            synced = cut_off(folder / "synced", "record", environment)
        except CannotRunError as error:
            print(f"SKIPPED test-power, nothing was tested: {error}")
            return 0
        unsynced = cut_off(folder / "unsynced", "record-unsynced", environment)
    for wrong in synced.wrong[:20]:
        print(f"WRONG {wrong}")
    print(
        f"power cuts on ext4: {synced.states} states, {len(synced.wrong)} of them unreadable or "
        f"not what was acknowledged; without fdatasync {len(unsynced.wrong)} of {unsynced.states} "
        f"({time.monotonic() - start:.0f} s)"
    )
    if not unsynced.wrong:
        print("WRONG a daybook that syncs no commit passed: this test sees nothing")
    return 1 if synced.wrong or not unsynced.wrong else 0


def prepared(folder: Path) -> dict[str, str]:
    """Give the environment of the kernel. Raises CannotRunError."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for program, package in ((KERNEL, "user-mode-linux"), ("mkfs.ext4", "e2fsprogs")):
        if shutil.which(program) is None:
            raise CannotRunError(f"{program} is missing, of the Debian package {package}")
    if not list(MODULES.glob("*/kernel/drivers/md/dm-log-writes.ko")):
        raise CannotRunError(f"there is no dm-log-writes for user-mode Linux in {MODULES}")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if "amx_tile" in Path("/proc/cpuinfo").read_text():
        shim = folder / "wide_registers.so"
        compiler = ["cc", "-shared", "-fPIC", "-O1", "-o", shim, HERE / "wide_registers.c", "-ldl"]
        try:
            subprocess.run(compiler, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotRunError(f"on this CPU, a C compiler is needed: {error}") from error
        environment["LD_PRELOAD"] = str(shim)
    return environment


def cut_off(folder: Path, how: str, environment: dict[str, str]) -> Seen:
    """Record a shift and try all power cuts in it, as many at once as there are processors."""
    folder.mkdir()
    for name, size in (("disk", 24 * MIB), ("log", 512 * MIB)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
    subprocess.run(["mkfs.ext4", "-q", "-b", "4096", folder / "disk"], check=True)
    shutil.copy(folder / "disk", folder / "worked-on")
    run_guest(folder, how, 0, 1, environment)
    parts = os.cpu_count() or 1
    with ThreadPoolExecutor(parts) as pool:
        told = list(pool.map(lambda part: replayed(folder, part, parts, environment), range(parts)))
    return Seen(sum(s.states for s in told), [wrong for seen in told for wrong in seen.wrong])


def replayed(folder: Path, part: int, parts: int, environment: dict[str, str]) -> Seen:
    run_guest(folder, "replay", part, parts, environment)
    return Seen(**json.loads((folder / f"seen-{part}").read_text()))


def run_guest(folder: Path, what: str, part: int, parts: int, environment: dict[str, str]) -> None:
    """Run guest.py in a kernel of its own. Raises CannotRunError where that does not start."""
    done = folder / f"{what}-{part}"
    kernel = [KERNEL, "mem=512M", f"uml_dir={folder}", "quiet", "con=null", "con0=null,fd:1"]
    disks = [f"ubda={folder}/worked-on", f"ubdb={folder}/log"]
    root = ["root=none", "rootfstype=hostfs", "rootflags=/", "ro", f"init={sys.executable}"]
    script = ["--", HERE / "guest.py", what, folder, str(part), str(parts)]
    run = subprocess.run(
        [*kernel, *disks, *root, *script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        timeout=PATIENCE,
        check=False,
    )
    said = run.stdout.decode(errors="replace")
    if not (folder / "started").exists():
        raise CannotRunError(f"user-mode Linux does not start here. It said:\n{said}")
    if not done.exists():
        raise RuntimeError(f"the guest failed:\n{said}")


if __name__ == "__main__":
    sys.exit(main())
