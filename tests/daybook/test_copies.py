"""Copies of a daybook: what goes in comes out, and what was cut short or changed is noticed."""

from __future__ import annotations

import io
import json
import stat
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from support.transactions import NOW, checkout

from kiosk.daybook.copies import Aside, Copy, CopyError, Document, Header, read, save, write
from kiosk.daybook.facts import document

if TYPE_CHECKING:
    from pathlib import Path

HEADER = Header(1, "export", "0.1.0", NOW, "desk-1", ("transactions", "titles", "meta"))


def transaction(number: int) -> Document:
    text = msgspec.json.encode(document(checkout(f"3123400000000{number}")))
    return Document("transactions", number, msgspec.Raw(text))


COPY = Copy(
    HEADER,
    (transaction(1), transaction(2), Document("meta", 1, msgspec.Raw(b'{"schema":2}'))),
    (Aside("desk", 1, "it is old", '{"visit":"v1"}', "00000001.segment, commit 3"),),
)


def written(copy: Copy = COPY) -> bytes:
    out = io.BytesIO()
    write(copy, out)
    return out.getvalue()


def seen(copy: Copy) -> Any:
    documents = [(d.table, d.id, bytes(d.document), d.source) for d in copy.documents]
    return copy.header, documents, copy.aside


def test_what_was_written_is_read_again() -> None:
    assert seen(read(io.BytesIO(written()))) == seen(COPY)


def test_each_line_is_json_and_says_what_it_is() -> None:
    lines = [json.loads(line) for line in written().splitlines()]
    assert [line["line"] for line in lines] == ["header", *["document"] * 3, "aside", "end"]
    assert lines[1]["document"]["item"] == "31234000000001"
    assert lines[-1]["documents"] == {"transactions": 2, "titles": 0, "meta": 1}


def test_documents_are_kept_byte_for_byte() -> None:
    text = b'{"schema": 2,  "later":"\\u00e9"}'
    copy = Copy(HEADER, (Document("meta", 1, msgspec.Raw(text)),))
    assert bytes(read(io.BytesIO(written(copy))).documents[0].document) == text


def test_a_copy_that_was_cut_short_anywhere_is_noticed() -> None:
    whole = written()
    for length in range(len(whole) - 1):  # the last one is a line break, which may be missing
        with pytest.raises(CopyError):
            read(io.BytesIO(whole[:length]))


def test_a_copy_in_which_any_byte_was_changed_is_noticed() -> None:
    whole = written()
    for place in range(len(whole) - 1):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(CopyError):
            read(io.BytesIO(changed))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: [], "it is empty"),
        (lambda lines: [b"hello\n"], "it is no copy of a daybook"),
        (lambda lines: lines[1:], "it is no copy of a daybook: line 1 is no header"),
        (lambda lines: lines[:-1], "it was cut short: its last line is missing"),
        (lambda lines: [*lines[:3], lines[3][:-5]], "it was cut short in line 4"),
        (lambda lines: [*lines[:2], b"{}\n", *lines[2:]], "line 3 is not as it was written"),
        (lambda lines: [*lines[:2], b"\xff\n", *lines[2:]], "line 3 is not as it was written"),
        (lambda lines: [*lines[:2], b"[" * 99999, *lines[2:]], "cut short in line 3"),
        (lambda lines: [lines[0], *lines], "line 2 is a second header"),
        (lambda lines: [*lines[:2], *lines[1:]], "line 3 has document 1 of transactions again"),
        (lambda lines: [*lines[:2], *lines[3:]], "lines are missing in it, or were added"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "its checksum does not fit"),
        (lambda lines: [*lines, lines[1]], "line 7 comes after the last line"),
    ],
)
def test_what_is_wrong_with_a_copy_is_told(change: Any, reason: str) -> None:
    with pytest.raises(CopyError, match=reason):
        read(change(written().splitlines(keepends=True)))


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("transactions", b'{"kind":"parade","id":"t1","visit":"v1","item":"1","at":"x"}'),
        ("deliveries", b'{"type":"parade"}'),
        ("desk", b'{"mode":5}'),
        ("anything", b'["no","object"]'),
        ("anything", b'{"text":"\xff"}'),
    ],
)
def test_a_document_that_this_version_cannot_read_is_refused_with_its_line(
    table: str, text: bytes
) -> None:
    documents = (transaction(1), Document(table, 7, msgspec.Raw(text)))
    copy = Copy(HEADER, documents)
    with pytest.raises(CopyError, match=f"line 3 has a document of {table} that this version"):
        read(io.BytesIO(written(copy)))


def test_a_later_format_is_named_as_such() -> None:
    later = msgspec.structs.replace(HEADER, format=2, version="9.1.0")
    with pytest.raises(CopyError, match=r"made by Daybook 9\.1\.0, in a format"):
        read(io.BytesIO(written(Copy(later, ()))))


# -- files -----------------------------------------------------------------------------------------


def test_a_copy_is_saved_for_its_owner_alone(tmp_path: Path) -> None:
    save(COPY, tmp_path / "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_bytes() == written()
    assert stat.S_IMODE((tmp_path / "copy.jsonl").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "copy.jsonl").write_text("dear to someone")
    with pytest.raises(CopyError, match=r"exists already\. Nothing was written"):
        save(COPY, tmp_path / "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_text() == "dear to someone"


def test_a_disk_that_fails_leaves_no_half_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CopyError, match="cannot be written: No space left on device"):
        save(COPY, tmp_path / "copy.jsonl")
    assert not list(tmp_path.iterdir())


def test_a_stick_that_is_pulled_out_leaves_what_nobody_can_remove_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", out)
    monkeypatch.setattr("pathlib.Path.unlink", out)
    with pytest.raises(CopyError, match=r"Input/output error\. .* is not whole"):
        save(COPY, tmp_path / "copy.jsonl")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CopyError, match="cannot be written: No such file or directory"):
        save(COPY, tmp_path / "nowhere" / "copy.jsonl")
