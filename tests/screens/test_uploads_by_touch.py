"""Delivery by touch alone, at real engines: upload sessions at an Evergreen, files handed over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.fake_evergreen.client import FakeEvergreen
from support.shift import BELOVED, BRAIDING, LEFT_HAND, MAYA, TOMAS, Shift, desk_before

from tests.screens.hand import Hand, hand_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def changed(config: str, ils: str) -> str:
    """Take another library system, and receipts that nobody reads."""
    config = re.sub(r"\[ils\].*\[delivery\]", lambda _: f"{ils}[delivery]", config, flags=re.DOTALL)
    return config.replace("[printer]", "[printer]\nterminal = true") + "ask_first = true\n"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEvergreen]:
    with FakeEvergreen(tmp_path / "world.jsonl") as fake:
        fake.world(
            patrons=[{"card": card} for card in (MAYA, TOMAS)],
            items=[{"item": item} for item in (LEFT_HAND, BRAIDING)],
        )
        fake.make("Westside 19 Nov")
        yield fake


def lends(desk: Shift, hand: Hand, card: str, item: str) -> None:
    desk.scan(card, item)
    desk.sees(lambda s: s.patron and s.items, "the item")
    hand.touches("Done · 1 item")
    desk.sees(lambda s: s.patron is None, "the visit closed")


def test_an_outage_is_uploaded_processed_and_put_right(
    tmp_path: Path, stage, fake: FakeEvergreen
) -> None:
    password = tmp_path / "chief.password"
    password.write_text("chief\n")
    ils = f"""[ils]
offline = "evergreen"
[ils.evergreen]
url = "{fake.url}"
org = 4
workstation = "BR1-desk"
login = "chief"
password_file = "{password}"
timeout = 3
gather = 0
desks = ["desk-1", "front"]
"""
    with (
        desk_before(tmp_path, lambda x: changed(x, ils)) as desk,
        hand_at(stage, desk.data) as hand,
    ):
        fake.kill()
        desk.sees(lambda s: s.library.state == "offline", "offline")
        lends(desk, hand, MAYA, LEFT_HAND)
        lends(desk, hand, TOMAS, BELOVED)
        fake.start()
        fake.be(per_line=2.0)
        desk.sees(lambda s: s.library.state == "online", "online")
        hand.stage.wait(0.3)
        hand.touches(hand.root.ids.status.library.says)
        hand.reads("waiting to be sent")
        hand.touches("Upload sessions")
        hand.reads("1 upload session")
        hand.touches("New upload session")
        hand.is_asked("Name of the new")
        hand.types("Flood")
        hand.touches("Finish")
        hand.reads("Flood is there")
        hand.reads("2 upload sessions")
        hand.touches("Westside 19 Nov", "Upload to this one from now on")
        hand.reads("The next uploads go into Westside 19 Nov")
        hand.sees(lambda: chosen(hand) == ["Westside 19 Nov"], "that on the list")
        hand.touches("Flood", "Upload to this one from now on")
        hand.reads("The next uploads go into Flood")
        hand.sees(lambda: chosen(hand) == ["Flood"], "that on the list")
        hand.touches("Delivery", "Send now")
        hand.reads("Missing: front")
        hand.touches("Upload sessions", "Flood", "Print the notice for colleagues")
        hand.reads("The notice for Flood is being printed")
        hand.touches("Process now")
        hand.reads("Process Flood now?")
        hand.stage.wait(0.4)
        hand.touches("Process it")
        hand.reads("processed")  # "asked to be", for as long as it takes
        hand.touches("Delivery")
        desk.sees(lambda s: s.library.to_fix == 1, "one to fix")
        hand.reads("1 refused")
        hand.touches("To fix")
        hand.touches("Item not known to the library", "Correct and resend")
        hand.is_asked("The item")
        hand.touches(*BRAIDING, "Finish")
        hand.reads("Corrected, and sent in its place")
        hand.touches("More", "Delivery")
        desk.sees(lambda s: s.library.uploaded == 1, "the right one uploaded")
        hand.reads("Internet Down")


def chosen(hand: Hand) -> list[str]:
    """Give the sessions on show that say that they are chosen."""
    shown = (x for x in hand.root.screen.entries.walk() if getattr(x, "title", ""))
    return [row.title for row in shown if row.under == "next uploads go here"]


def test_a_file_is_confirmed_and_another_written_again(tmp_path: Path, stage) -> None:
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    ils = f"""[ils]
offline = "files"
[ils.files]
format = "csv"
to = "{exchange}"
"""
    with (
        desk_before(tmp_path, lambda x: changed(x, ils)) as desk,
        hand_at(stage, desk.data) as hand,
    ):
        for n, (card, item) in enumerate(((MAYA, LEFT_HAND), (TOMAS, BRAIDING)), 1):
            lends(desk, hand, card, item)
            hand.touches("More", "Delivery", "Send now")
            desk.sees(lambda s, n=n: s.library.handed_files == n, "the file")
        first, second = sorted(x.name for x in exchange.iterdir())
        hand.touches("Files handed over")
        hand.reads("2 files")
        hand.touches(first, "It was loaded into the library system")
        hand.reads(f"Was {first} loaded?")
        hand.stage.wait(0.4)
        hand.touches("It was loaded")
        desk.sees(lambda s: s.library.handed_files == 1, "one left")
        (exchange / second).unlink()
        hand.touches("More", "Files handed over", second, "It is lost: write it again")
        hand.reads(f"Write {second} again?")
        hand.stage.wait(0.4)
        hand.touches("Write it again")
        hand.sees((exchange / second).exists, "it is written again")
