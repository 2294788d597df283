"""A real engine is killed, again and again, while it uploads to an Evergreen that lies."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import pytest
from support.fake_evergreen.client import FakeEvergreen
from support.shift import INGRID, MAYA, TOMAS, Shift, desk_before, with_check_digit
from support.uploading import wrong_at_evergreen

from kiosk.daybook.daybook import Daybook

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = [with_check_digit(f"3123400{n:06}") for n in range(100_000, 100_024)]
LIES = ["lost-before", "lost-after", "half-and-reset", "no-file", "part-stored", "502-after"]


def at_evergreen(config: str, fake: FakeEvergreen, password: Path) -> str:
    """Set the fake in the place of a SIP2 server."""
    ils = f"""[ils]
live = "none"
offline = "evergreen"
[ils.evergreen]
url = "{fake.url}"
org = 4
workstation = "BR1-desk"
login = "kiosk"
password_file = "{password}"
timeout = 1
gather = 0
[delivery]
"""
    return re.sub(r"\[ils\].*\[delivery\]\n", lambda _: ils, config, flags=re.DOTALL)


def lent(desk: Shift) -> int:
    """Count what is shown as recorded."""
    lines = desk.state.lines if desk.state is not None else ()
    return sum(line.stage != "recording" for line in lines)


@pytest.mark.parametrize("seed", range(1))
def test_killed_while_scanning_and_uploading_each_is_applied_once_or_says_why(
    tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    with FakeEvergreen(tmp_path / "world.jsonl") as fake:
        fake.world(
            patrons=[{"card": card} for card in (MAYA, TOMAS, INGRID)],
            items=[{"item": item} for item in ITEMS],
        )
        password = tmp_path / "kiosk.password"
        with desk_before(tmp_path, lambda x: at_evergreen(x, fake, password)) as desk:
            for n, card in enumerate((MAYA, TOMAS, INGRID)):
                for name in LIES:
                    fake.fault(name, times=None, chance=0.15, seed=10 * seed + n, on="load")
                desk.scan(card, *ITEMS[8 * n : 8 * n + 8])
                desk.sees(lambda _: lent(desk) >= dice.randrange(2, 8), "some items")
                desk.press("done")
                if dice.random() < 0.5:
                    fake.kill()
                desk.kill_engine()
                fake.kill()
                fake.start()
                desk.engine.start()
                desk.sees(lambda s: s.library.state == "online", "the library online again")
            fake.do("clear")
            desk.press("done")
            desk.sees(lambda s: s.library.waiting == 0, "all of it uploaded")
        with Daybook(tmp_path / "data", read_only=True) as daybook:
            assert wrong_at_evergreen(daybook, fake, may_wait=True) == []
            recorded = [state for _, state, _ in daybook.history()]
    assert len(recorded) >= 6
    assert set(recorded) == {"waiting"}
