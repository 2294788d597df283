"""How backlogs were delivered, read from the disk. What must be known at once is in `runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.daybook.facts import (
    Answered,
    Batched,
    BatchLoaded,
    RunEnded,
    decode_delivery,
    decode_run,
)

if TYPE_CHECKING:
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome


def unfinished_run(daybook: Daybook) -> tuple[Run | None, list[tuple[str, Outcome]]]:
    """Read the run that was under way when the kiosk stopped, and what came of it so far.

    What was put into batches is counted in it. Each outcome comes with what kind of transaction it
    is about.
    """
    run = daybook.indexes.runs.unfinished
    if run is None:
        return None, []
    of_answer = {answer: number for number, answer in daybook.indexes.answers.items()}
    outcomes: list[tuple[str, Outcome]] = []
    batches: dict[str, Batched] = {}
    for answer, text in daybook.journal.scan("deliveries"):
        fact = decode_delivery(text)
        if isinstance(fact, Answered) and fact.run == run.id and answer in of_answer:
            outcomes.append((daybook.transaction(of_answer[answer]).kind, fact.outcome))
        elif isinstance(fact, Batched):
            batches[fact.id] = fact
        elif isinstance(fact, BatchLoaded) and fact.run == run.id and fact.batch in batches:
            run = _with_loaded(run, daybook, batches[fact.batch])
    return run, outcomes


def _with_loaded(run: Run, daybook: Daybook, batch: Batched) -> Run:
    kinds = [daybook.transaction(x).kind for x in daybook.kept(batch.numbers)]
    return run.with_loaded(batch.title or batch.key, kinds, batch.rests_as)


def runs(daybook: Daybook) -> list[Run]:
    """Read the reports of all runs, the newest first."""
    facts = (decode_run(text) for _, text in daybook.journal.scan("runs"))
    return [fact.run for fact in facts if isinstance(fact, RunEnded)][::-1]
