"""How long tests wait: machines that run them are busy at times, and no test may fail of that."""

from __future__ import annotations

from typing import Any

PATIENCE = 60.0
"""Seconds after which something that should have happened has not."""

PATIENT: dict[str, Any] = {"timeout": 5.0, "connect_timeout": 5.0}
"""For a way into a fake system, where an answer is expected."""

IMPATIENT: dict[str, Any] = {"timeout": 0.3}
"""For one where the fake is going to be silent."""
