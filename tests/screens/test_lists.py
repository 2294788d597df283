"""The lists: what stands on them, how one is chosen, and what is offered then."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import pytest

from kiosk.desk.words import say
from kiosk.screens.widgets.entries import EntryRow
from kiosk.view.state import Answer
from kiosk.words import LANGUAGES
from tests.screens.audit import visible, words
from tests.screens.finding import button, pressed
from tests.screens.stage import COMPACT, NORMAL, EventLoop, Touch
from tests.screens.states_lists import (
    BASE,
    LINE_FORM,
    LONG_DAY,
    SETTLED,
    STATES,
    TODAY,
    chosen,
    plain,
    shown,
)


def rows(root):
    found = [widget for widget, _ in visible(root) if isinstance(widget, EntryRow)]
    return sorted(found, key=lambda row: -row.y)


def test_an_entry_says_what_it_is_about_and_how_it_stands(stage, root):
    stage.show(STATES["to-fix"])
    said = words(root)
    assert "3 to fix" in said
    assert "Item not known to the library" in said
    assert "31234000992l63 · lent, card 4417" in said
    assert "Fri 20 Nov 15:02" in said
    assert root.ids.rail["to_fix"].chosen


def test_an_entry_is_chosen_by_a_touch(stage, root):
    stage.show(STATES["to-fix"])
    stage.tap(rows(root)[1])
    assert pressed(stage) == ["choose:#2"]


def test_how_it_was_settled_can_be_left_by_a_touch(stage, root):
    chosen = STATES["to-fix-chosen"]
    form = replace(chosen.form, parts=())
    stage.show(replace(chosen, form=form))
    stage.tap(button(root, "Cancel"))
    assert pressed(stage) == ["no"]


def test_the_chosen_entry_is_marked_and_what_is_advised_stands_at_the_foot(stage, root):
    stage.show(STATES["to-fix-chosen"])
    assert [row.chosen for row in rows(root)] == [True, False, False]
    buttons = root.screen.ids.buttons.children[::-1]
    assert [each.primary for each in buttons] == [False, False, False, True]
    stage.tap(buttons[1])
    root.press_primary()
    assert pressed(stage) == ["choose:=settle", "choose:=correct"]


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["to-fix-chosen", "today-chosen", "sessions-chosen"])
def test_all_that_there_is_to_know_of_an_entry_is_seen_at_once(stage, size, language, name):
    root = stage.fresh(size, language=language)
    stage.show(STATES[name])
    told = root.screen.told
    assert told.height >= told.card.height > 0
    assert any(row.chosen for row in rows(root))


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_what_takes_more_room_scrolls_and_leaves_the_chosen_entry_in_sight(stage, size):
    root = stage.fresh(size, language="fr")
    stage.show(STATES["to-fix-longest"])
    [row] = [row for row in rows(root) if row.chosen]
    assert is_whole(root, row)


def is_whole(root, row):
    view = root.screen.entries.ids.view
    low, high = row.to_window(0, row.y)[1], row.to_window(0, row.top)[1]
    return view.y - 1 <= low and high <= view.top + 1


@pytest.mark.parametrize(("nth", "stays"), [(1, True), (-2, False)])
def test_the_rows_stay_where_they_are_unless_the_chosen_one_would_be_covered(stage, nth, stays):
    root = stage.fresh(NORMAL)
    stage.show(shown(LONG_DAY))
    root.screen.entries.ids.view.scroll_y = 0.5
    stage.frames()
    before = {row.name: row.to_window(0, row.y)[1] for row in rows(root)}
    name = rows(root)[nth].name
    stage.show(chosen(LONG_DAY, name, LINE_FORM))
    [row] = [row for row in rows(root) if row.chosen]
    assert is_whole(root, row)
    assert (abs(row.to_window(0, row.y)[1] - before[name]) < 2) == stays
    stage.show(shown(LONG_DAY))
    assert name in [row.name for row in rows(root)]


def test_a_button_that_comes_to_mean_another_entry_under_the_finger_does_nothing(stage, root):
    stage.show(STATES["to-fix-chosen"])
    first = root.screen.ids.buttons.children[-1]
    root.touches.forget()
    touch = Touch(*first.to_window(*first.center))
    EventLoop.post_dispatch_input("begin", touch)
    state = STATES["to-fix-chosen"]
    stage.show(replace(state, listing=replace(state.listing, chosen="2")))
    assert root.screen.ids.buttons.children[-1] is first
    EventLoop.post_dispatch_input("end", touch)
    stage.frames()
    assert pressed(stage) == []


def test_a_touch_on_the_chosen_entry_leaves_it_as_it_is(stage, root):
    stage.show(STATES["to-fix-chosen"])
    stage.tap(next(row for row in rows(root) if row.chosen))
    root.escape()
    assert pressed(stage) == ["no", "no"]


def test_escape_leaves_a_list_of_which_nothing_is_chosen(stage, root):
    stage.show(STATES["today"])
    root.escape()
    assert pressed(stage) == ["checkout"]


def test_what_was_done_stands_above_the_list(stage, root):
    stage.show(STATES["to-fix-sent-again"])
    said = words(root)
    assert any(each.startswith("Sent again: 31234000992163") for each in said)
    assert "2 to fix" in said


def test_an_empty_list_says_what_would_stand_there(stage, root):
    stage.show(STATES["to-fix-nothing"])
    assert "Nothing to fix" in words(root)
    assert root.place == "list"
    assert root.ids.rail["to_fix"].chosen


def test_another_day_is_chosen_from_the_calendar(stage, root):
    stage.show(STATES["today"])
    stage.tap(button(root, "Another day"))
    stage.tap(button(root.overlay, "20"))
    assert pressed(stage) == ["day:2026-11-20"]


def test_a_list_offers_only_what_is_of_use_at_this_desk(stage, root):
    stage.show(replace(shown(TODAY), commands=("find",)))
    assert [each.says for each in root.screen.ids.buttons.children] == ["Find a card or an item"]


def test_five_hundred_entries_scroll_with_no_more_rows_than_there_is_room_for(
    stage, root, monkeypatch
):
    made = []
    init = EntryRow.__init__

    def counted(self, **kwargs):
        made.append(self)
        init(self, **kwargs)

    monkeypatch.setattr(EntryRow, "__init__", counted)
    stage.show(BASE)
    stage.show(STATES["today-500"])
    view = root.screen.entries.ids.view
    for step in range(100, -1, -1):
        view.scroll_y = step / 100
        stage.frames(1)
    on_show = ceil(view.height / view.children[0].default_size[1])
    assert len(made) <= on_show + 2
    assert rows(root)[-1].name == "1"


def test_a_list_that_scrolls_has_no_pages(stage, root):
    done = replace(SETTLED.answer, detail=SETTLED.listing.about)
    stage.show(replace(SETTLED, answer=replace(done, aside=say("list.page", page=1, pages=25))))
    assert root.screen.answer.parent is not None
    assert not [each for each in words(root) if "1 of 25" in each]


def test_who_has_an_item_is_told_above_the_list(stage, root):
    told = Answer(
        tone="look", headline=plain("31234000517861"), mono=True, item="31234000517861",
        detail=say("holder.nobody"), rows=(plain("10:42  Lent"),),
    )  # fmt: skip
    stage.show(shown(TODAY, answer=told))
    assert any(each.startswith("Nobody has it") for each in words(root))


# reports


def test_a_report_is_read_line_by_line_and_put_away(stage, root):
    stage.show(STATES["report"])
    assert root.place == "report"
    said = words(root)
    assert said.index("Report: what was sent") < said.index("Sent after an outage")
    stage.tap(button(root, "Print it"))
    stage.tap(button(root, "Mark as told"))
    assert pressed(stage) == ["runs:print", "told"]
    stage.tap(button(root, "Close"))
    assert root.place == "checkout"


def test_a_history_stands_along_its_times_over_the_list_that_it_is_of(stage, root):
    stage.show(STATES["history"])
    said = words(root)
    assert "Fri 20 Nov 15:02" in said
    assert "Typed in by Ines at DESK-1" in said
    assert root.ids.rail["today"].chosen
    root.escape()
    assert root.place == "list"


def test_what_was_asked_for_at_a_place_of_the_screen_is_shown_and_leads_back_there(stage, root):
    stage.show(BASE)
    root.go("delivery")
    stage.show(replace(STATES["report"], answers=7))
    assert root.place == "report"
    root.acts.back()
    assert root.place == "delivery"
    stage.show(replace(STATES["today"], answers=8))
    assert root.place == "list"


def test_an_empty_list_is_left_although_its_last_entry_had_been_chosen(stage, root):
    stage.show(STATES["to-fix-chosen"])
    stage.show(STATES["to-fix-nothing"])
    root.escape()
    assert pressed(stage) == ["checkout"]
