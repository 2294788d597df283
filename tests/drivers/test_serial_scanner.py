"""A scanner on a serial port, which here is a pseudo-terminal."""

import asyncio
import contextlib
import os
import tty
from pathlib import Path

import pytest
from support.patience import PATIENCE

from drivers.scanner import serial as serial_scanner
from drivers.scanner.serial import SerialScanner
from drivers.scanner.symbology import Damaged, Scan
from drivers.settings import SerialScannerSettings


class Cable:
    """The scanner's end of a serial port."""

    def __init__(self):
        self.scanner, self.kiosk = os.openpty()
        tty.setraw(self.kiosk)
        self.port = os.ttyname(self.kiosk)

    def send(self, data):
        os.write(self.scanner, data)

    def pull(self):
        """Unplug the scanner: the port of a pseudo-terminal goes with its other end."""
        if self.port:
            os.close(self.kiosk)
            os.close(self.scanner)
        self.port = ""


@pytest.fixture
def cable():
    cable = Cable()
    yield cable
    cable.pull()


def open_files():
    return set(Path("/proc/self/fd").iterdir())


@contextlib.asynccontextmanager
async def running(port, gap=60):
    """Run a scanner; give the queues of its scans and of its status."""
    scans, status = asyncio.Queue(), asyncio.Queue()
    scanner = SerialScanner(SerialScannerSettings(port=str(port), gap=gap))
    task = asyncio.create_task(
        scanner.run(scans.put_nowait, lambda state, reason: status.put_nowait((state, reason)))
    )
    try:
        async with asyncio.timeout(PATIENCE):
            yield scans, status
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_scanner_that_is_there_is_present_and_scans(cable):
    async with running(cable.port) as (scans, status):
        assert await status.get() == ("present", "")
        cable.send(b"39999000000001\r")
        assert await scans.get() == Scan("39999000000001")
        cable.send(b"]A029999000000001\r\n29999000000002\r\n")
        assert await scans.get() == Scan("29999000000001", "A0")
        assert await scans.get() == Scan("29999000000002")


async def test_half_a_scan_and_then_silence_is_damaged(cable):
    async with running(cable.port, gap=0.05) as (scans, status):
        await status.get()
        cable.send(b"39999000")
        assert await scans.get() == Damaged("incomplete", "39999000")
        cable.send(b"29999000000001\r")
        assert await scans.get() == Scan("29999000000001")


async def test_a_slow_scanner_is_not_a_silent_one(cable):
    async with running(cable.port, gap=0.5) as (scans, status):
        await status.get()
        for byte in b"39999":
            cable.send(bytes((byte,)))
            await asyncio.sleep(0.11)  # together longer than the gap, each shorter
        cable.send(b"\r")
        assert await scans.get() == Scan("39999")


async def test_a_scanner_that_is_unplugged_is_missing_and_its_half_scan_is_told(cable):
    async with running(cable.port) as (scans, status):
        assert await status.get() == ("present", "")
        cable.send(b"29999000000001\r39999000")
        assert await scans.get() == Scan("29999000000001")
        cable.pull()
        assert await status.get() == ("missing", "unplugged")
        assert scans.get_nowait() == Damaged("incomplete", "39999000")


async def test_a_scanner_that_comes_back_scans_again(cable, tmp_path, monkeypatch):
    monkeypatch.setattr(serial_scanner, "REOPEN_AFTER", 0.02)
    port = tmp_path / "scanner"
    async with running(port) as (scans, status):
        assert await status.get() == ("missing", "not connected")
        port.symlink_to(cable.port)
        assert await status.get() == ("present", "")
        cable.pull()
        port.unlink()
        assert await status.get() == ("missing", "unplugged")
        assert await status.get() == ("missing", "not connected")
        second = Cable()
        port.symlink_to(second.port)
        assert await status.get() == ("present", "")
        second.send(b"39999000000001\r")
        assert await scans.get() == Scan("39999000000001")
        second.pull()


async def test_a_missing_scanner_is_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr(serial_scanner, "REOPEN_AFTER", 0)
    opened = asyncio.Queue()
    real_open = serial_scanner._open
    monkeypatch.setattr(
        serial_scanner, "_open", lambda settings: (opened.put_nowait(1), real_open(settings))[1]
    )
    async with running(tmp_path / "nothing") as (_scans, status):
        for _ in range(5):
            await opened.get()
        assert status.get_nowait() == ("missing", "not connected")
        assert status.empty()


async def test_two_programs_do_not_share_a_scanner(cable):
    async with running(cable.port) as (_, status), running(cable.port) as (_, second):
        assert await status.get() == ("present", "")
        assert await second.get() == ("missing", "in use")


async def test_a_port_that_is_no_serial_port_is_missing_with_a_reason(tmp_path):
    (tmp_path / "file").write_text("not a port")
    async with running(tmp_path / "file") as (_, status):
        assert await status.get() == ("missing", "not working")


async def test_cancelling_closes_the_port(cable):
    async with running(cable.port) as (_, status):
        assert await status.get() == ("present", "")
        while_running = open_files()
    assert open_files() < while_running


async def test_noise_between_scans_is_told_and_survived(cable):
    async with running(cable.port) as (scans, status):
        await status.get()
        cable.send(b"\xff\xfe\x00\r" + b"7" * 10_000 + b"\r")
        assert (await scans.get()).reason == "not_text"
        assert (await scans.get()).reason == "too_long"
        cable.send(b"39999000000001\r")
        assert await scans.get() == Scan("39999000000001")
