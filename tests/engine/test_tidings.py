"""What is told of a file that somebody has decided about."""

from __future__ import annotations

from support.transactions import NOW

from kiosk.daybook.batches import KnownBatch
from kiosk.daybook.facts import Batched
from kiosk.engine import tidings
from kiosk.words import Words


def test_a_file_that_was_written_again_is_told_by_its_own_name_and_its_folder() -> None:
    fact = Batched(
        id="b1", system="files", transactions=("t1",), numbers=(1,), times=(NOW,), at=NOW,
        key="/srv/out/koc-1", title="koc-1-North.koc", name="koc-1", rests_as="handed_over",
    )  # fmt: skip
    answer = tidings.of_file("written", KnownBatch(fact, "loaded", NOW), None)
    assert Words()(answer.headline) == "koc-1-North.koc was written again: /srv/out"
