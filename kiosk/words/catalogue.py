"""A language's catalogue, read as it is written, and kept compiled for the starts after that.

Babel takes a tenth of a second for two thousand sentences on a small machine. What it made of them
lies in the user's cache, under the fingerprint of what it was made from: an edited catalogue has
another one, so no build step can be forgotten and nothing out of date is ever read. How the
language writes days and numbers lies with it (`manners.py`).
"""

from __future__ import annotations

import contextlib
import gettext
import io
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from platformdirs import user_cache_path

from kiosk.words import manners

_FORM = b"2"
"""To be counted up when something else is made of the same sentences."""


def read(file: Path) -> gettext.GNUTranslations:
    """Read a `.po`. Where nothing can be kept, it is compiled each time."""
    source = file.read_bytes()
    folder = user_cache_path("daybook") / "words"
    kept = folder / f"{file.stem}-{sha256(_FORM + source).hexdigest()[:16]}.mo"
    compiled = _kept(kept)
    if compiled is None:
        compiled = _compile(source, file.stem)
        with contextlib.suppress(OSError):
            _keep(compiled, kept)
    return gettext.GNUTranslations(io.BytesIO(compiled))


def _compile(source: bytes, language: str) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - seldom needed, and dear
    from babel.messages.pofile import read_po  # noqa: PLC0415

    sentences = read_po(io.BytesIO(source), locale=language)
    for key, text in manners.entries(language).items():
        sentences.add(key, text)
    compiled = io.BytesIO()
    write_mo(compiled, sentences)
    return compiled.getvalue()


def _kept(file: Path) -> bytes | None:
    """Give what was kept; None where there is nothing, or it is no longer what it was."""
    try:
        digest, compiled = file.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    return compiled if sha256(compiled).hexdigest().encode() == digest else None


def _keep(compiled: bytes, file: Path) -> None:
    """Keep it whole or not at all, and take away what was made from other sources."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
        new.write(sha256(compiled).hexdigest().encode() + b"\n" + compiled)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(file)
    for old in file.parent.glob(f"{file.stem.partition('-')[0]}-*.mo"):
        if old != file:
            old.unlink(missing_ok=True)
