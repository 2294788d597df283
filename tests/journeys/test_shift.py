"""A whole shift, with real processes: scanner line, engine, SIP2 over TCP, receipt printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.cable import Cable
from support.emupos import Emupos, running_emupos
from support.shift import (
    BELOVED,
    BRAIDING,
    HOBBIT,
    INGRID,
    LEFT_HAND,
    MAYA,
    ON_HOLD,
    PARABLE,
    SPIRITED,
    TOMAS,
    WESTSIDE,
    Shift,
    shift,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.view.state import AppState


@pytest.fixture(scope="module")
def printer() -> Iterator[Emupos]:
    with running_emupos() as emupos:
        yield emupos


@pytest.fixture
def desk(tmp_path: Path, printer: Emupos) -> Iterator[Shift]:
    printer.clear_faults()
    with shift(tmp_path, printer=_network(printer)) as opened:
        opened.sees(online, "the library online")
        yield opened


def test_items_are_recorded_then_confirmed_with_their_titles(desk: Shift) -> None:
    desk.scan(MAYA)
    desk.sees(lambda s: s.patron and s.patron.name == "Maya Okafor", "the patron's name")
    desk.scan(LEFT_HAND, BRAIDING)
    state = desk.sees(lambda s: [x.stage for x in s.lines] == ["applied"] * 2, "two confirmed")
    assert [line.title for line in state.lines] == [
        "Braiding Sweetgrass",
        "The Left Hand of Darkness",
    ]
    assert [h.answer.tone for h in desk.happened if h.answer.item == LEFT_HAND] == [
        "recorded",
        "confirmed",
    ]
    assert desk.library.loans() == {LEFT_HAND: MAYA, BRAIDING: MAYA}


def test_the_receipt_lists_what_was_lent_and_leaves_out_what_was_refused(
    desk: Shift, printer: Emupos
) -> None:
    before = len(printer.receipts())
    desk.scan(MAYA, LEFT_HAND, ON_HOLD)
    desk.sees(lambda s: desk.stages() == ["applied", "refused"], "one confirmed, one refused")
    assert desk.hears("refused.checkout").answer.tone == "not_taken"
    desk.scan("DONE")
    receipt = printer.wait_for_receipts(before + 1)[-1]
    assert "NORTHSIDE BRANCH LIBRARY" in receipt
    assert "Card ending 4417" in receipt
    assert "1 item" in receipt
    assert "The Left Hand of Darkness" in receipt
    assert LEFT_HAND in receipt
    assert ON_HOLD not in receipt
    assert MAYA not in receipt
    # A refusal shown to staff is settled there and then.
    desk.sees(lambda s: s.patron is None and s.library.to_fix == 0, "the desk free")


def test_an_outage_in_the_middle_of_a_shift_loses_and_doubles_nothing(
    desk: Shift, printer: Emupos
) -> None:
    before = len(printer.receipts())
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "the first item confirmed")

    desk.library.stop()
    desk.scan(BRAIDING)
    desk.sees(lambda s: s.library.state == "offline", "the library offline")
    desk.sees(lambda s: desk.stages() == ["applied", "recorded"], "the second item recorded")
    desk.scan("DONE", TOMAS, SPIRITED, PARABLE, "DONE")
    printer.wait_for_receipts(before + 2)
    desk.press("bookdrop:yesterday")
    desk.sees(lambda s: s.mode == "checkin", "the desk taking returns")
    desk.scan(LEFT_HAND, "DONE")
    state = desk.sees(lambda s: s.library.waiting == 4, "four waiting")
    assert state.library.reason is not None

    desk.library.start()
    desk.sees(lambda s: s.library.waiting == 0 and online(s), "everything delivered")
    assert desk.library.loans() == {BRAIDING: MAYA, SPIRITED: TOMAS, PARABLE: TOMAS}
    log = desk.library.state()["log"]
    assert [(e["message"], e["item"]) for e in log] == [
        ("11", LEFT_HAND),
        ("11", BRAIDING),
        ("11", SPIRITED),
        ("11", PARABLE),
        ("09", LEFT_HAND),
    ]
    recorded = {t["item"]: t for t in desk.transactions() if t["kind"] == "checkout"}
    for entry in log[1:4]:
        assert entry["no_block"] is True or entry["no_block"] == "Y"
        assert entry["date"][:16] == recorded[entry["item"]]["due"][:16]
    assert [t["state"] for t in desk.transactions()] == ["applied"] * 5


def test_returns_say_where_items_must_go(desk: Shift) -> None:
    desk.press("checkin")
    desk.sees(lambda s: s.mode == "checkin", "the desk taking returns")
    desk.scan(WESTSIDE)
    state = desk.sees(lambda s: s.lines and s.lines[0].stage == "noticed", "an item to look at")
    assert state.answer is not None
    assert state.answer.tone == "look"
    assert not state.keep_off_shelves


def test_the_next_card_closes_the_visit_before_and_prints_its_receipt(
    desk: Shift, printer: Emupos
) -> None:
    before = len(printer.receipts())
    desk.scan(MAYA, HOBBIT)
    desk.sees(lambda s: desk.stages() == ["applied"], "the item confirmed")
    desk.scan(INGRID)
    assert HOBBIT in printer.wait_for_receipts(before + 1)[-1]
    desk.sees(lambda s: s.patron and s.patron.name == "Ingrid Solberg", "the next patron")


def test_a_printer_without_paper_stops_no_checkout_and_the_receipt_can_be_had_again(
    desk: Shift, printer: Emupos
) -> None:
    before = len(printer.receipts())
    printer.set_fault("paper-out")
    desk.scan(MAYA, BELOVED)
    desk.sees(lambda s: desk.stages() == ["applied"], "the item confirmed")
    desk.scan("DONE")
    desk.hears("print.failed")
    state = desk.sees(lambda s: s.devices[-1].problem, "the printer's trouble")
    assert state.devices[-1].problem is not None
    assert state.devices[-1].problem.key == "printer.paper_out"
    printer.clear_fault("paper-out")
    desk.press("reprint")
    receipt = printer.wait_for_receipts(before + 1)[-1]
    assert BELOVED in receipt
    assert "printed again" in receipt
    desk.sees(lambda s: not s.devices[-1].problem, "the printer well again")


def test_an_item_undone_is_given_back_to_the_library(desk: Shift) -> None:
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: desk.stages() == ["applied"], "the item confirmed")
    desk.scan("UNDO")
    desk.sees(lambda s: desk.stages() == ["voided"] and not s.library.waiting, "it undone")
    assert desk.library.loans() == {}
    assert desk.library.carried_out(LEFT_HAND) == ["11", "09"]


def test_what_is_undone_before_it_was_sent_never_reaches_the_library(desk: Shift) -> None:
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library offline")
    desk.scan(MAYA, LEFT_HAND, BRAIDING)
    desk.sees(lambda s: desk.stages() == ["recorded"] * 2, "two recorded")
    desk.scan("UNDO", "DONE")
    desk.sees(lambda s: s.library.waiting == 1, "one waiting")
    desk.library.start()
    desk.sees(lambda s: s.library.waiting == 0, "everything delivered")
    assert [e["item"] for e in desk.library.state()["log"]] == [LEFT_HAND]
    assert [t["state"] for t in desk.transactions()] == ["applied", "voided"]


@pytest.mark.parametrize("barcode", [LEFT_HAND])
def test_a_reply_lost_after_the_library_acted_is_asked_about_and_never_sent_again(
    tmp_path: Path, barcode: str
) -> None:
    with shift(tmp_path) as first:
        port = first.library.port
        first.engine.stop()
        cable = Cable(port)
        first.config.write_text(
            first.config.read_text().replace(f"port = {port}", f"port = {cable.port}")
        )
        first.engine.start()
        first.sees(online, "the library online")
        cable.lose_replies = 1
        first.scan(MAYA, barcode)
        first.sees(lambda s: first.stages() == ["applied"], "the item confirmed after asking")
        assert cable.lost, "a reply was lost"
        assert first.library.carried_out(barcode) == ["11"]
        cable.lose_replies = 1
        first.press("checkin")
        first.sees(lambda s: s.mode == "checkin", "the desk taking returns")
        first.scan(barcode)
        first.sees(lambda s: first.stages() == ["applied"], "the return confirmed after asking")
        assert first.library.carried_out(barcode) == ["11", "09"]
        cable.pull()


def online(state: AppState) -> bool:
    return state.library.state == "online"


def _network(printer: Emupos) -> str:
    return f'[printer.network]\nhost = "{printer.host}"\nport = {printer.port}'
