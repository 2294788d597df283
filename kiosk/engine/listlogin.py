"""The login with which a block list is fetched from a library system that has one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.ils.base import LibraryError
from kiosk.ils.evergreen.gateway import token

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from kiosk.config.settings import Config


def list_login(config: Config) -> Callable[[], Coroutine[Any, Any, str]] | None:
    """Give what logs in to the source of the block list; None where it wants no such login.

    What it gives raises BlockListError.
    """
    evergreen = config.ils.evergreen
    if config.blocklist.source != "evergreen" or evergreen is None:
        return None

    async def log_in() -> str:
        try:
            return await token(evergreen)
        except LibraryError as error:
            raise BlockListError(error.reason.key, **error.reason.args) from error

    return log_in
