"""Settings on the screen: opened by an administrator's PIN, and closed again.

    settings          ask who it is, and for the PIN
    settings:close    nobody may change anything more

What can be set, and whether a value fits, is not the desk's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.desk import effects
from kiosk.desk.answers import news
from kiosk.desk.asking import forms
from kiosk.desk.asking.prompts import Form
from kiosk.desk.session import pins
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.session.sessions import Roster
    from kiosk.desk.work import Work

FORM = "settings"
CLOSE = "close"
"""The value of the command that closes them."""


def command(work: Work, _: Event, value: str) -> None:
    """Ask for an administrator, where there is one; or close the settings."""
    roster = work.state.roster
    if value == CLOSE:
        work.want(effects.CloseSettings())
        work.answer(news(say("settings.closed")))
    elif value:
        work.refuse(say("settings.unreadable", text=shown(value)), say("settings.how"))
    elif work.session.practice:
        work.refuse(say("settings.practice"), say("settings.practice_detail"))
    elif not roster.administrators:
        work.refuse(say("settings.nobody"), roster.problem or say("settings.nobody_detail"))
    else:
        on_duty = roster.member(work.session.number)
        alone = roster.administrators[0] if len(roster.administrators) == 1 else None
        chosen = on_duty if on_duty in roster.administrators else alone
        who = pins.who("settings.who", roster, roster.administrators, chosen)
        form = Form(
            kind=FORM,
            headline=say("settings.title"),
            fields=(who, pins.PIN),
            at=0 if chosen is None else 1,
        )
        forms.ask(work, form)


def opened(work: Work, _: Event, form: Form) -> None:
    """Open them for the administrator whose PIN was right."""
    roster = work.state.roster
    member = roster.member(form.value("staff"))
    if member is None or member not in roster.administrators:
        work.refuse(say("settings.nobody"), say("settings.nobody_detail"))  # not any more
        return
    work.want(effects.OpenSettings(roster.label(member)))
    work.answer(news(say("settings.opened"), say("settings.opened_detail")))


def staff_changed(work: Work, before: Roster) -> None:
    """Close the settings when an administrator is none any more: that one may have opened them."""
    now = {member.number for member in work.state.roster.administrators}
    if any(member.number not in now for member in before.administrators):
        work.want(effects.CloseSettings())
