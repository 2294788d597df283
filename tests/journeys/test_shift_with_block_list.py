"""A shift with a block list: it comes by itself, turns a card away, and yields to the library."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from support.shift import BRAIDING, LEFT_HAND, MAYA, TOMAS, Shift, kiosk, shift

from kiosk.daybook.blocklist import keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shift]:
    """A desk that looks for its list in a folder."""
    (tmp_path / "lists").mkdir()
    more = f'[blocklist]\nfolder = "{tmp_path / "lists"}"\n'
    with shift(tmp_path, more=more, sooner={f"{keeper.__name__}.LOOK": 0.1}) as opened:
        opened.sees(lambda s: s.library.state == "online", "the library online")
        yield opened


def put(desk: Shift, content: str, days: float = 0) -> None:
    """Put a list into the folder and have it brought."""
    path = desk.folder / "lists" / "list.txt"
    path.write_text(content)
    when = time.time() - days * 86400
    os.utime(path, (when, when))
    code, _, err = kiosk("blocklist", "refresh", "--config", str(desk.config))
    assert code == 0, err


def library_goes(desk: Shift) -> None:
    desk.library.stop()
    desk.sees(lambda s: s.library.state == "offline", "the library away")


def test_with_the_library_away_a_listed_card_is_refused_and_the_next_patron_served(
    desk: Shift,
) -> None:
    put(desk, f"{MAYA} L\n{TOMAS} D\n")
    desk.sees(lambda s: s.block_list.state == "fresh", "the list of today")
    library_goes(desk)
    desk.scan(MAYA)
    assert desk.hears("block.lost").answer.tone == "not_taken"
    desk.scan(LEFT_HAND, TOMAS, "yes", BRAIDING)
    assert desk.hears("block.delinquent").answer.tone == "look"
    desk.sees(lambda s: [(x.item, x.stage) for x in s.lines] == [(BRAIDING, "recorded")], "it")
    assert [(x["patron"], x["item"]) for x in desk.transactions()] == [(TOMAS, BRAIDING)]


def test_the_librarys_own_word_lifts_the_block(desk: Shift) -> None:
    put(desk, f"{MAYA} L\n")
    desk.sees(lambda s: s.block_list.state == "fresh", "the list of today")
    desk.scan(MAYA)
    desk.hears("block.asking")
    desk.hears("block.lifted")
    desk.scan(LEFT_HAND)
    desk.sees(lambda s: [x.stage for x in s.lines] == ["applied"], "one confirmed")
    assert desk.library.loans() == {LEFT_HAND: MAYA}


def test_a_list_that_is_too_old_is_told_and_not_used(desk: Shift) -> None:
    put(desk, f"{MAYA} L\n", days=8)
    desk.sees(lambda s: s.block_list.state == "too_old", "the list too old")
    library_goes(desk)
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item")


def test_the_desk_goes_on_when_its_list_is_cut_off_on_the_disk(desk: Shift) -> None:
    put(desk, f"{MAYA} L\n")
    desk.sees(lambda s: s.block_list.state == "fresh", "the list of today")
    library_goes(desk)
    os.truncate(desk.folder / "data" / "blocklist", 4096)
    desk.scan(MAYA)
    desk.sees(lambda s: s.block_list.state == "damaged", "the list not used")
    desk.scan(MAYA, LEFT_HAND)
    desk.sees(lambda s: s.items == 1, "one item")


def test_a_desk_without_a_list_yet_says_so_and_why(desk: Shift) -> None:
    state = desk.sees(lambda s: s.block_list.trouble, "the reason")
    assert state.block_list.state == "none"
    assert state.block_list.trouble is not None
    assert state.block_list.trouble.key == "blocklist.no_file"


def test_the_console_tells_of_a_list_that_is_not_used_and_refuses_a_listed_card(
    tmp_path: Path,
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        f'data = "{tmp_path}/data"\n[blocklist]\nfolder = "{tmp_path}"\nfiles="*.x"\n'
    )
    (tmp_path / "list").write_text(f"{MAYA} E\n")
    command = ("blocklist", "import", str(tmp_path / "list"), "--config", str(config))
    assert kiosk(*command)[0] == 0
    _, out, _ = kiosk("console", "--drain", "0", "--config", str(config), lines=f"{MAYA}\n")
    assert "not taken  This card has expired · Card ending 4417 is on the block list" in out
    assert kiosk(*command, "--date", "2026-01-05")[0] == 0
    _, out, _ = kiosk("console", "--drain", "0", "--config", str(config), lines=f"{MAYA}\n")
    assert "The block list is too old. It is from Mon 5 Jan 2026 and is not used" in out
    assert "Scan the items" in out
