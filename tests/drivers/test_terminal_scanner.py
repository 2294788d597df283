"""Scans and commands that come as lines: from a terminal, a pipe, a file, or nothing at all."""

import asyncio
import os
import subprocess
import sys
import tty

from support.patience import PATIENCE

from drivers.scanner.symbology import Damaged, Scan
from drivers.scanner.terminal import read_lines


async def all_lines(fd):
    async with asyncio.timeout(PATIENCE):
        return [line async for line in read_lines(fd)]


async def test_lines_from_a_file_of_which_the_last_has_no_newline(tmp_path):
    (tmp_path / "shift").write_bytes(b"39999000000001\n:done\r\n29999000000001")
    with (tmp_path / "shift").open("rb") as file:
        assert await all_lines(file.fileno()) == [
            Scan("39999000000001"),
            Scan(":done"),
            Scan("29999000000001"),
        ]


async def test_nothing_from_dev_null():
    fd = os.open("/dev/null", os.O_RDONLY)
    try:
        assert await all_lines(fd) == []
    finally:
        os.close(fd)


async def test_lines_from_a_pipe_as_they_come():
    kiosk, person = os.pipe()
    lines = read_lines(kiosk)
    async with asyncio.timeout(PATIENCE):
        os.write(person, b"39999000000001\nhalf")
        assert await anext(lines) == Scan("39999000000001")
        os.write(person, b" a line\n")
        assert await anext(lines) == Scan("half a line")
        os.close(person)
        assert await anext(lines, "end") == "end"
    os.close(kiosk)


async def test_a_pipe_that_does_not_block_is_waited_for():
    kiosk, person = os.pipe()
    os.set_blocking(kiosk, False)
    lines = read_lines(kiosk)
    first = asyncio.create_task(anext(lines))
    await asyncio.sleep(0.02)  # there is nothing to read for a while
    os.write(person, b"39999000000001\n")
    assert await first == Scan("39999000000001")
    os.close(person)
    assert await anext(lines, "end") == "end"
    os.close(kiosk)


async def test_lines_from_a_terminal_until_it_hangs_up():
    person, kiosk = os.openpty()
    tty.setraw(kiosk)
    lines = read_lines(kiosk)
    async with asyncio.timeout(PATIENCE):
        os.write(person, b"39999000000001\r")
        assert await anext(lines) == Scan("39999000000001")
        os.close(person)
        assert await anext(lines, "end") == "end"
    os.close(kiosk)


async def test_a_line_that_cannot_be_read_does_not_stop_the_next():
    kiosk, person = os.pipe()
    os.write(person, b"\xff\xff\n:done\n")
    os.close(person)
    damaged, done = await all_lines(kiosk)
    os.close(kiosk)
    assert isinstance(damaged, Damaged)
    assert done == Scan(":done")


async def test_who_stops_reading_leaves_the_next_line_to_others():
    kiosk, person = os.pipe()
    lines = read_lines(kiosk)
    os.write(person, b"39999000000001\n")
    assert await anext(lines) == Scan("39999000000001")
    await lines.aclose()
    await asyncio.sleep(0.02)  # for the reader to notice
    os.write(person, b":done\n")
    assert await asyncio.to_thread(os.read, kiosk, 100) == b":done\n"
    os.close(person)
    os.close(kiosk)


def test_a_program_ends_though_nobody_presses_a_key():
    program = """
import asyncio
from drivers.scanner.terminal import read_lines

async def main():
    async for line in read_lines(0):
        print(line.text, flush=True)
        break

asyncio.run(main())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        process.stdin.write(b"39999000000001\n")
        process.stdin.flush()  # and the pipe stays open
        assert process.wait(PATIENCE) == 0
        assert process.stdout.read() == b"39999000000001\n"
