"""Lists, reports and delivery: hand-made examples of what can be on show there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.desk.answers import Step
from kiosk.desk.words import say
from kiosk.view.state import (
    Answer,
    AppState,
    Asking,
    DeskIn,
    FormField,
    Library,
    Listing,
    Paused,
    Row,
    Run,
    Session,
    ToTell,
)
from tests.screens.states import IDLE, LONG_TITLE, plain

COMMANDS = (
    *("find", "day", "who", "exceptions", "report", "sessions", "process", "handed", "cart"),
    *("delivery", "preview", "runs", "told", "send", "pause", "today"),
)
BASE = replace(IDLE, commands=COMMANDS, library=Library(state="online", to_fix=3))
WHAT = say("exceptions.what")


def at(day: str, time: str):
    return say("list.at", at=f"2026-11-{day}T{time}:00+00:00")


def to_fix(name: str, fault: str, brief: str, when: tuple[str, str], group: str, **args: object):
    stage = {"registration": "noticed"}.get(group, group)
    return Row(
        name=name,
        title=say(f"fault.{fault}.title"),
        stage=stage,
        detail=say(f"exceptions.brief_{brief}", **args),
        aside=at(*when),
        under=say(f"exceptions.is_{group}"),
    )


def card(ending: str):
    return say("whose.card", ending=ending)


MISREAD = to_fix(
    "1", "item_unknown", "checkout", ("20", "15:02"), "refused",
    what="31234000992l63", whose=card("4417"),
)  # fmt: skip
TO_FIX = Listing(
    kind="exceptions",
    headline=say("exceptions.count", count=3),
    about=say(
        "exceptions.and",
        first=say("exceptions.count_refused", count=2),
        second=say("exceptions.count_noticed", count=1),
    ),
    rows=(
        MISREAD,
        to_fix(
            "2", "item_elsewhere", "checkout", ("20", "15:10"), "refused",
            what="31234000448204", whose=card("9020"),
        ),
        to_fix("3", "other_library", "checkin", ("20", "16:31"), "noticed", what="31234000118823"),
    ),
    count=3,
)  # fmt: skip


def shown(listing: Listing, **more: object):
    headline = Answer(tone="neutral", headline=listing.headline, detail=listing.about)
    return replace(BASE, listing=listing, **({"answer": headline} | more))


def asking(kind: str, options: tuple[str, ...], *, advised: int = 0, **more: object) -> Asking:
    field = FormField(
        label=WHAT,
        kind="choice",
        shown=plain(""),
        required=True,
        options=tuple(say(option) for option in options),
        values=tuple(option.rpartition("_")[2] for option in options),
        advised=advised,
    )
    return Asking(kind=kind, fields=(field,), at=0, **({"detail": None} | more))


def chosen(listing: Listing, name: str, form: Asking):
    asked = Answer(tone="neutral", headline=form.fields[0].label)
    return shown(replace(listing, chosen=name), form=form, answer=asked)


CHOICES = tuple(f"exceptions.to_{x}" for x in ("correct", "resend", "settle", "print", "print_all"))


def origin(item: str, at: str):
    recorded = say("origin.recorded_by", at=at, staff="Ines", terminal="DESK-1")
    return say("origin.item", item=item, recorded=recorded)


FACTS = say(
    "exceptions.facts",
    origin=origin("31234000992l63", "2026-11-20T15:02:00+00:00"),
    reference="7f3a2b",
)
MISREAD_FORM = asking(
    "exception",
    CHOICES,
    advised=1,
    headline=say("lookback.checkout", what="31234000992l63", whose=card("4417"), day="2026-12-11"),
    parts=(
        say("fault.item_unknown"),
        say("todo.find_item"),
        say(
            "exceptions.said_library",
            words="Copy not found",
            code=say("exceptions.code", code="ASSET_COPY_NOT_FOUND"),
        ),
        FACTS,
    ),
)
FORGOTTEN = to_fix(
    "1", "no_number", "checkout", ("20", "15:02"), "refused",
    what="31234000992l63", whose=say("whose.forgotten"),
)  # fmt: skip
LONGEST_FORM = replace(
    MISREAD_FORM,
    parts=(
        say("fault.no_number"),
        say("todo.forgotten"),
        say("exceptions.said_library", words=LONG_TITLE, code=plain(" (PATRON_EXCEEDS_FINES)")),
        FACTS,
    ),
)
LENT = plain("31234000992163")
SETTLED = shown(
    replace(
        TO_FIX,
        headline=say("exceptions.count", count=2),
        about=say(
            "exceptions.and",
            first=say("exceptions.count_refused", count=1),
            second=say("exceptions.count_noticed", count=1),
        ),
        rows=TO_FIX.rows[1:],
        count=2,
    ),
    answer=Answer(
        tone="neutral",
        headline=say("exceptions.sent_again", what=LENT),
    ),
    library=Library(state="online", to_fix=2),
)


def recorded(number: int, stage: str = "applied", title: str = "", kind: str = "checkout") -> Row:
    day = "2026-11-20" if kind == "checkin" else "2026-12-12"
    return Row(
        name=str(number),
        title=plain(title or f"3123400{number:07}"),
        stage=stage,
        detail=say(f"lookback.brief_{kind}", whose=card("4417"), day=day, count=1),
        aside=say(
            "plain.time", at=f"2026-11-21T{9 + number // 60 % 8:02}:{number % 60:02}:00+00:00"
        ),
        under=say(f"lookback.is_{stage}"),
        is_number=not title,
    )


TODAY = Listing(
    kind="recorded",
    headline=say("lookback.today"),
    about=say("lookback.about", count=7),
    rows=(
        recorded(57, "recorded"),
        recorded(55, "recorded", kind="checkin"),
        recorded(51, title="The Left Hand of Darkness"),
        recorded(48, "noticed", title=LONG_TITLE),
        recorded(44, "refused", title="Parable of the Sower"),
        recorded(41, "voided", title="Kindred"),
        recorded(40, "by_hand", kind="registration"),
    ),
    count=7,
)
LONG_DAY = Listing(
    kind="recorded",
    headline=say("lookback.today"),
    about=say("lookback.about", count=1214),
    rows=tuple(recorded(n, "applied" if n % 7 else "noticed") for n in range(500, 0, -1)),
    count=1214,
)
LINE_FORM = asking(
    "line",
    ("lookback.to_undo", "lookback.to_reprint", "lookback.to_who"),
    headline=plain("09:51  Checked out The Left Hand of Darkness"),
    parts=(
        say(
            "lookback.checkout",
            what="The Left Hand of Darkness",
            whose=card("4417"),
            day="2026-12-12",
        ),
        say("lookback.stands_applied"),
        say("lookback.facts", origin=origin("31234000517861", "2026-11-21T09:51:00+00:00")),
    ),
)
TOO_LATE_FORM = replace(
    LINE_FORM,
    problem=say("undo.impossible_renewal"),
    fields=(replace(LINE_FORM.fields[0], options=(say("lookback.to_who"),), values=("who",)),),
)

SESSIONS = Listing(
    kind="sessions",
    headline=say("sessions.count", count=2),
    rows=(
        Row(
            name="a",
            title=plain("Northside outage 20 Nov"),
            stage="recorded",
            detail=say("sessions.missing", count=2, desks="DESK-3, CHILDREN-1"),
            aside=say("sessions.is_open"),
            under=say("sessions.is_chosen"),
        ),
        Row(
            name="b",
            title=plain("Westside 19 Nov"),
            stage="applied",
            detail=say("sessions.in", desks="WEST-1 (214), WEST-2 (87)"),
            aside=say("sessions.is_done"),
            under=at("19", "17:20"),
        ),
    ),
    count=2,
)
SESSION_FORM = asking(
    "upload_session",
    ("sessions.to_join", "sessions.to_process", "sessions.to_print"),
    headline=plain("Northside outage 20 Nov · waiting to be processed"),
    parts=(
        plain("Northside outage 20 Nov"),
        say("sessions.is_open"),
        say("sessions.in", desks="DESK-1 (214), DESK-2 (87)"),
        say("sessions.missing", count=2, desks="DESK-3, CHILDREN-1"),
    ),
)
FILES = Listing(
    kind="files",
    headline=say("handed.count", count=1),
    about=say("handed.about"),
    rows=(
        Row(
            name="f",
            title=plain("20261120-DESK-1.koc"),
            stage="recorded",
            detail=plain("/media/stick/daybook"),
            aside=say("handed.lines", count=214),
            under=say("handed.at", at="2026-11-20T17:02:00+00:00"),
        ),
    ),
    count=1,
)
CART = Listing(
    kind="cart",
    headline=say("cart.left", count=3),
    about=say("cart.waiting", count=1),
    rows=(
        Row(name="1", title=plain("Braiding Sweetgrass"), stage="applied",
            detail=plain("31234000448204"), aside=say("cart.shelve")),
        Row(name="2", title=plain("Kindred"), stage="noticed",
            detail=plain("31234000229481"), aside=say("cart.transit", to="Westside Branch")),
        Row(name="3", title=plain("31234000118823"), stage="recorded", aside=say("cart.wait"),
            is_number=True),
    ),
    count=3,
)  # fmt: skip
NOTHING_TO_FIX = Listing(
    kind="exceptions", headline=say("exceptions.none"), about=say("exceptions.none_detail")
)
NOTHING_TODAY = Listing(
    kind="recorded", headline=say("lookback.today"), about=say("lookback.nothing")
)

STATES = {
    "to-fix": shown(TO_FIX),
    "to-fix-chosen": chosen(TO_FIX, "1", MISREAD_FORM),
    "to-fix-longest": chosen(
        replace(TO_FIX, rows=(FORGOTTEN, *TO_FIX.rows[1:])), "1", LONGEST_FORM
    ),
    "to-fix-sent-again": SETTLED,
    "to-fix-nothing": shown(NOTHING_TO_FIX, library=Library(state="online")),
    "today": shown(TODAY),
    "today-chosen": chosen(TODAY, "51", LINE_FORM),
    "today-too-late": chosen(TODAY, "51", TOO_LATE_FORM),
    "today-500": shown(LONG_DAY),
    "today-nothing": shown(NOTHING_TODAY),
    "sessions": shown(SESSIONS),
    "sessions-chosen": chosen(SESSIONS, "a", SESSION_FORM),
    "files": shown(FILES),
    "cart-list": shown(CART, mode="cart"),
}

REPORT = replace(
    BASE,
    answers=1,
    answer=Answer(
        tone="look",
        headline=say("runs.of_run"),
        detail=say("runs.print_how"),
        rows=(
            plain("Northside Branch"),
            say("runs.desk", terminal="DESK-1", at="2026-11-21T10:42:00+00:00"),
            say("runs.why_outage"),
            say("runs.since", at="2026-11-20T14:55:00+00:00"),
            say(
                "runs.away_within_a_day",
                began="2026-11-20T14:52:00+00:00",
                ended="2026-11-20T17:31:00+00:00",
            ),
            say("runs.began", at="2026-11-20T17:31:00+00:00"),
            say("runs.ended", at="2026-11-20T17:33:00+00:00"),
            say("runs.applied", count=211),
            say("runs.refused", count=3),
            say("runs.to_do", count=3),
            say("fault.no_number"),
            say("todo.forgotten"),
        ),
        offers=("runs:print", "told"),
    ),
)


def step(day: str, time: str, what: str, tone: str = "neutral", **args: object) -> Step:
    says = say(f"history.{what}", **({"by": "Ines", "words": ""} | args))
    return Step(at=f"2026-11-{day}T{time}:00+00:00", says=says, tone=tone)


HISTORY = replace(
    shown(replace(TODAY, chosen="51")),
    answers=2,
    answer=Answer(
        tone="neutral",
        headline=say(
            "lookback.checkout", what="31234000992l63", whose=card("4417"), day="2026-12-11"
        ),
        detail=say("history.reference", reference="7f3a2b"),
        steps=(
            step("20", "15:02", "recorded_typed", "recorded", name="DESK-1"),
            step("20", "17:31", "sent"),
            step("20", "17:31", "not_sent", "look"),
            step("20", "17:32", "uploaded", name="Northside outage 20 Nov"),
            step(
                "21", "09:10", "refused", "not_taken",
                words=say("history.words", words="ASSET_COPY_NOT_FOUND: copy not found"),
            ),
            step("21", "10:40", "corrected", other="91bc04", words=""),
        ),
    ),
)  # fmt: skip
STATES |= {"report": REPORT, "history": HISTORY}

NOON = "2026-11-21T12:00:00+00:00"


def run(**more: object) -> Run:
    values = {
        "id": "r1",
        "why": "outage",
        "began": datetime.fromisoformat("2026-11-21T10:40:00+00:00"),
        "since": datetime.fromisoformat("2026-11-20T14:55:00+00:00"),
        "waiting": 1214,
    }
    return Run(**(values | more))


def delivery(**library: object) -> AppState:
    return replace(BASE, library=Library(**library))


DELIVERY = {
    "delivery-online": delivery(
        state="online",
        to_fix=3,
        last_run=run(ended=datetime.fromisoformat(NOON), applied=1211, refused=2, noticed=1),
    ),
    "delivery-offline": delivery(
        state="offline", waiting=214, reason=plain("No answer from 10.4.0.12.")
    ),
    "delivery-running": delivery(
        state="online", waiting=782, to_fix=2, unknown=1, run=run(applied=430, refused=2)
    ),
    "delivery-carried": delivery(state="online", waiting=240, carried=240, live=False),
    "delivery-asks-first": delivery(
        state="online",
        waiting=214,
        asks_first=True,
        last_run=run(ended=datetime.fromisoformat(NOON), applied=1211, refused=2, noticed=1),
        to_tell=(ToTell(who=("Main Library",), text=(plain("This is desk DESK-1."),)),),
    ),
    "delivery-paused": delivery(state="online", waiting=12, paused=Paused(at=NOON, by="Ines")),
    "delivery-not-let-in": delivery(
        state="offline", waiting=3, reason=say("library.login_refused", host="sip.example.org")
    ),
    "delivery-uploaded": delivery(
        state="online",
        uploaded=301,
        next_load=NOON,
        uploads=(
            Session(
                key="a",
                title="Northside outage 20 Nov",
                desks=(DeskIn("DESK-1", 214), DeskIn("DESK-2", 87)),
                missing=("DESK-3", "CHILDREN-1"),
                mine=214,
            ),
        ),
    ),
    "delivery-files": delivery(
        state="online", by_files=True, waiting=7, by_hand=4, handed_over=214, handed_files=2,
        handed_since=NOON, unknown=1, uploaded=12,
    ),
    "delivery-none": delivery(state="none", waiting=214),
}  # fmt: skip
STATES |= DELIVERY
