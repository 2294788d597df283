"""Delivery on the screen: how it stands, what waits, how a run goes, and what can be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.desk.words import say
from kiosk.screens.widgets.basics import BigButton
from kiosk.view.state import Answer, Paused
from tests.screens.audit import words
from tests.screens.finding import button, pressed
from tests.screens.states_lists import BASE, NOON, STATES


def show(stage, root, name):
    stage.show(STATES[name])
    root.go("delivery")
    stage.frames()
    return words(root)


def test_the_chip_of_the_library_leads_there(stage, root):
    stage.show(BASE)
    stage.tap(root.ids.status.library)
    assert root.place == "delivery"


def test_why_the_library_is_away_stands_first(stage, root):
    said = show(stage, root, "delivery-not-let-in")
    assert "The library refused this kiosk's login" in said
    assert any("sip.example.org" in each for each in said)
    assert {"3", "waiting to be sent"} <= set(said)


def test_a_run_shows_how_far_it_is_and_what_it_has_brought_so_far(stage, root):
    said = show(stage, root, "delivery-running")
    assert "432 of 1,214" in said
    assert "430 taken by the library · 2 refused" in said
    assert root.screen.run.done == pytest.approx(432 / 1214)
    stage.tap(button(root, "Pause sending"))
    assert pressed(stage) == ["pause"]


def test_what_goes_all_together_is_on_its_way_and_is_not_to_be_sent_again(stage, root):
    said = show(stage, root, "delivery-carried")
    assert "On its way to the library system" in said
    assert "240 transactions" in said
    assert "Send now" not in said
    carried = STATES["delivery-carried"].library
    packed = replace(carried, carried=0, asks_first=True)
    stage.show(replace(STATES["delivery-carried"], library=packed))
    said = words(root)
    assert "Being made ready to go" in said
    assert "240 transactions" in said
    assert "Send now" not in said
    stage.tap(button(root, "Pause sending"))
    assert pressed(stage) == ["pause"]


def test_a_backlog_that_waits_for_somebodys_word_is_sent_by_the_primary_button(stage, root):
    said = show(stage, root, "delivery-asks-first")
    assert "There was an outage. Others have to be told." in said
    assert button(root, "Send now").primary
    root.press_primary()
    stage.tap(button(root, "Preview"))
    assert pressed(stage) == ["send", "preview"]


def test_a_pause_says_who_wanted_it_and_how_it_ends(stage, root):
    said = show(stage, root, "delivery-paused")
    assert "Paused · 12 waiting" in said
    assert any("by Ines" in each for each in said)
    assert root.screen.ids.buttons.children[0] is button(root, "Send now")
    assert button(root, "Send now").primary
    paused = STATES["delivery-paused"].library
    stage.show(replace(BASE, library=replace(paused, paused=Paused(at=paused.paused.at, by=""))))
    (story,) = (each for each in words(root) if "Carry on as usual" in each)
    assert ", by " not in story


@pytest.mark.parametrize("how", [{"state": "offline"}, {"paused": Paused(at=NOON, by="")}], ids=str)
def test_a_run_that_stands_still_is_not_said_to_go_on(stage, root, how):
    assert "The backlog is being sent" in show(stage, root, "delivery-running")
    running = STATES["delivery-running"].library
    stage.show(replace(BASE, library=replace(running, **how)))
    said = words(root)
    assert "The backlog is being sent" not in said
    assert {"Of the backlog, sent so far", "432 of 1,214"} <= {*said}


def test_an_upload_session_says_which_desks_are_missing(stage, root):
    said = show(stage, root, "delivery-uploaded")
    assert "Library · 301 uploaded" in said
    assert "Missing: DESK-3, CHILDREN-1" in said


def test_where_files_go_nothing_is_said_of_a_library_that_does_not_answer(stage, root):
    files = STATES["delivery-files"].library
    none = say("files.stick_none", where="USB")
    away = replace(files, state="offline", away_since=NOON, reason=none, waiting=0)
    stage.show(replace(BASE, library=away))
    root.go("delivery")
    stage.frames()
    said = " ".join(words(root))
    assert "No file can be written just now" in said
    assert "recorded here, and goes into a file later" in said
    assert "as soon as the library answers" not in said
    assert "The library has been offline" not in said
    stage.show(replace(BASE, library=replace(away, waiting=4712)))
    assert "Files · 4,712 waiting" in words(root)


def test_without_a_library_system_nothing_waits_to_be_sent(stage, root):
    said = show(stage, root, "delivery-none")
    assert {"214", "recorded here"} <= set(said)
    assert "waiting to be sent" not in said


def test_what_is_not_of_use_at_a_desk_is_not_offered(stage, root):
    stage.show(replace(STATES["delivery-files"], commands=("send", "pause", "handed")))
    root.go("delivery")
    stage.frames()
    assert offered(root) == ["Files handed over", "Pause sending", "Send now"]


@pytest.mark.parametrize("name", ["delivery-offline", "delivery-paused"])
def test_to_send_stands_lowest_whether_it_is_waited_for_or_not(stage, root, name):
    show(stage, root, name)
    assert offered(root)[-1] == "Send now"


def offered(root):
    shown = root.screen.ids.buttons.children[::-1]
    return [each.says for each in shown if isinstance(each, BigButton)]


def test_until_the_first_is_sent_it_says_that_it_was_told_to(stage, root):
    show(stage, root, "delivery-asks-first")
    said = say("delivery.sending"), say("delivery.sending_detail")
    told = {"answer": Answer(tone="neutral", headline=said[0], detail=said[1]), "answers": 2}
    stage.show(replace(STATES["delivery-offline"], **told))
    assert "Sending what was recorded" in words(root)
    for name in ("delivery-running", "delivery-asks-first", "delivery-online"):
        stage.show(replace(STATES[name], **told))
        assert "Sending what was recorded" not in words(root), name


def test_what_is_being_looked_for_is_said_there_and_then_shown(stage, root):
    show(stage, root, "delivery-online")
    looking = Answer(tone="neutral", headline=say("preview.looking"))
    stage.show(replace(STATES["delivery-online"], answer=looking, answers=2))
    assert "Looking through what waits to be sent. A moment …" in words(root)
    stage.show(replace(STATES["report"], answers=3))
    assert root.place == "report"
    root.acts.back()
    assert root.place == "delivery"
