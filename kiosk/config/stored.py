"""Settings changed on the screen: kept beside the daybook, and merged into what kiosk.toml says.

What the file says counts first: its keys are fixed, and shown so. Secrets stand in neither. A
setting that does not fit any more, because the file says something else by now, is left out and
named: the desk works on.
"""

from __future__ import annotations

import json
import logging
import os
import types
import typing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from kiosk.config.checks import check
from kiosk.config.errors import ConfigError
from kiosk.config.limits import CHOICES, RANGES
from kiosk.config.settings import Config
from kiosk.config.tables import fitting
from kiosk.desk.words import Phrase, say
from kiosk.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

NAME = "settings.json"
"""The file in the data folder."""
LONGEST = 120
"""Characters of a setting."""
BREAK = " / "
"""Between the lines of a setting that has several."""

DISPLAY = ("screen.language", "screen.theme", "screen.volume")
"""What everybody at the desk may change."""

EDITABLE: Mapping[str, tuple[str, ...]] = {
    "library": ("library.name", "library.terminal", "library.profile", "library.timezone"),
    "lending": ("desk.loan_days", "desk.due_presets", "desk.learn_loans", "desk.not_valid"),
    "receipts": ("desk.receipts", "receipt.footer"),
    "staff": (
        "desk.session.required",
        "desk.session.idle_minutes",
        "desk.session.badge_is_enough",
        "desk.settle",
        "desk.process",
    ),
    "delivery": ("delivery.load_at", "delivery.ask_first", "delivery.tell_after"),
    "support": ("support.name", "support.phone", "support.email"),
}
"""What an administrator may change, by section; the rest is for kiosk.toml alone."""
GUARDED = tuple(key for keys in EDITABLE.values() for key in keys)
"""The same in one row."""

Kind = Literal["choice", "switch", "number", "numbers", "lines", "text"]
Value = Any


class UnfitError(ConfigError):
    """A value does not fit. `why` is fit to be shown."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why.key)
        self.why = why


def kind_of(key: str) -> Kind:
    """Tell how a setting is given."""
    hint = _hint(key)
    if options(key):
        return "choice"
    if hint is bool:
        return "switch"
    if hint in (int, float):
        return "number"
    if typing.get_origin(hint) is tuple:
        return "numbers" if typing.get_args(hint)[0] is int else "lines"
    return "text"


def options(key: str) -> tuple[str, ...]:
    """Give what a setting can be, where that is a choice."""
    if key == "screen.language":
        return tuple(LANGUAGES)
    if key in CHOICES:
        return tuple(map(str, CHOICES[key]))
    hint = _hint(key)
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ()


def written(key: str, config: Config) -> str:
    """Write a setting as it would be typed."""
    value = value_of(config, key)
    match kind_of(key):
        case "switch":
            return "on" if value else "off"
        case "numbers":
            return ", ".join(map(str, value))
        case "lines":
            return BREAK.join(value)
        case _:
            return str(value)


def read_value(key: str, text: str, config: Config) -> Value:
    """Read a setting as it was typed, and see whether it fits. Raises UnfitError."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise UnfitError(say("setting.too_long", most=LONGEST))
    value = _typed(key, text)
    try:
        value = fitting(_hint(key), value, key, _in_file(key))
        check(with_value(config, key, value))
    except ConfigError as error:
        raise UnfitError(_why(key, text, error)) from error
    return value


def _in_file(key: str) -> str:
    """Write a key as kiosk.toml has it: under the header of its table."""
    table, _, name = key.rpartition(".")
    return f"[{table}] {name}"


def _typed(key: str, text: str) -> Value:
    match kind_of(key):
        case "choice" if text not in options(key):
            raise UnfitError(say("setting.choose"))
        case "switch" if text not in ("on", "off"):
            raise UnfitError(say("setting.choose"))
        case "switch":
            return text == "on"
        case "number":
            return _number(key, text)
        case "numbers":
            return [_number(key, part) for part in text.replace(",", " ").split()]
        case "lines":
            return [part for part in (x.strip() for x in text.split(BREAK.strip())) if part]
        case _:
            return text


def _number(key: str, text: str) -> int:
    low, high = RANGES.get(key, (0, 9999))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise UnfitError(say("form.number", least=int(low), most=int(high)))
    return int(text)


def _why(key: str, text: str, error: ConfigError) -> Phrase:
    """Say what is wrong, in the words of the kiosk where there are any for it."""
    if not text:
        return say("setting.empty")
    if key == "library.timezone":
        return say("setting.timezone")
    if key == "delivery.load_at":
        return say("setting.time")
    return say("setting.unfit", reason=str(error))


# -- kept beside the daybook -----------------------------------------------------------------------


def kept(data: Path) -> dict[str, Value]:
    """Give what was changed on the screen; nothing where that cannot be read."""
    return _read(data) or {}


def is_damaged(data: Path) -> bool:
    """Tell whether what was changed on the screen is there, and cannot be read."""
    return _read(data) is None


def _read(data: Path) -> dict[str, Value] | None:
    """Give what was changed on the screen; None where it cannot be read."""
    try:
        values = json.loads((data / NAME).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):  # what is wrong there the engine says better
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.info("what was set on the screen cannot be read, so it does not count: %s", error)
        return None
    return values if isinstance(values, dict) else None


def keep(data: Path, values: Mapping[str, Value]) -> None:
    """Put it on the disk, synced, all of it or none. Raises OSError.

    What stands there and cannot be read is put aside: somebody may be able to read it.
    """
    file, new = data / NAME, data / f"{NAME}.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:  # all of it, on a full disk too
        json.dump(values, written, indent=1, sort_keys=True)
        written.flush()
        os.fsync(descriptor)
    if is_damaged(data):
        aside = _unused(data)
        file.replace(aside)
        log.warning("settings that could not be read were put aside as %s", aside.name)
    new.replace(file)
    folder = os.open(data, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unused(data: Path) -> Path:
    """Give a name for what is put aside, under which nothing was before."""
    names = (data / f"{NAME}.damaged{number}" for number in ("", *range(2, 1000)))
    return next(path for path in names if not path.exists())


def merged(config: Config) -> Config:
    """Put what was changed on the screen into settings, but for what the file says."""
    known = {*DISPLAY, *GUARDED}
    for key, stored in kept(config.data).items():
        if key not in known or key in config.fixed:
            continue
        try:
            changed = with_value(config, key, fitting(_hint(key), stored, key, _in_file(key)))
            check(changed)
        except ConfigError as error:
            log.info("a setting of the screen does not fit any more, so it is left out: %s", error)
        else:
            config = changed
    return config


# -- the tree of settings --------------------------------------------------------------------------


def value_of(config: Config, key: str) -> Value:
    """Give a setting by its name, `desk.session.idle_minutes`."""
    value: Value = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def with_value(config: Config, key: str, value: Value) -> Config:
    """Give settings with one of them changed."""
    changed: Config = _with(config, key.split("."), value)
    return changed


def _with(settings: Any, names: list[str], value: Value) -> Any:
    first, *rest = names
    inner = _with(getattr(settings, first), rest, value) if rest else value
    return replace(settings, **{first: inner})


def _hint(key: str) -> Any:
    """Give the type of a setting."""
    hint: Any = Config
    for name in key.split("."):
        hint = typing.get_type_hints(hint)[name]
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            hint = next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    return hint
