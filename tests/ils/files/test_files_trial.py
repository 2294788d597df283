"""Trying the place for files: a folder, a stick, and what can be wrong with them."""

from __future__ import annotations

import errno
import threading
from contextlib import contextmanager

import pytest
from support.filing import DENVER
from support.trying import problems, states, walked

from drivers.stick import Stick
from kiosk.ils.files import formats
from kiosk.ils.files.folder import FolderDisk
from kiosk.ils.files.settings import FilesSettings
from kiosk.ils.files.trial import steps
from kiosk.ils.symphony import trial as symphony
from kiosk.ils.symphony.settings import SymphonySettings

CSV = formats.of_files(FilesSettings(format="csv", to="usb"), DENVER)


async def tried(disk):
    return await walked(steps(disk, CSV, "desk 1"))


async def test_a_folder_takes_a_file_and_is_left_as_it_was(tmp_path):
    found = await tried(FolderDisk(tmp_path))
    assert states(found) == {"form": "ok", "place": "ok", "write": "ok", "sandbox": "skipped"}
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    found = await tried(FolderDisk(tmp_path / "share"))
    assert problems(found) == {"place": "folder_gone"}
    assert not (tmp_path / "share").exists()


async def test_a_file_where_a_folder_should_be_is_called_that(tmp_path):
    (tmp_path / "out.koc").write_text("a list")
    found = await tried(FolderDisk(tmp_path / "out.koc"))
    assert problems(found) == {"place": "folder_is_file"}


class Sick(FolderDisk):
    """A folder whose disk fails, or gives back something else."""

    def __init__(self, path, number=None):
        super().__init__(path)
        self._number = number

    @contextmanager
    def opened(self, *, to_write):
        if self._number is not None:
            raise OSError(self._number, "fake")
        with super().opened(to_write=to_write) as place:
            if not to_write:
                for file in place.iterdir():
                    file.write_bytes(b"rotten")
            yield place


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EACCES, "disk_no_right"),
        (errno.EROFS, "disk_read_only"),
        (errno.EIO, "disk_broke"),
        (errno.EPERM, "disk_broke"),
    ],
)
async def test_a_disk_that_fails(tmp_path, number, cause):
    assert problems(await tried(Sick(tmp_path, number))) == {"write": cause}


async def test_a_share_that_hangs_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("kiosk.ils.files.trial.PATIENCE", 0.05)
    hung = Sick(tmp_path)
    hung.check = threading.Event().wait
    assert problems(await tried(hung)) == {"place": "disk_slow"}


async def test_a_disk_that_gives_back_something_else(tmp_path):
    assert problems(await tried(Sick(tmp_path))) == {"write": "disk_damaged"}
    assert list(tmp_path.iterdir()) == []


async def test_a_stick_takes_a_file_and_is_unmounted(sticks):
    content = sticks.plug()
    found = await tried(Stick())
    assert states(found) == {"form": "ok", "place": "ok", "write": "ok"}
    assert list(content.iterdir()) == []
    assert sticks.calls() == ["mount rw", "unmount", "mount ro", "unmount", "mount rw", "unmount"]


async def test_no_stick(sticks):
    assert problems(await tried(Stick())) == {"place": "stick_none"}


async def test_two_sticks(sticks):
    sticks.plug()
    sticks.plug(device="/dev/sdy1")
    assert problems(await tried(Stick())) == {"place": "stick_several"}


async def test_another_stick_than_the_one_that_is_named(sticks):
    sticks.plug(label="HOLIDAYS")
    assert problems(await tried(Stick("DAYBOOK"))) == {"place": "stick_none"}


async def test_a_stick_that_this_user_may_not_mount(sticks):
    sticks.plug(fails={"mount": "NotAuthorized"})
    assert problems(await tried(Stick())) == {"write": "stick_not_allowed"}


async def in_symphony(tmp_path, codes=(), **settings):
    wanted = SymphonySettings(to=str(tmp_path), **settings)
    return await walked(symphony.steps(wanted, FolderDisk(tmp_path), DENVER, "desk-1", codes))


async def test_symphonys_lines_name_a_library_and_an_access(tmp_path):
    assert problems(await in_symphony(tmp_path)) == {"names": "symphony_unnamed"}
    named = await in_symphony(tmp_path, library="WASHINGTON", access="OFFLINE")
    assert problems(named) == {}
    assert named["names"].says.args["named"] == "WASHINGTON (OFFLINE)"


async def test_symphonys_names_may_come_from_the_places_to_work_at(tmp_path):
    two = [("WASHINGTON", "OFFLINE"), ("ADAMS", "OFFLINE")]
    assert problems(await in_symphony(tmp_path, two)) == {}
    assert problems(await in_symphony(tmp_path, [*two, ("", "OFFLINE")])) == {
        "names": "symphony_unnamed"
    }


@pytest.mark.parametrize("code", ["", "CF"])
async def test_a_due_date_in_symphonys_log_is_something_to_look_at(tmp_path, code):
    found = await in_symphony(tmp_path, library="W", access="O", due_code=code)
    assert found["due"].state == "look"
