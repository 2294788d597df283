"""USB sticks for tests: `lsblk` and `udisksctl` that know of these, and of nothing else.

The two are programs of their own, found by PATH. A stick is a folder; or, where `image` names a
loop device, a real file system, really mounted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class FakeStick:
    device: str = "/dev/sdx1"
    label: str = "DAYBOOK"
    fstype: str | None = "vfat"
    read_only: bool = False
    size: int = 8_000_000_000
    tran: str = "usb"
    removable: bool = True
    mounted: str = ""
    options: str = ""
    image: str = ""
    fails: dict[str, str] = field(default_factory=dict)
    """What udisksctl says instead of doing something, by its first word."""


class FakeSticks:
    """The sticks that are in, and the two programs that tell of them."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.media = folder / "media"
        self.log = folder / "log"
        self._sticks = folder / "sticks.json"
        self._listed = folder / "lsblk.json"

    def begin(self) -> None:
        """Make the programs."""
        for each in (self.bin, self.media):
            each.mkdir(parents=True)
        here = Path(__file__).parent
        programs = {
            "lsblk": f"#!/bin/sh\nexec cat {self._listed}\n",
            "udisksctl": (
                f"#!{sys.executable} -SE\nimport sys\nsys.path.insert(0, {str(here)!r})\n"
                "import fake_sticks\n"
                f"sys.exit(fake_sticks.udisksctl({str(self.bin.parent)!r}, sys.argv[1:]))\n"
            ),
        }
        for tool, program in programs.items():
            (self.bin / tool).write_text(program)
            (self.bin / tool).chmod(0o755)
        self.save([])

    def plug(self, **what: Any) -> Path:
        """Put a stick in; gives the folder that is its content while it is mounted."""
        stick = FakeStick(**what)
        self.save([*self.load(), stick])
        place = self.media / Path(stick.device).name
        place.mkdir(exist_ok=True)
        return place

    def pull(self) -> None:
        self.save([])

    def change(self, **what: Any) -> None:
        """Change all that are in."""
        self.save([FakeStick(**asdict(each) | what) for each in self.load()])

    def calls(self) -> list[str]:
        """What udisksctl was asked for, with mount options."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def load(self) -> list[FakeStick]:
        return [FakeStick(**each) for each in json.loads(self._sticks.read_text())]

    def save(self, sticks: list[FakeStick]) -> None:
        self._sticks.write_text(json.dumps([asdict(each) for each in sticks]))
        self._listed.write_text(json.dumps({"blockdevices": [_SYSTEM, *map(_disk, sticks)]}))


_SYSTEM = {
    "path": "/dev/mmcblk0", "size": 32_000_000_000, "type": "disk", "tran": None, "rm": False,
    "hotplug": False, "ro": False, "fstype": None, "label": None, "mountpoints": [None],
    "children": [
        {"path": "/dev/mmcblk0p2", "size": 31_000_000_000, "type": "part", "tran": None,
         "rm": False, "hotplug": False, "ro": False, "fstype": "ext4", "label": "rootfs",
         "mountpoints": ["/"]},
    ],
}  # fmt: skip


def _disk(stick: FakeStick) -> dict[str, Any]:
    """Describe a stick as lsblk does: a disk with one partition."""
    same = {"size": stick.size, "rm": stick.removable, "ro": stick.read_only}
    part = same | {
        "path": stick.device, "type": "part", "tran": None, "hotplug": stick.removable,
        "fstype": stick.fstype, "label": stick.label, "mountpoints": [stick.mounted or None],
    }  # fmt: skip
    return same | {
        "path": stick.device.rstrip("0123456789"), "type": "disk", "tran": stick.tran,
        "hotplug": stick.removable, "fstype": None, "label": None, "mountpoints": [None],
        "children": [part] if stick.fstype else [],
    }  # fmt: skip


def udisksctl(folder: str, arguments: list[str]) -> int:
    """Mount or unmount, as the program does."""
    sticks = FakeSticks(Path(folder))
    what, device = arguments[0], arguments[arguments.index("--block-device") + 1]
    options = arguments[arguments.index("--options") + 1] if "--options" in arguments else ""
    with sticks.log.open("a") as log:
        log.write(f"{what} {options}".strip() + "\n")
    found = sticks.load()
    stick = next((each for each in found if each.device == device), None)
    said = f"Error looking up object for device {device}"
    if stick is not None:
        said = stick.fails.get(what) or _really(what, stick, str(sticks.media), options)
    if stick is None or said:
        print(said, file=sys.stderr)
        return 1
    place = str(sticks.media / Path(device).name)
    stick.mounted, stick.options = (place, options) if what == "mount" else ("", "")
    sticks.save(found)
    return 0


def _really(what: str, stick: FakeStick, media: str, options: str) -> str:
    """Mount or unmount a real file system, where the stick is one; gives what went wrong."""
    if not stick.image:
        return ""
    place = f"{media}/{Path(stick.device).name}"
    mount = ["mount", "-o", options, stick.image, place]
    command = mount if what == "mount" else ["umount", place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""
