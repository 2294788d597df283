"""What the screens say, and what touching them sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.screens.skin import BLANK
from kiosk.screens.widgets.lines import LineRow
from kiosk.view.messages import Typed
from kiosk.view.state import Answer, BlockList
from tests.screens import states, states_forms
from tests.screens.audit import visible, words
from tests.screens.finding import button, pressed
from tests.screens.stage import COMPACT

# what it says


def test_idle_says_what_to_scan_first(stage, root):
    stage.show(states.IDLE)
    said = words(root)
    assert said[:4] == ["Northside Branch", "Ines · Circulation", "Library", "List: today"]
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
    assert "Offline · 214 waiting" in said
    assert "recorded 10:41:03" in said
    assert "Name not known offline" in said


def test_a_refusal_says_that_the_item_stays_and_why_on_a_touch(stage, root):
    stage.show(states.REFUSED)
    assert {"Not checked out", "stays here"} <= {*words(root)}
    row = next(w for w, _ in visible(root) if getattr(w, "title", "") == "Parable of the Sower")
    stage.tap(row)
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert words(root).count("On hold for another patron. Keep it at the desk.") == 3


@pytest.mark.parametrize(
    ("kind", "aside"),
    [
        ("checkout", "stays here"),
        ("noncat_checkout", "stays here"),
        ("checkin", "not returned"),
        ("renewal", "not renewed"),
        ("registration", "refused"),
    ],
)
def test_what_the_library_refused_is_said_as_what_it_was(stage, root, kind, aside):
    refused = replace(states.ONLINE.lines[0], stage="refused", kind=kind)
    stage.show(replace(states.ONLINE, lines=(refused,)))
    assert aside in words(root)


def test_a_line_with_a_note_offers_what_can_be_done_about_it(stage, root):
    noted = replace(states.ONLINE.lines[0], note=states.plain("For display first"))
    stage.show(replace(states.ONLINE, lines=(noted,)))
    row = next(w for w, _ in visible(root) if getattr(w, "line_id", "") == noted.id)
    stage.tap(row)
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert pressed(stage) == [f"choose:#{noted.id}"]


def test_a_blocked_card_takes_the_whole_side(stage, root):
    stage.show(states.BLOCKED)
    assert root.places["checkout"].panel in root.places["checkout"].ids.left.children
    assert "This card was reported lost" in words(root)


def test_a_voided_line_is_struck_and_says_so(stage, root):
    stage.show(states.STAGES)
    struck = [w.says for w, _ in visible(root) if getattr(w, "strikethrough", False)]
    assert struck == ["Kindred"]
    assert "undone" in words(root)


def test_the_alarm_covers_everything(stage, root):
    stage.show(states.ALARM)
    assert root.children[0] is root.notices.alarm
    text = " ".join(words(root.notices.alarm))
    assert "Nothing is being recorded" in text
    assert "10:42:07" in text
    assert "no space left on the data partition" in text
    assert "555 0142" in text


def test_the_alarm_takes_no_markup_from_a_reason(stage, root):
    stage.show(replace(states.ALARM, alarm=replace(states.ALARM.alarm, reason="[size=1]x")))
    assert "“[size=1]x”" in root.notices.alarm.small
    shown = next(
        each
        for each in root.notices.alarm.walk()
        if root.notices.alarm.small == getattr(each, "says", "")
    )
    assert not shown.markup


def test_a_lost_engine_is_said_until_a_state_comes(stage, root):
    stage.show(states.ONLINE)
    root.notices.lost("stopped")
    stage.frames()
    assert "Nothing is being recorded just now" in words(root)
    stage.show(states.ONLINE)
    assert "Nothing is being recorded just now" not in words(root)


def test_at_800x480_who_is_on_duty_is_behind_the_name_where_there_is_no_room(stage):
    root = stage.fresh(COMPACT)
    stage.show(replace(states.TROUBLED, staff="Ines"))
    assert "Ines · Circulation" not in words(root)
    stage.tap(root.ids.status.ids.place)
    assert "Ines · Circulation" in words(root)


def test_without_a_printer_nothing_offers_a_slip(stage, root):
    stage.show(states.NO_PRINTER)
    assert "No receipt" not in words(root)
    stage.show(replace(states.IDLE, devices=(states.SCANNER,)))
    assert "Reprint last receipt" not in words(root)


def test_nothing_lent_offers_nothing_to_undo(stage, root):
    stage.show(states.JUST_OPENED)
    said = words(root)
    assert "Undo" not in said
    assert "No receipt" not in said
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
        (states.ONLINE, "No receipt", "done-noslip"),
        (states.ONLINE, "Undo", f"undo:#{states.ONLINE.lines[0].id}"),
        (states.ONLINE, "14 d", "due:14"),
        (states.ONLINE, "Check in", "checkin"),
        (states.BOOKDROP, "Check out", "checkout"),
        (states.BOOKDROP, "Today", "bookdrop:today"),
        (states.CHECKIN_ONLINE, "Fri 20", "bookdrop:2026-11-20"),
        (states.BOOKDROP, "Undo last", f"undo:#{states.BOOKDROP.lines[0].id}"),
        (states.BOOKDROP, "Done", "done"),
        (states.IDLE, "Reprint last receipt", "reprint"),
    ],
)
def test_a_button_sends_its_command(stage, root, state, says, command):
    stage.show(state)
    stage.tap(button(root, says))
    assert pressed(stage) == [command]


@pytest.mark.parametrize(
    ("state", "says", "command"),
    [
        (states.ONLINE, "Done · 3 items", "done:#v7"),
        (states.ONLINE, "No receipt", "done-noslip:#v7"),
        (states.BOOKDROP, "Done", "done:#v7"),
    ],
)
def test_done_says_which_visit_it_ends(stage, root, state, says, command):
    stage.show(replace(state, visit="v7"))
    stage.tap(button(root, says))
    assert pressed(stage) == [command]


def test_a_line_that_was_undone_keeps_its_number_and_is_chosen_like_any_other(stage, root):
    stage.show(states.STAGES)
    said = words(root)
    assert {"Kindred", "31234000229481", "undone"} <= set(said)
    assert "Undone" not in said
    undone = next(w for w, _ in visible(root) if isinstance(w, LineRow) and w.title == "Kindred")
    stage.tap(undone)
    assert pressed(stage) == ["choose:#t5"]


def test_undo_reaches_past_what_is_being_taken_back(stage, root):
    newest, before, *rest = states.ONLINE.lines
    stage.show(replace(states.ONLINE, lines=(replace(newest, stage="voiding"), before, *rest)))
    stage.tap(button(root, "Undo"))
    assert pressed(stage) == [f"undo:#{before.id}"]


@pytest.mark.parametrize(
    ("state", "undo"),
    [(states.ONLINE, "Undo"), (states.CHECKIN_ONLINE, "Undo last")],
    ids=["checkout", "checkin"],
)
def test_while_closing_done_is_not_sent_again(stage, root, state, undo):
    stage.show(replace(state, closing=True))
    stage.tap(button(root, "Finishing…"))
    stage.tap(button(root, undo))
    assert stage.sent == []


def test_another_due_date_from_the_calendar(stage, root):
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    assert "December 2026" in words(root)
    stage.tap(button(root, "24"))
    assert pressed(stage) == ["due:2026-12-24"]
    assert root.overlay is None


def test_the_arrows_of_the_calendar_stay_where_they_are(stage, root):
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    forward = root.overlay.ids.slot.children[0].ids.forward
    stood = forward.to_window(*forward.pos)
    for _ in range(5):  # February 2027 takes four weeks, May six
        stage.tap(forward)
        assert forward.to_window(*forward.pos) == stood


def test_the_calendar_offers_the_days_it_is_opened_for_each_time(stage, root):
    stage.show(states.BOOKDROP)
    stage.tap(button(root, icon="calendar"))
    stage.tap(button(root.overlay, "18"))
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    assert "Another due date" in words(root.overlay)
    stage.tap(button(root.overlay, "24"))
    assert pressed(stage) == ["bookdrop:2026-11-18", "due:2026-12-24"]


def test_no_due_date_in_the_past(stage, root):
    stage.show(states.ONLINE)
    stage.tap(button(root, icon="calendar"))
    stage.tap(root.overlay.ids.slot.children[0].ids.back)
    assert "November 2026" in words(root)
    stage.tap(button(root, "20"))
    assert stage.sent == []
    stage.tap(button(root, "21"))
    assert pressed(stage) == ["due:2026-11-21"]


@pytest.mark.parametrize("opened", ["open_pad", "open_clock", "calendar", "story"])
def test_a_desk_that_locks_shows_nothing_of_what_was_open(stage, root, opened):
    stage.show(states.IDLE)
    stage.type("2123400")
    match opened:
        case "calendar":
            root.screen.open_calendar()
        case "story":
            root.panels.tell("Maya Okafor", "3 items out")
        case _:
            getattr(root.panels, opened)()
    stage.show(states_forms.WHO)
    assert root.overlay is None
    assert root.keyboard.line.text == ""
    assert root.place == "form"


@pytest.mark.parametrize("before", ["", "21234000094417"])
def test_a_form_that_comes_up_is_not_hidden_by_the_number_pad(stage, root, before):
    stage.show(states.IDLE)
    stage.type(before)
    root.keyboard.line.take()
    stage.type("2123400")
    root.panels.open_pad()
    stage.show(replace(states_forms.PIN, locked=None))
    assert root.overlay is None
    assert root.keyboard.line.text == "", "it is no PIN"


@pytest.mark.parametrize("begins", [True, False])
def test_what_was_half_typed_goes_to_no_other_desk(stage, root, begins):
    until = "2026-11-21T10:44:00-06:00"
    desks = [states.IDLE, replace(states.IDLE, practice_until=until)]
    for state in desks if begins else desks[::-1]:
        stage.show(state)
        stage.type("2123400")
        root.panels.open_pad()
        stage.show(state)
        assert root.overlay is not None
    stage.show(desks[0] if begins else desks[1])
    assert root.overlay is None
    assert root.keyboard.line.text == ""


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
    root.panels.open_pad()
    stage.frames()
    stage.tap(button(root.overlay, "9"))
    stage.tap(button(root.overlay, "Clear"))
    stage.tap(button(root.overlay, "Enter"))
    assert stage.sent == []
    assert root.overlay is not None


@pytest.mark.parametrize(("says", "command"), [("Use as an item", "yes"), ("Scan again", "no")])
def test_a_question_is_answered(stage, root, says, command):
    stage.show(states.QUESTION)
    stage.tap(button(root, says))
    assert pressed(stage) == [command]


@pytest.mark.parametrize("rather", ["yes", "no"])
def test_the_answer_that_most_people_give_stands_at_the_right(stage, root, rather):
    question = replace(states.QUESTION.question, rather=rather)
    stage.show(replace(states.QUESTION, question=question))
    yes, no = root.panels.question.ids.yes, root.panels.question.ids.no
    primary, other = (yes, no) if rather == "yes" else (no, yes)
    assert (primary.primary, other.primary) == (True, False)
    assert primary.x > other.right


def test_beside_a_card_that_is_turned_away_stands_what_can_be_done(stage, root):
    stage.show(states.BLOCKED_ASKED)
    said = words(root)
    assert "What you can do" in said
    assert not any("Last patron" in each for each in said), "nobody asks for that now"
    stage.show(states.IDLE)
    assert "What you can do" not in words(root)


def test_a_question_that_just_came_up_is_not_answered_by_enter(stage, root, monkeypatch):
    monkeypatch.setattr(
        "kiosk.screens.overlays.question.TOO_SOON", 60
    )  # however slow this machine is
    stage.show(states.QUESTION)
    root.press_primary()
    assert stage.sent == []


def test_what_lies_under_a_panel_cannot_be_touched(stage, root):
    stage.show(states.ONLINE)
    root.panels.open_pad()
    stage.frames()
    stage.tap(root.places["checkout"].done)
    assert stage.sent == []
    assert root.overlay is None, "a touch beside the panel closes it"


def test_a_device_that_does_not_work_is_told_of_behind_its_chip(stage, root):
    stage.show(states.TROUBLED)
    status = root.ids.status
    for chip, story in ((status.scanner, "Unplugged."), (status.printer, "Out of paper.")):
        stage.tap(chip)
        assert root.place == "devices"
        assert story in " ".join(words(root))
        root.go("")


def test_a_long_day_of_rows_does_not_trip_a_window_made_anew(stage, monkeypatch):
    from kivy.uix.recycleview import views

    stage.fresh()
    stage.show(states.ONLINE)
    monkeypatch.setattr(views, "_cache_count", views._max_cache_size)
    stage.forget()
    stage.fresh()
    stage.show(states.ONLINE)
    assert "Braiding Sweetgrass" in words(stage.root)


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
    assert "Sat 21 Nov 2026, 10:42" in words(root.overlay)
    stage.tap(button(root.overlay, "22"))
    stage.tap(root.overlay.hours.ids.more)
    for _ in range(43):
        stage.tap(root.overlay.minutes.ids.less)
    assert "Sun 22 Nov 2026, 11:59" in words(root.overlay)
    stage.tap(button(root.overlay, "Set this time"))
    assert pressed(stage) == ["time:2026-11-22T11:59"]
    assert root.overlay is None


def test_a_wrong_clock_is_asked_about_until_staff_have_answered(stage, root):
    stage.show(states.TIME_WRONG)
    assert visible_question(root)
    assert "Is it Fri 20 Nov 2026, 17:56?" in words(root)
    root.panels.about_clock._since -= 1
    stage.tap(button(root, "Yes"))
    assert pressed(stage) == ["time:ok"]
    stage.show(states.IDLE)
    assert not visible_question(root)


def test_the_time_is_set_over_the_question(stage, root):
    stage.show(states.TIME_WRONG)
    root.panels.about_clock._since -= 1
    root.keyboard.key(13, None, [])  # Enter means what is likely: it is not that time
    stage.frames()
    stage.tap(button(root.overlay, "Cancel"))
    assert visible_question(root), "it is still to be answered"
    root.panels.about_clock._since -= 1
    stage.tap(button(root, "Set the time"))
    stage.tap(button(root.overlay, "Set this time"))
    assert pressed(stage) == ["time:2026-11-20T17:56"]


def test_of_the_panels_one_alone_is_seen(stage, root):
    stage.show(states.TIME_WRONG)
    root.panels.tell("Something", "to read")
    assert root.children == [root.overlay, root.ids.desk]
    stage.show(replace(states.TIME_WRONG, question=states.QUESTION.question))
    assert root.children == [root.panels.question, root.ids.desk]
    stage.show(states.TIME_WRONG)
    root.panels.close()
    assert root.children == [root.panels.about_clock, root.ids.desk]


def visible_question(root):
    return root.panels.about_clock in root.children


# what it costs


def test_a_tick_of_the_clock_touches_the_clock_alone(stage, root, monkeypatch):
    stage.show(states.ONLINE)
    drawn = []
    for part in (root, root.screen):
        parts = [(n, lambda s, d=d: (drawn.append(d.__name__), d(s))) for n, d in part._parts]
        monkeypatch.setattr(part, "_parts", parts)
    stage.show(replace(states.ONLINE, now="2026-11-21T10:43:00+00:00"))
    assert drawn == ["_show_clock"]
    assert "10:43" in words(root)


def test_nothing_is_redrawn_while_idle(stage, root):
    from kivy.core.window import Window

    stage.show(states.MANY)
    stage.frames(10)
    assert not Window.canvas.needs_redraw


def test_only_the_lines_to_be_seen_are_put_in_words(stage, root):
    stage.show(states.ONLINE)
    view = root.screen.lines.ids.view
    worded, data_of = set(), view.data_of
    view.data_of = lambda line: worded.add(line.id) or data_of(line)
    stage.show(states.MANY)
    view.data_of = data_of
    assert 0 < len(worded) < len(states.MANY.lines) / 2


def test_texts_drawn_once_keep_their_own_colours(stage, root):
    """The same words on the rail, chosen and not: two textures."""
    stage.show(states.ONLINE)
    stage.show(states.BOOKDROP)
    stage.show(states.ONLINE)
    rail = root.ids.rail
    assert rail["checkout"].ids.word.texture is not rail["checkin"].ids.word.texture
    said = [w for w, _ in visible(root) if getattr(w, "says", "") == f"Sat{BLANK}12{BLANK}Dec"]
    assert len({tuple(w.color) for w in said}) == 2
    by_colour = {(tuple(w.color), w.font_size): w.texture for w in said}
    assert len({id(texture) for texture in by_colour.values()}) == len(by_colour)


def test_a_calendar_closes_when_its_patron_leaves(stage, root):
    stage.show(states.ONLINE)
    root.places["checkout"].open_calendar()
    stage.show(states.IDLE)
    assert root.overlay is None


def test_the_reason_of_a_line_can_be_any_phrase(stage, root):
    noted = replace(states.ONLINE.lines[0], note=say("noticed.due_differs", due="2026-12-05"))
    stage.show(replace(states.ONLINE, lines=(noted,)))
    assert "The library set another due date: Sat 5 Dec 2026. Tell the patron." in words(root)


def test_the_shield_tells_how_old_the_block_list_is_and_why_on_a_touch(stage, root):
    stage.show(states.DELINQUENT)
    assert "List: 2 d" in words(root)
    stage.show(states.LIST_TOO_OLD)
    assert "No list" in words(root)
    stage.tap(root.ids.status.block_list)
    told = " ".join(words(root))
    assert "The block list is too old" in told
    assert "evergreen.example.org refused the login" in told
    root.panels.close()


def test_a_kiosk_without_a_block_list_shows_no_shield(stage, root):
    stage.show(states.LIST_TOO_OLD)
    stage.show(replace(states.IDLE, block_list=BlockList()))
    assert root.ids.status.block_list not in root.ids.status.ids.chips.children


def test_what_the_desk_says_names_what_can_be_touched(stage, root):
    answer = Answer(tone="look", headline=say("noncat.nobody"), detail=say("noncat.nobody_detail"))
    stage.show(replace(states.IDLE, answer=answer))
    assert any("touch More" in text for text in words(root))
    assert not any("say guest" in text for text in words(root))
