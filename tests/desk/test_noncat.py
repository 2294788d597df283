"""Items without a barcode, by kind and count (Evergreen's non-catalogued items)."""

from __future__ import annotations

from support.desk_script import JONAS, LEFT_HAND, MAYA, Day, due_in
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.policy import NoncatKind
from kiosk.desk.transactions import NoncatCheckout

PAPERBACK = NoncatKind(code="2", name="Paperback", days=28)
MAGAZINE = NoncatKind(code="5", name="Magazine", days=7)


def day_with(*kinds: NoncatKind) -> Day:
    return Day(desk_settings(noncat=kinds))


def lent(day: Day) -> list[tuple[str, str, int]]:
    return [
        (x.patron, x.noncat, x.count)
        for x in day.disk.transactions.values()
        if isinstance(x, NoncatCheckout)
    ]


def test_kind_and_number_are_asked_and_stand_on_the_receipt() -> None:
    day = day_with(PAPERBACK, MAGAZINE)
    day.records(MAYA, LEFT_HAND)
    day.presses("noncat", "choose:2")
    day.types("3")
    day.disk_syncs()
    assert lent(day) == [(MAYA, "5", 3)]
    assert day.answer[:2] == ("recorded", "answer.several")
    day.presses("done")
    assert [(x.item, x.title, x.count, x.due) for x in day.printed[0].lines] == [
        (LEFT_HAND, "", 1, due_in(21)),
        ("", "Magazine", 3, due_in(7)),
    ]


def test_a_kind_is_chosen_by_what_it_is_whatever_its_number() -> None:
    day = day_with(PAPERBACK, MAGAZINE)
    day.records(MAYA)
    day.presses("noncat", "choose:=2", "yes")
    day.disk_syncs()
    assert lent(day) == [(MAYA, "2", 1)]


def test_a_choice_that_comes_when_something_else_is_asked_fills_nothing_in() -> None:
    day = day_with(PAPERBACK, MAGAZINE)
    day.records(MAYA)
    day.presses("noncat", "choose:=2", "choose:=5")
    form = day.desk.state.form
    assert (form.field.name, form.field.value, form.problem) == ("count", "1", None)
    day.presses("no", "choose:=5")
    assert day.answer[1] == "doubt.nothing"


def test_a_shift_with_the_scanner_alone_can_do_it() -> None:
    day = day_with(PAPERBACK)
    day.records(MAYA)
    day.scans("noncat", "key:1", "key:2", "key:ok")
    day.disk_syncs()
    assert lent(day) == [(MAYA, "2", 12)]  # the only kind is not asked


def test_one_is_what_stands_if_nobody_says_otherwise() -> None:
    day = day_with(PAPERBACK)
    day.records(MAYA)
    day.presses("noncat", "yes")
    day.disk_syncs()
    assert lent(day) == [(MAYA, "2", 1)]


def test_more_than_99_are_not_taken() -> None:
    day = day_with(PAPERBACK)
    day.records(MAYA)
    day.presses("noncat")
    day.types("100")
    assert day.answer == ("look", "noncat.count", "form.number")
    day.types("99")
    day.disk_syncs()
    assert lent(day) == [(MAYA, "2", 99)]


def test_the_same_kind_again_is_another_line() -> None:
    day = day_with(PAPERBACK)
    day.records(MAYA)
    for count in ("2", "3"):
        day.presses("noncat")
        day.types(count)
        day.disk_syncs()
    assert [count for _, _, count in lent(day)] == [2, 3]
    day.presses("undo")
    day.disk_syncs()
    assert [line.count for line in day.lines if line.stage == "recorded"] == [2]


def test_somebody_has_to_be_there_and_kinds_have_to_be_set_up() -> None:
    day = day_with(PAPERBACK)
    day.presses("noncat")
    assert day.answer == ("not_taken", "noncat.nobody", "noncat.nobody_detail")
    day = day_with()
    day.records(MAYA)
    day.presses("noncat")
    assert day.answer == ("not_taken", "noncat.none", "noncat.none_detail")


def test_nothing_is_lent_while_the_library_is_asked_about_a_blocked_card() -> None:
    day = Day(desk_settings(noncat=(PAPERBACK,)), online=True)
    day.disk.block_list[JONAS] = Listed(("blocked",), day.now.date())
    day.records(JONAS)
    day.presses("noncat", "yes")
    day.disk_syncs()
    assert lent(day) == []
    assert day.answer[2] == "block.asking_item"


def test_nor_when_the_patron_was_turned_away_meanwhile() -> None:
    day = Day(desk_settings(noncat=(PAPERBACK,)), online=True)
    day.disk.block_list[JONAS] = Listed(("blocked",), day.now.date())
    day.records(JONAS)
    day.presses("noncat")
    day.library_is_lost()
    day.presses("yes")
    assert day.answer[1] == "noncat.nobody"


def test_what_the_library_has_cannot_be_undone() -> None:
    day = Day(desk_settings(noncat=(PAPERBACK,)), online=True)
    day.records(MAYA)
    day.presses("noncat", "yes")
    day.disk_syncs()
    day.library_confirms()
    day.presses("undo")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_noncat_checkout")


def test_from_paper_they_are_lent_when_the_paper_says() -> None:
    day = day_with(PAPERBACK)
    day.presses("paper:09:10")
    day.records(MAYA)
    day.presses("noncat", "yes")
    day.disk_syncs()
    (noncat,) = day.disk.transactions.values()
    assert (noncat.at.hour, noncat.at.minute, noncat.source) == (9, 10, "paper")
