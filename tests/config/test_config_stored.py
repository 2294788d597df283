"""Settings changed on the screen: kept beside the daybook, below what kiosk.toml says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kiosk.config import Config, load, stored

if TYPE_CHECKING:
    from pathlib import Path

KEYS = [*stored.DISPLAY, *stored.GUARDED]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


@pytest.mark.parametrize("key", KEYS)
def test_what_is_written_out_reads_as_the_same(config: Config, key: str) -> None:
    if stored.value_of(config, key) != "":  # which stands for another setting's, or for nothing
        text = stored.written(key, config)
        assert stored.read_value(key, text, config) == stored.value_of(config, key)


def test_what_was_kept_counts_at_the_next_start(config: Config) -> None:
    stored.keep(config.data, {"screen.theme": "dark", "desk.due_presets": [7, 28]})
    changed = stored.merged(config)
    assert changed.screen.theme == "dark"
    assert changed.desk.due_presets == (7, 28)


def test_what_the_file_says_counts_first(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f"data = '{tmp_path}'\n[screen]\ntheme = 'light'\n")
    stored.keep(tmp_path, {"screen.theme": "dark", "screen.volume": 10})
    config = stored.merged(load(file))
    assert config.screen.theme == "light"
    assert config.screen.volume == 10
    assert "screen.theme" in config.fixed


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("desk.loan_days", "three weeks", "form.number"),
        ("desk.loan_days", "10000", "form.number"),
        ("desk.due_presets", "7, x", "form.number"),
        ("screen.theme", "pink", "setting.choose"),
        ("screen.language", "xx", "setting.choose"),
        ("desk.learn_loans", "maybe", "setting.choose"),
        ("library.name", "  ", "setting.empty"),
        ("library.timezone", "Europe/Nowhere", "setting.timezone"),
        ("delivery.load_at", "25:00", "setting.time"),
        ("support.name", "x" * 121, "setting.too_long"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would_be_right(
    config: Config, key: str, text: str, why: str
) -> None:
    with pytest.raises(stored.UnfitError) as refused:
        stored.read_value(key, text, config)
    assert refused.value.why.key == why


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null", "\udcff", "[" * 100_000])
def test_a_damaged_file_counts_for_nothing_and_stops_nobody(config: Config, text: str) -> None:
    (config.data / stored.NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert stored.merged(config) == config
    assert stored.is_damaged(config.data)


def test_a_damaged_file_is_put_aside_before_another_takes_its_place(config: Config) -> None:
    for text in ("{half of it", "[]"):
        (config.data / stored.NAME).write_text(text)
        stored.keep(config.data, {"screen.theme": "dark"})
        assert stored.kept(config.data) == {"screen.theme": "dark"}
    aside = sorted(config.data.glob(f"{stored.NAME}.damaged*"))
    assert [path.read_text() for path in aside] == ["{half of it", "[]"]


def test_what_does_not_fit_any_more_is_left_out_and_the_rest_counts(config: Config) -> None:
    values = {"desk.loan_days": -3, "ils.sip2.password": "x", "screen.theme": "dark"}
    (config.data / stored.NAME).write_text(json.dumps(values))
    changed = stored.merged(config)
    assert changed.desk.loan_days == 21
    assert changed.screen.theme == "dark"


def test_a_full_disk_leaves_what_was_kept_before(config: Config) -> None:
    stored.keep(config.data, {"screen.theme": "dark"})
    (config.data / f"{stored.NAME}.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        stored.keep(config.data, {"screen.theme": "light"})
    assert stored.kept(config.data) == {"screen.theme": "dark"}
