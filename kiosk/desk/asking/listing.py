"""Lists too long for one look: shown page by page, numbered, each entry to be chosen.

`next` and `back` turn the page, `choose:3` takes the third line of the page on show. A list stays
until staff go on with something else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.desk.answers import Answer
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.events import Event
    from kiosk.desk.state import Listing
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

    Row = Callable[[Work, str], Phrase]
    """Writes an entry as a line."""
    Choose = Callable[[Work, Event, str], None]
    """Does what choosing an entry means."""

PAGE = 20
"""Lines of one page."""


def show(work: Work, listing: Listing, row: Row) -> None:
    """Show a page of a list."""
    pages = max(1, -(-len(listing.entries) // PAGE))
    work.set(listing=listing)
    work.answer(
        Answer(
            tone="neutral",
            headline=listing.headline,
            detail=listing.detail,
            aside=say("list.page", page=listing.page + 1, pages=pages) if pages > 1 else None,
            rows=tuple(row(work, entry) for entry in _page(listing)),
        )
    )


def command(work: Work, event: Event, word: str, value: str, *, row: Row, choose: Choose) -> None:
    """Take a command about the list on show: `next`, `back`, or `choose`."""
    listing = work.state.listing
    if listing is None:
        return
    if word == "choose":
        entry = chosen(work, value)
        if entry is None:
            work.refuse(say("list.no_line", text=shown(value)), say("list.how"))
        else:
            choose(work, event, entry)
        return
    last = max(0, (len(listing.entries) - 1) // PAGE)
    page = listing.page + (1 if word == "next" else -1)
    show(work, replace(listing, page=min(max(page, 0), last)), row)


def chosen(work: Work, value: str) -> str | None:
    """Give the entry with this number on the page on show, if there is one."""
    listing = work.state.listing
    page = _page(listing) if listing is not None else ()
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 2 else 0
    return page[number - 1] if 1 <= number <= len(page) else None


def _page(listing: Listing) -> tuple[str, ...]:
    return listing.entries[listing.page * PAGE :][:PAGE]
