"""What goes into a line of a file: numbers that read back exactly, and the library's times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kiosk.desk.words import say, shown

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from kiosk.desk.transactions import Transaction
    from kiosk.desk.words import Phrase


Code = Literal["no_card", "not_writable", "no_access", "no_library", "not_carried"]


class Unwritable(Exception):  # noqa: N818 - it names what is so, as the words of the design do
    """A file of this format cannot say this transaction: a person has to enter it.

    `code` says why in a word, `reason` so that staff understand it.
    """

    def __init__(
        self, transaction: Transaction, code: Code, text: str = "", reason: Phrase | None = None
    ) -> None:
        super().__init__(f"{transaction.kind} {transaction.id}: {code} {text!r}")
        self.transaction = transaction.id
        self.code = code
        self.reason = reason or say(f"files.unfit_{code}", text=shown(text))


def item(transaction: Transaction, unfit: str = "", most: int = 256) -> str:
    """Give the item's number, as it is. Raises Unwritable."""
    return exact(transaction, transaction.item, unfit, most)


def card(transaction: Transaction, unfit: str = "") -> str:
    """Give the patron's number, as it is. Raises Unwritable."""
    number = getattr(transaction, "patron", "")
    if not number:
        raise Unwritable(transaction, "no_card")
    return exact(transaction, number, unfit)


def exact(transaction: Transaction, text: str, unfit: str = "", most: int = 256) -> str:
    """Give a text that reads back as the same. Raises Unwritable.

    None of the formats declares an encoding, and some readers trim: so it is plain ASCII without
    blanks at its ends and without the characters in `unfit`, which the format uses itself.
    """
    plain = text.isascii() and text.isprintable() and text == text.strip() and text != ""
    if not plain or len(text) > most or any(each in unfit for each in text):
        raise Unwritable(transaction, "not_writable", text)
    return text


def moment(transaction: Transaction, zone: tzinfo) -> datetime:
    """Give when it happened, by the library's own clocks, which the formats go by."""
    return transaction.at.astimezone(zone)
