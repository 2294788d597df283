"""Brings together what a report of a run needs, from a daybook."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.daybook import worklist
from kiosk.desk.settling import doubt

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.afterwards.reports import Report
    from kiosk.desk.afterwards.runs import Run


def filled(blank: Report, daybook: Daybook, run: Run | None, most: int) -> Report:
    """Fill in the report of a run; None where there was none. `most` troubles are told in full."""
    indexes = daybook.indexes
    of_run = run.to_fix if run is not None else ()
    to_fix = [indexes.exceptions[each] for each in of_run if each in indexes.exceptions]
    found = (worklist.exception(daybook, str(each.number)) for each in to_fix[:most])
    pending = indexes.pending.values()
    return replace(
        blank,
        run=run,
        waiting=Counter(each.kind for each in pending),
        since=next((each.at for each in pending), None),
        away_since=indexes.away_since,
        troubles=tuple(
            (each, doubt.advised(blank.system, daybook, each)) for each in found if each is not None
        ),
        more=max(len(to_fix) - most, 0),
        settled=len(of_run) - len(to_fix),
        told=run is not None and run not in indexes.runs.untold,
        others=len(indexes.exceptions) - len(to_fix),
    )
