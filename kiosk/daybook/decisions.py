"""What people decided of transactions and of delivery, where its commit failed: it does not count.

Such a commit may have reached the disk all the same, and staff were told that it had failed. A
transaction is voided then. What was said of one is revoked: it reads as if it had never been said.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kiosk.daybook.facts import decode_delivery, decode_revoked, decode_run

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk.daybook.facts import Delivery, RunFact
    from kiosk.daybook.fates import Source

TABLE = "revoked"


def revoked(source: Source) -> frozenset[str]:
    """Read which decisions do not count, by their ids."""
    return frozenset(decode_revoked(text).decision for _, text in source.scan(TABLE))


def counts(fact: Delivery | RunFact, without: Collection[str]) -> bool:
    """Tell whether a fact counts: nearly all do. `without`: the decisions that do not."""
    return not without or getattr(fact, "id", "") not in without


def to_revoke(source: Source, failed: Collection[str]) -> list[str]:
    """Find those of the failed decisions that are on the disk, and not revoked yet."""
    looked_for = set(failed) - revoked(source)
    if not looked_for:
        return []
    facts = chain(
        (decode_delivery(text) for _, text in source.scan("deliveries")),
        (decode_run(text) for _, text in source.scan("runs")),
    )
    found = dict.fromkeys(getattr(fact, "id", "") for fact in facts)
    return [each for each in found if each in looked_for]
