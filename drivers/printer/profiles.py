"""The names of python-escpos' printer profiles, without loading python-escpos.

Reading a configuration must not take as long as loading that, which is longer than a whole screen.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

DEFAULT = "default"


@cache
def known() -> frozenset[str]:
    """Name all profiles there are. Raises OSError where python-escpos is not installed whole."""
    package = find_spec("escpos")
    if package is None or package.origin is None:
        raise FileNotFoundError("python-escpos")
    content = (Path(package.origin).parent / "capabilities.json").read_bytes()
    return frozenset(msgspec.json.decode(content, type=_Capabilities).profiles)


class _Capabilities(msgspec.Struct):
    profiles: dict[str, msgspec.Raw]
