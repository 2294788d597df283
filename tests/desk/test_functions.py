"""What may be done at this desk: on, with a warning, or off; and what every preset makes of it.

"Offline Procedures" of the Montana Shared Catalog (Symphony): "Renew single item … disabled",
"Registering new users"; Evergreen's manual: registration and checkin offline.
"""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk_script import BELOVED, LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.functions import EVERYTHING, PRESETS, Function, FunctionRules, Use, ruling
from kiosk.desk.policy import NoncatKind, RegistrationRules
from kiosk.desk.state import Warned
from kiosk.desk.transactions import Kind
from kiosk.words import Words

SIP2: frozenset[Kind] = frozenset({"checkout", "checkin", "renewal"})


def day_with(carries: frozenset[Kind] = EVERYTHING, **rules: str) -> Day:
    functions = FunctionRules(**rules)  # type: ignore[arg-type] # as each test says
    return Day(desk_settings(functions=functions), carries=carries)


def uses(rules: FunctionRules, carries: frozenset[Kind] = EVERYTHING) -> dict[str, Use]:
    every = {x: ruling(x, rules, carries).use for x in get_args(Function)}
    return {function: use for function, use in every.items() if use != "on"}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("none", {}),
        ("evergreen", {"checkin": "warn", "register": "warn"}),
        ("symphony", {"renew": "off", "register": "warn"}),
        ("koha", {"renew": "warn", "inhouse": "off", "noncat": "off", "register": "off"}),
        ("sip2", {"renew": "warn", "inhouse": "off", "noncat": "off", "register": "off"}),
    ],
)
def test_each_preset_says_what_is_known_of_its_system(
    preset: str, expected: dict[str, Use]
) -> None:
    assert uses(FunctionRules(preset=preset)) == expected  # type: ignore[arg-type]


def test_what_the_library_system_cannot_carry_is_off() -> None:
    expected = {"inhouse": "off", "noncat": "off", "register": "off"}
    assert uses(FunctionRules(), SIP2) == expected


def test_or_it_is_entered_by_hand() -> None:
    assert uses(FunctionRules(uncarried="by_hand"), SIP2) == {}
    koha = FunctionRules(preset="koha", uncarried="by_hand")
    assert uses(koha) == {"renew": "warn"}


def test_a_key_of_its_own_comes_before_the_preset() -> None:
    rules = FunctionRules(preset="symphony", renew="on", checkin="off")
    assert uses(rules) == {"register": "warn", "checkin": "off"}
    assert uses(FunctionRules(preset="koha", inhouse="on", renew="on")) == {
        "noncat": "off",
        "register": "off",
    }


def test_but_not_before_what_the_library_system_cannot_carry() -> None:
    assert ruling("inhouse", FunctionRules(inhouse="on"), SIP2).use == "off"


USES = st.none() | st.sampled_from(get_args(Use))


@given(
    st.builds(
        FunctionRules,
        preset=st.sampled_from(list(PRESETS)),
        uncarried=st.sampled_from(["off", "by_hand"]),
        **dict.fromkeys(get_args(Function), USES),
    ),
    st.sampled_from(get_args(Function)),
    st.frozensets(st.sampled_from(get_args(Kind))),
)
def test_whatever_is_not_just_on_has_its_reason_in_words(
    rules: FunctionRules, function: Function, carries: frozenset[Kind]
) -> None:
    ruled = ruling(function, rules, carries)
    assert (ruled.reason is None) == (ruled.use == "on")
    if ruled.reason is not None:
        assert Words()(ruled.reason) != ruled.reason.key


def test_renew_single_item_is_disabled_with_symphony_and_staff_read_why() -> None:
    """ "System cannot determine if user or item is eligible for renew."."""
    day = day_with(preset="symphony")
    day.scans("renew")
    assert day.answer == ("not_taken", "function.off.renew", "function.off.symphony_renew")
    assert day.desk.state.mode == "checkout"
    day.records(MAYA, LEFT_HAND)  # everything else goes on
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_a_warning_is_explained_confirmed_and_then_the_desk_goes_on() -> None:
    day = day_with(preset="evergreen")
    day.presses("checkin")
    assert day.answer == ("look", "function.warn.checkin", "function.warn.evergreen_checkin")
    assert day.desk.state.mode == "checkout"
    day.presses("yes")
    assert day.desk.state.mode == "checkin"
    day.records(LEFT_HAND)
    assert day.recorded == [("checkin", "", LEFT_HAND)]


def test_it_is_asked_once_in_a_desk_session() -> None:
    day = day_with(preset="evergreen")
    day.presses("checkin", "yes", "checkout", "checkin")
    assert day.desk.state.mode == "checkin"
    assert day.desk.state.asked is None


def test_whoever_does_not_want_to_goes_on_with_what_was_before() -> None:
    day = day_with(preset="evergreen")
    day.records(MAYA)
    day.presses("checkin", "no")
    assert day.answer == ("neutral", "function.left", "")
    assert (day.patron, day.desk.state.mode) == (MAYA, "checkout")
    day.presses("checkin")
    assert day.desk.state.asked is not None  # nobody has agreed to anything


def test_a_scan_means_no_and_goes_on() -> None:
    day = day_with(preset="evergreen")
    day.records(MAYA)
    day.presses("checkin")
    day.records(LEFT_HAND)
    assert day.recorded == [("checkout", MAYA, LEFT_HAND)]


def test_a_book_drop_day_is_a_return_too() -> None:
    day = day_with(checkin="warn")
    day.presses("bookdrop:yesterday")
    assert day.answer == ("look", "function.warn.checkin", "function.warn.site_checkin")
    day.presses("yes")
    assert day.desk.state.bookdrop is not None


def test_where_nothing_is_lent_a_card_is_refused_and_an_item_still_looked_up() -> None:
    day = day_with(checkout="off")
    day.scans(MAYA)
    assert day.answer == ("not_taken", "function.off.checkout", "function.off.site_checkout")
    assert day.patron is None
    day.scans(LEFT_HAND)
    assert day.answer[2] == "holder.nobody"


def test_a_card_that_is_warned_of_opens_its_patron_once_confirmed() -> None:
    day = day_with(checkout="warn")
    day.scans(MAYA)
    assert day.patron is None
    day.presses("yes")
    assert day.patron == MAYA
    day.records(LEFT_HAND, SWEETGRASS)
    assert len(day.recorded) == 2


def test_what_is_entered_by_hand_says_so_and_can_be_undone() -> None:
    day = day_with(SIP2, uncarried="by_hand")
    day.presses("inhouse")
    day.records(LEFT_HAND)
    assert day.answer[0::2] == ("recorded", "recorded.by_hand")
    day.goes_to_a_person()
    assert day.stages == [(LEFT_HAND, "by_hand")]
    assert day.counting == [LEFT_HAND]
    day.presses("undo")
    day.disk_syncs()
    assert day.recorded == []
    assert day.stages == [(LEFT_HAND, "voided")]


KINDS: dict[Function, str] = {
    "checkout": "checkout",
    "checkin": "checkin",
    "renew": "renewal",
    "inhouse": "in_house_use",
    "noncat": "noncat_checkout",
    "guest": "checkout",
    "register": "registration",
}


@given(
    st.fixed_dictionaries(dict.fromkeys(get_args(Function), USES)),
    st.frozensets(st.sampled_from(get_args(Kind))),
    st.booleans(),
)
def test_what_is_off_is_never_recorded_nor_what_is_warned_of_without_a_yes(
    own: dict[Function, Use | None], carries: frozenset[Kind], agrees: bool
) -> None:
    rules = FunctionRules(**own)  # type: ignore[arg-type] # by name
    paperback = NoncatKind(code="2", name="Paperback")
    fields = RegistrationRules(fields=("family_name",), required=("family_name",))
    policy = desk_settings(functions=rules, noncat=(paperback,), registration=fields)
    day = Day(policy, carries=carries)
    shift: list[tuple[str, ...]] = [
        (MAYA, LEFT_HAND, "noncat", "key:2", "key:ok", "done"),
        ("renew", LEFT_HAND, "inhouse", SWEETGRASS, "bookdrop:yesterday", LEFT_HAND),
        ("guest", "Anna Maier", "1990-04-30", "", BELOVED, "done"),
        ("register", "21234000777771", "Maier", PIPPI, "done"),
    ]
    for text in (text for part in shift for text in part):
        day.types(text)
        if isinstance(day.desk.state.asked, Warned):
            day.presses("yes" if agrees else "no")
        day.disk_syncs()
    may = {x for x in get_args(Function) if ruling(x, rules, carries).use in ("on", "warn")}
    if not agrees:
        may = {x for x in may if ruling(x, rules, carries).use == "on"}
    assert {kind for kind, _, _ in day.recorded} <= {KINDS[x] for x in may}
