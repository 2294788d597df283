"""Settings of kiosk.toml that are no mistake each, but make no sense, or do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.configuring import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "language = 'xx'",
            'language = \'xx\' is not known: give one of "en" (English), "es" (Esp',
        ),
        ("language = '../en'", "language = '../en' is not known"),
        ("[retention]\npatron_days = 500", "transaction_days = 400 is less than patron_days"),
        ("[blocklist]\nurl = 'http://[::1/list'", "is not a web address"),
        ("[blocklist]\nurl = 'https://:80/list'", "is not a web address"),
        ("[blocklist]\nurl = 'example.org'", "is not a web address: begin with https://"),
        ("[blocklist]\nurl = 'http://a'\nfolder = '/b'", "names url and folder: keep one of them"),
        ("[blocklist]\ntimes = ['7']", "times = '7' does not fit: give times such as"),
        ("[blocklist]\ntimes = ['24:00']", "times = '24:00' does not fit"),
        ("[blocklist]\ntimes = ['7:5']", "times = '7:5' does not fit: give times such as"),
        ("[delivery]\nload_at = '7:5'", "load_at = '7:5' does not fit: give a time such as"),
        ("[blocklist]\nencoding = 'utf-9'", "[blocklist] encoding = 'utf-9' is not known"),
        ("[blocklist]\ndate_from = 'date_file'", "needs a folder, and date_file"),
        ("[blocklist.csv]\ndelimiter = ';;'", "delimiter = ';;' does not fit: give one character"),
        ("[library]\ntimezone = 'Mars/Base'", "timezone = 'Mars/Base' is not known: give a name"),
        ("[library]\ntimezone = 'Europe'", "timezone = 'Europe' is not known"),
        ("[library]\ntimezone = '../passwd'", "timezone = '../passwd' is not known"),
        ("[printer]\nterminal = true\n[printer.network]\nhost = 'p'", "keep one of them"),
        (
            "[printer.network]\nhost = 'p'\nprofile = 'TM-T88VV'",
            "[printer.network] profile = 'TM-T88VV' is not known: did you mean \"TM-T88V\"?",
        ),
        (
            "[printer.serial]\nport = '/dev/ttyS0'\nprofile = '?'",
            "[printer.serial] profile = '?' is not known: known are AF-240, ",
        ),
        (
            "[delivery]\nfirst_pause = 400",
            "[delivery] first_pause = 400 is longer than longest_pause = 300: give as much or less",
        ),
        ("[ils]\noffline = 'sip2'", "[ils] names sip2: say where it is in [ils.sip2]"),
        ("[ils.sip2]\nhost = 'l'\nencoding = 'marc'", "encoding = 'marc' is not known: give utf-8"),
        ("[screen]\nwidth = 800", "[screen] needs width and height"),
        (
            "[screen]\nwidth = 640\nheight = 480",
            "[screen] width = 640 and height = 480 are too small: give 800 and 480 or more",
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_what_would(text: str, says: str, tmp_path: Path) -> None:
    assert says in problem(tmp_path, text)
