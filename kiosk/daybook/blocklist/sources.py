"""Finds the newest list: at a URL, or as a file in a folder or on a stick.

`origin` names what was found, so that the same is not built twice: the URL's Last-Modified, which
the server is asked to compare, or the file's name, time and size.
"""

from __future__ import annotations

import os
import re
import ssl
import stat
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kiosk.daybook.blocklist.errors import BlockListError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo
    from pathlib import Path

    import httpx

    from kiosk.daybook.blocklist.settings import BlockListSettings

_DATE = re.compile(r"(?<!\d)(20\d\d)([-/.]?)(\d\d)\2(\d\d)(?!\d)")
"""A day, year first: 2026-11-21, 20261121, 2026/11/21."""

MB = 1 << 20
REFUSED_LOGIN = (401, 403)
NOT_MODIFIED = 304
LONGEST = 1800.0
"""Seconds that a download may take in all: some servers drip."""


@dataclass(frozen=True, slots=True)
class Source:
    """A list as it came, open for reading. `made` is its date as server or disk know it."""

    file: IO[bytes]
    name: str
    origin: str
    made: datetime


def date_in(text: str, zone: tzinfo) -> datetime:
    """Find the first day in a text, year first. Raises BlockListError."""
    for year, _, month, day in _DATE.findall(text):
        try:
            return datetime(int(year), int(month), int(day), tzinfo=zone)
        except ValueError:
            continue
    raise BlockListError("blocklist.no_date", text=text[:40].strip())


# -- folders and sticks ----------------------------------------------------------------------------


def newest(folder: Path, pattern: str) -> Path:
    """Find the file changed last among those of a pattern. Raises BlockListError."""
    try:
        found = [path for path in folder.glob(pattern) if not _is_hidden(path, folder)]
        files = [(path.stat().st_mtime_ns, path) for path in found if path.is_file()]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BlockListError(
            "blocklist.folder_unreadable", folder=str(folder), reason=reason
        ) from error
    if not files:
        raise BlockListError("blocklist.no_file", folder=str(folder), files=pattern)
    return max(files)[1]


def _is_hidden(path: Path, folder: Path) -> bool:
    """Tell what other systems leave beside the files on a stick: `._list.txt`, `.Trashes`."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


@contextmanager
def opened(path: Path, zone: tzinfo) -> Iterator[Source]:
    """Open a file. Raises BlockListError where it cannot be read."""
    with _open(path) as file:
        before = os.fstat(file.fileno())
        modified = datetime.fromtimestamp(before.st_mtime, zone)
        origin = f"{path.name} {before.st_mtime_ns} {before.st_size}"
        yield Source(file, path.name, origin, modified)


def text_beside(path: Path, name: str) -> str:
    """Read the beginning of another file in a list's folder. Raises BlockListError."""
    try:
        with _open(path.with_name(name)) as file:
            return file.read(1000).decode(errors="replace")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BlockListError("blocklist.file_unreadable", file=name, reason=reason) from error


def _open(path: Path) -> IO[bytes]:
    """Open a file on a disk. A pipe or a device might never come to an end."""
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 # has an opener
    except OSError as error:
        reason = error.strerror or str(error)
        raise BlockListError("blocklist.file_unreadable", file=path.name, reason=reason) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise BlockListError("blocklist.no_plain_file", file=path.name)
    return file


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


# -- URLs ------------------------------------------------------------------------------------------


@contextmanager
def downloaded(
    settings: BlockListSettings,
    folder: Path,
    zone: tzinfo,
    now: datetime,
    known: str,
    *,
    login: str,
    check: Callable[[datetime], None],
) -> Iterator[Source | None]:
    """Download the list into a file without a name; None where it is still the known one.

    `check` is given its date before it comes. `login` is what the server knows us by, if the kiosk
    has logged in: it goes as a cookie, because addresses get into logs. Redirects are followed with
    the cookies they set: Evergreen answers a staff login with one. Raises BlockListError.
    """
    import httpx  # noqa: PLC0415 # heavy, and needed in the child process alone

    host = urlsplit(settings.url).hostname or settings.url
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            dated = partial(_stamped, zone=zone, now=now)
            answer = _download(settings, file, known, login, lambda at: check(dated(at)))
        except httpx.TimeoutException as error:
            raise BlockListError("blocklist.slow", host=host) from error
        except httpx.RemoteProtocolError as error:
            raise BlockListError("blocklist.cut_off", host=host) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(host, str(error) or type(error).__name__) from error
        if answer is None:
            yield None
            return
        file.seek(0)
        stamp = answer.headers.get("Last-Modified", "")
        name = answer.url.path.rpartition("/")[2]
        yield Source(file, name, stamp, _stamped(stamp, zone, now))


def _download(
    settings: BlockListSettings,
    file: IO[bytes],
    known: str,
    login: str,
    check: Callable[[str], None],
) -> httpx.Response | None:
    import httpx  # noqa: PLC0415

    headers = {"If-Modified-Since": known} if known.endswith("GMT") else {}
    what: dict[str, Any] = {
        "auth": (settings.user, settings.password) if settings.user else None,
        "cookies": {"ses": login} if login else None,
        "verify": _trusted(settings.ca_file),
        "timeout": settings.timeout,
        "follow_redirects": True,
    }
    with (
        httpx.Client(**what) as client,
        client.stream("GET", settings.url, headers=headers) as answer,
    ):
        if answer.status_code == NOT_MODIFIED:
            return None
        _check(answer)
        check(answer.headers.get("Last-Modified", ""))
        size, begun = 0, time.monotonic()
        for chunk in answer.iter_bytes():
            if time.monotonic() - begun > LONGEST:
                raise BlockListError("blocklist.slow", host=answer.url.host)
            size += len(chunk)
            if size > settings.largest_mb * MB:
                raise BlockListError("blocklist.too_large", mb=settings.largest_mb)
            file.write(chunk)
    file.flush()
    return answer


def _trusted(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Give whom to trust. Raises BlockListError where that file cannot be read any more."""
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        reason = error.strerror or str(error)
        raise BlockListError(
            "blocklist.file_unreadable", file=ca_file.name, reason=reason
        ) from error


def _unreachable(host: str, reason: str) -> BlockListError:
    """Say why there was no answer, without the numbers that libraries put before their words."""
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return BlockListError("blocklist.not_trusted", host=host)
    if reason.startswith("[SSL"):
        return BlockListError("blocklist.no_https", host=host)
    plain = re.sub(r"^\[.*?\] ", "", reason).rstrip(".")
    return BlockListError("blocklist.unreachable", host=host, reason=plain)


def _check(answer: httpx.Response) -> None:
    host, code = answer.url.host, answer.status_code
    if code in REFUSED_LOGIN:
        raise BlockListError("blocklist.login_refused", host=host)
    if answer.is_server_error:
        raise BlockListError("blocklist.server_fault", host=host, code=code)
    if answer.is_error:
        raise BlockListError("blocklist.http_status", host=host, code=code)
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise BlockListError("blocklist.web_page")


def _stamped(stamp: str, zone: tzinfo, now: datetime) -> datetime:
    """Read a Last-Modified; a list without one is as old as its download."""
    try:
        return parsedate_to_datetime(stamp).astimezone(zone)
    except (ValueError, OverflowError):
        return now.astimezone(zone)
