"""Writing a kiosk.toml, and reading what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kiosk.config import ConfigError, load

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "kiosk.toml"
    path.write_text(text, "utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    """Give what a file is refused for, without its name."""
    path = write(folder, text)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert str(error.value).startswith(str(path))
    return str(error.value).removeprefix(str(path)).lstrip(": ")
