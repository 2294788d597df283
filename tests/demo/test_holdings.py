"""Whom and what the demo library has: numbers that scan, and what each shows."""

from __future__ import annotations

from kiosk.demo.holdings import CARDS, ITEMS, listing
from kiosk.demo.staff import STAFF

HELD = "31234000856425"


def passes_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def test_its_numbers_are_ones_a_scanner_would_read() -> None:
    numbers = [card.card for card in CARDS] + [item.item for item in ITEMS]

    assert all(len(number) == 14 and passes_luhn(number) for number in numbers)
    assert {card.card[0] for card in CARDS} == {"2"}
    assert {item.item[0] for item in ITEMS} == {"3"}
    assert len(set(numbers)) == len(numbers)


def test_its_listing_says_what_each_number_shows() -> None:
    lines = listing().splitlines()

    assert "21234000094417  Maya Okafor" in listing()
    assert any(HELD in line and "on hold for Ingrid Solberg" in line for line in lines)
    assert len(lines) == len(CARDS) + len(ITEMS) + len(STAFF) + 5  # headlines, and between them
