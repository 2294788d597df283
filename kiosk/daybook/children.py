"""Runs a module in a process of its own, for what would slow down every scan in a thread."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress


class ChildError(Exception):
    """A child process did not do its job. The message is its last word."""


async def run_child(module: str, *arguments: str, job: bytes = b"") -> bytes:
    """Run a module as a program; give what it printed. It ends with the task that waits for it.

    `job` goes to its standard input, because everyone on the machine can read the arguments.
    Raises ChildError, or OSError where no process could be started.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, complaint = await child.communicate(job)
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode:
        lines = complaint.decode("utf-8", "replace").strip().splitlines() or ["it was killed"]
        raise ChildError(lines[-1])
    return printed
