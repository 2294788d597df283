"""USB sticks, with an lsblk and a udisksctl that are programs of their own."""

from __future__ import annotations

import errno
import json

import pytest

from drivers.stick import FileSystem, Stick, devices, find

MOUNTED_FOR_PEOPLE = devices.MOUNTED_FOR_PEOPLE


def number(raised) -> str:
    return errno.errorcode[raised.value.errno]


class TestFinding:
    def test_one_stick_is_found(self, sticks):
        sticks.plug(label="DAYBOOK")
        assert find() == FileSystem(device="/dev/sdx1", label="DAYBOOK")

    def test_the_disk_of_the_system_is_none(self, sticks):
        with pytest.raises(OSError, match="no USB stick is in") as raised:
            find()
        assert number(raised) == "ENOMEDIUM"

    @pytest.mark.parametrize(
        "mounted",
        ["/", "/boot/firmware", "[SWAP]", "/srv/data", "/home", "/mnt/copies", "/media/root-ro"],
    )
    def test_a_usb_disk_that_the_system_uses_is_none(self, sticks, monkeypatch, mounted):
        monkeypatch.setattr(devices, "MOUNTED_FOR_PEOPLE", MOUNTED_FOR_PEOPLE)
        sticks.plug(mounted=mounted)
        with pytest.raises(OSError, match="no USB stick is in"):
            find()

    @pytest.mark.parametrize("what", [{"tran": "sata"}, {"removable": False}, {"size": 0}])
    def test_a_disk_that_is_fixed_or_a_reader_without_a_card_is_none(self, sticks, what):
        sticks.plug(**what)
        with pytest.raises(OSError, match="no USB stick is in") as raised:
            find()
        assert number(raised) == "ENOMEDIUM"

    def test_of_two_none_is_taken(self, sticks):
        sticks.plug(label="A")
        sticks.plug(device="/dev/sdy1", label="B")
        with pytest.raises(OSError, match=r"/dev/sdx1, /dev/sdy1") as raised:
            find()
        assert number(raised) == "ENOTUNIQ"

    def test_of_two_the_one_that_was_named_is_taken(self, sticks):
        sticks.plug(label="HOLIDAY")
        sticks.plug(device="/dev/sdy1", label="DAYBOOK")
        assert find("DAYBOOK").device == "/dev/sdy1"

    def test_two_of_one_name_are_two(self, sticks):
        sticks.plug()
        sticks.plug(device="/dev/sdy1")
        with pytest.raises(OSError, match="more than one") as raised:
            find("DAYBOOK")
        assert number(raised) == "ENOTUNIQ"

    def test_another_than_the_one_that_was_named_is_none(self, sticks):
        sticks.plug(label="HOLIDAY")
        with pytest.raises(OSError, match="named DAYBOOK") as raised:
            find("DAYBOOK")
        assert number(raised) == "ENOMEDIUM"

    @pytest.mark.parametrize("fstype", [None, "crypto_LUKS", "swap", "iso9660"])
    def test_one_that_cannot_hold_a_file_says_so(self, sticks, fstype):
        sticks.plug(fstype=fstype)
        with pytest.raises(OSError, match="no file system") as raised:
            find()
        assert number(raised) == "EMEDIUMTYPE"

    def test_without_lsblk_it_is_said_what_is_missing(self, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(OSError, match="lsblk is not installed") as raised:
            find()
        assert number(raised) == "ENOSYS"

    @pytest.mark.parametrize("says", ["", "lsblk: oops", "[]", json.dumps({"blockdevices": None})])
    def test_nonsense_from_lsblk_is_a_failure_like_others(self, sticks, says):
        (sticks.bin / "lsblk").write_text(f"#!/bin/sh\nprintf '%s' '{says}'\n")
        with pytest.raises(OSError, match="lsblk says"):
            find()

    def test_an_lsblk_that_hangs_is_given_up(self, sticks, monkeypatch):
        (sticks.bin / "lsblk").write_text("#!/bin/sh\nexec sleep 20\n")
        monkeypatch.setattr(devices, "PATIENCE", 0.1)
        with pytest.raises(TimeoutError):
            find()


class TestAStick:
    def test_is_mounted_while_it_is_needed_and_no_longer(self, sticks):
        content = sticks.plug()
        with Stick().opened(to_write=True) as root:
            assert root == content
            assert sticks.load()[0].mounted
        assert not sticks.load()[0].mounted
        assert sticks.calls() == ["mount rw", "unmount"]

    def test_is_mounted_to_be_read_alone_where_it_is_compared(self, sticks):
        sticks.plug()
        with Stick().opened(to_write=False):
            assert sticks.load()[0].options == "ro"
        assert sticks.calls() == ["mount ro", "unmount"]

    def test_that_somebody_else_has_mounted_stays_mounted(self, sticks):
        content = sticks.plug(fails={"unmount": "NotAuthorized"})
        sticks.change(mounted=str(content))
        with Stick().opened(to_write=True) as root:
            assert root == content
        assert sticks.load()[0].mounted
        assert sticks.calls() == ["unmount"]

    def test_that_was_left_mounted_by_a_kiosk_that_died_is_unmounted_again(self, sticks):
        content = sticks.plug()
        sticks.change(mounted=str(content))
        with Stick().opened(to_write=False):
            assert sticks.load()[0].options == "ro"
        assert not sticks.load()[0].mounted
        assert sticks.calls() == ["unmount", "mount ro", "unmount"]

    def test_is_unmounted_also_where_writing_fails(self, sticks):
        sticks.plug()
        with pytest.raises(OSError, match="full"), Stick().opened(to_write=True):
            raise OSError(errno.ENOSPC, "full")
        assert not sticks.load()[0].mounted

    def test_that_is_write_protected_is_known_before(self, sticks):
        sticks.plug(read_only=True)
        for ask in (Stick().check, lambda: Stick().opened(to_write=True).__enter__()):
            with pytest.raises(OSError, match="write-protected") as raised:
                ask()
            assert number(raised) == "EROFS"
        with Stick().opened(to_write=False):
            pass

    @pytest.mark.parametrize(
        ("says", "wanted"),
        [
            ("GDBus.Error:org.freedesktop.UDisks2.Error.NotAuthorizedCanObtain", "EPERM"),
            ("Error mounting /dev/sdx1: wrong fs type, bad option, bad superblock", "EMEDIUMTYPE"),
            ("Object /block_devices/sdx1 is not a mountable filesystem.", "EMEDIUMTYPE"),
            ("Error mounting: cannot mount /dev/sdx1 read-only.", "EROFS"),
            ("Timeout was reached", "EIO"),
        ],
    )
    def test_that_cannot_be_mounted_says_why(self, sticks, says, wanted):
        sticks.plug(fails={"mount": says})
        with pytest.raises(OSError, match=r".") as raised, Stick().opened(to_write=False):
            pass
        assert number(raised) == wanted

    def test_that_is_pulled_out_while_it_is_used_has_failed(self, sticks):
        sticks.plug()
        with pytest.raises(OSError, match="looking up") as raised, Stick().opened(to_write=True):
            sticks.pull()
        assert number(raised) == "EIO"

    def test_that_cannot_be_unmounted_has_failed_for_it_may_not_have_it_all(self, sticks):
        sticks.plug(fails={"unmount": "target is busy"})
        with pytest.raises(OSError, match="busy"), Stick().opened(to_write=True):
            pass

    def test_needs_udisks(self, sticks):
        sticks.plug()
        (sticks.bin / "udisksctl").unlink()
        with pytest.raises(OSError, match="udisksctl is not installed") as raised:
            Stick().opened(to_write=True).__enter__()
        assert number(raised) == "ENOSYS"
