"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Machines are shared and slow at times: no example is failed for its time. In CI the same examples
# are tried each time; new ones are found at the developers' desks.
settings.register_profile("daybook", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("daybook")
