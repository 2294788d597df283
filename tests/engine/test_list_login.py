"""The block list of an Evergreen, fetched with the login that uploads have."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from support.configuring import problem, write
from support.fake_evergreen.client import FakeEvergreen
from support.transactions import MAYA, OMAR

from kiosk.cli import main
from kiosk.config import load
from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.daybook.blocklist.keeper import Attempts, Keeper
from kiosk.engine.listlogin import list_login

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.config.settings import Config


def settings(fake: FakeEvergreen, folder: Path, more: str = "") -> Path:
    secret = folder / "secret"
    secret.write_text("kiosk")
    return write(
        folder,
        f"""
data = "{folder / "data"}"
[blocklist]
source = "evergreen"
{more}
[ils]
offline = "evergreen"
[ils.evergreen]
url = "{fake.url}"
org = 4
login = "kiosk"
password_file = "{secret}"
""",
    )


def keeper(config: Config) -> Keeper:
    return Keeper(
        config.blocklist, config.data, config.zone,
        lambda: datetime.now(config.zone), lambda: None, log_in=list_login(config),
    )  # fmt: skip


@pytest.fixture
def listed(fake_evergreen: FakeEvergreen) -> FakeEvergreen:
    fake_evergreen.world(patrons=[{"card": MAYA, "barred": True}, {"card": OMAR}])
    return fake_evergreen


async def test_the_desk_fetches_it(listed: FakeEvergreen, tmp_path: Path) -> None:
    kept = keeper(load(settings(listed, tmp_path)))
    await kept._refresh(Attempts())
    assert kept.trouble is None
    found = kept.listed(MAYA)
    assert found is not None
    assert found.statuses == ("barred",)
    assert kept.listed(OMAR) is None
    assert {x["query"] for x in listed.heard("list")} == {""}


def test_so_does_the_command(
    listed: FakeEvergreen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = settings(listed, tmp_path)
    assert main(["blocklist", "refresh", "--config", str(file)]) == 0
    assert "cards: 1" in capsys.readouterr().out


async def test_a_login_that_fails_is_the_reason(listed: FakeEvergreen, tmp_path: Path) -> None:
    file = settings(listed, tmp_path)
    (tmp_path / "secret").write_text("wrong")
    kept = keeper(load(file))
    await kept._refresh(Attempts())
    assert kept.trouble is not None
    assert kept.trouble.key == "library.login_refused"


async def test_an_evergreen_without_a_list_is_the_reason(
    listed: FakeEvergreen, tmp_path: Path
) -> None:
    listed.do("list", text="absent")
    kept = keeper(load(settings(listed, tmp_path)))
    await kept._refresh(Attempts())
    assert kept.trouble is not None
    assert kept.trouble.key == "blocklist.http_status"


async def test_a_library_that_is_away_is_the_reason(tmp_path: Path) -> None:
    away = FakeEvergreen()
    away.port = 1
    login = list_login(load(settings(away, tmp_path)))
    assert login is not None
    with pytest.raises(BlockListError) as error:
        await login()
    assert error.value.phrase.key == "library.refused_connection"


def test_other_lists_want_no_such_login(tmp_path: Path) -> None:
    assert list_login(load(write(tmp_path, "[blocklist]\nurl = 'https://a.example/list'"))) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[blocklist]\nsource = 'evergreen'", "say where it is in [ils.evergreen]"),
        ("[blocklist]\nsource = 'koha'", "source = 'koha' does not fit"),
    ],
)
def test_a_source_that_cannot_be_is_told(text: str, says: str, tmp_path: Path) -> None:
    assert says in problem(tmp_path, text)


def test_a_source_has_its_own_address(tmp_path: Path) -> None:
    text = settings(FakeEvergreen(), tmp_path, "folder = '/media'").read_text()
    assert "leave out url, user" in problem(tmp_path, text)
