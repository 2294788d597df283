"""Forms, by touch and by keyboard; and the desk on which nobody is on duty."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.screens.keyboard import KEY_ENTER, KEY_ESCAPE
from kiosk.screens.widgets.numberpad import Key
from kiosk.view.messages import Pressed, Typed
from kiosk.view.state import Answer, AppState, Phrase, Prompt
from kiosk.words import LANGUAGES
from tests.screens import states
from tests.screens import states_forms as forms
from tests.screens.audit import audit, visible, words
from tests.screens.finding import button
from tests.screens.gallery import STATES
from tests.screens.stage import COMPACT, NORMAL, ROOMY
from tests.screens.stories import write


def touches(stage, *names):
    for name in names:
        stage.tap(button(stage.root, **({"icon": name[1:]} if name[0] == "*" else {"says": name})))


def typed(stage):
    return stage.root.screen.box.text


def enter(stage):
    stage.root.keyboard.key(KEY_ENTER, None, [])
    stage.frames(1)


def asked_next(state, at, **more):
    return asked_now(replace(state, form=replace(state.form, at=at, **more)))


def asked_now(state):
    """What is asked after what was asked in the pictures as they are."""
    return replace(state, prompt=Prompt(form="next"))


# choices


def test_a_name_is_chosen_by_a_touch(stage, root):
    stage.show(forms.WHO)
    touches(stage, "Tomas, supervisor")
    assert stage.sent == [Pressed(command="choose:=value-2")]


def test_a_name_is_chosen_by_its_number_on_the_keyboard(stage, root):
    stage.show(forms.WHO)
    stage.type("2")
    stage.frames()
    assert [w.says for w, _ in visible(root) if getattr(w, "chosen", False)] == [
        "Tomas, supervisor"
    ]
    assert root.overlay is None
    enter(stage)
    assert stage.sent == [Typed(text="2")]


def test_enter_alone_chooses_nobody(stage, root):
    stage.show(forms.WHO)
    enter(stage)
    assert stage.sent == []


def test_what_stands_is_filled_and_taken_by_enter(stage, root):
    stage.show(forms.PROFILE)
    assert button(root, "Adult").chosen
    enter(stage)
    assert stage.sent == [Pressed(command="next")]


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_each_of_forty_names_is_two_touches_away(stage, size):
    root = stage.fresh(size)
    stage.show(forms.MANY)
    options = root.screen.options
    tabs = [tab.says for tab in options.tabs.children[::-1]]
    assert 1 < len(tabs) <= 6
    found = {}
    for tab in tabs:
        touches(stage, tab)
        found |= {b.says: b.number for b in options.grid.children}
    assert len(found) == 40
    touches(stage, tabs[-1], "Zoë")
    assert stage.sent == [Pressed(command=f"choose:=value-{forms.NAMES.index('Zoë') + 1}")]


def test_many_names_stand_in_the_order_of_the_alphabet_and_keep_their_numbers(stage, root):
    mixed = tuple(reversed(forms.NAMES))
    state = forms.on(
        forms.LOCKED, "login", forms.LOGIN, forms.who(staff=[(n, "staff") for n in mixed])
    )
    stage.show(state)
    first = root.screen.options.grid.children[-1]
    assert (first.says, first.number) == ("Ada", "40")


def test_many_other_choices_keep_their_order(stage):
    root = stage.fresh(COMPACT)
    stage.show(forms.SESSION_DUE)
    assert [b.number for b in root.screen.options.grid.children[::-1]] == ["1", "2", "3", "4", "5"]
    touches(stage, "11")
    touches(stage, "Another day")
    assert stage.sent == [Pressed(command="choose:=value-11")]


def test_more_pages_than_tabs_are_turned(stage):
    root = stage.fresh(COMPACT)
    long = [forms.plain(f"{n} {'Branch of the library ' * 3}") for n in range(1, 61)]
    stage.show(
        forms.on(
            forms.LOCKED,
            "session",
            forms.SESSION_HEAD,
            forms.field("duty.place", "choice", required=True, options=long),
        )
    )
    touches(stage, "*forward", "*forward")
    stage.frames()
    numbers = [int(b.number) for b in root.screen.options.grid.children]
    assert min(numbers) > 2
    touches(stage, "*back")
    stage.frames()
    assert {int(b.number) for b in root.screen.options.grid.children}.isdisjoint(numbers)


# a PIN


def test_a_pin_is_dots_and_is_typed(stage, root):
    stage.show(forms.PIN)
    touches(stage, "8", "3", "1", "7", "*backspace", "6")
    assert typed(stage) == "••••"
    assert not any("83" in said for said in words(root))
    touches(stage, "Log in")
    assert stage.sent == [Typed(text="8316")]
    assert root.keyboard.line.text == ""


def test_a_pin_from_the_keyboard_is_dots_too(stage, root):
    stage.show(forms.PIN)
    stage.type("2741")
    assert typed(stage) == "••••"
    stage.wait(0.6)
    assert root.overlay is None, "the number pad would show it"
    enter(stage)
    assert stage.sent == [Typed(text="2741")]


def test_a_pin_ends_where_no_pin_is_longer(stage, root):
    stage.show(forms.PIN)
    touches(stage, *"1234567890123")
    assert typed(stage) == "•" * 12


def test_a_wrong_pin_says_how_many_tries_are_left(stage, root):
    stage.show(forms.PIN_WRONG)
    assert "That is not the PIN. After 2 more wrong tries you will have to wait." in words(root)


def test_the_time_that_a_pin_has_to_wait_runs_down(stage, root):
    stage.show(forms.PIN_WAIT)
    assert root.screen.box.ghost == "0:28"
    root.screen.patience._until -= 20
    stage.wait(0.6)
    assert "0:00" < root.screen.box.ghost <= "0:08"  # a busy machine may take some of them
    assert any("Try again in" in s for s in words(root))
    root.screen.patience._until -= 20
    stage.wait(0.6)
    assert root.screen.box.ghost == ""
    assert "You can try again now." in words(root)


def test_a_second_wait_begins_anew_although_the_form_is_the_same(stage, root):
    stage.show(forms.PIN_WAIT)
    root.screen.patience._until -= 20
    stage.show(replace(forms.PIN_WAIT, answers=1))
    assert root.screen.box.ghost == "0:28"


def test_while_a_pin_is_checked_its_form_stays_and_takes_nothing(stage, root):
    stage.show(forms.PIN)
    stage.show(replace(forms.PIN, form=None, checking=True))
    assert "Checking the PIN…" in words(root)
    touches(stage, "1")
    enter(stage)
    assert stage.sent == []
    assert typed(stage) == ""
    stage.show(forms.PIN_WRONG)
    touches(stage, "1")
    assert typed(stage) == "•"


def test_a_screen_that_starts_while_a_pin_is_checked_says_so(stage):
    stage.forget()
    root = stage.fresh(NORMAL)
    stage.show(replace(forms.LOCKED, checking=True))
    assert "Checking the PIN…" in words(root)


def test_digits_from_the_command_sheet_are_shown(stage, root):
    stage.show(forms.OVERRIDE_PIN)
    assert typed(stage) == "•••"
    touches(stage, "Next")
    assert stage.sent == [Pressed(command="key:ok")]


# words


def test_a_name_begins_with_a_capital(stage, root):
    stage.show(forms.NAME)
    touches(stage, *"E", *"va")
    assert typed(stage) == "Eva"
    touches(stage, "Next")
    assert stage.sent == [Typed(text="Eva")]


def test_capitals_until_shift_is_touched_again(stage, root):
    stage.show(forms.NAME)
    touches(stage, "*shift", *"AB", "*shifted", *"c")
    assert typed(stage) == "ABc"


def test_the_capital_is_used_up_by_a_keyboard_too(stage, root):
    stage.show(forms.NAME)
    assert root.screen.board.shifts.lit
    root.keyboard.key(ord("e"), "e", ["shift"])
    root.keyboard.written("E")
    stage.frames()
    assert not root.screen.board.shifts.lit
    touches(stage, "*shift")
    assert root.screen.board.shifts.lit
    touches(stage, *"V")
    assert typed(stage) == "EV"


def test_accents_signs_and_digits(stage, root):
    stage.show(forms.NAME)
    touches(stage, "áñü", "Ñ", "é", "łšž", "š", "ABC", "o", "12#", "@", "7", "/", "ABC", "-")
    assert typed(stage) == "Ñéšo@7/-"


def test_the_letters_stand_where_a_language_has_them(stage, root):
    rows = {"de": "qwertzuiopü", "fr": "azertyuiop", "es": "qwertyuiop", "en": "qwertyuiop"}
    for language, row in rows.items():
        root = stage.fresh(COMPACT, language=language)
        stage.show(forms.NAME)
        first = root.screen.board.children[-1]
        keys = [key.says.lower() for key in first.children[::-1] if isinstance(key, Key)]
        assert "".join(keys) == row


def test_what_stands_is_replaced_by_what_is_typed(stage, root):
    stage.show(forms.NAME_AGAIN)
    assert typed(stage) == "Lindqvist"
    assert root.screen.box.standing
    touches(stage, "M")
    assert typed(stage) == "M"


def test_what_stands_can_be_mended(stage, root):
    stage.show(forms.NAME_AGAIN)
    touches(stage, "*backspace")
    assert typed(stage) == "Lindqvis"
    stage.type("en")
    assert typed(stage) == "Lindqvisen"
    touches(stage, "Keep it")
    assert stage.sent == [Typed(text="Lindqvisen")]


def test_a_touch_on_what_stands_takes_it_for_typed(stage, root):
    stage.show(forms.UPLOAD_NAME)
    stage.tap(root.screen.box)
    assert not root.screen.box.standing
    touches(stage, "2")
    assert typed(stage) == "Northside 2026-11-212"


def test_what_need_not_be_said_is_left_out(stage, root):
    stage.show(forms.PHONE)
    touches(stage, "Skip")
    assert stage.sent == [Pressed(command="next")]


def test_problems_speak_of_buttons_and_not_of_commands(stage, root):
    for key in ("form.needed", "form.label_scanned", "form.label_typed"):
        stage.show(asked_next(forms.NAME, 0, problem=say(key)))
        said = root.screen.notice.says
        assert "Cancel" in said
        assert ":no" not in said


# what is not spelt as names are


def test_a_phone_number_begins_with_digits_and_what_stands_between_them(stage, root):
    stage.show(forms.PHONE)
    touches(stage, *"+43 (664) 5-5", "*backspace", "1", "Next")
    assert stage.sent == [Typed(text="+43 (664) 5-1")]


def test_letters_and_back_to_digits_are_a_touch_away_from_a_phone_number(stage, root):
    stage.show(forms.PHONE)
    touches(stage, *"555", "Letters", "X", *"12", "Digits", "7")
    assert typed(stage) == "555X127"


@pytest.mark.parametrize("size", [NORMAL, COMPACT, ROOMY])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["form-phone", "form-card", "form-find"])
def test_what_happened_meanwhile_has_room_beside_the_digits(stage, size, language, name):
    root, state = stage.fresh(size, language=language), STATES[name]
    stage.show(replace(state, form=replace(state.form, meanwhile=forms.UNPRINTED)))
    assert audit(root) == []
    assert root.screen.letters in root.screen.walk()


@pytest.mark.parametrize("size", [NORMAL, COMPACT, ROOMY])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["form-phone", "form-card", "form-find"])
def test_and_above_the_letters(stage, size, language, name):
    root, state = stage.fresh(size, language=language), STATES[name]
    stage.show(replace(state, form=replace(state.form, meanwhile=forms.UNPRINTED)))
    stage.tap(root.screen.letters)
    assert audit(root) == []
    stage.tap(root.screen.digits)
    assert audit(root) == []


@pytest.mark.parametrize("size", [NORMAL, COMPACT, ROOMY])
@pytest.mark.parametrize("language", LANGUAGES)
def test_and_below_a_long_question(stage, size, language):
    root, state = stage.fresh(size, language=language), forms.UPLOAD_NAME
    stage.show(replace(state, form=replace(state.form, meanwhile=forms.UNPRINTED)))
    assert audit(root) == []


@pytest.mark.parametrize("size", [NORMAL, COMPACT])
def test_an_address_for_mail_has_small_letters_an_at_and_no_space(stage, size):
    root = stage.fresh(size)
    stage.show(forms.EMAIL)
    assert root.screen.board.space not in root.screen.board.walk()
    touches(stage, *"eva.l_q", "12#", "7", "ABC", *"@a-b.at")
    assert typed(stage) == "eva.l_q7@a-b.at"
    stage.show(forms.NAME)
    assert root.screen.board.space in root.screen.board.walk()


def test_a_post_code_begins_with_what_it_has_where_the_language_is_at_home(stage, root):
    stage.show(forms.POST_CODE)
    touches(stage, *"SW1A")
    assert typed(stage) == "SW1A"
    for language, letters in {"de": "Buchstaben", "es": "Letras", "fr": "Lettres"}.items():
        stage.fresh(COMPACT, language=language)
        stage.show(forms.POST_CODE)
        touches(stage, *"1010", letters, "X")
        assert typed(stage) == "1010X"


# days, times, numbers


def test_a_birth_date_of_sixty_years_ago_is_seven_digits(stage, root):
    stage.show(forms.BORN)
    assert root.screen.box.ghost == "YYYY-MM-DD"
    touches(stage, *"1966")
    assert (typed(stage), root.screen.box.ghost) == ("1966-", "MM-DD")
    touches(stage, "4", *"30")
    assert (typed(stage), root.screen.box.ghost) == ("1966-04-30", "")
    assert "Sat 30 Apr 1966" in words(root)
    touches(stage, "Next")
    assert stage.sent == [Typed(text="1966-04-30")]


@pytest.mark.parametrize(
    ("language", "mask", "written"),
    [
        ("de", "TT.MM.JJJJ", "30.04.1966"),
        ("fr", "JJ/MM/AAAA", "30/04/1966"),
        ("es", "DD/MM/AAAA", "30/04/1966"),
    ],
)
def test_days_are_typed_as_the_language_writes_them_and_sent_as_ever(
    stage, language, mask, written
):
    root = stage.fresh(COMPACT, language=language)
    stage.show(forms.BORN)
    assert root.screen.box.ghost == mask
    touches(stage, *"304", *"1966")
    assert (typed(stage), root.screen.box.ghost) == (written, "")
    enter(stage)
    stage.type("1966-04-30")
    assert typed(stage) == "1966-04-30"
    enter(stage)
    assert [sent.text for sent in stage.sent] == ["1966-04-30"] * 2
    stands = replace(forms.BORN.form.fields[2], value="1966-04-30")
    fields = (*forms.BORN.form.fields[:2], stands, *forms.BORN.form.fields[3:])
    stage.show(replace(forms.BORN, form=replace(forms.BORN.form, fields=fields)))
    assert typed(stage) == written
    touches(stage, "*backspace")
    assert typed(stage) == written[:-1]


def test_it_takes_no_digit_more(stage, root):
    stage.show(forms.BORN)
    touches(stage, *"1966043", "0", "5")
    assert typed(stage) == "1966-04-30"


def test_a_day_can_be_typed_as_ever(stage, root):
    stage.show(forms.BORN)
    stage.type("1966-4-3")
    assert typed(stage) == "1966-04-3"
    enter(stage)
    assert [sent.text for sent in stage.sent] == ["1966-4-3"]


def test_the_calendar_opens_where_the_typed_year_and_month_are(stage, root):
    stage.show(forms.BORN)
    touches(stage, *"1966", "4", "Calendar")
    assert "April 1966" in words(root.overlay)
    touches(stage, "*far_back")
    assert "April 1965" in words(root.overlay)
    stage.tap(button(root.overlay, "30"))
    assert stage.sent == [Typed(text="1965-04-30")]
    assert root.overlay is None
    assert root.keyboard.line.text == ""


def test_the_calendar_goes_no_further_than_the_days_that_fit(stage, root):
    stage.show(forms.BORN)
    touches(stage, "Calendar")
    calendar = root.overlay.ids.slot.children[0]
    assert "November 2026" in words(root.overlay)
    assert not calendar.can_forward
    calendar.turn(-12 * 200)
    stage.frames()
    assert "November 1896" in words(root.overlay)


def test_a_time_is_four_digits(stage, root):
    stage.show(forms.PAPER_TIME)
    touches(stage, "9", "0", "5")
    assert typed(stage) == "09:05"
    touches(stage, "Finish")
    assert stage.sent == [Typed(text="09:05")]


def test_the_clock_may_be_a_day_behind(stage, root):
    stage.show(forms.SESSION_TIME)
    touches(stage, "Another day")
    stage.tap(button(root.overlay, "22"))
    stage.tap(button(root.overlay, "Set this time"))
    assert stage.sent == [Typed(text="2026-11-22T10:42")]


def test_a_number_has_no_more_digits_than_fit(stage, root):
    stage.show(forms.NONCAT_COUNT)
    assert typed(stage) == "1"
    touches(stage, "1", "2", "3")
    assert typed(stage) == "12"
    touches(stage, "Clear", "3", "Finish")
    assert stage.sent == [Typed(text="3")]


def test_a_label_with_letters(stage, root):
    stage.show(forms.FIND)
    touches(stage, "3", "Letters", "A", "B", "Digits", "7", "Find")
    assert stage.sent == [Typed(text="3AB7")]


# the fields so far


def test_a_field_is_gone_back_to(stage, root):
    stage.show(forms.BORN)
    touches(stage, "First name")
    stage.wait(0.4)  # what scrolls waits a moment, whether the finger moves
    assert stage.sent == [Pressed(command="back:2")]


def test_what_was_typed_is_taken_before_one_goes_back(stage, root):
    stage.show(forms.PHONE)
    stage.type("555")
    root.screen._ask_again(1)
    stage.show(replace(forms.PHONE, answers=7))  # something else has happened just then
    assert stage.sent == [Typed(text="555")]
    stage.show(asked_next(forms.PHONE, 4))
    assert stage.sent[1:] == [Pressed(command="back:1")]


def test_one_does_not_go_back_where_what_was_typed_is_no_answer(stage, root):
    stage.show(forms.BORN)
    stage.type("1999")
    root.screen._ask_again(1)
    stage.show(asked_now(forms.BORN_WRONG))
    stage.show(asked_now(forms.PHONE))
    assert stage.sent == [Typed(text="1999")]


def test_one_does_not_go_back_in_another_form_than_it_was_typed_for(stage, root):
    stage.show(forms.PHONE)
    stage.type("555")
    root.screen._ask_again(1)
    stage.show(asked_now(forms.PIN))  # somebody else has put the form away
    assert stage.sent == [Typed(text="555")]


def test_who_was_named_last_cannot_be_another_one_in_the_session(stage, root):
    stage.show(forms.SESSION)
    touches(stage, "On duty")
    assert stage.sent == []


def test_back_and_cancel(stage, root):
    stage.show(forms.PIN)
    touches(stage, "1", "Back")
    assert stage.sent == [Pressed(command="back")]
    assert root.keyboard.line.text == ""
    touches(stage, "1", "Cancel")
    assert stage.sent[1:] == [Pressed(command="no")]
    assert root.keyboard.line.text == ""


def test_escape_leaves_the_form(stage, root):
    stage.show(forms.NAME)
    stage.type("Mai")
    root.keyboard.key(KEY_ESCAPE, None, [])
    assert stage.sent == [Pressed(command="no")]
    assert root.keyboard.line.text == ""


def test_the_rest_is_left_out_at_once(stage, root):
    stage.show(forms.PHONE)
    touches(stage, "Finish")
    assert stage.sent == [Pressed(command="yes")]


def test_what_was_typed_is_taken_before_the_rest_is_left_out(stage, root):
    stage.show(forms.BORN)
    touches(stage, *"19660430", "Finish")
    assert stage.sent == [Typed(text="1966-04-30")]
    stage.show(asked_now(forms.PHONE))
    assert stage.sent[1:] == [Pressed(command="yes")]


def test_so_it_is_on_the_field_before_the_last(stage, root):
    last = len(forms.PHONE.form.fields) - 1
    stage.show(replace(forms.PHONE, form=replace(forms.PHONE.form, at=last - 1)))
    touches(stage, *"5550142", "Finish")
    stage.show(asked_next(forms.PHONE, last))
    assert stage.sent == [Typed(text="5550142"), Pressed(command="yes")]


def test_the_rest_is_not_left_out_where_what_was_typed_is_no_answer(stage, root):
    stage.show(forms.BORN)
    touches(stage, *"1999", "Finish")
    stage.show(asked_now(forms.BORN_WRONG))
    assert stage.sent == [Typed(text="1999")]
    stage.show(asked_now(forms.PHONE))
    assert stage.sent == [Typed(text="1999")]


def test_while_something_is_missing_there_is_no_end(stage, root):
    stage.show(forms.BORN)
    assert "Finish" not in words(root)


def test_a_report_is_ended_by_its_own_button(stage, root):
    stage.show(forms.REPORT)
    touches(stage, "End the report")
    assert stage.sent == [Pressed(command="no")]


def test_help_is_a_touch_away(stage, root):
    stage.show(forms.NAME)
    stage.tap(root.screen.head.ids.help)
    assert root.place == "help"


# what is typed belongs to its field


def test_half_a_word_does_not_go_into_the_next_field(stage, root):
    stage.show(forms.CARD)
    stage.type("21")
    stage.show(forms.NAME)  # the card was scanned
    assert typed(stage) == ""
    assert root.keyboard.line.text == ""


def test_who_types_faster_than_the_desk_answers_loses_nothing(stage, root):
    stage.show(forms.NAME)
    stage.type("Lindqvist")
    enter(stage)
    stage.type("Ev")
    stage.show(forms.patron(1, "Lindqvist"))
    stage.type("a")
    assert typed(stage) == "Eva"


def test_half_a_word_does_not_become_part_of_the_next_scan(stage, root):
    stage.show(forms.NAME)
    stage.type("Mai")
    stage.show(states.IDLE)
    assert root.keyboard.line.text == ""


def test_the_same_form_opened_again_is_empty(stage, root):
    stage.show(forms.NAME)
    stage.type("Mai")
    stage.show(states.IDLE)
    stage.show(forms.NAME)
    assert typed(stage) == ""


def test_a_key_draws_no_field_anew(stage, root, monkeypatch):
    stage.show(forms.NAME)
    drawn = []
    monkeypatch.setattr(root.screen.progress, "show", lambda *_, **__: drawn.append(1))
    stage.type("Mai")
    touches(stage, "a")
    assert drawn == []


# the session


def test_a_session_is_taken_as_it_stands_with_one_touch(stage, root):
    stage.show(forms.SESSION)
    said = words(root)
    for standing in ("Ada, administrator", "Yes, that is right", "Use it"):
        assert standing in said
    assert any("Careful: LIBR1CIRC, not LIBRHSCIRC" in each for each in said)
    touches(stage, "Start work")
    assert stage.sent == [Pressed(command="yes")]


def test_or_by_enter(stage, root):
    stage.show(forms.SESSION)
    enter(stage)
    assert stage.sent == [Pressed(command="yes")]


def test_what_should_be_otherwise_is_touched_and_chosen(stage, root):
    stage.show(forms.SESSION)
    touches(stage, "The usual due date")
    assert stage.sent == [Pressed(command="back:5")]
    stage.show(forms.SESSION_DUE)
    touches(stage, "14 days: Sat 5 Dec")
    assert stage.sent[1:] == [Pressed(command="choose:=value-5")]


def test_what_nobody_has_said_yet_is_asked_before_work_begins(stage, root):
    stage.show(forms.SESSION_PLACE)
    assert "Still to be chosen" in words(root)
    assert "Start work" not in words(root)
    touches(stage, "Next")
    assert stage.sent == [Pressed(command="back:3")]
    stage.show(forms.SESSION_ASKED)
    touches(stage, "Troy Branch (TROY) · City (TROYCIRC)")
    assert stage.sent[1:] == [Pressed(command="choose:=value-3")]


# locked


def test_a_locked_desk_says_why_and_how_to_go_on(stage, root):
    stage.show(forms.LOCKED)
    said = words(root)
    assert "The desk locked itself while nobody used it" in said
    assert "Scan your badge, or press Log in." in said
    assert any("555 0142" in each for each in said)
    touches(stage, "Log in")
    assert stage.sent == [Pressed(command="login")]


def test_enter_logs_in_and_escape_does_not_leave(stage, root):
    stage.show(forms.LOCKED)
    enter(stage)
    root.keyboard.key(KEY_ESCAPE, None, [])
    stage.frames()
    assert stage.sent == [Pressed(command="login")]
    assert root.place == "locked"


def told(*rows: Phrase) -> AppState:
    answer = Answer(tone="neutral", headline=say("duty.on.staff", staff="Ines"), rows=rows)
    return replace(states.IDLE, answer=answer, answers=7)


def test_who_goes_on_duty_is_at_the_desk_at_once(stage, root):
    stage.show(forms.LOCKED)
    stage.show(told(say("duty.due_told", day="2026-12-12")))
    assert root.place == "checkout"


def test_unless_the_usual_due_date_is_a_closed_day(stage, root):
    stage.show(forms.LOCKED)
    stage.show(told(say("duty.due_told_closed", day="2026-12-13")))
    assert root.place == "report"


# the pad at the desk


def test_where_no_pin_is_taken_no_place_to_type_it_is_shown(stage, root):
    stage.show(STATES["form-pin-wait"])
    assert not root.screen.box.open
    stage.show(STATES["form-pin"])
    assert root.screen.box.open


def test_a_label_with_letters_from_the_pad(stage, root):
    stage.show(states.IDLE)
    root.panels.open_pad()
    stage.frames()
    for key in ("3", "Letters", "A", "Digits", "9"):
        stage.tap(button(root.overlay, key))
    stage.tap(button(root.overlay, "Enter"))
    assert stage.sent == [Typed(text="3A9")]


def test_letters_in_the_pad_are_ended_by_their_own_enter(stage, root):
    stage.show(states.IDLE)
    root.panels.open_pad()
    stage.frames()
    for key in ("Letters", "A", "B", "*"):
        stage.tap(
            button(root.overlay, key) if key != "*" else button(root.overlay, icon="backspace")
        )
    stage.tap(button(root.overlay, "Enter"))
    assert stage.sent == [Typed(text="A")]


def optional_phone(stage):
    fields = (
        forms.field("register.family_name", required=True, value="Maier"),
        forms.field("register.phone", value="55"),
        forms.field("register.email"),
    )
    stage.show(forms.on(states.IDLE, "registration", say("register.email"), *fields, at=1))
    assert typed(stage) == "55"


@pytest.mark.parametrize("by", ["screen", "keyboard"])
def test_what_stands_in_a_field_can_be_rubbed_out_and_left_empty(stage, root, by):
    optional_phone(stage)
    for _ in range(3):  # the first one on a keyboard takes it up to be mended
        if by == "screen":
            touches(stage, "*backspace")
        else:
            root.keyboard.key(8, None, [])
    assert typed(stage) == ""
    stage.wait(0.4)  # what has just come up takes no touch yet
    touches(stage, "Skip")
    assert stage.sent == [Pressed(command="next:empty")]


def test_what_was_rubbed_out_and_typed_anew_stands_in_its_place(stage, root):
    optional_phone(stage)
    touches(stage, "*backspace", "*backspace", "A", "Next")
    assert stage.sent == [Typed(text="A")]


# what is too long


def test_what_is_too_long_is_not_sent_and_can_be_mended(stage, root):
    stage.show(forms.NAME)
    write(root, "x" * 121)
    root.keyboard.changed()
    stage.frames()
    assert "That is too long: 120 characters at most." in words(root)
    enter(stage)
    touches(stage, "Next")
    assert stage.sent == []
    assert root.keyboard.line.text == "x" * 121
    touches(stage, "*backspace")
    assert "That is too long: 120 characters at most." not in words(root)
    enter(stage)
    assert stage.sent == [Typed(text="x" * 120)]


def test_of_what_is_long_the_end_is_read_where_it_is_typed(stage, root):
    stage.show(forms.FIND)
    stage.type("31234000517861" * 15)
    stage.frames(3)
    assert root.screen.box.ids.words.text.startswith("…")
    assert root.screen.box.ids.words.text.endswith("31234000517861"[-9:])


def test_a_long_number_shows_its_end_in_the_pads(stage, root):
    stage.show(states.IDLE)
    root.panels.open_pad()
    stage.type("31234000517861" * 15)
    for _ in range(2):
        stage.frames(3)
        field = next(w for w, _ in visible(root.overlay) if getattr(w, "keeps_end", False))
        assert (field.text[0], field.text[-9:]) == ("…", "000517861")
        root.overlay._turn()


def test_what_was_being_filled_in_when_the_engine_died_is_said_to_be_gone(stage, root):
    stage.show(replace(forms.NAME, answers=7))
    stage.type("Lind")
    root.notices.lost("stopped")
    stage.show(replace(states.IDLE, answers=0))
    assert "What was being filled in is gone" in words(root)
    assert root.keyboard.line.text == ""
    stage.tap(button(root, "Close"))
    assert root.overlay is None


def test_a_form_that_was_finished_before_the_engine_hung_is_not_gone(stage, root):
    stage.show(replace(forms.NAME, answers=7))
    root.notices.lost("silent")
    stage.show(replace(states.IDLE, answers=8))
    assert root.overlay is None
