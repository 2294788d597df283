"""What the library says of a patron: why nothing may be lent, and how much is out and owed."""

from __future__ import annotations

from support.desk_script import JONAS, MAYA, Day

from kiosk.desk.words import say
from kiosk.words import Words

WORDS = Words()


def told(day: Day) -> str:
    """What those read who follow the desk line by line, last."""
    answer = day.told[-1]
    return " | ".join(WORDS(x) for x in (answer.headline, answer.detail) if x is not None)


def note(day: Day) -> str:
    visit = day.desk.state.visit
    assert visit is not None
    return "" if visit.note is None else WORDS(visit.note)


def about(day: Day) -> list[str]:
    visit = day.desk.state.visit
    assert visit is not None
    return [WORDS(phrase) for phrase in visit.about]


def test_what_is_out_overdue_on_hold_and_owed_is_told_in_one_quiet_line() -> None:
    day = Day()
    day.scans(MAYA)
    before = day.answer
    day.library_knows(MAYA, "Maya", charged=3, overdue=1, holds=2, fines="4.50 EUR")

    assert told(day) == "Maya | 3 items out · 1 overdue · 2 holds · owes 4.50 EUR"
    assert about(day) == ["3 items out", "1 overdue", "2 holds", "owes 4.50 EUR"]
    assert (day.answer, note(day)) == (before, "")


def test_what_is_nought_or_not_said_is_not_told() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya", charged=0, overdue=None)

    assert (told(day), about(day)) == ("Maya", [])


def test_a_patron_without_a_name_is_told_by_the_ending_of_the_card() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, charged=1)

    assert told(day) == "Card ending 4417 | 1 item out"


def test_nothing_known_is_nothing_told() -> None:
    day = Day()
    day.scans(MAYA)
    before = len(day.told)
    day.library_knows(MAYA)

    assert len(day.told) == before


def test_a_patron_who_may_borrow_may_be_denied_something_else_and_told_something() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya", blocks=("renewal_denied",), words="Card expires soon.")

    assert about(day) == ["May not renew", "the library says: Card expires soon."]
    assert note(day) == ""


def test_the_librarys_own_words_say_best_why_nothing_may_be_lent() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, refuses="Debarred.", blocks=("charging_denied",), charged=2)

    assert (note(day), about(day)) == ("Debarred.", ["2 items out"])


def test_without_words_the_blocks_say_it_and_the_sum_of_them_only_where_it_is_alone() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, refuses="", blocks=("charging_denied", "too_many_overdue", "fines"))
    both = note(day)
    day.library_knows(MAYA, refuses="", blocks=("charging_denied",))

    assert both == (
        "Too many items overdue · Owes too much in fines. Look the patron up in the library system."
    )
    assert note(day) == "May not borrow. Look the patron up in the library system."


def test_without_either_it_is_said_that_no_reason_was_given() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, refuses="")

    assert note(day) == WORDS(say("patron.blocked"))


def test_of_another_card_than_the_one_at_the_desk_nothing_is_told() -> None:
    day = Day()
    day.scans(MAYA)
    before = len(day.told)
    day.library_knows(JONAS, "Jonas", charged=5)

    assert (len(day.told), about(day)) == (before, [])


def test_a_crash_brings_back_the_same_line() -> None:
    day = Day()
    day.scans(MAYA)
    day.library_knows(MAYA, "Maya", charged=3)
    day.disk_syncs()
    day.is_killed()

    assert about(day) == ["3 items out"]
