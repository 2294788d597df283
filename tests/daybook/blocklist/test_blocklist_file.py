"""The built list: what it finds, and when it is not opened."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.blocklists import JONAS, MADE, MAYA, built

from kiosk.daybook.blocklist import build
from kiosk.daybook.blocklist.errors import BlockListDamagedError
from kiosk.daybook.blocklist.file import (
    BIT,
    HEADER_SIZE,
    KEY_BITS,
    KEY_BYTES,
    MAGIC,
    MOST_DIGITS,
    SPREAD,
    BlockListFile,
    as_key,
    verify,
)
from kiosk.desk.checks.blocklist import STATUSES, Listed

NUMBERS = st.text("0123456789", min_size=1, max_size=20)
LABELS = st.text(
    st.characters(blacklist_categories=("C", "Z"), max_codepoint=0x1FFFF), min_size=1, max_size=64
)
CARDS = NUMBERS | LABELS | st.sampled_from(["7", "07", "007", "7A", "7a", "\uff11\uff12", "\xb2"])
LINES = st.lists(st.tuples(CARDS, st.sampled_from(STATUSES)), max_size=60)


def opened(folder: Path) -> BlockListFile:
    return BlockListFile(folder / "blocklist")


def every_second(count: int) -> list[str]:
    """Give cards with a gap of one before each."""
    return [f"{2 * n + 1:05d}" for n in range(count)]


@settings(deadline=None)
@given(LINES, st.lists(CARDS, max_size=20))
@example([("7", "lost"), ("007", "barred"), ("7A", "expired")], ["07", "7a", "70", "77"])
@example([("9" * 17, "lost"), ("9" * 18, "barred"), ("0" * 17, "expired")], ["0" * 18, "9" * 16])
def test_it_finds_what_a_dict_would_find_and_nothing_else(lines, others) -> None:
    model: dict[str, set[str]] = {}
    for card, status in lines:
        model.setdefault(card, set()).add(status)
    with TemporaryDirectory() as name:
        folder = Path(name)
        header = built(folder, lines)
        assert header.cards == len(model)
        file = opened(folder)
        for card in [*model, *others]:
            found = file.listed(card)
            assert (found.statuses if found else ()) == tuple(
                status for status in STATUSES if status in model.get(card, ())
            )
        file.close()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(CARDS, st.sampled_from(STATUSES)), min_size=1, max_size=300))
def test_runs_that_do_not_fit_into_memory_make_the_same_list(lines) -> None:
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as many,
        pytest.MonkeyPatch.context() as m,
    ):
        built(Path(one), lines)
        m.setattr(build, "RUN", 4)
        m.setattr(build, "BLOCK", 2)
        pairs = [lines[n : n + 3] for n in range(0, len(lines), 3)]
        with build.Builder(Path(many)) as builder:
            builder.take(
                ([c for c, _ in some], [1 << STATUSES.index(s) for _, s in some]) for some in pairs
            )
            builder.write(made=MADE, built=MADE, origin="", unreadable=0)
            builder.put_in_place()
        assert (Path(one) / "blocklist").read_bytes() == (Path(many) / "blocklist").read_bytes()


@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 1023, 1024, 1025, 4096, 5000])
def test_cards_are_found_and_their_neighbours_are_not_however_many_there_are(
    tmp_path: Path, count: int
) -> None:
    built(tmp_path, [(card, "lost") for card in every_second(count)])
    file = opened(tmp_path)
    found = [n for n in range(2 * count + 2) if file.listed(f"{n:05d}")]
    assert found == list(range(1, 2 * count, 2))
    assert file.listed("9" * 17) is None
    verify(tmp_path / "blocklist")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(STATUSES)), max_size=3000))
def test_the_index_leads_to_what_a_dict_would_hold(entries) -> None:
    model: dict[str, set[str]] = {}
    for number, status in entries:
        model.setdefault(str(number), set()).add(status)
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as m:
        m.setattr(build, "RUN", 512)
        m.setattr(build, "BLOCK", 64)
        header = built(Path(name), [(str(number), status) for number, status in entries])
        file = opened(Path(name))
        assert header.cards == len(model)
        for number in range(1501):
            found = file.listed(str(number))
            assert set(found.statuses if found else ()) == model.get(str(number), set())
        file.close()


def test_a_card_has_the_day_of_its_list(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost"), (MAYA, "delinquent")])
    assert opened(tmp_path).listed(MAYA) == Listed(("lost", "delinquent"), MADE.date())


def test_an_empty_list_finds_nobody(tmp_path: Path) -> None:
    built(tmp_path, [])
    file = opened(tmp_path)
    assert file.listed(MAYA) is None
    assert file.listed("A1") is None
    assert file.listed("") is None


def test_something_longer_than_any_card_of_the_list_is_not_found(tmp_path: Path) -> None:
    built(tmp_path, [("AB", "lost")])
    file = opened(tmp_path)
    assert file.listed("AB") is not None
    assert file.listed("ABC") is None
    assert file.listed("AB\0") is None
    assert file.listed("") is None


def test_a_truncated_list_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "blocklist"
    built(tmp_path, [(MAYA, "lost"), (JONAS, "lost"), ("A1", "barred")])
    whole = path.read_bytes()
    for size in (0, 1, 100, HEADER_SIZE - 1, HEADER_SIZE, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(BlockListDamagedError):
            opened(tmp_path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(BlockListDamagedError):
        opened(tmp_path)


def test_a_header_with_a_flipped_bit_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "blocklist"
    built(tmp_path, [(MAYA, "lost")])
    whole = path.read_bytes()
    for place in range(whole.index(b"}") + 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(BlockListDamagedError):
            opened(tmp_path)


def test_a_flipped_bit_in_any_record_is_found_by_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "blocklist"
    built(tmp_path, [(MAYA, "lost"), ("A1", "barred")])
    verify(path)
    whole = path.read_bytes()
    for place in range(HEADER_SIZE, len(whole), 7):  # comes upon each byte of a word
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BlockListDamagedError):
            verify(path)


@pytest.mark.parametrize("rubbish", [b"\0", b"\x7f", b"\xff"])
def test_damage_that_opening_overlooks_gives_wrong_answers_at_worst(
    tmp_path: Path, rubbish: bytes
) -> None:
    path = tmp_path / "blocklist"
    cards = [*every_second(1500), "9" * 17]
    header = built(tmp_path, [(card, "lost") for card in cards])
    whole = path.read_bytes()
    for start in range(HEADER_SIZE, header.index_at, 400):
        path.write_bytes(whole[:start] + rubbish * 8 + whole[start + 8 :])
        file = opened(tmp_path)
        for card in cards:
            file.listed(card)
        file.close()


def test_a_list_with_a_flipped_bit_in_its_index_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "blocklist"
    header = built(tmp_path, [(card, "lost") for card in every_second(1500)])
    whole = path.read_bytes()
    for place in range(header.index_at, header.texts_at):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BlockListDamagedError):
            opened(tmp_path)


def test_a_list_that_is_cut_off_while_it_is_in_use_is_an_error_and_no_signal(
    tmp_path: Path,
) -> None:
    cards = [*every_second(1500), "A1"]
    built(tmp_path, [(card, "lost") for card in cards])
    file = opened(tmp_path)
    os.truncate(tmp_path / "blocklist", HEADER_SIZE)
    for card in cards:
        with pytest.raises(BlockListDamagedError):
            file.listed(card)


@pytest.mark.parametrize("card", [MAYA, "A1"])
def test_a_bad_sector_is_an_error_that_can_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card: str
) -> None:
    def bad(*_: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    built(tmp_path, [(MAYA, "lost"), ("A1", "lost")])
    file = opened(tmp_path)
    monkeypatch.setattr(os, "pread", bad)
    with pytest.raises(BlockListDamagedError):
        file.listed(card)
    with pytest.raises(BlockListDamagedError):
        verify(tmp_path / "blocklist")
    with pytest.raises(BlockListDamagedError):
        opened(tmp_path)


def test_the_end_of_one_word_and_the_beginning_of_another_are_no_card(tmp_path: Path) -> None:
    """Keys are searched as bytes, so some have to be found where no word begins."""
    back = pow(SPREAD, -1, 1 << KEY_BITS)
    across = []
    for card in map(str, range(10**14, 10**15, 10**13)):
        key = as_key(card)
        assert key is not None
        word = key.to_bytes(KEY_BYTES, "big")[1:] + bytes([BIT["lost"]])
        other = str(int.from_bytes(word, "big") * back % (1 << KEY_BITS))
        if other[0] == "1" and len(other) <= MOST_DIGITS + 1:
            built(tmp_path, [(card, "lost")])
            assert opened(tmp_path).listed(other[1:]) is None
            across.append(other)
    assert across


def test_a_file_of_another_kind_is_not_opened(tmp_path: Path) -> None:
    for content in (b"21234000094417 L\n" * 100, struct.pack("<8sII", MAGIC, 0, 1 << 31)):
        (tmp_path / "blocklist").write_bytes(content)
        with pytest.raises(BlockListDamagedError):
            opened(tmp_path)


def test_a_list_in_use_stays_as_it_is_when_another_takes_its_place(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    before = opened(tmp_path)
    built(tmp_path, [(JONAS, "lost")])
    assert before.listed(MAYA) is not None
    assert before.listed(JONAS) is None
    assert opened(tmp_path).listed(JONAS) is not None


def test_a_builder_that_gives_up_leaves_the_old_list_and_nothing_else(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    with build.Builder(tmp_path) as builder:
        builder.take([([JONAS], [1])])
        builder.write(made=MADE, built=MADE, origin="", unreadable=0)
    assert [path.name for path in tmp_path.iterdir()] == ["blocklist"]
    assert opened(tmp_path).listed(MAYA) is not None


def test_what_the_disk_did_not_keep_is_not_put_in_place(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    with build.Builder(tmp_path) as builder:
        builder.take([([JONAS], [1])])
        builder.write(made=MADE, built=MADE, origin="", unreadable=0)
        with builder.path.open("r+b") as file:
            file.seek(HEADER_SIZE)
            file.write(b"\0")
        with pytest.raises(BlockListDamagedError):
            builder.put_in_place()
    assert opened(tmp_path).listed(MAYA) is not None


def test_only_the_kiosk_may_read_it(tmp_path: Path) -> None:
    built(tmp_path, [(MAYA, "lost")])
    assert (tmp_path / "blocklist").stat().st_mode & 0o077 == 0
