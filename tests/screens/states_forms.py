"""Hand-made examples of forms, and of a desk on which nobody is on duty."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.lending.registration import SPELLINGS
from kiosk.desk.words import say
from kiosk.view.state import AppState, Asking, BlockList, FormField
from tests.screens import states as desk

NOW = desk.IDLE.now
STAFF = (("Ada", "administrator"), ("Tomas", "supervisor"), ("Ines", "staff"))
NAMES = (
    *("Ada", "Agnieszka", "Amir", "Beatriz", "Björn", "Carmen", "Chidi", "Dagmar", "Elif", "Emeka"),
    *("Fatima", "François", "Grace", "Hana", "Ines", "Ivo", "Jan", "Joana", "Kemal", "Khadija"),
    *("Lars", "Leonie", "Maryam", "Mateusz", "Mei", "Nadia", "Niko", "Oluwaseun", "Pauline"),
    *("Quentin", "Rosa", "Sanna", "Tomas", "Ulla", "Vikram", "Wanda", "Ximena", "Yusuf", "Zoë"),
    "Maximiliane Featherstonehaugh",
)


def plain(text: str):
    return say("plain.text", text=text)


def field(label, kind="text", value="", *, required=False, options=(), chosen=0, **more):
    shown = options[chosen - 1] if chosen else plain(value)
    if kind == "date" and value:
        shown = say("plain.day", day=value)
    hidden = kind in ("pin", "card", "label")
    return FormField(
        label=label if not isinstance(label, str) else say(label),
        kind=kind,
        shown=shown,
        required=required,
        value="" if hidden else value,
        options=tuple(options),
        values=tuple(f"value-{number}" for number, _ in enumerate(options, 1)),
        chosen=chosen,
        **more,
    )


def who(label="duty.who", chosen=0, staff=STAFF):
    options = [say(f"duty.on.{role}", staff=name) for name, role in staff]
    return field(label, "choice", required=True, options=options, chosen=chosen)


def pin(dots=""):
    return field("duty.pin", "pin", dots, required=True, most=12)


def on(state: AppState, kind: str, headline, *fields: FormField, at=0, **more) -> AppState:
    form = Asking(
        kind=kind, headline=headline, detail=more.pop("detail", None), fields=fields, at=at, **more
    )
    return replace(state, form=form, answer=None)


LOCKED = replace(
    desk.IDLE,
    staff="",
    role="",
    last_visit=None,
    locked=say("duty.locked.idle"),
    locked_how=say("duty.how_staff"),
)
NO_STAFF_FILE = replace(
    LOCKED, locked=say("duty.locked.start"), locked_how=say("duty.file_damaged")
)
LOGIN = say("duty.login", now=NOW)
WHO = on(LOCKED, "unlock", LOGIN, who(), pin())
MANY = on(LOCKED, "unlock", LOGIN, who(staff=[(name, "staff") for name in NAMES]), pin())
PIN = on(LOCKED, "unlock", LOGIN, who(chosen=2), pin(), at=1)
PIN_WRONG = replace(PIN, form=replace(PIN.form, problem=say("duty.wrong_pin", count=2)))
PIN_WAIT = replace(PIN, form=replace(PIN.form, problem=say("duty.wait_seconds", count=28)))
CHECKING = replace(PIN, checking=True)

PLACES = (
    say(
        "duty.look_alike",
        text="Libby City Library (LIBR1) · City (LIBR1CIRC)",
        code="LIBR1CIRC",
        other="LIBRHSCIRC",
    ),
    say(
        "duty.look_alike",
        text="Libby High School (LIBRHS) · High School (LIBRHSCIRC)",
        code="LIBRHSCIRC",
        other="LIBR1CIRC",
    ),
    plain("Troy Branch (TROY) · City (TROYCIRC)"),
)
DUES = (
    say("duty.due_usual", day="2026-12-12", count=21),
    say("duty.due_today", day="2026-11-21"),
    *(
        say("duty.due_in", day=day, count=days)
        for days, day in ((3, "2026-11-24"), (7, "2026-11-28"), (14, "2026-12-05"))
    ),
    *(
        say("duty.due_in", day=day, count=days)
        for days, day in ((21, "2026-12-12"), (28, "2026-12-19"), (30, "2026-12-21"))
    ),
    *(
        say("duty.due_in", day=day, count=days)
        for days, day in ((42, "2027-01-02"), (365, "2027-11-21"))
    ),
    say("duty.due_other"),
)
ME = who("duty.on_duty", chosen=1, staff=STAFF[:1])
CLOCK = field(
    say("duty.clock", now=NOW),
    "choice",
    required=True,
    options=[say("duty.clock_right"), say("duty.clock_wrong")],
    chosen=1,
)
PLACE = field("duty.place", "choice", required=True, options=PLACES, chosen=1)
LIST = field(
    say("duty.list_old", made="2026-11-19", count=2),
    "choice",
    required=True,
    options=[say("duty.list_use"), say("duty.list_leave")],
    chosen=1,
)
DUE = field("duty.due", "choice", required=True, options=DUES, chosen=1)
SESSION_HEAD = say("duty.session", now=NOW)
OPENING = replace(LOCKED, block_list=BlockList(state="old", made="2026-11-19", days=2, cards=8130))
SESSION = on(OPENING, "session", SESSION_HEAD, ME, CLOCK, PLACE, LIST, DUE, at=1)
NO_PLACE = replace(PLACE, chosen=0, shown=plain(""))
SESSION_MEANWHILE = replace(SESSION, form=replace(SESSION.form, meanwhile=say("print.failed")))
SESSION_PLACE = on(OPENING, "session", SESSION_HEAD, ME, CLOCK, NO_PLACE, LIST, DUE, at=1)
SESSION_ASKED = replace(SESSION_PLACE, form=replace(SESSION_PLACE.form, at=2, again=True))
SESSION_DUE = on(OPENING, "session", SESSION_HEAD, ME, CLOCK, PLACE, LIST, DUE, at=4, again=True)
SESSION_TIME = on(
    OPENING,
    "session",
    SESSION_HEAD,
    ME,
    replace(CLOCK, chosen=2, shown=CLOCK.options[1]),
    PLACE,
    LIST,
    DUE,
    field("duty.clock_time", "time", required=True),
    at=5,
    problem=say("clock.how"),
)

CARD = on(
    desk.IDLE,
    "register",
    say("register.headline"),
    field("register.card", "card", required=True),
    detail=say("register.detail"),
)
CARD_USED = replace(CARD, form=replace(CARD.form, problem=say("register.card_used")))


def patron(at: int, *values: str, **more) -> AppState:
    kinds = (
        *(("register.family_name", "text", True), ("register.first_name", "text", True)),
        *(("register.born", "date", True), ("register.phone", "text", False)),
        *(("register.email", "text", False), ("register.post_code", "text", False)),
    )
    given = (*values, *("",) * 6)
    fields = [
        field(
            label,
            kind,
            given[n],
            required=needed,
            spelling=SPELLINGS.get(label.removeprefix("register."), "words"),
            first="1896-11-21" if kind == "date" else "",
            last="2026-11-21" if kind == "date" else "",
        )
        for n, (label, kind, needed) in enumerate(kinds)
    ]
    profile = field(
        "register.profile",
        "choice",
        required=True,
        options=[plain(x) for x in ("Adult", "Juvenile", "Teacher")],
        chosen=1,
    )
    return on(
        desk.IDLE,
        "register_details",
        say("register.headline_card", ending="7771"),
        *fields,
        profile,
        at=at,
        detail=say("register.detail"),
        **more,
    )


NAME = patron(0)
NAME_DOUBTED = patron(1, "Lindqvist", problem=say("form.label_typed"))
UNPRINTED = say(
    "form.meanwhile",
    what=say("print.failed"),
    how=say(
        "print.whose",
        whose=say("visit.card", ending="4417"),
        problem=say("printer.paper_out"),
    ),
)
NAME_MEANWHILE = patron(0, meanwhile=UNPRINTED)
CARD_MEANWHILE = replace(CARD, form=replace(CARD.form, meanwhile=UNPRINTED))
NAME_AGAIN = patron(0, "Lindqvist", "Eva", "1966-04-30", again=True)
BORN = patron(2, "Lindqvist", "Eva")
BORN_WRONG = patron(
    2, "Lindqvist", "Eva", problem=say("form.date_range", first="1896-11-21", last="2026-11-21")
)
PHONE = patron(3, "Lindqvist", "Eva", "1966-04-30")
PHONE_DOUBTED = patron(3, "Lindqvist", "Eva", "1966-04-30", problem=say("form.label_typed"))
EMAIL = patron(4, "Lindqvist", "Eva", "1966-04-30", "+43 (664) 555 0142-17")
POST_CODE = patron(5, "Lindqvist", "Eva", "1966-04-30", "555 0142")
PROFILE = patron(6, "Lindqvist", "Eva", "1966-04-30", "555 0142")

GUEST = on(
    desk.IDLE,
    "guest",
    say("guest.headline"),
    field("guest.name", required=True, value="Ngozi Adebayo-Williams"),
    field("guest.born", "date", first="1896-11-21", last="2026-11-21"),
    field("guest.phone", spelling="phone"),
    at=1,
    detail=say("guest.detail"),
    problem=say("guest.one_of"),
)

KINDS = [plain(x) for x in ("Paperback", "Magazine", "Interlibrary loan", "Board game")]
NONCAT_KIND = on(
    desk.ONLINE,
    "noncat",
    say("noncat.headline"),
    field("noncat.kind", "choice", required=True, options=KINDS),
    field("noncat.count", "number", "1", required=True, most=99),
)
NONCAT_COUNT = on(
    desk.ONLINE,
    "noncat",
    say("noncat.headline"),
    field("noncat.kind", "choice", required=True, options=KINDS, chosen=2),
    field("noncat.count", "number", "1", required=True, most=99),
    at=1,
)

PAPER_DAY = on(
    desk.IDLE,
    "paper",
    say("paper.headline"),
    field("paper.day", "date", "2026-11-21", required=True, first="2020-01-01", last="2026-11-21"),
    field("paper.time", "time", "10:42", required=True),
    detail=say("paper.how"),
)
PAPER_TIME = replace(PAPER_DAY, form=replace(PAPER_DAY.form, at=1))

REASONS = [say(f"override.reason.{x}") for x in ("settled", "list_wrong", "known", "other")]
OVERRIDE = on(
    desk.BLOCKED,
    "override",
    say("override.title", ending="4417"),
    who("override.who", staff=STAFF[:2]),
    pin(),
    field("override.reason", "choice", required=True, options=REASONS),
)
OVERRIDE_PIN = replace(
    OVERRIDE,
    form=replace(
        OVERRIDE.form,
        at=1,
        keyed="•••",
        fields=(who("override.who", 2, STAFF[:2]), *OVERRIDE.form.fields[1:]),
    ),
)
OVERRIDE_REASON = on(
    desk.BLOCKED,
    "override",
    say("override.title", ending="4417"),
    who("override.who", 2, STAFF[:2]),
    pin("••••"),
    field("override.reason", "choice", required=True, options=REASONS),
    at=2,
)

CORRECT = on(
    desk.IDLE,
    "correct",
    say("correct.headline"),
    field("correct.item", "item", "31234000992163", required=True),
    field(say("correct.card", ending="4417"), "card"),
    field(
        "correct.due", "date", "2026-12-12", required=True, first="2016-11-21", last="2036-11-21"
    ),
    detail=say("correct.detail"),
    problem=say("correct.same"),
)
REPORT = on(
    desk.IDLE,
    "report",
    say("report.headline"),
    field("report.line", "line"),
    detail=say("report.how"),
)
FIND = on(desk.IDLE, "find", say("lookback.find"), field("lookback.number", "label", required=True))
UPLOAD_NAME = on(
    desk.IDLE,
    "session_name",
    say("sessions.new"),
    field("sessions.name", value="Northside 2026-11-21", required=True),
    detail=say("sessions.new_detail"),
)

STATES: dict[str, AppState] = {
    "locked": LOCKED,
    "locked-no-staff-file": NO_STAFF_FILE,
    "form-who": WHO,
    "form-who-40": MANY,
    "form-pin": PIN,
    "form-pin-wrong": PIN_WRONG,
    "form-pin-wait": PIN_WAIT,
    "form-pin-checking": CHECKING,
    "form-session": SESSION,
    "form-session-place": SESSION_PLACE,
    "form-session-asked": SESSION_ASKED,
    "form-session-due": SESSION_DUE,
    "form-session-time": SESSION_TIME,
    "form-card": CARD,
    "form-card-used": CARD_USED,
    "form-name": NAME,
    "form-name-doubted": NAME_DOUBTED,
    "form-name-meanwhile": NAME_MEANWHILE,
    "form-card-meanwhile": CARD_MEANWHILE,
    "form-session-meanwhile": SESSION_MEANWHILE,
    "form-name-again": NAME_AGAIN,
    "form-born": BORN,
    "form-born-wrong": BORN_WRONG,
    "form-phone": PHONE,
    "form-phone-doubted": PHONE_DOUBTED,
    "form-email": EMAIL,
    "form-post-code": POST_CODE,
    "form-profile": PROFILE,
    "form-guest": GUEST,
    "form-noncat-kind": NONCAT_KIND,
    "form-noncat-count": NONCAT_COUNT,
    "form-paper-day": PAPER_DAY,
    "form-paper-time": PAPER_TIME,
    "form-override": OVERRIDE,
    "form-override-pin": OVERRIDE_PIN,
    "form-override-reason": OVERRIDE_REASON,
    "form-correct": CORRECT,
    "form-report": REPORT,
    "form-find": FIND,
    "form-upload-name": UPLOAD_NAME,
}
