"""What the screens say, and what touching them sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.view.messages import Pressed, Typed
from kiosk.view.state import Answer
from tests.screens import states
from tests.screens.audit import visible, words
from tests.screens.stage import COMPACT, NORMAL


@pytest.fixture
def root(stage):
    return stage.fresh(NORMAL)


def button(root, says="", icon=""):
    from kivy.uix.behaviors import ButtonBehavior

    for widget, _ in visible(root):
        if isinstance(widget, ButtonBehavior) and (
            (says and getattr(widget, "says", "") == says)
            or (icon and getattr(widget, "icon", "") == icon and not widget.says)
        ):
            return widget
    pytest.fail(f"no button {says or icon!r}")


def pressed(stage):
    return [intent.command for intent in stage.sent if isinstance(intent, Pressed)]


# what it says


def test_idle_says_what_to_scan_first(stage, root):
    stage.show(states.IDLE)
    said = words(root)
    assert said[:4] == ["Northside Branch", "Ines · Circulation", "Library", "10:42"]
    assert "Scan a library card" in said
    assert "Last patron · 10:39" in said
    assert "card ending 9020" in said
    assert "21 days" in said


def test_an_open_visit_shows_answer_history_patron_and_what_can_be_done(stage, root):
    stage.show(states.ONLINE)
    said = words(root)
    for expected in ("Checked out", "Sat 28 Nov", "Maya Okafor", "•••• 4417", "Done · 3 items"):
        assert expected in said
    assert said.index("3") < said.index("2") < said.index("1")


def test_offline_says_recorded_and_how_many_wait(stage, root):
    stage.show(states.OFFLINE)
    said = words(root)
    assert "Offline · 214 wait" in said
    assert "recorded 10:41:03" in said
    assert "Name not known offline" in said


def test_a_refusal_says_that_the_item_stays_and_why_on_a_touch(stage, root):
    stage.show(states.REFUSED)
    assert {"Not checked out", "stays here", "3 to fix"} <= {*words(root)}
    row = next(w for w, _ in visible(root) if getattr(w, "title", "") == "Parable of the Sower")
    stage.tap(row)
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert words(root).count("On hold for another patron. Keep it at the desk.") == 3


def test_a_blocked_card_takes_the_whole_side(stage, root):
    stage.show(states.BLOCKED)
    assert root.checkout.panel in root.checkout.ids.left.children
    assert "This card was reported lost" in words(root)


def test_a_voided_line_is_struck_and_says_so(stage, root):
    stage.show(states.STAGES)
    struck = [w.says for w, _ in visible(root) if getattr(w, "strikethrough", False)]
    assert struck == ["Kindred"]
    assert "undone" in words(root)


def test_the_alarm_covers_everything(stage, root):
    stage.show(states.ALARM)
    assert root.children[0] is root.alarm
    text = " ".join(words(root.alarm))
    assert "Nothing is being recorded" in text
    assert "10:42:07" in text
    assert "no space left on the data partition" in text
    assert "555 0142" in text


def test_the_alarm_takes_no_markup_from_a_reason(stage, root):
    stage.show(replace(states.ALARM, alarm=replace(states.ALARM.alarm, reason="[size=1]x")))
    assert "[size=1]x".replace("[", "&bl;").replace("]", "&br;") in root.alarm.small


def test_a_lost_engine_is_said_until_a_state_comes(stage, root):
    stage.show(states.ONLINE)
    root.engine_lost()
    stage.frames()
    assert "The screen has lost the desk engine" in words(root)
    stage.show(states.ONLINE)
    assert "The screen has lost the desk engine" not in words(root)


def test_at_800x480_who_is_on_duty_is_behind_the_name_where_there_is_no_room(stage):
    root = stage.fresh(COMPACT)
    stage.show(replace(states.TROUBLED, staff="Ines"))
    assert "Ines · Circulation" not in words(root)
    stage.tap(root.ids.status.ids.place)
    assert "Ines · Circulation" in words(root)


def test_without_a_printer_nothing_offers_a_slip(stage, root):
    stage.show(states.NO_PRINTER)
    assert "No slip" not in words(root)
    stage.show(replace(states.IDLE, devices=(states.SCANNER,)))
    assert "Reprint last slip" not in words(root)


def test_nothing_lent_offers_nothing_to_undo(stage, root):
    stage.show(states.JUST_OPENED)
    said = words(root)
    assert "Undo" not in said
    assert "No slip" not in said
    assert "Done" in said


def test_the_book_drop_is_said_once_when_it_is_the_answer(stage, root):
    set_it = Answer(tone="look", headline=say("bookdrop.set", day="2026-11-20"))
    stage.show(replace(states.BOOKDROP, answer=set_it))
    assert words(root).count("Book drop: returned Fri 20 Nov") == 1
    stage.show(states.BOOKDROP_ANSWERED)
    assert {"31234000771902", "Book drop: returned Wed 18 Nov"} <= {*words(root)}


# what it sends


@pytest.mark.parametrize(
    ("state", "says", "command"),
    [
        (states.ONLINE, "Done · 3 items", "done"),
        (states.ONLINE, "No slip", "done-noslip"),
        (states.ONLINE, "Undo", "undo"),
        (states.ONLINE, "14 d", "due:14"),
        (states.ONLINE, "Check in", "checkin"),
        (states.ONLINE, "Help", "help"),
        (states.BOOKDROP, "Check out", "checkout"),
        (states.BOOKDROP, "Today", "bookdrop:today"),
        (states.CHECKIN_ONLINE, "Fri 20", "bookdrop:2026-11-20"),
        (states.BOOKDROP, "Undo last", "undo"),
        (states.BOOKDROP, "Done", "done"),
        (states.IDLE, "Reprint last slip", "reprint"),
    ],
)
def test_a_button_sends_its_command(stage, root, state, says, command):
    stage.show(state)
    stage.tap(button(root, says))
    assert pressed(stage) == [command]


def test_while_closing_done_is_not_sent_again(stage, root):
    stage.show(states.CLOSING)
    stage.tap(button(root, "Finishing…"))
    stage.tap(button(root, "Undo"))
    assert stage.sent == []


def test_another_due_date_from_the_calendar(stage, root):
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    assert "December 2026" in words(root)
    stage.tap(button(root, "24"))
    assert pressed(stage) == ["due:2026-12-24"]
    assert root.overlay is None


def test_no_due_date_in_the_past(stage, root):
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    stage.tap(root.overlay.ids.slot.children[0].ids.back)
    assert "November 2026" in words(root)
    stage.tap(button(root, "20"))
    assert stage.sent == []
    stage.tap(button(root, "21"))
    assert pressed(stage) == ["due:2026-11-21"]


def test_no_return_in_the_future(stage, root):
    stage.show(states.BOOKDROP)
    stage.tap(button(root, icon="calendar"))
    calendar = root.overlay.ids.slot.children[0]
    assert not calendar.can_forward
    stage.tap(button(root, "22"))
    assert stage.sent == []
    stage.tap(button(root, "18"))
    assert pressed(stage) == ["bookdrop:2026-11-18"]


def test_a_number_from_the_pad(stage, root):
    stage.show(states.IDLE)
    stage.tap(button(root, "Type a number"))
    for digit in "3125":
        stage.tap(button(root.overlay, digit))
    stage.tap(button(root.overlay, icon="backspace"))
    stage.tap(button(root.overlay, "4"))
    assert "3124" in words(root.overlay)
    stage.tap(button(root.overlay, "Enter"))
    assert stage.sent == [Typed(text="3124")]
    assert root.overlay is None


def test_clear_begins_the_number_again(stage, root):
    stage.show(states.IDLE)
    root.open_pad()
    stage.frames()
    stage.tap(button(root.overlay, "9"))
    stage.tap(button(root.overlay, "Clear"))
    stage.tap(button(root.overlay, "Enter"))
    assert stage.sent == []
    assert root.overlay is not None


@pytest.mark.parametrize(("says", "command"), [("Use as an item", "yes"), ("Scan again", "no")])
def test_a_question_is_answered(stage, root, says, command):
    stage.show(states.QUESTION)
    root.question._since -= 1
    stage.tap(button(root, says))
    assert pressed(stage) == [command]


def test_a_question_that_just_came_up_takes_no_answer(stage, root, monkeypatch):
    monkeypatch.setattr("kiosk.screens.overlays.TOO_SOON", 60)  # however slow this machine is
    stage.show(states.QUESTION)
    stage.tap(button(root, "Use as an item"))
    assert stage.sent == []


def test_what_lies_under_a_panel_cannot_be_touched(stage, root):
    stage.show(states.ONLINE)
    root.open_pad()
    stage.frames()
    stage.tap(root.checkout.done)
    assert stage.sent == []
    assert root.overlay is None, "a touch beside the panel closes it"


def test_chips_tell_their_story(stage, root):
    stage.show(states.TROUBLED)
    status = root.ids.status
    for chip, story in (
        (status.library, "Go on as usual"),
        (status.to_fix, "kept here"),
        (status.scanner, "Unplugged."),
        (status.printer, "Out of paper."),
    ):
        stage.tap(chip)
        assert story in " ".join(words(root.overlay))
        stage.tap(button(root.overlay, "Close"))
        assert root.overlay is None


# the clock


def test_a_clock_that_nobody_has_confirmed_wears_a_quiet_mark(stage, root):
    stage.show(states.IDLE)
    assert "Check the time" not in words(root)
    stage.show(states.TIME_UNCONFIRMED)
    assert "Check the time" in words(root)
    assert root.overlay is None
    assert not visible_question(root)


def test_days_have_their_year_once_it_is_another_one(stage, root):
    stage.show(states.ONLINE)
    assert "Sat 12 Dec" in words(root)
    stage.show(replace(states.ONLINE, now="2027-01-02T09:00:00+01:00"))
    assert "Sat 12 Dec 2026" in words(root)
    assert "Sat 12 Dec" not in words(root)


def test_the_mark_leads_to_setting_the_time(stage, root):
    stage.show(states.TIME_UNCONFIRMED)
    stage.tap(root.ids.status.doubt)
    assert "Sat 21 Nov 2026  10:42" in words(root.overlay)
    stage.tap(button(root.overlay, "22"))
    stage.tap(root.overlay.hours.ids.more)
    for _ in range(43):
        stage.tap(root.overlay.minutes.ids.less)
    assert "Sun 22 Nov 2026  11:59" in words(root.overlay)
    stage.tap(button(root.overlay, "It is this time"))
    assert pressed(stage) == ["time:2026-11-22T11:59"]
    assert root.overlay is None


def test_a_wrong_clock_is_asked_about_until_staff_have_answered(stage, root):
    stage.show(states.TIME_WRONG)
    assert visible_question(root)
    assert "Is it Fri 20 Nov 2026  17:56?" in words(root)
    root.about_clock._since -= 1
    stage.tap(button(root, "Yes"))
    assert pressed(stage) == ["time:ok"]
    stage.show(states.IDLE)
    assert not visible_question(root)


def test_the_time_is_set_over_the_question(stage, root):
    stage.show(states.TIME_WRONG)
    root.about_clock._since -= 1
    root.key(13, None, [])  # Enter means what is likely: it is not that time
    stage.frames()
    stage.tap(button(root.overlay, "Cancel"))
    assert visible_question(root), "it is still to be answered"
    root.about_clock._since -= 1
    stage.tap(button(root, "Set the time"))
    stage.tap(button(root.overlay, "It is this time"))
    assert pressed(stage) == ["time:2026-11-20T17:56"]


def visible_question(root):
    return root.about_clock in root.children


# what it costs


def test_a_tick_of_the_clock_touches_the_clock_alone(stage, root, monkeypatch):
    stage.show(states.ONLINE)
    drawn = []
    parts = [(n, lambda s, d=d: (drawn.append(d.__name__), d(s))) for n, d in root._parts]
    monkeypatch.setattr(root, "_parts", parts)
    stage.show(replace(states.ONLINE, now="2026-11-21T10:43:00+00:00"))
    assert drawn == ["_show_clock"]
    assert "10:43" in words(root)


def test_nothing_is_redrawn_while_idle(stage, root):
    from kivy.core.window import Window

    stage.show(states.MANY)
    stage.frames(10)
    assert not Window.canvas.needs_redraw


def test_lines_that_did_not_change_keep_their_words(stage, root):
    stage.show(states.ONLINE)
    before = root.checkout.lines._drawn
    stage.show(states.REFUSED)
    after = root.checkout.lines._drawn
    assert all(after[key][1] is row for key, (_, row) in before.items())


def test_texts_drawn_once_keep_their_own_colours(stage, root):
    """The same words on the rail, chosen and not: two textures."""
    stage.show(states.ONLINE)
    stage.show(states.BOOKDROP)
    stage.show(states.ONLINE)
    rail = root.ids.rail.ids
    assert rail.checkout.children[0].texture is not rail.checkin.children[0].texture
    said = [w for w, _ in visible(root) if getattr(w, "says", "") == "Sat 12 Dec"]
    assert len({tuple(w.color) for w in said}) == 2
    by_colour = {(tuple(w.color), w.font_size): w.texture for w in said}
    assert len({id(texture) for texture in by_colour.values()}) == len(by_colour)


def test_a_calendar_closes_when_its_patron_leaves(stage, root):
    stage.show(states.ONLINE)
    root.checkout.open_calendar()
    stage.show(states.IDLE)
    assert root.overlay is None


def test_the_reason_of_a_line_can_be_any_phrase(stage, root):
    noted = replace(states.ONLINE.lines[0], note=say("noticed.due_differs", due="2026-12-05"))
    stage.show(replace(states.ONLINE, lines=(noted,)))
    assert "The library has another due date: Sat 5 Dec 2026. Tell the patron." in words(root)


def test_the_shield_tells_how_old_the_block_list_is_and_why_on_a_touch(stage, root):
    stage.show(states.DELINQUENT)
    assert "List: 2 d" in words(root)
    stage.show(states.LIST_TOO_OLD)
    assert "No list" in words(root)
    stage.tap(root.ids.status.block_list)
    told = " ".join(words(root))
    assert "The block list is too old" in told
    assert "evergreen.example.org refused the login" in told
    root.close()


def test_a_kiosk_without_a_block_list_shows_no_shield(stage, root):
    stage.show(states.LIST_TOO_OLD)
    stage.show(states.IDLE)
    assert root.ids.status.block_list not in root.ids.status.ids.chips.children
