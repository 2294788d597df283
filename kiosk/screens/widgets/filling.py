"""What a form is made of: the field being asked, what is wrong with it, and the fields so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.forms import asking, typing_day
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv
from kiosk.screens.widgets.basics import Surface, Toned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.words import Phrase
    from kiosk.view.state import Asking, FormField, Tone


class FieldHead(BoxLayout):
    """What the form is about, small; what is asked, large; and help beside them.

    `lines`: so many the question has at the most.
    """

    about = StringProperty()
    asks = StringProperty()
    lines = NumericProperty(3)
    help = ObjectProperty(lambda: None)


class FieldBox(ButtonBehavior, Surface, BoxLayout):
    """What is typed. `ghost`: what is still to come, grey. `standing`: nothing is typed yet.

    `open`: something can be typed now; no PIN can while a count-down stands there.
    """

    text = StringProperty()
    ghost = StringProperty()
    mono = BooleanProperty(defaultvalue=False)
    standing = BooleanProperty(defaultvalue=False)
    open = BooleanProperty(defaultvalue=True)

    def show(self, field: FormField, typed: str, ghost: str = "", *, emptied: bool = False) -> None:
        """Draw what is typed for a field, or else what stands in it, if that is to stay."""
        self.standing = not typed and not emptied
        value, shown = ("", "") if emptied else (field.value, skin.words(field.shown))
        self.mono = field.kind not in ("text", "line")
        self.open = field.kind != "pin" or not ghost
        if field.kind == "pin":
            self.text, self.ghost = "•" * len(typed), ghost
        elif field.kind in asking.MASKS:
            mask = skin.tell(asking.MASKS[field.kind])
            self.text, self.ghost = typing_day.masked(
                typed or typing_day.written(value, mask), mask
            )
        else:
            self.text, self.ghost = typed or shown, ghost


class Notice(Toned, BoxLayout):
    """A sentence with its icon, in the colours of its tone."""

    icon = StringProperty("look")
    says = StringProperty()
    margin = NumericProperty(0)

    def show(self, tone: Tone, icon: str, says: str) -> None:
        """Say something else."""
        self.tone, self.icon, self.says = tone, icon, says


class Step(ButtonBehavior, Surface, BoxLayout):
    """A field of the form, and what stands in it. `now`: it is being asked. Pressed: ask it."""

    number = NumericProperty(0)
    label = StringProperty()
    value = StringProperty()
    now = BooleanProperty(defaultvalue=False)
    filled = BooleanProperty(defaultvalue=False)
    fixed = BooleanProperty(defaultvalue=False)
    large = BooleanProperty(defaultvalue=False)
    """It is one of a summary, where each can be changed."""

    @property
    def can_press(self) -> bool:
        """Whether there is anything to choose."""
        return not self.fixed

    def show(self, field: FormField, label: Phrase, *, now: bool) -> None:
        """Draw what stands in a field."""
        self.filled = asking.is_filled(field)
        self.fixed = len(field.options) == 1
        self.now = now
        self.label = skin.words(label)
        empty = self.large and not self.filled
        self.value = skin.tell("screen.form.to_choose") if empty else skin.words(field.shown)


class Steps(BoxLayout):
    """The fields of a form below each other. `ask(number)` is called with one to be gone back to.

    `large`: it is a summary, with the whole labels.
    """

    large = BooleanProperty(defaultvalue=False)
    ask = ObjectProperty(lambda _number: None)

    def __init__(self, **kwargs: Any) -> None:
        self._made: list[Step] = []
        super().__init__(**kwargs)

    def make_ready(self, count: int) -> Iterator[None]:
        """Make so many of them before they are wanted."""
        while len(self._made) < count:
            self._make()
            yield

    def show(self, form: Asking) -> None:
        """Draw the fields; those that show them stay the same ones."""
        while len(self._made) < len(form.fields):
            self._make()
        for at, (step, field) in enumerate(zip(self._made, form.fields, strict=False)):
            label = field.label if self.large else asking.short(field.label)
            step.show(field, label, now=at == form.at and not self.large)
        arrange(self, self._made[: len(form.fields)])

    def _make(self) -> None:
        step = Step(number=len(self._made) + 1, large=self.large)
        step.bind(on_release=lambda step: self.ask(step.number))
        self._made.append(step)


load_kv(__file__)
