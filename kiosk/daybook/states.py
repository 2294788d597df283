"""What a transaction has come to, in a word; by itself, so that the command line starts fast."""

from __future__ import annotations

from typing import Literal

State = Literal[
    "queued",
    "sending",
    "waiting",
    "handed_over",
    "voided",
    "applied",
    "noticed",
    "refused",
    "unknown",
    "by_hand",
]
"""In the words of `kiosk transactions --state`."""
