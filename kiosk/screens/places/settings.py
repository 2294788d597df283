"""The settings: how this screen looks, for everybody; the rest for an administrator with a PIN.

What is typed is checked while it is typed. What kiosk.toml decides is shown locked.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Self

from kivy.clock import Clock
from kivy.properties import StringProperty

from kiosk.desk.words import say
from kiosk.screens.overlays.choosing import ChoosePanel
from kiosk.screens.overlays.question import QuestionDialog
from kiosk.screens.screen import OverBoard
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Card, Stack
from kiosk.screens.widgets.board import Board
from kiosk.screens.widgets.filling import Notice
from kiosk.screens.widgets.numberpad import PAD, DigitKeys
from kiosk.screens.widgets.setting import Editor, Section, SettingRow, choices, of_display
from kiosk.view.messages import ChangeSetting, Leave, SettingsLeft
from kiosk.view.state import Question

if TYPE_CHECKING:
    from kiosk.desk.words import Phrase
    from kiosk.screens.screen import Part
    from kiosk.view.state import AppState, Setting, Tried

TRY_SOON = 0.3
"""Seconds after the last key in which what was typed is checked."""

PHONE, EMAIL = "support.phone", "support.email"
"""Settings that are not spelt as words are."""


class WhoCard(Card):
    """Whether more than the screen can be changed, and who does."""

    fact = StringProperty()
    about = StringProperty()


class SettingsScreen(OverBoard):
    """The settings, section by section; one that is typed takes their place."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        self._rows: dict[str, SettingRow] = {}
        self._sections: tuple[str, ...] = ()
        super().__init__(**kwargs)
        self._edited: Setting | None = None
        self._problem: Phrase | None = None
        self._taken: str | None = None
        """What was given for good, and has not been answered for yet."""
        self._chose: tuple[str, str] | None = None
        """The setting and the value that were chosen last."""
        self._try_soon = Clock.create_trigger(lambda _: self._try(), TRY_SOON)

    _list = cached_property(lambda _: Stack(spacing=skin.size.edge))
    _damaged = cached_property(lambda self: self._make_damaged())
    _who = cached_property(lambda _: WhoCard())
    _open = cached_property(
        lambda self: self.button(
            "unlocked", "screen.settings.open", partial(self.acts.at_desk, "settings"), primary=True
        )
    )
    _done = cached_property(
        lambda self: self.button(
            *("check", "screen.settings.done", partial(self.acts.at_desk, "settings:close")),
            primary=True,
        )
    )
    _close = cached_property(
        lambda self: self.button("power", "screen.settings.close", self._ask_to_close)
    )
    _cancel = cached_property(lambda self: self.button("close", "screen.cancel", self.escape))
    _take_it = cached_property(
        lambda self: self.button("check", "screen.settings.keep", self._take, primary=True)
    )
    editor = cached_property(lambda self: Editor(self.acts.help))
    board = cached_property(
        lambda self: Board(put=self._put, rub_out=self._rub_out, enter=self._take)
    )
    digits = cached_property(
        lambda self: DigitKeys(
            put=self._put, rub_out=self._rub_out, clear=self._clear, size_hint_x=PAD
        )
    )

    def parts(self) -> tuple[Part, ...]:
        """List what is drawn from what."""
        return (
            (("display", "settings"), self._show_settings),
            (("settings",), self._show_who),
        )

    def leave(self) -> None:
        """Forget what was being typed; what only an administrator may see is closed."""
        self._chose = None
        self._stop_editing()
        if self._drawn is not None and self._drawn.settings is not None:
            self.acts.send(SettingsLeft())

    def carry_on(self, before: Self) -> None:
        """Go on typing a setting: the line has what was typed of it by now."""
        edited = before._edited
        if edited is None:
            return
        self._begin_board(edited)
        self._edited, self._problem, self._taken = edited, before._problem, before._taken
        if before._try_soon.is_triggered:
            before._try_soon.cancel()
            self._try_soon()
        self._redraw()

    def _show_settings(self, state: AppState) -> None:
        self._mind(state)
        opened = state.settings.settings if state.settings else ()
        settings = (*of_display(state.display), *opened)
        sections = tuple(dict.fromkeys(setting.section for setting in settings))
        if sections != self._sections:
            self._sections, self._rows = sections, {}
            self._list.show([self._section(name, settings) for name in sections])
        for setting in settings:
            self._rows[setting.key].show(setting)
        self._arrange()

    def _mind(self, state: AppState) -> None:
        """Take what the engine says of what is being typed; or that nobody may type it any more."""
        edited, tried = self._edited, state.display.tried
        if tried is not None and tried.problem is not None:
            self._tell_of_choice(tried, tried.problem)
        if edited is None:
            return
        if state.settings is None:
            self._stop_editing()
        elif tried is not None and tried.key == edited.key:
            self._problem = tried.problem
            if self._taken is not None and tried.value == self._taken:
                self._taken = None
                if tried.problem is None:
                    self._stop_editing()
                else:
                    self._begin_line(tried.value)

    def _tell_of_choice(self, tried: Tried, problem: Phrase) -> None:
        """Say why what was chosen does not count: its row goes on saying what did before."""
        if self._chose == (tried.key, tried.value):
            self._chose = None
            self.acts.tell(self._rows[tried.key].label, skin.words(problem))

    def _arrange(self) -> None:
        """Lay out the list of settings, or the one being typed beside digits or over letters."""
        edited = self._edited
        damaged = self._damaged if edited is None and self._is_damaged() else None
        arrange(self.ids.left, [damaged, self._list if edited is None else self.editor])
        by_letters = edited is not None and not self._by_digits
        arrange(self, [self.ids.upper, self.board if by_letters else None])
        if edited is not None:
            keys = self.digits if self._by_digits else None
            self.editor.show(edited, self.acts.line.text, self._problem, keys)

    @property
    def _by_digits(self) -> bool:
        return self._edited is not None and self._edited.kind == "number"

    def _is_damaged(self) -> bool:
        return self._drawn is not None and self._drawn.display.damaged

    def _make_damaged(self) -> Notice:
        notice = Notice()
        notice.show("look", "look", skin.tell("screen.settings.damaged"))
        return notice

    def _section(self, name: str, settings: tuple[Setting, ...]) -> Section:
        section = Section(title=skin.tell(f"setting.section.{name}"))
        for setting in settings:
            if setting.section == name:
                row = SettingRow(setting, on_release=self._chosen)
                self._rows[setting.key] = row
                section.ids.rows.add_widget(row)
        section.ids.rows.children[0].last = True
        return section

    def _show_who(self, state: AppState) -> None:
        opened = state.settings
        if opened is None:
            self._who.fact = skin.tell("screen.settings.closed")
            self._who.about = skin.tell("screen.settings.closed_about")
            arrange(self.ids.buttons, [self._open])
        else:
            self._who.fact = opened.by
            about = "restart" if opened.restart else "opened"
            self._who.about = skin.tell(f"screen.settings.{about}_about")
            buttons = [self._cancel] if self._edited else [self._close, self._done]
            arrange(self.ids.buttons, [*buttons, self._take_it if self._by_digits else None])
        arrange(self.ids.cards, [self._who])

    def _chosen(self, row: SettingRow) -> None:
        setting = row.setting
        if setting.fixed:
            self.acts.tell(row.label, skin.tell("screen.settings.fixed", setting=setting.key))
        elif choices(setting):
            panel = ChoosePanel(setting, lambda value: self._keep(setting, value))
            panel.closed, panel.help = self.acts.close, self.acts.help
            self.acts.open(panel)
        else:
            self._edit(setting)

    # typing one

    def _edit(self, setting: Setting) -> None:
        self._edited, self._problem, self._taken = setting, None, None
        self._begin_board(setting)
        self._begin_line(setting.value)
        self._redraw()

    def _begin_board(self, setting: Setting) -> None:
        self.board.enter_says = skin.tell("screen.settings.keep")
        self.board.begin(address=setting.key == EMAIL)
        if setting.kind == "numbers" or setting.key == PHONE:
            self.board.page = "signs"

    def _begin_line(self, text: str) -> None:
        self.acts.line.clear()
        for character in text:
            self.acts.line.put(character)

    def _stop_editing(self) -> None:
        if self._edited is not None:
            self._edited = None
            self._try_soon.cancel()
            self.acts.line.clear()
            self._redraw()

    def _redraw(self) -> None:
        self._arrange()
        if self._drawn is not None:
            self._show_who(self._drawn)

    def typing(self, _text: str) -> bool:
        """Show what is typed for a setting, and have it checked in a moment."""
        if self._edited is None:
            return False
        self._try_soon()
        self._arrange()
        return True

    def line_done(self, text: str) -> bool:
        """Take what was typed for a setting."""
        if self._edited is None:
            return False
        self._send(text, keep=True)
        return True

    def press_primary(self) -> None:
        """Take it also where nothing stands."""
        if self._edited is not None:
            self._take()

    def escape(self) -> None:
        """Leave a setting as it was; from the list, go back to the desk."""
        if self._edited is not None:
            self._stop_editing()
        else:
            super().escape()

    def _put(self, character: str) -> None:
        self.acts.line.put(character)
        self.typing("")

    def _rub_out(self) -> None:
        self.acts.line.rub_out()
        self.typing("")

    def _clear(self) -> None:
        self.acts.line.clear()
        self.typing("")

    def _take(self) -> None:
        self._send(self.acts.line.take(), keep=True)

    def _try(self) -> None:
        if self._edited is not None:
            self._send(self.acts.line.text, keep=False)

    def _send(self, text: str, *, keep: bool) -> None:
        if self._edited is not None:
            self._try_soon.cancel()
            self._taken = text if keep else None
            self.acts.send(ChangeSetting(key=self._edited.key, value=text, keep=keep))

    def _keep(self, setting: Setting, value: str) -> None:
        self.acts.close()
        self._chose = setting.key, value
        self.acts.send(ChangeSetting(key=setting.key, value=value))

    def _ask_to_close(self) -> None:
        def answered(answer: str) -> None:
            self.acts.close()
            if answer == "yes":
                self.acts.send(Leave())

        dialog = QuestionDialog(answer=answered, help=self.acts.help)
        dialog.show(
            Question(
                headline=say("screen.settings.ask_close"),
                detail=say("screen.settings.ask_close_detail"),
                yes=say("screen.settings.close"),
                no=say("screen.cancel"),
                rather="no",
            )
        )
        self.acts.open(dialog)
