"""Trying a connection step by step, for who sets it up: what went wrong, who can mend it, and how.

Each library system has its own steps, in a module `trial` beside its others. They ask and change
nothing: no transaction is sent, and nothing that was recorded is touched. A step that fails ends
the walk where the rest needs it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from kiosk.ils.base import LibraryError

State = Literal["ok", "look", "problem", "skipped"]
"""`look`: it works, and somebody should know something about it."""

Who = Literal["kiosk", "library", "network"]
"""Who can mend it: who looks after this kiosk and its kiosk.toml; the library system's
administrator; whoever runs the network between."""

Name = Literal[
    "name", "port", "tls", "shared", "login", "permission", "workstation", "status", "messages",
    "institution", "branch", "clock", "sessions", "upload", "process", "desk", "plugin",
    "service", "method", "queue", "backlog", "patron", "item", "loans", "place", "write",
    "sandbox", "form", "due", "names", "list", "rest",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that was tried.

    `says` is what happened and what it means, `mend` what to do about it, `who` who can. `detail`:
    the other side's own words, for whoever has to look closer.
    """

    name: Name
    state: State
    says: Phrase
    mend: Phrase | None = None
    who: Who | None = None
    detail: str = ""


Steps = AsyncIterator[Step]

CAUSES: Final[dict[str, tuple[str, Who]]] = {
    "library.name_unknown": ("trial.why.name_unknown", "network"),
    "library.refused_connection": ("trial.why.refused_connection", "network"),
    "library.no_answer": ("trial.why.no_answer", "network"),
    "library.no_network": ("trial.why.no_network", "network"),
    "library.hung_up": ("trial.why.hung_up", "library"),
    "library.broke_off": ("trial.why.hung_up", "library"),
    "library.login_refused": ("trial.why.login_refused", "library"),
    "library.says_offline": ("trial.why.says_offline", "library"),
    "library.denies": ("trial.why.denies", "library"),
    "library.no_prompt": ("trial.why.no_prompt", "kiosk"),
    "library.not_tls": ("trial.why.not_tls", "kiosk"),
    "library.no_https": ("trial.why.no_https", "kiosk"),
    "library.wants_tls": ("trial.why.wants_tls", "kiosk"),
    "library.tls_expired": ("trial.why.tls_expired", "library"),
    "library.tls_not_yet_valid": ("trial.why.tls_not_yet_valid", "kiosk"),
    "library.tls_unknown_signer": ("trial.why.tls_unknown_signer", "library"),
    "library.tls_other_name": ("trial.why.tls_other_name", "kiosk"),
    "library.tls_certificate": ("trial.why.tls_certificate", "library"),
    "library.tls_refused": ("trial.why.tls_refused", "library"),
    "library.tls_files": ("trial.why.tls_files", "kiosk"),
    "library.unreadable": ("trial.why.unreadable", "kiosk"),
    "library.sent_elsewhere": ("trial.why.sent_elsewhere", "kiosk"),
    "koha.no_plugin": ("trial.why.koha_no_plugin", "library"),
    "koha.no_rest": ("trial.why.koha_no_rest", "kiosk"),
    "koha.no_service": ("trial.why.koha_no_service", "kiosk"),
    "koha.no_koha": ("trial.why.koha_no_koha", "kiosk"),
    "koha.no_token": ("trial.why.koha_no_token", "kiosk"),
    "koha.basic_refused": ("trial.why.koha_basic_refused", "library"),
    "koha.client_refused": ("trial.why.koha_client_refused", "library"),
    "koha.no_permission": ("trial.why.koha_no_permission", "library"),
    "koha.page": ("trial.why.koha_page", "library"),
    "koha.fault": ("trial.why.koha_fault", "library"),
    "evergreen.not_from_here": ("trial.why.evergreen_not_from_here", "library"),
    "evergreen.not_there": ("trial.why.evergreen_not_there", "kiosk"),
    "evergreen.status": ("trial.why.evergreen_fault", "library"),
    "evergreen.empty": ("trial.why.evergreen_fault", "library"),
    "evergreen.web_page": ("trial.why.evergreen_unreadable", "kiosk"),
    "evergreen.unreadable": ("trial.why.evergreen_unreadable", "kiosk"),
    "evergreen.workstation_unknown": ("trial.why.evergreen_workstation", "library"),
    "evergreen.account_off": ("trial.why.evergreen_account_off", "library"),
    "evergreen.not_staff": ("trial.why.evergreen_not_staff", "library"),
    "evergreen.not_permitted": ("trial.why.evergreen_not_permitted", "library"),
    "evergreen.says_no": ("trial.why.evergreen_says_no", "library"),
}
"""What staff are told, by its key; what an administrator is told instead; and who can mend it."""

_RIGHT: Final = timedelta(seconds=60)
_CLOSE: Final = timedelta(minutes=5)
_QUARTER: Final = timedelta(minutes=15)  # what zones differ by, at the least


def fine(name: Name, key: str, /, **args: str | int | Phrase) -> Step:
    """Say that a step went well; by the key of its sentence."""
    return Step(name=name, state="ok", says=Phrase(key, args))


def skipped(name: Name, key: str, /, **args: str | int | Phrase) -> Step:
    """Say that a step was not taken, and why."""
    return Step(name=name, state="skipped", says=Phrase(key, args))


def look(name: Name, cause: str, who: Who, /, **args: str | int | Phrase) -> Step:
    """Say what somebody should know.

    `cause` is a key `trial.why.…`; what to do stands under `trial.mend.…`.
    """
    return _told(name, "look", cause, who, args)


def problem(name: Name, cause: str, who: Who, /, **args: str | int | Phrase) -> Step:
    """Say what is wrong."""
    return _told(name, "problem", cause, who, args)


def failure(name: Name, error: LibraryError, /, **more: str | int | Phrase) -> Step:
    """Say why the library system did not answer, to an administrator."""
    reason, args = error.reason, error.reason.args | more
    if reason.key not in CAUSES:
        told = Step(name=name, state="problem", says=reason, who="library")
        return with_detail(told, error.detail)
    cause, who = CAUSES[reason.key]
    if reason.key == "library.no_answer" and name != "port":  # which did answer
        cause, who = "trial.why.silent", "library"
    return with_detail(_told(name, "problem", cause, who, args), error.detail)


def with_detail(step: Step, detail: str) -> Step:
    """Add what the other side, or the machine, says itself."""
    return replace(step, detail=detail[:500])


def rest() -> Step:
    """Say that what comes after a failure was not tried."""
    return skipped("rest", "trial.not_tried")


def clock(ahead: timedelta, *, zoneless: bool = False) -> Step:
    """Judge by how much the library system's clock is ahead of this one.

    `zoneless`: it told its local time, so another time zone looks like a wrong clock.
    """
    off = abs(ahead)
    if off <= _RIGHT:
        return fine("clock", "trial.clock_right", seconds=round(off.total_seconds()))
    minutes = max(1, round(off.total_seconds() / 60))
    way = say("trial.clock_ahead" if ahead > timedelta() else "trial.clock_behind", count=minutes)
    beside = off % _QUARTER
    if zoneless and off > _QUARTER / 2 and min(beside, _QUARTER - beside) <= _RIGHT:
        return problem("clock", "trial.why.clock_zone", "kiosk", way=way)
    if off <= _CLOSE:
        return look("clock", "trial.why.clock_off", "kiosk", way=way)
    return problem("clock", "trial.why.clock_off", "kiosk", way=way)


def _told(
    name: Name,
    state: State,
    cause: str,
    who: Who,
    args: dict[str, str | int | Phrase],
) -> Step:
    says, mend = Phrase(cause, args), Phrase(cause.replace(".why.", ".mend."), args)
    return Step(name=name, state=state, says=says, mend=mend, who=who)
