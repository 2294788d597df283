"""What is used again is made once, and says what it is told to."""

from __future__ import annotations

from kiosk.screens.widgets.spare import Spare
from kiosk.screens.widgets.texts import Text


def test_gives_the_same_widgets_again_and_makes_more_where_they_do_not_suffice(stage):
    spare = Spare(Text)
    first = [spare.next(says=word) for word in ("one", "two")]
    spare.begin()
    second = [spare.next(says=word) for word in ("three", "four", "five")]
    assert second[:2] == first
    assert [text.says for text in second] == ["three", "four", "five"]


def test_makes_one_at_each_step_beforehand(stage):
    made = []
    spare = Spare(lambda: made.append(Text()) or made[-1])
    assert [len(made) for _ in spare.make_ready(3)] == [1, 2, 3]
    assert [spare.next() for _ in range(3)] == made
