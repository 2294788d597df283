"""Output that keeps nobody waiting."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from kiosk.console import output
from kiosk.console.output import Output, patient

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def test_what_is_written_comes_out_in_order_and_whole() -> None:
    reading, writing = os.pipe()
    out = Output(writing)
    for number in range(100):
        out.write(f"line {number}\n")
    out.close(10)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read().splitlines() == [f"line {number}" for number in range(100)]


def test_what_cannot_be_written_in_its_encoding_is_marked() -> None:
    reading, writing = os.pipe()
    out = Output(writing, "ascii")
    out.write("Émile")
    out.close(10)
    assert os.read(reading, 100) == b"?mile"


def test_a_reader_who_does_not_read_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "PILE", 10)
    reading, writing = os.pipe()
    out = Output(writing)
    begun = time.monotonic()
    for _ in range(20):
        out.write("x" * 100_000)  # more than a pipe holds
    out.close(0.1)
    assert time.monotonic() - begun < 5
    os.close(reading)


def slow(out: Callable[[int], object]) -> bytes:
    """Write more than a pipe holds into one that fails instead of waiting; give what came out."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received = b""

    def read() -> None:
        nonlocal received
        time.sleep(0.1)  # it is full before anybody reads
        while data := os.read(reading, 65536):
            received += data

    reader = threading.Thread(target=read)
    reader.start()
    out(writing)
    os.close(writing)
    reader.join()
    os.close(reading)
    return received


def test_output_that_would_have_to_wait_is_written_all_the_same() -> None:
    def write(descriptor: int) -> None:
        out = Output(descriptor)
        for _ in range(3):
            out.write("x" * 100_000)
        out.close(10)

    assert slow(write) == b"x" * 300_000


def test_who_can_wait_gets_all_of_it_out_too() -> None:
    def write(descriptor: int) -> None:
        out = patient(descriptor, "ascii")
        for _ in range(3):
            out.write("\u00c9" * 100_000)
            out.flush()

    assert slow(write) == b"?" * 300_000


def test_a_reader_who_has_gone_is_written_to_no_more() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = Output(writing)
    out.write("nobody\n")
    out.write("reads\n")
    out.close(10)
    assert not out._thread.is_alive()
