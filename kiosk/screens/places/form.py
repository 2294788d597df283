"""What is being filled in: one field after the other, each with what it is filled in with.

    left       what is asked, what stands in it, what is wrong; choices, or a pad of digits
    right      the fields so far, each to be gone back to, and what can be done
    below      the letters, where words are asked

A session of which everything stands is shown whole, to be taken as it is with one touch.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from kiosk.desk.words import say
from kiosk.screens.forms import asking, typing_day
from kiosk.screens.forms.draft import Draft, as_read, mask_of
from kiosk.screens.forms.patience import Patience
from kiosk.screens.forms.progress import Progress, story
from kiosk.screens.overlays.days import pick_for_field
from kiosk.screens.screen import OverBoard
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange
from kiosk.screens.widgets.basics import BigButton, Caption, Filler, Pane
from kiosk.screens.widgets.board import NARROW, Board
from kiosk.screens.widgets.filling import FieldBox, FieldHead, Notice, Steps
from kiosk.screens.widgets.numberpad import PAD, PHONE, DigitKeys, PhoneKeys
from kiosk.screens.widgets.options import Entry, Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

    from kiosk.desk.words import Phrase
    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Asking, FormField, Prompt

USUAL_FIELDS = 6
"""So many has a session as a rule."""


FIRST_PARTS = (
    *("head", "box", "hint", "notice", "pad", "phone_keys", "options", "board", "info", "beside"),
    *("pair", "cancel", "back", "letters", "on", "finish", "summary_pane"),
)
"""What most forms need, as attributes of the screen."""


class FormScreen(OverBoard):
    """A form being filled in. What is typed stands in `acts.line` until it is taken."""

    head = cached_property(lambda self: FieldHead(help=self.acts.help))
    box = cached_property(lambda self: FieldBox(on_release=lambda _: self._mend()))
    echo = cached_property(lambda _: Caption())
    notice = cached_property(lambda _: Notice())
    hint = cached_property(lambda _: Caption())
    options = cached_property(lambda self: Options(choose=self._choose))
    pad = cached_property(
        lambda self: DigitKeys(
            put=self._put, rub_out=self._rub_out, clear=self._clear, size_hint_x=PAD
        )
    )
    phone_keys = cached_property(
        lambda self: PhoneKeys(put=self._put, rub_out=self._rub_out, size_hint_x=PHONE)
    )
    board = cached_property(
        lambda self: Board(put=self._put, rub_out=self._rub_out, enter=self.enter)
    )
    info = cached_property(lambda _: BoxLayout(orientation="vertical", spacing=skin.size.gap))
    beside = cached_property(lambda _: BoxLayout(spacing=skin.size.edge))
    filler = cached_property(lambda _: Filler())
    below = cached_property(lambda _: AnchorLayout(anchor_y="top"))
    summary = cached_property(lambda self: Steps(large=True, ask=self._ask_again))
    summary_pane = cached_property(lambda self: self._make_pane())
    progress = cached_property(
        lambda self: Progress(self.ids.cards, self.ids.pane, self._ask_again)
    )
    calendar = cached_property(
        lambda self: self.button("calendar", "screen.form.calendar", self._open_calendar)
    )
    other_day = cached_property(
        lambda self: self.button("calendar", "screen.form.other_day", self._open_clock)
    )
    letters = cached_property(
        lambda self: self.button("keyboard", "screen.form.letters", self._turn)
    )
    digits = cached_property(lambda self: self.button("dialpad", "screen.form.digits", self._turn))
    pair = cached_property(
        lambda _: BoxLayout(spacing=skin.size.between, size_hint_y=None, height=skin.size.button)
    )
    cancel = cached_property(lambda self: BigButton(on_release=lambda _: self.escape()))
    back = cached_property(
        lambda self: self.button("back", "screen.form.back", lambda: self._leave_for("back"))
    )
    finish = cached_property(lambda self: self.button("check", "screen.form.finish", self._finish))
    on = cached_property(
        lambda self: BigButton(primary=True, icon="check", on_release=lambda _: self.enter())
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._form: Asking | None = None
        self._checking = False
        self.draft = Draft(self.acts.line)
        self._by_letters = False
        """What is begun with digits is typed with letters."""
        self._then = ""
        """The command to send once what was typed is taken: it is an answer to the next field."""
        self._answered: Prompt | None = None
        """What that was typed for."""
        self.patience = Patience(self._draw_typed)

    def parts(self) -> tuple[Part, ...]:
        """Draw all of it from the form; also when an answer came that is like the one before."""
        return ((("form", "checking", "answers"), self._show),)

    @property
    def topic(self) -> object:
        """Which field is asked: the buttons for another one read alike."""
        return (self._form.kind, self._form.at) if self._form is not None else ""

    def prepare(self) -> Iterator[None]:
        """Make what the first form will show: keys are many."""
        for part in FIRST_PARTS:
            getattr(self, part)
            yield
        yield from self.options.make_ready()
        yield from self.board.make_ready()
        yield from self.summary.make_ready(USUAL_FIELDS)
        yield from self.progress.make_ready(USUAL_FIELDS)

    def leave(self) -> None:
        """Forget what was begun here, and the form."""
        self.draft.drop()
        self._form, self._then = None, ""
        self.patience.stop()
        self.forget()

    # drawing

    def _show(self, state: AppState) -> None:
        self._checking = state.checking
        before, form = self._form, state.form or self._form
        if form is None:
            arrange(self.ids.left, [self._checked()] if state.checking else [])
            return
        self._form = form
        field = (form.kind, form.at, form.headline)
        if before is None or field != (before.kind, before.at, before.headline):
            self._begin(form)
        if before is not None and (form.problem or form.headline != before.headline):
            self._then = ""  # what was typed did not fit, or another form is asked
        if self._then and state.form is not None and state.prompt != self._answered:
            self._go_on(form)
        self.patience.begin(form.problem)
        self._draw()

    def _begin(self, form: Asking) -> None:
        """Ask another field."""
        self.draft.begin()
        self._by_letters = False
        if self._with(form) == "board":
            self._begin_board(asking.asked(form))

    def _begin_board(self, field: FormField) -> None:
        self.board.begin(shift=asking.shift(field), address=field.spelling == "email")

    def _draw(self) -> None:
        form = self._form
        if form is None:
            return
        typed = self.draft.text
        summary = asking.is_summary(form) and not typed
        board = not summary and self._with(form) == "board"
        self._draw_head(form, summary=summary)
        self._draw_box(form, typed)
        self._draw_left(form, summary=summary)
        if self._drawn is not None:
            self.progress.show(form, story(self._drawn, form, summary=summary), summary=summary)
        self._draw_buttons(form, typed, summary=summary)
        arrange(self, [self.ids.upper, self.board if board else None])

    def _draw_typed(self) -> None:
        """Draw what was typed; all of it, where that takes the place of a summary."""
        form, typed = self._form, self.draft.text
        if form is None:
            return
        if asking.is_summary(form):
            self._draw()
            return
        self._draw_box(form, typed)
        self._draw_left(form, summary=False)
        self._draw_buttons(form, typed, summary=False)

    def _with(self, form: Asking) -> asking.With:
        field = asking.asked(form)
        return "board" if self._by_letters else asking.begins_with(field, skin.words.language)

    def _draw_head(self, form: Asking, *, summary: bool) -> None:
        label = say("screen.form.summary") if summary else asking.asked(form).label
        self.head.asks = skin.words(label)
        self.head.about = skin.words(form.headline)
        board = not summary and self._with(form) == "board"
        self.head.lines = 1 if board and self._is_crowded(form) else 3

    def _draw_box(self, form: Asking, typed: str) -> None:
        field, text = asking.asked(form), typed or form.keyed
        ghost = self.patience.left() if field.kind == "pin" else ""
        self.box.show(field, text, ghost, emptied=self.draft.is_emptied(form))
        echo = asking.echo(field, text, mask_of(field))
        self.echo.says = skin.words(echo) if echo else ""

    def _draw_left(self, form: Asking, *, summary: bool) -> None:
        notice, by = self._draw_notice(form), self._with(form)
        if summary:
            self.summary.show(form)
            arrange(self.ids.left, [self.head, notice, self.summary_pane])
        elif by == "options":
            self._draw_options(form)
            arrange(self.ids.left, [self.head, notice, self.options])
        elif by in ("pad", "phone"):
            self._draw_beside(self.pad if by == "pad" else self.phone_keys, form, notice)
        else:
            self._draw_over_board(form, notice)

    def _draw_beside(self, pad: Widget, form: Asking, notice: Widget | None) -> None:
        """Lay out what stands beside the digits."""
        echo = self.echo if self.echo.says else None
        said = [notice] if notice else self._hints(asking.asked(form))
        others = [] if self._is_crowded(form) else self._others(form)
        arrange(self.info, [self.box, echo, *said, self.filler, *others])
        arrange(self.beside, [self.info, pad])
        arrange(self.ids.left, [self.head, self.beside])

    def _draw_over_board(self, form: Asking, notice: Widget | None) -> None:
        """Lay out what stands above the letters.

        What is wrong may need all the room, the last gap as well.
        """
        crowded = self._is_crowded(form)
        others = [] if crowded else self._others(form)
        if notice and not (others or crowded):
            # It may have three lines, and take the gap before a filler for the last one.
            arrange(self.below, [notice])
            arrange(self.ids.left, [self.head, self.box, self.below])
        else:
            filler = None if crowded else self.filler
            arrange(self.ids.left, [self.head, self.box, notice, *others, filler])

    def _is_crowded(self, form: Asking) -> bool:
        """Tell whether there is room for no more than the field and what is wrong with it.

        So it is on a small screen, and where one goes back from the letters to digits.
        """
        wrong = form.problem or form.meanwhile or self.draft.is_too_long(form)
        tight = skin.size.column <= dp(250) or self._by_letters
        return bool(self._checking or wrong) and tight

    def _draw_notice(self, form: Asking) -> Widget | None:
        if self._checking:
            return self._checked()
        wrong = asking.too_long(form, self.draft.text) or form.meanwhile
        if form.problem is not None:
            wrong = self.patience.told(form.problem)
        if wrong is None:
            return None
        self.notice.show("look", "look", skin.words(wrong))
        return self.notice

    def _checked(self) -> Widget:
        self.notice.show("neutral", "pending", skin.tell("screen.form.checking"))
        return self.notice

    def _hints(self, field: FormField) -> list[Widget]:
        if field.kind not in asking.HINTS:
            return []
        self.hint.says = skin.tell(f"screen.form.how.{field.kind}")
        return [self.hint]

    def _others(self, form: Asking) -> list[Widget]:
        """Give other ways to fill in the field."""
        field = asking.asked(form)
        kind = field.kind
        if self._by_letters:
            return [self.digits]
        if self._with(form) not in ("pad", "phone"):
            return []
        if kind == "date":
            return [self.calendar]
        if kind == "time" and form.kind == "session":
            return [self.other_day]
        return [self.letters] if asking.has_letters(field) else []

    def _draw_options(self, form: Asking) -> None:
        field = asking.asked(form)
        offered = zip(field.options, field.values, strict=True)
        entries = tuple(
            Entry(number, skin.words(words), value)
            for number, (words, value) in enumerate(offered, 1)
        )
        typed = self.draft.text or form.keyed
        people = all(words.key.startswith("duty.on.") for words in field.options)
        self.options.show(entries, field.chosen, by_name=people)
        if typed.isdigit() and int(typed) <= len(entries):
            self.options.mark(int(typed))

    def _draw_buttons(self, form: Asking, typed: str, *, summary: bool) -> None:
        ends = form.kind == "report"
        self.cancel.icon = "check" if ends else "close"
        self.finish.icon, self.back.icon = "check", "back"
        self.cancel.says = skin.tell("screen.form.end_report" if ends else "screen.cancel")
        back = not summary and (form.at > 0 or form.again)
        words = self._on_words(form, typed, summary=summary)
        finish = not summary and asking.can_finish(form, typed)
        beside = self.back if back else self.finish if finish else None
        if beside is not None and skin.size.rail < dp(NARROW):
            self.cancel.icon = beside.icon = ""  # two words side by side need all the room
        arrange(self.pair, [self.cancel, beside])
        board = not summary and self._with(form) == "board"
        if words is not None:
            self.on.says = skin.words(words)
            self.on.icon = "forward" if words.key in ONWARD else "check"
            if board:
                self.board.enter_says = skin.words(words)
        on = None if words is None or board else self.on
        moved = self._others(form) if not summary and self._is_crowded(form) else []
        wanted = [*moved, self.pair, self.finish if finish and back else None, on]
        arrange(self.ids.buttons, [] if self._checking else wanted)

    def _on_words(self, form: Asking, typed: str, *, summary: bool) -> Phrase | None:
        """Name the button that goes on."""
        can_skip = not (asking.asked(form).required or asking.is_last(form))
        if can_skip and self.draft.is_emptied(form):
            return say("screen.form.skip")
        if not summary:
            return asking.go_on(form, typed)
        return say("screen.form.next" if asking.missing(form) else "screen.form.start")

    # what staff do

    def enter(self) -> None:
        """Take what was typed; else go on with what stands."""
        form = self._form
        if form is None or self._checking or self.draft.is_too_long(form):
            return
        text = self.draft.take(asking.asked(form))
        if text:
            self.acts.type_in(text)
        else:
            self.press_primary()

    def line_done(self, text: str) -> bool:
        """Send what was typed on a keyboard as the engine reads it."""
        form = self._form
        if form is None:
            return False
        if asking.too_long(form, text):
            self.draft.restore(text)
            self._draw_typed()
        else:
            self.acts.type_in(as_read(asking.asked(form), text))
        return True

    def press_primary(self) -> None:
        """Go on with what stands; nothing where a choice has to be made first."""
        form = self._form
        if form is None or self._checking:
            return
        if self.draft.is_emptied(form):
            self.acts.press("next:empty")
        elif asking.is_summary(form):
            missing = asking.missing(form)
            self.acts.press(f"back:{missing}" if missing else "yes")
        elif form.keyed:
            self.acts.press("key:ok")
        elif asking.go_on(form, "") is not None:
            self.acts.press("next")

    def escape(self) -> None:
        """Put the form away."""
        self._leave_for("no")

    def typing(self, _text: str) -> bool:
        """Show what is being typed where it belongs; what stands can be rubbed out, too."""
        if self._form is not None and self.draft.follow(asking.asked(self._form)):
            self.board.has_written()
        self._draw_typed()
        return True

    def _choose(self, value: str) -> None:
        self._leave_for(f"choose:={value}")

    def _leave_for(self, command: str) -> None:
        """Do something else than taking what was typed."""
        self.acts.line.clear()
        self.acts.press(command)

    def _ask_again(self, number: int) -> None:
        """Go back to a field; what was typed for this one is taken before, if it is no end."""
        form = self._form
        if form is None or self.draft.is_too_long(form):
            return
        text = self.draft.take(asking.asked(form))
        if len(form.fields[number - 1].options) == 1:
            return
        self._take_then(f"back:{number}", "" if asking.is_last(form) else text)

    def _finish(self) -> None:
        """Leave out the rest; what was typed is taken first."""
        form = self._form
        if form is None or self.draft.is_too_long(form):
            return
        self._take_then("yes", self.draft.take(asking.asked(form)))

    def _take_then(self, command: str, text: str) -> None:
        """Have what was typed taken first, where there is any, and then the command."""
        if not text:
            self.acts.press(command)
            return
        self._then, self._answered = command, self._drawn.prompt if self._drawn else None
        self.acts.type_in(text)

    def _go_on(self, form: Asking) -> None:
        """Send what was to come after what was typed; no end, where something is still missing."""
        command, self._then = self._then, ""
        if command != "yes" or not (form.again or asking.missing(form)):
            self.acts.press(command)

    # what is typed on the screen

    def _put(self, character: str) -> None:
        if self._form is not None and not self._checking:
            self.draft.put(asking.asked(self._form), character)
            self._draw_typed()

    def _rub_out(self) -> None:
        if self._form is not None:
            self.draft.rub_out(asking.asked(self._form))
            self._draw_typed()

    def _clear(self) -> None:
        self.draft.clear()
        self._draw_typed()

    def _mend(self) -> None:
        if self._form is not None:
            self.draft.mend(asking.asked(self._form))
            self._draw_typed()

    def _turn(self) -> None:
        """Type with letters, or with digits again."""
        self._by_letters = not self._by_letters
        if self._by_letters and self._form is not None:
            self._begin_board(asking.asked(self._form))
        self._draw()

    def _open_calendar(self) -> None:
        if self._form is not None and self._drawn is not None:
            field = asking.asked(self._form)
            begun = typing_day.begun(self.draft.text or field.value, mask_of(field))
            title = skin.words(field.label)
            pick_for_field(self._drawn, field, begun, title, self.acts)

    def _open_clock(self) -> None:
        if self._drawn is not None:
            self.acts.pick_time(self._drawn.now, self._set_clock)

    def _set_clock(self, command: str) -> None:
        self.acts.close()
        self.acts.line.clear()
        self.acts.type_in(command.removeprefix("time:"))

    # making

    def _make_pane(self) -> Pane:
        pane = Pane()
        pane.add_widget(self.summary)
        return pane


ONWARD = frozenset({"screen.form.next", "screen.form.skip"})
"""What the button says that goes on to another field."""
