"""What staff ask to be looked up, where that meets something nobody foresaw."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from support.transactions import NOW

from kiosk.desk import effects, events
from kiosk.desk.answers import look
from kiosk.desk.words import say
from kiosk.engine.lookups import Lookups

if TYPE_CHECKING:
    from kiosk.desk.effects import Effect


class Failing:
    """A daybook, and all else there is to look at, of which nothing can be read."""

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)


@pytest.mark.parametrize(
    ("effect", "headline", "detail"),
    [
        (effects.TellHistory("1"), "history.failed", "history.failed_detail"),
        (effects.TellPreview(), "preview.failed", "preview.failed_detail"),
    ],
    ids=["history", "preview"],
)
async def test_staff_are_told_that_it_failed_and_the_log_why(
    effect: Effect,
    headline: str,
    detail: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun: list[Any] = []
    handled: list[events.Event] = []
    everything = cast(
        "Any",
        SimpleNamespace(
            put=lambda _facts, then: then(()),
            start=begun.append,
            daybook=Failing(),
            listed=None,
            session=SimpleNamespace(block_list=None),
        ),
    )
    looking = Lookups(
        everything, everything, everything, block_list=everything, readiness=everything,
        devices=everything, delivery=everything, now=lambda: NOW, handle=handled.append,
    )  # fmt: skip
    looking.begin(effect)
    [task] = begun
    with caplog.at_level(logging.ERROR):
        await task
    [found] = handled
    assert isinstance(found, events.Found)
    [answer] = found.answers
    assert answer == look(say(headline), say(detail))
    assert "ZeroDivisionError" in caplog.text
