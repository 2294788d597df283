"""What can be wrong with the settings of a SIP2 server before anything is sent."""

from __future__ import annotations

import re
import string
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.ils.sip2 import tls
from kiosk.ils.sip2.servers import SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kiosk.ils.sip2.settings import Sip2Settings


def problems(settings: Sip2Settings, *, backlog: bool) -> Iterator[str]:
    """Say what is wrong, and what would be right. `backlog`: it shall take offline work too."""
    yield from _encoding(settings)
    yield from _tls(settings)
    if settings.due_format and not _tells_the_day(settings.due_format):
        yield (
            f"[ils.sip2] due_format = {settings.due_format!r} does not tell a day: write how the "
            'server writes one, such as "%d.%m.%Y" or "%m/%d/%Y %H:%M"'
        )
    if settings.transport == "telnet" and not settings.login:
        yield '[ils.sip2] transport = "telnet" needs a login: the server asks for it first'
    if backlog and settings.quirks.no_block == "never":
        yield _never(settings)


def _tells_the_day(style: str) -> bool:
    """Tell whether a day that is written in a style can be read again."""
    day = datetime(2031, 11, 23, 17, 45)  # noqa: DTZ001 - a day alone
    try:
        return datetime.strptime(day.strftime(style), style).date() == day.date()  # noqa: DTZ007
    except (ValueError, re.error):
        return False


def _never(settings: Sip2Settings) -> str:
    by_preset = SERVERS[settings.server].no_block == "never"
    because = f'server = "{settings.server}"' if by_preset else 'no_block = "never"'
    return (
        f'[ils] offline = "sip2" does not fit [ils.sip2] {because}: that server takes no loans '
        'that have already happened. Write offline = "none": what cannot be sent while the patron '
        "is at the desk is recorded, and waits"
    )


def _encoding(settings: Sip2Settings) -> Iterator[str]:
    encoding = settings.quirks.encoding
    try:
        plain = string.printable.encode(encoding)
    except (LookupError, UnicodeError):
        yield f"[ils.sip2] encoding = {encoding!r} is not known: give utf-8, latin-1, cp850 …"
        return
    if plain != string.printable.encode("ascii"):
        yield (
            f"[ils.sip2] encoding = {encoding!r} does not fit: SIP2 needs one that writes plain "
            "letters and digits as ASCII does: give utf-8, latin-1, cp850 or ascii"
        )
        return
    for key in ("login", "password", "institution", "location", "terminal_password"):
        value = getattr(settings, key)
        if not _writable(value, encoding):
            shown = "" if key.endswith("password") else f" = {value!r}"
            yield (
                f"[ils.sip2] {key}{shown} cannot be written to the server: leave out | and what "
                f'encoding = "{encoding}" does not have'
            )


def _writable(value: str, encoding: str) -> bool:
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        return False
    return "|" not in value and value.isprintable()


def _tls(settings: Sip2Settings) -> Iterator[str]:
    if not settings.tls:
        for key in ("ca_file", "server_name", "certificate_file", "key_file"):
            if getattr(settings, key):
                yield f"[ils.sip2] {key} counts only with TLS: add tls = true, or leave it out"
        return
    if settings.key_file is not None and settings.certificate_file is None:
        yield "[ils.sip2] key_file belongs to a certificate: name that in certificate_file"
        return
    for key in ("ca_file", "certificate_file", "key_file"):
        trouble = _unreadable(getattr(settings, key))
        if trouble:
            yield f"[ils.sip2] {key} = {str(getattr(settings, key))!r} cannot be read: {trouble}"
            return
    try:
        tls.context(settings)
    except OSError as error:
        keys = " and ".join(
            key for key in ("ca_file", "certificate_file", "key_file") if getattr(settings, key)
        )
        yield (
            f"[ils.sip2] {keys} cannot be used for TLS ({error.strerror or error}): give PEM "
            "files, a key without a password, and let the user kiosk read them"
        )


def _unreadable(path: Path | None) -> str:
    """Tell why a file cannot be read; "" where it can, or where there is none."""
    try:
        if path is not None:
            path.open("rb").close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
