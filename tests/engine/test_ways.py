"""Which ways into the library system there are, by what kiosk.toml says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.configuring import write

from kiosk.config import load
from kiosk.engine.ways import Ways, ways
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.files.library import FilesLibrary
from kiosk.ils.koha.alone import ServiceBatches
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.plugin import PluginLibrary
from kiosk.ils.sip2.library import Sip2Library

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = 'data = "data"\n[library]\nname = "Northside"\nterminal = "desk-1"\n'
SIP2 = '[ils.sip2]\nhost = "sip.example"\n'
EVERGREEN = '[ils.evergreen]\nurl = "https://eg.example"\norg = 4\n'
EVERGREEN += 'login = "kiosk"\npassword_file = "FOLDER/word"\n'
KOHA = '[ils.koha]\nstaff_url = "https://koha.example"\nbranchcode = "CPL"\n'
KOHA += 'login = "kiosk"\npassword_file = "FOLDER/word"\n'


def opened(folder: Path, text: str) -> Ways | None:
    (folder / "word").write_text("secret")
    return ways(
        load(write(folder, LIBRARY + text.replace("FOLDER", str(folder)))),
        lambda: datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("ils", "live", "second", "batches"),
    [
        ('live = "sip2"\noffline = "sip2"\n' + SIP2, Sip2Library, None, None),
        ('live = "sip2"\noffline = "sip2"\n' + SIP2 + 'server = "koha"\n', Sip2Library,
         Sip2Library, None),
        ('offline = "sip2"\n' + SIP2 + 'server = "koha"\n', Sip2Library, None, None),
        ('offline = "evergreen"\n' + EVERGREEN, None, None, EvergreenLibrary),
        ('live = "sip2"\noffline = "evergreen"\n' + SIP2 + EVERGREEN, Sip2Library, None,
         EvergreenLibrary),
        ('offline = "koha"\n' + KOHA, None, None, PluginLibrary),
        ('offline = "koha"\n' + KOHA + 'method = "service"\n', None, None, ServiceBatches),
        ('offline = "koha"\n' + KOHA + 'method = "service"\n' + SIP2, ServiceLibrary, None, None),
        ('live = "sip2"\noffline = "koha"\n' + KOHA + 'method = "service"\n' + SIP2
         + 'server = "koha"\n', ServiceLibrary, ServiceLibrary, None),
        ('live = "sip2"\noffline = "files"\n' + SIP2
         + '[ils.files]\nformat = "koc"\nto = "/srv/out"\n', Sip2Library, None, FilesLibrary),
        ('offline = "symphony"\n[ils.symphony]\nto = "usb"\n', None, None, FilesLibrary),
    ],
)  # fmt: skip
def test_each_system_has_its_ways(
    tmp_path: Path, ils: str, live: type | None, second: type | None, batches: type | None
) -> None:
    found = opened(tmp_path, "[ils]\n" + ils)
    assert found is not None
    for way, wanted in ((found.live, live), (found.second, second), (found.batches, batches)):
        assert way is None if wanted is None else isinstance(way, wanted)


def test_without_a_system_there_is_none(tmp_path: Path) -> None:
    assert opened(tmp_path, "") is None


def test_what_answers_live_takes_nothing_else_where_there_is_another_way_for_that(
    tmp_path: Path,
) -> None:
    files = (
        '[ils]\nlive = "sip2"\noffline = "files"\n[ils.files]\nformat = "koc"\nto = "/srv/out"\n'
    )
    found = opened(tmp_path, files + SIP2)
    assert found is not None
    assert found.live is not None
    assert not found.live.takes_backlog
