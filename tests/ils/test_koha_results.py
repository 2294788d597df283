"""What Koha's words mean, and that each that needs a person finds its advice."""

from __future__ import annotations

import pytest
from support.transactions import NOW, checkin, checkout

from kiosk.desk.settling import advice
from kiosk.desk.transactions import Outcome
from kiosk.ils.koha import results

LOAN, RETURN = checkout("31234000012349"), checkin("31234000012349")


def said(words: str) -> Outcome | None:
    return results.of_words(LOAN, words, NOW)


def plugin(status: str, words: str = "", *, pending: bool = False) -> Outcome | None:
    return results.of_plugin(LOAN, status, words, NOW, pending=pending)


def kind(outcome: Outcome | None) -> str:
    return "queued" if outcome is None else outcome.kind


class TestWords:
    def test_success_is_applied_without_words(self) -> None:
        assert said("Success.\n") == Outcome(transaction=LOAN.id, kind="applied", at=NOW)

    def test_added_is_in_the_queue(self) -> None:
        assert said("Added.") is None

    @pytest.mark.parametrize(
        "words",
        ["Borrower not found.", "Barcode not found.", "Item not found.", "Item not issued."],
    )
    def test_what_was_not_found_is_refused(self, words: str) -> None:
        outcome = said(words)

        assert outcome is not None
        assert (outcome.kind, outcome.words) == ("refused", words)

    def test_words_that_nobody_foresaw_are_a_refusal_and_shown(self) -> None:
        outcome = said("DBI connect failed:\n too many connections " + "x" * 5000)

        assert outcome is not None
        assert outcome.kind == "refused"
        assert outcome.words.startswith("DBI connect failed: too many connections")
        assert len(outcome.words) == 300

    @pytest.mark.parametrize("words", ["Success", "success.", "Success. Added."])
    def test_what_only_looks_like_success_is_none(self, words: str) -> None:
        assert kind(said(words)) == "refused"

    @pytest.mark.parametrize("words", ["", "S", "Succ", "Item not ", "Added"])
    def test_the_beginning_of_an_answer_is_none(self, words: str) -> None:
        assert results.broke_off(words)

    @pytest.mark.parametrize("words", ["Success.", "Added.", "Item not issued.", "Success. Not."])
    def test_a_whole_answer_is_one(self, words: str) -> None:
        assert not results.broke_off(words)

    def test_where_a_return_goes_a_person_has_to_look(self) -> None:
        outcome = results.of_words(RETURN, "Success.", NOW)

        assert outcome is not None
        assert outcome.route == "ask"


class TestPlugin:
    @pytest.mark.parametrize(
        ("status", "words", "becomes"),
        [
            ("processed", "Success.", "applied"),
            ("processed", "", "applied"),
            ("processed", "Item not issued.", "refused"),
            ("queued", "Added.", "queued"),
            ("error", "Borrower not found.", "refused"),
            ("error", "", "refused"),
            ("skipped", "Already processed: Success.", "applied"),
            ("skipped", "Already processed: 2026-07-22T14:15:30Z issue 312340", "applied"),
            ("skipped", "", "applied"),
            ("skipped", "Already processed: Added.", "queued"),
            ("skipped", "Already processed: Item not found.", "refused"),
            ("done", "Success.", "unknown"),
            ("", "", "unknown"),
        ],
    )
    def test_each_status(self, status: str, words: str, becomes: str) -> None:
        assert kind(plugin(status, words)) == becomes

    def test_what_is_skipped_on_its_way_to_the_queue_is_there(self) -> None:
        assert plugin("skipped", "Already processed: 0815", pending=True) is None

    def test_what_is_skipped_because_staff_have_processed_it_is_applied(self) -> None:
        assert kind(plugin("skipped", "Already processed: Success.", pending=True)) == "applied"


class TestOvertaken:
    """A batch that was loaded again."""

    def test_what_was_there_although_what_goes_before_it_is_new_is_in_doubt(self) -> None:
        assert results.overtaken([(RETURN, "processed"), (LOAN, "skipped")]) == {LOAN.id}

    @pytest.mark.parametrize(
        "statuses",
        [
            ("skipped", "skipped"),
            ("skipped", "processed"),
            ("processed", "processed"),
            ("error", "skipped"),
        ],
    )
    def test_else_nothing_is(self, statuses: tuple[str, str]) -> None:
        assert not results.overtaken(list(zip((RETURN, LOAN), statuses, strict=True)))

    def test_nor_is_another_item(self) -> None:
        assert not results.overtaken([(checkin("31234000055555"), "processed"), (LOAN, "skipped")])

    def test_it_has_its_advice(self) -> None:
        found = advice.of("koha", "checkout", results.unknown(LOAN, NOW, "out-of-order"))

        assert (found.fault, found.todo) == ("overtaken", "look_there")


@pytest.mark.parametrize(
    ("words", "fault", "todo"),
    [
        ("Borrower not found.", "patron_unknown", "find_patron"),
        ("Barcode not found.", "item_unknown", "find_item"),
        ("Item not found.", "item_unknown", "find_item"),
        ("Item not issued.", "not_on_loan", "nothing"),
    ],
)
def test_each_refusal_has_its_advice(words: str, fault: str, todo: str) -> None:
    outcome = said(words)

    assert outcome is not None
    found = advice.of("koha", "checkout", outcome)
    assert (found.fault, found.todo) == (fault, todo)


def test_what_went_into_the_queue_unasked_has_its_advice() -> None:
    found = advice.of("koha", "checkout", results.queued(LOAN, NOW))

    assert (found.fault, found.todo) == ("queued", "process_queue")


def test_what_nobody_can_find_out_has_its_advice() -> None:
    found = advice.of("koha", "checkout", results.unknown(LOAN, NOW))

    assert (found.fault, found.todo) == ("no_answer", "look_there")
