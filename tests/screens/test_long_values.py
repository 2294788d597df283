"""What others write may be of any length: it is broken or cut, and nothing is pushed away by it."""

from __future__ import annotations

import pytest

from tests.screens import stories
from tests.screens.audit import what_stays
from tests.screens.gallery import STATES
from tests.screens.lengthening import NUMBER, WORDS, lengthened
from tests.screens.stage import SIZES

ASIDE = ("broken: ", "cut: ")
"""That so long a word is broken within, and ends in an ellipsis, is as it should be."""


def nothing_else(_root):
    return []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("text", [WORDS, NUMBER], ids=["words", "number"])
def test_nothing_is_pushed_off_a_screen_or_over_another_by_300_characters(
    stage, size, text, monkeypatch
):
    stage.fresh(size)
    for name, state in STATES.items():
        monkeypatch.setitem(STATES, name, lengthened(state, text))
    found = []
    for name in stories.NAMES:
        stage.turn_to(name)
        found += what_stays(stage, name, nothing_else)
    assert [one for one in found if not one[1].startswith(ASIDE)] == []
