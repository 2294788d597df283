"""Trying the way into Evergreen step by step: login, workstation, clock, what the account may do.

What it may do is asked without a trace: the program for uploads looks at the permission first and
then for the session, so it is asked about a session that there never was. None is made; Evergreen
could not delete it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils import trial
from kiosk.ils.base import LibraryError, Unreachable
from kiosk.ils.evergreen.forms import Forms
from kiosk.ils.evergreen.gateway import Gateway
from kiosk.ils.evergreen.offline import Offline
from kiosk.ils.evergreen.sessions import title, todays
from kiosk.ils.evergreen.settings import desk_name
from kiosk.ils.reaching import reach_web

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.ils.evergreen.settings import EvergreenSettings
    from kiosk.ils.trial import Name, Step, Steps


async def steps(
    settings: EvergreenSettings, zone: tzinfo, clock: Callable[[], datetime], terminal: str
) -> Steps:
    """Walk through a connection. `terminal` is this desk's name."""
    async for step in reach_web(settings.base, settings.ca_file, settings.connect_timeout):
        yield step
        if step.state == "problem":
            yield trial.rest()
            return
    forms = Forms(settings)
    gateway = Gateway(settings, forms, clock)
    offline = Offline(settings, forms, gateway, zone)
    try:
        logged_in = await _login(gateway, settings)
        yield logged_in
        if logged_in.state == "problem":
            yield trial.rest()
            return
        yield _workstation(settings)
        yield await _clock(gateway)
        seen = await _sessions(offline, settings, clock().astimezone(zone))
        yield seen
        if seen.says.key != "trial.why.evergreen_not_permitted" and seen.state == "problem":
            yield trial.rest()
            return
        yield await _upload(offline, settings)
        yield await _process(offline, settings, terminal)
        yield _desk(settings, terminal)
    finally:
        await offline.close()
        await forms.close()


async def _login(gateway: Gateway, settings: EvergreenSettings) -> Step:
    """Log in. A workstation that is not known is refused here, too, once the password was right."""
    try:
        await gateway.token()
    except Unreachable as error:
        unknown = error.reason.key == "evergreen.workstation_unknown"
        return trial.failure("workstation" if unknown else "login", error, login=settings.login)
    return trial.fine("login", "trial.logged_in", login=settings.login)


def _workstation(settings: EvergreenSettings) -> Step:
    if settings.workstation:
        return trial.fine("workstation", "trial.evergreen_workstation", name=settings.workstation)
    return trial.look("workstation", "trial.why.evergreen_no_workstation", "library")


async def _clock(gateway: Gateway) -> Step:
    try:
        return trial.clock(await gateway.clock_offset())
    except Unreachable as error:
        return trial.failure("clock", error)


async def _sessions(offline: Offline, settings: EvergreenSettings, now: datetime) -> Step:
    """Look at the library's upload sessions: that takes a permission of its own."""
    try:
        found = await offline.sessions()
    except LibraryError as error:
        return _denied("sessions", error, settings)
    today = todays(found, settings.session_title, now.date())
    if today is None:
        wanted = title(settings.session_title, now.date())
        return trial.fine("sessions", "trial.evergreen_none_today", title=wanted, org=settings.org)
    return trial.fine(
        "sessions", "trial.evergreen_today", title=today.session.title, org=settings.org
    )


async def _upload(offline: Offline, settings: EvergreenSettings) -> Step:
    try:
        lacks = await offline.lacks("load")
    except LibraryError as error:
        return _denied("upload", error, settings)
    if lacks:
        cause = "trial.why.evergreen_not_permitted"
        return trial.problem(
            "upload", cause, "library", permission=lacks, org=settings.org, login=settings.login
        )
    return trial.fine("upload", "trial.evergreen_may_upload")


async def _process(offline: Offline, settings: EvergreenSettings, terminal: str) -> Step:
    """See whether the account may have sessions processed: not every one has to."""
    try:
        lacks = await offline.lacks("execute")
    except LibraryError as error:
        return _denied("process", error, settings)
    if not lacks:
        return trial.fine("process", "trial.evergreen_may_process")
    processes = settings.process == "all-in" and desk_name(settings.desks[0]) == desk_name(terminal)
    if processes:
        cause = "trial.why.evergreen_cannot_process"
        return trial.problem("process", cause, "library", permission=lacks, org=settings.org)
    return trial.fine("process", "trial.evergreen_staff_process", permission=lacks)


def _desk(settings: EvergreenSettings, terminal: str) -> Step:
    if not settings.desks:
        return trial.skipped("desk", "trial.evergreen_no_desks", terminal=terminal)
    if desk_name(terminal) not in map(desk_name, settings.desks):
        return trial.problem("desk", "trial.why.evergreen_other_desk", "kiosk", terminal=terminal)
    return trial.fine(
        "desk", "trial.evergreen_desk", terminal=terminal, desks=", ".join(settings.desks)
    )


def _denied(name: Name, error: LibraryError, settings: EvergreenSettings) -> Step:
    return trial.failure(name, error, org=settings.org, login=settings.login)
