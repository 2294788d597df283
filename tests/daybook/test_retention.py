"""What is done with loses its patron after a term, and goes after a longer one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.transactions import (
    MAYA,
    NEW,
    NOW,
    OMAR,
    checkin,
    checkout,
    guest_checkout,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)

from kiosk.daybook.facts import (
    Again,
    Answered,
    BatchClosed,
    BatchConfirmed,
    Batched,
    BatchLoaded,
    BatchWanted,
    ClockReading,
    DeliveryPaused,
    Learnt,
    LibraryAway,
    LibraryBack,
    OutageTold,
    Reported,
    RunBegan,
    RunEnded,
    Sending,
    SessionChosen,
    Settled,
    Voided,
    decode_transaction,
)
from kiosk.daybook.retention import Retention, due
from kiosk.daybook.settings import RetentionSettings
from kiosk.desk.afterwards.runs import Run
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Guest, Override

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Fact
    from kiosk.desk.transactions import Transaction

SETTINGS = RetentionSettings(patron_days=30, transaction_days=400)
DAY = timedelta(days=1)


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def revised(daybook: Daybook, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Give all that is left, by table."""
    retention = Retention(daybook.journal, SETTINGS, now)
    left = {}
    for table in daybook.journal.tables:
        scanned = daybook.journal.scan(table)
        kept = (retention.revise(table, number, text) for number, text in scanned)
        left[table] = [json.loads(text) for text in kept if text is not None]
    return left


def patrons(daybook: Daybook, now: datetime) -> dict[str, str]:
    """Give the patron of each transaction that is left, by item."""
    left = revised(daybook, now)["transactions"]
    return {x["item"]: x.get("patron", "none") for x in left}


def answered(transaction: Transaction, kind: Any = "applied", **more: Any) -> Answered:
    return Answered(outcome=outcome(transaction, kind, **more))


def newest(daybook: Daybook) -> None:
    """Record something newer: the last of each table always stays."""
    later = checkout("last", OMAR, boot="b9")
    record(daybook, later, ClockReading(boot="b9", started=NOW, by="staff", at=NOW))
    record(daybook, Sending(transactions=(later.id,), no_block=True, at=NOW))


@pytest.mark.parametrize(
    ("days", "left"), [(0, MAYA), (29.9, MAYA), (30.1, ""), (399.9, ""), (400.1, None)]
)
def test_the_terms_count_from_the_librarys_answer(
    daybook: Daybook, days: float, left: str | None
) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, answered(lent))
    newest(daybook)
    assert patrons(daybook, NOW + days * DAY).get("i1") == left


@pytest.mark.parametrize("kind", ["noticed", "refused", "unknown"])
def test_an_exception_stays_whole_until_it_is_settled(daybook: Daybook, kind: str) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, answered(lent, kind, words="Maya Lind owes 12.50"))
    newest(daybook)
    left = revised(daybook, NOW + 5000 * DAY)
    assert left["transactions"][0]["patron"] == MAYA
    assert left["deliveries"][0]["outcome"]["words"] == "Maya Lind owes 12.50"
    record(daybook, Settled(transaction=lent.id, at=NOW + 20 * DAY))
    assert patrons(daybook, NOW + 49 * DAY)["i1"] == MAYA
    assert patrons(daybook, NOW + 51 * DAY)["i1"] == ""


def test_what_still_waits_stays_whole_however_old(daybook: Daybook) -> None:
    queued, sending = checkout("i1", MAYA), checkout("i2", MAYA)
    record(daybook, queued, sending)
    record(daybook, Sending(transactions=(sending.id,), no_block=True, at=NOW))
    newest(daybook)
    left = revised(daybook, NOW + 5000 * DAY)
    assert [x.get("patron") for x in left["transactions"]] == [MAYA, MAYA, OMAR]
    assert len(left["deliveries"]) == 2


def test_what_was_voided_is_done_with(daybook: Daybook) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, Voided(transaction=lent.id, at=NOW))
    newest(daybook)
    assert patrons(daybook, NOW + 31 * DAY)["i1"] == ""
    assert "i1" not in patrons(daybook, NOW + 401 * DAY)


def test_settled_before_it_was_answered_is_not_done_with(daybook: Daybook) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, Settled(transaction=lent.id, at=NOW))
    newest(daybook)
    assert patrons(daybook, NOW + 31 * DAY)["i1"] == MAYA


def test_with_a_patron_goes_what_the_library_said_of_them(daybook: Daybook) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, answered(lent, title="Beloved", words="Hello, Maya Lind"))
    newest(daybook)
    said = revised(daybook, NOW + 31 * DAY)["deliveries"][0]["outcome"]
    assert "words" not in said
    assert said["title"] == "Beloved"


def test_with_a_transaction_goes_all_that_is_about_it_alone(daybook: Daybook) -> None:
    old, open_ = checkout("i1", MAYA, boot="b0"), checkout("i2", MAYA, boot="b1")
    record(daybook, old, open_)
    record(daybook, Sending(transactions=(old.id, open_.id), no_block=True, at=NOW))
    record(daybook, Sending(transactions=(old.id,), no_block=True, at=NOW), answered(old))
    for boot in ("b0", "b1"):
        record(daybook, ClockReading(boot=boot, started=NOW, by="network", at=NOW))
    newest(daybook)
    left = revised(daybook, NOW + 401 * DAY)
    assert [x["transactions"] for x in left["deliveries"][:-1]] == [[old.id, open_.id]]
    assert [x["boot"] for x in left["clock"]] == ["b1", "b9"]


def test_titles_and_where_the_desk_stands_stay(daybook: Daybook) -> None:
    record(daybook, Learnt(item="i1", title="Beloved"))
    left = revised(daybook, NOW + 5000 * DAY)
    assert left["titles"] == [{"item": "i1", "title": "Beloved"}]
    assert left["meta"]


def test_who_was_on_duty_goes_with_the_last_transaction_of_the_session(daybook: Daybook) -> None:
    done, waiting = checkout("i1", desk_session="d1"), checkout("i2", desk_session="d2")
    changes = (DutyChange(id=f"d{n}", at=NOW, boot="b1", staff="Ines") for n in range(5))
    record(daybook, *changes, done, waiting, answered(done))
    newest(daybook)

    def sessions(days: float) -> list[str]:
        return [x["id"] for x in revised(daybook, NOW + days * DAY)["sessions"]]

    assert sessions(399.9) == ["d0", "d1", "d2", "d3", "d4"]
    assert sessions(400.1) == ["d2", "d4"]  # the last one is kept for its number


def test_reports_of_runs_and_outages_go_after_the_longer_term(daybook: Daybook) -> None:
    run = Run(id="r1", why="outage", began=NOW, since=NOW, waiting=1)
    record(daybook, LibraryAway(at=NOW), LibraryBack(at=NOW), RunBegan(run=run))
    record(daybook, RunEnded(run=replace(run, ended=NOW)), OutageTold(at=NOW))
    record(daybook, LibraryAway(at=NOW + 500 * DAY))

    def left(days: float) -> list[str]:
        return [x["type"] for x in revised(daybook, NOW + days * DAY)["runs"]]

    assert left(399.9) == ["away", "back", "run_began", "run_ended", "told", "away"]
    assert left(400.1) == ["away"]


def test_what_is_still_so_of_runs_and_outages_stays_however_old(daybook: Daybook) -> None:
    run = Run(id="r1", why="time", began=NOW, since=NOW, waiting=1)
    paused = DeliveryPaused(paused=True, at=NOW)
    record(daybook, DeliveryPaused(paused=False, at=NOW), paused)
    record(daybook, LibraryAway(at=NOW), LibraryBack(at=NOW), LibraryAway(at=NOW))
    record(daybook, RunBegan(run=replace(run, id="r0")), RunEnded(run=replace(run, id="r0")))
    record(daybook, RunBegan(run=run), OutageTold(at=NOW))
    left = revised(daybook, NOW + 5000 * DAY)["runs"]
    assert [x["type"] for x in left] == ["paused", "away", "run_began", "told"]
    assert left[0]["paused"]
    assert left[2]["run"]["id"] == "r1"


@pytest.mark.parametrize(("reason", "left"), [("settled", "settled"), ("she is my niece", "")])
def test_with_a_patron_goes_what_a_supervisor_said_of_them(
    daybook: Daybook, reason: str, left: str
) -> None:
    given = Override(supervisor="Tomas", reason=reason, against="blocked")
    lent = checkout("i1", MAYA, override=given)
    record(daybook, lent, answered(lent))
    newest(daybook)
    assert revised(daybook, NOW + 29 * DAY)["transactions"][0]["override"]["reason"] == reason
    text = json.dumps(revised(daybook, NOW + 31 * DAY)["transactions"][0])
    assert decode_transaction(text.encode()).override == replace(given, reason=left)  # type: ignore[attr-defined]


def test_the_newest_transaction_keeps_its_number_and_loses_its_patron(daybook: Daybook) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, answered(lent))
    assert patrons(daybook, NOW + 5000 * DAY) == {"i1": ""}


def test_the_newest_transaction_keeps_its_answer_though_it_is_not_the_newest_fact(
    daybook: Daybook,
) -> None:
    older, newest = checkout("i1", MAYA), checkout("i2", MAYA)
    record(daybook, older, newest)
    record(daybook, answered(newest), answered(older))
    left = revised(daybook, NOW + 500 * DAY)
    assert [x["item"] for x in left["transactions"]] == ["i2"]
    assert newest.id in {x["outcome"]["transaction"] for x in left["deliveries"]}


def test_returns_have_no_patron_to_lose(daybook: Daybook) -> None:
    returned = checkin("i1")
    record(daybook, returned, answered(returned))
    newest(daybook)
    assert patrons(daybook, NOW + 31 * DAY)["i1"] == "none"


def test_what_is_due_is_counted_and_then_is_not_due_any_more(daybook: Daybook) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent, answered(lent))
    newest(daybook)
    for days, count in ((29, 0), (31, 1), (401, 2)):
        assert due(daybook.journal, Retention(daybook.journal, SETTINGS, NOW + days * DAY)) == count


@pytest.mark.parametrize(
    "transaction",
    [
        renewal("i1", MAYA),
        noncat_checkout(MAYA),
        noncat_checkout("", guest=Guest(name="Anna Maier", phone="555 0100")),
        guest_checkout("i1"),
        registration(NEW),
    ],
    ids=lambda x: x.kind,
)
def test_nothing_is_left_of_a_person_whatever_was_done(
    daybook: Daybook, transaction: Transaction
) -> None:
    record(daybook, transaction, answered(transaction, "by_hand"))
    newest(daybook)
    assert personal(revised(daybook, NOW + 5000 * DAY))  # until a person has entered it
    record(daybook, Settled(transaction=transaction.id, at=NOW))
    assert personal(revised(daybook, NOW + 29 * DAY))
    left = revised(daybook, NOW + 31 * DAY)
    assert not personal(left)
    assert left["transactions"][0]["kind"] == transaction.kind
    assert decode_transaction(json.dumps(left["transactions"][0]).encode()).id == transaction.id


def personal(left: dict[str, list[dict[str, Any]]]) -> bool:
    text = json.dumps(left)
    return any(x in text for x in (MAYA, NEW, "Maier", "Anna", "555 0100", "1990-04-30"))


def test_what_was_sent_in_anothers_place_keeps_that_one_until_it_is_done_itself(
    daybook: Daybook,
) -> None:
    wrong = checkout("i1", OMAR)
    better = checkout("i2", OMAR, corrects=wrong.id)
    settled = Settled(transaction=wrong.id, at=NOW, note="Omar said so", replaced_by=better.id)
    record(daybook, wrong, answered(wrong, "refused"), better, settled)
    newest(daybook)
    assert patrons(daybook, NOW + 999 * DAY) == {"i1": OMAR, "i2": OMAR, "last": OMAR}
    record(daybook, answered(better, at=NOW + 99 * DAY))
    newest(daybook)
    assert patrons(daybook, NOW + 100 * DAY)["i1"] == OMAR
    assert patrons(daybook, NOW + 130 * DAY)["i1"] == ""


def test_a_note_and_the_words_of_a_report_go_with_the_patron(daybook: Daybook) -> None:
    lent = checkout("i1", OMAR)
    words = "Omar is barred"
    reported = Reported(id="r", transaction=lent.id, number=1, at=NOW, words=words)
    record(daybook, lent, answered(lent), reported)
    newest(daybook)
    assert patrons(daybook, NOW + 99 * DAY)["i1"] == OMAR  # it needs a person
    record(daybook, Settled(transaction=lent.id, at=NOW, note="Omar rang", by="Ines"))
    newest(daybook)
    assert patrons(daybook, NOW + 31 * DAY)["i1"] == ""
    left = json.dumps(revised(daybook, NOW + 31 * DAY)["deliveries"])
    assert "Omar" not in left
    assert '"by": "Ines"' in left


def test_one_that_is_sent_again_is_not_done_with(daybook: Daybook) -> None:
    lent = checkout("i1", OMAR)
    record(daybook, lent, answered(lent, "refused"))
    record(
        daybook, Again(id="a", transaction=lent.id, at=NOW), Settled(transaction=lent.id, at=NOW)
    )
    newest(daybook)
    assert patrons(daybook, NOW + 99 * DAY)["i1"] == OMAR


def handed_over(*transactions: Transaction) -> list[Fact]:
    """Give what says that these were handed over in a file."""
    batched = Batched(
        id="b1",
        system="files",
        transactions=tuple(x.id for x in transactions),
        numbers=tuple(range(1, len(transactions) + 1)),
        times=tuple(x.at for x in transactions),
        at=NOW,
        key="/srv/out/koc-1",
        rests_as="handed_over",
    )
    return [batched, BatchLoaded(batch="b1", at=NOW)]


def test_what_was_handed_over_stays_whole_until_somebody_has_confirmed_it(
    daybook: Daybook,
) -> None:
    lent = checkout("i1", MAYA)
    record(daybook, lent)
    record(daybook, *handed_over(lent), BatchWanted(id="w", batch="b1", at=NOW))
    newest(daybook)
    late = NOW + 1000 * DAY
    assert patrons(daybook, late)["i1"] == MAYA
    assert {x["type"] for x in revised(daybook, late)["deliveries"]} >= {"batched", "wanted"}
    record(daybook, BatchConfirmed(id="c", batch="b1", at=NOW))
    record(daybook, answered(lent, code="confirmed"), BatchClosed(batch="b1", at=NOW))
    newest(daybook)
    assert "i1" not in patrons(daybook, late)
    left = {x["type"] for x in revised(daybook, late)["deliveries"]}
    assert not left & {"batched", "loaded", "wanted", "confirmed"}


def test_the_upload_session_that_staff_have_chosen_stays(daybook: Daybook) -> None:
    record(daybook, SessionChosen(key="s1", at=NOW), OutageTold(at=NOW))
    newest(daybook)
    left = revised(daybook, NOW + 1000 * DAY)["runs"]
    assert "session_chosen" in {x["type"] for x in left}
