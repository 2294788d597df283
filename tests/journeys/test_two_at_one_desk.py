"""One desk worked at by several at once: two scanners and two consoles, one visit, one mode."""

from __future__ import annotations

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.shift import (
    BRAIDING,
    HOBBIT,
    LEFT_HAND,
    MAYA,
    PARABLE,
    SPIRITED,
    TOMAS,
    ConsoleAtWork,
    Scanner,
    Shift,
    shift,
    with_check_digit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def other() -> Iterator[Scanner]:
    scanner = Scanner()
    yield scanner
    scanner.close()


@pytest.fixture
def desk(tmp_path: Path, other: Scanner) -> Iterator[Shift]:
    """A desk with two scanners."""
    more = f'[[scanner]]\nport = "{other.port}"\ngap = 0.2\n'
    with shift(tmp_path, more=more) as opened:
        opened.sees(lambda s: s.library.state == "online", "the library online")
        yield opened


def told(desk: Shift) -> dict[str, str]:
    """Give the tone of what was last said of each item."""
    return {h.answer.item: h.answer.tone for h in desk.happened if h.answer.item}


def test_two_scanners_share_the_patron_and_the_mode(desk: Shift, other: Scanner) -> None:
    desk.scan(MAYA)
    desk.sees(lambda s: s.patron is not None, "Maya")
    desk.scan(LEFT_HAND)
    other.scan(BRAIDING)
    desk.sees(lambda s: s.items == 2, "both items")
    other.scan("CHECKIN")  # her visit is closed for both; the mode is the desk's
    desk.sees(lambda s: s.mode == "checkin" and s.patron is None, "returns")
    desk.scan(HOBBIT)
    other.scan(PARABLE)
    desk.sees(lambda s: len(s.lines) == 2, "two returns")
    other.scan(TOMAS)  # a card begins a visit, whoever scans it
    desk.sees(lambda s: s.patron is not None, "Tomas")
    desk.scan(SPIRITED)
    desk.sees(lambda s: s.items == 1, "his item")
    assert {(x["kind"], x.get("patron", ""), x["item"]) for x in desk.transactions()} == {
        ("checkout", MAYA, LEFT_HAND),
        ("checkout", MAYA, BRAIDING),
        ("checkin", "", HOBBIT),
        ("checkin", "", PARABLE),
        ("checkout", TOMAS, SPIRITED),
    }


def test_two_scanners_and_two_consoles_at_once_lose_and_double_nothing(
    desk: Shift, other: Scanner
) -> None:
    """Each goes on with its own work, Maya's card in two of them; chance decides whose turn it is.

    The desk has one mode and one patron, so what an item becomes depends on that; but it becomes
    one thing, and whoever scanned it is told which.
    """
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library away")
    labels = [with_check_digit(f"3123400{n:06d}") for n in range(40)]
    lends, takes_back, renews, scans = (labels[n : n + 10] for n in range(0, 40, 10))
    first, second = (ConsoleAtWork(str(desk.config), drain=0) for _ in range(2))
    hands = [
        lambda: first.enters(MAYA, *lends, ":done"),
        lambda: second.enters(":checkin", *takes_back, ":done", ":checkout"),
        lambda: desk.scan("RENEW", MAYA, *renews),
        lambda: [other.scan(x) for x in (TOMAS, *scans, "DONE")],
    ]
    for console in (first, second):
        console.enters(":time")
        console.says("It is")
    with ThreadPoolExecutor() as staff:
        list(staff.map(lambda hand: hand(), hands))
    assert first.ends() == second.ends() == 3
    desk.sees(lambda _: told(desk).keys() >= set(labels), "an answer to each")
    desk.press("done")
    desk.sees(lambda s: s.patron is None, "the last visit closed")
    transactions = desk.transactions()
    lines = Counter(x["item"] for x in transactions)
    assert lines == Counter(item for item, tone in told(desk).items() if tone == "recorded")
    patrons = {(x["visit"], x["patron"]) for x in transactions if x["kind"] != "checkin"}
    assert len(patrons) == len({visit for visit, _ in patrons}), "one patron in each visit"
    desk.library.start()
    desk.sees(lambda s: s.library.waiting == 0, "everything delivered")
    assert Counter(x["item"] for x in desk.library.state()["log"]) == lines


def test_done_and_at_once_the_same_card_go_on_with_the_visit_and_end_in_one_receipt(
    desk: Shift,
) -> None:
    desk.type(MAYA)
    desk.sees(lambda s: s.patron is not None, "Maya")
    os.kill(desk.library.pid, signal.SIGSTOP)  # so that Done waits for it
    try:
        with desk.at_once():
            desk.type(LEFT_HAND)
            desk.press("done")
            desk.type(MAYA)
        desk.hears("done.taken_back")
        desk.sees(lambda s: s.items == 1 and not s.closing, "the visit going on")
    finally:
        os.kill(desk.library.pid, signal.SIGCONT)
    desk.type(BRAIDING)
    desk.sees(lambda s: s.items == 2, "both items")
    desk.press("done")
    desk.hears("done.lent")
    (done,) = (h.answer.headline for h in desk.happened if h.answer.headline.key == "done.lent")
    assert done.args == {"count": 2}
    assert len({x["visit"] for x in desk.transactions()}) == 1
