"""The preview at the desk reads past what the disk does not give."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from support.transactions import MAYA, OMAR, checkout

from kiosk.daybook import whereabouts
from kiosk.daybook.daybook import Daybook
from kiosk.engine.preview import look_ahead

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("where", "name"),
    [(Daybook, "transaction"), (whereabouts, "delivered_last"), (Daybook, "title")],
    ids=["itself", "what was before", "its title"],
)
async def test_one_that_cannot_be_read_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    def failing(daybook: Daybook, what: object) -> object:
        if what in (3, "i2"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(daybook, what)

    real = getattr(where, name)
    monkeypatch.setattr(where, name, failing)
    with Daybook(tmp_path) as daybook:
        lent = [checkout("i1", MAYA), checkout("i1", OMAR), checkout("i2")]
        daybook.learn(daybook.commit(lent))
        answer = await look_ahead(daybook, lambda _: None)
    left_out = {"preview.unreadable"} if name != "title" else set()
    assert {row.key for row in answer.rows} == {"preview.out_twice"} | left_out
    assert answer.tone == "look"
