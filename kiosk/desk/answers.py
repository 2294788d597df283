"""What the desk answers: to a scan, with a question, or with an alarm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from kiosk.desk.dates.duedates import by_the_hour
from kiosk.desk.words import Phrase, ending, say

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.desk.checks.blocklist import Block
    from kiosk.desk.memory import Holder
    from kiosk.desk.transactions import Transaction
    from kiosk.desk.visits import Line

Tone = Literal["neutral", "confirmed", "recorded", "look", "not_taken"]
"""The four answers a scan can have (colour, icon, word and sound), and `neutral` for news."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing of several that happened one after the other. `at`: an ISO moment."""

    at: str
    says: Phrase
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The answer to the last scan.

    `aside` is the large fact beside it (the due date, the day of return), `aside_label` the small
    word above that. `item` is the item it is about, or "". `mono`: the headline is a number. `rows`
    stand below it, numbered from 1: choices, or what was looked up; `steps`: the same, where it is
    a history. `offers`: the commands with which to go on from it.
    """

    tone: Tone
    headline: Phrase
    detail: Phrase | None = None
    aside: Phrase | None = None
    aside_label: Phrase | None = None
    item: str = ""
    mono: bool = False
    rows: tuple[Phrase, ...] = ()
    steps: tuple[Step, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Nothing is being recorded. `safe_until` is the last moment known to be on the disk, or ""."""

    reason: str
    safe_until: str


def news(headline: Phrase, detail: Phrase | None = None) -> Answer:
    """Tell something that is neither good nor bad."""
    return Answer(tone="neutral", headline=headline, detail=detail)


def look(headline: Phrase, detail: Phrase | None = None) -> Answer:
    """Ask for attention."""
    return Answer(tone="look", headline=headline, detail=detail)


def refusal(headline: Phrase, detail: Phrase) -> Answer:
    """Say that something was not taken, and what to do."""
    return Answer(tone="not_taken", headline=headline, detail=detail)


def not_recorded(item: str = "") -> Answer:
    """Say that an item, or what else staff did, was not recorded, and what to do."""
    return replace(refusal(say("alarm.not_recorded"), say("alarm.use_paper")), item=item)


def blocked(card: str, block: Block) -> Answer:
    """Say that the block list refuses a card."""
    made = block.made.isoformat()
    detail = say(f"block.{block.status}_detail", made=made, ending=ending(card))
    return refusal(say(f"block.{block.status}"), detail)


def asking_about(card: str, block: Block) -> Answer:
    """Say that the block list refuses a card, and that the library is being asked."""
    made = block.made.isoformat()
    return look(say("block.asking"), say("block.asking_detail", made=made, ending=ending(card)))


def warned(block: Block) -> Answer:
    """Say that the block list warns of a card."""
    return look(say(f"block.{block.status}"), block_note(block))


def block_note(block: Block) -> Phrase:
    """Say beside the patron what the block list says."""
    return say(f"block.{block.status}_note", made=block.made.isoformat())


def about_line(line: Line, tone: Tone, detail: Phrase) -> Answer:
    """Tell of an item: its title or number, and its due date, day of return or number of uses."""
    what, aside = say("plain.text", text=line.title or line.item), _aside(line)
    if line.kind == "noncat_checkout" and line.count > 1:
        what = say("answer.several", count=line.count, what=line.title)
    return Answer(
        tone=tone,
        headline=what,
        detail=detail,
        aside=None if aside is None else aside[1],
        aside_label=None if aside is None else aside[0],
        item=line.item,
        mono=not line.title,
    )


def _aside(line: Line) -> tuple[Phrase, Phrase] | None:
    """Give the large fact beside an item, and the small word above it."""
    if line.due is not None:
        return say(f"answer.due_{line.due_by}", kind=line.loan), due_phrase("plain.due", line.due)
    if line.returned is not None:
        day = line.returned.isoformat()
        return say("answer.returned"), say("plain.day", day=day)
    if line.kind == "in_house_use":
        return say("answer.used"), say("answer.uses", count=line.count)
    return None


def due_phrase(key: str, due: datetime) -> Phrase:
    """Say a due date, with its time where it ends by the hour."""
    return say(f"{key}_time" if by_the_hour(due) else key, due=due.isoformat())


def acknowledgement(line: Line, *, online: bool, by_hand: bool) -> Answer:
    """Say that a line is on the disk, and what comes next."""
    if line.kind == "registration":
        return about_line(line, "recorded", say("recorded.registration"))
    if by_hand:
        return about_line(line, "recorded", say("recorded.by_hand"))
    returned = "returned_" if line.kind == "checkin" else ""
    expected = "asking" if online else "later"
    return about_line(line, "recorded", say(f"recorded.{returned}{expected}"))


def twice(line: Line) -> Answer:
    """Say that an item is on the list already."""
    keys = {"checkin": "item.already_returned", "in_house_use": "item.already_used"}
    key = keys.get(line.kind, "item.already_lent")
    return about_line(line, "look", say(key, number=line.number))


def whose(transaction: Transaction) -> Phrase:
    """Say whose a transaction is: by the ending of the card alone, or that there was none.

    Only a renewal may have been of nobody known; the patrons of others are forgotten by now.
    """
    card, guest = getattr(transaction, "patron", ""), getattr(transaction, "guest", None)
    if card:
        return say("whose.card", ending=ending(card))
    if guest is not None:
        return say("whose.guest", name=guest.name)
    return say("whose.nobody" if transaction.kind == "renewal" else "whose.forgotten")


def origin(transaction: Transaction) -> Phrase:
    """Say which item a transaction is about, when and where it was recorded, and by whom.

    Nothing of an item where there is none, nor of anybody where nobody was on duty.
    """
    at, where = transaction.at.isoformat(), transaction.terminal
    if transaction.staff:
        recorded = say("origin.recorded_by", at=at, terminal=where, staff=transaction.staff)
    else:
        recorded = say("origin.recorded", at=at, terminal=where)
    if not transaction.item:
        return say("origin.no_item", recorded=recorded)
    return say("origin.item", item=transaction.item, recorded=recorded)


def who_has(holder: Holder) -> Phrase:
    """Say who has an item: by the ending of the card alone, or by the name given without one."""
    if holder.guest is not None:
        return say("whose.guest", name=holder.guest.name)
    return say("whose.card", ending=holder.card_ending)


def _holder(holder: Holder) -> Phrase:
    """Say to whom an item was lent, of a card its ending alone, and when."""
    at = holder.at.isoformat()
    if holder.guest is not None:
        return say("holder.guest", name=holder.guest.name, at=at)
    return say("holder.card", ending=holder.card_ending, at=at)


def whereabouts(item: str, holder: Holder | None, title: str = "") -> Answer:
    """Tell who has an item, as far as this daybook knows: its title first, where that is known."""
    says = say("holder.nobody") if holder is None else _holder(holder)
    answer = Answer(
        tone="look",
        headline=say("plain.text", text=title or item),
        detail=say("holder.of", item=item, says=says) if title else says,
        item=item,
        mono=not title,
    )
    if holder is None:
        return answer
    due = due_phrase("plain.due", holder.due)
    return replace(answer, aside=due, aside_label=say("answer.due"))
