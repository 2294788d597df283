"""The login at an Evergreen, and every way in which it does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.evergreen_script import ITEMS, desk, freeze
from support.patience import IMPATIENT
from support.transactions import checkout

from kiosk.ils.base import LibraryError, Unreachable

if TYPE_CHECKING:
    from support.fake_evergreen.client import FakeEvergreen


async def why(evergreen: FakeEvergreen, **settings: Any) -> str:
    with pytest.raises(LibraryError) as error:
        await desk(evergreen, **settings).place()
    return error.value.reason.key


async def test_an_address_filter_is_named(evergreen: FakeEvergreen) -> None:
    evergreen.be(address_filter=True)
    assert await why(evergreen) == "evergreen.not_from_here"


async def test_a_wrong_password_is_named_and_not_tried_until_the_account_is_locked(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen, password="wrong")
    for _ in range(20):
        with pytest.raises(Unreachable) as error:
            await library.hello()
        assert error.value.reason.key == "library.login_refused"
    assert len(evergreen.heard("login")) == 1


async def test_a_workstation_that_is_not_registered_is_named(evergreen: FakeEvergreen) -> None:
    assert await why(evergreen, workstation="BR9") == "evergreen.workstation_unknown"


async def test_an_account_that_is_off_or_no_staff_is_named(evergreen: FakeEvergreen) -> None:
    evergreen.world(accounts=[{"username": "kiosk", "password": "kiosk", "active": False}])
    assert await why(evergreen) == "evergreen.account_off"
    evergreen.world(accounts=[{"username": "kiosk", "password": "kiosk", "perms": []}])
    assert await why(evergreen) == "evergreen.not_staff"


async def test_a_missing_permission_is_named(evergreen: FakeEvergreen) -> None:
    evergreen.world(accounts=[{"username": "kiosk", "password": "kiosk", "perms": ["STAFF_LOGIN"]}])
    with pytest.raises(Unreachable) as error:
        await desk(evergreen).place()
    assert error.value.reason.args["permission"] == "OFFLINE_VIEW"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("html-before", "evergreen.web_page"),
        ("empty-before", "evergreen.empty"),
        ("500-before", "evergreen.status"),
        ("404", "evergreen.not_there"),
        ("lost-before", "library.no_answer"),
        ("reset-before", "library.broke_off"),
        ("cut", "evergreen.unreadable"),
    ],
)
async def test_every_way_not_to_answer_is_named(
    evergreen: FakeEvergreen, fault: str, key: str
) -> None:
    evergreen.fault(fault, on="status", times=None)
    assert await why(evergreen, **IMPATIENT) == key


async def test_a_server_that_cannot_write_is_named_and_loses_nothing(
    evergreen: FakeEvergreen,
) -> None:
    library = desk(evergreen)
    batch = await freeze(library, checkout(ITEMS[0]))
    evergreen.fault("file-error")
    with pytest.raises(Unreachable) as error:
        await library.load(batch)
    assert error.value.reason.key == "evergreen.disk"
    assert (await library.load(batch)).stage == "loaded"


async def test_a_server_that_is_not_there_is_named(evergreen: FakeEvergreen) -> None:
    assert await why(evergreen, url="http://127.0.0.1:1") == "library.refused_connection"
    assert await why(evergreen, url="http://nowhere.invalid") == "library.name_unknown"
    assert await why(evergreen, url="https://127.0.0.1:1") == "library.refused_connection"


# ------------------------------------------------------------------------------------- the login


async def logs_in_by(evergreen: FakeEvergreen, **settings: Any) -> list[str]:
    await desk(evergreen, **settings).hello()
    return [x["call"] for x in evergreen.heard() if x["call"].startswith("login")]


async def test_the_proxy_is_used_where_it_is_enabled(evergreen: FakeEvergreen) -> None:
    evergreen.be(proxy=True)
    assert await logs_in_by(evergreen) == ["login.proxy"]


@pytest.mark.parametrize("proxy", [False, None])
async def test_without_a_proxy_the_login_is_direct(
    evergreen: FakeEvergreen, proxy: bool | None
) -> None:
    evergreen.be(proxy=proxy)
    assert await logs_in_by(evergreen) == ["login"]


async def test_an_older_server_is_logged_in_to_in_two_steps(evergreen: FakeEvergreen) -> None:
    evergreen.be(login=False)
    assert await logs_in_by(evergreen) == ["login", "login.init", "login.complete"]


async def test_the_password_is_in_no_address(evergreen: FakeEvergreen) -> None:
    await logs_in_by(evergreen)
    addresses = {x["path"] + x["query"] for x in evergreen.heard()}
    assert addresses
    assert not any("kiosk" in address for address in addresses)
