"""What goes into the log."""

from __future__ import annotations

import logging

import pytest

from kiosk.cli.common import log_to_stderr


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("httpx"), "level", logging.NOTSET)
    monkeypatch.setattr(logging.root, "level", logging.INFO)
    logging.getLogger("httpx").manager._clear_cache()  # type: ignore[attr-defined]


def test_requests_by_http_are_not_logged_one_by_one() -> None:
    """There are several a minute, and addresses may name patrons."""
    log_to_stderr()
    assert logging.getLogger("kiosk.delivery").isEnabledFor(logging.INFO)
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert logging.getLogger("httpx").isEnabledFor(logging.WARNING)
