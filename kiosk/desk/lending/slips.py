"""The staff slip: what a person enters in the library system by hand, with barcodes to scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.desk.checks import functions
from kiosk.desk.transactions import Guest
from kiosk.desk.visits import Line
from kiosk.desk.words import say

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from kiosk.desk.policy import DeskSession, RegistrationRules
    from kiosk.desk.transactions import Kind
    from kiosk.desk.visits import Visit

REFERENCE = 6
"""Letters of a visit's id that stand on its slip: enough to tell those on the list apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What a staff slip says of one visit.

    `card` is whole, because staff have to scan it, "" where there was none; then `guest` may say
    who it was. `reference` is the beginning of the visit's id: scanned as `entered:REFERENCE` once
    all is entered.
    """

    reference: str
    at: datetime
    library: str
    staff: str
    card: str
    guest: Guest | None
    lines: tuple[Line, ...]

    @classmethod
    def of(
        cls,
        visit: Visit,
        at: datetime,
        session: DeskSession,
        carries: AbstractSet[Kind],
        rules: RegistrationRules,
    ) -> Slip:
        """Make the slip of a visit; without lines where nothing of it is entered by hand."""
        lines = (x for x in visit.counting if is_by_hand(visit, x, carries))
        return cls(
            reference=reference(visit.id),
            at=at,
            library=session.library,
            staff=session.staff,
            card=visit.patron or "",
            guest=visit.guest,
            lines=tuple(_in_names(x, rules) for x in lines),
        )


def reference(visit: str) -> str:
    """Give what stands on the slip of a visit, by its id, to be scanned once all is entered."""
    return visit[:REFERENCE]


def _in_names(line: Line, rules: RegistrationRules) -> Line:
    """Give what was chosen by its name: a person enters it, and does not know the codes."""
    names = {
        (say(f"register.{field}").key, choice.code): choice.name
        for field, choices in rules.choices.items()
        for choice in choices
    }
    details = tuple((label, names.get((label.key, text), text)) for label, text in line.details)
    return replace(line, details=details)


def is_by_hand(visit: Visit, line: Line, carries: AbstractSet[Kind]) -> bool:
    """Whether a person enters a line in the library system, because it cannot be sent."""
    return line.stage == "by_hand" or functions.by_hand(line.kind, visit, carries)
