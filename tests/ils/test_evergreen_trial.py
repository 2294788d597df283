"""Trying the way into Evergreen: what can be missing is found, and no trace is left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.evergreen_script import ZONE, at, may_process
from support.trying import problems, states, walked

from kiosk.ils.evergreen.trial import steps

if TYPE_CHECKING:
    from support.fake_evergreen.client import FakeEvergreen

    from kiosk.ils.trial import Step

STAFF = ["STAFF_LOGIN", "OFFLINE_UPLOAD", "OFFLINE_VIEW"]


async def tried(fake: FakeEvergreen, **more: Any) -> dict[str, Step]:
    settings = at(fake, timeout=2.0, connect_timeout=2.0, **more)
    return await walked(steps(settings, ZONE, lambda: datetime.now(ZONE), "front"))


def account(fake: FakeEvergreen, **more: Any) -> None:
    fake.world(accounts=[{"username": "kiosk", "password": "kiosk", "id": 11, **more}])


async def test_all_is_well_and_no_trace_is_left(fake_evergreen: FakeEvergreen) -> None:
    found = await tried(fake_evergreen, desks=("front", "back"))
    assert problems(found) == {}
    assert set(states(found).values()) == {"ok"}
    assert fake_evergreen.sessions() == {}
    assert fake_evergreen.do("all", table="script") == {}
    assert fake_evergreen.heard("create") == []


async def test_a_wrong_password(fake_evergreen: FakeEvergreen) -> None:
    assert problems(await tried(fake_evergreen, password="wrong")) == {"login": "login_refused"}


@pytest.mark.parametrize("way", [{"login": False}, {"proxy": True}])
async def test_every_way_to_log_in(fake_evergreen: FakeEvergreen, way: dict[str, Any]) -> None:
    fake_evergreen.be(**way)
    assert problems(await tried(fake_evergreen)) == {}


async def test_a_workstation_that_is_not_registered(fake_evergreen: FakeEvergreen) -> None:
    found = await tried(fake_evergreen, workstation="BR9-desk")
    assert problems(found) == {"workstation": "evergreen_workstation"}


async def test_no_workstation(fake_evergreen: FakeEvergreen) -> None:
    assert states(await tried(fake_evergreen, workstation=""))["workstation"] == "look"


async def test_an_account_that_is_switched_off(fake_evergreen: FakeEvergreen) -> None:
    account(fake_evergreen, active=False)
    assert problems(await tried(fake_evergreen)) == {"login": "evergreen_account_off"}


@pytest.mark.parametrize(
    ("missing", "step", "cause"),
    [
        ("STAFF_LOGIN", "login", "evergreen_not_staff"),
        ("OFFLINE_UPLOAD", "upload", "evergreen_not_permitted"),
        ("OFFLINE_VIEW", "sessions", "evergreen_not_permitted"),
    ],
)
async def test_a_permission_that_is_missing_is_named(
    fake_evergreen: FakeEvergreen, missing: str, step: str, cause: str
) -> None:
    account(fake_evergreen, perms=[perm for perm in STAFF if perm != missing])
    found = await tried(fake_evergreen)
    assert problems(found) == {step: cause}
    assert found[step].who == "library"
    assert found[step].mend is not None
    if cause == "evergreen_not_permitted":
        assert found[step].says.args["permission"] == missing


async def test_another_organisational_unit(fake_evergreen: FakeEvergreen) -> None:
    account(fake_evergreen, orgs=[4])
    found = await tried(fake_evergreen, org=99)
    assert problems(found) == {
        "sessions": "evergreen_not_permitted",
        "upload": "evergreen_not_permitted",
    }


async def test_who_processes(fake_evergreen: FakeEvergreen) -> None:
    alone = {"process": "all-in", "desks": ("front", "back")}
    assert problems(await tried(fake_evergreen, **alone)) == {"process": "evergreen_cannot_process"}
    other = {"process": "all-in", "desks": ("back", "front")}
    assert problems(await tried(fake_evergreen, **other)) == {}
    may_process(fake_evergreen)
    found = await tried(fake_evergreen, **alone)
    assert found["process"].says.key == "trial.evergreen_may_process"


async def test_a_desk_that_is_not_among_the_desks(fake_evergreen: FakeEvergreen) -> None:
    found = await tried(fake_evergreen, desks=("back", "side"))
    assert problems(found) == {"desk": "evergreen_other_desk"}


async def test_the_address_filter(fake_evergreen: FakeEvergreen) -> None:
    fake_evergreen.be(address_filter=True)
    found = await tried(fake_evergreen)
    assert found["login"].state == "ok"
    assert problems(found) == {"sessions": "evergreen_not_from_here"}
    assert "upload" not in found


async def test_an_address_at_which_there_is_no_evergreen(fake_evergreen: FakeEvergreen) -> None:
    found = await tried(fake_evergreen, url=f"{fake_evergreen.url}/eg/staff")
    assert problems(found) == {"login": "evergreen_not_there"}


async def test_a_program_that_dies(fake_evergreen: FakeEvergreen) -> None:
    fake_evergreen.fault("500-before", on="status", times=None)
    assert problems(await tried(fake_evergreen)) == {"sessions": "evergreen_fault"}


@pytest.mark.parametrize(("offset", "state"), [(0, "ok"), (200, "look"), (3600, "problem")])
async def test_the_clocks_are_compared(
    fake_evergreen: FakeEvergreen, offset: int, state: str
) -> None:
    fake_evergreen.do("clock", offset=offset)
    assert states(await tried(fake_evergreen))["clock"] == state


async def test_todays_session_is_named_where_there_is_one(fake_evergreen: FakeEvergreen) -> None:
    today = datetime.now(ZONE)
    title = f"Internet Down {today.date()}"
    fake_evergreen.world(
        sessions=[{"key": "1", "description": title, "create_time": int(today.timestamp())}]
    )
    assert (await tried(fake_evergreen))["sessions"].says.key == "trial.evergreen_today"
