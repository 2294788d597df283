"""Lists as libraries give them out, and what comes in their place."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.blocklists import JONAS, MAYA

from kiosk.daybook.blocklist import formats
from kiosk.daybook.blocklist.errors import BlockListError
from kiosk.daybook.blocklist.file import BIT
from kiosk.daybook.blocklist.settings import CsvSettings, ListSettings
from kiosk.desk.checks.blocklist import STATUSES
from kiosk.desk.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk.checks.blocklist import Status

EVERGREEN = ListSettings()
BARCODES = ListSettings(format="barcodes")
TABLE = ListSettings(format="csv", csv=CsvSettings(barcode="card", status="why"))


def read(content: bytes, settings: ListSettings = EVERGREEN) -> list[tuple[str, Status]]:
    """Read a list whole, and refuse it where it is none."""
    return counted(content, settings)[0]


def counted(
    content: bytes, settings: ListSettings = EVERGREEN
) -> tuple[list[tuple[str, Status]], formats.Tally]:
    tally = formats.Tally(formats.Looks(settings.cards))
    blocks = formats.blocks_of(io.BytesIO(content), settings.encoding)
    found = [
        (card, next(s for s in STATUSES if BIT[s] == bits))
        for cards, statuses in formats.batches(blocks, settings, tally)
        for card, bits in zip(cards, statuses, strict=True)
    ]
    tally.check()
    return found, tally


def refusal(content: bytes, settings: ListSettings = EVERGREEN) -> str:
    """Give the key of what is said of a list that is not taken."""
    with pytest.raises(BlockListError) as caught:
        read(content, settings)
    return caught.value.phrase.key


# -- Evergreen ---------------------------------------------------------------------------------


def test_evergreens_letters() -> None:
    assert read(b"1 L\n2 E\n3 B\n4 D\n") == [
        ("1", "lost"),
        ("2", "expired"),
        ("3", "barred"),
        ("4", "delinquent"),
    ]


def test_a_barcode_may_have_blanks_after_it() -> None:
    assert read(b"1   L\nA-2  E\n") == [("1", "lost"), ("A-2", "expired")]


def test_a_card_may_come_several_times_and_with_several_letters() -> None:
    assert read(b"1 D\n1 B\n1 D\n") == [("1", "delinquent"), ("1", "barred"), ("1", "delinquent")]


def test_the_site_says_what_its_letters_mean() -> None:
    settings = ListSettings(statuses={"D": "blocked", "x": "expired", "Z": "ignore"})
    assert read(b"1 D\n2 X\n3 Z\n4 L\n", settings) == [
        ("1", "blocked"),
        ("2", "expired"),
        ("4", "lost"),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_may_end_in_any_way(end: bytes, last: bool) -> None:
    content = end.join([b"1 L", b"2 E"]) + (end if last else b"")
    assert read(content) == [("1", "lost"), ("2", "expired")]


def test_the_mark_of_an_editor_and_empty_lines_are_passed_over() -> None:
    found, tally = counted(b"\xef\xbb\xbf1 L\n\n   \n2 E\n\n")
    assert found == [("1", "lost"), ("2", "expired")]
    assert (tally.lines, tally.unreadable) == (2, 0)


@given(
    st.lists(
        st.tuples(st.text("0123456789AZ-", min_size=1, max_size=16), st.sampled_from("LEBD")),
        min_size=1,
        max_size=200,
    ),
    st.integers(1, 64),
)
def test_every_line_is_read_wherever_the_blocks_end(lines, chunk) -> None:
    content = "".join(f"{card} {letter}\n" for card, letter in lines).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "CHUNK", chunk)
        assert read(content) == [(c, formats.EVERGREEN[x.lower()]) for c, x in lines]


def test_a_line_broken_in_two_is_not_taken_for_another_card() -> None:
    content = "".join(f"{n} L\n" for n in range(100)) + "555\n L\n"
    found, tally = counted(content.encode())
    assert ("555", "lost") not in found
    assert tally.unreadable == 2


# -- tables and plain numbers ------------------------------------------------------------------


def test_a_table_with_names_over_its_columns() -> None:
    content = b'name,Card,why\n"Okafor, Maya",21234000094417,Lost card\nJonas,A-7,BARRED\n'
    assert read(content, TABLE) == [(MAYA, "lost"), ("A-7", "barred")]


def test_a_table_without_names_over_its_columns() -> None:
    csv = CsvSettings(header=False, delimiter=";", barcode="2", status="1")
    settings = ListSettings(format="csv", csv=csv, encoding="latin-1")
    assert read("expired;1;Jürgen\r\nlost;2;x".encode("latin-1"), settings) == [
        ("1", "expired"),
        ("2", "lost"),
    ]


def test_a_table_without_statuses_gives_all_cards_the_same() -> None:
    csv = CsvSettings(barcode="card")
    settings = ListSettings(format="csv", csv=csv, default_status="delinquent")
    assert read(b"card\n1\n2\n", settings) == [("1", "delinquent"), ("2", "delinquent")]


def test_a_table_without_the_column_is_refused() -> None:
    assert refusal(b"number,why\n1,lost\n", TABLE) == "blocklist.no_column"
    assert refusal(b"card\n1\n", TABLE) == "blocklist.no_column"


def test_a_short_row_is_left_out() -> None:
    found, tally = counted(b"name,card,why\na,1,lost\nb,2,lost\nc\nd,4,lost\n", TABLE)
    assert found == [("1", "lost"), ("2", "lost"), ("4", "lost")]
    assert (tally.lines, tally.unreadable, tally.first) == (4, 1, 4)


def test_a_row_that_never_ends_does_not_eat_the_memory() -> None:
    content = b'name,card,why\n"' + b"x\n" * 200_000
    assert refusal(content, TABLE) == "blocklist.stray_quote"


def test_a_stray_quote_does_not_swallow_the_cards_after_it() -> None:
    rows = [b"a,%d,lost" % n for n in range(1000)]
    rows[500] = b'"a,500,lost'
    with pytest.raises(BlockListError) as caught:
        read(b"\n".join([b"name,card,why", *rows]), TABLE)
    assert caught.value.phrase == say("blocklist.stray_quote", line=502)
    assert refusal(b'"name,card,why\na,1,lost\n', TABLE) == "blocklist.stray_quote"


def test_quotes_around_any_field_are_no_part_of_it() -> None:
    content = b'\xef\xbb\xbf"name";"card";"why"\r\n"Jo ""J"" Okafor";"21234000094417";"lost"\r\n'
    settings = replace(TABLE, csv=replace(TABLE.csv, delimiter=";"))
    assert read(content, settings) == [(MAYA, "lost")]


def test_one_number_on_each_line() -> None:
    settings = ListSettings(format="barcodes", default_status="barred")
    content = f"{MAYA}\n {JONAS} \nA-7\n".encode()
    assert read(content, settings) == [(MAYA, "barred"), (JONAS, "barred"), ("A-7", "barred")]


@given(st.lists(st.sampled_from([MAYA, "007", "1" * 18, "A-7", "12 34", "\uff11", "", " 5 "])))
def test_a_line_is_read_alike_whatever_the_others_are(lines: list[str]) -> None:
    """Lines of digits alone are read at once, all others one by one."""
    settings = ListSettings(format="barcodes")
    cards = [line.strip() for line in lines if line.strip() and line != "12 34"]
    unreadable = lines.count("12 34")
    assume(cards and unreadable < len(cards))
    got, tally = counted("\n".join(lines).encode(), settings)
    assert [card for card, _ in got] == cards
    assert (tally.lines, tally.unreadable) == (len(cards) + unreadable, unreadable)


# -- what does not look like cards -------------------------------------------------------------

OURS = (r"2\d{13}", r"P\d{4}")


@pytest.mark.parametrize(
    ("line", "like"),
    [
        ("root:x:0:0:root:/root:/bin/bash", "aaaa:a:9:9:aaaa:/aaaa:/aaa/aaa"),
        ("Okafor", "aaaaaa"),
        ("2123400009441", "9" * 13),
        ("31234000094417", "9" * 14),
    ],
)
def test_what_mostly_does_not_look_like_cards_is_refused_with_what_it_looks_like(
    line: str, like: str
) -> None:
    content = "\n".join([MAYA, line, line, "P1234", line, ""]).encode()
    with pytest.raises(BlockListError) as caught:
        read(content, replace(BARCODES, cards=OURS))
    assert caught.value.phrase == say("blocklist.unlike_cards", share=60, line=2, like=like)


@pytest.mark.parametrize("settings", [BARCODES, EVERGREEN])
def test_in_a_long_list_some_of_the_cards_are_looked_at(settings: ListSettings) -> None:
    end = " L\n" if settings is EVERGREEN else "\n"
    ours = replace(settings, cards=OURS)
    wrong = "".join(f"3{n:013d}{end}" for n in range(30_000)).encode()
    right = wrong.replace(b"30000", b"20000")
    assert refusal(wrong, ours) == "blocklist.unlike_cards"
    assert refusal(right[: len(right) // 3] + wrong, ours) == "blocklist.unlike_cards"
    assert len(read(right, ours)) == 30_000


def test_columns_that_were_swapped_are_refused() -> None:
    content = b"why,card\n" + b"21234000094417,lost\n" * 30
    settings = replace(TABLE, cards=OURS, csv=CsvSettings(barcode="card"))
    assert refusal(content, settings) == "blocklist.unlike_cards"


def test_cards_of_some_other_library_are_taken_too() -> None:
    settings = replace(BARCODES, cards=OURS)
    assert len(read(f"{MAYA}\n{JONAS}\nA-77\n".encode(), settings)) == 3


@pytest.mark.parametrize("number", ["2.1234E+13", "2,12340000944E+13", "2E+13"])
def test_a_number_that_a_spreadsheet_has_shortened_refuses_the_list(number: str) -> None:
    content = f"card;why\n{MAYA};lost\n{number};lost\n{JONAS};lost\n".encode()
    settings = replace(TABLE, csv=replace(TABLE.csv, delimiter=";"))
    with pytest.raises(BlockListError) as caught:
        read(content, settings)
    assert caught.value.phrase == say("blocklist.spreadsheet", line=3)


@pytest.mark.parametrize("cut", [2, 3, 6])
@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        (BARCODES, [MAYA, JONAS, MAYA]),
        (EVERGREEN, [f"{MAYA} L", f"{JONAS} E", f"{MAYA} B"]),
        (TABLE, ["why,card", f"lost,{JONAS}", f"lost,{MAYA}"]),
    ],
)
def test_a_last_line_without_an_end_has_to_be_as_long_as_the_others(
    tmp_path: Path, settings: ListSettings, lines: list[str], cut: int
) -> None:
    def read_from_disk(content: str) -> None:
        (tmp_path / "list").write_text(content)
        with (tmp_path / "list").open("rb") as file:
            tally = formats.Tally()
            list(formats.batches(formats.blocks_of(file, "utf-8"), settings, tally))
            tally.check(ended=formats.ends_whole(file))

    whole = "\n".join([*lines[:-1], *lines[1:-1] * 5, lines[-1]])
    read_from_disk(whole)
    read_from_disk(whole + "\r\n")
    with pytest.raises(BlockListError) as caught:
        read_from_disk(whole[:-cut])
    assert caught.value.phrase == say("blocklist.half_a_line", line=whole.count("\n") + 1)


# -- what is no list ---------------------------------------------------------------------------

SOUND = b"".join(b"%d L\n" % n for n in range(1000))


@pytest.mark.parametrize("settings", [EVERGREEN, BARCODES])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"   ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes, settings: ListSettings) -> None:
    assert refusal(content, settings) == "blocklist.empty"


@pytest.mark.parametrize("settings", [EVERGREEN, BARCODES, TABLE])
def test_a_login_page_is_refused_as_one(settings: ListSettings) -> None:
    page = b"\r\n<!DOCTYPE html>\n<html><body>Please log in</body></html>\n"
    assert refusal(page, settings) == "blocklist.web_page"


@pytest.mark.parametrize("settings", [EVERGREEN, BARCODES])
def test_noise_is_refused(settings: ListSettings) -> None:
    assert refusal(bytes(range(256)) * 50, settings) == "blocklist.not_text"
    assert refusal("1 L\n2 E\n".encode("utf-16"), settings) == "blocklist.not_text"
    assert refusal(bytes(range(128, 256)) * 50, settings) == "blocklist.unreadable"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "cp500"])
def test_a_list_may_be_in_any_encoding_of_text(encoding: str) -> None:
    content = f"{MAYA} L\n{JONAS} E\n".encode(encoding)
    assert len(read(content, replace(EVERGREEN, encoding=encoding))) == 2


@pytest.mark.parametrize("encoding", ["idna", "punycode", "undefined", "hex", "utf-32", "utf-16"])
def test_an_encoding_that_does_not_fit_is_a_refusal_like_any_other(encoding: str) -> None:
    for content in (SOUND, bytes(range(256)) * 50, b"\xff"):
        assert refusal(content, replace(EVERGREEN, encoding=encoding)).startswith("blocklist.")


def test_a_file_without_lines_is_refused_before_it_fills_the_memory() -> None:
    assert refusal(b"1" * 10_000_000) == "blocklist.no_lines"


def test_a_list_of_another_kind_is_refused() -> None:
    assert refusal(b"name,card,why\na,1,lost\n") in (
        "blocklist.unknown_statuses",
        "blocklist.unreadable",
    )
    assert refusal(b'{"error": "no session"}', BARCODES) == "blocklist.unreadable"


def test_letters_without_a_meaning_are_named() -> None:
    with pytest.raises(BlockListError) as caught:
        read(b"".join(b"%d Q\n" % n for n in range(100)))
    assert caught.value.phrase.key == "blocklist.unknown_statuses"
    assert caught.value.phrase.args["statuses"] == "'Q'"


def test_a_few_lines_that_cannot_be_read_are_left_out_and_counted() -> None:
    found, tally = counted(SOUND + b"7 Q\nx\xff L\n" + b"9" * 65 + b" L\nlonely\n")
    assert len(found) == 1000
    assert (tally.lines, tally.unreadable, tally.first) == (1004, 4, 1001)


def test_many_lines_that_cannot_be_read_refuse_the_list() -> None:
    assert refusal(SOUND + b"lonely\n" * 21) == "blocklist.unreadable"
    long = b"".join(b"%d L\n" % n for n in range(10_000))
    assert len(read(long + b"lonely\n" * 100)) == 10_000
    assert refusal(long + b"lonely\n" * 110) == "blocklist.unreadable"


def test_what_a_line_that_cannot_be_read_looks_like_is_told() -> None:
    with pytest.raises(BlockListError) as caught:
        read(f"{MAYA}\n{JONAS}\n".encode())
    assert caught.value.phrase == say(
        "blocklist.unreadable", count=2, lines=2, first=1, like="9" * 14
    )


def test_a_short_list_has_to_have_more_lines_that_can_be_read() -> None:
    assert read(b"1 L\n2 L\nlonely\n") == [("1", "lost"), ("2", "lost")]
    assert refusal(b"1 L\nlonely\n") == "blocklist.unreadable"


def test_nothing_of_a_card_is_in_what_is_said_of_a_list() -> None:
    with pytest.raises(BlockListError) as caught:
        read(b"21234000094417\n" * 30)
    assert "4417" not in str(caught.value)


def test_zeros_in_the_middle_are_not_a_card() -> None:
    content = b"1 L\n" * 30_000 + b"2\0 L\n" * 3
    found, tally = counted(content)
    assert ("2\0", "lost") not in found
    assert tally.unreadable == 3
