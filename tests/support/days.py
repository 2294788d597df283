"""Days at a desk to test with: facts in an order in which they can happen, cut into commits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import strategies as st

from kiosk.daybook.facts import (
    Again,
    Answered,
    BatchClosed,
    Batched,
    BatchLoaded,
    BatchUnloaded,
    ClockReading,
    Fact,
    NotSent,
    Reported,
    Seen,
    Sending,
    Settled,
    Voided,
)
from kiosk.desk.visits import Standing
from support.transactions import (
    MAYA,
    NOW,
    OMAR,
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)

if TYPE_CHECKING:
    from kiosk.desk.transactions import Transaction

BELOVED, HOBBIT, PARABLE = "31234000381408", "31234000668382", "31234000765105"


def sending(*transactions: Transaction) -> Sending:
    return Sending(transactions=tuple(x.id for x in transactions), no_block=True, at=NOW)


def not_sent(*transactions: Transaction) -> NotSent:
    return NotSent(transactions=tuple(x.id for x in transactions), at=NOW)


def batched(batch: str, *transactions: Transaction, **more: Any) -> Batched:
    ids = tuple(x.id for x in transactions)
    numbers = tuple(TRANSACTIONS.index(x) + 1 for x in transactions)
    times = tuple(x.at for x in transactions)
    return Batched(
        id=batch,
        system="model",
        transactions=ids,
        numbers=numbers,
        times=times,
        at=NOW,
        key="k",
        **more,
    )


def answered(transaction: Transaction, kind: Any = "applied", **more: Any) -> Answered:
    return Answered(outcome=outcome(transaction, kind, **more))


def reported(transaction: Transaction, words: str = "Item not found", **more: Any) -> Reported:
    number = TRANSACTIONS.index(transaction) + 1
    known = {"id": "r", "transaction": transaction.id, "number": number, "at": NOW, "words": words}
    return Reported(**known | more)


def again(transaction: Transaction) -> Again:
    return Again(id="a", transaction=transaction.id, at=NOW, by="Ines")


def corrected(transaction: Transaction, by: Transaction) -> Settled:
    return Settled(transaction=transaction.id, at=NOW, by="Ines", replaced_by=by.id)


def voided(transaction: Transaction) -> Voided:
    return Voided(transaction=transaction.id, at=NOW)


TRANSACTIONS = [
    checkout(BELOVED, MAYA),
    checkout(HOBBIT, OMAR),
    checkin(BELOVED),
    checkout(BELOVED, OMAR),
    checkin(PARABLE),
    checkout(PARABLE, MAYA),
    renewal(PARABLE, MAYA),
    in_house_use(HOBBIT),
    registration(),
    noncat_checkout(OMAR),
    guest_checkout(BELOVED),
]
CORRECTED = checkout(HOBBIT, MAYA, corrects=TRANSACTIONS[1].id, at=TRANSACTIONS[1].at)
TRANSACTIONS.append(CORRECTED)
SOME = st.lists(st.sampled_from(TRANSACTIONS), min_size=1, max_size=3, unique_by=lambda x: x.id)
ONE = st.sampled_from(TRANSACTIONS)
BATCH = st.sampled_from(["one", "other"])
DELIVERIES = st.one_of(
    SOME.map(lambda some: sending(*some)),
    st.builds(
        lambda some, minutes: msgspec.structs.replace(
            sending(*some), times=tuple(NOW + timedelta(minutes=minutes) for _ in some)
        ),
        SOME,
        st.integers(0, 9),
    ),
    st.integers(0, 9).map(
        lambda hour: ClockReading(
            boot="b1", started=NOW + timedelta(hours=hour), by="network", at=NOW
        )
    ),
    SOME.map(lambda some: not_sent(*some)),
    st.builds(
        answered, ONE, st.sampled_from(["applied", "noticed", "refused", "unknown", "by_hand"])
    ),
    st.builds(
        lambda one, seconds: answered(one, route="hold", at=one.at + timedelta(seconds=seconds)),
        ONE,
        st.sampled_from([5, 3600]),
    ),
    SOME.map(lambda some: Seen(id="s", transactions=tuple(x.id for x in some), at=NOW)),
    ONE.map(voided),
    ONE.map(lambda one: Settled(transaction=one.id, at=NOW)),
    ONE.map(again),
    st.builds(reported, ONE, st.sampled_from(["Item not found", "Barred"])),
    st.just(Standing(visit="v1")),
    st.builds(lambda batch, some: batched(batch, *some), BATCH, SOME),
    st.builds(BatchLoaded, BATCH, st.just(NOW)),
    st.builds(BatchLoaded, BATCH, st.just(NOW)),
    st.builds(BatchUnloaded, BATCH, st.just(NOW), st.booleans()),
    st.builds(BatchClosed, BATCH, st.just(NOW)),
)


@st.composite
def days(draw: st.DrawFn) -> list[list[Fact]]:
    """Transactions in order, each followed by anything about those before it; in commits."""
    facts: list[Fact] = []
    for known in range(draw(st.integers(0, len(TRANSACTIONS)))):
        facts.append(TRANSACTIONS[known])
        if TRANSACTIONS[known] is CORRECTED:
            facts.append(corrected(TRANSACTIONS[1], CORRECTED))
        ids = {x.id for x in TRANSACTIONS[: known + 1]}
        about = draw(st.lists(DELIVERIES, max_size=5))
        facts += [fact for fact in about if _about(fact) <= ids]
    commits: list[list[Fact]] = []
    while facts:
        size = draw(st.integers(1, 3))
        size += facts[:size][-1] is CORRECTED  # always together with what it settles
        commits.append(facts[:size])
        facts = facts[size:]
    return commits


def _about(fact: Fact) -> set[str]:
    match fact:
        case Sending() | NotSent() | Seen() | Batched():
            return set(fact.transactions)
        case Answered():
            return {fact.outcome.transaction}
        case Voided() | Settled() | Again() | Reported():
            return {fact.transaction}
        case _:
            return set()
