"""Which transaction goes next."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, cycle
from time import thread_time
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from support.transactions import INES, MAYA, NOW, OMAR, checkin, checkout

from kiosk.daybook.indexes import Indexes
from kiosk.daybook.pending import Pending
from kiosk.delivery.order import Queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.transactions import Transaction


def pending(*transactions: Transaction) -> list[Pending]:
    return [
        Pending(number, x.id, x.item, x.visit, x.at, getattr(x, "patron", ""))
        for number, x in enumerate(transactions, start=1)
    ]


def queue_of(waiting: list[Pending]) -> Queue:
    queue = Queue()
    for each in waiting:
        queue.add(each)
    return queue


def nobody(_: str) -> bool:
    return False


def standing_there(visit: str) -> Callable[[str], bool]:
    return lambda other: other == visit


def next_of(queue: Queue, is_open: Callable[[str], bool]) -> Pending | None:
    """Give what goes next where there is one connection for all."""
    return queue.fresh(is_open) or queue.due(lambda _: True)


def order(queue: Queue, is_open: Callable[[str], bool] = nobody) -> list[int]:
    """Take everything that may go; give the numbers."""
    numbers = []
    while (following := next_of(queue, is_open)) is not None:
        numbers.append(following.number)
        queue.discard(following.id)
    return numbers


def test_nothing_goes_from_an_empty_queue() -> None:
    assert next_of(Queue(), nobody) is None


def test_a_backlog_goes_in_the_order_of_the_daybook() -> None:
    waiting = pending(checkout("i1"), checkin("i2"), checkout("i1", OMAR), checkin("i1"))
    assert order(queue_of(waiting)) == [1, 2, 3, 4]


def test_the_patron_at_the_desk_overtakes_an_unrelated_backlog() -> None:
    waiting = pending(
        checkout("i1", OMAR, visit="old"),
        checkin("i2", visit="old"),
        checkout("i3", MAYA, visit="now"),
        checkout("i4", MAYA, visit="now"),
    )
    assert order(queue_of(waiting), standing_there("now")) == [3, 4, 1, 2]


def test_what_is_sent_again_meanwhile_does_not_hide_the_patron_at_the_desk() -> None:
    before, here, later = pending(
        checkout("i1", "p1", visit="before"),
        checkout("i2", "p2", visit="now"),
        checkout("i3", "p3", visit="now"),
    )
    queue = queue_of([here])
    before.again = True
    queue.add(before)
    assert queue.fresh(standing_there("now")) is here
    queue.add(later)
    queue.discard(here.id)
    assert queue.fresh(standing_there("now")) is later


def test_but_what_came_before_with_the_same_patron_or_item_goes_first() -> None:
    waiting = pending(
        checkin("i9", visit="old"),
        checkin("i3", visit="old"),
        checkout("i1", MAYA, visit="old"),
        checkout("i3", MAYA, visit="now"),
    )
    assert order(queue_of(waiting), standing_there("now")) == [2, 3, 4, 1]


def test_what_came_before_is_followed_to_its_beginning() -> None:
    waiting = pending(
        checkout("i9", INES, visit="old"),
        checkout("i1", OMAR, visit="old"),
        checkout("i2", OMAR, visit="old"),
        checkin("i2", visit="old"),
        checkout("i2", MAYA, visit="now"),
    )
    assert order(queue_of(waiting), standing_there("now")) == [2, 3, 4, 5, 1]


def test_an_unknown_item_holds_up_its_later_transactions_and_nothing_else() -> None:
    waiting = pending(checkin("i1"), checkout("i2", MAYA), checkout("i1", MAYA), checkout("i3"))
    queue = queue_of(waiting)
    queue.hold("i1")
    assert order(queue) == [2, 4]
    assert len(queue._all) == 2


def test_the_items_of_a_patron_who_waits_wait_too_and_nothing_else() -> None:
    waiting = pending(
        checkout("i1", MAYA, visit="old"),
        checkin("i1", visit="now"),
        checkin("i2", visit="now"),
        checkout("i1", OMAR),
        checkout("i3", OMAR),
    )
    queue = queue_of(waiting)
    queue.hold(patron=MAYA)
    assert order(queue, standing_there("now")) == [3, 5]
    queue.release()
    assert order(queue) == [1, 2, 4]


def test_a_patron_at_the_desk_goes_first_also_with_a_held_item_from_before() -> None:
    waiting = pending(
        checkout("i9", OMAR, visit="old"),
        checkout("i1", MAYA, visit="old"),
        checkout("i1", MAYA, visit="now"),
        checkout("i2", MAYA, visit="now"),
    )
    queue = queue_of(waiting)
    queue.hold("i1")
    assert order(queue, standing_there("now")) == [4, 1]


def test_what_goes_together_has_an_item_once_where_that_is_wanted() -> None:
    first, other, again, behind, last = waiting = pending(
        checkin("i1"), checkout("i2", OMAR), checkout("i1", MAYA), checkin("i3"), checkin("i1")
    )
    queue = queue_of(waiting)
    assert queue.batch(9) == waiting
    assert queue.batch(9, item_once=True) == [first, other, behind]
    for gone in (first, other, behind):
        queue.discard(gone.id)
    assert queue.batch(9, item_once=True) == [again]
    assert queue.batch(9) == [again, last]


def test_what_was_taken_out_is_forgotten() -> None:
    waiting = pending(checkout("i1", visit="old"), checkout("i1", visit="now"))
    queue = queue_of(waiting)
    queue.discard(waiting[0].id)
    queue.discard(waiting[0].id)
    queue.discard("never there")
    assert waiting[0].id not in queue._all
    assert order(queue, standing_there("now")) == [2]


def test_what_is_sent_again_twice_at_once_goes_once() -> None:
    one, other = pending(checkout("i1", "p1"), checkout("i1", "p2"))
    queue = queue_of([one])
    queue.add(one)  # staff said so a second time before the disk knew of the first
    queue.discard(one.id)
    queue.add(other)
    assert order(queue) == [2]


@st.composite
def waiting_lines(draw: st.DrawFn) -> tuple[list[Pending], str, set[str]]:
    """Visits one after the other; the last one may be open; some items are held."""
    transactions: list[Transaction] = []
    items = st.sampled_from(["i1", "i2", "i3", "i4"])
    for visit in range(draw(st.integers(1, 5))):
        patron = draw(st.sampled_from([MAYA, OMAR, INES, None]))
        for item in draw(st.lists(items, max_size=3)):
            name = f"v{visit}"
            transactions.append(
                checkin(item, visit=name) if patron is None else checkout(item, patron, visit=name)
            )
    last = transactions[-1].visit if transactions else "none"
    is_open = draw(st.booleans())
    return pending(*transactions), last if is_open else "none", draw(st.sets(items, max_size=1))


@given(waiting_lines())
def test_nothing_ever_overtakes_the_same_patron_or_item(
    line: tuple[list[Pending], str, set[str]],
) -> None:
    waiting, visit, held = line
    queue = queue_of(waiting)
    for item in held:
        queue.hold(item)
    went = order(queue, standing_there(visit))
    free = [x for x in waiting if x.item not in held]
    assert sorted(went) == [x.number for x in free]  # all that may go goes, the held stay
    place = {number: position for position, number in enumerate(went)}
    for first in free:
        for second in free:
            if first.number < second.number and _related(first, second):
                assert place[first.number] < place[second.number]


@given(waiting_lines())
def test_what_the_open_visit_waits_for_is_never_behind_what_it_need_not_wait_for(
    line: tuple[list[Pending], str, set[str]],
) -> None:
    waiting, visit, held = line
    queue = queue_of(waiting)
    for item in held:
        queue.hold(item)
    free = [x for x in waiting if x.item not in held]
    fresh = [x for x in free if x.visit == visit]
    following = next_of(queue, standing_there(visit))
    if fresh:
        assert following in _needed_by(fresh[0], free)
    else:
        assert following == (free[0] if free else None)


def _needed_by(one: Pending, others: list[Pending]) -> list[Pending]:
    """Give what has to go before one, and that one."""
    needed = [one]
    for other in reversed([x for x in others if x.number < one.number]):
        if any(_related(other, x) for x in needed):
            needed.append(other)
    return needed


def _related(one: Pending, other: Pending) -> bool:
    same_patron = one.patron != "" and one.patron == other.patron
    return same_patron or one.item == other.item


# -- from paper ------------------------------------------------------------------------------------


def on_paper(number: int, transaction: Transaction, minutes: float) -> Pending:
    at = NOW + timedelta(minutes=minutes)
    patron = getattr(transaction, "patron", "")
    return Pending(number, transaction.id, transaction.item, "paper", at, patron, paper=True)


def live(number: int, transaction: Transaction, minutes: float) -> Pending:
    at = NOW + timedelta(minutes=minutes)
    patron = getattr(transaction, "patron", "")
    return Pending(number, transaction.id, transaction.item, f"v{number}", at, patron)


def delivered(queue: Queue) -> list[int]:
    order = []
    while (pending := next_of(queue, nobody)) is not None:
        order.append(pending.number)
        queue.discard(pending.id)
    return order


def test_a_line_from_paper_goes_before_what_happened_later_with_its_item() -> None:
    queue = Queue()
    queue.add(live(1, checkin("i1"), 60))
    queue.add(live(2, checkin("i2"), 61))
    queue.add(on_paper(3, checkout("i2"), 10))
    assert delivered(queue) == [1, 3, 2]


def test_a_line_from_paper_goes_after_what_happened_before_it() -> None:
    queue = Queue()
    queue.add(live(1, checkout("i1", OMAR), 0))
    queue.add(live(2, checkin("i1"), 60))
    queue.add(on_paper(3, checkin("i1"), 10))
    assert delivered(queue) == [1, 3, 2]


def test_a_line_from_paper_never_overtakes_what_is_under_way() -> None:
    queue = Queue()
    returned = live(1, checkin("i1"), 60)
    returned.sent = True
    queue.add(returned)
    queue.add(on_paper(2, checkout("i1"), 10))
    assert delivered(queue) == [1, 2]


def test_nor_does_it_by_going_before_another_line_from_paper() -> None:
    queue = Queue()
    lent = live(1, checkout("i1"), 60)
    queue.add(lent)
    queue.add(on_paper(2, checkin("i2"), 20))  # it goes before the loan, which is sent now
    lent.sent = True
    queue.add(on_paper(3, checkin("i1"), 10))
    assert delivered(queue) == [1, 2, 3]


def test_what_is_sent_again_never_overtakes_what_is_under_way() -> None:
    queue = Queue()
    lent = live(2, checkout("i1"), 60)
    lent.sent = True
    queue.add(lent)
    once_more = live(1, checkin("i1"), 10)
    once_more.again = True
    queue.add(once_more)
    assert delivered(queue) == [2, 1]


def test_nor_does_it_after_a_restart() -> None:
    queue = Queue()
    once_more = live(1, checkin("i1"), 10)
    once_more.again = True
    queue.add(once_more)
    queue.add(on_paper(2, checkout("i1"), 5))
    lent = live(3, checkout("i1"), 60)
    lent.sent = True
    queue.add(lent)
    assert delivered(queue) == [3, 2, 1]


def test_a_correction_goes_before_what_happened_later_with_its_item() -> None:
    queue = Queue()
    queue.add(live(1, checkin("i1"), 60))
    queue.add(live(2, checkin("i2"), 61))
    correction = live(3, checkout("i2"), 10)
    correction.corrects = "wrong"
    queue.add(correction)
    assert delivered(queue) == [1, 3, 2]


def test_what_is_sent_again_goes_before_what_happened_later_with_its_item() -> None:
    queue = Queue()
    queue.add(live(2, checkin("i9"), 60))
    queue.add(live(3, checkin("i1"), 61))
    once_more = live(1, checkout("i1", OMAR), 10)
    once_more.again = True
    queue.add(once_more)
    assert delivered(queue) == [2, 1, 3]


def test_the_patron_at_the_desk_waits_for_the_line_from_paper_about_the_same_item() -> None:
    queue = Queue()
    queue.add(live(1, checkout("i9", OMAR), 0))
    queue.add(live(2, checkin("i1"), 60))
    queue.add(on_paper(3, checkout("i1", OMAR), 10))
    first = next_of(queue, lambda visit: visit == "v2")
    assert first is not None
    assert first.number == 1  # which goes before it, because of its patron
    queue.discard(first.id)
    assert delivered(queue) == [3, 2]


LINES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 5),
        st.sampled_from(["i1", "i2", "i3"]),
        st.sampled_from(["", MAYA, OMAR]),
    ),
    max_size=14,
)


@given(LINES)
def test_any_mixture_of_live_and_paper_ends_up_in_the_order_of_time_for_each_item(
    lines: list[tuple[bool, int, str, str]],
) -> None:
    queue, times = Queue(), {}
    for number, (paper, minutes, item, patron) in enumerate(lines, 1):
        transaction = checkout(item, patron) if patron else checkin(item)
        at = number - minutes if paper else number
        queue.add((on_paper if paper else live)(number, transaction, at))
        times[number] = (item, at, number)
    order = delivered(queue)
    assert sorted(order) == list(times)
    for item in ("i1", "i2", "i3"):
        of_item = [times[number] for number in order if times[number][0] == item]
        assert [at for _, at, _ in of_item] == sorted(at for _, at, _ in of_item)


# -- two connections -------------------------------------------------------------------------------


def test_what_is_under_way_holds_up_its_patron_and_its_item_until_it_is_over() -> None:
    first, same_item, same_patron, free = waiting = pending(
        checkout("i1", MAYA), checkin("i1"), checkout("i2", MAYA), checkin("i3")
    )
    queue = queue_of(waiting)
    queue.begin(first)
    assert queue.due(lambda _: True) is free
    queue.end(first)
    assert queue.due(lambda _: True) is first
    queue.discard(first.id)
    assert queue.due(lambda _: True) is same_item
    assert queue.fresh(lambda _: True) in (same_item, same_patron)


def test_the_patron_at_the_desk_waits_for_what_is_under_way_with_the_same_card() -> None:
    old, lent = waiting = pending(checkout("i1", MAYA, visit="old"), checkout("i2", MAYA))
    queue = queue_of(waiting)
    queue.begin(old)
    assert queue.fresh(standing_there(lent.visit)) is None


def test_of_the_backlog_what_may_not_go_yet_holds_up_what_follows() -> None:
    waiting = pending(checkin("i1"), checkin("i2"), checkin("i3"))
    queue = queue_of(waiting)
    assert queue.due(lambda pending: pending.number != 1) is None
    assert queue.group(waiting[0], 20, lambda pending: pending.number < 3) == waiting[:2]


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(["old", "now"])),
        max_size=14,
    ),
    st.lists(st.sampled_from([0, 1]), max_size=60),
)
def test_two_connections_never_carry_the_same_patron_or_item_at_once_nor_out_of_order(
    days: list[tuple[int, int, str]], turns: list[int]
) -> None:
    cards = ("", MAYA, OMAR, INES)
    waiting = pending(
        *(
            checkout(f"i{item}", cards[card], visit=visit) if card else checkin(f"i{item}")
            for item, card, visit in days
        )
    )
    queue, carried = queue_of(waiting), list[Pending]()
    under_way: dict[int, Pending] = {}
    lanes = chain(turns, cycle([0, 1]))
    while len(carried) < len(waiting):
        lane = next(lanes)
        if lane in under_way:
            over = under_way.pop(lane)
            queue.discard(over.id)
            queue.end(over)
            carried.append(over)
            continue
        following = queue.fresh(standing_there("now")) if lane == 0 else queue.due(lambda _: True)
        if following is not None:
            for other in under_way.values():
                assert other.item != following.item
                assert not other.patron or other.patron != following.patron
            queue.begin(following)
            under_way[lane] = following
    for one in carried:
        for other in carried[carried.index(one) :]:
            if one.item == other.item or (one.patron and one.patron == other.patron):
                assert one.number <= other.number


def test_the_end_of_a_long_backlog_goes_as_fast_as_its_beginning() -> None:
    indexes, queue = Indexes(), Queue()
    for number in range(40_000):
        each = Pending(number, f"t{number}", f"i{number}", f"v{number}", NOW)
        indexes.pending[each.id] = each
        queue.add(each)

    def fastest_of_100() -> float:
        """Take 100 out; give the shortest that one has taken."""
        times = []
        for _ in range(100):
            began = thread_time()
            following = queue.due(lambda _: True)
            assert following is next(iter(indexes.pending.values()))
            del indexes.pending[following.id]
            queue.discard(following.id)
            times.append(thread_time() - began)
        return min(times)

    at_first = fastest_of_100()
    while len(queue) > 100:
        del indexes.pending[f"t{40_000 - len(queue)}"]
        queue.discard(f"t{40_000 - len(queue)}")
    assert fastest_of_100() < 5 * at_first
