"""From a table of kiosk.toml to a settings object, by the types of its fields.

A key that is not known, a value that does not fit its type or its limits, and a key that is missing
are refused, with what would be right.
"""

from __future__ import annotations

import difflib
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

import msgspec

from kiosk.config.errors import ConfigError
from kiosk.config.limits import CHOICES, NOT_EMPTY, RANGES

T = TypeVar("T")


def build(cls: type[T], table: dict[str, Any], where: str, header: str = "") -> T:
    """Make a settings object of a TOML table. `header`: the line above it in the file.

    Raises ConfigError, which names key and value and says what would be right.
    """
    header = header or (f"[{where}]" if where else "")
    hints = typing.get_type_hints(cls)
    for known in fields(cls):  # type: ignore[arg-type] # every settings class is a dataclass
        if not known.metadata.get("in_file", True):
            del hints[known.name]
    table = _with_secrets(table, hints, where, header)
    for key, value in table.items():
        if key not in hints:
            raise ConfigError(_unknown(key, value, hints, header))
    values = {
        key: fitting(hints[key], value, _join(where, key), _join(header, key, " "))
        for key, value in table.items()
    }
    for known in fields(cls):  # type: ignore[arg-type] # every settings class is a dataclass
        required = known.default is MISSING and known.default_factory is MISSING
        if required and known.name not in values:
            name = f"{known.name}_file" if known.name.endswith("password") else known.name
            raise ConfigError(f"{header} needs the key {name}")
    return cls(**values)


def fitting(hint: Any, value: Any, where: str, shown: str) -> Any:
    """Give a value of its type, and one that makes sense. Raises ConfigError.

    `where` is the key's whole name; `shown` how the file has it, header and key.
    """
    found = _value(hint, value, where, shown)
    if where in NOT_EMPTY and not (value.strip() if isinstance(value, str) else value):
        raise ConfigError(f"{shown} = {value!r} is empty: fill it in, or leave the line out")
    if where in CHOICES and found not in CHOICES[where]:
        known = ", ".join(repr(choice) for choice in CHOICES[where])
        raise ConfigError(f"{shown} = {value!r} does not fit: give one of {known}")
    if where in RANGES:
        low, high = RANGES[where]
        for number in found if isinstance(found, tuple) else (found,):
            if not low <= number <= high:
                raise ConfigError(f"{shown} = {value!r} does not fit: give {low} to {high}")
    return found


def _value(hint: Any, value: Any, where: str, shown: str) -> Any:
    hint = _without_none(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigError(f"{shown} = {value!r} should be a table: write [{where}]")
        return build(hint, value, where)
    args: tuple[Any, ...] = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and is_dataclass(args[0]):
        each_is: Any = args[0]
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise ConfigError(f"{shown} should be a list of tables: write [[{where}]]")
        return tuple(
            build(each_is, each, where, f"[[{where}]] no. {number}")
            for number, each in enumerate(value, 1)
        )
    if hint is Path:
        return Path(_value(str, value, where, shown)).expanduser()
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{shown} = {value!r} does not fit: {_plain(error, hint)}") from error


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (Union, types.UnionType):
        return next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    return hint


def _plain(error: msgspec.ValidationError, hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return "give one of " + ", ".join(map(_written, typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        each = {int: "[7, 14, 21]", str: '["one", "two"]'}
        of = typing.get_args(hint)[0]
        if of not in each:
            return "give a list of " + ", ".join(f'"{choice}"' for choice in _choices(of))
        return f"give a list, such as {each[of]}"
    if typing.get_origin(hint) is dict:
        return "give one of " + ", ".join(f'"{choice}"' for choice in _choices(hint))
    wanted = {int: "a whole number", float: "a number", bool: "true or false", str: '"text"'}
    return f"give {wanted[hint]}" if hint in wanted else str(error).replace("`", "")


def _written(choice: str | int) -> str:
    """Give a value as it is written in the file."""
    return f'"{choice}"' if isinstance(choice, str) else str(choice)


def _choices(hint: Any) -> list[str]:
    """Name every word of a choice, however deep it stands in a type."""
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    return [choice for arg in typing.get_args(hint) for choice in _choices(arg)]


def _unknown(key: str, value: Any, hints: dict[str, Any], header: str) -> str:
    close = difflib.get_close_matches(key, hints, n=1)
    advice = f"did you mean {close[0]}?" if close else "known are " + ", ".join(sorted(hints))
    shown = "" if isinstance(value, dict | list) else f" = {value!r}"
    return f"{_join(header, key, ' ')}{shown} is not known: {advice}"


def _with_secrets(
    table: dict[str, Any], hints: dict[str, Any], where: str, header: str
) -> dict[str, Any]:
    """Read `password_file` and its like; refuse a password in the open."""
    table = dict(table)
    for key in [hint for hint in hints if hint.endswith("password")]:
        if key in table:
            raise ConfigError(
                f"{header} {key} does not belong in this file: put it into a file of its own, "
                f'readable by the kiosk alone, and write {key}_file = "/etc/daybook/'
                f'{where.rpartition(".")[2]}.{key}"'
            )
        if f"{key}_file" in table:
            shown = f"{header} {key}_file"
            file = _value(Path, table.pop(f"{key}_file"), _join(where, f"{key}_file"), shown)
            table[key] = _secret(file, f"{shown} = {str(file)!r}")
    return table


def _secret(file: Path, what: str) -> str:
    try:
        secret = file.read_text("utf-8-sig").strip()  # some editors mark UTF-8 at its beginning
    except OSError as error:
        raise ConfigError(f"{what} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{what} is not text in UTF-8: save it as UTF-8") from error
    if not secret:
        raise ConfigError(f"{what} is empty: write the password into it, and nothing else")
    if len(secret.splitlines()) > 1:
        raise ConfigError(f"{what} has several lines: keep the password alone in it")
    return secret


def _join(before: str, key: str, between: str = ".") -> str:
    return f"{before}{between}{key}" if before else key
