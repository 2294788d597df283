"""How a configuration fails."""

from __future__ import annotations


class ConfigError(Exception):
    """The configuration cannot be used. The message says where and what would be right."""
