"""What the tests of connections that are tried share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.ils.trial import Step, Steps

WORDS = Words()
LEFT_OUT = "…"
"""What stands in a sentence for a parameter that was not given."""


async def walked(steps: Steps) -> dict[str, Step]:
    """Take all steps; give them by their names. All that they say can be said."""
    found: dict[str, Step] = {}
    async for step in steps:
        for phrase in (step.says, step.mend):
            assert phrase is None or LEFT_OUT not in WORDS(phrase), WORDS(phrase)
            assert phrase is None or WORDS(phrase) != phrase.key
        if step.state in ("look", "problem"):
            assert step.mend is not None
            assert step.who is not None
        assert step.name not in found
        found[step.name] = step
    return found


def states(found: dict[str, Step]) -> dict[str, str]:
    """Give how each step went, but for the way there."""
    return {name: x.state for name, x in found.items() if name not in ("name", "port", "tls")}


def problems(found: dict[str, Step]) -> dict[str, str]:
    """Give what is wrong, by step: the last part of its sentence's key."""
    return {
        name: x.says.key.rpartition(".")[2] for name, x in found.items() if x.state == "problem"
    }
