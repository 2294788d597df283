"""What the library says of a patron: why nothing may be lent, and how much is out and owed."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from kiosk.desk.words import Phrase, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kiosk.desk.transactions import PatronAnswer

_SUM: Final = "charging_denied"
"""The block that follows from others, and says the least."""


def why_not(answer: PatronAnswer) -> Phrase | None:
    """Say why a patron may not borrow: in the library's words, else by what blocks; None: may."""
    if answer.valid:
        return None
    if answer.words:
        return say("patron.blocked_words", words=answer.words)
    if answer.blocks:
        others = [block for block in answer.blocks if block != _SUM]
        whys = [say(f"patron.block.{block}") for block in others or answer.blocks]
        return say("patron.blocked_by", why=in_one_line(whys))
    return say("patron.blocked")


def about(answer: PatronAnswer) -> tuple[Phrase, ...]:
    """Tell what is out, overdue, on hold and owed, as far as there is any; then what else is said.

    Of a patron who may borrow also what is denied besides, and the library's words: that the card
    is about to expire, or just a greeting.
    """
    return tuple(_about(answer))


def _about(answer: PatronAnswer) -> Iterator[Phrase]:
    for name in ("charged", "overdue", "holds"):
        count = getattr(answer, name)
        if count:
            yield say(f"patron.count.{name}", count=count)
    if answer.fines:
        yield say("patron.fines", amount=answer.fines)
    if answer.valid:
        yield from (say(f"patron.block.{block}") for block in answer.blocks)
        if answer.words:
            yield say("patron.says", words=answer.words)


def in_one_line(phrases: Iterable[Phrase]) -> Phrase:
    """Put phrases, of which there is at least one, into one."""
    return reduce(lambda first, second: say("patron.and", first=first, second=second), phrases)
