"""`kiosk transactions` and `kiosk status`: they read, and change nothing."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from kiosk import __version__
from kiosk.cli.asking import console_on, reached
from kiosk.cli.common import OK, CommandError, add, config_of, configured, no_daybook
from kiosk.daybook.states import State

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.daybook.facts import Settled
    from kiosk.daybook.space import Room
    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, Override, Transaction
    from kiosk.view.state import Library
    from kiosk.words import Words


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    listing = add(commands, "transactions", _transactions, "list what was recorded")
    configured(listing, folder_suffices=True)
    listing.add_argument("--json", action="store_true", help="whole records, one JSON line each")
    listing.add_argument(
        "--state",
        metavar="STATE",
        choices=get_args(State),
        help=f"only those in this state: {', '.join(get_args(State))}",
    )
    listing.add_argument(
        "--open",
        action="store_true",
        help="only those still waiting for the library, or for a person",
    )
    status = add(commands, "status", _status, "show the state of the desk")
    configured(status, folder_suffices=True)
    status.add_argument("--json", action="store_true", help="as one JSON object")


def read_only(config: Config) -> Daybook:
    """Open the daybook to read it, also while the kiosk runs. Raises CommandError."""
    from kiosk.daybook.daybook import Daybook

    try:
        return Daybook(config.data, read_only=True)
    except OSError as error:
        raise CommandError(no_daybook(config, error)) from error


def _transactions(args: argparse.Namespace) -> int:
    with read_only(config_of(args)) as daybook:
        times, settled = daybook.sent_times(), daybook.history_settled()
        indexes = daybook.indexes
        open_ = indexes.pending.keys() | indexes.batches.resting.keys() | indexes.exceptions.keys()
        for transaction, state, outcome in daybook.history():
            wanted = not args.open or transaction.id in open_
            if wanted and args.state in (None, state):
                line = _record if args.json else _row
                sent_at, dealt_with = times.get(transaction.id), settled.get(transaction.id)
                print(line(transaction, state, outcome, sent_at, dealt_with))
    return OK


def _record(
    transaction: Transaction,
    state: State,
    outcome: Outcome | None,
    sent_at: datetime | None,
    settled: Settled | None,
) -> str:
    """Give a whole transaction, as JSON."""
    import msgspec

    from kiosk.daybook.facts import document

    more: dict[str, Any] = {
        "state": state,
        "sent_at": sent_at.isoformat() if sent_at is not None else None,
        "outcome": msgspec.to_builtins(outcome) if outcome is not None else None,
        "settled": msgspec.to_builtins(settled) if settled is not None else None,
    }
    return json.dumps(document(transaction) | more)


def _row(
    transaction: Transaction,
    state: State,
    outcome: Outcome | None,
    sent_at: datetime | None,
    settled: Settled | None,
) -> str:
    """Give what staff want to know of a transaction."""
    from kiosk.console import one_line
    from kiosk.daybook.facts import document

    fields = document(transaction)
    day = str(fields.get("due") or fields.get("returned") or "")[:10]
    whose = _whose(transaction)
    words = " · ".join(_in_words(transaction, outcome, sent_at, settled))
    row = f"{transaction.at:%Y-%m-%d %H:%M:%S}  {state:<8}  {transaction.kind:<15}"
    row += f"  {transaction.item:<14}  {whose:<9}  {day:<10}"
    return f"{row}  {one_line(words)}".rstrip()


def _whose(transaction: Transaction) -> str:
    """Give the ending of the card; that there was none; or that it is forgotten by now."""
    from kiosk.desk.words import ending

    card = getattr(transaction, "patron", None)
    if card is None:
        return ""
    if card:
        return f"card {ending(card)}"
    cardless = transaction.kind == "renewal" or getattr(transaction, "guest", None)
    return "no card" if cardless else "forgotten"


def _in_words(
    transaction: Transaction,
    outcome: Outcome | None,
    sent_at: datetime | None,
    settled: Settled | None,
) -> Iterator[str]:
    """Give what is out of the ordinary about a transaction, and what the library said."""
    from kiosk.desk.dates.clocks import WORTH_TELLING

    if sent_at is not None and abs(sent_at - transaction.at) >= WORTH_TELLING:
        yield f"sent as of {sent_at:%Y-%m-%d %H:%M:%S}"
    yield from _origin(transaction)
    guest, override = getattr(transaction, "guest", None), getattr(transaction, "override", None)
    if guest is not None:
        yield f"to {guest.name}"
    count, name = getattr(transaction, "count", 1), getattr(transaction, "name", "")
    if transaction.kind == "noncat_checkout":
        yield f"{count} {name}"
    elif name or count > 1:
        yield name or f"{count} times"
    if transaction.allowed_by:
        yield f"number allowed by {transaction.allowed_by}"
    if override is not None:
        yield _allowed(override)
    if outcome is not None:
        yield from _answer(outcome)
    if settled is not None:
        yield _dealt_with(settled)


def _origin(transaction: Transaction) -> Iterator[str]:
    """Say where a transaction comes from that was not recorded as it happened."""
    from kiosk.desk.settling.fixlist import reference

    if transaction.source == "paper":
        yield "from paper"
    if transaction.corrects:
        yield f"{reference(transaction.id)}, in the place of {reference(transaction.corrects)}"


def _answer(outcome: Outcome) -> Iterator[str]:
    """Give what the library said."""
    yield from (text for text in (outcome.title, outcome.words) if text)
    if outcome.code == "due-differs" and outcome.due is not None:
        yield f"due {outcome.due:%Y-%m-%d} in the library"


def _dealt_with(settled: Settled) -> str:
    """Say how a person has dealt with what needed one."""
    from kiosk.desk.settling.correcting import STAYS
    from kiosk.desk.settling.deciding import NOTES
    from kiosk.desk.settling.fixlist import reference
    from kiosk.desk.words import say
    from kiosk.words import Words

    known = settled.note in (*NOTES, STAYS)
    note = Words()(say(f"settle.note.{settled.note}")) if known else settled.note
    how = "corrected" if settled.replaced_by else "settled"
    other = f", {reference(settled.replaced_by)} in its place" if settled.replaced_by else ""
    return f"{how} by {settled.by or 'somebody'}{other}{': ' if note else ''}{note}"


def _allowed(override: Override) -> str:
    if not override.supervisor:  # on paper
        return f"allowed by nobody: the block list says {override.against}"
    return f"allowed by {override.supervisor}: {override.reason}".removesuffix(": ")


def _status(args: argparse.Namespace) -> int:
    config = config_of(args)
    facts = _engine_facts(config)  # first: it can tell that the daybook is gone
    try:
        facts |= _daybook_facts(config)
    except CommandError:
        if facts["recording"] is False:
            _print_facts(facts, config, as_json=args.json)
        raise
    _print_facts(facts, config, as_json=args.json)
    return OK


def _daybook_facts(config: Config) -> dict[str, object]:
    with read_only(config) as daybook:
        indexes, runs = daybook.indexes, daybook.indexes.runs
        return {
            "transactions": len(daybook.table("transactions")),
            "waiting": len(indexes.pending),
            "to_fix": len(indexes.exceptions),
            "unknown": sum(x.outcome.kind == "unknown" for x in indexes.exceptions.values()),
            "by_hand": sum(x.outcome.kind == "by_hand" for x in indexes.exceptions.values()),
            "paused": "" if runs.paused is None else runs.paused.at.isoformat(),
            "last_run": _ended(runs.last),
            **_batch_facts(daybook),
            **_duty_facts(daybook),
            **_block_list_facts(config),
            **_clock_facts(config, daybook),
            "space": _room(config, daybook),
        }


def _batch_facts(daybook: Daybook) -> dict[str, object]:
    """Count what was uploaded and not processed yet, and what was handed over."""
    from kiosk.daybook.batches import handed_over

    batches, files = daybook.indexes.batches, handed_over(daybook)
    resting = [known.fact.rests_as for x in batches.resting if (known := batches.of(x))]
    return {
        "uploaded": resting.count("waiting"),
        "handed_over": resting.count("handed_over"),
        "handed_since": files[0].at.isoformat() if files else "",
    }


def _ended(run: Run | None) -> str:
    """Give when the last delivery of a backlog ended, or ""."""
    return run.ended.isoformat() if run is not None and run.ended is not None else ""


def _print_facts(facts: dict[str, object], config: Config, *, as_json: bool) -> None:
    from kiosk.daybook import space
    from kiosk.words import Words

    room: Room | None = facts.pop("space", None)  # type: ignore[assignment] # nothing else is there
    if as_json:
        print(json.dumps({**facts, "space": asdict(room) if room else None}))
        return
    facts["recording"] = _recording_in_words(facts)
    del facts["alarm"]
    if room:
        words = Words(config.language)
        facts["space"] = f"{words(space.headline(room))}. {words(space.lasting(room))}"
    facts |= _uploads_in_words(facts, Words(config.language))
    for key, value in facts.items():
        print(f"{key.replace('_', ' '):<16} {value}")


def _uploads_in_words(facts: dict[str, object], words: Words) -> dict[str, object]:
    """Say how the upload sessions stand, and why nothing can be brought there, where that is so."""
    import msgspec

    from kiosk.desk.batches.sessions import told
    from kiosk.desk.batches.standing import Session
    from kiosk.desk.words import Phrase

    if "uploads" not in facts:
        return {}
    sessions = msgspec.convert(facts["uploads"], list[Session])
    trouble = msgspec.convert(facts["loading_trouble"], Phrase | None)
    return {
        "uploads": "; ".join(words(told(session)) for session in sessions),
        "loading_trouble": "" if trouble is None else words(trouble),
    }


def _recording_in_words(facts: dict[str, object]) -> str:
    match facts["recording"]:
        case True:
            return "yes"
        case False:
            return f"NO: {facts['alarm']}"
        case _:
            return f"no: the engine is {facts['engine']}"


def _duty_facts(daybook: Daybook) -> dict[str, object]:
    """Tell whom the last desk session was of and where, and why it was locked, if it was."""
    duty = daybook.duty()
    if duty is None:
        return {"on_duty": "", "duty_at": "", "locked": ""}
    where = duty.library_code or duty.library
    return {"on_duty": duty.staff, "duty_at": where, "locked": duty.locked}


def _clock_facts(config: Config, daybook: Daybook) -> dict[str, object]:
    """Judge the clock as an engine started now would: what is known for certain is in the daybook.

    `clock_off`: by how many seconds the machine's own clock is ahead of the desk's.
    """
    from kiosk.clock import Clock, ThisMachine, boot_id

    boot = boot_id()
    kept = daybook.indexes.clocks.get(boot)
    clock = Clock(ThisMachine(), config.zone, boot, kept=kept, latest=daybook.latest)
    clock.look()
    known, latest = clock.for_desk, daybook.latest()
    return {
        "clock": known.state,
        "clock_by": known.by,
        "clock_off": round(clock.off, 1),
        "time": clock.now().isoformat(timespec="seconds"),
        "last_transaction": latest.isoformat(timespec="seconds") if latest is not None else "",
    }


def _room(config: Config, daybook: Daybook) -> Room | None:
    """Judge how much more the disk takes; None where the system does not tell."""
    from kiosk.daybook import space

    disk = space.look(config.data)
    if disk is None:
        return None
    busiest = daybook.indexes.busiest_day()
    return space.room(disk, reserved=daybook.journal.reserved, busiest=busiest)


def _block_list_facts(config: Config) -> dict[str, object]:
    """Tell how the block list on the disk is."""
    from kiosk.cli.blocklist import standing

    block_list = standing(config)
    if not block_list.made:
        return {"block_list": block_list.state}
    return {
        "block_list": block_list.state,
        "list_made": block_list.made,
        "list_cards": block_list.cards,
    }


def _engine_facts(config: Config) -> dict[str, object]:
    """Ask the engine, if it runs, whether it records and how the library's connection is."""
    console, link = console_on(config, io.StringIO(), happenings=False)
    link.start()
    desk = console.standing(2.0) if reached(link, config.data) else None
    link.stop()
    alarm = desk.alarm if desk is not None else None
    return {
        "recording": None if desk is None else alarm is None,
        "alarm": "" if alarm is None else alarm.reason,
        **({"recorded_until": alarm.safe_until} if alarm is not None and alarm.safe_until else {}),
        "version": __version__,
        "library": config.library.name,
        "data": str(config.data),
        "engine": _engine_state(config, answers=desk is not None),
        **({"connection": desk.library.state, **_plans(desk.library)} if desk is not None else {}),
    }


def _plans(library: Library) -> dict[str, object]:
    """Tell what the backlog waits for, apart from the library, and where it was uploaded to."""
    import msgspec

    return {
        "waits_for_send": library.asks_first,
        "next_load": library.next_load,
        "uploads": [msgspec.to_builtins(session) for session in library.uploads],
        "loading_trouble": msgspec.to_builtins(library.loading_trouble),
    }


def _engine_state(config: Config, *, answers: bool) -> str:
    from kiosk.daybook.lock import is_held

    if answers:
        return "running"
    return "not answering: restart the kiosk" if is_held(config.data) else "not running"
