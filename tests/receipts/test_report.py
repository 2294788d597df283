"""The report of a run on paper: everything a person has to do, as wide as the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.transactions import (
    DUE,
    checkin,
    checkout,
    guest_checkout,
    in_house_use,
    noncat_checkout,
    outcome,
    registration,
    renewal,
)

from drivers.printer.document import Document, Text
from drivers.printer.terminal import draw
from kiosk.desk.afterwards.reports import Report, to_tell
from kiosk.desk.afterwards.runs import Outage, Run
from kiosk.desk.memory import ToSettle
from kiosk.desk.settling import advice
from kiosk.receipts.layout import lay_out
from kiosk.receipts.report import as_text
from kiosk.receipts.settings import ReceiptSettings
from kiosk.receipts.text import width
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.desk.settling.advice import Advice
    from kiosk.desk.transactions import Outcome, Transaction

ZONE = ZoneInfo("Europe/Vienna")
HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 21, 9, 12, tzinfo=ZONE)
LENT = replace(checkout("31234000517860"), at=MORNING + 2 * HOUR)
BACK = replace(checkin("31234000863876"), at=MORNING + 3 * HOUR)
RUN = Run(
    id="r1",
    why="outage",
    began=MORNING + 5 * HOUR,
    since=MORNING,
    waiting=61,
    ended=MORNING + 5.1 * HOUR,
    applied=57,
    refused=2,
    unknown=1,
    left=1,
    to_fix=(LENT.id, "settled", BACK.id),
    kinds={"checkin": 19, "checkout": 40, "registration": 1},
    outages=(Outage(MORNING, MORNING + 5 * HOUR),),
)


def found(transaction: Transaction, said: Outcome, title: str = "") -> tuple[ToSettle, Advice]:
    to_settle = ToSettle(entry="1", transaction=transaction, outcome=said, title=title)
    return to_settle, advice.of("sip2", transaction.kind, said)


REPORT = Report(
    at=MORNING + 6 * HOUR,
    terminal="desk-1",
    library="Northside Branch Library",
    system="sip2",
    run=RUN,
    troubles=(
        found(LENT, outcome(LENT, "refused", words="Patron debarred"), "The Left Hand of Darkness"),
        found(BACK, outcome(BACK, "unknown", code="asked")),
    ),
    settled=1,
    tell=("Westside Consortium \u00b7 555 0123",),
    support="Northside IT \u00b7 555 0199",
)


def laid_out(report: Report, columns: int = 42) -> Document:
    return lay_out(report, columns, Words(), ReceiptSettings())


def said(report: Report) -> str:
    """Give the report as one line, however it was broken."""
    return " ".join(as_text(report, 200, Words()).split())


def test_the_morning_after() -> None:
    assert draw(laid_out(REPORT)) == (
        "┌────────────────────────────────────────────┐\n"
        "│           REPORT: WHAT WAS SENT            │\n"
        "│ Northside Branch Library                   │\n"
        "│ Desk desk-1 · Sat 21 Nov 2026 15:12        │\n"
        "│ ------------------------------------------ │\n"
        "│ Sent after an outage                       │\n"
        "│ Recorded since Sat 21 Nov 09:12            │\n"
        "│ Library offline Sat 21 Nov 09:12 to 14:12  │\n"
        "│ Sending began Sat 21 Nov 14:12             │\n"
        "│ Sending ended Sat 21 Nov 14:18             │\n"
        "│ ------------------------------------------ │\n"
        "│ 57 taken by the library                    │\n"
        "│ 2 refused                                  │\n"
        "│ 1 in doubt: needs a look                   │\n"
        "│ 1 not sent: it waits for one of those      │\n"
        "│ In all 40 checkouts, 19 returns, 1 new     │\n"
        "│ patron                                     │\n"
        "│ ------------------------------------------ │\n"
        "│ To be done: 2 (say exceptions)             │\n"
        "│ Refused Sat 21 Nov 11:12                   │\n"
        "│ Checked out The Left Hand of Darkness ·    │\n"
        "│ card 4417 · due Sat 12 Dec                 │\n"
        "│ 31234000517860                             │\n"
        "│ The library says: “Patron debarred”.       │\n"
        "│ This patron may not borrow there.          │\n"
        "│ The item is out of the house all the same. │\n"
        "│ Put the patron's account right there, then │\n"
        "│ send it again.                             │\n"
        "│                                            │\n"
        "│ In doubt Sat 21 Nov 12:12                  │\n"
        "│ Checked in 31234000863876 · as of Sat 21   │\n"
        "│ Nov                                        │\n"
        "│ The library says no more (asked).          │\n"
        "│ The answer was lost, and the library       │\n"
        "│ system could not say what became of it.    │\n"
        "│ Look there. If it is there, settle it; if  │\n"
        "│ not, send it again.                        │\n"
        "│                                            │\n"
        "│ 1 was settled since.                       │\n"
        "│ ------------------------------------------ │\n"
        "│ MUST BE TOLD of the outage:                │\n"
        "│ Westside Consortium · 555 0123             │\n"
        "│ Read this out on the phone, or mail it:    │\n"
        "│ ------------------------------------------ │\n"
        "│ This is desk desk-1 at Northside Branch    │\n"
        "│ Library.                                   │\n"
        "│ The library system could not be reached    │\n"
        "│ from here on Sat 21 Nov 2026 from 09:12 to │\n"
        "│ 14:12.                                     │\n"
        "│ 60 transactions were sent afterwards: 40   │\n"
        "│ checkouts, 19 returns, 1 new patron.       │\n"
        "│ 3 of them need a person; we see to them    │\n"
        "│ here.                                      │\n"
        "│ 1 more could not be sent yet.              │\n"
        "│ To call us back: Northside IT · 555 0199   │\n"
        "│ ------------------------------------------ │\n"
        "│ When you have told them, give the command  │\n"
        "│ told.                                      │\n"
        "- - - - - - - - - - - 8< - - - - - - - - - - -\n"
    )


def test_what_was_processed_twice_is_not_called_lost() -> None:
    twice = found(BACK, outcome(BACK, "unknown", code="processed-twice"))
    text = said(replace(REPORT, troubles=(twice,)))
    assert "The library system has processed this twice" in text
    assert "lost" not in text


def test_the_text_for_those_who_must_be_told_names_no_patron_and_no_item() -> None:
    text = " ".join(map(Words(), to_tell(REPORT)))
    assert text == (
        "This is desk desk-1 at Northside Branch Library. The library system could not be "
        "reached from here on Sat 21 Nov 2026 from 09:12 to 14:12. 60 transactions were sent "
        "afterwards: 40 checkouts, 19 returns, 1 new patron. 3 of them need a person; we see to "
        "them here. 1 more could not be sent yet. To call us back: Northside IT · 555 0199"
    )


def test_without_trouble_nothing_is_left_to_be_done() -> None:
    well = replace(RUN, applied=60, refused=0, unknown=0, left=0, to_fix=(), outages=())
    text = said(replace(REPORT, run=well, troubles=(), settled=0))
    assert "60 taken by the library In all 40 checkouts, 19 returns, 1 new patron" in text
    assert text.endswith("Nothing is left to be done.")
    assert "told" not in text.lower()


def test_a_run_under_way_tells_how_far_it_is_and_nobody_must_be_told_yet() -> None:
    text = said(replace(REPORT, run=replace(RUN, ended=None)))
    assert "SENDING GOES ON" in text
    assert "60 of 61 sent so far" in text
    assert "MUST BE TOLD" not in text


def test_once_they_know_nobody_is_asked_to_tell_them() -> None:
    text = said(replace(REPORT, told=True))
    assert "Were told of the outage: Westside Consortium" in text
    assert "give the command told" not in text


def test_where_nobody_is_named_the_text_is_there_all_the_same() -> None:
    text = said(replace(REPORT, tell=()))
    assert "Tell whoever looks after the library system." in text
    assert "This is desk desk-1 at Northside Branch Library." in text


def test_where_nothing_is_delivered_it_says_what_waits_to_be_loaded() -> None:
    waits = replace(
        REPORT,
        run=None,
        system="",
        waiting={"checkout": 12, "checkin": 1},
        since=MORNING,
        troubles=(),
        settled=0,
    )
    text = said(waits)
    assert "13 wait here, the oldest since Sat 21 Nov 09:12" in text
    assert (
        "13 transactions wait at this desk to be loaded, the oldest of Sat 21 Nov 2026 09:12: "
        "12 checkouts, 1 return." in text
    )


def test_an_outage_over_night_is_told_with_both_days_and_of_many_the_first_and_the_last() -> None:
    night = Outage(MORNING, MORNING + 24 * HOUR)
    text = said(replace(REPORT, run=replace(RUN, outages=(night,))))
    assert "from Sat 21 Nov 2026 09:12 to Sun 22 Nov 2026 09:12." in text
    many = tuple(Outage(MORNING + n * HOUR, MORNING + (n + 0.5) * HOUR) for n in range(4))
    text = said(replace(REPORT, run=replace(RUN, outages=many)))
    assert "4 times, first on Sat 21 Nov 2026 09:12, last until Sat 21 Nov 2026 12:42." in text


def test_of_a_card_its_ending_alone_is_printed() -> None:
    assert "card 4417" in said(REPORT)
    assert LENT.patron not in said(REPORT)


ANYTHING = (
    checkout("i1"),
    guest_checkout("i2"),
    checkin("i3"),
    renewal("i4", ""),
    in_house_use("i5"),
    noncat_checkout(),
    registration(),
)


@settings(max_examples=60)
@given(
    columns=st.sampled_from([32, 42, 48]),
    what=st.sampled_from(ANYTHING),
    kind=st.sampled_from(["noticed", "refused", "unknown", "by_hand"]),
    text=st.text(max_size=60),
    due=st.sampled_from([None, DUE]),
)
def test_no_line_is_wider_than_the_paper(columns, what, kind, text, due) -> None:  # type: ignore[no-untyped-def] # as given
    code = "due-differs" if due is not None else ""
    said_of_it = outcome(what, kind, words=text, code=code, due=due)
    report = replace(
        REPORT,
        library=text,
        terminal=text,
        tell=(text,),
        support=text,
        troubles=(found(what, said_of_it, text),),
    )
    lines = [x.text for x in laid_out(report, columns).elements if isinstance(x, Text)]
    assert max(map(width, lines)) <= columns


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_on_every_paper_all_of_it_stands_there(columns: int) -> None:
    def words_of(width: int) -> list[str]:
        return as_text(REPORT, width, Words()).replace("-" * width, "").split()

    assert words_of(columns) == words_of(200)
