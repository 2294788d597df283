"""Events: how Evergreen's servers say yes and no, in JSON.

The code is a string from services in Perl and a number from those in C. `desc` is for people; of
some events it is wrong, so it never decides.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_SESSION = "NO_SESSION"
"""The login is not known any more: it has expired."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `permission` is what was lacking, where that is why; `words` are the server's."""

    code: str
    name: str
    words: str = ""
    permission: str = ""
    payload: object = None

    @property
    def ok(self) -> bool:
        """Whether it says yes."""
        return self.code == "0"


def read(value: object) -> Event | None:
    """Read an event; None where a value is none."""
    if not isinstance(value, dict) or "ilsevent" not in value:
        return None
    code = str(value["ilsevent"])
    return Event(
        code=code,
        name=str(value.get("textcode") or code),
        words=str(value.get("desc") or "").strip(),
        permission=str(value.get("ilsperm") or ""),
        payload=value.get("payload"),
    )


def read_all(value: object) -> tuple[Event, ...]:
    """Read one event, or a list of them. What is none of the two gives none."""
    values = value if isinstance(value, list) else [value]
    return tuple(event for event in map(read, values) if event is not None)
