"""Regular expressions of a site's own: each is one, and none takes ever longer."""

from __future__ import annotations

import re
import time
from itertools import product

from kiosk.config.errors import ConfigError
from kiosk.desk.checks import barcodes

TOO_LONG = 0.2
"""Seconds of work for one look at a number."""


def check_patterns(where: str, patterns: tuple[str, ...]) -> None:
    """Raise ConfigError for one that is none, or that would stop the desk."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigError(
                f"{where} = {pattern!r} is not a regular expression: {error}"
            ) from error
        if _takes_ever_longer(pattern):
            raise ConfigError(
                f"{where} = {pattern!r} takes too long: one scan would stop the desk. Do not "
                "repeat what is repeated already, as (a+)+ does"
            )


def _takes_ever_longer(pattern: str) -> bool:
    """Try a regular expression at what it nearly fits, longer and longer, until it takes too long.

    A usual one takes microseconds for the longest label; `(a+)+b` takes twice as long for each
    character more.
    """
    fits = re.compile(pattern, re.ASCII)
    letters = {"0", *(x for x in pattern if x.isalnum())}
    for length, letter, end in product(range(1, barcodes.LONGEST), sorted(letters), ("", "!")):
        began = time.thread_time()
        fits.fullmatch(letter * length + end)
        if time.thread_time() - began > TOO_LONG:
            return True
    return False
