"""Decisions whose commit failed, as staff were told, but which are on the disk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.days import answered, voided
from support.transactions import NOW, checkin, checkout

from kiosk.daybook import cart, decisions
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Again, DeliveryPaused, Reported, Revoked, Seen, Settled
from kiosk.daybook.retention import Retention
from kiosk.daybook.settings import RetentionSettings

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.daybook.facts import Fact

LATER = NOW + timedelta(days=1)
LENT, SENT_INSTEAD, RETURNED = checkout("i1"), checkout("i2", corrects="1"), checkin("i3")


def test_which_of_the_failed_ones_are_on_the_disk_is_found_once(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([LENT, answered(LENT, "refused")])
        daybook.commit([Settled(transaction=LENT.id, at=LATER, by="Ines", id="d1")])
        assert decisions.to_revoke(daybook.journal, {"d1", "d2", LENT.id}) == ["d1"]
        daybook.commit([Revoked(decision="d1", at=LATER)])
        assert decisions.to_revoke(daybook.journal, {"d1", "d2", LENT.id}) == []


@pytest.mark.parametrize(
    "decided",
    [
        [Settled(transaction=LENT.id, at=LATER, note="told her", by="Ines", id="d1")],
        [
            SENT_INSTEAD,
            Settled(transaction=LENT.id, at=LATER, replaced_by=SENT_INSTEAD.id, id="d1"),
            voided(SENT_INSTEAD),
        ],
        [Again(id="d1", transaction=LENT.id, at=LATER)],
        [Reported(id="d1", transaction=RETURNED.id, number=2, at=LATER, words="No such item")],
        [Seen(id="d1", transactions=(RETURNED.id,), at=LATER)],
    ],
    ids=["settled", "corrected", "again", "reported", "seen"],
)
def test_what_is_revoked_reads_as_if_it_had_never_been_said(
    tmp_path: Path, decided: list[Fact]
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([LENT, RETURNED, answered(LENT, "refused")])
        daybook.commit(decided)
        daybook.commit([Revoked(decision="d1", at=LATER)])
    with Daybook(tmp_path) as daybook:
        assert list(daybook.indexes.exceptions) == [LENT.id]
        assert list(daybook.indexes.pending) == [RETURNED.id]
        assert daybook.history_settled() == {}
        assert cart.cart_items(daybook) == ["i3"]


def test_a_pause_that_staff_were_told_had_failed_is_none(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([DeliveryPaused(id="d1", paused=True, at=NOW)])
        assert decisions.to_revoke(daybook.journal, {"d1"}) == ["d1"]
        daybook.commit([Revoked(decision="d1", at=LATER)])
    with Daybook(tmp_path) as daybook:
        assert daybook.indexes.runs.paused is None


def test_what_nobody_settled_after_all_is_not_forgotten(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([LENT, RETURNED, answered(LENT, "refused")])
        daybook.commit([Settled(transaction=LENT.id, at=LATER, id="d1")])
        daybook.commit([Revoked(decision="d1", at=LATER)])
        years_later = NOW + timedelta(days=4000)
        retention = Retention(daybook.journal, RetentionSettings(), years_later)
        for table in ("transactions", "deliveries", "revoked"):
            for number, text in daybook.journal.scan(table):
                assert retention.revise(table, number, text) == text
