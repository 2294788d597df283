"""What only staff can decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.desk.words import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Something only staff can decide. Answered by the commands `yes` and `no`.

    `rather`: what is advised, and what most people press next.
    """

    headline: Phrase
    detail: Phrase
    yes: Phrase
    no: Phrase
    rather: Literal["yes", "no"] = "yes"
