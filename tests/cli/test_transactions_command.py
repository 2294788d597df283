"""`kiosk transactions`: which of them are listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.days import answered, voided
from support.transactions import NOW, checkout

from kiosk.cli import main
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Settled

if TYPE_CHECKING:
    from pathlib import Path

WAITING, UNDONE, APPLIED, REFUSED, SETTLED = (checkout(f"i{n}") for n in range(5))


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ([], [WAITING, UNDONE, APPLIED, REFUSED, SETTLED]),
        (["--state", "refused"], [REFUSED, SETTLED]),
        (["--open"], [WAITING, REFUSED]),
        (["--open", "--state", "refused"], [REFUSED]),
    ],
    ids=str,
)
def test_what_is_open_leaves_out_what_nobody_waits_for(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    listed: list[object],
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    with Daybook(tmp_path) as daybook:
        daybook.commit([WAITING, UNDONE, APPLIED, REFUSED, SETTLED])
        daybook.commit([voided(UNDONE), answered(APPLIED)])
        daybook.commit([answered(x, "refused") for x in (REFUSED, SETTLED)])
        daybook.commit([Settled(transaction=SETTLED.id, at=NOW, note="told her", by="Ines")])
    assert main(["transactions", "--json", *words, "--data", str(tmp_path)]) == 0
    found = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert found == [transaction.id for transaction in listed]
