"""What holds for a desk with staff, whoever comes and goes, in whatever order."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.desk_script import JONAS, LEFT_HAND, MAYA, PIPPI, SWEETGRASS, Day
from support.desk_script import settings as desk_settings

from kiosk.desk.checks.blocklist import BlockListRules, Listed
from kiosk.desk.session.sessions import Member, Place, Roster, SessionRules
from kiosk.desk.transactions import Checkout
from kiosk.desk.words import say

INES = Member(number="1", name="Ines", badge="B-100")
TOMAS = Member(number="2", name="Tomas", role="supervisor", badge="B-200")
ADA = Member(number="3", name="Ada", role="administrator", badge=MAYA)
PINS = {"1": "274100", "2": "831600", "3": "509300"}
PLACES = (
    Place(library="Libby", library_code="LIBR1"),
    Place(library="Libby High", library_code="LIBRHS"),
)
ROSTERS = [
    Roster(members=(INES, TOMAS, ADA)),
    Roster(members=(INES,)),
    Roster(members=(ADA, TOMAS)),
    Roster(problem=say("duty.file_damaged")),
    Roster(),
]
COMMANDS = [
    "login", "lock", "session", "override", "yes", "no", "next", "back", "choose:1", "choose:2",
    "key:2", "key:ok", "checkout", "checkin", "done", "undo", "help", "time:ok",
]  # fmt: skip


class AnyShift(RuleBasedStateMachine):
    """Staff come, go, mistype and lock; the disk, the clock and the library do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.day = Day()
        self.taken = 0
        self.was_locked = False
        self.supervisors: set[str] = set()

    @initialize(
        roster=st.sampled_from(ROSTERS),
        places=st.sampled_from([(), PLACES]),
        required=st.booleans(),
        badge=st.booleans(),
        not_valid=st.sampled_from(["items", "refuse"]),
    )
    def opens(
        self,
        roster: Roster,
        places: tuple[Place, ...],
        not_valid: str,
        *,
        required: bool,
        badge: bool,
    ) -> None:
        rules = SessionRules(required=required, badge_is_enough=badge)
        chosen = desk_settings(session=rules, places=places, not_valid=not_valid)
        self.day = Day(chosen, roster=roster, pins=PINS)
        self.day.disk.block_list[JONAS] = Listed(("barred",), self.day.now.date())
        self.day.disk.block_list[MAYA] = Listed(("delinquent",), self.day.now.date())
        self._knows(roster)
        self._looks()

    def _knows(self, roster: Roster) -> None:
        self.supervisors |= {roster.label(member) for member in roster.supervisors}

    def _looks(self) -> None:
        """Take in how many transactions there are now, and whether the desk is locked."""
        self.taken, self.was_locked = len(self._transactions()), bool(self.day.desk.state.locked)

    def _transactions(self) -> list[Checkout]:
        waiting = [x for x in self.day.waiting if isinstance(x, Checkout)]
        return [
            *(x for x in self.day.disk.transactions.values() if isinstance(x, Checkout)),
            *waiting,
        ]

    @rule(text=st.sampled_from([MAYA, JONAS, LEFT_HAND, PIPPI, SWEETGRASS, "B-100", "B-200"]))
    def scans(self, text: str) -> None:
        self.day.scans(text)

    @rule(text=st.sampled_from([*PINS.values(), "1", "2", "3", "999999", "", "2026-12-24"]))
    def types(self, text: str) -> None:
        """Type it; a PIN where one is asked alone: elsewhere it is a number, and is kept as one."""
        form = self.day.desk.state.form
        asks = form is not None and form.field.kind == "pin"
        if asks or text not in PINS.values():
            self.day.types(text)

    @rule(command=st.sampled_from(COMMANDS))
    def presses(self, command: str) -> None:
        self.day.presses(command)

    @rule(who=st.sampled_from([INES, TOMAS, ADA]))
    def goes_on_duty(self, who: Member) -> None:
        """Somebody does all of it right."""
        self.day.presses("login")
        self.day.scans(who.badge)
        self.types(PINS[who.number])
        self.day.types("1")
        self.day.presses("yes")

    @rule(seconds=st.sampled_from([1, 60, 1900, 40_000]))
    def time_passes(self, seconds: float) -> None:
        self.day.seconds_pass(seconds)

    @rule(roster=st.sampled_from(ROSTERS))
    def staff_change(self, roster: Roster) -> None:
        self._knows(roster)
        self.day.staff_are(roster)

    @rule(hours=st.sampled_from([0, 1, -1, 30, -30]))
    def clock_jumps(self, hours: int) -> None:
        if not self.day.desk.state.held:
            self.day.clock_is("unconfirmed", to=self.day.now + timedelta(hours=hours))

    @rule(online=st.booleans())
    def connection(self, *, online: bool) -> None:
        if online:
            self.day.library_is_reached()
        else:
            self.day.library_is_lost()

    @rule(refuses=st.none() | st.just("Fines"))
    def library_knows(self, refuses: str | None) -> None:
        self.day.library_knows(JONAS, "Jonas", refuses)

    @rule()
    def disk_syncs(self) -> None:
        self.day.disk_syncs()

    @precondition(lambda self: not self.day.broken)
    @rule()
    def disk_fails(self) -> None:
        self.day.disk_fails()

    @precondition(lambda self: self.day.broken)
    @rule()
    def disk_is_back(self) -> None:
        self.day.disk_is_back()

    @rule(synced=st.booleans())
    def is_killed(self, *, synced: bool) -> None:
        self.day.is_killed(synced=synced)

    @invariant()
    def nothing_is_lent_while_nobody_is_on_duty(self) -> None:
        locked = bool(self.day.desk.state.locked)
        if locked and self.was_locked:
            assert len(self._transactions()) <= self.taken
        self._looks()

    @invariant()
    def against_the_list_only_supervisors_lend(self) -> None:
        for lent in self._transactions():
            if lent.override is not None:
                assert lent.override.supervisor in self.supervisors
                assert lent.override.reason

    @invariant()
    def nothing_is_lent_before_a_warning_is_acknowledged(self) -> None:
        visit = self.day.desk.state.visit
        if visit is not None and visit.warning is not None:
            assert visit.counting == ()

    @invariant()
    def no_pin_that_was_asked_is_on_show_or_kept(self) -> None:
        form = self.day.desk.state.form
        shown = [str(field.shown) for field in form.fields if field.kind == "pin"] if form else []
        kept = [*shown, str(self.day.disk.duty), str(self.day.disk.transactions)]
        assert not any(pin in text for pin in PINS.values() for text in kept)

    @invariant()
    def there_is_a_way_on(self) -> None:
        state = self.day.desk.state
        assert state.checking is None
        if state.locked and state.form is None:
            assert self.day.desk.how_to_go_on_duty.key.startswith("duty.")


class AnyBlockedCard(AnyShift):
    """The same, with the library always away: then the list is all there is."""

    def connection(self, *, online: bool) -> None:  # type: ignore[override]
        """The library stays away."""

    def library_knows(self, refuses: str | None) -> None:  # type: ignore[override]
        """It knows nothing."""

    @invariant()
    def a_barred_card_borrows_by_override_alone(self) -> None:
        for lent in self._transactions():
            listed = self.day.disk.block_list[JONAS].made
            if (
                lent.patron == JONAS
                and (lent.at.date() - listed).days <= BlockListRules().oldest_days
            ):
                assert lent.override is not None or not self._list_is_used(lent)

    def _list_is_used(self, lent: Checkout) -> bool:
        changes = [x for x in self.day.disk.duty if x.id == lent.desk_session]
        return all(change.block_list for change in changes)


AnyShift.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
AnyBlockedCard.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestAnyShift = AnyShift.TestCase
TestAnyBlockedCard = AnyBlockedCard.TestCase
