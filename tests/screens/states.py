"""Hand-made examples of all that can be on show."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.words import say
from kiosk.view.state import (
    Alarm,
    Answer,
    AppState,
    BlockList,
    Clock,
    Device,
    Due,
    DuePreset,
    LastVisit,
    Library,
    Line,
    Patron,
    Question,
    Returned,
    Space,
    Support,
)

TODAY = "2026-11-21"
DUE = "2026-12-12"
LEFT_HAND = "The Left Hand of Darkness"
LONG_TITLE = (
    "The Strange and Wonderful History of the Travelling Libraries of the Northern Islands, "
    "with a Supplement on Their Horses, Boats and Balloons"
)

SCANNER = Device(name="Honeywell 1470g", kind="scanner")
PRINTER = Device(name="Epson TM-T20III", kind="printer")
LIST_OF_TODAY = BlockList(state="fresh", made=TODAY, cards=8216)


def plain(text: str):
    return say("plain.text", text=text)


def line(number: int, item: str, stage: str = "applied", **more: object) -> Line:
    at = f"{TODAY}T10:{41 + number // 60:02}:{number % 60:02}+00:00"
    values: dict[str, object] = {"day": DUE, "at": at} | more
    return Line(id=f"t{number}", number=number, item=item, stage=stage, **values)


IDLE = AppState(
    mode="checkout",
    now=f"{TODAY}T10:42:07+00:00",
    library_name="Northside Branch",
    staff="Ines",
    profile="Circulation",
    role="staff",
    block_list=LIST_OF_TODAY,
    support=Support(name="Library IT", phone="555 0142", email="help@northside.example"),
    due=Due(
        day=DUE,
        default_day=DUE,
        default_days=21,
        presets=(
            DuePreset(days=7, day="2026-11-28"),
            DuePreset(days=14, day="2026-12-05"),
            DuePreset(days=21, day=DUE),
            DuePreset(days=28, day="2026-12-19"),
        ),
    ),
    returned=Returned(day=TODAY, today=TODAY, yesterday="2026-11-20"),
    last_visit=LastVisit(at=f"{TODAY}T10:39:00+00:00", items=5, card_ending="9020"),
    library=Library(state="online"),
    devices=(SCANNER, PRINTER),
    help=Answer(tone="neutral", headline=say("help.checkout_idle"), detail=say("help.online")),
)

CHECKED_OUT = Answer(
    tone="confirmed",
    headline=plain(LEFT_HAND),
    detail=say("confirmed.checkout"),
    aside=say("plain.day", day=DUE),
    aside_label=say("answer.due"),
)
ONLINE = replace(
    IDLE,
    answer=CHECKED_OUT,
    patron=Patron(card_ending="4417", name="Maya Okafor"),
    lines=(
        line(3, "31234000517861", title=LEFT_HAND),
        line(2, "31234000448204", title="Braiding Sweetgrass"),
        line(1, "31234000992163", title="Spirited Away (DVD)", day="2026-11-28"),
    ),
    items=3,
)

OFFLINE = replace(
    IDLE,
    answer=Answer(
        tone="recorded",
        mono=True,
        headline=plain("31234000517861"),
        detail=say("recorded.later"),
        aside=say("plain.day", day=DUE),
        aside_label=say("answer.due"),
    ),
    patron=Patron(card_ending="4417"),
    lines=(
        line(3, "31234000517861", "recorded"),
        line(2, "31234000448204", "recorded"),
        line(1, "31234000992163", "recorded", day="2026-11-28"),
    ),
    items=3,
    library=Library(state="offline", waiting=214, reason=plain("No answer from 10.4.0.12.")),
)

REFUSED = replace(
    ONLINE,
    answer=Answer(
        tone="not_taken",
        headline=say("refused.checkout"),
        detail=plain("On hold for another patron. Keep it at the desk."),
    ),
    lines=(
        line(
            4,
            "31234000610337",
            "refused",
            title="Parable of the Sower",
            note=plain("On hold for another patron. Keep it at the desk."),
        ),
        *ONLINE.lines,
    ),
    library=Library(state="online", to_fix=3),
)

AWAY = Library(state="offline", waiting=214)

BLOCKED = replace(
    IDLE,
    answer=Answer(
        tone="not_taken",
        headline=say("block.lost"),
        detail=say("block.lost_detail", made=TODAY, ending="4417"),
    ),
    library=AWAY,
)

BLOCKED_ASKED = replace(
    BLOCKED,
    question=Question(
        headline=say("block.lost"),
        detail=say("block.lost_detail", made=TODAY, ending="4417"),
        yes=say("override.yes"),
        no=say("override.no"),
        rather="no",
    ),
)

LISTED_ONLINE = replace(
    IDLE,
    answer=Answer(
        tone="look",
        headline=say("block.asking"),
        detail=say("block.asking_detail", made=TODAY, ending="4417"),
    ),
    patron=Patron(card_ending="4417", note=say("block.barred_note", made=TODAY)),
)

DELINQUENT = replace(
    IDLE,
    answer=Answer(
        tone="look",
        headline=say("block.delinquent"),
        detail=say("block.delinquent_note", made="2026-11-19"),
    ),
    patron=Patron(card_ending="4417", note=say("block.delinquent_note", made="2026-11-19")),
    library=AWAY,
    block_list=BlockList(state="old", made="2026-11-19", days=2, cards=8130),
)

LIST_TOO_OLD = replace(
    IDLE,
    library=Library(state="offline", waiting=214, to_fix=2),
    block_list=BlockList(
        state="too_old",
        made="2026-11-12",
        days=9,
        cards=8130,
        trouble=say("blocklist.login_refused", host="evergreen.example.org"),
    ),
)

ADVISED = replace(
    ONLINE,
    patron=Patron(
        card_ending="4417",
        name="Maya Okafor",
        note=plain("Fines above the limit. Ask the patron to settle them."),
    ),
)

STAGES = replace(
    OFFLINE,
    answer=Answer(
        tone="look",
        headline=plain(LONG_TITLE),
        detail=say("noticed.due_differs", due="2026-12-05"),
        aside=say("plain.day", day="2026-12-05"),
        aside_label=say("answer.due"),
    ),
    lines=(
        line(7, "31234000771902", "recording"),
        line(
            6,
            "31234000610337",
            "noticed",
            title=LONG_TITLE,
            day="2026-12-05",
            note=say("noticed.look"),
        ),
        line(5, "31234000229481", "voided", title="Kindred", note=say("line.undone")),
        line(4, "31234000118823", "unknown"),
        line(3, "31234000517861", "not_taken", note=say("scan.isbn")),
        *ONLINE.lines[1:],
    ),
    items=5,
    library=Library(state="connecting", waiting=3),
)

JUST_OPENED = replace(
    IDLE,
    answer=Answer(
        tone="neutral", headline=say("visit.opened"), detail=say("visit.card", ending="4417")
    ),
    patron=Patron(card_ending="4417", name="Maya Okafor"),
)

JUST_CLOSED = replace(
    IDLE,
    answer=Answer(
        tone="confirmed",
        headline=say("done.lent", count=3),
        detail=plain("The receipt is printing."),
    ),
    last_visit=LastVisit(at=f"{TODAY}T10:42:00+00:00", items=3, card_ending="4417"),
)

CLOSING = replace(ONLINE, closing=True)

CHECKIN_IDLE = replace(IDLE, mode="checkin")

RETURNS = tuple(
    line(n, item, "recorded", day="2026-11-20")
    for n, item in (
        (4, "31234000771902"),
        (3, "31234000610337"),
        (2, "31234000229481"),
        (1, "31234000118823"),
    )
)
BOOKDROP = replace(
    OFFLINE,
    mode="checkin",
    answer=None,
    patron=None,
    returned=Returned(day="2026-11-20", today=TODAY, yesterday="2026-11-20"),
    lines=RETURNS,
    items=4,
    keep_off_shelves=True,
)
BOOKDROP_ANSWERED = replace(
    BOOKDROP,
    answer=Answer(
        tone="recorded",
        mono=True,
        headline=plain("31234000771902"),
        detail=say("recorded.returned_later"),
        aside=say("plain.day", day="2026-11-18"),
        aside_label=say("answer.returned"),
    ),
    returned=Returned(day="2026-11-18", today=TODAY, yesterday="2026-11-20"),
    lines=(replace(RETURNS[0], day="2026-11-18"), *RETURNS[1:]),
)
CHECKIN_ONLINE = replace(
    IDLE,
    mode="checkin",
    answer=Answer(
        tone="look",
        headline=plain("Braiding Sweetgrass"),
        detail=plain("On hold here. Put it on the hold shelf for card ending 2210."),
    ),
    lines=(
        line(
            2,
            "31234000448204",
            "noticed",
            title="Braiding Sweetgrass",
            day=TODAY,
            note=plain("Hold shelf, card ending 2210"),
        ),
        line(1, "31234000517861", title=LEFT_HAND, day=TODAY),
    ),
    items=2,
)

QUESTION = replace(
    ONLINE,
    question=Question(
        headline=say("doubt.headline", number="31234000517862"),
        detail=say("scan.check_digit"),
        yes=say("doubt.yes_item"),
        no=say("doubt.no"),
        rather="no",
    ),
)

QUESTION_FIRST = replace(
    IDLE,
    answer=Answer(
        tone="look", headline=QUESTION.question.headline, detail=QUESTION.question.detail
    ),
    question=QUESTION.question,
)

ALARM = replace(
    ONLINE,
    alarm=Alarm(reason="no space left on the data partition", safe_until=f"{TODAY}T10:42:07+00:00"),
)

TROUBLED = replace(
    IDLE,
    devices=(
        replace(SCANNER, problem=plain("Unplugged. Plug it in again, or type numbers.")),
        replace(PRINTER, problem=plain("Out of paper. Put in a new roll.")),
    ),
    library=Library(state="offline", waiting=1214, to_fix=12),
    library_name="Northside and Harbour Street Branch Library",
)

LONG = replace(
    ONLINE,
    answer=replace(CHECKED_OUT, headline=plain(LONG_TITLE)),
    patron=Patron(
        card_ending="4417", name="Maximiliane Oluwaseun Featherstonehaugh-Okafor of Westerhaven"
    ),
    lines=(line(4, "31234000771902", title=LONG_TITLE), *ONLINE.lines),
    due=replace(IDLE.due, day="2027-01-20"),
    items=4,
)

MANY = replace(
    OFFLINE,
    lines=tuple(line(n, f"3123400{n:07}", "recorded") for n in range(200, 0, -1)),
    items=200,
)

LOW_ON_SPACE = replace(
    ONLINE,
    space=Space(
        state="low",
        headline=say("space.low", percent=14),
        lasting=say("space.lasts", transactions=2300, count=4),
    ),
)
SHORT_OF_SPACE = replace(
    OFFLINE,
    space=Space(
        state="short",
        headline=say("space.short", percent=0),
        lasting=say("space.lasts_no_day", count=310),
    ),
    library=replace(OFFLINE.library, to_fix=3),
)

NO_PRINTER = replace(ONLINE, devices=(SCANNER,))

TIME_UNCONFIRMED = replace(OFFLINE, clock=Clock(state="unconfirmed"))
TIME_WRONG = replace(
    IDLE,
    now="2026-11-20T17:56:00+00:00",
    clock=Clock(state="wrong", latest="2026-11-20T17:55:12+00:00"),
)

OVERRIDABLE = replace(
    OFFLINE,
    patron=Patron(
        card_ending="4944",
        name="Jonas Weber",
        note=plain("Card blocked since 12 Nov: two items unpaid. Please ask at the desk."),
        overridable=True,
    ),
    lines=OFFLINE.lines[:1],
    items=1,
)

STATES: dict[str, AppState] = {
    "checkout-idle": IDLE,
    "checkout-online": ONLINE,
    "checkout-offline": OFFLINE,
    "checkout-refused": REFUSED,
    "checkout-opened": JUST_OPENED,
    "checkout-closed": JUST_CLOSED,
    "checkout-closing": CLOSING,
    "checkout-stages": STAGES,
    "checkout-long": LONG,
    "checkout-many": MANY,
    "checkout-no-printer": NO_PRINTER,
    "patron-blocked": BLOCKED,
    "patron-blocked-asked": BLOCKED_ASKED,
    "patron-listed-online": LISTED_ONLINE,
    "patron-delinquent": DELINQUENT,
    "block-list-too-old": LIST_TOO_OLD,
    "patron-advised": ADVISED,
    "patron-overridable": OVERRIDABLE,
    "checkin-idle": CHECKIN_IDLE,
    "checkin-bookdrop": BOOKDROP,
    "checkin-bookdrop-answered": BOOKDROP_ANSWERED,
    "checkin-online": CHECKIN_ONLINE,
    "question": QUESTION,
    "question-first": QUESTION_FIRST,
    "alarm": ALARM,
    "devices-troubled": TROUBLED,
    "time-unconfirmed": TIME_UNCONFIRMED,
    "time-wrong": TIME_WRONG,
    "disk-low": LOW_ON_SPACE,
    "disk-short": SHORT_OF_SPACE,
}
