"""A whole shift under each preset: all that can be done at the desk, while the library is away.

Symphony's, the offline procedures of the Montana Shared Catalog: "CHECKOUT WIZARD" II to VI,
"DISCHARGE/CHECKIN WIZARD" II to V, "RENEW SINGLE ITEM AND RENEW RESERVE", "REGISTERING NEW USERS",
"WHEN THE CONNECTION TO WORKFLOWS IS RESTORED" VII. Evergreen's, "Uploading Offline Transactions":
what was done counts only once the library system has processed it, so returns stay aside.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day, rows
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.functions import CARRIED_BY, EVERYTHING, FunctionRules
from kiosk.desk.policy import Choice, NoncatKind, RegistrationRules
from kiosk.desk.transactions import Registration

if TYPE_CHECKING:
    from kiosk.desk.checks.functions import Preset

EVA = "21234000777771"
KOHA_AND_SIP2: tuple[Preset, ...] = ("koha", "sip2")
REGISTRATION = RegistrationRules(
    fields=("family_name", "first_name", "born", "phone"),
    libraries=(Choice(name="Northside", code="NS"), Choice(name="Westside", code="WS")),
    profiles=(Choice(name="Adult", code="2"), Choice(name="Juvenile", code="3")),
    languages=(Choice(name="English", code="ENG"), Choice(name="Español", code="SPA")),
)


def day_with(preset: Preset, *, by_hand: bool = False) -> Day:
    rules = FunctionRules(preset=preset, uncarried="by_hand" if by_hand else "off")
    settings = desk_settings(
        functions=rules,
        noncat=(NoncatKind(code="2", name="Paperback", days=28),),
        registration=REGISTRATION,
    )
    return Day(settings, carries=CARRIED_BY["sip2"] if preset in KOHA_AND_SIP2 else EVERYTHING)


def kinds(day: Day) -> Counter[str]:
    """What the shift has recorded, all in all."""
    return Counter(kind for kind, _, _ in day.recorded)


def types(day: Day, *texts: str) -> None:
    for text in texts:
        day.types(text)
        day.disk_syncs()


def lends(day: Day) -> None:
    """Maya takes one item, and another for a week only."""
    day.presses("checkout")
    day.records(MAYA, LEFT_HAND)
    day.presses("due-next:7")
    day.records(BELOVED)
    day.presses("done")
    assert day.answer[1] == "done.lent"


def takes_back(day: Day) -> None:
    """One item over the desk, one out of yesterday's book drop; both stay off the shelves."""
    day.records(SWEETGRASS)
    day.presses("bookdrop:yesterday")
    day.records(PIPPI)
    assert day.answer[2] == "recorded.returned_later"
    day.presses("done")


def renews(day: Day) -> None:
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    assert day.answer[1] == "done.renewed"


def counts_in_house_use(day: Day) -> None:
    day.presses("count:3")
    day.records(SWEETGRASS)
    day.presses("done")
    assert day.answer[1] == "done.used"


def lends_without_a_barcode(day: Day) -> None:
    day.presses("checkout")
    types(day, JONAS, ":noncat", "2", ":done")
    assert day.answer[1] == "done.lent"


def lends_without_a_card(day: Day) -> None:
    types(day, ":guest", "Anna Maier", "1990-04-30", "", LEFT_HAND, ":yes", ":done")
    assert day.slips[-1].guest is not None


def registers_eva(day: Day) -> None:
    """Profile, library and language: the first of each is preset; she has the second profile."""
    types(day, EVA, "Novak", "Eva", "1990-01-31", "", ":choose:2", ":yes", ":yes")
    registration = list(day.disk.transactions.values())[-1]
    assert isinstance(registration, Registration)
    chosen = {x: registration.details[x] for x in ("library", "profile", "language")}
    assert chosen == {"library": "NS", "profile": "3", "language": "ENG"}
    day.presses("done")


def enters_from_paper(day: Day) -> None:
    """What was written down this morning, with its own time."""
    day.presses("paper:08:05")
    day.records(JONAS, PIPPI)
    day.presses("paper:off")
    *_, lent = day.disk.transactions.values()
    assert (lent.source, lent.at.hour) == ("paper", 8)


def empties_the_cart(day: Day) -> None:
    """The library is back: what was held back is scanned once more, and goes where it belongs."""
    assert day.desk.state.keep_off_shelves
    day.seconds_pass(3600)
    day.library_is_reached()
    while day.disk.pending:
        day.library_confirms()
    assert not day.desk.state.keep_off_shelves
    day.presses("cart")
    day.records(SWEETGRASS)
    assert day.answer[1] == "cart.shelve"


def is_off(day: Day, command: str, why: str) -> None:
    """It is refused with its reason, not on the list of commands, and the desk goes on."""
    before = day.desk.state.mode, day.patron
    day.presses(command)
    assert day.answer == ("not_taken", f"function.off.{command}", f"function.off.{why}")
    assert (day.desk.state.mode, day.patron) == before
    day.presses("commands")
    assert not any(re.search(rf"\b{command}\b", row) for row in rows(day))
    day.presses(f"help:{command}")
    assert day.answer[2] == f"function.off.{why}"


def is_warned_of(day: Day, command: str, why: str) -> None:
    """It is explained and confirmed; once is enough, and the reason can be had again."""
    day.presses(command)
    assert day.answer == ("look", f"function.warn.{command}", f"function.warn.{why}")
    day.presses("yes")
    assert day.desk.state.asked is None
    day.presses(f"help:{command}")
    assert day.answer[2] == f"function.warn.{why}"


def test_a_shift_with_symphony() -> None:
    """Everything but renewals, and registrations at one's own risk."""
    day = day_with("symphony")
    lends(day)
    day.presses("checkin")
    takes_back(day)
    day.presses("checkout")
    day.records(MAYA)
    is_off(day, "renew", "symphony_renew")
    day.presses("done")
    counts_in_house_use(day)
    lends_without_a_barcode(day)
    lends_without_a_card(day)
    is_warned_of(day, "register", "symphony_register")
    registers_eva(day)
    enters_from_paper(day)
    empties_the_cart(day)
    assert kinds(day) == {
        "checkout": 4,
        "checkin": 2,
        "in_house_use": 1,
        "noncat_checkout": 1,
        "registration": 1,
    }


def test_a_shift_with_evergreen() -> None:
    """Everything; returns and registrations are better left until it is back."""
    day = day_with("evergreen")
    lends(day)
    is_warned_of(day, "checkin", "evergreen_checkin")
    takes_back(day)
    day.presses("renew")
    renews(day)
    counts_in_house_use(day)
    lends_without_a_barcode(day)
    lends_without_a_card(day)
    is_warned_of(day, "register", "evergreen_register")
    registers_eva(day)
    enters_from_paper(day)
    empties_the_cart(day)
    assert kinds(day) == {
        "checkout": 4,
        "checkin": 2,
        "renewal": 1,
        "in_house_use": 1,
        "noncat_checkout": 1,
        "registration": 1,
    }


@pytest.mark.parametrize("preset", KOHA_AND_SIP2)
def test_a_shift_with_koha_or_plain_sip2(preset: Preset) -> None:
    """What neither can carry is off; a renewal may be refused afterwards."""
    day = day_with(preset)
    lends(day)
    day.presses("checkin")
    takes_back(day)
    is_warned_of(day, "renew", f"{preset}_renew")
    renews(day)
    is_off(day, "inhouse", "uncarried_inhouse")
    is_off(day, "noncat", "uncarried_noncat")
    is_off(day, "register", "uncarried_register")
    day.presses("checkout")
    lends_without_a_card(day)
    enters_from_paper(day)
    empties_the_cart(day)
    assert kinds(day) == {"checkout": 4, "checkin": 2, "renewal": 1}


@pytest.mark.parametrize("preset", KOHA_AND_SIP2)
def test_a_shift_with_koha_or_plain_sip2_where_the_rest_is_entered_by_hand(preset: Preset) -> None:
    """The same as with Evergreen, and a slip for staff of all that cannot be sent."""
    day = day_with(preset, by_hand=True)
    lends(day)
    day.presses("checkin")
    takes_back(day)
    is_warned_of(day, "renew", f"{preset}_renew")
    renews(day)
    counts_in_house_use(day)
    lends_without_a_barcode(day)
    lends_without_a_card(day)
    day.presses("register")
    registers_eva(day)
    enters_from_paper(day)
    by_hand = [line.kind for slip in day.slips for line in slip.lines]
    assert by_hand == ["in_house_use", "noncat_checkout", "checkout", "registration"]
    assert kinds(day)["registration"] == 1
