"""The cart: returns that were held back are scanned once more, and each goes where it belongs.

    word         where it goes                                      said by the library
    ---------    -----------------------------------------------    -------------------------
    shelve       back to its shelf                                  taken, nothing else
    hold shelf   somebody here waits for it                         taken, with an alert
    to LIBRARY   it is sent to another library                      taken, with an alert
    ask          a person looks: the words beside it say why        refused, unclear, unknown
    wait         the library has not answered yet: back on the cart

A word is said once it is on the disk that the item was seen, so that the count down to an empty
cart survives a restart. Items that wait stay on the cart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.desk import closing, effects, events
from kiosk.desk.answers import Answer, look, news, whereabouts, who_has
from kiosk.desk.asking import listing
from kiosk.desk.asking.question import Question
from kiosk.desk.memory import CartItem
from kiosk.desk.settling import atdesk
from kiosk.desk.state import Asked, Listing, Row
from kiosk.desk.words import say

if TYPE_CHECKING:
    from kiosk.desk.answers import Tone
    from kiosk.desk.events import Event
    from kiosk.desk.vocabulary import Stage
    from kiosk.desk.work import Work

CLEAR = "clear"
"""The value of the command that says: what is left on the cart was dealt with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clear(Asked):
    """Whether what the library has answered for was dealt with without the cart."""


def advise(work: Work) -> None:
    """Keep returns off the shelves from when the library is away until it has answered for all.

    What it answers at once needs no such advice.
    """
    returns = work.memory.returns()
    held_back = work.state.keep_off_shelves or not work.state.online
    work.set(returns=returns, keep_off_shelves=held_back and returns.unanswered > 0)


def mode(work: Work, event: Event, value: str) -> None:
    """Go to the cart, and list what is left on it; or clear it."""
    if value and value.lower() != CLEAR:
        work.refuse(say("cart.unreadable"), say("cart.how"))
    elif value:
        _ask_to_clear(work)
    elif closing.left_visit(work, event):
        work.set(mode="cart")
        _show(work)


def _show(work: Work) -> None:
    advise(work)
    returns = work.state.returns
    if not returns.cart:
        work.answer(news(say("cart.empty"), say("cart.empty_detail")))
        return
    waiting = say("cart.waiting", count=returns.waiting) if returns.waiting else say("cart.scan")
    left = Listing(
        kind="cart",
        headline=say("cart.left", count=returns.cart),
        detail=waiting,
        about=waiting,
        entries=tuple(work.memory.cart_items()),
    )
    listing.show(work, left, _row)


def _row(work: Work, item: str) -> Row:
    """Lay out an item of the cart."""
    found = work.memory.on_cart(item) or CartItem(item=item)
    word = found.route or "wait"
    return Row(
        title=say("plain.text", text=found.title or item),
        words=say(f"cart.row_{word}", what=found.title or item, to=found.to),
        stage=STAGES.get(word, "noticed"),
        detail=say("plain.text", text=item) if found.title else None,
        aside=say(f"cart.{word}", to=found.to),
        is_number=not found.title,
    )


STAGES: dict[str, Stage] = {"shelve": "applied", "wait": "recorded"}
"""What an item of the cart looks like, by where it goes; the rest has to be looked at."""

TONES: dict[str, Tone] = {"shelve": "confirmed", "wait": "recorded"}
"""How its word is said, likewise: who sees green reads no further."""


def _tell(work: Work, _: Event, item: str) -> None:
    """Tell where an item goes, without having seen it."""
    found = work.memory.on_cart(item)
    work.answer(_unknown(work, item) if found is None else _word(work, found))


LIST = listing.Kind(_row, _tell)


def item_shown(work: Work, item: str, _: events.Scanned) -> None:
    """Say where an item goes; it is off the cart then, unless it has to wait."""
    found = work.memory.on_cart(item)
    if found is None:
        work.answer(_unknown(work, item))
    elif not found.unseen:
        word = _word(work, found)
        work.answer(replace(word, detail=say("cart.already", why=word.detail or word.headline)))
    elif not found.route:
        work.answer(_word(work, found))
    elif item not in work.state.seeing.values():
        _see(work, found)


def _see(work: Work, found: CartItem) -> None:
    seen = work.new_id()
    work.set(seeing={**work.state.seeing, seen: found.item})
    work.want(effects.Seen(seen, found.unseen))
    atdesk.seen_on_cart(work, found)


def recorded(work: Work, event: events.Recorded) -> bool:
    """Say where a seen item goes, now that it is on the disk that it was seen, if it is one."""
    item = work.state.seeing.get(event.transaction)
    if item is None:
        return False
    work.set(seeing={k: v for k, v in work.state.seeing.items() if k != event.transaction})
    advise(work)
    found = work.memory.on_cart(item)
    if found is not None:
        work.answer(_word(work, found))
    else:
        _show(work)
    return True


def _word(work: Work, found: CartItem) -> Answer:
    """Say in one word where an item goes, and how many are left."""
    word = found.route or "wait"
    text = found.title if word in ("shelve", "wait") else found.words
    told = say("cart.ask_said", words=text) if word == "ask" else say("plain.text", text=text)
    return Answer(
        tone=TONES.get(word, "look"),
        headline=say(f"cart.{word}", to=found.to),
        detail=told if text else say(f"cart.{word}_detail"),
        aside=say("plain.text", text=str(work.memory.returns().cart)),
        aside_label=say("cart.still"),
        item=found.item,
    )


def _unknown(work: Work, item: str) -> Answer:
    holder = work.memory.holder(item)
    if holder is not None:
        lent, title = say("cart.lent", whose=who_has(holder)), work.memory.title(item)
        detail = say("holder.of", item=item, says=lent) if title else lent
        return replace(whereabouts(item, holder, title), detail=detail)
    return Answer(
        tone="not_taken",
        headline=say("cart.unknown"),
        detail=say("cart.unknown_detail"),
        item=item,
    )


def _ask_to_clear(work: Work) -> None:
    count = work.state.returns.cart - work.state.returns.waiting
    if count <= 0:
        _show(work)
        return
    question = Question(
        headline=say("cart.clear", count=count),
        detail=say("cart.clear_detail"),
        yes=say("cart.clear_yes"),
        no=say("cart.clear_no"),
    )
    work.ask(Clear(question=question))


def settle_clear(work: Work, _: Event, __: Clear, *, yes: bool) -> None:
    """Take off the cart what the library has answered for, because staff have dealt with it."""
    if not yes:
        work.answer(look(say("cart.kept"), say("cart.how")))
        return
    unseen = work.memory.cart_answered()
    seen = work.new_id()
    work.set(seeing={**work.state.seeing, seen: ""})
    work.want(effects.Seen(seen, unseen))
