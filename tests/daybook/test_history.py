"""All that is known of one transaction: looked for in the whole daybook."""

from __future__ import annotations

import errno
from datetime import timedelta
from typing import TYPE_CHECKING

from support.days import answered, sending, voided
from support.transactions import NOW, checkin, checkout

from kiosk.daybook.facts import (
    Again,
    BatchConfirmed,
    Batched,
    BatchLoaded,
    NotSent,
    Reported,
    Revoked,
    Settled,
)
from kiosk.daybook.history import Search

if TYPE_CHECKING:
    import pytest

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.desk.afterwards.history import Happening

BELOVED, HOBBIT = "31234000381408", "31234000668382"
LATER = NOW + timedelta(days=1)


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def history(daybook: Daybook, entry: str = "1") -> list[Happening]:
    search = Search(daybook, entry)
    for _ in search.look():
        pass
    return search.found


def what(daybook: Daybook, entry: str = "1") -> list[str]:
    return [each.what for each in history(daybook, entry)]


def test_it_begins_with_who_recorded_it_and_how(daybook: Daybook) -> None:
    record(daybook, checkout(BELOVED, at=NOW, source="typed", staff="Ines"))
    [first] = history(daybook)
    assert (first.what, first.by) == ("recorded_typed", "Ines")
    assert first.at == NOW


def test_it_goes_on_with_what_the_desk_knew_against_it(daybook: Daybook) -> None:
    record(daybook, checkout(BELOVED, still_out=True), checkout(HOBBIT))
    assert what(daybook) == ["recorded_scan", "still_out"]
    assert what(daybook, "2") == ["recorded_scan"]


def test_it_tells_of_nothing_that_is_about_another_one(daybook: Daybook) -> None:
    lent, other = checkout(BELOVED), checkout(HOBBIT)
    record(daybook, lent, other, sending(other), answered(other, "refused"))
    assert what(daybook) == ["recorded_scan"]


def test_refused_corrected_and_sent_in_its_place(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    right = checkout(HOBBIT, corrects=lent.id)
    record(daybook, lent, sending(lent), NotSent((lent.id,), LATER), sending(lent))
    record(daybook, answered(lent, "refused"))
    settled = Settled(lent.id, LATER, note="left", by="Ruth", replaced_by=right.id)
    record(daybook, right, settled, sending(right), answered(right, "applied"))
    assert what(daybook) == [
        *("recorded_scan", "sent", "not_sent", "sent", "refused", "corrected"),
    ]
    corrected = history(daybook)[-1]
    assert (corrected.by, corrected.words, corrected.other) == ("Ruth", "left", right.id)
    assert what(daybook, "2") == ["recorded_scan", "corrects", "sent", "applied"]


def test_what_was_handed_over_is_told_by_the_name_of_its_file(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent)
    batch = Batched(
        id="b1", system="files", transactions=(lent.id,), numbers=(1,), times=(NOW,), at=LATER,
        key="/media/a.koc", name="a.koc", rests_as="handed_over",
    )  # fmt: skip
    record(daybook, batch, BatchLoaded("b1", LATER))
    record(daybook, BatchConfirmed("c1", "b1", LATER, "Ruth"))
    record(daybook, Reported("r1", lent.id, 1, LATER, words="User not found"))
    told = history(daybook)
    assert [each.what for each in told] == [
        *("recorded_scan", "handed_over", "confirmed", "reported"),
    ]
    assert told[1].name == "a.koc"
    assert told[3].words == "User not found"


def test_what_cannot_be_read_is_left_out_and_the_log_says_so_once(
    daybook: Daybook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, sending(lent))
    record(daybook, NotSent((lent.id,), LATER), sending(lent), answered(lent, "applied"))
    damaged = [daybook.journal.places("deliveries")[number] for number in (2, 3)]
    load = daybook.journal.load

    def loaded(place: int) -> bytes:
        if place in damaged:
            raise OSError(errno.EIO, "Input/output error")
        return load(place)

    monkeypatch.setattr(daybook.journal, "load", loaded)
    assert what(daybook) == ["recorded_scan", "sent", "applied"]
    assert [record.message for record in caplog.records] == [
        "a history leaves out what cannot be read: [Errno 5] Input/output error"
    ]


def test_a_decision_that_does_not_count_is_not_told(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, answered(lent, "refused"), Again("a1", lent.id, LATER))
    record(daybook, Revoked("a1", LATER))
    assert what(daybook) == ["recorded_scan", "refused"]


def test_undone_before_or_after_it_was_sent(daybook: Daybook) -> None:
    lent, delivered = checkout(BELOVED), checkout(HOBBIT)
    record(daybook, lent, delivered, voided(lent), answered(delivered, "applied"))
    record(daybook, checkin(HOBBIT, undoes=delivered.id, staff="Tomas"))
    assert what(daybook) == ["recorded_scan", "voided"]
    assert what(daybook, "2") == ["recorded_scan", "applied", "undone"]
    assert history(daybook, "2")[-1].by == "Tomas"
