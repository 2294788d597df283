"""What `help` and `commands` say: where the desk stands, what it cannot know, what can be done.

Two sentences for every state a desk can be in. What stops the desk comes first, then what is being
asked, then what a scan would do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk import commandlist, commands
from kiosk.desk.answers import Answer, news, refusal
from kiosk.desk.checks import functions
from kiosk.desk.session import onduty
from kiosk.desk.words import Phrase, say, shown

if TYPE_CHECKING:
    from kiosk.desk.events import Event
    from kiosk.desk.state import DeskState
    from kiosk.desk.work import Work


def command(work: Work, _: Event, value: str) -> None:
    """Say where the desk stands; or what a command does, where one is named."""
    work.answer(_of_command(work, value) if value else explain(work.state))


def list_commands(work: Work, _: Event, __: str) -> None:
    """List the commands that can be used here, a row for each group."""
    rows = tuple(
        say(f"commands.row_{group.name}", words=group.summary)
        for group in commandlist.groups(work.settings, work.carries, work.system)
    )
    work.answer(replace(news(say("commands.title"), say("commands.how")), rows=rows))


def _of_command(work: Work, text: str) -> Answer:
    """Say what one command does; also why its function is off here, or what to mind.

    `text` is as it was given: `due`, `:due:21`.
    """
    word = commands.word_in(text)
    if word is None:
        return refusal(say("command.unknown", text=shown(text)), say("help.commands"))
    function = functions.OF_COMMANDS.get(word)
    reason = None
    if function is not None:
        reason = functions.ruling(function, work.settings.functions, work.carries).reason
    return news(say(f"help.command.{word.replace('-', '_')}"), reason)


def explain(state: DeskState) -> Answer:
    """Say where the desk stands, and what is known here."""
    if state.alarm is not None:
        return news(say("help.alarm"), say("alarm.use_paper"))
    if state.form is not None:
        how = say(f"form.how.{state.form.field.kind}")
        rows = tuple(option.words for option in state.form.field.options)
        headline = say("help.locked" if state.locked else "help.form")
        return replace(news(headline, how), rows=rows)
    if state.locked:
        return news(say(f"duty.locked.{state.locked}"), onduty.how(state.roster))
    if state.asked is not None:
        return news(say("help.question"), state.asked.question.detail)
    if state.clock.state == "wrong":
        return news(say("help.clock_wrong"), say("clock.how"))
    return news(_doing(state), _known(state))


def _doing(state: DeskState) -> Phrase:
    """Say what a scan would do now."""
    if state.closing is not None:
        return say("help.closing")
    situation = f"{state.mode}_{'idle' if state.visit is None else 'open'}"
    return say(f"help.{situation}")


def _known(state: DeskState) -> Phrase:
    """Say what the desk knows, and what only the library does."""
    return say("help.online") if state.online else say(f"help.offline_{state.mode}")
