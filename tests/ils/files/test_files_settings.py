"""What the settings of files and of Symphony's log must be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.config import ConfigError, load
from kiosk.desk.checks.functions import EVERYTHING
from kiosk.ils.checks import problems
from kiosk.ils.files.settings import FilesSettings
from kiosk.ils.settings import IlsSettings
from kiosk.ils.symphony.settings import SymphonySettings

FILES = FilesSettings(format="koc", to="/srv/daybook")
LOG = SymphonySettings(to="usb")


def wrong(offline, **settings):
    return list(problems(IlsSettings(offline=offline, **settings)))


@pytest.mark.parametrize("to", ["/srv/daybook", "usb", "usb:DAYBOOK"])
def test_files_go_to_a_folder_or_a_stick(to):
    assert wrong("files", files=replace(FILES, to=to)) == []
    assert wrong("symphony", symphony=replace(LOG, to=to)) == []


@pytest.mark.parametrize("to", ["daybook", "USB", "usb:", "../daybook"])
def test_anything_else_is_refused(to):
    assert len(wrong("files", files=replace(FILES, to=to))) == 1
    assert "[ils.symphony] to" in wrong("symphony", symphony=replace(LOG, to=to))[0]


def test_nothing_is_removed_from_a_stick():
    assert "[ils.files] keep" in wrong("files", files=replace(FILES, to="usb", keep=7))[0]
    assert wrong("files", files=replace(FILES, keep=7)) == []


@pytest.mark.parametrize("name", ["files", "symphony"])
def test_who_chooses_files_says_where_they_go(name):
    assert f"[ils.{name}]" in wrong(name)[0]


def test_beside_sip2_for_the_patron_at_the_desk_files_take_the_rest(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[ils]\nlive = "sip2"\noffline = "files"\n[ils.sip2]\nhost = "sip.example.org"\n'
        '[ils.files]\nformat = "csv"\nto = "usb"\n'
    )
    ils = load(file).ils
    assert (ils.system, ils.carries) == ("files", EVERYTHING)


def test_a_format_that_is_not_known_is_named_with_those_that_are(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text('[ils]\noffline = "files"\n[ils.files]\nformat = "koha"\nto = "usb"\n')
    with pytest.raises(ConfigError, match=r'"koc", "alma", "evergreen", "csv"'):
        load(file)


def test_what_is_carried_is_what_the_format_has_lines_for():
    assert IlsSettings(offline="files", files=FILES).carries == {"checkout", "checkin", "renewal"}
    assert IlsSettings(offline="symphony", symphony=LOG).carries == {"checkout", "checkin"}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"station": "1"}, "station"),
        ({"station": "12345"}, "station"),
        ({"station": "\u0660\u0660\u0660\u0661"}, "station"),
        ({"library": "A^B"}, "library"),
        ({"access": "Bücher"}, "access"),
        ({"user": "x "}, "user"),
        ({"due_code": "CFX"}, "due_code"),
        ({"due_code": "CO"}, "date of discharge"),
        ({"charge": "FF FE NQ UO CO"}, "date of discharge"),
        ({"charge": "FF FE FcNONE NQ"}, "lacks UO"),
        ({"discharge": "FcNONE"}, "lacks FE and FF and NQ"),
        ({"renew": "FF FE NQ ^"}, "no data code"),
        ({"in_house": "FF FE NQ 1"}, "no data code"),
    ],
)
def test_a_log_that_would_be_of_nobody_is_refused(settings, says):
    (problem,) = wrong("symphony", symphony=replace(LOG, **settings))
    assert says in problem


def test_what_the_manual_advises_is_taken():
    order = "FF FE FcNONE FW NQ UO"
    advised = replace(LOG, renew=order, in_house="FF FE FcNONE FW NQ", due_code="CF")
    assert wrong("symphony", symphony=advised) == []
