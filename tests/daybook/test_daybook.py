"""The daybook: facts go in, and what has to be known at once is known, also after reopening."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.days import (
    BELOVED,
    HOBBIT,
    PARABLE,
    TRANSACTIONS,
    answered,
    days,
    not_sent,
    sending,
    voided,
)
from support.journals import ends, files
from support.transactions import (
    DUE,
    MAYA,
    NOW,
    checkin,
    checkout,
    in_house_use,
    outcome,
)

from kiosk.daybook import visits, whereabouts
from kiosk.daybook.daybook import JOURNAL, Daybook
from kiosk.daybook.facts import (
    Answered,
    ClockReading,
    Fact,
    Settled,
    document,
)
from kiosk.daybook.journal import JournalBusyError, JournalError
from kiosk.daybook.journal.segments import HEADER_SIZE
from kiosk.desk.checks.blocklist import Block
from kiosk.desk.session.sessions import DutyChange
from kiosk.desk.transactions import Override
from kiosk.desk.visits import Paper, Standing

if TYPE_CHECKING:
    from kiosk.daybook.indexes import Indexes


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def states(daybook: Daybook) -> list[str]:
    return [state for _, state, _ in daybook.history()]


# -- what is kept ----------------------------------------------------------------------------------


def test_what_went_in_comes_out_in_order(daybook: Daybook) -> None:
    lent, returned = checkout(BELOVED), checkin(HOBBIT, returned=NOW.date(), undoes="t0")
    record(daybook, lent)
    record(daybook, returned)
    assert [transaction for transaction, _, _ in daybook.history()] == [lent, returned]


def test_nothing_goes_into_a_table_that_it_does_not_have(daybook: Daybook) -> None:
    with pytest.raises(AttributeError, match="no 'insert'"):
        daybook.insert({"item": BELOVED})


def test_it_is_all_there_after_reopening(tmp_path: Path) -> None:
    lent, refused = checkout(BELOVED), checkout(HOBBIT)
    said = outcome(refused, "refused", words="On hold for another patron")
    with Daybook(tmp_path) as daybook:
        record(daybook, lent, refused)
        record(daybook, Answered(outcome=said))
    with Daybook(tmp_path, read_only=True) as daybook:
        assert list(daybook.history()) == [(lent, "queued", None), (refused, "refused", said)]


def test_a_transaction_goes_through_its_states(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    steps = [
        ("queued", [lent]),
        ("sending", [sending(lent)]),
        ("queued", [not_sent(lent)]),
        ("sending", [sending(lent)]),
        ("unknown", [answered(lent, "unknown")]),
        ("unknown", [Settled(transaction=lent.id, at=NOW)]),
    ]
    for state, facts in steps:
        record(daybook, *facts)
        assert states(daybook) == [state]


@pytest.mark.parametrize("kind", ["applied", "noticed", "refused", "unknown"])
def test_all_but_applied_needs_a_person_until_settled(daybook: Daybook, kind: str) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, sending(lent), answered(lent, kind))
    assert set(daybook.indexes.exceptions) == (set() if kind == "applied" else {lent.id})
    record(daybook, Settled(transaction=lent.id, at=NOW))
    assert daybook.indexes.exceptions == {}
    assert states(daybook) == [kind]


def test_a_loan_is_looked_up_with_the_due_date_that_its_patron_was_told(
    daybook: Daybook, tmp_path: Path
) -> None:
    lent, due = checkout(BELOVED), NOW + timedelta(days=7)
    record(daybook, lent, answered(lent, "noticed"))
    record(daybook, Settled(transaction=lent.id, at=NOW, due=due))
    with Daybook(tmp_path, read_only=True) as reopened:
        for each in (daybook, reopened):
            past, visit = each.past("1"), visits.past_visit(each, "")
            holder = whereabouts.holder(each, BELOVED)
            assert past is not None
            assert holder is not None
            assert visit is not None
            assert past.transaction == visit.transactions[0] == replace(lent, due=due)
            assert holder.due == due
            assert each.transaction(1) == lent


def test_the_first_answer_is_final(daybook: Daybook, tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, answered(lent, "refused"), answered(lent, "applied"))
    record(daybook, voided(lent))
    assert states(daybook) == ["refused"]
    with Daybook(tmp_path, read_only=True) as reopened:
        assert states(reopened) == ["refused"]


def test_a_void_is_final_and_erases_nothing(daybook: Daybook, tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, voided(lent))
    record(daybook, answered(lent))
    with Daybook(tmp_path, read_only=True) as reopened:
        for each in (daybook, reopened):
            assert list(each.history()) == [(lent, "voided", None)]
            assert each.indexes.pending == {}


def test_where_the_desk_stands_is_kept(daybook: Daybook, tmp_path: Path) -> None:
    assert daybook.standing() == Standing()
    here = Standing(visit="v1", opened=NOW, patron=MAYA, name="Maya", due=DUE)
    record(daybook, here)
    assert daybook.standing() == here
    paper = Paper(at=NOW, session="s1", used=NOW, lines=frozenset({"t1"}))
    now_returns = Standing(mode="checkin", bookdrop=NOW.date(), paper=paper)
    record(daybook, here, now_returns)  # of several, the last counts
    with Daybook(tmp_path, read_only=True) as reopened:
        assert reopened.standing() == now_returns
    assert len(daybook.table("desk")) == 1


def test_facts_of_one_commit_are_on_the_disk_together_or_not_at_all(
    daybook: Daybook, tmp_path: Path
) -> None:
    record(daybook, checkout(BELOVED), checkout(HOBBIT), Standing(visit="v1", patron=MAYA))
    segment = tmp_path / JOURNAL / "00000001.segment"
    whole, end = segment.read_bytes(), ends(segment)[-1]
    copy = tmp_path / "copy"
    (copy / JOURNAL).mkdir(parents=True)
    for cut in range(HEADER_SIZE, end, 7):
        (copy / JOURNAL / segment.name).write_bytes(whole[:cut].ljust(len(whole), b"\0"))
        with Daybook(copy, read_only=True) as torn:
            assert list(torn.history()) == []
            assert torn.standing() == Standing()


# -- indexes ---------------------------------------------------------------------------------------


def seen(indexes: Indexes) -> dict[str, Any]:
    pending = [(x.number, x.id, x.announced, x.sent_at) for x in indexes.pending.values()]
    exceptions = {key: (x.number, x.item, x.outcome) for key, x in indexes.exceptions.items()}
    replaced = {key: (x.number, x.item, x.outcome) for key, x in indexes.replaced.items()}
    transactions = {x.id: x for x in TRANSACTIONS}
    times = [indexes.time_to_send(x, transactions[x.id]) for x in indexes.pending.values()]
    resting = [(x.number, x.id, x.sent_at) for x in indexes.batches.resting.values()]
    batches = (list(indexes.batches), sorted(resting))
    told = {"pending": pending, "exceptions": exceptions, "replaced": replaced, "batches": batches}
    return vars(indexes) | told | {"sent_times": times}


@settings(deadline=None)
@given(days())
def test_what_is_learnt_equals_what_is_read_back(commits: list[list[Fact]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Daybook(Path(folder)) as daybook:
        for facts in commits:
            record(daybook, *facts)
        with Daybook(Path(folder), read_only=True) as reopened:
            again = reopened.indexes
            assert seen(daybook.indexes) == seen(again)
            assert [x.number for x in again.pending.values()] == sorted(
                x.number for x in again.pending.values()
            )


# -- what a desk asks ------------------------------------------------------------------------------


def test_what_a_person_was_to_enter_can_be_undone(tmp_path: Path) -> None:
    used = in_house_use(BELOVED)
    with Daybook(tmp_path) as daybook:
        record(daybook, used, answered(used, "by_hand"))
        assert not daybook.under_way(used.id)
        record(daybook, voided(used))
        assert daybook.indexes.exceptions == {}
        assert daybook.state(1, used) == "voided"
    with Daybook(tmp_path) as daybook:
        assert daybook.indexes.exceptions == {}
        assert daybook.state(1, used) == "voided"


def test_delivery_is_under_way_once_it_may_have_arrived(daybook: Daybook) -> None:
    lent = checkout(BELOVED)
    assert daybook.under_way(lent.id)  # not known yet: too early to void it
    record(daybook, lent)
    assert not daybook.under_way(lent.id)
    record(daybook, sending(lent))
    assert not daybook.under_way(lent.id)  # announced with others, its turn has not come
    daybook.indexes.pending[lent.id].sent = True
    assert daybook.under_way(lent.id)
    daybook.indexes.pending[lent.id].sent = False  # as the courier does, who knows first
    record(daybook, not_sent(lent))
    assert not daybook.under_way(lent.id)
    record(daybook, answered(lent))
    assert daybook.under_way(lent.id)


def test_after_a_restart_whatever_was_announced_may_have_arrived(tmp_path: Path) -> None:
    lent = [checkout(BELOVED), checkout(HOBBIT), checkout(PARABLE)]
    with Daybook(tmp_path) as daybook:
        record(daybook, *lent, sending(*lent[:2]), not_sent(lent[0]))
    with Daybook(tmp_path) as daybook:
        assert [daybook.under_way(x.id) for x in lent] == [False, True, False]


# -- opening ---------------------------------------------------------------------------------------


def test_a_second_daybook_on_the_same_folder_is_refused(daybook: Daybook, tmp_path: Path) -> None:
    with pytest.raises(JournalBusyError):
        Daybook(tmp_path)


def test_ten_thousand_transactions_open_with_all_their_fates(tmp_path: Path) -> None:
    lent = [checkout(f"i{n}", f"p{n % 700}", visit=f"v{n // 3}") for n in range(10_000)]
    with Daybook(tmp_path) as daybook:
        daybook.commit(lent)
        daybook.commit([sending(*lent[:9000]), *map(answered, lent[:8990])])
    with Daybook(tmp_path, read_only=True) as daybook:
        assert len(daybook.indexes.pending) == 1010
        assert sum(x.sent for x in daybook.indexes.pending.values()) == 10
        assert visits.past_visit(daybook, "p699").transactions[0] == lent[9798]
        assert daybook.transaction(5001) == lent[5000]


@pytest.mark.parametrize(
    ("table", "foreign"),
    [
        ("transactions", {**document(checkout(BELOVED)), "kind": "payment"}),
        ("transactions", {"kind": "registration", "id": "t1", "name": "Maya"}),
        ("transactions", {k: v for k, v in document(checkout(BELOVED)).items() if k != "due"}),
        ("deliveries", {"type": "handed_over", "transactions": ["t1"], "at": NOW.isoformat()}),
        ("deliveries", {"type": "sending", "transactions": "t1"}),
        ("desk", {"mode": "inventory"}),
    ],
)
def test_a_daybook_of_another_version_is_refused_in_words_and_can_be_opened_again(
    tmp_path: Path, table: str, foreign: dict[str, Any]
) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.table(table).insert(foreign)
    before = files(tmp_path / JOURNAL)
    for _ in range(2):  # the first attempt gave the lock back
        with pytest.raises(JournalError, match="another version of Daybook"):
            Daybook(tmp_path)
    assert files(tmp_path / JOURNAL) == before


def test_a_field_that_a_later_version_added_is_passed_over(tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    with Daybook(tmp_path) as daybook:
        daybook.table("transactions").insert({**document(lent), "colour": "green"})
    with Daybook(tmp_path) as daybook:
        assert daybook.transaction(1) == lent


@given(st.text(), st.text())
def test_any_text_that_can_be_scanned_or_said_comes_back_as_it_was(item: str, words: str) -> None:
    lent = replace(checkout(BELOVED), item=item, patron=words)
    with tempfile.TemporaryDirectory() as folder:
        with Daybook(Path(folder)) as daybook:
            daybook.commit([lent, answered(lent, "refused", words=words)])
        with Daybook(Path(folder), read_only=True) as daybook:
            (found, _, said) = next(daybook.history())
    assert (found, said.words) == (lent, words)


def test_what_is_stored_is_plain_json(tmp_path: Path) -> None:
    with Daybook(tmp_path) as daybook:
        daybook.commit([checkout(BELOVED, MAYA)])
        stored = daybook.table("transactions").get(doc_id=1)
    assert stored == msgspec.json.decode(msgspec.json.encode(stored))
    assert (stored["kind"], stored["item"], stored["patron"]) == ("checkout", BELOVED, MAYA)


def test_the_last_session_is_read_with_its_true_time(daybook: Daybook) -> None:
    assert daybook.duty() is None
    first = DutyChange(id="s1", at=NOW, boot="b1", uptime=60.0, due=date(2026, 12, 24))
    record(daybook, first)
    assert daybook.duty() == first
    started = NOW + timedelta(days=3)
    record(daybook, ClockReading(boot="b1", started=started, by="network", at=started))
    duty = daybook.duty()
    assert duty is not None
    assert duty.at == started + timedelta(seconds=60)
    record(daybook, replace(first, id="s2", due=14, locked="idle"))
    again = daybook.duty()
    assert again is not None
    assert (again.id, again.due, again.locked) == ("s2", 14, "idle")


def test_a_warning_and_an_override_are_read_as_they_were(tmp_path: Path) -> None:
    standing = Standing(
        visit="v1",
        opened=NOW,
        patron=MAYA,
        warning=Block("delinquent", False, NOW.date()),
        invalid=True,
        override=Override(supervisor="Tomas", reason="settled", against="library"),
    )
    with Daybook(tmp_path) as daybook:
        record(daybook, standing)
    with Daybook(tmp_path) as daybook:
        assert daybook.standing() == standing
