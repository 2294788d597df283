"""ESC/POS printers: the bytes they get, and what is told when they do not print.

Against printers of a few lines each; the real protocol is tested with emupos.
"""

import asyncio
import contextlib
import os
import socket
import threading
import time
import tty

import pytest
from support.patience import PATIENCE

from drivers.printer import escpos
from drivers.printer.document import Barcode, Cut, Document, Text, bars_fit
from drivers.printer.escpos import (
    NetworkPrinter,
    SerialPrinter,
    encode,
)
from drivers.printer.status import PrinterError, problem_in, query, reply_in
from drivers.settings import NetworkPrinterSettings, SerialPrinterSettings

LONG = Document(42, (*(Text(f"{n} · 31234000517861") for n in range(200)), Cut()))
SLIP = Document(42, (Text("Riverside Library", "bold"), Text("2 books"), Cut()))
READY = {1: 0x12, 2: 0x12, 4: 0x12}
CUT = b"\x1dV"
BOLD, PLAIN = b"\x1bE\x01", b"\x1bE\x00"


class FakePrinter:
    """A printer on TCP that answers `DLE EOT n` with the bytes it is told to, or not at all."""

    def __init__(self, answers):
        self.answers = answers
        self.server = socket.create_server(("127.0.0.1", 0))
        self.jobs = []
        self.open = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                self.open += 1
                with connection:
                    self.jobs.append(self.talk(connection))
                self.open -= 1

    def talk(self, connection):
        printed = b""
        while data := connection.recv(4096):
            for n in (1, 2, 4):
                if query(n) in data:
                    data = data.replace(query(n), b"")
                    connection.sendall(self.answers.get(n, b""))
            printed += data
        return printed

    @property
    def settings(self):
        return NetworkPrinterSettings("127.0.0.1", self.server.getsockname()[1], timeout=2.0)

    def close(self):
        """Switch off, when the jobs that came are done."""
        with contextlib.suppress(OSError):  # switched off before
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(PATIENCE)


@pytest.fixture
def fake():
    """Make a printer from its answers, each one byte, by the n of the question."""
    with contextlib.ExitStack() as stack:

        def make(answers):
            as_bytes = {n: bytes((a,)) if isinstance(a, int) else a for n, a in answers.items()}
            printer = FakePrinter(as_bytes)
            stack.callback(printer.close)
            return printer

        yield make


@pytest.fixture
def endless(monkeypatch):
    """Make every document larger than all buffers on the way."""
    monkeypatch.setattr(escpos, "_pieces", lambda *_: [b"x" * 50_000_000])


async def problem(job):
    with pytest.raises(PrinterError) as raised:
        await job
    return raised.value.problem


class TestTheBytes:
    def test_start_from_a_printer_as_it_was_switched_on(self):
        assert encode(SLIP, columns=42).startswith(b"\x1b@")

    def test_are_bold_where_the_document_is(self):
        data = encode(SLIP, columns=42)
        assert data.index(BOLD) < data.index(b"Riverside") < data.index(PLAIN)
        assert data.index(PLAIN) < data.index(b"2 books")

    def test_feed_and_cut(self):
        assert CUT in encode(SLIP, columns=42)

    @pytest.mark.parametrize("how", [{"cut": False}, {"profile": "POS-5890"}])
    def test_leave_a_gap_to_tear_where_there_is_no_knife(self, how):
        data = encode(SLIP, columns=42, **how)
        assert CUT not in data
        assert data.endswith((b"\n" * 6, b"\x1bd\x06"))

    def test_cut_a_line_at_the_width_of_the_paper(self):
        data = encode(Document(48, (Text("x" * 48),)), columns=42)
        assert data.count(b"x") == 42

    def test_switch_code_pages_for_accents(self):
        data = encode(Document(42, (Text("Žluťoučký kůň, €5"),)), columns=42)
        assert b"?" not in data

    def test_put_an_accent_on_its_letter(self):
        assert encode(Document(42, (Text("e\u0301"),)), columns=42) == encode(
            Document(42, (Text("é"),)), columns=42
        )

    @pytest.mark.parametrize("text", ["紅樓夢", "🐈", "\udcff", "मेरा", "a\x1b\x1dVb\n", "\u200e"])
    def test_take_a_place_for_what_no_code_page_has(self, text):
        data = encode(Document(42, (Text(text),)), columns=42)
        assert b"\x1dV" not in data
        assert data.count(b"\n") == 1

    def test_take_one_column_a_character(self):
        data = encode(Document(42, (Text("紅樓夢|"),)), columns=42)
        assert b"???|" in data


class TestTheStatus:
    def test_a_reply_is_told_from_other_bytes_by_its_fixed_bits(self):
        automatic_status = bytes((0x14, 0x00, 0x00, 0x0F))
        assert reply_in(automatic_status + b"\x16") == 0x16
        assert reply_in(automatic_status) is None
        assert reply_in(b"") is None

    @pytest.mark.parametrize(
        ("replies", "expected"),
        [
            (READY, None),
            ({}, None),
            ({1: 0x16}, None),  # the drawer is open, which is nobody's business here
            ({**READY, 4: 0x1E}, None),  # paper near its end still prints
            ({**READY, 1: 0x1A}, "offline"),
            ({1: 0x1A, 2: 0x16, 4: 0x7E}, "cover_open"),
            ({1: 0x1A, 2: 0x32, 4: 0x12}, "paper_out"),
            ({1: 0x1A, 2: 0x12, 4: 0x7E}, "paper_out"),
            ({1: 0x1A, 2: 0x52, 4: 0x12}, "error"),
        ],
    )
    def test_the_cause_is_told_that_somebody_can_see_to(self, replies, expected):
        assert problem_in(replies) == expected


class TestANetworkPrinter:
    async def test_that_is_ready_prints(self, fake):
        printer = fake(READY)
        await NetworkPrinter(printer.settings).print(SLIP)
        printer.close()
        assert printer.jobs == [encode(SLIP, columns=42)]

    async def test_that_is_asked_prints_nothing(self, fake):
        printer = fake(READY)
        await NetworkPrinter(printer.settings).check()
        printer.close()
        assert printer.jobs == [b""]

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ({1: 0x1A, 2: 0x16, 4: 0x12}, "cover_open"),
            ({1: 0x1A, 2: 0x12, 4: 0x7E}, "paper_out"),
            ({1: 0x1A, 2: 0x12, 4: 0x12}, "offline"),
        ],
    )
    async def test_that_cannot_print_is_sent_nothing(self, fake, answers, expected):
        printer = fake(answers)
        assert await problem(NetworkPrinter(printer.settings).print(SLIP)) == expected
        assert await problem(NetworkPrinter(printer.settings).check()) == expected
        printer.close()
        assert printer.jobs == [b"", b""]

    async def test_that_sends_other_bytes_too_is_understood(self, fake):
        printer = fake({**READY, 1: b"\x14\x00\x00\x0f\x12"})
        await NetworkPrinter(printer.settings).print(SLIP)

    async def test_that_never_answers_gets_the_job_and_in_good_time(self, fake):
        printer = fake({})
        started = time.monotonic()
        await NetworkPrinter(printer.settings).print(SLIP)
        assert time.monotonic() - started < printer.settings.timeout
        printer.close()
        assert printer.jobs == [encode(SLIP, columns=42)]

    async def test_never_holds_up_the_desk(self, fake):
        job = asyncio.create_task(NetworkPrinter(fake({}).settings).print(SLIP))
        longest = 0.0
        while not job.done():
            before = time.monotonic()
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - before)
        await job
        assert longest < 0.5

    async def test_that_is_not_there_is_unreachable(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        printer = NetworkPrinter(NetworkPrinterSettings("127.0.0.1", port))
        assert await problem(printer.print(SLIP)) == "unreachable"

    @pytest.mark.parametrize("host", ["printer.invalid", "x" * 80])
    async def test_whose_name_is_not_known_is_unreachable(self, host):
        printer = NetworkPrinter(NetworkPrinterSettings(host, timeout=1.0))
        assert await problem(printer.check()) == "unreachable"

    async def test_that_never_accepts_is_unreachable_in_time(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(socket.socket())
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            for _ in range(3):  # fill the queue of those who wait
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(server.getsockname())
            settings = NetworkPrinterSettings(*server.getsockname(), timeout=0.2)
            assert await problem(NetworkPrinter(settings).print(SLIP)) == "unreachable"

    async def test_that_hangs_up_is_unreachable(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings = NetworkPrinterSettings(*server.getsockname())
            job = asyncio.create_task(NetworkPrinter(settings).print(SLIP))
            connection, _ = await asyncio.to_thread(server.accept)
            connection.close()
            assert await problem(job) == "unreachable"

    async def test_that_stops_taking_bytes_is_a_timeout(self, endless):
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings = NetworkPrinterSettings(*server.getsockname(), timeout=0.2)
            assert await problem(NetworkPrinter(settings).print(SLIP)) == "timeout"

    async def test_gets_a_long_list_piece_by_piece_and_it_is_told_how_far_it_is(self, fake):
        printer, shares = fake(READY), []

        def goes_on(share):
            shares.append(share)
            return True

        await NetworkPrinter(printer.settings).print(LONG, goes_on)
        printer.close()
        assert printer.jobs == [encode(LONG, columns=42)]
        assert len(shares) > 5
        assert shares == sorted({*shares})
        assert (shares[0], shares[-1] < 1) == (0, True)

    async def test_that_is_told_to_stop_cuts_off_what_is_on_paper(self, fake):
        printer = fake(READY)
        await NetworkPrinter(printer.settings).print(LONG, lambda share: share < 0.5)
        printer.close()
        (printed,) = printer.jobs
        whole, end = encode(LONG, columns=42), encode(Document(42, (Cut(),)), columns=42)
        begun = printed.removesuffix(end)
        assert begun != printed
        assert whole.startswith(begun)
        assert 0.5 <= len(begun) / len(whole) < 0.6

    async def test_with_a_profile_nobody_knows_says_so(self, fake):
        printer = fake(READY)
        settings = NetworkPrinterSettings(*printer.server.getsockname(), profile="no such printer")
        assert await problem(NetworkPrinter(settings).print(SLIP)) == "error"

    async def test_has_no_open_connection_between_jobs(self, fake):
        printer = fake(READY)
        kiosk = NetworkPrinter(printer.settings)
        await asyncio.gather(kiosk.print(SLIP), kiosk.print(SLIP), kiosk.check())
        printer.close()
        assert printer.open == 0
        assert len(printer.jobs) == 3

    def test_goes_by_its_name_or_its_address(self):
        assert NetworkPrinter(NetworkPrinterSettings("10.0.0.9")).name == "10.0.0.9"
        assert NetworkPrinter(NetworkPrinterSettings("10.0.0.9", name="Desk")).name == "Desk"


@pytest.fixture
def serial_port():
    """Give the printer's end of a serial port, and the path of the kiosk's."""
    printer, kiosk = os.openpty()
    tty.setraw(kiosk)
    yield printer, os.ttyname(kiosk)
    os.close(printer)
    os.close(kiosk)


class TestASerialPrinter:
    async def test_prints(self, serial_port):
        end, path = serial_port
        job = asyncio.create_task(SerialPrinter(SerialPrinterSettings(path)).print(SLIP))
        for n, answer in READY.items():
            assert await asyncio.to_thread(os.read, end, 3) == query(n)
            os.write(end, bytes((answer,)))
        received = b""
        while len(received) < len(encode(SLIP, columns=42)):
            received += await asyncio.to_thread(os.read, end, 4096)
        await job
        assert received == encode(SLIP, columns=42)

    async def test_without_paper_prints_nothing(self, serial_port):
        end, path = serial_port
        job = asyncio.create_task(SerialPrinter(SerialPrinterSettings(path)).print(SLIP))
        for n, answer in {1: 0x1A, 2: 0x32, 4: 0x7E}.items():
            assert await asyncio.to_thread(os.read, end, 3) == query(n)
            os.write(end, bytes((answer,)))
        assert await problem(job) == "paper_out"

    async def test_that_holds_the_line_is_a_timeout(self, serial_port, endless):
        _, path = serial_port
        printer = SerialPrinter(SerialPrinterSettings(path, timeout=0.2))
        assert await problem(printer.print(SLIP)) == "timeout"

    async def test_whose_port_is_not_there_is_unreachable(self, tmp_path):
        printer = SerialPrinter(SerialPrinterSettings(str(tmp_path / "nothing")))
        assert await problem(printer.check()) == "unreachable"

    async def test_that_is_unplugged_is_unreachable(self):
        end, kiosk = os.openpty()
        tty.setraw(kiosk)
        path = os.ttyname(kiosk)
        job = asyncio.create_task(SerialPrinter(SerialPrinterSettings(path)).print(SLIP))
        await asyncio.to_thread(os.read, end, 3)
        os.close(kiosk)
        os.close(end)
        assert await problem(job) == "unreachable"


# -- barcodes --------------------------------------------------------------------------------------

CODE_128 = b"\x1dkI"  # GS k 73: Code 128, with its length before it


def test_a_barcode_is_drawn_by_the_printer_with_its_text_below():
    data = encode(Document(42, (Barcode("31234000517861"), Text("after"))), columns=42)
    assert CODE_128 + bytes([16]) + b"{B31234000517861" in data
    assert b"\x1dH\x02" in data  # the text below
    assert b"\x1dw\x02" in data  # the narrowest bar: 2 dots
    after = data[data.index(CODE_128) :]
    assert b"\x1ba\x00" in after[: after.index(b"after")]  # at the left edge again


def test_nothing_is_said_on_standard_output(capfd):
    encode(Document(42, (Barcode("31234000517861"),)), columns=42)
    assert capfd.readouterr() == ("", "")


def test_a_brace_in_a_barcode_is_no_special_character():
    data = encode(Document(42, (Barcode("a{b"),)), columns=42)
    assert CODE_128 + bytes([6]) + b"{Ba{{b" in data


@pytest.mark.parametrize(("length", "columns"), [(14, 32), (19, 42), (23, 48)])
def test_what_is_too_long_for_the_paper_is_written_as_text(length, columns):
    assert bars_fit("3" * length, columns)
    assert not bars_fit("3" * (length + 1), columns)
    data = encode(Document(columns, (Barcode("3" * (length + 1)),)), columns=columns)
    assert CODE_128 not in data
    assert b"3" * (length + 1) in data


@pytest.mark.parametrize("text", ["", "Müller", "a\tb", "a\nb"])
def test_what_the_code_cannot_say_is_written_as_text(text):
    assert CODE_128 not in encode(Document(42, (Barcode(text),)), columns=42)
