"""How long tests wait: machines that run them are busy at times, and no test may fail of that."""

from __future__ import annotations

from typing import Any

from support.fake_web.faults import FAULTS, Effect

PATIENCE = 60.0
"""Seconds after which something that should have happened has not."""

PATIENT: dict[str, Any] = {"timeout": 5.0, "connect_timeout": 5.0}
"""For a way into a fake system, where an answer is expected."""

IMPATIENT: dict[str, Any] = {"timeout": 0.8, "connect_timeout": 0.8}
"""For one where the fake is going to be silent."""


def patience_with(fault: str) -> dict[str, Any]:
    """Say how long to wait for an answer of a fake with this fault; it may be one of its own."""
    effect = FAULTS.get(fault, Effect())
    hangs = effect.then in {"stay", "mute"} and effect.say in {"nothing", "half"}
    return IMPATIENT if hangs or effect.gap > 0.01 else PATIENT
