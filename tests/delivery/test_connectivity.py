"""Whether the library can be reached: the table in connectivity.py, row by row, and its edges."""

from __future__ import annotations

import pytest

from kiosk.delivery.connectivity import Connectivity
from kiosk.desk.words import say

GONE = say("library.no_network")


def after(results: str) -> Connectivity:
    """Count results, oldest first: `+` for a reply, `-` for a failure."""
    connectivity = Connectivity()
    for result in results:
        if result == "+":
            connectivity.succeeded()
        else:
            connectivity.failed(GONE)
    return connectivity


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ("", "connecting"),
        ("-", "offline"),
        ("+-", "offline"),
        ("+++++-", "offline"),
        ("++", "online"),
        ("---++", "online"),
        ("+", "online"),
        ("-+", "online"),
        ("+++-+", "online"),
        ("--+", "offline"),
        ("-+-+", "offline"),
        ("-++-+", "offline"),
        ("-+++-+", "online"),  # only five are remembered
        ("--+++-+", "online"),
    ],
)
def test_the_last_five_results_decide(results: str, state: str) -> None:
    assert after(results).state == state


def test_the_reason_is_that_of_the_last_failure_and_only_while_offline() -> None:
    connectivity = after("")
    assert connectivity.reason is None
    connectivity.failed(GONE)
    connectivity.failed(say("library.no_answer"))
    assert connectivity.reason == say("library.no_answer")
    connectivity.succeeded()
    assert connectivity.reason == say("library.no_answer")
    connectivity.succeeded()
    assert connectivity.reason is None
