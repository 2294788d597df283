"""A real engine is killed, again and again, while a real server lies, and is killed as well."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from support.delivering import broken, fates
from support.fake_sip2.client import FakeSip2
from support.shift import INGRID, MAYA, TOMAS, Shift, desk_before, with_check_digit

from kiosk.daybook.daybook import Daybook

if TYPE_CHECKING:
    from pathlib import Path

ZONE = ZoneInfo("America/Chicago")
ITEMS = [with_check_digit(f"3123400{n:06}") for n in range(100_000, 100_024)]
LIES = ["lost-before", "lost-after", "close-after", "half-and-reset", "ask-again", "wrong-checksum"]


def impatient(config: str) -> str:
    """Set how the fake is spoken to."""
    return config.replace("timeout = 2.0", 'timeout = 0.2\nserver = "koha"')


def acknowledged(desk: Shift) -> set[str]:
    """Give the items that are shown as recorded, at least."""
    lines = desk.state.lines if desk.state is not None else ()
    return {line.item for line in lines if line.stage != "recording"}


@pytest.mark.parametrize("seed", range(2))
def test_killed_while_scanning_and_sending_each_is_applied_once_or_says_why(
    tmp_path: Path, seed: int
) -> None:
    dice, seen = Random(seed), set[str]()
    with FakeSip2(tmp_path / "world.jsonl", "koha-new") as fake:
        fake.world(
            patrons=[{"card": card, "name": card} for card in (MAYA, TOMAS, INGRID)],
            items=[{"item": item, "title": f"Title of {item}"} for item in ITEMS],
        )
        with desk_before(tmp_path, impatient, library_port=fake.port) as desk:
            for n, card in enumerate((MAYA, TOMAS, INGRID)):
                for name in LIES:
                    fake.fault(name, times=None, chance=0.06, seed=10 * seed + n)
                desk.scan(card, *ITEMS[8 * n : 8 * n + 8])
                desk.sees(lambda _: len(acknowledged(desk)) >= dice.randrange(1, 7), "some items")
                seen |= acknowledged(desk)
                if dice.random() < 0.5:
                    fake.kill()
                desk.kill_engine()
                fake.kill()
                fake.start()
                desk.engine.start()
                desk.sees(lambda s: s.library.state == "online", "the library online again")
            fake.do("clear")
            desk.press("done")
            desk.sees(lambda s: s.library.waiting == 0, "nothing waiting")
        fake.do("quiet")
        with Daybook(tmp_path / "data", read_only=True) as daybook:
            ledger = fake.ledger()
            assert broken(daybook, ledger, {}, zone=ZONE) == []
            recorded = {fate.transaction.item for fate in fates(daybook, ledger, ZONE)}
    assert seen <= recorded
    assert len(ledger) > 6
