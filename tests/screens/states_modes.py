"""Examples of what stands beside check-out and check-in: other modes, and places of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.desk.commands import Word
from kiosk.desk.words import Phrase, say
from kiosk.view.state import (
    Answer,
    AppState,
    Asking,
    Check,
    Device,
    FormField,
    Library,
    LoanKind,
    Patron,
    Printing,
    Readiness,
    Returns,
    Support,
    Tone,
    ToTell,
)
from tests.screens.states import (
    BOOKDROP_ANSWERED,
    CHECKED_OUT,
    IDLE,
    LEFT_HAND,
    LONG_TITLE,
    LOW_ON_SPACE,
    OFFLINE,
    ONLINE,
    PRINTER,
    SCANNER,
    TODAY,
    TROUBLED,
    line,
    plain,
)

KINDS = tuple(
    LoanKind(command=f"kind:{number}", name=plain(name))
    for number, name in enumerate(("DVD", "Magazine", "Reference, overnight", "Laptop"), 1)
)
OFFERED = replace(IDLE, commands=get_args(Word), kinds=KINDS)
FEW_OFFERED = replace(
    LOW_ON_SPACE,
    commands=tuple(
        word
        for word in get_args(Word)
        if word not in ("renew", "inhouse", "noncat", "register", "kind", "sessions", "practice")
    ),
)

HELPED = replace(
    IDLE, help=Answer(tone="neutral", headline=say("help.checkout_idle"), detail=say("help.online"))
)
HELPED_LONG = replace(
    OFFLINE,
    mode="cart",
    help=Answer(tone="neutral", headline=say("help.cart_open"), detail=say("help.offline_checkin")),
    support=Support(
        name="Library Technology Department",
        phone="+44 20 5550 0142 ext. 4417",
        email="circulation.support@northern-islands.example",
    ),
)
FIELD = FormField(
    label=say("duty.pin"), kind="pin", shown=say("plain.text", text=""), required=True, most=4
)
HELPED_IN_FORM = replace(
    ONLINE,
    form=Asking(
        kind="login", headline=plain("Who is on duty?"), detail=None, fields=(FIELD,), at=0
    ),
    help=Answer(tone="neutral", headline=say("help.form"), detail=say("form.how.pin")),
    support=Support(),
)
HELPED_LOCKED = replace(
    IDLE,
    locked=say("duty.locked.lock"),
    help=Answer(tone="neutral", headline=say("duty.locked.lock"), detail=say("duty.how_staff")),
)

RENEW_IDLE = replace(IDLE, mode="renew")
RENEWING = replace(
    ONLINE,
    mode="renew",
    answer=replace(CHECKED_OUT, detail=say("confirmed.renewal")),
    patron=Patron(
        card_ending="4417",
        name="Maya Okafor",
        about=(
            say("patron.count.charged", count=12),
            say("patron.count.overdue", count=1),
            say("patron.count.holds", count=2),
            say("patron.fines", amount="4.50 EUR"),
        ),
    ),
)
RENEWING_UNKNOWN = replace(OFFLINE, mode="renew", patron=None, lines=OFFLINE.lines[-1:], items=1)
INHOUSE_IDLE = replace(IDLE, mode="inhouse")
INHOUSE = replace(
    OFFLINE,
    mode="inhouse",
    patron=None,
    uses=5,
    answer=Answer(tone="look", headline=say("count.set", count=5), detail=say("count.set_detail")),
    lines=(
        line(2, "31234000771902", "recorded", day=""),
        line(1, "31234000610337", "by_hand", day="", title=LONG_TITLE),
    ),
    items=2,
    keep_off_shelves=True,
)


def sorted_to(word: str, tone: Tone, to: str = "", detail: Phrase | None = None) -> AppState:
    """The cart, after an item was scanned."""
    return replace(
        IDLE,
        mode="cart",
        returns=Returns(cart=12, waiting=3),
        answer=Answer(
            tone=tone,
            headline=say(f"cart.{word}", to=to),
            detail=detail or say(f"cart.{word}_detail"),
            aside=plain("12"),
            aside_label=say("cart.still"),
            item="31234000771902",
        ),
    )


CART = replace(sorted_to("shelve", "confirmed"), answer=None)
CART_EMPTY = replace(
    CART,
    returns=Returns(),
    answer=Answer(tone="neutral", headline=say("cart.empty"), detail=say("cart.empty_detail")),
)
CART_UNKNOWN = replace(
    CART,
    answer=Answer(
        tone="not_taken", headline=say("cart.unknown"), detail=say("cart.unknown_detail")
    ),
)
BY_HOUR = replace(
    ONLINE,
    kinds=KINDS,
    due=replace(
        IDLE.due,
        day=TODAY,
        at=f"{TODAY}T15:30:00+00:00",
        by="kind",
        why=say("due.by_kind", kind="Reference, overnight"),
    ),
    lines=(
        line(
            4,
            "31234000229481",
            "recorded",
            day=TODAY,
            due_at=f"{TODAY}T15:30:00+00:00",
            why=say("due.by_rule", kind="Reference, overnight"),
        ),
        *ONLINE.lines,
    ),
    patron=RENEWING.patron,
    items=4,
)
PAPER_IDLE = replace(OFFLINE, paper=f"{TODAY}T09:05:00+00:00", patron=None, lines=(), items=0)
PAPER_BEGUN = replace(
    PAPER_IDLE,
    answer=Answer(
        tone="look", headline=say("paper.on", at=PAPER_IDLE.paper), detail=say("paper.on_detail")
    ),
)
PAPER = replace(OFFLINE, paper=f"{TODAY}T09:05:02+00:00")
PAPER_RETURNS = replace(BOOKDROP_ANSWERED, paper=f"{TODAY}T09:05:02+00:00")
TELL = replace(
    IDLE,
    library=Library(
        state="online",
        to_tell=(
            ToTell(
                who=("Head office, 555 0199", "Consortium help desk"),
                text=(
                    say("tell.desk", terminal="north-1", library="Northside Branch"),
                    say(
                        "tell.away_within_a_day",
                        began=f"{TODAY}T09:05:00+00:00",
                        ended=f"{TODAY}T10:31:00+00:00",
                    ),
                    say("tell.well"),
                    say("tell.call_back", who="Library IT, 555 0142"),
                ),
            ),
        ),
    ),
)
PRACTISING = replace(
    OFFLINE,
    practice_until=f"{TODAY}T10:44:00+00:00",
    commands=get_args(Word),
)
PRACTISING_RETURNS = replace(
    PAPER_RETURNS,
    practice_until=PRACTISING.practice_until,
)
DEVICES = replace(IDLE, commands=get_args(Word))
DEVICES_BAD = replace(
    TROUBLED,
    commands=get_args(Word),
    devices=(
        replace(SCANNER, problem=say("scanner.missing")),
        replace(PRINTER, problem=say("printer.paper_out")),
        Device(name="Star TSP143IIIU, the second one beside the window", kind="printer"),
    ),
)
PRINTING = replace(
    DEVICES,
    devices=(SCANNER, replace(PRINTER, printing=Printing(share=45, behind=2))),
)
NO_DEVICES = replace(IDLE, commands=("test-slip",), devices=(), support=Support())

GOOD = tuple(
    Check(name=name, state="good", says=say(f"ready.{name}"))
    for name in ("recording", "daybook", "disk", "clock", "scanner")
)
READY = Readiness(
    at=f"{TODAY}T09:30:00+00:00",
    checks=(*GOOD, Check(name="staff", state="good", says=say("ready.staff"))),
)
READY_BAD = replace(
    READY,
    checks=(
        *GOOD,
        Check(
            name="library",
            state="bad",
            says=say("ready.library_offline"),
            mend=say("ready.library_offline_mend"),
        ),
        Check(
            name="staff",
            state="look",
            says=say("ready.staff_supervisor"),
            mend=say("ready.staff_supervisor_mend"),
        ),
        Check(
            name="printer",
            state="bad",
            says=say("ready.printer_bad"),
            mend=say("printer.paper_out"),
        ),
    ),
)
LOOKING = replace(DEVICES, readiness=replace(READY_BAD, looking=("daybook", "library", "printer")))

STATES: dict[str, AppState] = {
    "more": OFFERED,
    "more-few": FEW_OFFERED,
    "help": HELPED,
    "help-long": HELPED_LONG,
    "help-form": HELPED_IN_FORM,
    "help-locked": HELPED_LOCKED,
    "renew-idle": RENEW_IDLE,
    "renew": RENEWING,
    "renew-unknown": RENEWING_UNKNOWN,
    "inhouse-idle": INHOUSE_IDLE,
    "inhouse": INHOUSE,
    "cart": CART,
    "cart-shelve": sorted_to("shelve", "confirmed", detail=plain(LEFT_HAND)),
    "cart-hold": sorted_to("hold", "look"),
    "cart-transit": sorted_to("transit", "look", to="Harbour Street and Westside Branch"),
    "cart-ask": sorted_to("ask", "look", detail=say("cart.ask_said", words="Item is damaged")),
    "cart-wait": sorted_to("wait", "recorded"),
    "cart-unknown": CART_UNKNOWN,
    "cart-empty": CART_EMPTY,
    "due-by-hour": BY_HOUR,
    "paper-idle": PAPER_IDLE,
    "paper-begun": PAPER_BEGUN,
    "paper": PAPER,
    "paper-returns": PAPER_RETURNS,
    "tell": TELL,
    "overlay-tell": TELL,
    "devices": DEVICES,
    "devices-bad": DEVICES_BAD,
    "devices-none": NO_DEVICES,
    "devices-printing": PRINTING,
    "ready-good": replace(DEVICES, readiness=READY),
    "ready-bad": replace(DEVICES_BAD, readiness=READY_BAD),
    "ready-never": DEVICES,
    "ready-looking": LOOKING,
    "on-duty": replace(ONLINE, role="staff"),
    "unready": replace(ONLINE, readiness=READY_BAD),
    "practice": PRACTISING,
    "practice-on-duty": replace(PRACTISING, role="staff"),
    "practice-returns": PRACTISING_RETURNS,
    "practice-more": PRACTISING,
}
