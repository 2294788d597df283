"""kiosk.toml: one file, read once, into each package's own frozen settings.

An error names the file, the key, the value, and what would be right. Passwords are not written in
it: `password_file` names a file that holds nothing else.

settings            the tree of all settings
tables, limits      from TOML to settings: types, unknown keys, passwords, numbers out of range
checks, desk        what types alone cannot say
patterns            regular expressions that would stop the desk
loading             all of it
"""

from kiosk.config.errors import ConfigError
from kiosk.config.loading import load
from kiosk.config.settings import Config

__all__ = ["Config", "ConfigError", "load"]
