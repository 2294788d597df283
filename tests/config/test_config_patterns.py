"""Regular expressions in kiosk.toml: one that is none, or would stop the desk, is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.configuring import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[blocklist]\ncards = ['(']", "[blocklist] cards = '(' is not a regular expression"),
        ("[desk.barcodes]\npatron = ['(']", "patron = '(' is not a regular expression"),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\npattern = '3['",
            "[[desk.barcodes.labels]] no. 1 pattern = '3[' is not a regular expression",
        ),
        ("[desk]\nsystem_cards = ['(']", "[desk] system_cards = '(' is not a regular expression"),
        ("[desk.barcodes]\npatron = ['(a+)+b']", "patron = '(a+)+b' takes too long: one scan"),
        ("[desk.barcodes]\nitem = ['(\\d+)*']", "item = '(\\\\d+)*' takes too long: one scan"),
        (
            "[[desk.loans]]\nkind = 'dvd'\ndays = 1\nitem = ['(']",
            "[[desk.loans]] kind = \"dvd\" item = '(' is not a regular expression",
        ),
    ],
)
def test_a_pattern_that_cannot_be_used_is_named(text: str, says: str, tmp_path: Path) -> None:
    assert says in problem(tmp_path, text)
