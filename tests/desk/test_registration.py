"""Registration of a new patron.

"Offline Procedures" of the Montana Shared Catalog (Symphony), "Registering New Users": discouraged,
because nobody can check for duplicate or lost cards; user library, profile and language are
selected, the department is not required. Evergreen: registrations are uploaded first.
"""

from __future__ import annotations

from dataclasses import replace

from support.desk_script import BELOVED, JONAS, LEFT_HAND, MAYA, MORNING, Day, rows
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.barcodes import BarcodeRules, LabelRule
from kiosk.desk.checks.blocklist import Listed
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.policy import Choice, RegistrationRules
from kiosk.desk.transactions import Kind, Registration
from kiosk.desk.words import say

NEW, ANOTHER = "21234000777771", "21234000777789"
SHORT = RegistrationRules(
    fields=("family_name", "first_name", "born", "phone"),
    required=("family_name", "first_name", "born"),
)
SIP2: frozenset[Kind] = frozenset({"checkout", "checkin", "renewal"})


def day_with(rules: RegistrationRules = SHORT, **more: object) -> Day:
    return Day(desk_settings(registration=rules, **more))


def registered(day: Day) -> list[Registration]:
    return [
        x
        for x in day.disk.transactions.values()
        if isinstance(x, Registration) and x.id not in day.disk.voided
    ]


def registers(day: Day, *texts: str, card: str = NEW) -> None:
    day.presses("register")
    day.scans(card)
    for text in texts:
        day.types(text)
    day.disk_syncs()


ANNA = ("Maier", "Anna", "1990-04-30", "")


def test_the_card_is_scanned_then_the_details_are_typed_and_the_card_can_borrow_at_once() -> None:
    day = day_with()
    registers(day, *ANNA)
    (registration,) = registered(day)
    assert registration.patron == NEW
    assert registration.details == {
        "family_name": "Maier",
        "first_name": "Anna",
        "born": "1990-04-30",
    }
    assert day.answer == ("recorded", "Anna Maier", "recorded.registration")
    assert day.patron == NEW
    day.records(LEFT_HAND)
    kinds = [(x.kind, x.visit) for x in day.disk.transactions.values()]
    assert kinds == [("registration", registration.visit), ("checkout", registration.visit)]
    day.presses("done")
    assert day.receipts == [(NEW[-4:], [LEFT_HAND])]


def test_where_the_disk_does_not_take_it_no_visit_opens_and_the_form_comes_back() -> None:
    rules = replace(
        SHORT, profiles=(Choice(name="Adult", code="A"), Choice(name="Child", code="C"))
    )
    day = day_with(rules)
    day.presses("register")
    day.scans(NEW)
    for text in (*ANNA, "2"):
        day.types(text)
    day.scans(LEFT_HAND)
    day.disk_fails()
    assert day.patron is None
    form = day.desk.state.form
    assert form is not None
    assert form.problem == say("register.not_recorded")
    assert [x.value for x in form.fields] == ["Maier", "Anna", "1990-04-30", "", "C"]
    day.presses("yes")
    assert day.answer[1] == "alarm.not_recorded"
    day.disk_is_back()
    assert day.told[-1].detail == say("register.not_recorded")
    day.records(LEFT_HAND)
    assert day.recorded == []
    day.presses("yes")
    day.disk_syncs()
    day.records(LEFT_HAND)
    assert day.recorded == [("registration", NEW, ""), ("checkout", NEW, LEFT_HAND)]
    assert registered(day)[0].details["profile"] == "C"


def test_entered_from_paper_it_is_missing_only_until_it_is_recorded() -> None:
    day = day_with()
    day.presses("paper:09:00", "register")
    day.scans(NEW)
    for text in ANNA:
        day.types(text)
    day.disk_fails()
    day.disk_is_back()
    day.presses("yes")
    day.disk_syncs()
    assert day.patron == NEW
    assert day.desk.state.paper is not None
    assert (len(day.desk.state.paper.lines), day.desk.state.paper.failed) == (1, frozenset())


def test_whoever_leaves_that_form_lends_nothing_on_the_card() -> None:
    day = day_with()
    registers(day, *ANNA[:-1])
    day.types("")
    day.disk_fails()
    day.disk_is_back()
    day.presses("no")
    day.records(LEFT_HAND)
    assert (day.patron, day.recorded) == (None, [])
    assert day.disk.card_known(NEW) == ""


def test_without_a_loan_it_is_a_registration_alone() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.presses("done")
    assert day.answer == ("neutral", "done.registered", "visit.card")
    assert day.printed == []


def test_with_symphony_it_is_discouraged_with_the_reason_and_what_to_do_instead() -> None:
    day = day_with(functions=FunctionRules(preset="symphony"))
    day.presses("register")
    assert day.answer == ("look", "function.warn.register", "function.warn.symphony_register")
    day.presses("yes")
    assert day.answer[1] == "register.card"
    day.presses("no")
    registers(day, *ANNA)  # asked once
    assert len(registered(day)) == 1


def test_library_profile_and_language_are_chosen_and_the_first_of_each_is_preset() -> None:
    rules = RegistrationRules(
        fields=("family_name",),
        required=("family_name",),
        profiles=(Choice(name="Adult", code="ADULT"), Choice(name="Child", code="JUV")),
        libraries=(Choice(name="Northside", code="NORTH"),),
        languages=(Choice(name="English", code="English"), Choice(name="Español", code="Español")),
    )
    day = day_with(rules)
    registers(day, "Maier")
    day.presses("choose:2", "next")
    day.disk_syncs()
    (registration,) = registered(day)
    assert registration.details == {
        "family_name": "Maier",
        "profile": "JUV",
        "language": "English",
        "library": "NORTH",  # there is no choice, so it is not asked
    }


def test_what_is_required_cannot_be_left_out_and_the_department_can() -> None:
    rules = RegistrationRules(fields=("family_name", "department"), required=("family_name",))
    day = day_with(rules)
    day.presses("register")
    day.scans(NEW)
    day.presses("next")
    assert day.answer == ("look", "register.family_name", "form.needed")
    day.types("Maier")
    day.presses("next")
    day.disk_syncs()
    assert registered(day)[0].details == {"family_name": "Maier"}


def test_it_is_said_what_is_not_spelt_as_names_are_and_nothing_is_refused_for_that() -> None:
    rules = RegistrationRules(fields=("family_name", "phone", "email", "post_code"), required=())
    day = day_with(rules)
    day.presses("register")
    day.scans(NEW)
    form = day.desk.state.form
    assert form is not None
    assert [x.spelling for x in form.fields] == ["words", "phone", "email", "post_code"]
    for text in ("Maier", "call after 5", "none", "?"):
        day.types(text)
    day.disk_syncs()
    assert registered(day)[0].details["phone"] == "call after 5"


def test_a_card_that_was_handed_out_or_used_here_is_refused() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.presses("done")
    day.records(MAYA, LEFT_HAND)
    day.presses("done")
    day.disk.block_list[JONAS] = Listed(("expired",), MORNING.date())
    for card, why in ((NEW, "registered"), (MAYA, "used"), (JONAS, "listed")):
        day.presses("register")
        day.scans(card)
        assert day.answer == ("look", "register.card", f"register.card_{why}")
        day.presses("no")


def test_a_card_of_which_the_library_has_just_said_whose_it_is_is_refused() -> None:
    day = Day(online=True)
    day.scans(NEW)
    day.library_knows(NEW, "Maya Okafor")
    day.presses("register")
    day.scans(NEW)
    assert day.answer == ("look", "register.card", "register.card_named")


def test_a_new_card_may_be_scanned_before_register_is_said() -> None:
    day = Day(online=True)
    day.scans(NEW)
    day.library_knows(NEW, refuses="Unknown card")
    day.presses("register")
    day.scans(NEW)
    assert day.answer[1] == "register.family_name"


def test_a_card_of_the_library_systems_own_is_refused() -> None:
    cards = LabelRule(kind="patron", pattern="[A-Z0-9]{6,10}")
    items = LabelRule(kind="item", prefix="3", lengths=(14,))
    day = Day(desk_settings(barcodes=BarcodeRules(labels=(cards, items))))
    day.presses("register")
    day.scans("DISCARD1")
    assert day.answer == ("look", "register.card", "register.card_system")


def test_an_items_label_is_no_card() -> None:
    day = day_with()
    day.presses("register")
    day.scans(BELOVED)
    assert day.answer == ("look", "register.card", "register.not_a_card")


def test_somebody_alike_is_asked_about() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.presses("done")
    registers(day, "MAYER", "anna", "1990-04-30", "", card=ANOTHER)
    assert day.answer == ("look", "register.alike", "register.alike_detail")
    day.presses("no")
    assert day.answer == ("neutral", "register.left", "register.left_detail")
    assert len(registered(day)) == 1
    registers(day, "MAYER", "anna", "1990-30-04", "", card=ANOTHER)


def test_and_registered_all_the_same_if_it_is_another_person() -> None:
    day = day_with()
    registers(day, *ANNA)
    registers(day, "Maier", "Ana", "1990-04-30", "", card=ANOTHER)
    day.presses("yes")
    day.disk_syncs()
    assert [x.patron for x in registered(day)] == [NEW, ANOTHER]
    assert day.patron == ANOTHER


def test_another_birth_date_is_another_person_but_day_and_month_may_be_turned() -> None:
    day = day_with()
    registers(day, "Maier", "Anna", "1990-04-05", "")
    registers(day, "Maier", "Anna", "1990-04-06", "", card=ANOTHER)
    assert len(registered(day)) == 2
    day.presses("done")
    registers(day, "Maier", "Anna", "1990-05-04", "", card="21234000777797")
    assert day.answer[1] == "register.alike"


def test_undone_the_card_can_be_handed_out_again() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.presses("undo")
    day.disk_syncs()
    day.presses("done")
    assert registered(day) == []
    registers(day, *ANNA)
    assert len(registered(day)) == 1


def test_undone_nothing_can_be_lent_on_the_card_by_a_visit_that_stayed_open() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.presses("undo")
    day.disk_syncs()
    assert day.answer == ("recorded", "undo.done", "undo.done_detail")
    assert day.patron is None
    registers(day, *ANNA)
    day.presses("done")
    day.scans(NEW)  # she comes back
    day.presses("today", "undo:1")
    day.disk_syncs()
    assert day.patron is None


def test_it_is_not_undone_while_loans_on_its_card_need_it() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.records(LEFT_HAND, BELOVED)
    day.presses("done", "today", "undo:3")
    assert day.told[-1].detail == say("undo.needed_detail", count=2, ending=NEW[-4:])
    assert len(registered(day)) == 1
    day.presses("today", "choose:3")
    assert rows(day) == ["Print its receipt again", "Its whole history"]


def test_the_loans_undone_first_it_is_undone_and_the_card_can_be_handed_out_again() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.records(LEFT_HAND)
    day.presses("done", "today", "undo:1")
    day.disk_syncs()
    day.presses("today", "undo:2")
    day.disk_syncs()
    assert day.recorded == []
    registers(day, *ANNA)
    assert len(registered(day)) == 1


def registered_by_hand() -> Day:
    """Anna, whom a person has yet to enter in the library system."""
    by_hand = FunctionRules(uncarried="by_hand")
    day = Day(desk_settings(registration=SHORT, functions=by_hand), carries=SIP2)
    registers(day, *ANNA)
    day.goes_to_a_person()
    return day


def test_a_slip_that_a_person_has_yet_to_enter_is_needed_too() -> None:
    day = registered_by_hand()
    day.records(LEFT_HAND)
    day.presses("done", "today", "undo:2")
    assert day.answer == ("not_taken", "undo.needed", "undo.needed_detail")


def test_delivered_it_is_for_the_library_system_to_mend() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.library_confirms()
    day.records(LEFT_HAND)
    day.presses("done", "today", "undo:2")
    assert day.answer == ("not_taken", "undo.impossible", "undo.impossible_registration")


def test_what_the_library_has_refused_needs_it_no_more() -> None:
    day = registered_by_hand()
    day.records(LEFT_HAND)
    day.library_refuses("Unknown card.")
    day.presses("done", "today", "undo:2")
    day.disk_syncs()
    assert registered(day) == []


def test_a_card_that_was_scanned_by_mistake_and_undone_can_be_handed_out() -> None:
    day = day_with()
    day.records(NEW, LEFT_HAND)
    day.presses("undo")
    day.disk_syncs()
    day.presses("done")
    registers(day, *ANNA)
    assert [x.patron for x in registered(day)] == [NEW]


def test_the_patron_before_gets_the_receipt() -> None:
    day = day_with()
    day.records(MAYA, LEFT_HAND)
    registers(day, *ANNA)
    assert day.receipts == [(MAYA[-4:], [LEFT_HAND])]


def test_where_the_library_system_takes_none_staff_get_a_slip_with_all_of_it() -> None:
    functions = FunctionRules(uncarried="by_hand")
    rules = replace(SHORT, profiles=(Choice(name="Adult", code="A"),))
    settings = desk_settings(registration=rules, functions=functions)
    day = Day(settings, carries=SIP2)
    registers(day, *ANNA)
    day.records(LEFT_HAND)
    day.presses("done")
    (slip,) = day.slips
    assert slip.card == NEW
    assert [line.kind for line in slip.lines] == ["registration"]  # the loan is sent
    told = [text for _, text in slip.lines[0].details]
    assert told == ["Maier", "Anna", "1990-04-30", "Adult"]  # not its code


def test_a_crash_brings_the_new_patron_back() -> None:
    day = day_with()
    registers(day, *ANNA)
    day.is_killed()
    assert day.patron == NEW
    day.records(LEFT_HAND)
    assert day.recorded[-1] == ("checkout", NEW, LEFT_HAND)


def test_nothing_half_filled_in_is_kept() -> None:
    day = day_with()
    day.presses("register")
    day.scans(NEW)
    day.types("Maier")
    day.presses("no")
    assert registered(day) == []
    assert day.answer[2] == "form.closed"


def test_from_paper_a_patron_is_registered_when_the_paper_says() -> None:
    day = day_with()
    day.presses("paper:09:10")
    registers(day, *ANNA)
    day.records(LEFT_HAND)
    times = [(x.at.strftime("%H:%M:%S"), x.source) for x in day.disk.transactions.values()]
    assert times == [("09:10:00", "paper"), ("09:10:01", "paper")]
