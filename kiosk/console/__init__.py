"""The text client: the same desk in plain text, one line for each thing that happens."""

from __future__ import annotations

import os
import secrets
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from kiosk.console.prompt import prompt, with_code
from kiosk.desk.words import Phrase, say
from kiosk.view.messages import (
    Happened,
    Picture,
    Ping,
    Pong,
    ReceiptDrawn,
    Screenshot,
    ScreenshotTaken,
    TurnedAway,
    Typed,
    answering,
)
from kiosk.view.state import Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from kiosk.view.messages import FromEngine, Intent
    from kiosk.view.state import Answer, AppState, BlockList
    from kiosk.words import Words

    class Out(Protocol):
        """What a console needs of a file to print to."""

        def write(self, text: str, /) -> object:
            """Write a text."""

        def flush(self) -> object:
            """Hold nothing back."""

        def fileno(self) -> int:
            """Give the descriptor."""


WIPE = "\r\x1b[K"
"""To the beginning of a terminal's line, and nothing more in it (ECMA-48, EL)."""
_ALARM = (say("alarm.headline"), say("alarm.use_paper"))
_NOT_RECORDED = ("alarm.headline", "alarm.not_recorded")
"""What the desk says when something was not recorded."""
_NOT_TAKEN = ("duty.not_taken", "form.label_scanned", "late.not_taken")
"""What it says of a scan for which nobody is on duty, or that a form kept from being taken."""


class Console:
    """Prints what the engine tells, and turns lines into intents.

    `send` gives False where the engine is not there to take an intent; set it to the link's.
    `show_typing` is told whether a terminal may show what is typed, `forget_typing` drops what is
    typed and not entered yet; set them to the terminal's.
    With `columns` (of a terminal) there is a prompt that tells how the desk stands.
    """

    def __init__(self, words: Words, out: Out, columns: int = 0) -> None:
        self.send: Callable[[Intent], bool] = lambda _: False
        self.show_typing: Callable[[bool], None] = lambda _: None
        self.forget_typing: Callable[[], None] = lambda: None
        self.by_hand = False
        """A person types the lines, and reads what is asked; else they are piped in."""
        self._words = words
        self._tones = words.column(f"tone.{tone}" for tone in get_args(Tone))
        self._out = out
        self._columns = columns
        self._prompt = ""
        self._support: Phrase | None = None
        self._printing = threading.Lock()
        self._held_up = False
        """Whoever reads what is printed has stopped for a while; the engine may be at work."""
        self.leaving = False
        """It was told to end."""
        # Every console hears the answers to all: it knows its own by their numbers.
        self._pings = secrets.randbits(48)
        self._answered = threading.Condition()
        self._pong: Pong | None = None
        self._heard = 0
        """How much has come from the engine: as long as something does, it is at work."""
        self.losses = 0
        """How often it has gone."""
        self.turned_away = False
        self._lost_some = False
        """Something that was entered may not have been recorded: the disk or the engine failed."""
        self._line = secrets.randbits(48)
        """The number of the line that was entered last."""
        self._latest: dict[int, int] = {}
        """When each line was entered last, by its hash: a PIN may be among them."""
        self._not_taken: set[int] = set()
        """Lines that the desk did not take."""
        self._entered = False
        """Something was entered of which it is not known whether it was taken care of."""
        self._settling: int | None = None
        """The question that is answered once all that was entered is taken care of."""
        self._lost = False
        self._greeted = False
        """Whether it was told who is on duty, when this console came."""
        self._alarm_told = False
        self._space: str | None = None
        self._off_shelves = False
        self._asked_the_time = False
        self._block_list = "off"
        self._seen: AppState | None = None
        """What a person has before them who types the lines."""
        self._on_its_way = False
        """A line was sent since that picture came."""
        self._pin_asked = False
        """A PIN is never written out, not even when it could not be handed over."""

    def line(self, text: str) -> bool:
        """Take a line: a scan or a :command. False when it ends the console."""
        text = text.strip()
        word, _, value = text.partition(" ")
        if word in (":quit", ":q"):
            return False
        if word == ":screenshot":
            self._screenshot(value.strip())
        else:
            self._enter(text)
        if self._prompt:
            self._write(WIPE + self._prompt)
        return True

    def _enter(self, text: str) -> None:
        """Hand a line to the desk; an empty one too: a form takes it for "leave it out"."""
        self._on_its_way = True
        self._line += 1
        if text:
            self._entered, self._settling = True, None
            self._latest[hash(text)] = self._line
        if not self.send(answering(Typed(text=text, number=self._line), self._seen)):
            self._lost_some = True
            self.say(say("console.no_engine", text="" if self._pin_asked else text[:32]))

    def say(self, phrase: Phrase) -> None:
        """Print a sentence of the console's own."""
        self._print(one_line(self._words(phrase)))

    def engine_lost(self) -> None:
        """Tell that the engine has gone. Whoever waits for its answer waits no more."""
        self._lost = True
        with self._answered:
            self.losses += 1
            self._answered.notify_all()
        self._greeted = False
        self._lost_some |= self._entered  # what was under way then, nobody will tell
        self.say(say("console.engine_lost"))

    def engine_found(self) -> None:
        """Tell that the engine is back; not that it was there all the time."""
        if self._lost:
            self._lost = False
            self.say(say("console.engine_back"))

    def on_message(self, message: FromEngine) -> None:
        """Print what the engine tells."""
        with self._answered:
            self._heard += 1
        match message:
            case Happened(at=at):
                self._words.year = int(at[:4])
                self._mind(message)
                self._tell(message)
            case ReceiptDrawn(text=text):
                self._print(text)
            case ScreenshotTaken(path=path, problem=problem):
                key = "console.no_screenshot" if problem else "console.screenshot"
                self.say(say(key, path=path, problem=problem))
            case TurnedAway(engine_version=version):
                self.turned_away = True
                self.say(say("console.other_version", version=version))
            case Pong(number=number):
                self._entered &= number != self._settling
                with self._answered:
                    self._pong = message
                    self._answered.notify_all()
            case Picture(state=state):
                self._words.year = int(state.now[:4])
                self._show(state)
            case _:
                pass

    def _show(self, state: AppState) -> None:
        """Tell what has changed and would not be told otherwise."""
        self._support = state.support.line
        if self.by_hand:
            self._see(state)
        self._tell_alarm(state)  # before all else
        if not self._greeted:
            self._greeted = True
            self._greet(state)
        self._tell_space(state)
        self._tell_shelves(state)
        self._ask_the_time(state)
        self._follow(state.block_list)
        self._mind_the_pin(state)
        if self._columns:
            self._prompt_anew(prompt(state, self._words, self._columns))

    def _see(self, state: AppState) -> None:
        """Have what is half typed forgotten when somebody else has gone on: it is no answer now."""
        before, self._seen = self._seen, state
        goes_on = before is not None and before.prompt.form != state.prompt.form
        if goes_on and not self._on_its_way:
            self.forget_typing()
        self._on_its_way = False

    def _greet(self, state: AppState) -> None:
        """Tell who is on duty, who is served, and what is asked: nobody has told this console."""
        if state.practice_until:
            self.say(say("practice.begun", until=state.practice_until))
        if state.locked is not None and state.locked_how is not None:
            self.say(state.locked)
            self.say(state.locked_how)
        elif state.role:
            library = with_code(state.library_name, state.library_code)
            profile = with_code(state.profile, state.profile_code)
            self.say(say("console.on_duty", staff=state.staff, library=library, profile=profile))
        if state.support.line is not None and (state.locked is not None or state.role):
            self.say(state.support.line)
        if state.library.reason is not None and not state.library.lets_in:
            self.say(say("library.not_let_in"))
            self.say(state.library.reason)
        if state.library.to_tell:
            who = ", ".join(state.library.to_tell[-1].who)
            self.say(say("delivery.to_tell", who=who))
        self._tell_visit(state)
        self._ask_again(state)

    def _tell_visit(self, state: AppState) -> None:
        """Tell who is served, and as of when the next line counts."""
        if state.patron is not None:
            self.say(say("console.open", ending=state.patron.card_ending, count=state.items))
            if state.patron.note is not None and state.question is None:  # which says it anyway
                self.say(state.patron.note)
        elif state.items:
            self.say(say("console.open_items", count=state.items))
        if state.paper:
            self.say(say("console.paper", at=state.paper))

    def _ask_again(self, state: AppState) -> None:
        """Say what is asked now."""
        if state.form is not None:
            field = state.form.fields[state.form.at]
            self.say(field.label)
            self._print_rows(field.options)
        elif state.question is not None:
            self.say(state.question.headline)
            self.say(state.question.detail)
            self.say(say("console.yes_or_no", yes=state.question.yes, no=state.question.no))

    def _print_rows(self, rows: tuple[Phrase, ...], mark: str = "") -> None:
        for number, row in enumerate(rows, 1):
            self._print(mark + one_line(f"{number:>17}  {self._words(row)}"))

    def _mind_the_pin(self, state: AppState) -> None:
        """Have a terminal show what is typed, unless that is a PIN."""
        form = state.form
        before, self._pin_asked = (
            self._pin_asked,
            form is not None and form.fields[form.at].kind == "pin",
        )
        if self._pin_asked != before:
            self.show_typing(not self._pin_asked)

    def _tell(self, happened: Happened) -> None:
        """Print an answer with what is in force, its rows, and below help whom to call."""
        answer = happened.answer
        standing = "".join(f"  [{self._words(phrase)}]" for phrase in happened.reminders)
        mark = self._words(say("practice.mark")) + "  " if happened.practice else ""
        self._print(mark + one_line(self._happened(happened.at, answer) + standing))
        self._print_rows(answer.rows, mark)
        if answer.headline.key.startswith("help.") and self._support is not None:
            self.say(self._support)

    def settled(self, timeout: float) -> Pong | None:
        """Ask how the desk stands, once all lines sent so far are taken care of.

        Blocks until nothing has come from the engine for `timeout` seconds: one that has much to do
        is waited for, and so is whoever reads what is printed. None where no answer came, or the
        engine has gone.
        """
        return self._ask(timeout, settled=True)

    def standing(self, timeout: float) -> Pong | None:
        """Ask how the desk stands at this moment; blocks for at most `timeout` seconds."""
        return self._ask(timeout, settled=False)

    def _follow(self, block_list: BlockList) -> None:
        """Tell how the block list is, when that changes; of one that is as it should be, not."""
        before, self._block_list = self._block_list, block_list.state
        if before == block_list.state or (before == "off" and block_list.state == "fresh"):
            return
        title, story = self._words(block_list.headline), self._words(block_list.story)
        self.say(say("console.block_list", title=title, story=story))

    def _ask(self, timeout: float, *, settled: bool) -> Pong | None:
        self._pings += 1
        number = self._pings
        over = partial(self._is_over, number, self.losses)
        if settled:
            self._settling = number
        if not self.send(Ping(number=number, settled=settled)):
            return None
        with self._answered:
            heard = self._heard
            while not self._answered.wait_for(over, timeout) and settled and self._goes_on(heard):
                heard = self._heard
            return self._pong if self._has_pong(number) else None

    def leave(self) -> None:
        """Wait for no answer any more."""
        with self._answered:
            self.leaving = True
            self._answered.notify_all()

    def _goes_on(self, heard: int) -> bool:
        """Tell whether more came since, or would have, were what came before it printed."""
        return self._heard != heard or self._held_up

    def _is_over(self, number: int, losses: int) -> bool:
        """Tell whether a question was answered, or nobody is there any more who would."""
        return self.leaving or self._has_pong(number) or self.losses != losses

    def _has_pong(self, number: int) -> bool:
        return self._pong is not None and self._pong.number == number

    @property
    def unrecorded(self) -> bool:
        """Tell whether something that was entered here may not have been recorded.

        A line that was not taken, and was entered once more and taken then, is.
        """
        return self._lost_some or not self._not_taken.isdisjoint(self._latest.values())

    def _mind(self, happened: Happened) -> None:
        """Keep in mind that something was not recorded, and that the alarm was told."""
        answer = happened.answer
        said = {answer.headline.key, answer.detail.key if answer.detail is not None else ""}
        if answer.headline.key in _NOT_RECORDED:
            self._lost_some = self._alarm_told = True
        if not said.isdisjoint(_NOT_TAKEN):
            self._not_taken.add(happened.number)  # of a line entered elsewhere, no number is ours

    def _tell_alarm(self, state: AppState) -> None:
        """Tell whoever came only after it had begun that nothing is being recorded."""
        if state.alarm is not None and not self._alarm_told:
            self._print(" · ".join(map(self._words, _ALARM)))
        self._alarm_told = state.alarm is not None

    def _tell_space(self, state: AppState) -> None:
        """Tell of the room on the disk, when it has become scarce, scarcer, or enough again."""
        space = state.space
        before, self._space = self._space, space.state if space else None
        if self._space == before:
            return
        if space is None:
            self.say(say("space.well"))
        else:
            phrases = (space.headline, space.lasting, say("space.todo"))
            self._print(one_line(" · ".join(map(self._words, phrases))))

    def _tell_shelves(self, state: AppState) -> None:
        """Advise to keep returns off the shelves, and tell when that is over."""
        if state.practice_until:
            return
        before, self._off_shelves = self._off_shelves, state.keep_off_shelves
        if before == state.keep_off_shelves:
            return
        if state.keep_off_shelves:
            self.say(say("shelves.keep_off", count=state.returns.unanswered))
        else:
            left = state.returns.cart
            self.say(say("shelves.clear", count=left) if left else say("shelves.free"))

    def _ask_the_time(self, state: AppState) -> None:
        """Ask what time it is, once, where the clock cannot be right."""
        wrong = state.clock.state == "wrong"
        if wrong and not self._asked_the_time:
            self.say(say("clock.ask", now=state.now))
            self.say(say("clock.ask_detail", latest=state.clock.latest))
            self.say(say("clock.how"))
        self._asked_the_time = wrong

    def _screenshot(self, name: str) -> None:
        if not name:
            self.say(say("console.screenshot_how"))
        elif not self.send(Screenshot(path=str(Path(name).expanduser().absolute()))):
            self.say(say("console.no_engine", text=":screenshot"))

    def _happened(self, at: str, answer: Answer) -> str:
        aside = [self._words(p) for p in (answer.aside_label, answer.aside) if p is not None]
        headline = self._words(answer.headline)
        item = answer.item if answer.item and answer.item != headline else ""
        detail = self._words(answer.detail) if answer.detail is not None else ""
        parts = (headline, item, " ".join(aside), detail)
        time = self._words(say("console.time", at=at))
        tone = self._words(say(f"tone.{answer.tone}"))
        return f"{time}  {tone:<{self._tones}}  " + " · ".join(part for part in parts if part)

    def _prompt_anew(self, text: str) -> None:
        if text != self._prompt:
            self._prompt = text
            self._write(WIPE + text)

    def _print(self, text: str) -> None:
        if self._prompt:
            text = f"{WIPE}{text}\n{self._prompt}"
        else:
            text += "\n"
        self._write(text)

    def _write(self, text: str) -> None:
        with self._printing:
            self._held_up = True
            try:
                self._out.write(text)
                self._out.flush()
            except OSError:
                _let_go(self._out)
            finally:
                self._held_up = False


def one_line(text: str) -> str:
    """Leave nothing in a text that a terminal would take as a command, or as another line."""
    return "".join(c if c.isprintable() else " " for c in text)


def _let_go(out: Out) -> None:
    """Throw away what nobody reads any more. The desk goes on; what is typed is still taken."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), out.fileno())
