"""The settings of an Evergreen, and what is wrong with them before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.configuring import problem, write

from kiosk.config import load
from kiosk.ils.evergreen.settings import desk_name

if TYPE_CHECKING:
    from pathlib import Path

ALL = """
[ils]
offline = "evergreen"

[ils.evergreen]
url = "https://evergreen.example.org/"
org = 4
login = "kiosk"
password_file = "{secret}"
desks = ["front", "back"]
process = "all-in"
"""


def text(folder: Path, more: str = "") -> str:
    secret = folder / "secret"
    secret.write_text("secret\n")
    return ALL.format(secret=secret) + more


def test_they_are_read_and_carry_everything(tmp_path: Path) -> None:
    ils = load(write(tmp_path, text(tmp_path))).ils
    assert ils.evergreen is not None
    assert ils.system == "evergreen"
    assert len(ils.carries) == 6
    assert ils.evergreen.base == "https://evergreen.example.org"
    assert ils.evergreen.password == "secret"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('url = "https://evergreen.example.org/"', 'url = "evergreen"', "is not a web address"),
        ('desks = ["front", "back"]', "", 'process = "all-in" needs desks'),
        ('"back"]', '"front."]', "two that are the same for Evergreen"),
        ("org = 4", "", "[ils.evergreen] needs the key org"),
        ("org = 4", "org = 0", "[ils.evergreen] org = 0 does not fit"),
        ('login = "kiosk"', 'login = " "', "is empty"),
    ],
)
def test_what_cannot_work_is_told(before: str, after: str, says: str, tmp_path: Path) -> None:
    assert says in problem(tmp_path, text(tmp_path).replace(before, after))


def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """What is wrong with the settings stands on the screen."""
    said = problem(tmp_path, text(tmp_path).replace("https://", "https://kiosk:s3cret@"))
    assert "[ils.evergreen] url has a name or a password in it" in said
    assert "s3cret" not in said


def test_named_but_not_described_is_told(tmp_path: Path) -> None:
    assert "[ils.evergreen], with url, org" in problem(tmp_path, "[ils]\noffline = 'evergreen'")


@pytest.mark.parametrize(
    ("terminal", "name"),
    [
        ("desk-1", "desk-1"),
        ("Front Desk", "Front-Desk"),
        ("a.b/c; rm -rf $HOME", "a-b-c-rm--rf-HOME"),
        ("Bücherei", "B-cherei"),
        ("...", "desk"),
        ("", "desk"),
    ],
)
def test_a_desks_name_is_one_that_no_shell_can_stumble_over(terminal: str, name: str) -> None:
    assert desk_name(terminal) == name


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("[[desk.noncat]]\ncode = 'PB'\nname = 'Paperback'", "[[desk.noncat]] code = 'PB'"),
        ("[[desk.registration.profiles]]\nname = 'A'\ncode = 'Adult'", "profiles]] code = 'Adult'"),
        ("[[desk.registration.libraries]]\nname = 'W'\ncode = '0'", "libraries]] code = '0'"),
    ],
)
def test_what_evergreen_knows_by_number_has_one(more: str, says: str, tmp_path: Path) -> None:
    assert says in problem(tmp_path, text(tmp_path, more))
