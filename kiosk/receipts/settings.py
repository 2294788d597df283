"""What a library can choose for its receipts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptSettings:
    """What stands on every receipt.

    `footer` follows the thanks: its first entry beside them, where both fit, then one a line.
    """

    footer: tuple[str, ...] = ()
