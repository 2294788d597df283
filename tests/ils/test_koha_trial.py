"""Trying the way into Koha: each thing that can be missing is found, and nothing is changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from support.http_script import Reply, web_server
from support.trying import problems, states, walked

from kiosk.ils.koha.settings import KohaSettings
from kiosk.ils.koha.trial import steps
from kiosk.words import Words

if TYPE_CHECKING:
    from support.fake_koha.client import FakeKoha

    from kiosk.ils.trial import Step

ZONE = ZoneInfo("UTC")


async def tried(url: str, **more: Any) -> dict[str, Step]:
    settings: dict[str, Any] = {"staff_url": url, "branchcode": "CPL", "login": "kiosk"}
    settings |= {"password": "kiosk", "timeout": 2.0, **more}
    return await walked(steps(KohaSettings(**settings), ZONE, lambda: datetime.now(ZONE)))


def without_permission(fake: FakeKoha) -> None:
    fake.world(accounts=[{"userid": "other", "password": "other", "perms": ["catalogue"]}])


OTHER = {"login": "other", "password": "other"}


@pytest.mark.parametrize("version", ["20.05", "23.11", "24.05"])
@pytest.mark.parametrize("method", ["plugin", "service"])
async def test_all_is_well(fake_koha: FakeKoha, method: str, version: str) -> None:
    fake_koha.be(version=version)
    found = await tried(fake_koha.url, method=method)
    assert problems(found) == {}
    assert found["login"].state == found["permission"].state == found[method].state == "ok"
    assert fake_koha.ledger() == []
    assert fake_koha.queue() == []


@pytest.mark.parametrize("method", ["plugin", "service"])
async def test_a_wrong_password(fake_koha: FakeKoha, method: str) -> None:
    found = await tried(fake_koha.url, method=method, password="wrong")
    wanted = {"plugin": "koha_basic_refused", "service": "login_refused"}
    assert problems(found) == {"login": wanted[method]}


async def test_a_login_that_the_service_refuses_may_lack_a_permission(fake_koha: FakeKoha) -> None:
    found = await tried(fake_koha.url, method="service", password="wrong")
    mend = found["login"].mend
    assert mend is not None
    assert "permission circulate" in Words()(mend)


@pytest.mark.parametrize("method", ["plugin", "service"])
async def test_the_permission_is_missing(fake_koha: FakeKoha, method: str) -> None:
    without_permission(fake_koha)
    found = await tried(fake_koha.url, method=method, **OTHER)
    assert found["login"].state == "ok"
    assert problems(found) == {"permission": "koha_no_permission"}
    assert found["permission"].who == "library"


async def test_logins_by_name_are_switched_off(fake_koha: FakeKoha) -> None:
    fake_koha.be(basic=False)
    assert problems(await tried(fake_koha.url)) == {"login": "koha_basic_refused"}


async def test_an_api_key(fake_koha: FakeKoha) -> None:
    key = {"login": "", "password": "", "client": "kiosk-id", "client_password": "kiosk-secret"}
    assert problems(await tried(fake_koha.url, **key)) == {}
    assert problems(await tried(fake_koha.url, **key | {"client_password": "wrong"})) == {
        "login": "koha_client_refused"
    }


async def test_the_plugin_is_absent_and_the_service_is_not(fake_koha: FakeKoha) -> None:
    fake_koha.be(plugin=False)
    found = await tried(fake_koha.url)
    assert problems(found) == {"plugin": "koha_use_service"}
    assert found["plugin"].who == "kiosk"


async def test_the_plugin_is_absent_and_the_service_takes_no_such_login(
    fake_koha: FakeKoha,
) -> None:
    fake_koha.be(plugin=False)
    without_permission(fake_koha)
    assert problems(await tried(fake_koha.url, **OTHER)) == {"plugin": "koha_no_plugin"}
    key = {"login": "", "password": "", "client": "kiosk-id", "client_password": "kiosk-secret"}
    assert problems(await tried(fake_koha.url, **key)) == {"plugin": "koha_no_plugin"}


async def test_the_service_is_set_and_the_plugin_is_there_too(fake_koha: FakeKoha) -> None:
    assert (await tried(fake_koha.url, method="service"))["method"].state == "look"
    fake_koha.be(plugin=False)
    assert (await tried(fake_koha.url, method="service"))["method"].state == "ok"


async def test_into_the_queue_is_said(fake_koha: FakeKoha) -> None:
    assert (await tried(fake_koha.url, pending=True))["queue"].state == "ok"


async def test_the_branch_is_not_claimed_to_be_right(fake_koha: FakeKoha) -> None:
    assert states(await tried(fake_koha.url, branchcode="NOWHERE"))["branch"] == "skipped"


async def test_a_page_for_people(fake_koha: FakeKoha) -> None:
    fake_koha.fault("html-before", times=None)
    assert problems(await tried(fake_koha.url)) == {"plugin": "koha_page"}


@pytest.mark.parametrize(
    ("method", "says", "problem"),
    [
        ("plugin", "text/html", {"plugin": "koha_no_rest"}),
        ("plugin", "text/plain", {"plugin": "koha_no_plugin"}),
        ("service", "text/html", {"service": "koha_no_koha"}),
    ],
)
async def test_an_address_at_which_there_is_no_koha(
    method: str, says: str, problem: dict[str, str]
) -> None:
    async with web_server() as web:
        for end in ("/transactions", "/authentication", "/service.pl"):
            web.say(end, Reply("<html>Not Found</html>" if "html" in says else "", 404, says))
        assert problems(await tried(web.url, method=method)) == problem


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, "ok"), (3, "look"), (60, "problem"), (-60, "problem")]
)
async def test_the_clocks_are_compared(ahead: int, state: str) -> None:
    async with web_server() as web:
        at = datetime.now(ZONE) + timedelta(minutes=ahead)
        date = format_datetime(at.replace(tzinfo=None)).replace("-0000", "GMT")
        none = Reply('{"results": []}', type="application/json", headers={"Date": date})
        web.say("/transactions", none)
        assert (await tried(web.url))["clock"].state == state
