"""What the desk is told at once: what the daybook remembers, and what the block list says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from kiosk.daybook import batches, cards, cart, entries, visits, whereabouts, worklist
from kiosk.daybook.blocklist.keeper import Keeper
from kiosk.daybook.daybook import Daybook
from kiosk.daybook.journal import JournalError
from kiosk.desk.checks.blocklist import BlockListRules, freshness
from kiosk.desk.returns.count import Returns
from kiosk.view import state as show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from kiosk.daybook.blocklist.settings import BlockListSettings
    from kiosk.desk.batches.standing import HandedFile
    from kiosk.desk.checks.blocklist import Listed
    from kiosk.desk.dates.duedates import Length
    from kiosk.desk.memory import CartItem, Group, Holder, Known, Last, Past, ToSettle
    from kiosk.desk.visits import PastVisit

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeskMemory:
    """The memory that a `Desk` asks (kiosk.desk.memory.Memory).

    What the disk does not give is not known. A scan can be recorded without it.
    """

    daybook: Daybook
    block_list: Keeper
    library: bool = True
    """Whether there is a library system that will answer for what is recorded."""

    def block_status(self, card: str) -> Listed | None:
        """Tell what the block list says of a card."""
        return self.block_list.listed(card)

    def block_list_made(self) -> date | None:
        """Tell of which day the block list is."""
        header = self.block_list.header
        return None if header is None else header.made.date()

    def holder(self, item: str) -> Holder | None:
        """Tell who has an item."""
        return _known(lambda: whereabouts.holder(self.daybook, item), None)

    def title(self, item: str) -> str:
        """Tell what an item is called."""
        return _known(lambda: self.daybook.title(item), "")

    def media(self, item: str) -> str:
        """Tell of which media type an item is."""
        return _known(lambda: self.daybook.media(item), "")

    def knows(self, item: str) -> bool:
        """Tell whether an item was ever here."""
        return _known(lambda: whereabouts.knows(self.daybook, item), False)

    def longer(self, number: str) -> str:
        """Find a known item whose number begins with this one."""
        return self.daybook.indexes.numbers.longer(number)

    def loan_length(self, item: str) -> Length | None:
        """Tell how long the library lends an item."""
        return self.daybook.indexes.lengths.of(item)

    def under_way(self, transaction: str) -> bool:
        """Tell whether delivery has begun with a transaction."""
        return self.daybook.under_way(transaction)

    def rests(self, transaction: str) -> bool:
        """Tell whether it is in a file or an upload that was not loaded or processed yet."""
        return self.daybook.rests(transaction)

    def recorded_on(self, day: date, number: str = "") -> Sequence[str]:
        """List what was recorded on a day."""
        return _known(lambda: entries.recorded_on(self.daybook, day, number), [])

    def ending_on(self, day: date, digits: str) -> Sequence[str]:
        """List what was recorded on a day of the cards and items that end so."""
        return _known(lambda: entries.ending_on(self.daybook, day, digits), [])

    def past(self, entry: str) -> Past | None:
        """Look up what such a list names."""
        return _known(lambda: self.daybook.past(entry), None)

    def refused(self, transaction: str) -> Past | None:
        """Look up a transaction that the library has refused."""
        return _known(lambda: worklist.refused(self.daybook, transaction), None)

    def visit_with(self, entry: str) -> PastVisit | None:
        """Find the visit to which what such a list names belongs."""
        return _known(lambda: visits.visit(self.daybook, int(entry)), None)

    def last_of(self, item: str) -> Last | None:
        """Tell what happened last with an item."""
        return _known(lambda: entries.last_of(self.daybook, item), None)

    def returns(self) -> Returns:
        """Count the returns that are not dealt with yet; where nobody will answer, none."""
        return cart.counts(self.daybook) if self.library else Returns()

    def on_cart(self, item: str) -> CartItem | None:
        """Tell where a returned item goes."""
        return _known(lambda: cart.on_cart(self.daybook, item), None)

    def cart_items(self) -> Sequence[str]:
        """List the items on the cart."""
        return cart.cart_items(self.daybook)

    def cart_answered(self) -> tuple[str, ...]:
        """List the returns on the cart of which it is known where they go."""
        return self.daybook.indexes.returns.answered_ids()

    def card_known(self, card: str) -> Literal["", "registered", "used"]:
        """Tell whether a card was handed out or used here before."""
        return _known(lambda: cards.card_known(self.daybook, card), "")

    def loans_waiting(self, card: str) -> int:
        """Count the loans on a card that the library may not have taken yet."""
        return _known(lambda: cards.loans_waiting(self.daybook, card), 0)

    def namesake(self, name: str, born: str) -> Known | None:
        """Tell who was registered here under an alike name, with the same birth date."""
        return _known(lambda: cards.namesake(self.daybook, name, born), None)

    def by_hand(self, reference: str) -> tuple[str, ...]:
        """Name what a person is to enter by hand of a visit."""
        return worklist.by_hand(self.daybook, reference)

    def to_fix(self) -> Sequence[str]:
        """List what needs a person."""
        return worklist.to_fix(self.daybook)

    def to_fix_counts(self) -> Mapping[Group, int]:
        """Count what needs a person, by group."""
        return worklist.counts(self.daybook)

    def exception(self, entry: str) -> ToSettle | None:
        """Look up what such a list names."""
        return _known(lambda: worklist.exception(self.daybook, entry), None)

    def about(self, number: str) -> Sequence[str]:
        """List all that was recorded of a card or an item."""
        return self.daybook.about(number)

    def reported(self, transaction: str) -> str:
        """Tell what an error report said of a transaction last."""
        return self.daybook.indexes.reported.get(transaction, "")

    def handed_over(self) -> Sequence[HandedFile]:
        """List the files that were handed over and nobody has confirmed."""
        return batches.handed_over(self.daybook)

    def past_visit(self, barcode: str) -> PastVisit | None:
        """Find the newest checkout visit of this card or with this item."""
        return _known(lambda: visits.past_visit(self.daybook, barcode), None)


def _known(read: Callable[[], T], otherwise: T) -> T:
    """Read what was recorded earlier; where a sector has gone bad, go on without."""
    try:
        return read()
    except (OSError, JournalError, msgspec.MsgspecError) as error:
        log.error("a part of the daybook cannot be read: %s", error)  # noqa: TRY400 - no bug
        return otherwise


def rules(settings: BlockListSettings) -> BlockListRules | None:
    """Give what the desk makes of the list; None where it shall not use one."""
    if not settings.use:
        return None
    return BlockListRules(
        oldest_days=settings.oldest_days, actions=settings.actions, has_source=settings.has_source
    )


def block_list(keeper: Keeper, settings: BlockListSettings, today: date) -> show.BlockList:
    """Draw how the block list is."""
    judged = rules(settings)
    header = keeper.header
    if judged is None or (header is None and not keeper.damaged and not settings.has_source):
        return show.BlockList()
    if header is None:
        return show.BlockList(state="damaged" if keeper.damaged else "none", trouble=keeper.trouble)
    made = header.made.date()
    return show.BlockList(
        state=freshness(made, today, judged),
        made=made.isoformat(),
        days=(today - made).days,
        cards=header.cards,
        trouble=keeper.trouble,
    )
