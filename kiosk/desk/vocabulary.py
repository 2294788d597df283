"""The words in which the desk tells how things are, wherever it does: on the disk, over the link.

They stand here by themselves, so that who draws a desk need not load one.
"""

from __future__ import annotations

from typing import Literal

Mode = Literal["checkout", "checkin", "renew", "inhouse", "cart"]
"""What scanning an item does: lends it, takes it back, …"""

Stage = Literal[
    "recording",  # on its way to the disk; not acknowledged yet
    "recorded",  # on the disk, synced; the library has not answered
    "applied",
    "noticed",
    "refused",
    "unknown",
    "by_hand",  # the library system cannot carry it; a person enters it there
    "voiding",  # its void is on the way to the disk
    "voided",
    "not_taken",  # a scan that became no transaction: damaged, not a label, not confirmed
    "failed",  # the disk did not take it
]
"""Where a line stands. The five from `applied` on are outcomes, by the same names."""

ListKind = Literal["cart", "recorded", "exceptions", "sessions", "files"]

Role = Literal["staff", "supervisor", "administrator"]
"""Each may do what the ones before it may. An override needs a supervisor."""

DueBy = Literal["item", "kind", "patron", "rule", "learnt", "session", "usual"]
"""Who says until when an item is lent: staff, for the item, its kind or the patron; kiosk.toml, by
a rule for such items; the library, when it lent the item before; or else the usual loan, of the
desk session or of kiosk.toml."""

FieldKind = Literal[
    "text", "number", "date", "time", "pin", "card", "item", "label", "choice", "line"
]
"""`card`: a card alone; `item`: an item's number, shown whole; `label`: the number of a card or an
item; `line`: a line of a report, whatever stands in it; `time`: of day, read by who asked."""

Spelling = Literal["words", "phone", "email", "post_code", "code"]
"""How a text is spelt as a rule, so that a screen begins with the keys for it. Nothing is refused
for that. `code`: capitals and digits."""

ClockState = Literal["fine", "unconfirmed", "wrong"]
"""`fine`: the network has set it, or staff have. `unconfirmed`: it may be right, nobody has said.
`wrong`: it lies behind what was recorded last, so it cannot be right."""
