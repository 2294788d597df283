"""Upload sessions, as the server tells of them, and how an upload in one stands.

    nobody has uploaded     no scripts
    waiting                 scripts, and no start
    being processed         in_process
    processed               an end, and not in_process: a second run goes over it then; never by
                            the count, in which blank lines are missing

A session is never deleted, so years of them may be listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from kiosk.ils.batches import Upload, UploadSession

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo

SOON: Final = 60
"""So many seconds lie at most between the moment in which the server gathers what it will process
and its start. What is uploaded just then is stored, and not processed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A session as the server tells it, and the organisational unit that it belongs to."""

    org: int
    session: UploadSession

    @property
    def key(self) -> str:
        """What the server knows it by."""
        return self.session.key

    @property
    def is_open(self) -> bool:
        """Whether it can be uploaded into."""
        return self.session.is_open

    @property
    def is_doubled(self) -> bool:
        """Whether something was uploaded twice under one name: the file has both then."""
        names = [upload.name for upload in self.session.uploads]
        return len(set(names)) < len(names)

    def uploads(self, name: str) -> list[Upload]:
        """Give what was uploaded under a name."""
        return [upload for upload in self.session.uploads if upload.name == name]

    @property
    def was_processed_twice(self) -> bool:
        """Whether more was done than is there: of two requests at once the server does both."""
        return self.session.processed > self.session.total

    def may_have_missed(self, upload: Upload) -> bool:
        """Whether the server may have processed all but this upload, which came as it began.

        All of an upload is processed, or nothing.
        """
        began, missing = self.session.began, self.session.total - self.session.processed
        if missing < upload.count or began is None:
            return False
        return upload.at.timestamp() > began.timestamp() - SOON


def read(value: object, zone: tzinfo) -> Told:
    """Read one session. Raises ValueError where it is none."""
    if not isinstance(value, dict) or "key" not in value or "ilsevent" in value:
        raise ValueError(f"no session: {str(value)[:200]}")
    try:
        created = _moment(value["create_time"], zone)
        busy = created if int(value.get("in_process") or 0) else None
        return Told(
            org=int(value["org"]),
            session=UploadSession(
                key=str(value["key"]),
                title=str(value.get("description") or ""),
                created=created,
                uploads=tuple(_upload(each, zone) for each in value.get("scripts") or ()),
                began=_maybe(value.get("start_time"), zone) or busy,
                ended=None if busy else _maybe(value.get("end_time"), zone),
                processed=int(value.get("num_complete") or 0),
            ),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"no session: {error!r} in {str(value)[:200]}") from error


def read_all(value: object, zone: tzinfo) -> list[Told]:
    """Read a list of sessions, the oldest first. Raises ValueError where it is none."""
    if not isinstance(value, list):
        raise ValueError(f"no list of sessions: {str(value)[:200]}")  # noqa: TRY004 - it came from outside
    return sorted((read(each, zone) for each in value), key=_age)


def _age(told: Told) -> tuple[datetime, str]:
    """Order by age, and in the same second the same way at every desk."""
    return told.session.created, told.key


def _upload(value: Any, zone: tzinfo) -> Upload:
    return Upload(
        name=str(value["workstation"] or ""),
        count=int(value.get("count") or 0),
        at=_moment(value["create_time"], zone),
    )


def _moment(seconds: Any, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(int(seconds), zone)


def _maybe(seconds: Any, zone: tzinfo) -> datetime | None:
    return _moment(seconds, zone) if seconds else None


# ---------------------------------------------------------------------------- today's open session


def title(template: str, day: date) -> str:
    """Call the session of a day."""
    return plain(template.replace("{date}", day.isoformat()))


def plain(called: str) -> str:
    """Write a session's name without slashes, which are known to make trouble."""
    return " ".join(called.replace("/", "-").replace("\\", "-").split())


def is_todays(told: Told, template: str, day: date) -> bool:
    """Tell today's session by its name, which people may have typed, and by its day."""
    wanted = title(template, day).casefold()
    named = " ".join(told.session.title.split()).casefold().startswith(wanted)
    return named and told.session.created.date() == day


def todays(all_: Iterable[Told], template: str, day: date) -> Told | None:
    """Find the session that all desks meet in: of several, the oldest."""
    return next((told for told in all_ if told.is_open and is_todays(told, template, day)), None)


def desks_in(session: UploadSession) -> frozenset[str]:
    """Name the desks that have uploaded."""
    return frozenset(upload.name.partition(".")[0] for upload in session.uploads if upload.count)
