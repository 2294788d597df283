"""The morning after, at a real engine: refused, listed, corrected, sent again, and reported."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

from support.shift import BRAIDING, LEFT_HAND, MAYA, SPIRITED, DemoLibrary, Process, kiosk

if TYPE_CHECKING:
    from pathlib import Path

NOBODY, WRONG = "21234000777771", "31234000999993"
"""A card and an item that the demo library does not know."""


def console(config: str, *entered: str, drain: str = "10") -> str:
    lines = "".join(f"{x}\n" for x in entered)
    code, out, err = kiosk("console", "--config", config, "--drain", drain, lines=lines)
    assert code in (0, 3, 4), err
    return out


def states(config: str) -> dict[str, str]:
    """Give what each transaction has come to, by its item."""
    _, out, _ = kiosk("transactions", "--config", config, "--json")
    return {x["item"]: x["state"] for x in map(json.loads, out.splitlines())}


def test_a_loan_of_a_misread_label_is_corrected_and_applied(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    console(config, MAYA, BRAIDING, WRONG, ":done", drain="0")
    library.start()
    out = console(config, ":exceptions")
    assert states(config) == {BRAIDING: "applied", WRONG: "refused"}
    out = console(config, ":exceptions", ":choose:1", ":choose:1", LEFT_HAND, ":yes")
    assert "does not know this item" in out
    assert f"Corrected, and sent in its place: {LEFT_HAND}" in out
    assert "Nothing to fix" in out
    assert library.loans() == {BRAIDING: MAYA, LEFT_HAND: MAYA}
    assert states(config) == {BRAIDING: "applied", WRONG: "refused", LEFT_HAND: "applied"}
    [lent] = [x for x in library.entries(LEFT_HAND) if x["ok"]]
    _, told, _ = kiosk("transactions", "--config", config, "--json")
    wrong, right = (json.loads(told.splitlines()[n]) for n in (1, 2))
    assert right["corrects"] == wrong["id"]
    assert (right["at"], right["due"]) == (wrong["at"], wrong["due"])
    assert lent["message"] == "11"


def test_one_is_sent_again_as_it_was_and_settled_when_that_does_not_help(
    config: str, library: DemoLibrary
) -> None:
    library.stop()
    console(config, NOBODY, BRAIDING, ":done", drain="0")
    library.start()
    console(config)
    assert states(config) == {BRAIDING: "refused"}
    out = console(config, ":exceptions", ":choose:1", ":choose:2")  # first: correct the card
    assert "Sent again: Braiding Sweetgrass" in out
    first, second = library.entries(BRAIDING)
    assert (first["ok"], second["ok"]) == (False, False)
    assert {k: v for k, v in first.items() if k != "at"} == {
        k: v for k, v in second.items() if k != "at"
    }
    out = console(config, ":exceptions", ":choose:1", ":choose:3", ":choose:1")
    assert "Settled" in out
    code, out, _ = kiosk("exceptions", "--config", config)
    assert (code, out) == (0, "")


def test_an_error_report_is_imported_also_while_the_kiosk_runs(
    config: str, library: DemoLibrary, tmp_path: Path
) -> None:
    console(config, MAYA, BRAIDING, LEFT_HAND, SPIRITED, ":done")
    report = tmp_path / "errors.txt"
    report.write_text(f"Load report\nItem not found  {BRAIDING}\nUser not found {WRONG}\n")
    for _ in range(2):
        code, out, err = kiosk("exceptions", "import", str(report), "--config", config)
        assert code == 4, err
        assert re.search(r"^Line 2: .*Braiding Sweetgrass", out, re.MULTILINE)
        assert "Line 3 met nothing here" in out
        assert states(config)[BRAIDING] == "refused"
    engine = Process("engine", "--config", config)
    engine.start()
    try:
        more = tmp_path / "more.json"
        command = {"type": "checkout", "barcode": LEFT_HAND}
        event = {"ilsevent": "1002", "textcode": "ACTOR_USER_NOT_FOUND", "desc": "No user"}
        more.write_text(json.dumps([{"command": command, "event": event}]))
        console(config)  # it is there
        code, out, err = kiosk("exceptions", "import", str(more), "--config", config)
        assert code == 0, err
        assert states(config)[LEFT_HAND] == "refused"
    finally:
        engine.stop()
    table = tmp_path / "exceptions.csv"
    kiosk("exceptions", "--config", config, "--to", str(table))
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["item"], row["code"]) for row in rows] == [
        (BRAIDING, ""),
        (LEFT_HAND, "ACTOR_USER_NOT_FOUND"),
    ]
    assert MAYA not in table.read_text()
