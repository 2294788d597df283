"""What the daybook has to be told. Light: reading a configuration opens no daybook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionSettings:
    """How long the daybook remembers. Days after a transaction is done with."""

    patron_days: int = 30
    """Whose it was. Long enough for "I returned that" at the end of a loan; a borrowing history is
    what libraries protect, and a desk has no use for it."""
    transaction_days: int = 400
    """That it was. Long enough to compare a month with the same one of the year before."""
