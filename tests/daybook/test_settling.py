"""What people decide about what the library did not just take: sent again, corrected, reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from support.days import answered, sending, voided
from support.transactions import DUE, MAYA, NOW, OMAR, checkin, checkout, registration

from kiosk.daybook import cart, visits, worklist
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Again, Reported, Settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.daybook.facts import Fact
    from kiosk.desk.transactions import Transaction

BELOVED, HOBBIT = "31234000381408", "31234000668382"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def daybook(tmp_path: Path) -> Iterator[Daybook]:
    with Daybook(tmp_path) as opened:
        yield opened


def record(daybook: Daybook, *facts: Fact) -> None:
    daybook.learn(daybook.commit(facts))


def both(daybook: Daybook, tmp_path: Path) -> Iterator[Daybook]:
    """The daybook as it is, and as it is read back."""
    yield daybook
    with Daybook(tmp_path, read_only=True) as reopened:
        yield reopened


def again(transaction: Transaction) -> Again:
    return Again(id="a1", transaction=transaction.id, at=LATER, by="Ines")


def report(transaction: Transaction, words: str = "User not found", number: int = 1) -> Reported:
    return Reported(id="r1", transaction=transaction.id, number=number, at=LATER, words=words)


def to_fix(daybook: Daybook) -> list[str]:
    return list(daybook.indexes.exceptions)


def test_sent_again_it_waits_as_before_under_its_own_time(daybook: Daybook, tmp_path: Path) -> None:
    lent, other = checkout(BELOVED), checkout(HOBBIT)
    announced = replace_times(sending(lent), NOW + timedelta(hours=1))
    record(daybook, lent, other, announced, answered(lent, "refused"))
    assert to_fix(daybook) == [lent.id]
    record(daybook, again(lent))
    for each in both(daybook, tmp_path):
        assert to_fix(each) == []
        assert list(each.indexes.pending) == [lent.id, other.id]
        pending = each.indexes.pending[lent.id]
        assert (pending.sent, pending.announced) == (False, False)  # nobody is asked first
        assert each.indexes.time_to_send(pending, lent) == NOW + timedelta(hours=1)
        assert each.outcome(1) is None
        assert each.state(1, lent) == "queued"
        assert each.under_way(lent.id)  # a void would leave open what the library has


def replace_times(fact: object, *times: object) -> Fact:
    replaced: Fact = msgspec.structs.replace(fact, times=times)  # type: ignore[type-var]
    return replaced


def test_the_answer_after_that_is_the_one_that_counts(daybook: Daybook, tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, answered(lent, "unknown"), again(lent), answered(lent))
    for each in both(daybook, tmp_path):
        assert each.state(1, lent) == "applied"
        assert to_fix(each) == []


@pytest.mark.parametrize("kind", ["applied", "queued"])
def test_what_needs_nobody_is_not_sent_again(daybook: Daybook, tmp_path: Path, kind: str) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, *([answered(lent)] if kind == "applied" else []), again(lent))
    for each in both(daybook, tmp_path):
        assert each.state(1, lent) == kind
        assert not each.indexes.pending or not each.indexes.pending[lent.id].again


def corrected(wrong: Transaction, **right: str) -> list[Fact]:
    better = replace(wrong, id=f"{wrong.id}-2", corrects=wrong.id, **right)  # type: ignore[arg-type]
    settled = Settled(transaction=wrong.id, at=LATER, by="Ines", replaced_by=better.id)
    return [better, settled]


def test_corrected_it_is_sent_in_the_others_place(daybook: Daybook, tmp_path: Path) -> None:
    wrong, newer = checkout(BELOVED), checkout(HOBBIT, visit="v2")
    record(daybook, wrong, answered(wrong, "refused"), newer, answered(newer))
    record(daybook, *corrected(wrong, patron=OMAR))
    for each in both(daybook, tmp_path):
        assert to_fix(each) == []
        [pending] = each.indexes.pending.values()
        better = each.transaction(pending.number)
        assert (better.id, better.corrects) == (f"{wrong.id}-2", wrong.id)
        assert each.indexes.time_to_send(pending, better) == wrong.at
        settled = each.settled(1)
        assert settled is not None
        assert (settled.by, settled.replaced_by) == ("Ines", better.id)
        assert each.latest() == newer.at  # nothing happened at the desk just now
        visit = visits.visit(each, pending.number)
        assert visit is not None
        assert [x.id for x in visit.transactions] == [wrong.id, better.id]
        assert visit.voided == {wrong.id}
        assert visit == visits.visit(each, 1)
        assert visits.past_visit(each, "") == visits.visit(
            each, 2
        )  # the last receipt stays the last


def test_a_correction_that_is_voided_leaves_the_other_to_a_person_again(
    daybook: Daybook, tmp_path: Path
) -> None:
    wrong = checkout(BELOVED)
    better, settled = corrected(wrong, item=HOBBIT)
    record(daybook, wrong, answered(wrong, "refused", words="Item not found"), better, settled)
    record(daybook, voided(better))  # type: ignore[arg-type]
    for each in both(daybook, tmp_path):
        assert to_fix(each) == [wrong.id]
        assert each.indexes.exceptions[wrong.id].outcome.words == "Item not found"
        assert each.settled(1) is None


def test_a_report_from_elsewhere_makes_any_of_them_one_that_needs_a_person(
    daybook: Daybook, tmp_path: Path
) -> None:
    lent, waits, noticed = checkout(BELOVED), checkin(HOBBIT), registration()
    record(daybook, lent, waits, noticed, answered(lent), answered(noticed, "noticed"))
    record(daybook, Settled(transaction=noticed.id, at=NOW))
    record(daybook, report(lent), report(waits, number=2), report(noticed, number=3))
    for each in both(daybook, tmp_path):
        assert sorted(to_fix(each)) == sorted([lent.id, waits.id, noticed.id])
        outcome = each.outcome(1)
        assert outcome is not None
        assert (outcome.kind, outcome.words, outcome.at) == ("refused", "User not found", LATER)
        assert each.indexes.pending == {}
        assert cart.counts(each).unanswered == 0


def test_the_same_report_again_is_no_news(daybook: Daybook, tmp_path: Path) -> None:
    lent = checkout(BELOVED)
    record(daybook, lent, answered(lent), report(lent))
    record(daybook, Settled(transaction=lent.id, at=LATER, note="done there", by="Ines"))
    record(daybook, report(lent))
    for each in both(daybook, tmp_path):
        assert to_fix(each) == []
    record(daybook, report(lent, "Another word"))
    for each in both(daybook, tmp_path):
        assert to_fix(each) == [lent.id]


def test_a_report_says_nothing_of_what_is_being_sent_undone_or_corrected(
    daybook: Daybook, tmp_path: Path
) -> None:
    sent, undone, wrong = checkout(BELOVED), checkout(HOBBIT), checkout(BELOVED)
    record(daybook, sent, undone, wrong, sending(sent), voided(undone))
    record(daybook, answered(wrong, "refused"), *corrected(wrong, item=HOBBIT))
    record(daybook, report(sent), report(undone, number=2), report(wrong, number=3))
    for each in both(daybook, tmp_path):
        assert to_fix(each) == []
        assert each.state(1, sent) == "sending"


def test_what_is_sent_again_keeps_returns_off_the_shelves(daybook: Daybook, tmp_path: Path) -> None:
    back = checkin(BELOVED)
    late = back.at + timedelta(hours=2)
    record(daybook, back, answered(back, "refused", route="ask", at=late))
    assert (cart.counts(daybook).unanswered, cart.counts(daybook).waiting) == (0, 0)
    record(daybook, again(back))
    for each in both(daybook, tmp_path):
        assert (cart.counts(each).unanswered, cart.counts(each).waiting) == (1, 1)


def test_all_that_was_said_of_one_is_found_by_its_item_or_card(daybook: Daybook) -> None:
    first, second = checkout(BELOVED, MAYA), checkin(BELOVED)
    record(daybook, first, second, checkout(HOBBIT, MAYA))
    assert daybook.about(BELOVED) == ["2", "1"]
    assert daybook.about(MAYA) == ["3", "1"]
    assert daybook.about("nobody") == []


def test_what_needs_a_person_comes_in_groups_the_doubtful_first(daybook: Daybook) -> None:
    kinds = ("by_hand", "noticed", "refused", "unknown")
    lent = [checkout(BELOVED, due=DUE) for _ in kinds]
    new = registration()
    record(daybook, new, *lent, answered(new, "refused"))
    record(daybook, *(answered(x, kind) for x, kind in zip(lent, kinds, strict=True)))
    assert worklist.to_fix(daybook) == ["5", "4", "3", "2", "1"]
    exception = worklist.exception(daybook, "3")
    assert exception is not None
    assert (exception.group, exception.transaction) == ("noticed", lent[1])
