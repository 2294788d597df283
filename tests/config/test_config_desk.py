"""The desk's rules in kiosk.toml: what contradicts itself or says nothing is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.configuring import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[desk.barcodes]\nitem = ['\\d{14}']", "takes 20000000000000 for a card and for an item"),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'",
            "[[desk.barcodes.labels]] no. 1 fits every number: give prefix",
        ),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\nprefix = '3.'",
            "[[desk.barcodes.labels]] no. 1 prefix = '3.' does not fit: give digits or letters",
        ),
        ("[[desk.loans]]\nkind = 'dvd'", '[[desk.loans]] kind = "dvd" needs days = 7 or hours = 3'),
        ("[[desk.loans]]\nkind = 'dvd'\ndays = 1\nhours = 2", "needs days = 7 or hours = 3"),
        ("[[desk.loans]]\nkind = 'DVD'\ndays = 1", "give a word of small letters, such as"),
        ("[[desk.loans]]\nkind = 'usual'\ndays = 1", "give a word of small letters, such as"),
        (
            "[[desk.loans]]\nkind = 'dvd'\ndays = 1\n[[desk.loans]]\nkind = 'dvd'\ndays = 2",
            'kind = "dvd" is there twice',
        ),
        (
            "[[desk.noncat]]\ncode = '2'\nname = 'A'\n[[desk.noncat]]\ncode = '2'\nname = 'B'",
            '[[desk.noncat]] code: "2" is there twice',
        ),
        (
            "[[desk.places]]\nlibrary = 'A'\n[[desk.places]]\nlibrary = 'A'",
            '[[desk.places]]: "A" is there twice',
        ),
        (
            "[desk.registration]\nfields = ['born', 'born']\nrequired = []",
            '[desk.registration] fields: "born" is there twice',
        ),
        (
            (
                "[[desk.registration.profiles]]\nname = 'A'\ncode = '1'\n"
                "[[desk.registration.profiles]]\nname = 'B'\ncode = '1'"
            ),
            '[[desk.registration.profiles]]: "1" is there twice',
        ),
        ("[desk]\noverride_reasons = ['a', 'a']", 'override_reasons: "a" is there twice'),
        ("[desk]\noverride_reasons = ['']", 'override_reasons has "", which is no reason'),
        ("[desk]\noverride_reasons = ['other']", 'override_reasons has "other", which is no'),
        ("[desk.closed]\ndays = ['25.12.']", "[desk.closed] days = '25.12.' does not fit: give a"),
        ("[desk.closed]\ndays = ['02-30']", "[desk.closed] days = '02-30' does not fit"),
        (
            "[desk.closed]\ndays = ['2027-01-02..2026-12-24']",
            "days = '2027-01-02..2026-12-24' does not fit",
        ),
        ("[desk.closed]\ndays = ['01-01..12-31']", "[desk.closed] closes the library for a year"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_told_with_what_could(
    text: str, says: str, tmp_path: Path
) -> None:
    assert says in problem(tmp_path, text)
