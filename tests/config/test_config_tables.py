"""A table of kiosk.toml: unknown keys, values that do not fit, and passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.configuring import problem

from kiosk.config import load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[library", "is not TOML"),
        ("lanugage = 'en'", "lanugage = 'en' is not known: did you mean language?"),
        ("[desk]\nloan_day = 14", "[desk] loan_day = 14 is not known: did you mean loan_days?"),
        ("[desk]\nzzz = 1", "[desk] zzz = 1 is not known: known are answer_wait, barcodes"),
        ("[desk]\nloan_days = '14'", "[desk] loan_days = '14' does not fit: give a whole number"),
        ("[desk]\nloan_days = true", "[desk] loan_days = True does not fit: give a whole number"),
        ("[desk]\nloan_days = 1.5", "[desk] loan_days = 1.5 does not fit: give a whole number"),
        ("[desk]\nloan_days = -1", "[desk] loan_days = -1 does not fit: give 0 to 9999"),
        ("[retention]\npatron_days = 0", "patron_days = 0 does not fit: give 1 to 3650"),
        ("[desk]\nloan_days = 1000000", "[desk] loan_days = 1000000 does not fit: give 0 to 9999"),
        ("[desk]\ndue_presets = 7", "[desk] due_presets = 7 does not fit: give a list, such as [7"),
        ("[desk]\ndue_presets = [7, -1]", "[desk] due_presets = [7, -1] does not fit: give 0 to"),
        ("[desk]\ndue_presets = [true]", "[desk] due_presets = [True] does not fit: give a list"),
        ("[desk]\nanswer_wait = nan", "[desk] answer_wait = nan does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = inf", "[desk] answer_wait = inf does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = -1", "[desk] answer_wait = -1 does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = true", "[desk] answer_wait = True does not fit: give a number"),
        ("[desk]\nreceipts = 'two'", 'give one of "patron", "item", "none"'),
        ("desk = 3", "desk = 3 should be a table: write [desk]"),
        ("[desk.barcodes]\nuse_anyway = true", 'give one of "staff", "supervisor", "nobody"'),
        (
            "[[desk.barcodes.labels]]\nprefix = '2'",
            "[[desk.barcodes.labels]] no. 1 needs the key kind",
        ),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\nlengths = [0]",
            "[[desk.barcodes.labels]] no. 1 lengths = [0] does not fit: give 1 to 64",
        ),
        (
            "[[desk.registration.profiles]]\nname = 'Adult'",
            "[[desk.registration.profiles]] no. 1 needs the key code",
        ),
        (
            "[[desk.registration.languages]]\nname = 'English'\ncode = ' '",
            "[[desk.registration.languages]] no. 1 code = ' ' is empty",
        ),
        ("[[desk.loans]]\ndays = 7", "[[desk.loans]] no. 1 needs the key kind"),
        (
            "[[desk.loans]]\nkind = 'dvd'\nhours = 0",
            "[[desk.loans]] no. 1 hours = 0 does not fit: give 1",
        ),
        ("[desk.closed]\nweekdays = ['sunday']", 'give a list of "mon", "tue", "wed"'),
        ("[desk.barcodes]\nitem = []", "[desk.barcodes] item = [] is empty"),
        ("[desk.barcodes]\nitem = '3.*'", "[desk.barcodes] item = '3.*' does not fit: give a list"),
        (
            "[desk.barcodes]\ncheck_digit = 1",
            "[desk.barcodes] check_digit = 1 does not fit: give true",
        ),
        ("[library]\nname = ''", "[library] name = '' is empty"),
        ("[blocklist]\npassword = 'x'", 'password_file = "/etc/daybook/blocklist.password"'),
        ("[blocklist]\ntimes = []", "[blocklist] times = [] is empty"),
        ("[blocklist]\nsmallest_share = 2", "[blocklist] smallest_share = 2 does not fit"),
        ("[blocklist]\nformat = 'xls'", 'give one of "evergreen", "csv", "barcodes"'),
        ("[blocklist.actions]\nlost = 'forgive'", 'give one of "refuse", "warn", "ignore"'),
        ("[blocklist.statuses]\nX = 'bad'", 'give one of "blocked", "barred", "lost"'),
        ("[library]\nname = '  '", "[library] name = '  ' is empty"),
        ("[library]\nterminal = ''", "[library] terminal = '' is empty"),
        ("[library]\nname = 5", '[library] name = 5 does not fit: give "text"'),
        ("data = ''", "data = '' is empty"),
        ("data = 5", 'data = 5 does not fit: give "text"'),
        ("[scanner]\nport = 'x'", "scanner should be a list of tables: write [[scanner]]"),
        ("[[scanner]]\nbaud = 9600", "[[scanner]] no. 1 needs the key port"),
        ("[[scanner]]\nport = ''", "[[scanner]] no. 1 port = '' is empty"),
        (
            "[[scanner]]\nport = 'x'\nparity = 'X'",
            "[[scanner]] no. 1 parity = 'X' does not fit: give one of",
        ),
        (
            "[[scanner]]\nport = 'x'\ngap = 0",
            "[[scanner]] no. 1 gap = 0 does not fit: give 0.01 to 10",
        ),
        (
            "[printer.network]\nhost = 'p'\nport = -1",
            "[printer.network] port = -1 does not fit: give 1",
        ),
        (
            "[printer.network]\nhost = 'p'\ncolumns = 40",
            "columns = 40 does not fit: give one of 32",
        ),
        ("[printer.network]\nhost = 'p'\ncolumns = true", "columns = True does not fit"),
        ("[ils]\noffline = 'sip3'", 'give one of "none", "sip2"'),
        ("[ils.sip2]\nlogin = 'desk'", "[ils.sip2] needs the key host"),
        ("[ils.sip2]\nhost = ''", "[ils.sip2] host = '' is empty"),
        (
            "[ils.evergreen]\nurl = 'https://e'\norg = 4\nlogin = 'desk'",
            "[ils.evergreen] needs the key password_file",
        ),
        (
            "[ils.sip2]\nhost = 'l'\nport = 70000",
            "[ils.sip2] port = 70000 does not fit: give 1 to 65535",
        ),
        ("[ils.sip2]\nhost = 'l'\nport = true", "[ils.sip2] port = True does not fit"),
        ("[ils.sip2]\nhost = 'l'\ntimeout = 0", "[ils.sip2] timeout = 0 does not fit: give 0.1"),
        ("[delivery]\nkeep_alive = -3", "[delivery] keep_alive = -3 does not fit"),
        (
            "[screen]\nwidth = -800\nheight = 1",
            "[screen] width = -800 does not fit: give 0 to 10000",
        ),
        ("[receipt]\nfooter = 'Thanks'", "[receipt] footer = 'Thanks' does not fit: give a list"),
    ],
)
def test_a_mistake_is_told_by_key_and_value_with_what_would_be_right(
    text: str, says: str, tmp_path: Path
) -> None:
    assert says in problem(tmp_path, text)


def test_a_password_does_not_belong_in_the_file(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\npassword = 'hunter2'")
    assert "password_file" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff", "UTF-8")],
)
def test_a_password_file_that_cannot_be_used_is_named(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    told = problem(tmp_path, f"[ils.sip2]\nhost = 'l'\npassword_file = '{secret}'")
    assert f"[ils.sip2] password_file = '{secret}'" in told
    assert says in told


def test_the_terminal_password_has_a_file_of_its_own_too(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\nterminal_password = 'x'")
    assert "terminal_password_file" in told
    (tmp_path / "secret").write_text("s3cret\n")
    path = tmp_path / "good.toml"
    path.write_text(f"[ils.sip2]\nhost = 'l'\nterminal_password_file = '{tmp_path / 'secret'}'\n")
    sip2 = load(path).ils.sip2
    assert sip2 is not None
    assert sip2.terminal_password == "s3cret"


def test_a_password_file_is_named_by_text(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\npassword_file = 5")
    assert "[ils.sip2] password_file = 5 does not fit" in told
