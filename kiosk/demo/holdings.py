"""Whom and what the demo library has: eight patrons and two dozen items.

Between them they show what a desk meets. `listing` tells which shows what, without loading the
server that answers for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.demo.staff import STAFF

INSTITUTION: Final = "CENTRAL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A patron. `stopped` is why nothing may be lent, in the library's words, or ""."""

    card: str
    name: str
    stopped: str = ""
    shows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An item. `held_for` is a card; `owner` is the branch it goes back to.

    `days`: it is lent so long, unless it has been lent already (no-block); 0: as the kiosk says.
    `media`: SIP2's media type; None: the library does not tell.
    """

    item: str
    title: str
    held_for: str = ""
    owner: str = INSTITUTION
    lost: bool = False
    days: int = 0
    media: str | None = None
    shows: str = ""


CARDS: Final = (
    Card(card="21234000094417", name="Maya Okafor", shows="borrows"),
    Card(card="21234000524454", name="Tomás Herrera Núñez", shows="borrows; a name with accents"),
    Card(card="21234000297721", name="Ingrid Solberg", shows="borrows"),
    Card(card="21234000617506", name="Desmond Achterberg", shows="borrows"),
    Card(card="21234000953190", name="Li Wen", shows="borrows; a short name"),
    Card(card="21234000163287", name="Rosalind Featherstonehaugh-Montgomery", shows="a long name"),
    Card(
        card="21234000194944",
        name="Curtis Vaughn",
        stopped="Card blocked: please see the desk about a damaged item.",
        shows="blocked, with a message",
    ),
    Card(
        card="21234000802397",
        name="Priya Raman",
        stopped="Card expired on 2024-06-30.",
        shows="expired",
    ),
)

ITEMS: Final = (
    Item(item="31234000579316", title="The Left Hand of Darkness"),
    Item(item="31234000863876", title="Braiding Sweetgrass"),
    Item(item="31234000176022", title="Spirited Away (DVD)", media="006"),
    Item(item="31234000765105", title="Parable of the Sower"),
    Item(item="31234000381408", title="Beloved"),
    Item(item="31234000149144", title="Middlemarch"),
    Item(item="31234000212652", title="Things Fall Apart"),
    Item(item="31234000668382", title="The Hobbit"),
    Item(item="31234000648103", title="Frankenstein"),
    Item(item="31234000191567", title="Their Eyes Were Watching God"),
    Item(item="31234000415446", title="One Hundred Years of Solitude"),
    Item(item="31234000218899", title="The Very Hungry Caterpillar"),
    Item(item="31234000822260", title="Where the Wild Things Are"),
    Item(item="31234000656429", title="Silent Spring"),
    Item(item="31234000177475", title="A Wizard of Earthsea"),
    Item(item="31234000841153", title="Pippi Långstrump", shows="a title with accents"),
    Item(
        item="31234000262269",
        title="Seven Samurai (DVD)",
        days=7,
        media="006",
        shows="lent for 7 days: the library has another due date than the kiosk",
    ),
    Item(item="31234000392603", title="Kind of Blue (CD)"),
    Item(item="31234000926574", title="Salt, Fat, Acid, Heat"),
    Item(item="31234000922383", title="The Remains of the Day"),
    Item(item="31234000864148", title="Maus"),
    Item(
        item="31234000181089",
        title="Journey to the Ends of the Earth, Being a True Account of the Voyages and Travels "
        "of a Naturalist in Five Continents",
        shows="a very long title",
    ),
    Item(
        item="31234000856425",
        title="Piranesi",
        held_for="21234000297721",
        shows="on hold for Ingrid Solberg: refused to others; to the hold shelf when it comes back",
    ),
    Item(
        item="31234000867489",
        title="Station Eleven",
        owner="Westside",
        shows="belongs to Westside: to be sent there when it comes back",
    ),
    Item(
        item="31234000619930",
        title="The Master and Margarita",
        lost=True,
        shows="declared lost: refused",
    ),
)


def listing() -> str:
    """Give a table of the demo's cards and items, and of what each one shows."""
    cards = [(card.card, card.name, card.shows) for card in CARDS]
    items = [(item.item, item.title, item.shows) for item in ITEMS]
    staff = [(badge, name, f"{role}, PIN {pin}") for name, role, pin, badge in STAFF]
    tables = (("Cards", cards), ("Items", items), ("Staff (their badges)", staff))
    return "\n\n".join("\n".join(_table(name, rows)) for name, rows in tables)


def _table(heading: str, rows: list[tuple[str, str, str]]) -> list[str]:
    name_width = min(40, max(len(name) for _, name, _ in rows))
    lines = [
        f"{number}  {name[:name_width]:{name_width}}  {shows}".rstrip()
        for number, name, shows in rows
    ]
    return [heading, *lines]
