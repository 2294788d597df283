"""What the journal's documentation shows does what it says, word for word."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from support.journals import contents_at, files

from kiosk.daybook import journal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_examples_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first, rewriting, salvage = examples(journal.__doc__ or "")
    names: dict[str, object] = {}
    exec(first, names)
    held = contents_at(tmp_path / "loans")
    assert held == {"_default": {}, "returns": {1: {"item": "31234000381408"}}}
    exec(rewriting, names)
    assert [name for name in files(tmp_path / "loans") if name.endswith("base")] == [
        "00000001.base"
    ]
    exec(salvage, names)
    assert capfd.readouterr().out == "False []\n"
    assert contents_at(tmp_path / "new") == contents_at(tmp_path / "loans") == held


def examples(text: str) -> list[str]:
    """Give the parts of a text that are set off as code."""
    return [
        textwrap.dedent(part)
        for part in re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE)
        if part.strip()
    ]
