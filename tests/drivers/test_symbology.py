"""What becomes of the bytes a scanner sends."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.scanner.symbology import Damaged, Framer, Scan, unwrap_typed


def read(*chunks: bytes, typed: bool = False) -> list[Scan | Damaged]:
    framer = Framer(typed=typed)
    return [scan for chunk in chunks for scan in framer.feed(chunk)]


class TestAScanIsALine:
    @pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t"])
    def test_that_ends_as_scanners_end_it(self, end):
        assert read(b"39999000000001" + end + b"29999000000001" + end) == [
            Scan("39999000000001"),
            Scan("29999000000001"),
        ]

    def test_that_is_not_there_before_its_end(self):
        framer = Framer()
        assert framer.feed(b"39999000") == []
        assert framer.partial
        assert framer.feed(b"000001\r") == [Scan("39999000000001")]
        assert not framer.partial

    def test_of_text_in_any_script(self):
        assert read("bücherei-7".encode() + b"\r") == [Scan("bücherei-7")]

    def test_and_an_empty_line_is_nothing(self):
        assert read(b"\r\n\r\n\n\t\r") == []


class TestDamage:
    def test_a_line_no_barcode_is_as_long_as(self):
        assert read(b"7" * 10_000 + b"\r39999000000001\r") == [
            Damaged("too_long", "7" * 32),
            Scan("39999000000001"),
        ]

    def test_the_longest_line_is_128_bytes(self):
        assert read(b"7" * 128 + b"\r") == [Scan("7" * 128)]
        assert read(b"7" * 129 + b"\r") == [Damaged("too_long", "7" * 32)]

    def test_a_line_without_end_takes_no_memory(self):
        framer = Framer()
        for _ in range(1000):
            assert framer.feed(b"7" * 1000) == []
        assert len(framer._line) <= 129

    @pytest.mark.parametrize("noise", [b"3999\xff0001", b"3999\x00001", b"\x1b[A", b"3999\x7f1"])
    def test_bytes_that_are_not_text(self, noise):
        (damaged,) = read(noise + b"\r")
        assert damaged.reason == "not_text"
        assert damaged.sample.isprintable()

    def test_half_a_scan_is_dropped_and_never_glued_to_the_next(self):
        framer = Framer()
        framer.feed(b"39999000")
        assert framer.gap() == [Damaged("incomplete", "39999000")]
        assert framer.feed(b"29999000000001\r") == [Scan("29999000000001")]

    def test_silence_between_two_scans_is_nothing(self):
        framer = Framer()
        assert framer.feed(b"39999000000001\r") == [Scan("39999000000001")]
        assert framer.gap() == []

    def test_silence_in_a_line_too_long_tells_so(self):
        framer = Framer()
        framer.feed(b"7" * 500)
        assert framer.gap() == [Damaged("too_long", "7" * 32)]


class TestWhatStandsAroundTheNumber:
    def test_an_aim_identifier_tells_the_symbology(self):
        assert read(b"]A039999000000001\r]E09780140449136\r") == [
            Scan("39999000000001", "A0"),
            Scan("9780140449136", "E0"),
        ]

    @pytest.mark.parametrize(
        "scanned", ["A39999000000001B", "a39999000000001b", "D39999000000001A"]
    )
    def test_the_start_and_stop_letters_of_codabar_go(self, scanned):
        assert read(scanned.encode() + b"\r") == [Scan("39999000000001")]
        assert read(b"]F0" + scanned.encode() + b"\r") == [Scan("39999000000001", "F0")]

    def test_the_same_letters_belong_to_a_number_in_code_39(self):
        assert read(b"]A0A12345B\r") == [Scan("A12345B", "A0")]

    @pytest.mark.parametrize(
        "text", ["A1234", "1234B", "A12-34B", "AB", "E1234E", "DISCARD", "A٣B"]
    )
    def test_letters_that_are_not_start_and_stop_stay(self, text):
        assert read(text.encode() + b"\r") == [Scan(text)]

    def test_an_identifier_with_nothing_behind_it_is_left_as_it_is(self):
        assert read(b"]A0\r") == [Scan("]A0")]


class TestTypedLines:
    def test_are_longer_and_left_as_they_are(self):
        line = ":screenshot /" + "long/" * 200
        assert read(line.encode() + b"\na1234b\n]A0\n", typed=True) == [
            Scan(line),
            Scan("a1234b"),
            Scan("]A0"),
        ]

    @pytest.mark.parametrize(
        ("line", "number"),
        [
            ("A21234000094417B", "21234000094417"),
            ("a21234000094417d", "21234000094417"),
            ("]C021234000094417", "21234000094417"),
            ("]C0:done", ":done"),
            ("A123456B", "123456"),
            ("A12B", "A12B"),  # a house number
            ("A12345B", "A12345B"),
            ("]A0", "]A0"),
            (":due:2026-12-12", ":due:2026-12-12"),
            ("", ""),
        ],
    )
    def test_may_come_from_a_scanner_that_types_like_a_keyboard(self, line, number):
        assert unwrap_typed(line) == number

    def test_have_an_end_too(self):
        (damaged, scan) = read(b"x" * 4097 + b"\n:done\n", typed=True)
        assert damaged == Damaged("too_long", "x" * 32)
        assert scan == Scan(":done")

    def test_may_be_empty_but_a_line_feed_after_a_return_is_none(self):
        assert read(b"a\n\nb\r\n\r\n", typed=True) == [Scan("a"), Scan(""), Scan("b"), Scan("")]
        framer = Framer(typed=True)
        assert framer.feed(b"a\r") == [Scan("a")]
        assert framer.feed(b"\n") == []
        assert framer.feed(b"\n") == [Scan("")]

    def test_lose_the_tab_of_a_scanner(self):
        assert read(b"39999000000001\t\n\t\na\tb\n", typed=True) == [
            Scan("39999000000001"),
            Scan("a\tb"),
        ]


scanner_bytes = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"\r", b"\n", b"\t", b"]A0", b"A1234B", "ü".encode(), b"7" * 130]),
    )
).map(b"".join)


@given(scanner_bytes, st.lists(st.integers(min_value=0, max_value=400)), st.booleans())
@example("ü\r".encode(), [1], False)
def test_however_the_bytes_are_chunked_the_scans_are_the_same(data, cuts, typed):
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in itertools.pairwise(bounds)]
    assert read(*chunks, typed=typed) == read(data, typed=typed)


@given(scanner_bytes, st.booleans())
def test_whatever_came_before_the_next_good_line_is_read(garbage, ended):
    framer = Framer()
    framer.feed(garbage)
    if ended:
        framer.feed(b"\r")
    else:
        framer.gap()
    assert framer.feed(b"39999000000001\r") == [Scan("39999000000001")]


@given(scanner_bytes)
def test_every_line_is_told_once_and_is_fit_to_show(data):
    lines = [line for line in data.replace(b"\n", b"\r").replace(b"\t", b"\r").split(b"\r") if line]
    scans = read(data + b"\r")
    assert len(scans) == len(lines)
    for scan in scans:
        shown = scan.text if isinstance(scan, Scan) else scan.sample
        assert isinstance(scan, Scan) or len(shown) <= 32
        assert not any(ord(character) < 32 for character in shown)
