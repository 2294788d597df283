"""Which function takes an event, a command, or the answer to what is asked.

At the end stand the tables: every procedure of the desk is named in one of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.desk import (
    closing,
    commands,
    devicetests,
    done,
    effects,
    events,
    help,  # noqa: A004 - what the command is called
    looking,
    practice,
    recording,
    scans,
)
from kiosk.desk.afterwards import delivery, lookback, paper
from kiosk.desk.answers import news
from kiosk.desk.asking import forms, late, listing
from kiosk.desk.batches import files, sessions
from kiosk.desk.checks import barcodes, blocks, permission
from kiosk.desk.checks.functions import OF_COMMANDS
from kiosk.desk.dates import due, timekeeping
from kiosk.desk.lending import byhand, checkout, guest, inhouse, noncat, registration, renewal
from kiosk.desk.returns import cart, checkin
from kiosk.desk.session import administering, duty, onduty, pins, wizard
from kiosk.desk.settling import atdesk, correcting, deciding, permit, report, worklist
from kiosk.desk.state import (
    Acknowledge,
    Asked,
    Doubt,
    Namesake,
    OtherCard,
    OutAlready,
    TimeDoubt,
    TurnedAway,
    Warned,
)
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.events import Event
    from kiosk.desk.vocabulary import ListKind
    from kiosk.desk.work import Work


def _started(work: Work, event: events.Started) -> None:
    duty.started(work, event)
    paper.go_on(work, event)


def _scanned(work: Work, event: events.Scanned) -> None:
    command = _read_command(work, event)
    if late.is_late(work, event, command):
        late.leave_out(work, event)
        return
    if command is None and _goes_on(work, event):
        work.set(form=None)
    if event.source == "typed" and not event.text.strip():
        _empty_line(work, event)
    elif command is not None:
        _command(work, command, event)
    elif commands.is_marked(event.text):
        work.refuse(say("command.unknown", text=shown(event.text)), say("help.commands"))
    elif work.state.alarm is not None:
        scans.not_recorded(work, event)
    elif blocks.badge_shown(work, event) or duty.badge_shown(work, event):
        pass
    elif work.state.form is not None:
        forms.take(work, event, FORMS)
    elif work.state.locked:
        duty.refuse(work)
    else:
        _settle(work, event, yes=False)
        work.set(listing=None)
        scans.number(work, event)


def _goes_on(work: Work, event: events.Scanned) -> bool:
    """Tell whether staff go on with the next patron or item while a chosen line only offers."""
    form = work.state.form
    offers = form is not None and form.kind in (lookback.LINE, worklist.WHAT)
    return offers and event.source == "scan" and forms.is_label(work, event.text)


def _read_command(work: Work, event: events.Scanned) -> commands.Command | None:
    """Read a command. A bare word that is a card or a label here, or fits a form, is none."""
    command = commands.parse(event.text) or _line_of_list(work, event)
    if command is None or commands.is_marked(event.text):
        return command
    label = barcodes.read(event.text, work.settings.barcodes).kind in ("card", "item")
    return None if label or forms.is_meant(work, event) else command


def _line_of_list(work: Work, event: events.Scanned) -> commands.Command | None:
    """Read a number that was typed while a list is on show, where it is that of a line."""
    text = event.text.strip()
    if event.source != "typed" or work.state.form is not None:
        return None
    return None if listing.chosen(work, text) is None else commands.Command("choose", text)


def _empty_line(work: Work, event: Event) -> None:
    """Take an empty line for "leave it out", where a form asks; else for nothing."""
    if work.state.form is not None:
        forms.command(work, event, "next", "", FORMS)


def _pressed(work: Work, event: events.Pressed) -> None:
    command = commands.parse(event.command)
    if command is None:
        work.refuse(say("command.unknown", text=shown(event.command)), say("help.commands"))
    elif late.is_late(work, event, command):
        late.leave_out(work, event)
    else:
        _command(work, command, event)


def _command(work: Work, command: commands.Command, event: Event) -> None:
    if command.word in PROMPTED:
        _prompted(work, event, command.word, command.value)
        return
    handler = COMMANDS[command.word]
    if work.state.locked and command.word not in duty.WHILE_LOCKED:
        duty.refuse(work)
        return
    if _is_aside(work, command.word):
        handler(work, event, command.value)
        return
    meant = "" if command.value else lookback.meant(work, command.word)
    if meant:
        forms.command(work, event, "choose", meant, FORMS)
        return
    _let_go(work, event)
    on_show, said = work.state.listing, work.state.answers
    if command.word in DATED:
        event = paper.moment(work, event)
    function = OF_COMMANDS.get(command.word)
    if function is None or permission.given(work, function, event):
        handler(work, event, command.value)
    if work.state.listing is on_show and command.word not in OF_A_LIST:
        _leave_list(work, answered=work.state.answers != said)


def _is_aside(work: Work, word: str) -> bool:
    """Tell a command that leaves open what is asked.

    The clock may have to be set whatever is being filled in: the screen asks about a wrong one.
    """
    about_clock = word == "time" and work.state.form is not None
    return word in ASIDE or about_clock or (bool(work.state.locked) and word == "login")


def _leave_list(work: Work, *, answered: bool) -> None:
    """Put the list on show away, with the answer that told of it, where none came since."""
    if work.state.listing is not None and not answered:
        work.set(answer=None, answer_line="")
    work.set(listing=None)


def _prompted(work: Work, event: Event, word: str, value: str) -> None:
    """Take a command that answers what is asked: a form, a question, or else the clock."""
    on_show = work.state.listing
    if listing.is_named(word, value):
        work.set(form=None)
        if on_show is None:
            lookback.choose_in_visit(work, event, value.removeprefix(listing.NAMED))
            return
    if work.state.form is not None:
        forms.command(work, event, word, value, FORMS)
    elif word == "choose" and forms.is_value(value):
        work.answer(news(say("doubt.nothing")))
    elif on_show is not None and word in ("next", "back", "choose"):
        listing.command(work, event, word, value, LISTS[on_show.kind])
    elif word not in ("yes", "no"):
        work.answer(news(say("doubt.nothing")))
    elif work.state.asked is None:
        timekeeping.asked(work, event, right=word == "yes")
    elif not work.hold_back(event):
        _settle(work, event, yes=word == "yes")


def _settle(work: Work, event: Event, *, yes: bool) -> None:
    """Hand the answer of the open question to whom it is for."""
    asked = work.state.asked
    if asked is not None:
        work.set(asked=None)
        ANSWERS[type(asked)](work, event, asked, yes=yes)


def _warned(work: Work, event: Event, warned: Warned, *, yes: bool) -> None:
    """Go on with what staff were warned of, if they want to."""
    if permission.settle(work, warned, yes=yes):
        EVENTS[type(warned.event)](work, replace(warned.event, at=event.at))


def _let_go(work: Work, event: Event) -> None:
    """Leave what is asked, because staff go on with something else: that means no."""
    _settle(work, event, yes=False)
    forms.close(work)


def _tick(work: Work, event: events.Tick) -> None:
    """Let go of a due date that has passed. Closing what was done is seen to elsewhere."""
    due.drop_past(work, paper.now(work, event.at))
    duty.tick(work, event)


def _recorded(work: Work, event: events.Recorded) -> None:
    """Acknowledge what is on the disk now: whoever has put it there does."""
    work.set(safe_until=event.at.isoformat())
    if not any(acknowledged(work, event) for acknowledged in RECORDED):
        recording.recorded(work, event)


def _record_failed(work: Work, event: events.RecordFailed) -> None:
    recording.record_failed(work, event)
    registration.record_failed(work)
    forms.hand_back(work)


def _recording_restored(work: Work, event: events.RecordingRestored) -> None:
    """Go on, also with the form that is open: those who follow line by line read it again."""
    recording.recording_restored(work, event)
    if work.state.form is not None:
        work.want(effects.Tell(forms.prompt(work.state.form)))


def _pin_checked(work: Work, event: events.PinChecked) -> None:
    pins.checked(work, event, PINS)


def _list_more(work: Work, _: events.ListMore) -> None:
    on_show = work.state.listing
    if on_show is not None:
        listing.go_on(work, LISTS[on_show.kind])


def look_at_list_again(work: Work) -> None:
    """Bring the list on show up to date."""
    on_show = work.state.listing
    if on_show is not None:
        listing.look_again(work, LISTS[on_show.kind])


EVENTS: dict[type[Event], Callable[[Work, Any], None]] = {
    events.Scanned: _scanned,
    events.DamagedScan: scans.damaged,
    events.Pressed: _pressed,
    events.Recorded: _recorded,
    events.RecordFailed: _record_failed,
    events.RecordingRestored: _recording_restored,
    events.RecordCut: recording.record_cut,
    events.PatronAnswered: checkout.patron_answered,
    events.OutcomeArrived: atdesk.outcome_arrived,
    events.LibraryReached: checkout.library_reached,
    events.PrintFailed: closing.print_failed,
    events.ClockChanged: timekeeping.clock_changed,
    events.Started: _started,
    events.StaffChanged: duty.staff_changed,
    events.PinChecked: _pin_checked,
    events.PracticeBegun: practice.begun,
    events.PracticeEnded: practice.ended,
    events.PracticeFailed: practice.failed,
    events.PracticeCut: practice.cut,
    events.Found: looking.found,
    events.ListMore: _list_more,
    events.SessionsListed: sessions.listed,
    events.SessionMade: sessions.made,
    events.Tick: _tick,
}

COMMANDS: dict[str, Callable[[Work, Event, str], None]] = {
    "checkout": closing.checkout_mode,
    "checkin": closing.checkin_mode,
    "cart": cart.mode,
    "done": done.done,
    "done-noslip": done.done_noslip,
    "undo": lookback.undo_line,
    "today": lookback.today,
    "find": lookback.find,
    "day": lookback.on_day,
    "who": lookback.who,
    "due": due.for_patron,
    "due-next": due.for_next_item,
    "kind": due.of_kind,
    "renew": renewal.mode,
    "inhouse": inhouse.mode,
    "count": inhouse.count,
    "noncat": noncat.ask,
    "guest": guest.ask,
    "register": registration.ask,
    "entered": byhand.entered,
    "exceptions": worklist.command,
    "report": report.command,
    "bookdrop": checkin.bookdrop,
    "reprint": lookback.reprint,
    "paper": paper.command,
    "time": timekeeping.say_time,
    "login": duty.login,
    "lock": duty.lock,
    "session": duty.tell,
    "override": blocks.override,
    "delivery": delivery.tell,
    "preview": delivery.preview,
    "runs": delivery.report,
    "told": delivery.told,
    "send": delivery.send,
    "pause": delivery.pause,
    "sessions": sessions.command,
    "process": sessions.process,
    "handed": files.command,
    "help": help.command,
    "commands": help.list_commands,
    "ready": looking.whether_ready,
    "practice": practice.practise,
    "test-slip": devicetests.slip,
    "test-scan": devicetests.scan,
    "stop": looking.stop,
    "settings": administering.command,
}

RECORDED: tuple[Callable[[Work, events.Recorded], bool], ...] = (
    cart.recorded,
    onduty.recorded,
    byhand.recorded,
    report.recorded,
    deciding.recorded,
    delivery.recorded,
)
"""Who acknowledges what is on the disk, where it is no line of a visit. False: not theirs."""

ASIDE = frozenset(
    {
        *("help", "commands", "ready", "stop", "session", "override"),
        *("delivery", "preview", "runs", "told", "send", "pause"),
    }
)
"""Commands that leave open what is asked."""

OF_A_LIST = frozenset(
    {"undo", "reprint", "who", "find", "day", "exceptions", "sessions", "process"}
)
"""The commands that may be about the list on show, or a line of it: it stays for the next one."""

DATED = frozenset({"due", "due-next", "kind"})
"""The commands about days, which count from the day on the paper that is being entered."""

PROMPTED = frozenset({"yes", "no", "next", "back", "choose", "key"})
"""The commands that answer what is asked."""

ANSWERS: dict[type[Asked], Callable[..., None]] = {
    Doubt: scans.settle_doubt,
    sessions.ProcessNow: sessions.settle_process,
    files.Sure: files.settle,
    Acknowledge: blocks.settle_warning,
    TurnedAway: blocks.settle_turned_away,
    OutAlready: checkout.settle_out,
    cart.Clear: cart.settle_clear,
    deciding.SendTwice: deciding.settle_twice,
    correcting.Doubtful: correcting.settle_doubtful,
    paper.Overtaken: scans.settle_overtaken,
    TimeDoubt: timekeeping.settle_time,
    Warned: _warned,
    Namesake: registration.settle,
    OtherCard: renewal.settle_other,
}
"""Who takes the answer to a question."""

LISTS: dict[ListKind, listing.Kind] = {
    "cart": cart.LIST,
    "recorded": lookback.LIST,
    "exceptions": worklist.LIST,
    "sessions": sessions.LIST,
    "files": files.LIST,
}
"""How the entries of each kind of list are laid out, and what choosing one does."""

FORMS: dict[str, forms.Finish] = {
    "login": pins.check,
    "unlock": pins.check,
    "session": wizard.finish,
    "noncat": noncat.lent,
    "guest": guest.opened,
    "register": registration.card_given,
    "register_details": registration.given,
    paper.FORM: paper.finish,
    permit.FORM: pins.check,
    devicetests.FORM: devicetests.scanned,
    worklist.WHAT: deciding.finish_what,
    deciding.NOTE: deciding.finish_note,
    correcting.FORM: correcting.finish,
    report.FORM: report.finish_line,
    report.WHICH: report.finish_which,
    "override": blocks.finish_override,
    administering.FORM: pins.check,
    "use_anyway": pins.check,
    lookback.FIND: lookback.finish_find,
    lookback.WHO: lookback.finish_who,
    lookback.LINE: lookback.finish_line,
    sessions.WHICH: sessions.finish_which,
    sessions.NAME: sessions.finish_name,
    files.WHICH: files.finish_which,
}
"""Who takes a form that is filled in."""

PINS: dict[str, pins.Right] = {
    "login": duty.pin_right,
    "unlock": duty.pin_right,
    "override": blocks.overridden,
    administering.FORM: administering.opened,
    "use_anyway": scans.use_allowed,
    permit.FORM: deciding.allowed,
}
"""Who goes on with a form whose PIN was right."""
