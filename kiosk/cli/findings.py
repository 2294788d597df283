"""What `kiosk daybook` says of a daybook, in words and as JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kiosk.daybook.copies import Copy
    from kiosk.daybook.inspection import Inspection
    from kiosk.daybook.journal.checking import Commits, FileReport, Report, Trouble


def command_for(name: str, args: argparse.Namespace, *more: str) -> str:
    """Give a command to be copied, for the same daybook."""
    options = [
        word
        for option, value in (("--config", args.config), ("--data", args.data))
        if value is not None
        for word in (option, str(value))
    ]
    return shlex.join(["kiosk", "daybook", name, *more, *options])


def _move_away(folder: Path) -> str:
    """Give the command that makes room for a restored daybook."""
    now = datetime.now().astimezone()
    return shlex.join(["mv", str(folder), f"{folder}-damaged-{now:%Y-%m-%d-%H%M}"])


# -- in words --------------------------------------------------------------------------------------


def checked(inspection: Inspection, args: argparse.Namespace) -> Iterator[str]:
    """Say what `check` has found."""
    report = inspection.report
    yield str(report.folder)
    yield ""
    rows = [("file", "commits", "bytes used", "reserved", "")]
    rows += [row for file in report.files for row in _rows(file)]
    rows += [row for file in report.covered for row in _rows(file)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, commits, used, size, words in rows:
        row = f"{name:<{widths[0]}}  {commits:<{widths[1]}}  {used:>{widths[2]}}"
        yield f"{row}  {size:>{widths[3]}}  {words}".rstrip()
    yield ""
    yield f"{'Still readable' if inspection.damaged else 'Readable'}: {_standing(inspection)}."
    yield from _missing(inspection)
    for strange in inspection.strange:
        where = f"document {strange.number} of {strange.table} in {strange.found.file}"
        yield f"This version of Daybook cannot read {where}: {strange.why}."
    yield from _kept(report)
    yield ""
    yield from _advice(inspection, args)


def _rows(file: FileReport) -> Iterator[tuple[str, str, str, str, str]]:
    """Give a file's lines of the table: one for each trouble."""
    there = file.size > 0 or all(trouble.kind != "missing" for trouble in file.troubles)
    commits = "-".join(map(str, file.commits)) if file.commits else "-"
    sizes = (f"{file.used:,}", f"{file.size:,}") if there else ("-", "-")
    words = [_trouble(file, trouble) for trouble in file.troubles]
    yield (file.name, commits, *sizes, words[0] if words else "ok")
    yield from (("", "", "", "", more) for more in words[1:])


def _trouble(file: FileReport, trouble: Trouble) -> str:
    where = f"bytes {trouble.start}-{trouble.end - 1}"
    made = trouble.end if file.size == trouble.start else trouble.start
    words = {
        "damaged": f"DAMAGED: {where} have changed",
        "missing": "MISSING",
        "length": f"DAMAGED: it has {file.size:,} bytes, but was made with {made:,}",
        "header": f"DAMAGED: {where}, where it says what it is",
        "version": "another version of Daybook has written it",
        "unreadable": f"DAMAGED: the disk does not give {where}",
        "doubtful": f"DAMAGED: {where}. The next start cuts them off and keeps them in a file",
        "torn": f"ok, with a commit that was never finished: {where}. The next start removes it",
        "unused": f"ok; {where} have changed, but nothing was written there",
    }[trouble.kind]
    return f"{words}; {_commits(trouble.missing)} lost" if trouble.missing else words


def _commits(commits: Commits) -> str:
    first, last = commits
    return f"commit {first} is" if first == last else f"commits {first} to {last} are"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _standing(inspection: Inspection) -> str:
    """Say how many transactions there are, and what they have come to."""
    numbers = _numbers(inspection)
    words = [_count(numbers["transactions"], "transaction")]
    for key, text in (
        ("waiting", "{} waiting for the library"),
        ("perhaps_sent", "{} perhaps sent (the library is asked first)"),
        ("to_fix", "{} to fix"),
        ("by_hand", "{} of these to enter by hand"),
        ("unknown_fate", "{} of these of unknown fate"),
    ):
        if numbers[key]:
            words.append(text.format(f"{numbers[key]:,}"))
    return ", ".join(words)


def _missing(inspection: Inspection) -> Iterator[str]:
    """Say what is lost, as far as can be told."""
    report = inspection.report
    total = sum(last - first + 1 for first, last in report.missing)
    unknown = len(inspection.unknown)
    if total:
        least = "at least " if report.may_miss_more else ""
        commits = _count(total, "commit")
        yield f"Lost: {least}{commits}, each a scan, an answer of the library or the like."
    if unknown:
        what = _count(unknown, "transaction")
        yield f"The library has answered for {what} that cannot be found here."
    if report.may_miss_more and not total:
        yield f"Whether {'more' if unknown else 'anything'} is lost cannot be told."
    if report.covered:
        yield _found_in_covered(report)


def _found_in_covered(report: Report) -> str:
    base = report.files[0].name
    files = f"the files for which {base} stands"
    if report.made_up:
        return (
            f"Nothing that {base} has lost is gone: {files} are still there. What was to be "
            "forgotten by it may be there again, and is forgotten within a day."
        )
    return f"What {base} has lost was looked for in {files}, as far as they are still there."


def _kept(report: Report) -> Iterator[str]:
    for cut in report.cut:
        yield (
            f"{cut.name} ({cut.stat().st_size:,} bytes) could not be read at an earlier start and "
            "was cut off: the last commit then. It may have been acknowledged at the desk; part of "
            "it can be read as text. Nothing needs the file: remove it when it has been looked at."
        )
    for leftover in report.leftovers:
        yield f"{leftover.name} is left over from something cut short; the next start removes it."


def _advice(inspection: Inspection, args: argparse.Namespace) -> Iterator[str]:
    troubles = {trouble.kind for file in inspection.report.files for trouble in file.troubles}
    if not inspection.damaged:
        yield "All is well."
        return
    yield "What to do:"
    if "version" in troubles or inspection.strange:
        yield "  Start the version of Daybook that wrote it, if there was another one. Else:"
    if "unreadable" in troubles:
        yield "  The disk or card is failing. Save what is on it now, and restore onto another."
    yield "  1. Stop the kiosk: systemctl stop kiosk-engine"
    yield f"  2. {command_for('salvage', args, '--to', 'FILE')}"
    yield "     which saves all that can be read, and says how to go on."


def saved(inspection: Inspection, copy: Copy, args: argparse.Namespace) -> Iterator[str]:
    """Say what `salvage` has done, and what comes next."""
    yield amount(inspection, copy, args.to or "The copy")
    if not inspection.damaged:
        yield "Nothing is damaged, and nothing is missing in it."
        return
    yield from _missing(inspection)
    for file in inspection.report.files:
        for trouble in file.troubles:
            yield f"  {file.name}: {_trouble(file, trouble)}"
    waiting = _numbers(inspection)["waiting"]
    if waiting:
        yield (
            f"{_count(waiting, 'transaction')} without an answer may have been sent: the library "
            "is asked before any is sent again."
        )
    yield "What was undone in a lost commit counts again. No visit is open any more."
    if copy.aside:
        yield f"{_count(len(copy.aside), 'line')} in the file will not be restored, and say why."
    yield ""
    yield "What to do next:"
    yield f"  1. Move the damaged daybook away, and keep it: {_move_away(inspection.report.folder)}"
    yield f"  2. {command_for('restore', args, '--from', str(args.to or 'FILE'))}"
    yield "  3. Start the kiosk: systemctl start kiosk-engine"


def restored(copy: Copy, inspection: Inspection, args: argparse.Namespace) -> Iterator[str]:
    """Say what `restore` has done."""
    from kiosk.daybook import salvage

    header = copy.header
    made = header.made.astimezone().strftime("%Y-%m-%d %H:%M")
    yield f"Restored what was copied at {header.terminal} on {made}."
    yield amount(inspection, copy, inspection.report.folder)
    waiting = len(salvage.waiting(copy))
    if waiting:
        yield (
            f"{_count(waiting, 'transaction')} may have been sent since the copy was made: the "
            "library is asked first."
        )
    for aside in copy.aside:
        yield f"Not restored: document {aside.id} of {aside.table}: {aside.why}."
    yield f"The kiosk can be started. `{command_for('check', args)}` tells more."


def amount(inspection: Inspection, copy: Copy, where: Path | str) -> str:
    """Say how much a copy, or what was made from it, holds."""
    return f"{where} has {_count(len(copy.documents), 'document')}: {_standing(inspection)}."


# -- for machines ----------------------------------------------------------------------------------


def facts(inspection: Inspection) -> dict[str, object]:
    """Give what `check` has found, for a monitoring system."""
    report = inspection.report
    return {
        "ok": not inspection.damaged,
        "folder": str(report.folder),
        "files": [_file_facts(file) for file in report.files],
        "covered": [_file_facts(file) for file in report.covered],
        "lost_commits": report.missing,
        "may_miss_more": report.may_miss_more,
        "unreadable_documents": len(inspection.strange),
        "unknown_transactions": len(inspection.unknown),
        "cut": _names(report.cut),
        "leftovers": _names(report.leftovers),
        **_numbers(inspection),
    }


def _file_facts(file: FileReport) -> dict[str, object]:
    return {
        "name": file.name,
        "kind": file.kind,
        "ok": not file.damaged,
        "commits": file.commits,
        "used": file.used,
        "size": file.size,
        "troubles": [asdict(trouble) for trouble in file.troubles],
    }


def _names(paths: Iterable[Path]) -> list[str]:
    return [path.name for path in paths]


def _numbers(inspection: Inspection) -> dict[str, int]:
    indexes = inspection.indexes
    sent = [pending.sent for pending in indexes.pending.values()]
    kinds = Counter(x.outcome.kind for x in indexes.exceptions.values())
    return {
        "transactions": len(inspection.tables.get("transactions", {})),
        "waiting": sent.count(False),
        "perhaps_sent": sent.count(True),
        "to_fix": len(indexes.exceptions),
        "by_hand": kinds["by_hand"],
        "unknown_fate": kinds["unknown"],
    }
