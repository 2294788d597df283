"""ESC/POS printers: how they are reached, and what is told when they do not print.

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

from drivers.printer import escpos, wires
from drivers.printer.document import Cut, Document, Text
from drivers.printer.encoding import encode
from drivers.printer.escpos import NetworkPrinter, SerialPrinter
from drivers.printer.status import PrinterError, query
from drivers.settings import NetworkPrinterSettings, SerialPrinterSettings

LONG = Document(42, (*(Text(f"{n} · 31234000517861") for n in range(200)), Cut()))
RECEIPT = Document(42, (*(Text(f"{n} · 31234000517861") for n in range(100)), Cut()))
SLIP = Document(42, (Text("Riverside Library", "bold"), Text("2 books"), Cut()))
READY = {1: 0x12, 2: 0x12, 4: 0x12}


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
def small_buffer():
    """Listen as a printer does that has room for less than a receipt."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


@pytest.fixture
def endless(monkeypatch):
    """Make every document larger than all buffers on the way."""
    monkeypatch.setattr(escpos, "encode", lambda *_, **__: [b"x" * 50_000_000])


def whole(document):
    return b"".join(encode(document, columns=42))


async def problem(job):
    with pytest.raises(PrinterError) as raised:
        await job
    return raised.value.problem


class TestANetworkPrinter:
    async def test_that_is_ready_prints(self, fake):
        printer = fake(READY)
        await NetworkPrinter(printer.settings).print(SLIP)
        printer.close()
        assert printer.jobs == [whole(SLIP)]

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
        assert printer.jobs == [whole(SLIP)]

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

    async def test_that_takes_half_a_receipt_and_no_more_is_a_timeout(self, small_buffer):
        settings = NetworkPrinterSettings(*small_buffer.getsockname(), timeout=0.2)
        assert await problem(NetworkPrinter(settings).print(RECEIPT)) == "timeout"

    async def test_gets_nothing_more_of_a_receipt_that_was_given_up(self, small_buffer):
        settings = NetworkPrinterSettings(*small_buffer.getsockname(), timeout=0.2)
        assert await problem(NetworkPrinter(settings).print(RECEIPT)) == "timeout"
        connection, _ = small_buffer.accept()
        with connection, pytest.raises(ConnectionResetError):
            connection.makefile("rb").read()

    async def test_that_takes_the_rest_after_a_while_is_waited_for(self, small_buffer, monkeypatch):
        waits, left = threading.Event(), wires._on_the_way

        def watched(connection):
            count = left(connection)
            if count:
                waits.set()
            return count

        monkeypatch.setattr(wires, "_on_the_way", watched)
        settings = NetworkPrinterSettings(*small_buffer.getsockname(), timeout=PATIENCE)
        job = asyncio.create_task(NetworkPrinter(settings).print(RECEIPT))
        connection, _ = await asyncio.to_thread(small_buffer.accept)
        with connection:
            assert await asyncio.to_thread(waits.wait, PATIENCE)
            assert not job.done()
            printed = await asyncio.to_thread(connection.makefile("rb").read)
        await job
        assert printed.endswith(whole(RECEIPT))

    async def test_gets_a_long_list_piece_by_piece_and_it_is_told_how_far_it_is(self, fake):
        printer, shares = fake(READY), []

        def goes_on(share):
            shares.append(share)
            return True

        await NetworkPrinter(printer.settings).print(LONG, goes_on)
        printer.close()
        assert printer.jobs == [whole(LONG)]
        assert len(shares) > 5
        assert shares == sorted({*shares})
        assert (shares[0], shares[-1] < 1) == (0, True)

    async def test_that_is_told_to_stop_cuts_off_what_is_on_paper(self, fake):
        printer = fake(READY)
        await NetworkPrinter(printer.settings).print(LONG, lambda share: share < 0.5)
        printer.close()
        (printed,) = printer.jobs
        end = whole(Document(42, (Cut(),)))
        begun = printed.removesuffix(end)
        assert begun != printed
        assert whole(LONG).startswith(begun)
        assert 0.5 <= len(begun) / len(whole(LONG)) < 0.6

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
        while len(received) < len(whole(SLIP)):
            received += await asyncio.to_thread(os.read, end, 4096)
        await job
        assert received == whole(SLIP)

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
