"""Modules that run in processes of their own: what they give, and what becomes of them."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import pytest

from kiosk.daybook.children import ChildError, run_child


async def test_a_child_takes_its_job_and_gives_what_it_printed() -> None:
    assert await run_child("json.tool", "--compact", job=b'{"a": 1}') == b'{"a":1}\n'


async def test_a_child_that_fails_is_told_by_its_last_word() -> None:
    with pytest.raises(ChildError, match=re.escape("Expecting value: line 1 column 1 (char 0)")):
        await run_child("json.tool", job=b"no JSON")


async def test_a_child_ends_with_the_task_that_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[asyncio.subprocess.Process] = []
    begin = asyncio.create_subprocess_exec

    async def sleeper(*_: object, **pipes: int) -> asyncio.subprocess.Process:
        started.append(await begin("sleep", "60", **pipes))
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", sleeper)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await run_child("anything")
    assert started[0].returncode is not None
