"""Trying the way into Koha step by step: login, permission, and what takes what has happened.

The plugin is told that nothing has happened; the service is called without anything to do. Koha is
not asked whether it knows the branch: no call is known that says so without leaving a trace.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kiosk.desk.words import say
from kiosk.ils import trial
from kiosk.ils.base import Unreachable
from kiosk.ils.koha.library import best_method
from kiosk.ils.koha.rest import NoPlugin, Rest
from kiosk.ils.koha.service import Service
from kiosk.ils.reaching import reach_web

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.ils.koha.settings import KohaSettings
    from kiosk.ils.trial import Name, Step, Steps

_OF_LOGIN: Final = ("library.login_refused", "koha.basic_refused", "koha.client_refused")


async def steps(settings: KohaSettings, zone: tzinfo, clock: Callable[[], datetime]) -> Steps:
    """Walk through a connection."""
    base = settings.rest if settings.method == "plugin" else settings.staff
    async for step in reach_web(base, settings.ca_file, settings.connect_timeout):
        yield step
        if step.state == "problem":
            yield trial.rest()
            return
    way: Rest | Service = Rest(settings) if settings.method == "plugin" else Service(settings, zone)
    try:
        failed = False
        async for step in _let_in(way, settings, zone):
            yield step
            failed = failed or step.state == "problem"
        if failed:
            yield trial.rest()
            return
        theirs = await way.time()
        if theirs is None:
            yield trial.skipped("clock", "trial.clock_untold")
        else:
            yield trial.clock(theirs - clock())
    except Unreachable as error:
        yield trial.failure("clock", error)
    finally:
        await way.close()
    if settings.method == "service":
        yield await _better(settings)
    if settings.pending:
        yield trial.fine("queue", "trial.koha_queue", branch=settings.branchcode)
    yield trial.skipped("branch", "trial.koha_branch_untried", branch=settings.branchcode)


async def _let_in(way: Rest | Service, settings: KohaSettings, zone: tzinfo) -> Steps:
    """Log in, and see that what takes transactions is there and takes them of this login."""
    who, last = settings.client or settings.login, _what(settings)
    try:
        await way.hello()
    except NoPlugin as error:
        yield await _no_plugin(error, settings, zone)
        return
    except Unreachable as error:
        key = error.reason.key
        if key in _OF_LOGIN:
            yield _refused(error, who)
            return
        if key == "koha.no_permission":
            yield trial.fine("login", "trial.logged_in", login=who)
            yield trial.failure("permission", error, login=who)
            return
        yield trial.failure(last, error, login=who)
        return
    yield trial.fine("login", "trial.logged_in", login=who)
    yield trial.fine("permission", "trial.koha_may", login=who)
    there = "trial.koha_plugin_there" if last == "plugin" else "trial.koha_service_there"
    yield trial.fine(last, there)


def _refused(error: Unreachable, who: str) -> Step:
    """Say that a login was refused; to the service an old Koha says so of a permission, too."""
    step = trial.failure("login", error, login=who)
    if error.reason.key == "library.login_refused":
        return replace(step, mend=say("trial.mend.login_refused_old_koha"))
    return step


def _what(settings: KohaSettings) -> Name:
    return "plugin" if settings.method == "plugin" else "service"


async def _no_plugin(error: NoPlugin, settings: KohaSettings, zone: tzinfo) -> Step:
    """Say what to do without the plugin: where the service lets this login in, that is another way.

    It knows no API keys.
    """
    if error.reason.key != "koha.no_plugin" or not settings.login:
        return trial.failure("plugin", error)
    service = Service(settings, zone)
    try:
        await service.hello()
    except Unreachable:
        return trial.failure("plugin", error)
    finally:
        await service.close()
    return trial.problem("plugin", "trial.why.koha_use_service", "kiosk", **error.reason.args)


async def _better(settings: KohaSettings) -> Step:
    """See whether the plugin is there, which is the safer way."""
    try:
        best = await best_method(settings)
    except Unreachable:
        return trial.skipped("method", "trial.koha_plugin_unsure")
    if best == "plugin":
        return trial.look("method", "trial.why.koha_use_plugin", "kiosk")
    return trial.fine("method", "trial.koha_method_fits")
