"""Lists too long for one look: shown page by page, numbered, each entry to be chosen.

`next` and `back` turn the page, `choose:3` takes the third line of the page on show, `choose:#NAME`
the entry of that name: who sees them all scrolls, and need not turn pages. A list stays until staff
go on with something else.

To lay out an entry, the daybook is asked; hundreds at once would hold up a scan. So the first page
is laid out at once, and the rest a few at a time (`go_on`), whenever there is nothing else to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.desk import effects, events
from kiosk.desk.answers import Answer, news
from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.state import Listing, Row
    from kiosk.desk.words import Phrase
    from kiosk.desk.work import Work

    LayOut = Callable[[Work, str], Row]
    """Lays out an entry."""
    Choose = Callable[[Work, events.Event, str], None]
    """Does what choosing an entry means."""
    Grow = Callable[[Work, Listing], Listing]
    """Gives a list on show with what has come to it since."""

PAGE = 20
"""Lines of one page."""
MOST = 500
"""Entries that are laid out. Who looks for an older one looks for its number."""
AT_ONCE = 25
"""Entries laid out in one go: about as many as one can wait for."""
NAMED = "#"
"""What the value of `choose` begins with, where it is the name of an entry."""


def _as_it_is(_: Work, listing: Listing) -> Listing:
    return listing


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be done with the lists of a kind.

    `waits`: none of it is chosen while something is on its way to the disk. `grow` is asked once
    for each time that all of a list is looked at, however much has happened meanwhile: it may have
    to go through thousands.
    """

    row: LayOut
    choose: Choose
    waits: bool = False
    grow: Grow = _as_it_is


def show(work: Work, listing: Listing, row: LayOut, before: Phrase | None = None) -> None:
    """Show a page of a list. `before`: what was done just now, to be said first."""
    pages = max(1, -(-len(listing.entries) // PAGE))
    if not listing.rows:
        first = tuple(row(work, entry) for entry in listing.entries[:PAGE])
        listing = replace(listing, rows=first, looked=len(first))
    work.set(listing=listing)
    begin = listing.page * PAGE
    on_page = [listing.rows[n] if n < len(listing.rows) else row(work, listing.entries[n])
               for n in range(begin, min(begin + PAGE, len(listing.entries)))]  # fmt: skip
    work.answer(
        Answer(
            tone="neutral",
            headline=before or listing.headline,
            detail=listing.about if before else listing.detail,
            aside=say("list.page", page=listing.page + 1, pages=pages) if pages > 1 else None,
            rows=tuple(each.words for each in on_page),
        )
    )
    _want_the_rest(work, listing)


def empty(work: Work, listing: Listing, before: Phrase | None = None) -> None:
    """Show that there is nothing in a list: `about` says what would be."""
    work.set(listing=listing)
    work.answer(news(before or listing.headline, listing.headline if before else listing.about))


def back(work: Work) -> None:
    """Go back to the whole of the list on show: nothing of it is chosen any more."""
    listing = work.state.listing
    if listing is not None:
        work.set(listing=replace(listing, chosen=""))
        work.answer(news(listing.headline, listing.about))


def go_on(work: Work, kind: Kind) -> None:
    """Lay out some more entries, or look again at some that were."""
    listing = work.state.listing
    if listing is None:
        return
    begin, end = listing.looked, listing.looked + AT_ONCE
    more = tuple(kind.row(work, entry) for entry in listing.entries[begin : min(end, MOST)])
    rows = (*listing.rows[:begin], *more, *listing.rows[end:])
    listing = replace(listing, rows=rows, looked=begin + len(more))
    work.set(listing=listing)
    if _is_looked_at(listing) and listing.stale:
        look_again(work, kind)
    else:
        _want_the_rest(work, listing)


def look_again(work: Work, kind: Kind) -> None:
    """Look at all of it again: something has changed. During a round: once that is over."""
    listing = work.state.listing
    if listing is None:
        return
    if not _is_looked_at(listing):
        work.set(listing=replace(listing, stale=True))
        return
    listing = replace(kind.grow(work, listing), looked=0, stale=False)
    work.set(listing=listing)
    _want_the_rest(work, listing)


def _want_the_rest(work: Work, listing: Listing) -> None:
    if not _is_looked_at(listing):
        work.want(effects.GoOnListing())


def _is_looked_at(listing: Listing) -> bool:
    return listing.looked >= min(len(listing.entries), MOST)


def command(work: Work, event: events.Event, word: str, value: str, kind: Kind) -> None:
    """Take a command about the list on show: `next`, `back`, or `choose`."""
    listing = work.state.listing
    if listing is None or (word == "choose" and kind.waits and work.hold_back(event)):
        return
    if word == "choose":
        entry = chosen(work, value)
        if entry is None:
            work.refuse(say("list.no_line", text=shown(value)), say("list.how"))
        else:
            work.set(listing=replace(listing, chosen=entry))
            kind.choose(work, event, entry)
        return
    last = max(0, (len(listing.entries) - 1) // PAGE)
    page = listing.page + (1 if word == "next" else -1)
    show(work, replace(listing, page=min(max(page, 0), last)), kind.row)


def is_named(word: str, value: str) -> bool:
    """Tell a command that chooses an entry by its name: then it means the list, whatever asks."""
    return word == "choose" and value.startswith(NAMED)


def chosen(work: Work, value: str) -> str | None:
    """Give the entry of this name, or with this number on the page on show, if there is one."""
    listing = work.state.listing
    entries = listing.entries if listing is not None else ()
    if value.startswith(NAMED):
        return next((entry for entry in entries if entry == value[len(NAMED) :]), None)
    page = entries[listing.page * PAGE :][:PAGE] if listing is not None else ()
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 2 else 0
    return page[number - 1] if 1 <= number <= len(page) else None
