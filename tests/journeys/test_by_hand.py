"""What SIP2 cannot carry, at a real engine: recorded, listed, printed, and taken off the list."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from support.shift import BRAIDING, LEFT_HAND, MAYA, DemoLibrary, kiosk, write_config

if TYPE_CHECKING:
    from pathlib import Path

NEW = "21234000777771"
BY_HAND = '[desk.functions]\nuncarried = "by_hand"\n'
OFF = '[desk.functions]\npreset = "symphony"\n'


def config_with(tmp_path: Path, library: DemoLibrary, more: str) -> str:
    path = tmp_path / "kiosk.toml"
    write_config(path, tmp_path / "data", library_port=library.port, printer="terminal = true")
    path.write_text(path.read_text() + more)
    return str(path)


def console(config: str, *entered: str, drain: str = "10") -> str:
    lines = "".join(f"{x}\n" for x in entered)
    code, out, err = kiosk("console", "--config", config, "--drain", drain, lines=lines)
    assert code in (0, 3, 4), err
    return out


def states(config: str) -> dict[str, str]:
    """Give what each transaction has come to, by its kind and item."""
    _, out, _ = kiosk("transactions", "--config", config, "--json")
    records = [json.loads(line) for line in out.splitlines()]
    return {f"{x['kind']} {x.get('item', '')}".strip(): x["state"] for x in records}


def test_a_card_registered_by_hand_borrows_once_a_person_has_entered_it(
    tmp_path: Path, library: DemoLibrary
) -> None:
    config = config_with(tmp_path, library, BY_HAND)
    answers = ["Maier", "Anna", "1990-04-30", *[""] * 8]
    out = console(config, ":register", NEW, *answers, LEFT_HAND, ":done", drain="1")
    assert "REGISTER THIS PATRON" in out
    assert states(config) == {"registration": "by_hand", f"checkout {LEFT_HAND}": "queued"}
    code, status, _ = kiosk("status", "--config", config, "--json")
    assert (code, json.loads(status)["by_hand"]) == (0, 1)

    (entered,) = re.findall(r"entered:[0-9a-f]+", out)
    out = console(config, f":{entered}")
    assert "1 line is off the list" in out
    assert library.entries(LEFT_HAND)[-1]["words"] == "Unknown card"  # nobody has told the demo
    assert states(config)[f"checkout {LEFT_HAND}"] == "refused"


def test_somebody_without_a_card_and_in_house_use(tmp_path: Path, library: DemoLibrary) -> None:
    config = config_with(tmp_path, library, BY_HAND)
    out = console(config, ":guest", "Anna Maier", "", "555 0100", LEFT_HAND, ":done")
    assert "No card: Anna Maier" in out
    assert "Phone 555 0100" in out
    out = console(config, ":count:3", BRAIDING, ":done")
    assert "IN-HOUSE USE: 3 TIMES" in out
    assert states(config) == {
        f"checkout {LEFT_HAND}": "by_hand",
        f"in_house_use {BRAIDING}": "by_hand",
    }
    assert library.loans() == {}


def test_a_loan_is_renewed_at_the_library(tmp_path: Path, library: DemoLibrary) -> None:
    config = config_with(tmp_path, library, "")
    console(config, MAYA, LEFT_HAND, ":done", ":renew", MAYA, ":due:28", LEFT_HAND, ":done")
    assert library.carried_out(LEFT_HAND) == ["11", "29"]
    assert states(config) == {f"checkout {LEFT_HAND}": "applied", f"renewal {LEFT_HAND}": "applied"}


def test_what_is_off_is_not_recorded(tmp_path: Path, library: DemoLibrary) -> None:
    config = config_with(tmp_path, library, OFF)
    out = console(config, ":renew", ":inhouse", LEFT_HAND)
    assert "No renewals at this desk" in out
    assert "In-house use is not counted at this desk" in out
    assert states(config) == {}


def test_undone_it_holds_nothing_up(tmp_path: Path, library: DemoLibrary) -> None:
    config = config_with(tmp_path, library, BY_HAND)
    out = console(
        config, ":guest", "Anna Maier", "", "555 0100", LEFT_HAND, ":undo", MAYA, LEFT_HAND
    )
    assert "Undone" in out
    assert library.loans() == {LEFT_HAND: MAYA}
    assert states(config)[f"checkout {LEFT_HAND}"] == "applied"
