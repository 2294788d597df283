"""What travels on the link, apart from AppState: greetings, intents, happenings.

Client to engine: `Hello` once, then intents. Engine to client: `Welcome` or `TurnedAway` once,
then AppStates (only the newest matters) and, for clients that asked, happenings (every one).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.view.state import Alarm, Answer, AppState, Library, Phrase, Prompt

LINK_VERSION = 20
"""Raised whenever a message changes its shape. Engine and client must have the same one."""


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The first message of a client. `happenings`: it wants every one of them, and receipts."""

    link_version: int
    client: Literal["screen", "console"]
    happenings: bool = False


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The engine's answer to a client that it understands."""

    engine_version: str


class TurnedAway(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The engine's answer to a client of another version, before it hangs up."""

    engine_version: str
    link_version: int


class Pressed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A button, by the command word that does the same (`done`, `undo`, `due:21` …).

    `prompt`: that of the picture in which it was pressed. An answer to what is asked no more is
    left out. None: whatever is asked is meant.
    """

    command: str
    prompt: Prompt | None = None


class Typed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A line typed by hand: a barcode, or a command word.

    `scanned`: by a scanner that pretends to be a keyboard, as its speed tells. `prompt`: that of
    the picture before which it was typed; None where nobody looked, as with a scanner or a script.
    `number`: by which its sender knows what is said of it.
    """

    text: str
    scanned: bool = False
    prompt: Prompt | None = None
    number: int = 0


class Screenshot(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A wish for a picture of the screen in a PNG file at `path` (absolute)."""

    path: str


class ScreenshotTaken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The screen's answer: saved, or the reason why not."""

    path: str
    problem: str = ""


class LookReady(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A wish to look now whether the desk is ready for an outage; the AppState says what came.

    Unlike the command `ready` it is nothing that staff do: it answers no question.
    """


class ChangeSetting(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A setting, by its name in kiosk.toml, as it was typed. Not to `keep`: it is only checked."""

    key: str
    value: str
    keep: bool = True


class Leave(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An administrator's wish that the kiosk ends."""


class SettingsLeft(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A screen's word that its settings are out of sight: nobody may change more of them."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What an error report from elsewhere says of a transaction. `number`: where that stands."""

    transaction: str
    number: int
    code: str = ""
    words: str = ""


class ReportCame(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An error report from elsewhere was imported: these have failed."""

    failures: tuple[Failure, ...]


class FileDecided(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Somebody says that what was handed over was loaded, or that its file is lost."""

    batch: str
    what: Literal["loaded", "lost"]


class Ping(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A console's question how recording and delivery stand.

    `settled`: answered when all that it has sent so far was taken care of, not before.
    """

    number: int
    settled: bool


class Pong(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The engine's answer to a ping. `alarm`: nothing is being recorded."""

    number: int
    library: Library
    alarm: Alarm | None = None


class Happened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One thing that happened, for those who follow the desk line by line.

    `reminders`: what is in force until it is changed, and must not be forgotten. `practice`: it did
    not happen, somebody is practising. `number`: of the line that led to it; 0 where none did.
    """

    at: str
    answer: Answer
    reminders: tuple[Phrase, ...] = ()
    practice: bool = False
    number: int = 0


class ReceiptDrawn(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A receipt that went to the terminal, as plain lines."""

    text: str


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An AppState under way."""

    state: AppState


class Alive(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The engine's sign that it has not come to a standstill.

    To screens all the time, to consoles while one of them waits for what is at work.
    """


Intent = (
    Pressed
    | Typed
    | ChangeSetting
    | Leave
    | SettingsLeft
    | Screenshot
    | ScreenshotTaken
    | LookReady
    | ReportCame
    | FileDecided
    | Ping
)
FromClient = Hello | Intent
FromEngine = (
    Welcome
    | TurnedAway
    | Picture
    | Happened
    | ReceiptDrawn
    | Screenshot
    | ScreenshotTaken
    | Pong
    | Alive
)


def answering(intent: Intent, seen: AppState | None) -> Intent:
    """Say to what an intent is an answer: to what is asked in the picture before which it came."""
    looked = isinstance(intent, Pressed) or (isinstance(intent, Typed) and not intent.scanned)
    return msgspec.structs.replace(intent, prompt=seen.prompt) if looked and seen else intent
