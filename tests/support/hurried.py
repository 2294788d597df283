"""The `kiosk` command with less patience, for tests of real processes that wait for it.

    python -m support.hurried '{"kiosk.view.server.LOOK": 0.2}' engine --config kiosk.toml

Seconds by the names of the constants that they stand in for.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from importlib import import_module

from kiosk.cli import main


def hurry(sooner: dict[str, float]) -> None:
    """Take other seconds than those that are right at a desk."""
    for name, seconds in sooner.items():
        module, _, constant = name.rpartition(".")
        found = import_module(module)
        usual = getattr(found, constant)
        setattr(
            found, constant, timedelta(seconds=seconds) if isinstance(usual, timedelta) else seconds
        )


if __name__ == "__main__":
    hurry(json.loads(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
