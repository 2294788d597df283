"""What staff were told is not recorded, remembered where no disk is needed.

A commit that failed may have reached the disk all the same, and nothing on a failing disk can say
that it does not count. The engine voids it when the disk is back. Should the engine be started anew
before that, it knows from here: a file in memory (tmpfs), in the folder that systemd keeps for the
engine (systemd.exec(5), RuntimeDirectory=) or that a login has (XDG_RUNTIME_DIR). Where there is
neither, and after a power cut, it is forgotten (docs/administrators.md).
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from pathlib import Path

log = logging.getLogger(__name__)


def remember(data: Path, transactions: set[str]) -> None:
    """Keep the ids of transactions of the daybook in this folder, in place of those before."""
    path = _path(data)
    if path is None:
        return
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps(sorted(transactions)))
        new.replace(path)
    except OSError as error:
        log.warning("what was not recorded is forgotten at a restart: %s", error)


def recall(data: Path) -> set[str]:
    """Give what was kept."""
    path = _path(data)
    try:
        return set(json.loads(path.read_text())) if path is not None else set()
    except (OSError, ValueError):
        return set()


def forget(data: Path) -> None:
    """Keep nothing: it is settled."""
    path = _path(data)
    if path is not None:
        path.unlink(missing_ok=True)


def _path(data: Path) -> Path | None:
    folder = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR")
    name = f"daybook-unrecorded-{zlib.crc32(os.fsencode(data.absolute())):08x}.json"
    return Path(folder) / name if folder else None
