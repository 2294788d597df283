"""`kiosk exceptions`: what needs a person, and error reports from elsewhere."""

from __future__ import annotations

import codecs
import csv
import io
import json
import sys
import unicodedata
from collections import Counter
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Literal

from kiosk.cli.common import (
    EXCEPTIONS,
    OK,
    CommandError,
    add,
    add_family,
    config_of,
    configured,
    file_or_stream,
    members_of,
    save_whole,
)
from kiosk.cli.putting import put
from kiosk.cli.reading import read_only

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from kiosk.cli.common import Commands
    from kiosk.config import Config
    from kiosk.daybook.daybook import Daybook
    from kiosk.desk.memory import ToSettle
    from kiosk.desk.settling.advice import Advice
    from kiosk.desk.settling.lines import Met
    from kiosk.view.messages import Failure
    from kiosk.words import Words

ABOUT = """\
List what needs a person, with what it means and what to do; or, with `import`, take an error report
from elsewhere.
"""
IMPORT = """\
Take an error report that somebody else has sent, for transactions of this desk that were loaded
elsewhere: text, CSV, Symphony's records, or Evergreen's exceptions as JSON. Each line meets its
transaction, which then needs a person. What met nothing, or may be about several, is printed: the
desk takes that line by line (`report`). The same report twice is harmless. May be used while the
kiosk runs. Exit code 4: some lines met nothing, or have to be decided at the desk.
"""
COLUMNS = (
    "reference", "group", "at", "kind", "item", "title", "card_ending", "due", "library_due",
    "said", "code", "means", "advice",
)  # fmt: skip
Fate = Literal["met", "choose", "heading", "under_way", "unmet"]
SAID: dict[Fate, str] = {
    "choose": "report.choose",
    "heading": "report.heading",
    "under_way": "report.under_way",
    "unmet": "report.unmet",
}
"""What is said of a line of a report that met no transaction, or more than one."""
SUMMED: dict[Fate, str] = {
    "choose": "report.imported_choose",
    "under_way": "report.imported_under_way",
    "unmet": "report.imported_unmet",
}
"""How such lines are summed up."""
CHUNK = 200
"""Lines that are handed to the engine at once."""
LARGEST = 16 << 20
"""Bytes of a report that are read."""
MOST_STRANGE = 20
"""Of so many characters of a text at most one is a control character, or no character at all."""
UNUSED = ("Cn", "Co")
"""What Unicode calls characters that are none, or that only their makers know."""


def register(commands: Commands) -> None:
    """Put these commands into the parser."""
    text = "list what needs a person; import an error report"
    family = add_family(commands, "exceptions", text)
    family.set_defaults(run=_list)
    configured(family, folder_suffices=True)
    form = family.add_mutually_exclusive_group()
    form.add_argument(
        "--to", metavar="FILE", type=file_or_stream, default=False, help="as CSV; - prints it"
    )
    form.add_argument("--json", action="store_true", help="one JSON line each")
    family.add_argument("--replace", action="store_true", help="even if there is such a file")
    family.description = ABOUT
    members = members_of(family, required=False)
    taken = add(members, "import", _import, "take an error report from elsewhere")
    taken.description = IMPORT
    taken.add_argument("file", metavar="FILE", type=file_or_stream, help="- reads standard input")
    configured(taken, folder_suffices=True, within=True)


# -- the list --------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    from kiosk.daybook.worklist import exception, to_fix
    from kiosk.words import Words

    config = config_of(args)
    words = Words(config.language)
    with read_only(config) as daybook:
        found = filter(None, (exception(daybook, entry) for entry in to_fix(daybook)))
        told = [(each, _advised(config, daybook, each)) for each in found]
    if args.json:
        for each, advised in told:
            print(_as_json(each, advised, words))
        return OK
    rows = [_row(each, advised, words) for each, advised in told]
    if args.to is False:
        for row in rows:
            print(_in_words(row))
    else:
        _save(rows, args.to, replace=args.replace)
    return OK


def _advised(config: Config, daybook: Daybook, found: ToSettle) -> Advice:
    """Give what is advised about one, as at the desk."""
    from kiosk.desk.settling import doubt

    return doubt.advised(config.ils.system, daybook, found)


def _row(found: ToSettle, advised: Advice, words: Words) -> dict[str, str]:
    """Give what needs a person in words, for people and spreadsheets."""
    from kiosk.desk.settling.fixlist import reference
    from kiosk.desk.words import ending, say

    transaction, outcome = found.transaction, found.outcome
    return {
        "reference": reference(transaction.id),
        "group": words(say(f"exceptions.is_{found.group}")),
        "at": f"{transaction.at:%Y-%m-%d %H:%M:%S}",
        "kind": transaction.kind,
        "item": transaction.item,
        "title": found.title,
        "card_ending": ending(getattr(transaction, "patron", "")),
        "due": _day(getattr(transaction, "due", None)),
        "library_due": _day(outcome.due),
        "said": outcome.words,
        "code": outcome.code,
        "means": words(advised.means),
        "advice": words(advised.says),
    }


def _as_json(found: ToSettle, advised: Advice, words: Words) -> str:
    """Give the same for programs, as JSON: with whole moments, and with words that do not change.

    `fault` and `todo` are what `means` and `advice` say; `advised` is what is best chosen.
    """
    transaction, outcome = found.transaction, found.outcome
    due: datetime | None = getattr(transaction, "due", None)
    more = {
        "id": transaction.id,
        "group": found.group,
        "at": transaction.at.isoformat(),
        "due": due.isoformat() if due is not None else None,
        "library_due": outcome.due.isoformat() if outcome.due is not None else None,
        "reported": found.reported,
        "fault": advised.fault,
        "todo": advised.todo,
        "advised": advised.choice,
    }
    return json.dumps(_row(found, advised, words) | more)


def _day(due: datetime | None) -> str:
    return "" if due is None else f"{due:%Y-%m-%d}"


def _in_words(row: dict[str, str]) -> str:
    from kiosk.console import one_line

    whose = f"card {row['card_ending']}" if row["card_ending"] else ""
    said = f"“{row['said']}”" if row["said"] else ""
    due = f"due {row['library_due']} in the library" if row["library_due"] else ""
    what = row["title"] or row["item"]
    parts = (what, whose, due, said, row["means"], row["advice"])
    told = " · ".join(part for part in parts if part)
    head = f"{row['reference']:<6}  {row['group']:<14}  {row['at']}  {row['kind']:<15}"
    return one_line(f"{head}  {told}")


def _save(rows: list[dict[str, str]], file: Path | None, *, replace: bool) -> None:
    """Write the list as CSV, for a spreadsheet."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    if file is None:
        print(text.getvalue(), end="")
        return
    save_whole(text.getvalue().encode(), file, replace=replace)
    print(f"{len(rows)} exception{'' if len(rows) == 1 else 's'} in {file}")


def _cell(text: str) -> str:
    """Give a text that is no formula in a spreadsheet, and no command to a terminal."""
    from kiosk.console import one_line

    text = one_line(text).strip()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


# -- error reports ---------------------------------------------------------------------------------


def _import(args: argparse.Namespace) -> int:
    from kiosk.words import Words

    config = config_of(args)
    texts = _read(args.file)
    with read_only(config) as daybook:
        met = list(_meet(daybook, config, texts))
        found = [_reported(daybook, each) for each in met]
        words = Words(config.language)
        told = [_told(daybook, words, number, each) for number, each in enumerate(met, 1)]
    failures = [each for each in found if each is not None]
    if failures:
        _record(config, failures)
    for line in told:
        print(line)
    counts = Counter(map(_fate, met))
    print(_summary(counts, words))
    return EXCEPTIONS if counts["choose"] or counts["unmet"] else OK


def _fate(met: Met) -> Fate:
    """Tell what became of a line."""
    if met.fits:
        return "met" if len(met.fits) == 1 else "choose"
    if met.line.is_heading:
        return "heading"
    return "under_way" if met.under_way else "unmet"


def _summary(counts: Counter[Fate], words: Words) -> str:
    from kiosk.desk.words import say

    told = [words(say("report.imported", count=counts["met"]))]
    told += [words(say(key, count=counts[fate])) for fate, key in SUMMED.items() if counts[fate]]
    return " ".join(told)


def _read(file: Path | None) -> list[str]:
    """Read a report: its lines; of a JSON array, its elements."""
    try:
        with nullcontext(sys.stdin.buffer) if file is None else file.open("rb") as report:
            data = report.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise CommandError(
            f"{file or 'What was given'} has more than {LARGEST >> 20} MB: no report about a desk "
            "is that long. Take the lines about this desk out of it"
        )
    text = _decoded(data)
    if text is None:
        raise CommandError(
            f"{file or 'What was given'} is not text: save it as text or CSV where it comes from, "
            "and take that"
        )
    if not text.strip():
        raise CommandError(
            f"{file or 'What was given'} is empty: see whether it was saved or sent as a whole"
        )
    if text.lstrip().startswith("["):
        try:
            return [json.dumps(each) for each in json.loads(text)]
        except (ValueError, RecursionError):
            pass
    return [line for line in text.splitlines() if line.strip()]


def _decoded(data: bytes) -> str | None:
    """Read text in UTF-8, in UTF-16 (what others call Unicode text), or else in Latin-1.

    None where it is none: text has hardly a control character.
    """
    for encoding in _encodings(data):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if _is_text(text):
                return text
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    """Name what data may be written in."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if b"\0" in data:  # every other byte of plain letters is one
        return ("utf-16-be" if data.startswith(b"\0") else "utf-16-le",)
    return ("utf-8-sig", "latin-1")


def _is_text(text: str) -> bool:
    strange = sum((c < " " and not c.isspace()) or unicodedata.category(c) in UNUSED for c in text)
    return "\0" not in text and strange * MOST_STRANGE <= len(text)


def _meet(daybook: Daybook, config: Config, texts: list[str]) -> Iterator[Met]:
    from kiosk.desk.settling import lines

    heading = ""
    for text in texts:
        line = lines.read(text, config.zone, config.desk.barcodes, heading)
        met = lines.meet(daybook, line, config.zone)
        if line.is_heading and not met.fits:
            heading = line.words
        yield met


def _reported(daybook: Daybook, met: Met) -> Failure | None:
    """Give what a line says of the one transaction that it means; None where it means no one."""
    from kiosk.view.messages import Failure

    past = daybook.past(met.fits[0]) if len(met.fits) == 1 else None
    if past is None:
        return None
    return Failure(
        transaction=past.transaction.id,
        number=int(past.entry),
        code=met.line.code,
        words=met.line.words,
    )


def _told(daybook: Daybook, words: Words, number: int, met: Met) -> str:
    """Say what became of a line."""
    from kiosk.console import one_line
    from kiosk.desk.settling.wording import what
    from kiosk.desk.words import say

    fate = _fate(met)
    past = daybook.past(met.fits[0]) if fate == "met" else None
    if past is not None:
        at = past.transaction.at.isoformat()
        told = say("report.candidate", at=at, what=what(past.transaction, past.title))
        return one_line(words(say("report.met", line=number, what=told)))
    said = say(SAID[fate], line=number, count=len(met.fits), words=met.line.words)
    return one_line(words(said))


def _record(config: Config, failures: list[Failure]) -> None:
    """Put on the disk what failed. The same twice is harmless."""
    from kiosk.reports import facts_of
    from kiosk.view.messages import ReportCame

    chunks = (failures[at : at + CHUNK] for at in range(0, len(failures), CHUNK))
    put(
        config,
        intents=[ReportCame(failures=tuple(chunk)) for chunk in chunks],
        facts=lambda now: facts_of(failures, now),
    )
