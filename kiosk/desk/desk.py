"""The desk: a pure state machine. Events in, a new state and effects out.

    event                 what it does
    --------------------  -----------------------------------------------------------------
    Scanned  a command    what the button of that name does
             a card       closes the visit before, opens the patron's; with the library away,
                          not that of a card which the block list refuses, unless a supervisor
                          overrides it
             a badge      asks its owner for the PIN, where nobody is on duty
             an item      checkout: recorded for the patron; with nobody there: who has it
                          checkin: recorded as returned
                          renew: its loan made longer; inhouse: its use counted
             an ISBN      refused: it names an edition, not the copy in hand
             doubtful     a question: use it anyway?
    Recorded              the line is acknowledged; nothing is before that
    RecordFailed          all lines on their way turn red, the alarm comes up
    Started               the session of before a restart goes on, or it is asked who is on duty
    PinChecked            the form whose PIN it was goes on, or asks for it again
    Tick                  a new day, or a quiet time, locks the desk: then nothing is taken
    ClockChanged          a book-drop day to come is forgotten; nothing is lent by a wrong clock
    OutcomeArrived        the line is confirmed or refused; a refusal comes off the receipt
    Pressed  done         waits for lines on their way to the disk, and at most two seconds
                          for the library's last answers; then receipt, and the visit closes

A line counts as lent from the moment it is recorded until it is refused or undone. While lines
are on their way to the disk, what would close the visit is held back and done right after; so is
all that staff do while a PIN is checked.

Here stand the two tables: which function handles an event, and which a command. The procedures
themselves are modules beside this one, and all of them work on the same `Work`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.desk import (
    closing,
    commandlist,
    commands,
    devicetests,
    done,
    effects,
    events,
    help,  # noqa: A004 - what the command is called
    practice,
    recording,
    scans,
)
from kiosk.desk.afterwards import delivery, lookback, paper
from kiosk.desk.answers import look, news
from kiosk.desk.asking import forms, listing
from kiosk.desk.batches import files, sessions
from kiosk.desk.checks import barcodes, blocks, permission
from kiosk.desk.checks.functions import EVERYTHING, OF_COMMANDS, recorded_only
from kiosk.desk.dates import due, timekeeping
from kiosk.desk.dates.duedates import Length
from kiosk.desk.lending import byhand, checkout, guest, inhouse, noncat, registration, renewal
from kiosk.desk.returns import cart, checkin
from kiosk.desk.session import administering, duty, onduty, pins, wizard
from kiosk.desk.settling import atdesk, correcting, permit, report, worklist
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
from kiosk.desk.visits import PastVisit, Standing
from kiosk.desk.words import say, shown
from kiosk.desk.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from kiosk.desk.dates.loans import Due
    from kiosk.desk.effects import Effect
    from kiosk.desk.events import Event
    from kiosk.desk.memory import Memory
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.session.sessions import DutyChange
    from kiosk.desk.state import DeskState
    from kiosk.desk.transactions import Kind
    from kiosk.desk.vocabulary import ListKind
    from kiosk.desk.words import Phrase

BY_STAFF = (events.Scanned, events.DamagedScan, events.Pressed)


class Desk:
    """One circulation desk.

    `new_id` gives an id that is never given again, on any desk. `carries`: the kinds of
    transactions that the library system takes.
    """

    def __init__(
        self,
        settings: DeskSettings,
        session: DeskSession,
        memory: Memory,
        new_id: Callable[[], str],
        carries: frozenset[Kind] = EVERYTHING,
        *,
        system: str = "",
    ) -> None:
        self._work = Work(settings, session, memory, new_id, carries, system=system)

    @property
    def state(self) -> DeskState:
        """Where the desk stands."""
        return self._work.state

    @property
    def settings(self) -> DeskSettings:
        """How the desk works here."""
        return self._work.settings

    @property
    def session(self) -> DeskSession:
        """Who is on duty and where."""
        return self._work.session

    @property
    def commands(self) -> tuple[str, ...]:
        """The command words that are of use here."""
        return self._work.commands

    @property
    def how_to_go_on_duty(self) -> Phrase:
        """Say what to do where nobody is on duty."""
        return onduty.how(self.state.roster)

    def handle(self, event: Event) -> list[Effect]:
        """Take one event; give what is to be done about it, in order."""
        work = self._work
        work.effects = []
        before, was_idle = self.standing, self.state.idle
        self._dispatch(event)
        self._release_held()
        done.close_if_due(work, event.at)
        if self.state.idle and not was_idle:
            duty.ask_if_due(work, event)
        paper.watch(work, event)
        report.watch(work, event)
        cart.advise(work)
        blocks.ask_no_more(work)
        forms.forget_meanwhile(work)
        if isinstance(event, events.Recorded | events.OutcomeArrived):
            _look_at_list_again(work)
            lookback.follow(work)
            files.follow(work)
        if self.standing != before:
            work.want(effects.Remember(self.standing))
        return work.effects

    def _dispatch(self, event: Event) -> None:
        """Let what staff do wait behind what is held back already; nothing overtakes."""
        work = self._work
        if isinstance(event, BY_STAFF):
            if work.state.held or work.state.checking is not None or work.state.going_on:
                work.set(held=(*work.state.held, event))
                return
            duty.acted(work, event)
            if not isinstance(event, events.Pressed):
                work.set(scans=work.state.scans + 1)
        EVENTS[type(event)](work, event)

    def _release_held(self) -> None:
        """Do what was held back, in order; one of them may hold the rest back again."""
        work = self._work
        held = work.state.held
        if held and not work.state.pending and work.state.checking is None:
            work.set(held=())
            for event in held:
                self._dispatch(event)
                done.close_if_due(work, event.at)
                report.watch(work, event)

    def resume(self, standing: Standing, past: PastVisit | None, last: PastVisit | None) -> None:
        """Take up where the desk stood before a crash or restart."""
        work = self._work
        work.set(mode=standing.mode, bookdrop=standing.bookdrop, uses=standing.uses)
        paper.take_up(work, standing.paper)
        receipt = last.receipt(work.session.library) if last is not None else None
        if receipt is not None and receipt.lines and receipt.visit != standing.visit:
            work.set(last=receipt)
        if standing.visit:
            visit = (past or PastVisit(transactions=())).reopened(standing)
            each = work.settings.receipts == "item"
            work.set(visit=visit.on_paper() if each else visit)
            work.answer(look(say("resume.headline"), say("resume.detail")))
            if visit.warning is not None:
                blocks.warn(work, visit, visit.warning)

    def remember(self, memory: Memory) -> None:
        """Ask another memory from now on: the daybook was opened again."""
        self._work.memory = memory

    @property
    def standing(self) -> Standing:
        """What has to be kept so that a crash brings back the same picture."""
        state, visit = self.state, self.state.visit
        here = Standing(
            mode=state.mode, bookdrop=state.bookdrop, uses=state.uses, paper=state.paper
        )
        if visit is None or visit.block is not None:
            return here
        return replace(here, visit=visit.id, opened=visit.opened, **visit.kept)

    @property
    def duty(self) -> DutyChange | None:
        """Who is on duty, or that the desk is locked; None where nobody has ever said who is."""
        session = self.session
        if session.since is None:
            return None
        return onduty.change(self._work, session.since, session, self.state.locked)

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The functions that are recorded here alone, for a person to enter them."""
        return recorded_only(self._work.carries)

    @property
    def can_be_overridden(self) -> bool:
        """Whether a supervisor may lend all the same to the patron at the desk."""
        return blocks.can_be_overridden(self._work)

    def due(self, at: datetime) -> Due:
        """Tell until when an item is lent now, and who says so."""
        return due.in_force(self._work, paper.now(self._work, at))

    def usual_due(self, at: datetime) -> Due:
        """Tell until when items are lent of which nobody says anything else."""
        return due.usual(self._work, paper.now(self._work, at))

    def due_in(self, days: int, at: datetime) -> datetime:
        """Give the due moment of a loan of so many days."""
        return due.after(self._work, Length(days), at)


def _started(work: Work, event: events.Started) -> None:
    duty.started(work, event)
    paper.go_on(work, event)


def _scanned(work: Work, event: events.Scanned) -> None:
    command = _read_command(work, event)
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


def _record_cut(work: Work, _: events.RecordCut) -> None:
    work.answer(look(say("cut.headline"), say("cut.detail")))


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


def _help(work: Work, _: Event, value: str) -> None:
    if value:
        work.answer(help.of_command(value, work.settings.functions, work.carries))
    else:
        work.answer(help.explain(work.state))


def _list_commands(work: Work, _: Event, __: str) -> None:
    """List the commands that can be used here, a row for each group."""
    rows = tuple(
        say(f"commands.row_{group.name}", words=group.summary)
        for group in commandlist.groups(work.settings, work.carries, work.system)
    )
    work.answer(replace(news(say("commands.title"), say("commands.how")), rows=rows))


def _look_whether_ready(work: Work, _: Event, __: str) -> None:
    work.answer(news(say("ready.looking")))
    work.want(effects.LookWhetherReady())


def _list_more(work: Work, _: events.ListMore) -> None:
    on_show = work.state.listing
    if on_show is not None:
        listing.go_on(work, LISTS[on_show.kind])


def _look_at_list_again(work: Work) -> None:
    on_show = work.state.listing
    if on_show is not None:
        listing.look_again(work, LISTS[on_show.kind])


def _found(work: Work, event: events.Found) -> None:
    """Answer what was looked up; where staff went on meanwhile, only tell it."""
    first, *more = event.answers
    on_show = work.state.answer
    if on_show is not None and on_show.headline.key in LOOKING:
        work.answer(first)
    else:
        work.want(effects.Tell(first))
    for answer in more:
        work.want(effects.Tell(answer))


EVENTS: dict[type[Event], Callable[[Work, Any], None]] = {
    events.Scanned: _scanned,
    events.DamagedScan: scans.damaged,
    events.Pressed: _pressed,
    events.Recorded: _recorded,
    events.RecordFailed: _record_failed,
    events.RecordingRestored: _recording_restored,
    events.RecordCut: _record_cut,
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
    events.PracticeCut: practice.cut,
    events.Found: _found,
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
    "help": _help,
    "commands": _list_commands,
    "ready": _look_whether_ready,
    "practice": practice.practise,
    "test-slip": devicetests.slip,
    "test-scan": devicetests.scan,
    "settings": administering.command,
}

RECORDED: tuple[Callable[[Work, events.Recorded], bool], ...] = (
    cart.recorded,
    onduty.recorded,
    byhand.recorded,
    report.recorded,
    worklist.recorded,
    delivery.recorded,
)
"""Who acknowledges what is on the disk, where it is no line of a visit. False: not theirs."""

ASIDE = frozenset(
    {
        *("help", "commands", "ready", "session", "override"),
        *("delivery", "preview", "runs", "told", "send", "pause"),
    }
)
"""Commands that leave open what is asked."""

LOOKING = frozenset(
    f"{what}.looking" for what in ("ready", "delivery", "preview", "runs", "history")
)
"""What stands on show while something is looked up."""

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
    worklist.SendTwice: worklist.settle_twice,
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
    worklist.WHAT: worklist.finish_what,
    worklist.NOTE: worklist.finish_note,
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
    permit.FORM: worklist.allowed,
}
"""Who goes on with a form whose PIN was right."""
