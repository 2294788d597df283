"""What `kiosk status` tells of the clock, and `kiosk transactions` of each transaction."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.machine import BOOTED, FakeMachine
from support.transactions import (
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)

import kiosk.clock
from kiosk.cli import main
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Answered, ClockReading, Sending
from kiosk.desk.transactions import Override

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = timedelta(days=1)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    machine = FakeMachine()
    monkeypatch.setattr(kiosk.clock, "ThisMachine", lambda: machine)
    monkeypatch.setattr(kiosk.clock, "boot_id", lambda: "b1")
    monkeypatch.setenv("KIOSK_CONFIG", "/nonexistent/kiosk.toml")
    return machine


@pytest.fixture
def tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*words: str) -> str:
        assert main([*words, "--data", str(tmp_path)]) == 0
        return capsys.readouterr().out

    return run


def write(folder: Path, *facts: object) -> None:
    with Daybook(folder) as daybook:
        daybook.commit(facts)


def test_status_tells_how_far_the_clock_can_be_trusted(
    tmp_path: Path, machine: FakeMachine, tells: Callable[..., str]
) -> None:
    write(tmp_path, checkout("i1", at=BOOTED))
    told = json.loads(tells("status", "--json"))
    assert (told["clock"], told["clock_by"], told["clock_off"]) == ("unconfirmed", "", 0.0)
    assert told["last_transaction"] == BOOTED.isoformat()
    machine.is_set(-DAY)
    assert json.loads(tells("status", "--json"))["clock"] == "wrong"
    assert "clock            wrong" in tells("status")
    machine.is_synchronised()
    told = json.loads(tells("status", "--json"))
    assert (told["clock"], told["clock_by"]) == ("fine", "network")


def test_status_knows_what_staff_have_told_the_desk(
    tmp_path: Path, machine: FakeMachine, tells: Callable[..., str]
) -> None:
    write(tmp_path, ClockReading(boot="b1", started=BOOTED, by="staff", at=BOOTED))
    machine.is_set(-DAY)
    told = json.loads(tells("status", "--json"))
    assert (told["clock"], told["clock_by"]) == ("fine", "staff")
    assert told["clock_off"] == -DAY.total_seconds()


def test_transactions_name_the_time_they_were_sent_under_where_it_is_another(
    tmp_path: Path, machine: FakeMachine, tells: Callable[..., str]
) -> None:
    wrong, right = checkout("i1", at=BOOTED - DAY), checkin("i2", at=BOOTED)
    times = (BOOTED, BOOTED + timedelta(seconds=1))
    sending = Sending(transactions=(wrong.id, right.id), no_block=True, at=BOOTED, times=times)
    write(tmp_path, wrong, right, checkout("i3", at=BOOTED), sending)
    first, second, third = tells("transactions").splitlines()
    assert first.endswith(f"sent as of {BOOTED:%Y-%m-%d %H:%M:%S}")
    assert "sent as of" not in second + third
    records = [json.loads(line) for line in tells("transactions", "--json").splitlines()]
    assert [record["sent_at"] for record in records] == [*(x.isoformat() for x in times), None]


def test_transactions_say_in_a_few_words_what_is_out_of_the_ordinary(
    tmp_path: Path, machine: FakeMachine, tells: Callable[..., str]
) -> None:
    allowed = Override(supervisor="Ruth", reason="fine paid", against="Blocked")
    lent = checkout("i1", at=BOOTED)
    due = lent.due + DAY
    said = outcome(lent, "noticed", title="Beloved", code="due-differs", due=due)
    rows = [
        (lent, f"Beloved · due {due:%Y-%m-%d} in the library"),
        (checkout("i2", override=allowed), "allowed by Ruth: fine paid"),
        (guest_checkout("i3"), "to Anna Maier"),
        (noncat_checkout(count=3), "3 Paperback"),
        (in_house_use("i4", count=2), "2 times"),
        (in_house_use("i5"), "i5"),
        (checkin("i6", source="paper"), "from paper"),
        (checkin("i9", allowed_by="Ruth"), "number allowed by Ruth"),
        (renewal("i7", "", override=allowed, source="paper"), "from paper · allowed by Ruth"),
        (registration(), "Anna Maier"),
        (
            checkout("i10", override=Override(supervisor="", reason="", against="barred")),
            "allowed by nobody: the block list says barred",
        ),
        (checkout("i8", ""), "forgotten"),
    ]
    write(tmp_path, *(transaction for transaction, _ in rows), Answered(outcome=said))
    told = tells("transactions").splitlines()
    assert [words in row for row, (_, words) in zip(told, rows, strict=True)] == [True] * len(rows)
    assert ["no card" in row for row in told] == [n in (2, 8) for n in range(len(rows))]
