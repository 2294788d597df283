"""Which block devices are USB sticks, as lsblk tells it. Never the disk that the system runs on."""

from __future__ import annotations

import errno
import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = "PATH,SIZE,TYPE,TRAN,RM,HOTPLUG,RO,FSTYPE,LABEL,MOUNTPOINTS"

MOUNTED_FOR_PEOPLE = ("/media/", "/run/media/")
"""Where removable disks are mounted. A disk that is mounted elsewhere belongs to the system, or to
its administrator: a Pi may well run from a USB disk, or keep its copies on one."""

OVERLAYROOT = ("/media/root-ro", "/media/root-rw")
"""Where a system that never writes to its own disk has that mounted."""

USELESS = frozenset({"swap", "crypto_LUKS", "LVM2_member", "linux_raid_member", "iso9660", "udf"})
"""What lsblk calls a file system, and nobody could write a file to."""

PATIENCE = 10.0
"""Seconds. A stick that is breaking holds up whoever asks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileSystem:
    """A file system on a stick. `device` is a path such as /dev/sda1; `label` is its name, or "".

    `mounted` is where it is mounted already, or "".
    """

    device: str
    label: str = ""
    mounted: str = ""
    read_only: bool = False


def find(label: str = "") -> FileSystem:
    """Find the one stick that is in; of several, the one with this label. Raises OSError."""
    sticks = list(_sticks(_listed()))
    if not sticks:
        raise OSError(errno.ENOMEDIUM, "no USB stick is in")
    usable = [found for stick in sticks for found in _file_systems(stick)]
    fitting = [each for each in usable if not label or each.label == label]
    if not usable:
        raise OSError(errno.EMEDIUMTYPE, "the USB stick has no file system", sticks[0]["path"])
    if not fitting:
        raise OSError(errno.ENOMEDIUM, f"no USB stick named {label} is in")
    if len(fitting) > 1:
        devices = ", ".join(each.device for each in fitting)
        raise OSError(errno.ENOTUNIQ, f"more than one USB stick is in: {devices}")
    return fitting[0]


def mounted_at(device: str) -> str:
    """Find where a stick's file system is mounted; "" where it is not. Raises OSError."""
    usable = (found for stick in _sticks(_listed()) for found in _file_systems(stick))
    return next((each.mounted for each in usable if each.device == device), "")


def run(*command: str, patience: float | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool of the system, in English. Raises OSError where there is none or it hangs."""
    try:
        return subprocess.run(  # noqa: S603 - no shell, and paths from lsblk alone
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=patience or PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise OSError(errno.ENOSYS, f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(errno.ETIMEDOUT, f"{command[0]} takes too long") from error


def _listed() -> list[dict[str, Any]]:
    listed = run("lsblk", "--json", "--tree", "--bytes", "--output", COLUMNS)
    try:
        return list(json.loads(listed.stdout)["blockdevices"])
    except (ValueError, KeyError, TypeError) as error:
        why = listed.stderr.strip() or "nothing that could be read"
        raise OSError(errno.EIO, f"lsblk says: {why}") from error


def _sticks(devices: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for device in devices:
        usb = device["type"] == "disk" and device["tran"] == "usb"
        loose = device["rm"] or device["hotplug"]
        # A card reader without a card is a disk of no size.
        if usb and loose and int(device["size"] or 0) and not _of_the_system(device):
            yield device


def _of_the_system(disk: dict[str, Any]) -> bool:
    places = (place for part in _all(disk) for place in part["mountpoints"] or () if place)
    return any(place in OVERLAYROOT or not place.startswith(MOUNTED_FOR_PEOPLE) for place in places)


def _file_systems(disk: dict[str, Any]) -> Iterator[FileSystem]:
    for part in _all(disk):
        if part["fstype"] and part["fstype"] not in USELESS and part["type"] in ("disk", "part"):
            places = [place for place in part["mountpoints"] or () if place]
            yield FileSystem(
                device=part["path"],
                label=part["label"] or "",
                mounted=places[0] if places else "",
                read_only=bool(part["ro"]),
            )


def _all(device: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield device
    for child in device.get("children", ()):
        yield from _all(child)
