"""What was handed over in files: somebody says that one was loaded, or that it is lost."""

from __future__ import annotations

from datetime import timedelta

from support.desk_script import MORNING, Day, rows

from kiosk.desk import effects, events
from kiosk.desk.batches.standing import HandedFile
from kiosk.words import Words

FIRST = HandedFile(batch="b1", name="koc-desk-1-1.koc", where="/srv/out", at=MORNING, count=120)
SECOND = HandedFile(
    batch="b2",
    name="koc-desk-1-2.koc",
    where="/srv/out",
    at=MORNING + timedelta(hours=2),
    count=3,
    times=2,
)


def a_day(*files: HandedFile, system: str = "files") -> Day:
    day = Day(system=system)
    day.disk.files = list(files)
    return day


def put(day: Day) -> list[effects.Effect]:
    return [x for x in day.waiting if isinstance(x, effects.ConfirmFile | effects.WriteFileAgain)]


def test_the_list_says_what_went_where_and_when() -> None:
    day = a_day(FIRST, SECOND)
    day.presses("handed")
    assert rows(day) == [
        "koc-desk-1-1.koc · 120 transactions · written Sat 21 Nov 10:42 · /srv/out",
        "koc-desk-1-2.koc · 3 transactions · written 2 times, last Sat 21 Nov 12:42 · /srv/out",
    ]


def test_where_there_is_nothing_that_is_said() -> None:
    day = a_day()
    day.presses("handed")
    assert day.answer[1] == "handed.none"


def test_one_is_confirmed_by_somebody_who_is_sure() -> None:
    day = a_day(FIRST, SECOND)
    day.presses("handed", "choose:1", "choose:1")
    assert day.answer[1] == "handed.sure_confirm_file"
    assert not put(day)
    day.presses("yes")
    [fact] = put(day)
    assert isinstance(fact, effects.ConfirmFile)
    assert (fact.batch, fact.by) == ("b1", "Ines")
    day.disk_syncs()
    assert day.answer[1] == "handed.confirmed"
    day.presses("handed")
    assert len(rows(day)) == 1


def test_what_is_confirmed_is_off_the_list_on_show() -> None:
    day = a_day(FIRST, SECOND)
    day.presses("handed", "choose:1", "choose:1", "yes")
    day.disk_syncs()
    listing = day.desk.state.listing
    assert listing is not None
    assert listing.entries == ("b2",)
    assert listing.headline.args == {"count": 1}
    assert [row.stage for row in listing.rows] == ["recorded"]


def test_no_leaves_it() -> None:
    day = a_day(FIRST)
    day.presses("handed", "choose:1", "choose:1", "no")
    assert day.answer[1] == "handed.left"
    assert not put(day)


def test_one_that_is_lost_is_written_again_and_it_is_said_that_it_was_before() -> None:
    day = a_day(FIRST)
    day.presses("handed", "choose:1", "choose:2")
    answer = day.desk.state.answer
    assert answer is not None
    assert answer.detail is not None
    said = Words()(answer.detail)
    assert "Sat 21 Nov 10:42, to /srv/out." in said
    day.presses("yes")
    [fact] = put(day)
    assert isinstance(fact, effects.WriteFileAgain)
    day.disk_syncs()
    assert day.answer[1] == "handed.again"


def test_what_went_into_a_queue_is_not_put_there_twice() -> None:
    day = a_day(FIRST, system="koha")
    day.presses("handed", "choose:1")
    form = day.desk.state.form
    assert form is not None
    assert [option.value for option in form.field.options] == ["confirm_file"]


def test_nothing_is_decided_while_nothing_is_recorded() -> None:
    day = a_day(FIRST)
    day.presses("handed", "choose:1", "choose:1")
    day.desk.handle(events.RecordFailed(day.now, frozenset(), "disk full"))
    day.presses("yes")
    assert not put(day)
