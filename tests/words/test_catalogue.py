"""A catalogue is compiled once, and read from the cache after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kiosk.words import CATALOGUES, catalogue

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/daybook/words"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "en.po"
    write(file, "Done")
    return file


def write(file: Path, sentence: str) -> None:
    file.write_text(f'{HEAD}msgid "done"\nmsgstr "{sentence}"\n', "utf-8")


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be compiled any more."""
    monkeypatch.setattr(catalogue, "_compile", None)


def test_it_is_compiled_once(file: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue.read(file).gettext("done") == "Done"
    forbid(monkeypatch)
    assert catalogue.read(file).gettext("done") == "Done"


def test_what_is_kept_says_the_same(cache: Path) -> None:
    for language in ("en", "fr"):
        first = catalogue.read(CATALOGUES / f"{language}.po")
        again = catalogue.read(CATALOGUES / f"{language}.po")
        assert vars(first)["_catalog"] == vars(again)["_catalog"]
        assert [first.plural(n) for n in range(4)] == [again.plural(n) for n in range(4)]


def test_an_edited_catalogue_is_read_anew(file: Path, cache: Path) -> None:
    catalogue.read(file)
    write(file, "Fini")
    assert catalogue.read(file).gettext("done") == "Fini"
    assert len(list(cache.iterdir())) == 1  # the one before is gone


@pytest.mark.parametrize("left", [b"", b"\0" * 400, b"no digest\nno catalogue"])
def test_a_damaged_one_is_made_anew(
    file: Path, cache: Path, left: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.read(file)
    (kept,) = cache.iterdir()
    kept.write_bytes(left)
    assert catalogue.read(file).gettext("done") == "Done"
    forbid(monkeypatch)
    assert catalogue.read(file).gettext("done") == "Done"


def test_a_sentence_changed_on_the_disk_is_noticed(file: Path, cache: Path) -> None:
    catalogue.read(file)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"Done", b"Gone"))
    assert catalogue.read(file).gettext("done") == "Done"


def test_without_a_cache_it_is_read_all_the_same(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "in the way"))
    assert catalogue.read(file).gettext("done") == "Done"
