"""Where staff are: which screen is on show, by the state of the desk, and where they went on it.

    help       whatever lies under it waits meanwhile, as it was
    …          a place of the screen's own, which staff opened: more, delivery, settings
    form       something is being filled in
    locked     nobody is on duty
    report     the last answer has several lines to read; one about the clock does not end that
    list       a list is on show
    the mode   checkout, checkin, and so on: the desk itself

Whatever is higher up comes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.screens.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.view.state import Answer, AppState

AS_ANOTHER = {"renew": "checkout", "inhouse": "checkin"}
"""The modes that are drawn by the screen of another one."""


class Whereabouts:
    """Where staff are on the screen. `own`: the place of its own that they opened, or "".

    `helped`: they read help about it.
    """

    def __init__(self) -> None:
        self.own, self.helped = "", False
        self._read = -1
        """The answer that was read and put away."""
        self._reading: AppState | None = None
        """A report that was on show when something was said of the clock: it stays to be read."""
        self._begun = False

    def place(self, state: AppState) -> str:
        """Tell which place is on show."""
        return "help" if self.helped else self.under(state)

    def under(self, state: AppState) -> str:
        """Tell which place is on show, or waits while staff read help about it."""
        called_for = _called_for(self.to_read(state), self.own, self._read)
        return next(x for x in called_for if x in PLACES)

    def to_read(self, state: AppState) -> AppState:
        """Give what the report is drawn from: the last answer, or the one still being read."""
        kept = self._reading
        return state if kept is None else replace(state, answer=kept.answer, answers=kept.answers)

    def put_away(self, state: AppState) -> None:
        """Take what there is to read for read."""
        self._read, self._reading = state.answers, None

    def begin(self, state: AppState) -> None:
        """Begin with the first picture: where settings are open, they are not left out of sight."""
        if state.settings and state.form is None and not self._begun:
            self.own = "settings"
        self._begun = True

    def follow(self, before: AppState, state: AppState) -> None:
        """Go back to the desk after a scan, when it locks, or to what staff have asked for.

        That is a list, a form, or settings that an administrator has just opened.
        """
        if state.answers < before.answers:
            self._read = -1  # another engine counts anew
        self._go_on_reading(before, state)
        if before.locked is not None and state.locked is None and not _warns(state):
            self.put_away(state)  # who goes on duty has just looked over all that it says
        locked = before.locked is None and state.locked is not None
        asked = _lists(before, state) or (state.form and not before.form)
        if before.scans != state.scans or locked or asked:
            self.own, self.helped = "", False
        if state.settings and not before.settings:
            self.own, self.helped = "settings", False
        if state.answers != before.answers and _is_to_read(state, self._read):
            self.helped = False

    def _go_on_reading(self, before: AppState, state: AppState) -> None:
        """Keep a report over which staff were asked about the clock, until there is other news."""
        if state.scans != before.scans:
            self._reading = None
        elif state.answers != before.answers:
            if not _is_about_clock(state.answer):
                self._reading = None
            elif self._reading is None and _is_to_read(before, self._read):
                self._reading = before


def _called_for(state: AppState, own: str, read: int) -> Iterator[str]:
    listing, form = state.listing, state.form
    if listing is not None and listing.kind == "cart" and state.answers == read:
        listing = None  # it was looked at; the cart itself goes on
    if own and not _is_to_read(state, read):
        yield own
    if listing is not None and form is not None and _is_about_row(state):
        yield "list"
    if form is not None or state.checking:  # whose form is away meanwhile
        yield "form"
    if state.locked is not None:
        yield "locked"
    if _is_to_read(state, read):
        yield "report"
    if listing is not None:
        yield "list"
    yield state.mode
    yield AS_ANOTHER.get(state.mode, "checkout")


def _is_to_read(state: AppState, read: int) -> bool:
    """Tell an answer of several lines that was not put away; a list is none, though it has them."""
    answer = state.answer
    if answer is None or state.answers == read or state.form is not None:
        return False
    return bool(answer.steps) or (bool(answer.rows) and state.listing is None)


def _is_about_clock(answer: Answer | None) -> bool:
    """Tell an answer about the clock, or what follows from its being set."""
    said = (answer.headline, answer.detail) if answer is not None else ()
    return any(x is not None and x.key.startswith("clock.") for x in said)


def _is_about_row(state: AppState) -> bool:
    """Tell a form that asks what to do with the row that was chosen: its buttons stand beside."""
    listing, form = state.listing, state.form
    one = form is not None and len(form.fields) == 1 and form.fields[0].kind == "choice"
    return one and listing is not None and bool(listing.chosen)


def _lists(before: AppState, state: AppState) -> bool:
    """Tell whether staff are answered with a list; one may have been there, out of sight."""
    listing, answer = state.listing, state.answer
    if listing is None or before.listing is None or answer is None:
        return listing is not None and before.listing is None
    return state.answers != before.answers and answer.headline == listing.headline


def _warns(state: AppState) -> bool:
    """Tell whether the session that was begun is doubtful."""
    rows = state.answer.rows if state.answer is not None else ()
    return any(row.key == "duty.due_told_closed" for row in rows)
