"""Trying Symphony's log step by step: its place, the names in it, and what it cannot say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiosk.ils import trial
from kiosk.ils.files import formats
from kiosk.ils.files import trial as files
from kiosk.ils.symphony.settings import POLICY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from kiosk.ils.files.folder import Disk
    from kiosk.ils.symphony.settings import SymphonySettings
    from kiosk.ils.trial import Step, Steps


async def steps(
    settings: SymphonySettings,
    disk: Disk,
    zone: tzinfo,
    terminal: str,
    codes: Sequence[tuple[str, str]],
) -> Steps:
    """Walk through it. `codes`: library and access of each place that staff can choose."""
    async for step in files.steps(disk, formats.of_symphony(settings, zone), terminal):
        yield step
    yield _names(settings, codes)
    if settings.due_code:
        yield trial.look("due", "trial.why.symphony_due", "library", code=settings.due_code)
    else:
        yield trial.look("due", "trial.why.symphony_no_due", "library")


def _names(settings: SymphonySettings, codes: Sequence[tuple[str, str]]) -> Step:
    """See that library and access are named: without them nothing is written."""
    chosen = [
        (settings.library or library, settings.access or access)
        for library, access in codes or [("", "")]
    ]
    if not all(re.fullmatch(POLICY_NAME, name) for pair in chosen for name in pair):
        return trial.problem("names", "trial.why.symphony_unnamed", "kiosk")
    told = ", ".join(f"{library} ({access})" for library, access in dict.fromkeys(chosen))
    return trial.fine("names", "trial.symphony_named", named=told, station=settings.station)
