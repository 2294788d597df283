"""A list: what was recorded, what needs a person, the cart, upload sessions, files handed over.

An entry is chosen by a touch; then what there is to know of it stands below the list, which has
the room for it, and what can be done about it at the right.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.utils import get_hex_from_color

from kiosk.desk.words import say
from kiosk.screens import present
from kiosk.screens.overlays.days import pick_listed
from kiosk.screens.screen import Screen
from kiosk.screens.skin import skin
from kiosk.screens.widgets import arrange, load_kv, primary_last
from kiosk.screens.widgets.answer import AnswerCard
from kiosk.screens.widgets.basics import BigButton, Caption, Card, Number, Pane
from kiosk.screens.widgets.entries import EntryList
from kiosk.screens.widgets.headline import Headline
from kiosk.screens.widgets.prompt import Prompt
from kiosk.screens.widgets.spare import Spare
from kiosk.screens.widgets.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kivy.uix.widget import Widget

    from kiosk.desk.vocabulary import ListKind
    from kiosk.desk.words import Phrase
    from kiosk.screens.screen import Part
    from kiosk.view.state import Answer, AppState, Asking, Listing

OFFERS: dict[ListKind, tuple[tuple[str, str, str], ...]] = {
    "recorded": (
        ("find", "screen.list.find", "find"),
        ("calendar", "screen.list.day", "day"),
        ("who", "screen.list.who", "who"),
    ),
    "exceptions": (
        ("report", "screen.list.report", "report"),
        ("printer", "screen.list.print", "exceptions:print"),
    ),
    "sessions": (
        ("new", "screen.list.new_session", "sessions:new"),
        ("printer", "screen.list.notice", "sessions:print"),
        ("process", "screen.list.process", "process"),
        ("library", "screen.more.delivery", "delivery"),
    ),
    "files": (("report", "screen.list.report", "report"),),
    "cart": (
        ("clear", "screen.list.clear", "cart:clear"),
        ("cart", "screen.list.go_on", "cart"),
    ),
}
"""What each list as a whole offers: an icon, the key of its words, and the command.

`day` opens the calendar, `delivery` the screen that tells how it goes on; `cart` goes back to it.
"""

WITH_ROWS_ALONE = frozenset({"exceptions:print", "sessions:print", "process", "cart:clear"})
"""What is of no use while a list is empty."""

OF_ALL = frozenset({"exceptions.to_print_all"})
"""What is offered about an entry although it is about the list, which offers it itself."""


USUAL_CHOICES = 5
"""That many can be made about most entries."""


ALONE, BESIDE_NEWS = 0.6, 0.35
"""What is told of an entry takes so much at the most, without and with an answer above the list."""


class DetailCard(Card):
    """What there is to know of the chosen entry."""


class Told(Pane):
    """The card with that, below the list: as high as it is, but for what the list needs.

    `share`: so much it takes at the most of the room for both; what is higher, scrolls.
    """

    share = NumericProperty(ALONE)
    card = ObjectProperty(rebind=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.card = DetailCard()
        self.add_widget(self.card)


class ChoiceButton(BigButton):
    """One of the things that can be done about an entry; `name` is the entry's.

    It is used again for another one, and told from that by its name: see `touching`.
    """

    command = StringProperty()
    name = StringProperty()


class ListScreen(Screen):
    """A list, and what can be done about all of it or one of its entries."""

    headline = cached_property(lambda _: Headline())
    answer = cached_property(lambda _: AnswerCard())
    entries = cached_property(lambda self: EntryList(choose=self._choose))
    nothing = cached_property(lambda _: Prompt(icon="list_empty"))
    told = cached_property(lambda _: Told())
    hint = cached_property(lambda _: Caption(says=skin.tell("screen.list.hint")))

    def __init__(self, **kwargs: Any) -> None:
        load_kv(__file__)
        super().__init__(**kwargs)
        self._entry = ""
        self._kind = ""
        self._primary = ""
        self._choices = Spare(lambda: ChoiceButton(on_release=lambda b: self.acts.press(b.command)))
        self._texts = Spare(Text)
        self._captions = Spare(Caption)

    def parts(self) -> tuple[Part, ...]:
        """Draw all of it at once: to compare long lists, part by part, would take longer."""
        return ((("listing", "answer", "form", "commands"), self._show),)

    def prepare(self) -> Iterator[None]:
        """Make the rows."""
        yield from self.entries.make_ready()
        _ = self.headline
        yield
        for offers in OFFERS.values():
            for offer in offers:
                self._offer(*offer)
                yield
        yield from self._choices.make_ready(USUAL_CHOICES)

    def press_primary(self) -> None:
        """Do what is advised about the chosen entry."""
        if self._primary:
            self.acts.press(self._primary)

    def escape(self) -> None:
        """Leave the entry as it is; or the list, where none is chosen."""
        if self._entry:
            self.acts.press("no")
        elif self._kind == "cart":
            self.acts.back()
        elif self._drawn:
            self.acts.at_desk(self._drawn.mode)

    def _choose(self, name: str) -> None:
        self.acts.press("no" if name == self._entry else f"choose:#{name}")

    def _show(self, state: AppState) -> None:
        if state.listing is not None:
            self._show_left(state, state.listing)
            self._show_right(state, state.listing)

    def _show_left(self, state: AppState, listing: Listing) -> None:
        self._entry = listing.chosen if state.form else ""
        news = _news(state, listing)
        if news:
            self.answer.show(news)
        if listing.count:
            self._show_entries(listing)
        else:
            self.nothing.headline = skin.words(listing.headline)
            self.nothing.detail = skin.words(listing.about) if listing.about else ""
        self.told.share = BESIDE_NEWS if news else ALONE
        told = self.told if listing.chosen and state.form is not None else None
        arrange(
            self.ids.left,
            (
                [self.headline, self.answer if news else None, self.entries, told]
                if listing.count
                else [self.answer if news else None, self.nothing]
            ),
        )

    def _show_entries(self, listing: Listing) -> None:
        self.headline.says = skin.words(listing.headline)
        self.headline.about = _about(listing)
        self.entries.show(listing.rows, self._entry)
        if self._kind != listing.kind:
            self._kind = listing.kind
            self.entries.to_top()

    def _show_right(self, state: AppState, listing: Listing) -> None:
        form = state.form
        if form is not None and listing.chosen:
            self._show_chosen(form)
        else:
            self._show_whole(state, listing)

    def _show_chosen(self, form: Asking) -> None:
        """Tell all of the chosen entry, and offer what can be done about it."""
        arrange(self.told.card, list(self._told(form)))
        self.told.scroll_y = 1
        arrange(self.ids.cards, [])
        field = form.fields[form.at]
        self._primary = f"choose:={field.values[field.advised - 1]}" if field.advised else ""
        self._choices.begin()
        arrange(
            self.ids.buttons,
            primary_last(
                self._choices.next(
                    icon=present.option_icon(option),
                    says=skin.words(option),
                    primary=f"choose:={value}" == self._primary,
                    command=f"choose:={value}",
                    name=self._entry,
                )
                for option, value in zip(field.options, field.values, strict=True)
                if option.key not in OF_ALL
            )
            # What follows from a choice settles it: whoever came there by mistake goes back.
            + ([] if form.parts else [self.offer("close", "screen.cancel", "no")]),
        )

    def _told(self, form: Asking) -> Iterator[Widget]:
        """Lay out what is told of an entry: what it means first, the facts small."""
        self._texts.begin()
        self._captions.begin()
        if not form.parts:
            yield self._caption(form.fields[form.at].label)
        first, *rest = form.parts or (form.headline,)
        yield self._text(first, font_name=skin.look.strong)
        marked = present.odd_signs(form.parts, get_hex_from_color(skin.look.not_taken.sign))
        if marked:
            yield Number(says=marked, markup=True)
        if form.problem is not None:
            yield self._text(form.problem, color=skin.look.look.sign)
        for number, part in enumerate(rest):
            yield self._caption(part) if number else self._text(part)

    def _text(self, says: Phrase, **style: Any) -> Text:
        plain = {"font_name": "Regular", "color": skin.look.ink}
        return self._texts.next(says=skin.words(says), **plain | style)

    def _caption(self, says: Phrase) -> Caption:
        return self._captions.next(says=skin.words(says))

    def _show_whole(self, state: AppState, listing: Listing) -> None:
        """Offer what can be done about the list."""
        self._primary = ""
        arrange(self.ids.cards, [self.hint if listing.count else None])
        arrange(
            self.ids.buttons,
            [
                self._offer(icon, key, command)
                for icon, key, command in OFFERS[listing.kind]
                if listing.count or command not in WITH_ROWS_ALONE
                if command not in listing.idle
                if command.partition(":")[0] in state.commands
            ],
        )

    def _offer(self, icon: str, key: str, command: str) -> Widget:
        other = {
            "day": self._open_days,
            "delivery": lambda: self.acts.go("delivery"),
            "cart": self.acts.back,
        }
        return self.offer(icon, key, command, act=other.get(command), primary=command == "cart")

    def _open_days(self) -> None:
        """Open the calendar for another day."""
        if self._drawn:
            pick_listed(self._drawn, self.acts)


def _news(state: AppState, listing: Listing) -> Answer | None:
    """Give what was answered beside the list: neither the list itself, nor what is asked."""
    answer, form = state.answer, state.form
    if answer is None or answer.steps or answer.headline == listing.headline:
        return None
    if form is not None and answer.headline == form.fields[form.at].label:
        return None
    # With what was done the desk tells of the list and its page, too: all of it is on show here.
    told = answer.detail in (listing.about, listing.headline)
    return replace(answer, detail=None, aside=None) if told else answer


def _about(listing: Listing) -> str:
    """Say what there is to know of a list, and how much of it is on show, if not all."""
    parts = [skin.words(listing.about)] if listing.about else []
    if len(listing.rows) < listing.count:
        shown = say("screen.list.first", shown=len(listing.rows), count=listing.count)
        parts.append(skin.words(shown))
    return " · ".join(parts)
