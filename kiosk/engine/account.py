"""Gives account of delivery: how it stands, for all to see; how a run went, in a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from kiosk.delivery.report import filled
from kiosk.desk.afterwards.reports import Report, to_tell
from kiosk.view import state as show

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.config import Config
    from kiosk.daybook.facts import DeliveryPaused
    from kiosk.delivery.courier import Courier
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.desk import Desk
    from kiosk.engine.recording import Recording


class Account:
    """Of what is in the daybook, and of what a courier does while there is one."""

    def __init__(self, config: Config, desk: Desk, recording: Recording, clock: Clock) -> None:
        self._config = config
        self._desk = desk
        self._recording = recording
        self._clock = clock
        self._live = config.ils.live != "none"
        self.by_files = not self._live and config.ils.offline in ("files", "symphony")
        """Whether the library gets files, and nothing else."""

    def shown(self, courier: Courier | None) -> show.Library:
        """Give how it stands."""
        indexes = self._recording.daybook.indexes
        runs = indexes.runs
        kinds = Counter(x.outcome.kind for x in indexes.exceptions.values())
        connectivity = courier.connectivity if courier is not None else None
        configured = self._config.ils.system != "none"
        stopped: Literal["none", "offline"] = "offline" if configured else "none"
        return show.Library(
            state=stopped if connectivity is None else connectivity.state,
            by_files=self.by_files,
            live=self._live,
            waiting=len(indexes.pending),
            to_fix=len(indexes.exceptions),
            unknown=kinds["unknown"],
            by_hand=kinds["by_hand"],
            reason=None if connectivity is None else connectivity.reason,
            results=() if connectivity is None else connectivity.results,
            paused=_paused(runs.paused),
            last_run=_on_show(runs.last),
            away_since="" if indexes.away_since is None else indexes.away_since.isoformat(),
            to_tell=self.to_tell(),
            **self._plans(courier),
            **self._batches(courier),
        )

    def report(self, courier: Courier | None, most: int) -> Report:
        """Report the run under way, or else the last one; `most` troubles in full."""
        daybook = self._recording.daybook
        under_way = courier.runs.now if courier is not None else None
        blank = self._blank_report()
        run = (under_way or daybook.indexes.runs.last) if blank.system else None
        return filled(blank, daybook, run, most)

    def to_tell(self) -> tuple[show.ToTell, ...]:
        """Say of which outages somebody must be told yet; nothing where nobody wants to know."""
        untold = self._recording.daybook.indexes.runs.untold
        if not (untold and self._config.delivery.tell):
            return ()
        blank, least = self._blank_report(), self._config.delivery.worth_telling
        return tuple(
            show.ToTell(who=blank.tell, text=to_tell(replace(blank, run=run)))
            for run in untold
            if max(outage.length for outage in run.outages) >= least
        )

    def _batches(self, courier: Courier | None) -> dict[str, Any]:
        """Say how what rests in batches stands."""
        batches = self._recording.daybook.indexes.batches
        rests = Counter(
            known.fact.rests_as for x in batches.resting if (known := batches.of(x)) is not None
        )
        handed = [x for x in batches if x.stage == "loaded" and x.fact.rests_as == "handed_over"]
        uploads = None if courier is None else courier.uploads
        loading = None if courier is None else courier.loading
        return {
            "uploaded": rests["waiting"],
            "uploads": () if uploads is None else uploads.shown,
            "handed_over": rests["handed_over"],
            "handed_files": len(handed),
            "handed_since": handed[0].since.isoformat() if handed else "",
            "carried": None if loading is None else loading.carried,
            "loading_trouble": None if courier is None else courier.loading_trouble,
        }

    def _plans(self, courier: Courier | None) -> dict[str, Any]:
        """Say when the backlog goes, or how far it has gone."""
        if courier is None:
            return {}
        oldest = next(iter(self._recording.daybook.indexes.pending.values()), None)
        next_load = courier.schedule.next_load(self._clock.now())
        return {
            "next_load": "" if next_load is None else next_load.isoformat(),
            "asks_first": courier.schedule.waits_for_staff(oldest),
            "run": _on_show(courier.runs.now),
        }

    def _blank_report(self) -> Report:
        session = self._desk.session
        return Report(
            at=self._clock.now(),
            terminal=session.terminal,
            library=session.library,
            system="" if self._config.ils.offline == "none" else self._config.ils.system,
            tell=tuple(contact.who for contact in self._config.delivery.tell),
            support=self._config.support.who,
        )


def _paused(fact: DeliveryPaused | None) -> show.Paused | None:
    return None if fact is None else show.Paused(at=fact.at.isoformat(), by=fact.by)


def _on_show(run: Run | None) -> Run | None:
    """Leave out what may be long: a picture is sent often."""
    return None if run is None else replace(run, to_fix=(), outages=())
