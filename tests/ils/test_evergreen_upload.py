"""Uploading to an Evergreen that may lie: everything gets there once, or it is said why not."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.evergreen_script import ITEMS, ZONE, desk, freeze, may_process, upload
from support.patience import IMPATIENT
from support.transactions import (
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

from kiosk.ils.base import Refused, ReplyLost, Unreachable
from kiosk.ils.batches import Batch, Place

if TYPE_CHECKING:
    from support.fake_evergreen.client import FakeEvergreen

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.evergreen.library import EvergreenLibrary


def one_of_each() -> tuple[Transaction, ...]:
    new = registration()
    return (
        checkout(ITEMS[0]),
        checkin(ITEMS[0]),
        checkout(ITEMS[1]),
        renewal(ITEMS[1]),
        in_house_use(ITEMS[2], count=2),
        noncat_checkout(),
        new,
        checkout(ITEMS[3], new.patron),
    )


# --------------------------------------------------------------------------------- as it should be


async def test_every_kind_of_transaction_arrives_and_is_carried_out(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    transactions = one_of_each()
    [batch] = await upload(library, *transactions)
    assert (await library.look(batch)).stage == "loaded"

    evergreen.process()

    progress = await library.look(batch)
    assert progress.stage == "done"
    assert [(x.transaction, x.kind, x.code) for x in progress.outcomes] == [
        (x.id, "applied", "") for x in transactions
    ]
    assert evergreen.applied() == {x.id: 1 for x in transactions}


async def test_what_is_carried_out_bears_its_own_times(evergreen: FakeEvergreen) -> None:
    at, due = datetime(2026, 11, 20, 15, 0, tzinfo=UTC), datetime(2026, 12, 6, 4, 59, tzinfo=UTC)
    evergreen.be(zone="-05:00")
    library = desk(evergreen)
    await upload(library, checkout(ITEMS[0], at=at, due=due), in_house_use(ITEMS[1], at=at))

    evergreen.process()

    lent, used = evergreen.ledger()
    assert datetime.fromisoformat(lent["at"]) == datetime.fromisoformat(used["at"]) == at
    assert datetime.fromisoformat(lent["due"]) == due.replace(second=59)


async def test_exceptions_come_back_to_their_own_transactions(evergreen: FakeEvergreen) -> None:
    evergreen.world(items=[{"item": "T", "org": 5}, {"item": "M", "status": "missing"}])
    library = desk(evergreen)
    mistyped, unknown, missing = checkout("nothing"), checkout(ITEMS[0], "999"), checkin("M")
    [batch] = await upload(library, mistyped, unknown, missing, checkout(ITEMS[1]))

    evergreen.process()

    outcomes = {x.transaction: x for x in (await library.look(batch)).outcomes}
    assert outcomes[mistyped.id].code == "ASSET_COPY_NOT_FOUND"
    assert outcomes[unknown.id].code in ("ACTOR_USER_NOT_FOUND", "ACTOR_CARD_NOT_FOUND")
    assert outcomes[missing.id].kind == "refused"
    assert Counter(x.kind for x in outcomes.values()) == {"refused": 3, "applied": 1}


async def test_what_no_line_can_be_made_of_stays_and_the_rest_goes(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    strange, good = checkout("33ö"), checkout(ITEMS[0])
    assert library.unfit(strange) is not None
    assert library.unfit(good) is None

    [batch] = await upload(library, strange, good)
    evergreen.process()

    outcomes = (await library.look(batch)).outcomes
    assert [(x.kind, x.code) for x in outcomes] == [
        ("by_hand", "evergreen.line.barcode"),
        ("applied", ""),
    ]


async def test_a_batch_of_which_nothing_can_be_sent_is_done_without_a_word(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    batch = await freeze(library, checkout("33ö"))
    for progress in (await library.load(batch), await library.look(batch)):
        assert (progress.stage, [x.kind for x in progress.outcomes]) == ("done", ["by_hand"])
    assert evergreen.heard("load") == []


# ---------------------------------------------------------------------------------- upload sessions


async def places_at_once(fake: FakeEvergreen, *names: str) -> list[tuple[EvergreenLibrary, Place]]:
    """Let desks look for a session before any of them has made one."""
    fake.do("hold", call="create")
    desks = [desk(fake, name, settling=0.3, timeout=30.0) for name in names]
    places = [asyncio.create_task(each.place()) for each in desks]
    while len(fake.heard("create")) < len(names):  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    fake.do("let_go")
    return list(zip(desks, await asyncio.gather(*places), strict=True))


async def test_desks_that_come_at_once_meet_in_one_session(evergreen: FakeEvergreen) -> None:
    found = await places_at_once(evergreen, *(f"desk-{n}" for n in range(5)))
    places = [place for _, place in found]

    assert len({place.key for place in places}) == 1
    assert len({place.name for place in places}) == 5


async def test_the_desks_of_the_settings_make_one_session_and_no_more(
    evergreen: FakeEvergreen,
) -> None:
    """None can be deleted, and after an outage all desks come at once."""
    names = ("front", "back", "side")
    desks = [desk(evergreen, name, desks=names, settling=0.1) for name in names]

    places = await asyncio.gather(*(each.place() for each in desks))

    assert len({place.key for place in places}) == 1
    assert len(evergreen.sessions()) == 1


async def test_two_desks_of_one_name_do_not_take_the_others_upload_for_their_own(
    evergreen: FakeEvergreen,
) -> None:
    found = await places_at_once(evergreen, "raspberrypi", "raspberrypi")

    await asyncio.gather(
        *(
            each.load(Batch(id=place.name, place=place, transactions=(checkout(item),)))
            for (each, place), item in zip(found, ITEMS, strict=False)
        )
    )
    evergreen.process(found[0][1].key)

    assert sum(evergreen.applied().values()) == 2


async def test_a_session_that_a_person_made_is_joined(evergreen: FakeEvergreen) -> None:
    now = int(datetime.now(UTC).timestamp())
    today = f"Internet Down {datetime.now(ZONE).date()}"
    evergreen.world(
        sessions=[
            {"key": "other", "description": "Christmas", "create_time": now},
            {"key": "old", "description": today, "create_time": now - 90_000},
            {"key": "elsewhere", "description": today, "create_time": now, "org": 5},
            {"key": "done", "description": today, "create_time": now, "end_time": 9},
            {"key": "ours", "description": f"{today.lower()} (Ada)", "create_time": now},
            {"key": "later", "description": today, "create_time": now + 1},
        ]
    )
    assert (await desk(evergreen).place()).key == "ours"


async def test_a_desk_whose_clock_is_days_slow_finds_todays_session(
    evergreen: FakeEvergreen,
) -> None:
    right, slow = desk(evergreen), desk(evergreen, "desk-2", slow=timedelta(days=3))
    assert (await right.place()).key == (await slow.place()).key
    assert await slow.clock_offset() == pytest.approx(timedelta(days=3), abs=timedelta(seconds=2))


async def test_staff_can_choose_the_session_and_go_back_to_todays(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    made = await library.create("Power cut / Westside")
    assert made.title == "Power cut - Westside"

    await library.join(made.key)
    assert (await library.place()).key == made.key
    await library.join("")
    assert (await library.place()).key != made.key


async def test_a_session_that_is_not_open_cannot_be_chosen(evergreen: FakeEvergreen) -> None:
    evergreen.world(sessions=[{"key": "done", "end_time": 9}, {"key": "there", "org": 5}])
    for key in ("done", "there", "nowhere"):
        with pytest.raises(Refused):
            await desk(evergreen).join(key)


async def test_a_chosen_session_that_was_processed_meanwhile_is_forgotten(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    made = await library.create("Power cut")
    await library.join(made.key)
    evergreen.world(sessions=[{"key": made.key, "description": "Power cut", "end_time": 9}])
    assert (await library.place()).key != made.key


async def test_making_a_session_again_gives_the_one_that_is_there(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    assert (await library.create("Power cut")).key == (await library.create("Power cut")).key


@pytest.mark.parametrize("fault", ["lost-after", "close-after", "500-after", "empty-after"])
async def test_a_session_whose_reply_was_lost_is_looked_for(
    evergreen: FakeEvergreen, fault: str
) -> None:
    evergreen.fault(fault, on="create")
    await desk(evergreen, **IMPATIENT).create("Power cut")
    assert len(evergreen.sessions()) == 1


@pytest.mark.parametrize("fault", ["lost-before", "500-before", "403"])
async def test_a_session_that_was_not_made_may_be_made_again(
    evergreen: FakeEvergreen, fault: str
) -> None:
    library = desk(evergreen, **IMPATIENT)
    evergreen.fault(fault, on="create")
    with pytest.raises(Unreachable):
        await library.create("Power cut")
    await library.create("Power cut")
    assert len(evergreen.sessions()) == 1


# ------------------------------------------------------------------------------------ every trap

LOST = (
    "lost-before", "lost-after", "close-before", "close-after", "reset-before", "reset-after",
    "half-and-hang", "half-and-close", "half-and-reset", "cut", "500-before", "500-after",
    "502-before", "502-after", "503", "504-after", "401", "403", "404", "429", "html-before",
    "html-after", "empty-before", "empty-after", "late", "drip", "acts-late",
)  # fmt: skip
FEW = (
    "lost-before",
    "lost-after",
    "close-after",
    "half-and-close",
    "500-after",
    "503",
    "empty-after",
)
CALLS = ("create", "status.scripts", "status.sessions", "login", "time")


@pytest.mark.parametrize(
    ("fault", "call"),
    [*((fault, "load") for fault in LOST), *((fault, call) for fault in FEW for call in CALLS)],
)
async def test_whatever_reply_is_lost_everything_is_carried_out_once(
    evergreen: FakeEvergreen, fault: str, call: str
) -> None:
    library = desk(evergreen, **IMPATIENT, auth_proxy="no")
    transactions = in_house_use(ITEMS[0]), noncat_checkout(), checkout(ITEMS[1])
    evergreen.fault(fault, on=call)

    await upload(library, *transactions)
    evergreen.process()

    assert evergreen.applied() == {x.id: 1 for x in transactions}


@pytest.mark.parametrize(("fault", "names"), [("no-file", 2), ("no-row", 1)])
async def test_an_upload_of_which_nothing_was_stored_goes_once_more(
    evergreen: FakeEvergreen, fault: str, names: int
) -> None:
    """Under another name where the server has kept the first one, with nothing in it."""
    transactions = in_house_use(ITEMS[0]), noncat_checkout()
    evergreen.fault(fault)

    batches = await upload(desk(evergreen), *transactions)
    evergreen.process()

    assert len({batch.place.name for batch in batches}) == names
    assert evergreen.applied() == {x.id: 1 for x in transactions}


async def test_an_upload_that_was_not_stored_whole_goes_into_another_session(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    transactions = in_house_use(ITEMS[0]), noncat_checkout(), checkout(ITEMS[1])
    evergreen.fault("part-stored")

    batches = await upload(library, *transactions)
    evergreen.process(batches[-1].place.key)

    assert evergreen.applied() == {x.id: 1 for x in transactions}
    assert len({batch.place.key for batch in batches}) == 2
    with pytest.raises(Refused):
        await library.process(batches[0].place.key)


async def test_a_count_that_is_wrong_is_heeded_whoever_is_wrong(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    batch = await freeze(library, in_house_use(ITEMS[0]), in_house_use(ITEMS[1]))
    evergreen.fault("count-short", on="status.scripts", skip=1)
    progress = await library.load(batch)
    assert progress.stage == "spoiled"
    assert progress.reason is not None
    assert (progress.reason.args["stored"], progress.reason.args["sent"]) == (1, 2)
    assert (await library.place()).key != batch.place.key


async def test_a_spoiled_upload_that_is_processed_all_the_same_is_told_and_not_believed(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    one, two = in_house_use(ITEMS[0]), in_house_use(ITEMS[1])
    evergreen.fault("part-stored")
    batch = await freeze(library, one, two)
    assert (await library.load(batch)).stage == "spoiled"

    evergreen.process()

    progress = await library.look(batch)
    assert progress.stage == "done"
    assert {x.kind for x in progress.outcomes} == {"unknown"}


async def test_an_upload_twice_at_once_under_one_name_must_not_be_processed(
    evergreen: FakeEvergreen,
) -> None:
    may_process(evergreen)
    twice = {"workstation": "desk-1.a1", "count": 1}
    now = int(datetime.now(UTC).timestamp())
    evergreen.world(sessions=[{"key": "k", "create_time": now, "scripts": [twice, twice]}])
    library = desk(evergreen)
    place = Place(key="k", name="desk-1.a1")

    assert (await library.look(Batch(id="b", place=place, transactions=(checkin("i"),)))).stage == (
        "spoiled"
    )
    with pytest.raises(Refused):
        await library.process("k")


async def test_a_repeated_upload_stores_nothing_twice(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    batch = await freeze(library, in_house_use(ITEMS[0]))
    for _ in range(3):
        assert (await library.load(batch)).stage == "loaded"
    another = desk(evergreen)  # after a restart
    assert (await another.load(batch)).stage == "loaded"

    evergreen.process()
    assert sum(evergreen.applied().values()) == 1


async def test_a_session_processed_before_this_desk_came_is_told(evergreen: FakeEvergreen) -> None:
    library = desk(evergreen)
    batch = await freeze(library, checkout(ITEMS[0]))
    await upload(desk(evergreen, "desk-2"), checkout(ITEMS[1]))
    evergreen.process(batch.place.key)

    progress = await library.load(batch)
    assert (progress.stage, progress.reason and progress.reason.key) == (
        "absent", "evergreen.session_closed",
    )  # fmt: skip
    assert (await upload(library, checkout(ITEMS[0])))[0].place.key != batch.place.key


async def test_a_session_that_becomes_active_between_look_and_load_takes_nothing(
    evergreen: FakeEvergreen,
) -> None:
    evergreen.fault("session-active", on="load")
    transactions = (checkout(ITEMS[0]),)
    await upload(desk(evergreen), *transactions)
    evergreen.process()
    assert evergreen.applied() == {transactions[0].id: 1}


async def test_an_expired_login_is_renewed_in_the_middle_of_everything(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    await library.hello()
    evergreen.do("expire")
    await library.hello()
    evergreen.do("expire")
    batch = await freeze(library, checkout(ITEMS[0]))
    evergreen.do("expire")
    assert (await library.load(batch)).stage == "loaded"
    evergreen.do("expire")
    evergreen.fault("no-session", on="status", times=1)
    assert (await library.look(batch)).stage == "loaded"


async def test_a_login_that_is_never_known_is_given_up(evergreen: FakeEvergreen) -> None:
    evergreen.fault("no-session", times=None)
    with pytest.raises(Unreachable):
        await desk(evergreen).place()


async def test_a_restart_in_the_middle_loads_nothing_twice(evergreen: FakeEvergreen) -> None:
    batch = await freeze(desk(evergreen), in_house_use(ITEMS[0]))
    evergreen.fault("lost-after", on="load")
    with pytest.raises(ReplyLost):
        await desk(evergreen, **IMPATIENT).load(batch)

    assert (await desk(evergreen).look(batch)).stage == "loaded"
