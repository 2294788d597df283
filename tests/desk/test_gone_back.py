"""A field of a form that is gone back to by its number, out of turn, as a touchscreen does it."""

from __future__ import annotations

from support.desk_script import Day
from support.desk_script import settings as desk_settings

from kiosk.desk.policy import RegistrationRules
from kiosk.desk.session.sessions import Place
from kiosk.desk.transactions import Registration

CARD = "21234000777771"
RULES = RegistrationRules(
    fields=("family_name", "first_name", "phone"), required=("family_name", "first_name")
)
CITY = Place(library="City", library_code="C", profile="", profile_code="")
HARBOUR = Place(library="Harbour", library_code="H", profile="", profile_code="")


def asked(day: Day) -> str:
    form = day.desk.state.form
    return "" if form is None else form.field.label.key


def registering(*texts: str) -> Day:
    day = Day(desk_settings(registration=RULES))
    day.presses("register")
    day.scans(CARD)
    for text in texts:
        day.types(text)
    return day


def test_it_is_filled_in_anew_and_then_it_goes_on_where_it_was() -> None:
    day = registering("Maier", "Anna")
    day.presses("back:1")
    assert asked(day) == "register.family_name"
    day.types("Mayer")
    assert asked(day) == "register.phone"
    day.presses("next")
    day.disk_syncs()
    (registration,) = day.disk.transactions.values()
    assert isinstance(registration, Registration)
    assert registration.details == {"family_name": "Mayer", "first_name": "Anna"}


def test_what_stands_may_stay() -> None:
    day = registering("Maier", "Anna")
    day.presses("back:2", "next")
    assert asked(day) == "register.phone"
    day.presses("back:2", "back")
    assert asked(day) == "register.phone"


def test_from_one_to_the_next_and_then_on_where_it_was() -> None:
    day = registering("Maier", "Anna")
    day.presses("back:1", "back:2")
    day.types("Anne")
    assert asked(day) == "register.phone"
    day.presses("back")
    assert asked(day) == "register.first_name"


def test_one_that_is_still_to_come_can_be_filled_in_before() -> None:
    day = registering()
    day.presses("back:3")
    day.types("555 0142")
    assert asked(day) == "register.family_name"


def test_a_number_too_high_is_that_of_the_last() -> None:
    day = registering("Maier")
    day.presses("back:77")
    assert asked(day) == "register.phone"


def test_the_last_one_filled_in_anew_does_not_end_the_form() -> None:
    day = Day(desk_settings(places=(CITY, HARBOUR)))
    day.presses("login")
    day.presses("choose:1")
    assert asked(day) == "duty.due"
    day.presses("back:2", "choose:4")
    assert asked(day) == "duty.due"
    day.presses("back:1", "choose:2", "yes")
    day.disk_syncs()
    assert (day.desk.session.library, day.desk.session.default_due) == ("Harbour", 7)


def test_a_field_that_goes_because_of_it_is_not_gone_on_with() -> None:
    day = Day(desk_settings(places=(CITY, HARBOUR)))
    day.presses("login", "choose:1", "choose:11")
    assert asked(day) == "duty.due_day"
    day.presses("back:2", "choose:3")
    assert asked(day) == "duty.due"


def test_what_need_not_be_filled_in_can_be_emptied_again() -> None:
    day = registering("Maier", "Anna")
    day.presses("back:3")
    day.types("5550142")
    day.presses("back:3", "next:empty", "next")
    day.disk_syncs()
    assert [x.details.get("phone", "") for x in registrations(day)] == [""]


def test_what_has_to_be_filled_in_cannot() -> None:
    day = registering("Maier", "Anna")
    day.presses("back:1", "next:empty")
    assert asked(day) == "register.family_name"
    form = day.desk.state.form
    assert form is not None
    assert form.problem is not None
    assert form.value("family_name") == "Maier"


def registrations(day: Day) -> list[Registration]:
    return [x for x in day.disk.transactions.values() if isinstance(x, Registration)]
