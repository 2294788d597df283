"""The session of a desk at which nobody has said anything yet."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from kiosk import memory
from kiosk.clock import boot_id
from kiosk.desk.policy import DeskSession
from kiosk.desk.session.sessions import Place

if TYPE_CHECKING:
    from kiosk.config import Config


def first_session(config: Config) -> DeskSession:
    """Give the session of a desk at which nobody has said more than kiosk.toml does."""
    library, places = config.library, config.desk.places
    only = len(places) == 1 or (places and not config.desk.session.required)
    where = places[0] if only else Place(library=library.name, profile=library.profile)
    return DeskSession(
        id=uuid.uuid4().hex,
        boot=boot_id(),
        terminal=library.terminal,
        library=where.library,
        library_code=where.library_code,
        zone=config.zone,
        profile=where.profile,
        profile_code=where.profile_code,
        staff=library.staff,
        block_list=memory.rules(config.blocklist),
        support=config.support.who,
    )
