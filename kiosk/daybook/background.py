"""How a child process behaves beside a desk at work."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def give_way() -> None:
    """Let everything else on this machine go first."""
    os.nice(19)
    with suppress(OSError):  # where memory runs out, this goes before the desk (proc(5))
        Path("/proc/self/oom_score_adj").write_text("1000")
