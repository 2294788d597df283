"""The desk: a pure state machine. Events in, a new state and effects out.

    event                 what it does
    --------------------  -----------------------------------------------------------------
    Scanned  a command    what the button of that name does
             a card       closes the visit before, opens the patron's; with the library away,
                          not that of a card which the block list refuses
             an item      checkout: recorded for the patron; with nobody there: who has it
                          checkin: recorded as returned
             an ISBN      refused: it names an edition, not the copy in hand
             doubtful     a question: use it anyway?
    Recorded              the line is acknowledged; nothing is before that
    RecordFailed          all lines on their way turn red, the alarm comes up
    ClockChanged          a book-drop day to come is forgotten; nothing is lent by a wrong clock
    OutcomeArrived        the line is confirmed or refused; a refusal comes off the receipt
    Pressed  done         waits for lines on their way to the disk, and at most two seconds
                          for the library's last answers; then receipt, and the visit closes

A line counts as lent from the moment it is recorded until it is refused or undone. While lines
are on their way to the disk, what would close the visit is held back and done right after.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from kiosk.desk import answers, barcodes, blocklist, clocks, commands, duedates, events
from kiosk.desk.answers import Alarm, Answer, Question, look, news, refusal
from kiosk.desk.state import Closing, DeskState, Doubt
from kiosk.desk.transactions import Checkin, Checkout, Source
from kiosk.desk.visits import PENDING, Line, Mode, PastVisit, Receipt, Standing, Visit
from kiosk.desk.words import ending, say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.barcodes import Reading
    from kiosk.desk.blocklist import Block
    from kiosk.desk.events import Effect, Event, Memory
    from kiosk.desk.policy import DeskSession, DeskSettings
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase


BY_STAFF = (events.Scanned, events.DamagedScan, events.Pressed)

JUST_NOW = timedelta(minutes=10)
"""An item returned again within this time was scanned twice. Later it may have been lent at another
desk meanwhile, and a batch of returns can stay open for days."""

NOTHING_TAKEN = refusal(say("undo.not_taken"), say("undo.not_taken_detail"))
"""The answer to the first Undo after a number that was not taken. Another one reaches past it."""


class Desk:
    """One circulation desk.

    `new_id` gives an id that is never given again, on any desk.
    """

    def __init__(
        self,
        settings: DeskSettings,
        session: DeskSession,
        memory: Memory,
        new_id: Callable[[], str],
    ) -> None:
        self.settings = settings
        self.session = session
        self.state = DeskState()
        self._memory = memory
        self._new_id = new_id
        self._effects: list[Effect] = []
        self._handlers: dict[type[Event], Callable[[Any], None]] = {
            events.Scanned: self._scanned,
            events.DamagedScan: self._damaged,
            events.Pressed: self._pressed,
            events.Recorded: self._recorded,
            events.RecordFailed: self._record_failed,
            events.RecordingRestored: self._recording_restored,
            events.RecordCut: lambda _: self._answer(look(say("cut.headline"), say("cut.detail"))),
            events.PatronAnswered: self._patron_answered,
            events.OutcomeArrived: self._outcome_arrived,
            events.LibraryReached: self._library_reached,
            events.PrintFailed: self._print_failed,
            events.ClockChanged: self._clock_changed,
            events.Tick: self._tick,
        }
        self._commands: dict[str, Callable[[Event, str], None]] = {
            "checkout": lambda event, _: self._mode("checkout", event),
            "checkin": lambda event, _: self._mode("checkin", event),
            "done": lambda event, _: self._done(event, slip=True),
            "done-noslip": lambda event, _: self._done(event, slip=False),
            "undo": lambda event, _: self._undo(event),
            "due": self._due,
            "bookdrop": self._bookdrop,
            "reprint": lambda _, value: self._reprint(value),
            "yes": lambda event, _: self._yes(event),
            "no": lambda event, _: self._no(event),
            "time": self._time,
            "help": lambda _, __: self._answer(news(say("help.title"), say("help.commands"))),
        }

    def handle(self, event: Event) -> list[Effect]:
        """Take one event; give what is to be done about it, in order."""
        self._effects = []
        before = self.standing
        self._dispatch(event)
        self._close_if_due(event.at)
        if self.standing != before:
            self._want(events.Remember(self.standing))
        return self._effects

    def _dispatch(self, event: Event) -> None:
        """Let what staff do wait behind what is held back already; nothing overtakes."""
        if self.state.held and isinstance(event, BY_STAFF):
            self._set(held=(*self.state.held, event))
        else:
            self._handlers[type(event)](event)

    def resume(self, standing: Standing, past: PastVisit | None, last: PastVisit | None) -> None:
        """Take up where the desk stood before a crash or restart."""
        self._set(mode=standing.mode, bookdrop=standing.bookdrop)
        receipt = last.receipt(self.session.library) if last is not None else None
        if receipt is not None and receipt.lines and receipt.visit != standing.visit:
            self._set(last=receipt)
        if standing.visit:
            self._set(visit=(past or PastVisit(transactions=())).reopened(standing))

    def remember(self, memory: Memory) -> None:
        """Ask another memory from now on: the daybook was opened again."""
        self._memory = memory

    @property
    def standing(self) -> Standing:
        """What has to be kept so that a crash brings back the same picture."""
        state, visit = self.state, self.state.visit
        if visit is None or visit.block is not None:
            return Standing(mode=state.mode, bookdrop=state.bookdrop)
        return Standing(
            mode=state.mode,
            bookdrop=state.bookdrop,
            visit=visit.id,
            opened=visit.opened,
            patron=visit.patron,
            name=visit.name,
            note=visit.note,
            due=visit.due,
        )

    def due(self, at: datetime) -> datetime:
        """Give the due moment of an item lent now."""
        chosen = self.state.visit.due if self.state.visit is not None else None
        if chosen is not None and chosen >= at:  # a visit may have stayed open overnight
            return chosen
        return duedates.due_in(self.settings.loan_days, self._today(at), self.session.zone)

    # -- scans ---------------------------------------------------------------------------------

    def _scanned(self, event: events.Scanned) -> None:
        command = commands.parse(event.text)
        if command is not None:
            self._command(command, event)
        elif event.text.strip().startswith(":"):
            self._refuse(say("command.unknown", text=shown(event.text)), say("help.commands"))
        elif self.state.alarm is not None:
            self._refuse(say("alarm.not_recorded"), say("alarm.use_paper"))
        else:
            self._number(event)

    def _number(self, event: events.Scanned) -> None:
        if self.state.doubt is not None:
            self._not_taken(self.state.doubt.reading, event.at)
        reading = barcodes.read(event.text, self.settings.barcodes)
        if reading.kind in ("card", "item"):
            self._take(reading.kind, reading.text, event)
        elif reading.kind == "doubtful":
            self._doubt(reading, event.source)
        else:
            self._not_taken(reading, event.at)

    def _take(self, kind: str, text: str, event: events.Scanned) -> None:
        if kind == "card":
            self._card(text, event)
        elif self.state.mode == "checkin":
            self._returned(text, event)
        elif self.state.visit is None:
            self._who_has(text)
        else:
            self._lent(text, event)

    def _damaged(self, event: events.DamagedScan) -> None:
        reading = barcodes.Reading("damaged", event.sample, say("scan.damaged"))
        self._not_taken(reading, event.at)

    def _doubt(self, reading: Reading, source: Source) -> None:
        kind = self._likely(reading)
        question = Question(
            headline=say("doubt.headline", number=reading.text),
            detail=reading.problem or say("scan.damaged"),
            yes=say(f"doubt.yes_{kind}"),
            no=say("doubt.no"),
        )
        reading = replace(reading, likely=kind)  # what was asked holds, whatever happens meanwhile
        self._set(doubt=Doubt(reading=reading, source=source, question=question), closing=None)
        self._answer(look(question.headline, question.detail))

    def _likely(self, reading: Reading) -> Literal["card", "item"]:
        """Guess what a doubtful number is: what its pattern says, else what is expected now."""
        if reading.likely is not None:
            return reading.likely
        return "card" if self.state.mode == "checkout" and self.state.visit is None else "item"

    def _yes(self, event: Event) -> None:
        doubt = self.state.doubt
        if doubt is None:
            self._about_the_clock(event, right=True)
            return
        if self._held_back(event):
            return
        self._set(doubt=None)
        scan = events.Scanned(event.at, doubt.reading.text, doubt.source)
        self._take(self._likely(doubt.reading), doubt.reading.text, scan)

    def _no(self, event: Event) -> None:
        if self.state.doubt is None:
            self._about_the_clock(event, right=False)
        else:
            self._not_taken(self.state.doubt.reading, event.at)

    def _about_the_clock(self, event: Event, *, right: bool) -> None:
        """Take a yes or no with no number in doubt: it may be about the clock."""
        if self.state.clock.state != "wrong":
            self._answer(news(say("doubt.nothing")))
        elif right:
            self._want(events.SetClock(event.at))
        else:
            self._answer(clocks.ASK_FIRST)

    def _not_taken(self, reading: Reading, at: datetime) -> None:
        """Say that a number became nothing, and leave it in the visit's history."""
        self._set(doubt=None)
        problem = reading.problem or say("scan.damaged")
        number, visit = shown(reading.text), self.state.visit
        if reading.likely == "card":
            number = "••••" + ending(number)
        if visit is not None:
            line = self._line(visit, self._new_id(), number, at)
            self._set(visit=visit.with_line(replace(line, stage="not_taken", note=problem)))
        self._refuse(say("scan.not_taken", number=number), problem)

    def _card(self, card: str, event: events.Scanned) -> None:
        visit = self.state.visit
        if visit is not None and visit.patron == card:
            self._set(closing=None)
            self._answer(look(say("card.already_here")))
            return
        if not self._left_visit(event):
            return
        block = self._block(card, event.at)
        if block is not None and block.refuses and not self.state.online:
            self._turn_away(card, block)
        else:
            self._open(card, block, event.at)

    def _block(self, card: str, at: datetime) -> Block | None:
        """Tell what the block list makes of a card, where it is used."""
        rules = self.session.block_list
        listed = self._memory.block_status(card) if rules is not None else None
        if rules is None or listed is None:
            return None
        return blocklist.judge(listed, self._today(at), rules)

    def _turn_away(self, card: str, block: Block) -> None:
        """Open no visit for a card that the block list refuses: nothing can be lent on it."""
        self._set(mode="checkout", visit=None, closing=None)
        self._answer(answers.blocked(card, block))

    def _open(self, card: str, block: Block | None, at: datetime) -> None:
        """Open a patron's visit; warn of what the block list says."""
        refuses = block is not None and block.refuses
        visit = Visit(
            id=self._new_id(),
            opened=at,
            patron=card,
            note=None if block is None else answers.block_note(block),
            block=block if refuses else None,
        )
        self._set(mode="checkout", visit=visit)
        self._want(events.AskPatron(card))
        if block is None:
            self._answer(news(say("visit.opened"), say("visit.card", ending=ending(card))))
        else:
            self._answer(answers.asking_about(card, block) if refuses else answers.warned(block))

    def _who_has(self, item: str) -> None:
        self._answer(answers.whereabouts(item, self._memory.holder(item)))

    def _lent(self, item: str, event: events.Scanned) -> None:
        if self.state.clock.state == "wrong":  # the due date, once said, could not be mended
            self._answer(clocks.ASK_FIRST)
            return
        visit = self._open_visit(event.at)
        if visit.block is not None:
            self._not_taken(barcodes.Reading("item", item, say("block.asking_item")), event.at)
            return
        if self._twice(visit, item, event):
            return
        due = self.due(event.at)
        checkout = Checkout(**self._stamp(visit, item, event), patron=visit.patron or "", due=due)
        line = self._line(visit, checkout.id, item, event.at)
        self._record(visit, checkout, replace(line, due=due))

    def _returned(self, item: str, event: events.Scanned) -> None:
        visit = self._open_visit(event.at)
        if self._twice(visit, item, event):
            return
        checkin = Checkin(**self._stamp(visit, item, event), returned=self.state.bookdrop)
        line = self._line(visit, checkin.id, item, event.at)
        day = self.state.bookdrop or self._today(event.at)
        self._record(visit, checkin, replace(line, returned=day))

    def _open_visit(self, at: datetime) -> Visit:
        """Give the open visit, or a new batch of returns. A scan takes back a Done under way."""
        self._set(closing=None)
        return self.state.visit or Visit(id=self._new_id(), opened=at)

    def _twice(self, visit: Visit, item: str, event: Event) -> bool:
        line = visit.holding(item)
        if line is not None and line.stage == "voiding":
            self._held_back(event)  # taken anew as soon as it is undone
        elif line is not None and line.due is None and abs(event.at - line.at) > JUST_NOW:
            return False
        elif line is not None:
            self._answer(answers.twice(line))
        return line is not None

    def _record(self, visit: Visit, transaction: Transaction, line: Line) -> None:
        self._set(visit=visit.with_line(line))
        self._want(events.Record(transaction))

    # -- what the disk and the library say -----------------------------------------------------

    def _recorded(self, event: events.Recorded) -> None:
        self._set(safe_until=event.at.isoformat())
        undone = self.state.undoing.get(event.transaction, event.transaction)
        visit = self.state.visit
        line = visit.line(undone) if visit is not None else None
        if line is not None and line.stage == "voiding":
            self._undone(line)
        elif line is not None and line.stage == "recording":
            line = replace(line, stage="recorded")
            self._change(line)
            self._answer(answers.acknowledgement(line, online=self.state.online), line.id)
        if self.settings.receipts == "item" and not self.state.online:
            self._print_slip(event.transaction, event.at)
        self._release_held()

    def _undone(self, line: Line) -> None:
        self._change(replace(line, stage="voided", note=say("line.undone")))
        self._set(undoing={k: v for k, v in self.state.undoing.items() if v != line.id})
        self._answer(
            Answer(
                tone="recorded",
                headline=say("undo.done"),
                detail=say("undo.done_detail", item=line.title or line.item),
                item=line.item,
            ),
            line.id,
        )

    def _record_failed(self, event: events.RecordFailed) -> None:
        visit = self.state.visit
        if visit is not None:
            undoing = self.state.undoing.values()
            lines = tuple(_failed(line, delivered=line.id in undoing) for line in visit.lines)
            self._set(visit=replace(visit, lines=lines))
        known = self.state.alarm is not None  # every write that fails comes here
        self._set(
            alarm=self.state.alarm or Alarm(reason=event.reason, safe_until=self.state.safe_until),
            closing=None,
            doubt=None,
            undoing={},
        )
        self._release_held()
        if not known:
            self._refuse(say("alarm.headline"), say("alarm.use_paper"))

    def _recording_restored(self, _: events.RecordingRestored) -> None:
        self._set(alarm=None)
        self._answer(look(say("alarm.over"), say("alarm.over_detail")))

    def _patron_answered(self, event: events.PatronAnswered) -> None:
        visit, answer = self.state.visit, event.answer
        if visit is None or visit.patron != answer.patron:
            return
        note = None
        if not answer.valid:
            words = answer.words or ""
            note = say("patron.blocked_words", words=words) if words else say("patron.blocked")
        self._set(visit=replace(visit, name=answer.name, note=note, block=None))
        if note is not None:
            headline = say("patron.not_valid")
            self._answer(look(headline, note))
        elif visit.block is not None:
            self._answer(news(say("block.lifted"), say("block.lifted_detail")))

    def _outcome_arrived(self, event: events.OutcomeArrived) -> None:
        outcome, visit = event.outcome, self.state.visit
        line = visit.line(outcome.transaction) if visit is not None else None
        if line is None:
            return
        stage = line.stage if line.stage in ("voiding", "voided") else outcome.kind
        note = say("plain.text", text=outcome.words) if outcome.words else line.note
        line = replace(line, stage=stage, title=outcome.title or line.title, note=note)
        self._change(line)
        answer = answers.verdict(line, outcome)
        if outcome.kind in ("refused", "noticed"):
            self._want(events.Settle(outcome.transaction))
        if outcome.kind == "applied" and self.state.answer_line != line.id:
            self._want(events.Tell(answer))
        else:
            self._answer(answer, line.id)
        if self.settings.receipts == "item":
            self._print_slip(line.id, event.at)

    def _library_reached(self, event: events.LibraryReached) -> None:
        self._set(online=event.online)
        visit = self.state.visit
        if not event.online and visit is not None and visit.block is not None:
            self._turn_away(visit.patron or "", visit.block)  # it will not say more than the list

    def _print_failed(self, event: events.PrintFailed) -> None:
        self._answer(look(say("print.failed"), event.problem))

    def _clock_changed(self, event: events.ClockChanged) -> None:
        before, bookdrop = self.state.clock, self.state.bookdrop
        held = tuple(clocks.moved(each, before, event.clock) for each in self.state.held)
        self._set(clock=event.clock, held=held)
        answer = clocks.changed(before, event.clock, event.at, self.session.zone)
        if answer is not None:
            self._answer(answer)
        if bookdrop is not None and bookdrop >= self._today(event.at):
            self._set(bookdrop=None)
            self._answer(look(say("bookdrop.off"), say("clock.bookdrop_to_come")))

    def _tick(self, _: events.Tick) -> None:
        """Time alone changes nothing but a Done that has waited long enough."""

    # -- buttons -------------------------------------------------------------------------------

    def _pressed(self, event: events.Pressed) -> None:
        command = commands.parse(event.command)
        if command is None:
            self._refuse(say("command.unknown", text=shown(event.command)), say("help.commands"))
        else:
            self._command(command, event)

    def _command(self, command: commands.Command, event: Event) -> None:
        handler = self._commands.get(command.word)
        if handler is None:
            self._refuse(say("function.off", word=command.word), say("function.off_detail"))
            return
        if self.state.doubt is not None and command.word not in ("yes", "no"):
            self._not_taken(self.state.doubt.reading, event.at)
        handler(event, command.value)

    def _mode(self, mode: Mode, event: Event) -> None:
        if mode == self.state.mode or not self._left_visit(event):
            return
        self._set(mode=mode, answer=None, answer_line="")
        self._want(events.Tell(news(say(f"mode.{mode}"))))

    def _due(self, event: Event, value: str) -> None:
        visit = self.state.visit
        if visit is None or visit.patron is None:
            self._refuse(say("due.nobody"), say("due.nobody_detail"))
            return
        today = self._today(event.at)
        day = duedates.parse_due(value, today)
        if day is None:
            self._refuse(say("due.unreadable", text=shown(value)), say("due.how"))
            return
        due = duedates.due_on(day, self.session.zone)
        usual = duedates.due_in(self.settings.loan_days, today, self.session.zone)
        self._set(visit=replace(visit, due=None if due == usual else due))
        self._answer(news(say("due.set", day=day.isoformat()), say("due.set_detail")))

    def _bookdrop(self, event: Event, value: str) -> None:
        today = self._today(event.at)
        day = duedates.parse_returned(value, today)
        if day is None:
            self._refuse(say("bookdrop.unreadable", text=shown(value)), say("bookdrop.how"))
            return
        self._mode("checkin", event)
        if self.state.mode != "checkin":
            return  # lines are on their way to the disk: held, and done right after
        self._set(bookdrop=None if day == today else day)
        if day == today:
            answer = news(say("bookdrop.off"))
        else:
            answer = look(say("bookdrop.set", day=day.isoformat()), say("bookdrop.set_detail"))
        self._answer(answer)

    def _time(self, event: Event, value: str) -> None:
        now = event.at.astimezone(self.session.zone)
        if not value:
            self._answer(clocks.told(self.state.clock, now))
            return
        if self.state.clock.by == "network":
            self._answer(clocks.NETWORK_KEEPS_IT)
            return
        moment = now if value.lower() == "ok" else clocks.parse_time(value, now)
        if moment is None:
            self._refuse(say("clock.unreadable", text=shown(value)), say("clock.how"))
        else:
            self._want(events.SetClock(moment))

    def _undo(self, event: Event) -> None:
        if self._held_back(event):
            return
        visit = self.state.visit
        line = visit.newest if visit is not None else None
        if visit is not None and self.state.answer == NOTHING_TAKEN:
            line = next(reversed(visit.counting), None)
        if visit is None or line is None:
            self._refuse(say("undo.nothing"), say("undo.nothing_detail"))
        elif line not in visit.counting:
            self._answer(NOTHING_TAKEN)
        elif self.state.alarm is not None:
            self._refuse(say("alarm.not_recorded"), say("alarm.use_paper"))
        elif line.stage == "recorded" and not self._memory.under_way(line.id):
            self._change(replace(line, stage="voiding"))
            self._want(events.Void(line.id))
        elif line.stage in ("recorded", "unknown"):
            self._refuse(say("undo.wait"), say("undo.wait_detail"))
        elif line.due is None:
            self._refuse(say("undo.impossible"), say("undo.impossible_detail"))
        else:
            self._undo_delivered(visit, line, event)

    def _undo_delivered(self, visit: Visit, line: Line, event: Event) -> None:
        scan = events.Scanned(event.at, line.item)
        checkin = Checkin(**self._stamp(visit, line.item, scan), undoes=line.id)
        self._change(replace(line, stage="voiding"))
        self._set(undoing={**self.state.undoing, checkin.id: line.id})
        self._want(events.Record(checkin))

    def _reprint(self, value: str) -> None:
        receipt = self.state.last
        if value or receipt is None:
            past = self._memory.past_visit(value)
            receipt = None if past is None else past.receipt(self.session.library)
        if receipt is None or not receipt.lines:
            self._refuse(say("reprint.nothing"), say("reprint.nothing_detail"))
            return
        self._want(events.Print(replace(receipt, again=True)))
        self._answer(news(say("reprint.done"), say("visit.card", ending=receipt.card_ending)))

    # -- closing a visit -----------------------------------------------------------------------

    def _done(self, event: Event, *, slip: bool) -> None:
        visit = self.state.visit
        if visit is None:
            self._answer(news(say("done.nobody")))
            return
        closing = self.state.closing
        until = closing.until if closing is not None else event.at + self._patience
        self._set(closing=Closing(until=until, slip=slip))

    def _close_if_due(self, at: datetime) -> None:
        """Close a visit on which Done was pressed, once nothing is worth waiting for."""
        closing, visit = self.state.closing, self.state.visit
        if closing is None or visit is None or visit.pending:
            return
        left = closing.until - at  # more than was to be waited: the clock was set back
        if visit.unanswered and self.state.online and timedelta(0) < left <= self._patience:
            return
        self._close(at, slip=closing.slip)

    def _left_visit(self, event: Event) -> bool:
        """Close the open visit, if any, because another begins. False: held back for now.

        The library's last answers are not waited for: the queue is moving.
        """
        if self._held_back(event):
            return False
        self._close(event.at, slip=self.state.closing is None or self.state.closing.slip)
        return True

    def _held_back(self, event: Event) -> bool:
        """Put an event off while lines are on their way to the disk; it is done right after."""
        visit = self.state.visit
        if visit is None or not visit.pending:
            return False
        self._set(held=(*self.state.held, event))
        return True

    def _close(self, at: datetime, *, slip: bool) -> None:
        visit = self.state.visit
        if visit is None:
            return
        count = len(visit.counting)
        self._set(visit=None, closing=None)
        if visit.patron is None:
            answer = news(say("done.returned", count=count))
            self._answer(answer)
            return
        receipt = Receipt.of(visit, at, self.session.library)
        if count:
            self._set(last=receipt)
        if slip and count and self.settings.receipts == "patron":
            self._want(events.Print(receipt))
        if slip and self.settings.receipts == "item":
            for line in visit.counting:
                if not line.slip_printed:
                    self._want(events.Print(receipt.only(line.item)))
        headline = say("done.lent", count=count) if count else say("done.nothing")
        self._answer(news(headline, say("visit.card", ending=ending(visit.patron))))

    def _print_slip(self, transaction: str, at: datetime) -> None:
        """Print the slip of one item, unless it was printed or the item does not count."""
        visit = self.state.visit
        line = visit.line(transaction) if visit is not None else None
        if visit is None or line is None or line.slip_printed or line not in visit.counting:
            return
        if line.due is not None:
            self._change(replace(line, slip_printed=True))
            receipt = Receipt.of(visit, at, self.session.library)
            self._want(events.Print(receipt.only(line.item)))

    def _release_held(self) -> None:
        """Do what was held back, in order; one of them may hold the rest back again."""
        held = self.state.held
        if held and (self.state.visit is None or not self.state.visit.pending):
            self._set(held=())
            for event in held:
                self._dispatch(event)
                self._close_if_due(event.at)

    # -- small tools ---------------------------------------------------------------------------

    def _stamp(self, visit: Visit, item: str, event: events.Scanned) -> dict[str, Any]:
        session = self.session
        return {
            "id": self._new_id(),
            "visit": visit.id,
            "position": visit.next_number,
            "at": event.at,
            "boot": session.boot,
            "terminal": session.terminal,
            "library": session.library,
            "profile": session.profile,
            "staff": session.staff,
            "desk_session": session.id,
            "source": event.source,
            "item": item,
            "uptime": self.state.clock.uptime(event.at),
        }

    def _line(self, visit: Visit, transaction: str, item: str, at: datetime) -> Line:
        return Line(
            id=transaction,
            number=visit.next_number,
            item=item,
            at=at,
            stage="recording",
            title=self._memory.title(item),
        )

    @property
    def _patience(self) -> timedelta:
        return timedelta(seconds=self.settings.answer_wait)

    def _today(self, at: datetime) -> date:
        return at.astimezone(self.session.zone).date()

    def _change(self, line: Line) -> None:
        if self.state.visit is not None:
            self._set(visit=self.state.visit.changed(line.id, lambda _: line))

    def _answer(self, answer: Answer, line: str = "") -> None:
        self._set(answer=answer, answer_line=line)
        self._want(events.Tell(answer))

    def _refuse(self, headline: Phrase, detail: Phrase) -> None:
        self._answer(refusal(headline, detail))

    def _want(self, effect: Effect) -> None:
        self._effects.append(effect)

    def _set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)


def _failed(line: Line, *, delivered: bool) -> Line:
    """Turn a line that was on its way to the disk red.

    So does one whose void was: the void may be on the disk all the same. A delivered line, whose
    checkin was on its way, stays what it was.
    """
    if line.stage == "voiding" and delivered:
        return replace(line, stage="applied")
    if line.stage in PENDING:
        return replace(line, stage="failed", note=say("line.failed"))
    return line
