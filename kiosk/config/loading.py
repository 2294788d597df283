"""From the file to settings that fit together."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.config.checks import check
from kiosk.config.errors import ConfigError
from kiosk.config.settings import Config
from kiosk.config.tables import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")  # some editors put a mark before the first line
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not text in UTF-8: save it as UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    try:
        config = _with_source(_with_cards(build(Config, table, "")))
        config = replace(config, fixed=frozenset(_keys(table)))
        check(config)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return config


def _keys(table: dict[str, Any], where: str = "") -> Iterator[str]:
    """Name every key that is set, and every table that holds one."""
    for key, value in table.items():
        yield where + key
        if isinstance(value, dict):
            yield from _keys(value, f"{where}{key}.")


def _with_cards(config: Config) -> Config:
    """Expect of a block list the cards that the desk knows, unless it has patterns of its own."""
    if config.blocklist.cards:
        return config
    cards = tuple(label.regex for label in config.desk.barcodes.of("patron"))
    block_list = replace(config.blocklist, cards=cards)
    return replace(config, blocklist=block_list)


def _with_source(config: Config) -> Config:
    """Find a block list where its library system has it."""
    block_list, evergreen = config.blocklist, config.ils.evergreen
    if block_list.source != "evergreen":
        return config
    if evergreen is None:
        raise ConfigError(
            '[blocklist] source = "evergreen": say where it is in [ils.evergreen], with url, org '
            "and login"
        )
    if block_list.url or block_list.folder is not None or block_list.user:
        raise ConfigError(
            '[blocklist] source = "evergreen" has its own address and login: leave out url, user '
            "and folder"
        )
    ca_file = block_list.ca_file or evergreen.ca_file
    url = evergreen.base + "/standalone/list.txt"
    return replace(config, blocklist=replace(block_list, url=url, ca_file=ca_file))
