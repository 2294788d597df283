"""What can be said of Koha in kiosk.toml, and mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.configuring import problem, write

from kiosk.config import load
from kiosk.ils.koha.settings import KohaSettings

if TYPE_CHECKING:
    from pathlib import Path

KOHA = """
[ils]
offline = "koha"
[ils.koha]
staff_url = "https://staff.koha.example.org/"
branchcode = "CPL"
"""
LOGIN = 'login = "daybook"\npassword_file = "{folder}/secret"\n'
KEY = 'client = "c1"\nclient_password_file = "{folder}/secret"\n'


def settings(**more: Any) -> KohaSettings:
    known = {"staff_url": "https://staff.koha.example.org/", "branchcode": "CPL"}
    return KohaSettings(**known | more)


def text(folder: Path, more: str) -> str:
    (folder / "secret").write_text("s3cret\n")
    return KOHA + more.format(folder=folder)


def test_a_login_is_enough(tmp_path: Path) -> None:
    ils = load(write(tmp_path, text(tmp_path, LOGIN))).ils

    assert ils.system == "koha"
    assert ils.carries == {"checkout", "checkin", "renewal"}
    assert ils.koha is not None
    assert (ils.koha.login, ils.koha.password) == ("daybook", "s3cret")
    assert (ils.koha.method, ils.koha.pending) == ("plugin", False)


def test_so_is_an_api_key(tmp_path: Path) -> None:
    ils = load(write(tmp_path, text(tmp_path, KEY))).ils

    assert ils.koha is not None
    assert (ils.koha.client, ils.koha.client_password) == ("c1", "s3cret")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("", "[ils.koha] needs login and password_file, or client and client_password_file"),
        ('login = "daybook"\n', "[ils.koha] needs login and password_file, or neither"),
        ('client = "c1"\n' + LOGIN, "[ils.koha] needs client and client_password_file, or neither"),
        (KEY + 'method = "service"\n', 'method = "service" needs login and password_file'),
        (LOGIN + 'method = "auto"\n', 'give one of "plugin", "service"'),
        (LOGIN + 'version = "new"\n', "version = 'new' does not fit: give one such as \"24.05\""),
        (LOGIN + 'rest_url = "koha"\n', "rest_url = 'koha' is not a web address"),
        (LOGIN + "timeout = 0\n", "[ils.koha] timeout = 0 does not fit: give 1 to 600"),
        (LOGIN + 'password = "x"\n', "[ils.koha] password does not belong in this file"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, more: str, says: str) -> None:
    assert says in problem(tmp_path, text(tmp_path, more))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('[ils]\noffline = "koha"\n', "[ils] names koha: say where it is in [ils.koha]"),
        (KOHA.replace("CPL", " "), "[ils.koha] branchcode = ' ' is empty"),
        (KOHA.replace("https://", "ftp://"), "is not a web address"),
        (KOHA.replace("https://", "https://me@"), "staff_url has a name or a password in it"),
        (KOHA.replace('branchcode = "CPL"', ""), "[ils.koha] needs the key branchcode"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, wrong: str, says: str) -> None:
    assert says in problem(tmp_path, wrong)


def test_the_rest_interface_is_at_the_staff_interface() -> None:
    assert settings().rest == "https://staff.koha.example.org/api/v1"
    assert settings(rest_url="https://api.example.org/v1/").rest == "https://api.example.org/v1"


@pytest.mark.parametrize(
    ("version", "tokens", "utc"),
    [
        ("", None, True),
        ("24.05", True, True),
        ("24.11.08", True, True),
        ("26.05", True, True),
        ("23.11", False, True),
        ("21.11", False, True),
        ("21.05", False, False),
        ("20.05.11", False, False),
    ],
)
def test_what_each_version_wants(version: str, tokens: bool | None, utc: bool) -> None:
    assert settings(version=version).has_tokens is tokens
    assert settings(version=version).reads_utc is utc
