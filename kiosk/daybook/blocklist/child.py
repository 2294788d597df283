"""Works on the block list in a process of its own: `python -m kiosk.daybook.blocklist.child`.

A build in a thread would slow down every scan. The job comes as JSON on standard input, because it
may have a password in it; what came of it goes to standard output.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from kiosk.daybook.background import give_way
from kiosk.daybook.blocklist.errors import BlockListDamagedError, BlockListError
from kiosk.daybook.blocklist.file import NAME, verify
from kiosk.daybook.blocklist.refresh import refresh
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.desk.words import Phrase


class Refresh(msgspec.Struct, tag=True):
    """Bring the newest list, in the place of one that is good or damaged.

    `now` is by the desk's clock, which the machine's may not be. `login`: what the server knows us
    by, where the kiosk has logged in.
    """

    folder: Path
    zone: str
    now: datetime
    settings: BlockListSettings
    damaged: bool = False
    login: str = ""


class Verify(msgspec.Struct, tag=True):
    """Read the list in use to its end."""

    folder: Path


class Done(msgspec.Struct, tag=True):
    """It went well. `trouble` says why it did not; `damaged` that the list in use is why."""

    trouble: Phrase | None = None
    damaged: bool = False


def encode(job: Refresh | Verify) -> bytes:
    """Write a job down."""
    return msgspec.json.encode(job, enc_hook=str)  # paths


def _decode(text: bytes) -> Refresh | Verify:
    return msgspec.json.decode(text, type=Refresh | Verify, dec_hook=lambda kind, x: kind(x))


def run(job: Refresh | Verify) -> Done:
    """Do a job."""
    try:
        if isinstance(job, Verify):
            verify(job.folder / NAME)
        else:
            zone = ZoneInfo(job.zone)
            refresh(job.settings, job.folder, zone, job.now, damaged=job.damaged, login=job.login)
    except BlockListError as error:
        return Done(error.phrase, damaged=isinstance(error, BlockListDamagedError))
    except OSError as error:
        return Done(BlockListError("blocklist.disk", reason=error.strerror or str(error)).phrase)
    return Done()


def main() -> None:
    """Do the job on standard input; give way to everything else on this machine."""
    give_way()
    sys.stdout.buffer.write(msgspec.json.encode(run(_decode(sys.stdin.buffer.read()))))


if __name__ == "__main__":
    main()
