"""Nothing piles up on the screen, however many transactions there are."""

from __future__ import annotations

import gc
import sys
from datetime import timedelta

from support.desk_script import JONAS, MAYA, Day
from support.shift import with_check_digit

from kiosk.view.picture import picture
from kiosk.view.state import BlockList, Device, Library, Support

TRANSACTIONS = 2000
IN_A_VISIT = 5
ROUND = 250
"""Transactions between two looks; the first round fills what is kept for reuse."""
LEEWAY = 2000
"""Blocks of memory by which Python's own bookkeeping differs from one look to another: at most
one for each transaction."""


def seen(day: Day):
    return picture(
        day.desk,
        day.now,
        library=Library(state="online"),
        block_list=BlockList(),
        devices=(Device(name="Printer", kind="printer"),),
        space=None,
        support=Support(),
    )


def a_visit(stage, day: Day, number: int) -> None:
    day.scans(MAYA if number % 2 else JONAS)
    for item in range(IN_A_VISIT):
        day.records(with_check_digit(f"3123400{number * IN_A_VISIT + item:06}"))
        stage.root.show(seen(day))
        stage.frames(1)
    day.presses("done")
    stage.root.show(seen(day))
    stage.frames(1)
    day.now += timedelta(seconds=30)


def test_two_thousand_transactions_leave_nothing_behind(stage):
    stage.fresh()
    held = []
    for first in range(0, TRANSACTIONS, ROUND):
        day = Day()  # what a desk itself keeps is not the screen's
        for number in range(first // IN_A_VISIT, (first + ROUND) // IN_A_VISIT):
            a_visit(stage, day, number)
        del day
        gc.collect()
        held.append(sys.getallocatedblocks())
    assert held[-1] - held[1] < LEEWAY, held
