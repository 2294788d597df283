"""Reading whatever a SIP2 server sends, writing what any of them reads, and matching the two."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysip2 import (
    CheckoutRequest,
    LoginRequest,
    PatronInformationRequest,
    SCStatusRequest,
    decode_message,
    encode_message,
)

from kiosk.ils.said import plain
from kiosk.ils.sip2.wire import (
    LONGEST_LINE,
    MOST_STALE,
    TRIES,
    Answered,
    Exchange,
    GivenUp,
    Reader,
    Reply,
    SendAgain,
    Skip,
    encode,
    parse,
    read_date,
    sanitised,
    write_date,
)

CHICAGO = ZoneInfo("America/Chicago")
CHECKED_OUT = (
    b"121NUN20251121    093012AOmain|AA2123|AB3123|AJBeloved|AH20251212    235900|AFHave fun|"
)


def checksummed(body: bytes) -> bytes:
    """Put the checksum behind a message that ends in AZ."""
    return body + b"%04X" % (-sum(body) & 0xFFFF)


def read(stream: bytes) -> list[Reply]:
    return Reader().feed(stream)


class TestCuttingTheStream:
    @pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n\r"])
    def test_any_line_end_ends_a_message(self, end: bytes) -> None:
        replies = read(b"941" + end + b"940" + end)

        assert [reply.fixed for reply in replies] == ["941", "940"]

    def test_nothing_is_read_before_its_end(self) -> None:
        reader = Reader()

        assert reader.feed(b"94") == []
        assert reader.feed(b"1") == []
        assert [reply.fixed for reply in reader.feed(b"\r")] == ["941"]

    def test_an_endless_line_is_thrown_away_and_the_next_one_read(self) -> None:
        replies = read(b"A" * (LONGEST_LINE + 1) + b"\r941\r")

        assert [reply.fixed for reply in replies] == ["941"]

    def test_an_endless_line_stays_thrown_away_however_it_arrives(self) -> None:
        reader = Reader()

        assert reader.feed(b"9" * LONGEST_LINE) == []
        assert reader.feed(b"4" * LONGEST_LINE) == []
        assert [reply.fixed for reply in reader.feed(b"\r941\r")] == ["941"]

    @given(st.binary(max_size=300))
    def test_no_bytes_confuse_it_for_longer_than_a_line(self, noise: bytes) -> None:
        assert read(noise + b"\r941AY0AZFDFD\r")[-1] == parse(b"941AY0AZFDFD")

    @given(
        st.lists(st.sampled_from([CHECKED_OUT, b"941", b"\r", b"\n", b"98YY", b"\xff|A"])),
        st.data(),
    )
    def test_how_the_bytes_arrive_makes_no_difference(
        self, pieces: list[bytes], data: st.DataObject
    ) -> None:
        stream = b"".join(pieces)
        cuts = data.draw(st.lists(st.integers(0, len(stream))).map(sorted))
        reader = Reader()
        chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

        assert [reply for chunk in chunks for reply in reader.feed(chunk)] == read(stream)


class TestReadingAReply:
    def test_it_has_a_fixed_part_and_fields(self) -> None:
        reply = parse(CHECKED_OUT)

        assert reply.code == "12"
        assert reply.fixed == "121NUN20251121    093012"
        assert reply.first("AJ") == "Beloved"
        assert reply.first("AO") == "main"
        assert reply.first("XX") == ""

    def test_fields_may_come_in_any_order_and_unknown_ones_do_no_harm(self) -> None:
        reply = parse(b"121NUN20251121    093012ZQwhat|AHsoon|AJBeloved|AB3123|AOmain|")

        assert (reply.first("AB"), reply.first("AJ"), reply.first("AH")) == (
            "3123",
            "Beloved",
            "soon",
        )

    def test_a_bar_in_a_value_is_read_as_koha_writes_it(self) -> None:
        reply = parse(b"100NUN20251121    093012ABi1|AFa &#124; b|")

        assert reply.first("AF") == "a | b"

    def test_repeated_fields_are_all_kept_in_order(self) -> None:
        reply = parse(CHECKED_OUT + b"AF|AFand come back |")

        assert reply.fields["AF"] == ("Have fun", "", "and come back ")
        assert reply.texts("AF") == ("Have fun", "and come back")

    def test_the_last_delimiter_may_be_missing(self) -> None:
        assert parse(CHECKED_OUT.removesuffix(b"|")).first("AF") == "Have fun"

    def test_the_last_delimiter_may_be_missing_before_the_sequence(self) -> None:
        reply = parse(checksummed(CHECKED_OUT.removesuffix(b"|") + b"AY7AZ"))

        assert (reply.first("AF"), reply.sequence, reply.checksum_ok) == ("Have fun", 7, True)

    def test_a_value_that_ends_like_a_checksum_is_a_value(self) -> None:
        assert parse(b"121NUN20251121    093012AJRoute AZ66").first("AJ") == "Route AZ66"

    @pytest.mark.parametrize(
        ("line", "fixed"),
        [
            (b"121NUNAOmain|AJBeloved|", "121NUN".ljust(24)),
            (b"12AOmain|AJBeloved|", "12".ljust(24)),
            (b"121NUN20251121AOmain|AJBeloved|", "121NUN20251121".ljust(24)),
            (b"121NUN20251121CEST093012AOmain|AJBeloved|", "121NUN20251121CEST093012"),
        ],
    )
    def test_a_fixed_part_cut_short_is_blank_from_there(self, line: bytes, fixed: str) -> None:
        reply = parse(line)

        assert reply.fixed == fixed
        assert (reply.first("AO"), reply.first("AJ")) == ("main", "Beloved")

    def test_bytes_of_another_encoding_spoil_one_letter_only(self) -> None:
        line = CHECKED_OUT.replace(b"Beloved", "Pippi Långstrump".encode("cp850"))

        assert parse(line).first("AJ") == "Pippi L\ufffdngstrump"
        assert parse(line, "cp850").first("AJ") == "Pippi Långstrump"

    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ("Beloved\x00\x1b@", "Beloved  @"),
            ("A\tB\x85C\u2028D", "A B C D"),
            ("\u202edevoleB\u202c", "devoleB"),
            ("क\u094d\u200dष", "क\u094d\u200dष"),
        ],
    )
    def test_nothing_in_a_title_moves_what_is_drawn_beside_it(self, sent: str, read: str) -> None:
        line = CHECKED_OUT.replace(b"Beloved", sent.encode())

        assert parse(line).first("AJ") == read

    @given(st.binary())
    def test_no_line_is_too_strange(self, line: bytes) -> None:
        reply = parse(line, checksums="strict")

        assert reply.first("AB") == reply.fields.get("AB", ("",))[0]


VALUE = st.text(
    st.characters(codec="utf-8", exclude_characters="&|\r\n\0", exclude_categories=["Cs"]),
    max_size=12,
)
FIELDS = st.lists(st.tuples(st.sampled_from(["AA", "AB", "AF", "AH", "AJ", "CV", "XX"]), VALUE))


class TestFields:
    @given(fields=FIELDS, whole=st.booleans(), sequence=st.none() | st.integers(0, 9))
    def test_they_may_come_in_any_order_be_missing_or_be_there_twice(
        self, fields: list[tuple[str, str]], whole: bool, sequence: int | None
    ) -> None:
        line = "121NUN20251121    093012" + "".join(f"{tag}{value}|" for tag, value in fields)
        if not whole and fields and fields[-1][1] and sequence is None:
            line = line.removesuffix("|")
        data = line.encode()
        if sequence is not None:
            data = checksummed(data + b"AY%dAZ" % sequence)
        reply = parse(data)

        assert reply.fixed == "121NUN20251121    093012"
        assert reply.sequence == sequence
        for tag in {tag for tag, _ in fields}:
            assert reply.fields[tag] == tuple(plain(value) for each, value in fields if each == tag)
        assert reply.fields.keys() == {tag for tag, _ in fields}


class TestChecksums:
    # From the Perl and Java servers' own tests.
    VECTORS = (
        b"97AZFEF5",
        b"96AZFEF6",
        b"9900802.00AY1AZFCA0",
        b"941AY0AZFDFD",
        b"9300CNscclient|COclientpwd|CPKIOSK1|AY0AZF1D4",
    )

    @pytest.mark.parametrize("line", VECTORS)
    def test_a_right_one_is_right_under_every_policy(self, line: bytes) -> None:
        assert parse(line, checksums="strict").checksum_ok is True
        assert parse(line, checksums="lenient").checksum_ok is True
        assert parse(line, checksums="off").checksum_ok is None

    @pytest.mark.parametrize("line", [b"941AY0AZFDFE", b"941AY0AZQQQQ", b"941AY0AZFD"])
    def test_a_wrong_one_is_wrong_unless_none_is_looked_at(self, line: bytes) -> None:
        assert parse(line, checksums="strict").checksum_ok is False
        assert parse(line, checksums="lenient").checksum_ok is False
        assert parse(line, checksums="off").checksum_ok is None

    @pytest.mark.parametrize("line", [b"941", b"941AY0", b"941AY0AZ"])
    def test_none_at_all_is_wrong_for_the_strict_alone(self, line: bytes) -> None:
        assert parse(line, checksums="strict").checksum_ok is False
        assert parse(line, checksums="lenient").checksum_ok is None

    def test_sipserver_fills_in_zeros(self) -> None:
        assert parse(b"941AY0AZ0000", checksums="strict").checksum_ok is False
        assert parse(b"941AY0AZ0000", checksums="lenient").checksum_ok is None

    def test_a_plea_to_send_again_needs_none(self) -> None:
        assert parse(b"96", checksums="strict").checksum_ok is None

    def test_invenio_does_not_pad_them(self) -> None:
        body = b"94" + b"1" * 0x520 + b"AY4AZ"  # sums up to just under a multiple of 65536
        unpadded = f"{-sum(body) & 0xFFFF:X}".encode()
        assert len(unpadded) < 4

        assert parse(body + unpadded).checksum_ok is True

    @pytest.mark.parametrize("line", [b"941AY5AZ", b"941AY5", b"941AY5|AZ|", b"98YAO|AY5"])
    def test_the_sequence_is_found_with_or_without_them(self, line: bytes) -> None:
        assert parse(line).sequence == 5


class TestDates:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("20251121    093012", datetime(2025, 11, 21, 9, 30, 12, tzinfo=CHICAGO)),
            ("20251121   J093012", datetime(2025, 11, 21, 9, 30, 12, tzinfo=CHICAGO)),
            ("20251121   Z093012", datetime(2025, 11, 21, 9, 30, 12, tzinfo=UTC)),
            ("20251121   A093012", datetime(2025, 11, 21, 8, 30, 12, tzinfo=UTC)),
            ("20251121   M093012", datetime(2025, 11, 20, 21, 30, 12, tzinfo=UTC)),
            ("20251121   N093012", datetime(2025, 11, 21, 10, 30, 12, tzinfo=UTC)),
            ("20251121   Y093012", datetime(2025, 11, 21, 21, 30, 12, tzinfo=UTC)),
        ],
    )
    def test_a_zone_is_blank_or_a_military_letter(self, text: str, expected: datetime) -> None:
        assert read_date(text, CHICAGO) == expected

    def test_what_is_read_is_in_the_librarys_zone(self) -> None:
        read = read_date("20251212   Z030000", CHICAGO)

        assert read is not None
        assert read.date().isoformat() == "2025-12-11"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " " * 18,
            "12/12/2025",
            "20251399    000000",
            "00000000    000000",
            "20251121 CST093012",
        ],
    )
    def test_what_is_no_date_is_none(self, text: str) -> None:
        assert read_date(text, CHICAGO) is None

    @given(st.text(max_size=30) | st.from_regex(r"[0-9]{8}[ A-Z]{4}[0-9]{6}", fullmatch=True))
    def test_no_text_is_too_strange(self, text: str) -> None:
        read_date(text, timezone(timedelta(hours=14)))

    @given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1))
    def test_what_is_written_is_local_time_and_reads_back(self, at: datetime) -> None:
        zone = timezone(timedelta(hours=-5))
        written = write_date(at, zone)

        assert len(written) == 18
        assert written[8:12] == "    "
        assert read_date(written, zone) == at.replace(microsecond=0)


def checkout(item: str = "3123") -> CheckoutRequest:
    return CheckoutRequest(
        sc_renewal_policy="N",
        no_block="N",
        transaction_date="20251121    093012",
        nb_due_date="20251212    235900",
        institution_id="main",
        patron_identifier="2123",
        item_identifier=item,
        terminal_password="",
    )


class TestWritingARequest:
    def test_it_carries_sequence_and_checksum(self) -> None:
        request = SCStatusRequest(status_code="0", max_print_width="080", protocol_version="2.00")

        assert encode(request, sequence=1) == b"9900802.00AY1AZFCA0\r"

    def test_it_carries_neither_without_a_sequence(self) -> None:
        login = LoginRequest(
            uid_algorithm="0", pwd_algorithm="0", login_user_id="a", login_password="b"
        )

        assert encode(login, sequence=None) == b"9300CNa|COb|\r"

    @given(st.text(), st.integers(0, 9))
    def test_its_end_is_the_one_that_pysip2_writes(self, text: str, sequence: int) -> None:
        request = checkout(sanitised(text, "utf-8"))
        theirs = encode_message(request, sequence_number=sequence, checksum=True, encoding="utf-8")

        assert encode(request, sequence=sequence) == theirs

    @given(st.text(), st.sampled_from(["utf-8", "cp850", "latin-1", "ascii"]))
    def test_any_text_can_be_sent_and_leaves_the_message_whole(
        self, text: str, encoding: str
    ) -> None:
        request = PatronInformationRequest(
            language="000",
            transaction_date="20251121    093012",
            summary=" " * 10,
            institution_id="main",
            patron_identifier=text,
        )
        decoded = decode_message(encode(request, sequence=3, encoding=encoding), encoding=encoding)

        assert isinstance(decoded.message, PatronInformationRequest)
        assert decoded.message.institution_id == "main"

    def test_what_a_value_cannot_hold_is_replaced(self) -> None:
        assert b"|AB3|" in encode(checkout("3"), sequence=0)
        assert b"|AB3&#124;1 2|" in encode(checkout("3|1\r2"), sequence=0)
        assert b"|AB" + b"3" * 255 + b"|" in encode(checkout("3" * 300), sequence=0)
        assert b"|ABr\x82sum\x82|" in encode(checkout("résumé"), sequence=0, encoding="cp850")


def answer(sequence: int | None = 4, item: str = "3123", code: str = "12") -> Reply:
    fields: dict[str, tuple[str, ...]] = {"AB": (item,)} if item else {}
    return Reply(code=code, fixed=code + "1", fields=fields, sequence=sequence)


GARBLED = Reply(code="12", fixed="121", sequence=4, checksum_ok=False)
SEND_AGAIN = Reply(code="96", fixed="96")


class TestExchange:
    @pytest.fixture
    def exchange(self) -> Exchange:
        return Exchange(checkout(), sequence=4, encoding="utf-8")

    def test_its_reply_answers_it(self, exchange: Exchange) -> None:
        assert exchange.take(answer()) == Answered(answer())

    @pytest.mark.parametrize(
        "stale", [answer(sequence=3), answer(code="64"), answer(sequence=None, item="3999")]
    )
    def test_a_reply_to_something_else_is_skipped(self, exchange: Exchange, stale: Reply) -> None:
        assert exchange.take(stale) == Skip()
        assert exchange.take(answer()) == Answered(answer())

    @pytest.mark.parametrize("item", ["3123", " 3123", ""])
    def test_without_a_sequence_the_item_decides(self, exchange: Exchange, item: str) -> None:
        reply = answer(sequence=None, item=item)

        assert exchange.take(reply) == Answered(reply)

    def test_a_sequence_is_worth_more_than_the_item(self, exchange: Exchange) -> None:
        rewritten = answer(item="00003123")

        assert exchange.take(rewritten) == Answered(rewritten)

    def test_a_damaged_reply_is_asked_for_again(self, exchange: Exchange) -> None:
        assert exchange.take(GARBLED) == SendAgain(b"97AZFEF5\r")
        assert exchange.take(answer()) == Answered(answer())

    def test_a_repeated_reply_may_come_under_sequence_zero(self, exchange: Exchange) -> None:
        assert exchange.take(answer(sequence=0)) == Skip()
        exchange.take(GARBLED)

        assert exchange.take(answer(sequence=0)) == Answered(answer(sequence=0))

    def test_a_damaged_request_is_sent_again_as_it_was(self, exchange: Exchange) -> None:
        assert exchange.take(SEND_AGAIN) == SendAgain(exchange.message)
        assert b"AY4AZ" in exchange.message

    def test_a_plea_after_asking_again_does_not_repeat_the_request(
        self, exchange: Exchange
    ) -> None:
        exchange.take(GARBLED)

        assert exchange.take(SEND_AGAIN) == SendAgain(b"97AZFEF5\r")

    @pytest.mark.parametrize(
        ("reply", "times"), [(GARBLED, TRIES), (SEND_AGAIN, TRIES), (answer(3), MOST_STALE)]
    )
    def test_it_gives_up_in_the_end(self, exchange: Exchange, reply: Reply, times: int) -> None:
        for _ in range(times):
            exchange.take(reply)

        with pytest.raises(GivenUp):
            exchange.take(reply)

    def test_a_question_is_repeated_upon_any_plea_because_it_does_no_harm(self) -> None:
        status = SCStatusRequest(status_code="0", max_print_width="080", protocol_version="2.00")
        question = Exchange(status, sequence=4, encoding="utf-8")
        question.take(GARBLED)

        assert question.take(SEND_AGAIN) == SendAgain(question.message)

    @given(st.lists(st.sampled_from([GARBLED, SEND_AGAIN, answer(sequence=3), answer()])))
    def test_whatever_comes_nothing_is_sent_again_for_ever_nor_a_loan_after_asking_for_its_reply(
        self, replies: list[Reply]
    ) -> None:
        exchange, sent = Exchange(checkout(), sequence=4, encoding="utf-8"), []
        with suppress(GivenUp):
            for reply in replies:
                said = exchange.take(reply)
                if isinstance(said, SendAgain):
                    sent.append(said.message)
                if isinstance(said, Answered):
                    break

        assert len(sent) <= TRIES
        assert sent == sorted(sent, key=lambda message: message != exchange.message)

    @pytest.mark.parametrize("tries", [0, 1, 5])
    def test_how_often_is_for_the_server_to_say(self, tries: int) -> None:
        exchange = Exchange(checkout(), sequence=4, encoding="utf-8", tries=tries)
        for _ in range(tries):
            exchange.take(GARBLED)

        with pytest.raises(GivenUp):
            exchange.take(SEND_AGAIN)

    def test_without_error_detection_it_asks_again_without_a_checksum(self) -> None:
        exchange = Exchange(checkout(), sequence=None, encoding="utf-8")

        assert exchange.take(GARBLED) == SendAgain(b"97\r")
        assert exchange.take(answer(sequence=None)) == Answered(answer(sequence=None))
