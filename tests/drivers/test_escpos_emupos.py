"""Printers and a scanner at wire level, simulated by somebody else's program."""

import asyncio

import pytest
from support.emupos import running_emupos
from support.patience import PATIENCE

from drivers.printer.document import Barcode, Cut, Document, Text
from drivers.printer.escpos import (
    NetworkPrinter,
    SerialPrinter,
)
from drivers.printer.status import PrinterError
from drivers.scanner.serial import SerialScanner
from drivers.scanner.symbology import Scan
from drivers.settings import NetworkPrinterSettings, SerialPrinterSettings, SerialScannerSettings


def slip(*lines):
    return Document(42, (*(Text(line) for line in lines), Cut()))


@pytest.fixture(scope="module")
def simulator():
    with running_emupos() as emupos:
        yield emupos


@pytest.fixture
def emupos(simulator):
    simulator.clear_faults()
    return simulator


@pytest.fixture(params=["network-printer", "serial-printer"])
def device(request):
    return request.param


@pytest.fixture
def printer(emupos, device):
    if device == "network-printer":
        return NetworkPrinter(NetworkPrinterSettings(emupos.host, emupos.port))
    return SerialPrinter(SerialPrinterSettings(emupos.serial_printer))


async def test_a_slip_comes_out_as_it_was_laid_out(emupos, device, printer):
    before = len(emupos.receipts(device))
    document = slip("Riverside Library", "", "Müller, Žofie          due 2026-03-14", "3 €")
    await printer.print(document)
    receipt = emupos.wait_for_receipts(before + 1, device)[-1]
    printed = "\n".join(line.rstrip() for line in receipt.splitlines()).strip()
    assert printed == "\n".join(
        element.text for element in document.elements if isinstance(element, Text)
    )


async def test_each_cut_ends_a_slip(emupos, device, printer):
    before = len(emupos.receipts(device))
    await printer.print(Document(42, (Text("one"), Cut(), Text("two", "bold"), Cut())))
    receipts = emupos.wait_for_receipts(before + 2, device)[-2:]
    # The simulator orders what came out by the millisecond, and both may have come in one.
    assert sorted(receipt.strip() for receipt in receipts) == ["one", "two"]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("paper-out", "paper_out"), ("cover-open", "cover_open"), ("offline", "offline")],
)
async def test_a_printer_that_cannot_print_says_why_and_prints_again_when_it_can(
    emupos, device, printer, fault, problem
):
    before = len(emupos.receipts(device))
    emupos.set_fault(fault, device)
    with pytest.raises(PrinterError) as raised:
        await printer.print(slip("not to be printed"))
    assert raised.value.problem == problem
    with pytest.raises(PrinterError):
        await printer.check()

    emupos.clear_fault(fault, device)
    await printer.check()
    await printer.print(slip("printed"))
    receipts = emupos.wait_for_receipts(before + 1, device)[before:]
    assert [receipt.strip() for receipt in receipts] == ["printed"]


async def test_paper_near_its_end_still_prints(emupos, device, printer):
    before = len(emupos.receipts(device))
    emupos.set_fault("paper-near-end", device)
    await printer.print(slip("printed"))
    emupos.wait_for_receipts(before + 1, device)


async def test_two_desks_share_a_printer(emupos):
    before = len(emupos.receipts())
    desks = [NetworkPrinter(NetworkPrinterSettings(emupos.host, emupos.port)) for _ in range(2)]
    await asyncio.gather(*(desk.print(slip("a slip")) for desk in desks))
    emupos.wait_for_receipts(before + 2)


async def test_a_serial_scanner_scans(emupos):
    scans, status = asyncio.Queue(), asyncio.Queue()
    scanner = SerialScanner(SerialScannerSettings(emupos.scanner))
    task = asyncio.create_task(
        scanner.run(scans.put_nowait, lambda state, reason: status.put_nowait(state))
    )
    async with asyncio.timeout(PATIENCE):
        assert await status.get() == "present"
        await asyncio.to_thread(emupos.scan, "39999000000001")
        assert await scans.get() == Scan("39999000000001")
    task.cancel()


async def test_a_barcode_is_one_and_what_follows_stands_at_the_left_edge(emupos, device, printer):
    before = len(emupos.receipts(device))
    await printer.print(Document(42, (Barcode("31234000517861"), Text("after"), Cut())))
    receipt = emupos.wait_for_receipts(before + 1, device)[-1]
    assert "31234000517861" in receipt
    assert receipt.splitlines()[-1].rstrip() == "after"
