"""Trying a SIP2 connection step by step: what it says it can do, what time it has, who it knows.

It asks with a connection of its own. Some accounts may have one only: while the kiosk runs, the
login may then fail though nothing is wrong. Nothing is lent or taken back: whether the login may,
shows with the first item, because servers answer the question for it with no, and take it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.ils import trial
from kiosk.ils.base import Unreachable
from kiosk.ils.reaching import reach
from kiosk.ils.sip2 import replies, tls
from kiosk.ils.sip2.requests import Requests
from kiosk.ils.sip2.talk import STATUS, Talk
from kiosk.ils.sip2.wire import read_date

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.ils.sip2.servers import NoBlock
    from kiosk.ils.sip2.settings import Sip2Settings
    from kiosk.ils.sip2.wire import Reply
    from kiosk.ils.trial import Step, Steps

_NEEDED: Final = {1: "11", 2: "09", 7: "63", 10: "17", 14: "29"}
"""The messages that Daybook cannot do without, by their positions in BX."""

_LATER: Final[dict[NoBlock, str]] = {
    "honoured": "trial.later_honoured",
    "own_date": "trial.why.later_own_date",
    "ignored": "trial.why.later_ignored",
    "never": "trial.why.later_never",
}
"""What becomes of a loan that has already happened."""


async def steps(
    settings: Sip2Settings,
    zone: tzinfo,
    clock: Callable[[], datetime],
    *,
    backlog: bool = False,
    shared: bool = False,
    card: str = "",
    item: str = "",
) -> Steps:
    """Walk through a connection.

    `backlog`: what has happened goes this way too. `shared`: a kiosk that runs has a connection
    already. `card` and `item` are looked up, where there are some.
    """
    context = (lambda: tls.context(settings)) if settings.tls else None
    patience, name = settings.connect_timeout, tls.server_name(settings)
    async for step in reach(settings.host, settings.port, patience, context=context, name=name):
        yield step
        if step.state == "problem":
            yield trial.rest()
            return
    if shared and settings.quirks.connections == 1:
        yield trial.look("shared", "trial.why.shared", "kiosk")
    talk = Talk(settings)
    try:
        async for step in _spoken(talk, settings, zone, clock):
            yield step
            if step.state == "problem" and step.name in ("login", "status"):
                yield trial.rest()
                return
        if backlog:
            yield _later(settings)
        requests = Requests(settings, settings.quirks, zone, clock)
        yield await _patron(talk, requests, card)
        yield await _item(talk, requests, item)
        yield trial.skipped("loans", "trial.loans_untried")
    finally:
        await talk.close()


async def _spoken(
    talk: Talk, settings: Sip2Settings, zone: tzinfo, clock: Callable[[], datetime]
) -> Steps:
    """Log in, and read what the server says of itself."""
    try:
        await talk.greet()
        status = await talk.ask(STATUS)
    except Unreachable as error:
        says_no = error.reason.key in ("library.says_offline", "library.denies")
        if says_no:
            yield _logged_in(settings)
        yield trial.failure("status" if says_no else "login", error, login=settings.login)
        return
    yield _logged_in(settings)
    yield _messages(status)
    yield _institution(status, settings)
    theirs = read_date(status.fixed[14:32], zone)
    if theirs is None:
        yield trial.skipped("clock", "trial.clock_untold")
    else:
        yield trial.clock(theirs - clock(), zoneless=True)


def _logged_in(settings: Sip2Settings) -> Step:
    if not settings.login:
        return trial.skipped("login", "trial.no_login")
    return trial.fine("login", "trial.logged_in", login=settings.login)


def _messages(status: Reply) -> Step:
    """Read which messages it says it knows (BX)."""
    knows = status.first("BX")
    if not knows:
        return trial.skipped("messages", "trial.messages_untold")
    lacking = [code for at, code in _NEEDED.items() if knows[at : at + 1] != "Y"]
    if lacking:
        return trial.look(
            "messages", "trial.why.messages_lacking", "library", codes=", ".join(lacking)
        )
    return trial.fine("messages", "trial.messages_known")


def _institution(status: Reply, settings: Sip2Settings) -> Step:
    theirs, ours = status.first("AO").strip(), settings.institution
    if ours and theirs and ours != theirs:
        return trial.look(
            "institution", "trial.why.institution_other", "kiosk", ours=ours, theirs=theirs
        )
    if theirs:
        return trial.fine("institution", "trial.institution_told", theirs=theirs)
    return trial.skipped("institution", "trial.institution_untold")


def _later(settings: Sip2Settings) -> Step:
    cause = _LATER[settings.quirks.no_block]
    if settings.quirks.no_block == "honoured":
        return trial.fine("backlog", cause, server=settings.server)
    return trial.look("backlog", cause, "library", server=settings.server)


async def _patron(talk: Talk, requests: Requests, card: str) -> Step:
    if not card:
        return trial.skipped("patron", "trial.patron_skipped")
    if not requests.fit(card):
        return trial.problem("patron", "trial.why.not_writable", "kiosk", number=card)
    try:
        answer = replies.patron_answer(card, await talk.ask(requests.patron(card)))
    except Unreachable as error:
        return trial.failure("patron", error, login=requests.settings.login)
    if not answer.valid:
        return trial.look(
            "patron", "trial.why.patron_invalid", "kiosk", number=card, words=answer.words
        )
    return trial.fine("patron", "trial.patron_found", number=card, name=answer.name)


async def _item(talk: Talk, requests: Requests, item: str) -> Step:
    if not item:
        return trial.skipped("item", "trial.item_skipped")
    if not requests.fit(item):
        return trial.problem("item", "trial.why.not_writable", "kiosk", number=item)
    try:
        answer = replies.item_status(await talk.ask(requests.item(item)), None)
    except Unreachable as error:
        return trial.failure("item", error, login=requests.settings.login)
    if answer.charged is None and not answer.title:
        return trial.look(
            "item", "trial.why.item_unknown", "kiosk", number=item, words=answer.words
        )
    return trial.fine("item", "trial.item_found", number=item, title=answer.title)
