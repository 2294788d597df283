"""What a kiosk at work tries of its connection each day, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from support.configuring import write

from kiosk.config import load
from kiosk.engine.trials import problems

if TYPE_CHECKING:
    from pathlib import Path

    from support.fake_evergreen.client import FakeEvergreen
    from support.fake_sip2.client import FakeSip2

    from kiosk.ils.trial import Step


async def found(folder: Path, text: str) -> tuple[Step, ...]:
    (folder / "word").write_text("kiosk")
    return await problems(
        load(write(folder, text.replace("FOLDER", str(folder)))), lambda: datetime.now(UTC)
    )


async def test_a_permission_that_was_taken_away_is_found(
    tmp_path: Path, fake_evergreen: FakeEvergreen
) -> None:
    evergreen = (
        f'[ils]\noffline = "evergreen"\n[ils.evergreen]\nurl = "{fake_evergreen.url}"\norg = 4\n'
        'login = "kiosk"\npassword_file = "FOLDER/word"\n'
    )
    assert await found(tmp_path, evergreen) == ()
    perms = ["STAFF_LOGIN", "OFFLINE_VIEW"]
    account = {"username": "kiosk", "password": "kiosk", "id": 11, "perms": perms}
    fake_evergreen.world(accounts=[account])
    (step,) = await found(tmp_path, evergreen)
    assert step.name == "upload"
    assert fake_evergreen.sessions() == {}


async def test_sip2_and_folders_are_left_alone(tmp_path: Path, fake: FakeSip2) -> None:
    text = (
        f'[ils]\nlive = "sip2"\noffline = "files"\n[ils.sip2]\nhost = "127.0.0.1"\n'
        f'port = {fake.port}\n[ils.files]\nformat = "csv"\nto = "{tmp_path}/nowhere"\n'
    )
    assert await found(tmp_path, text) == ()
    assert fake.heard() == []
