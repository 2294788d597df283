"""kiosk.toml: a good one is read whole, and the manual knows all of its keys."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.configuring import problem, write

from kiosk.config import Config, ConfigError, load
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.desk.dates.duedates import Length

ADMINISTRATORS = Path(__file__).parents[2] / "docs" / "administrators.md"

GOOD = """
data = "{folder}/data"
language = "en"

[library]
name = "Northside Branch Library"
timezone = "America/Chicago"
terminal = "desk-1"
profile = "Circulation"
staff = "Ines"

[desk]
loan_days = 14
due_presets = [7, 14]
receipts = "item"
answer_wait = 1

[desk.barcodes]
patron = ['P\\d{{6}}']
item = ['\\d{{8}}', 'DV\\d+']
check_digit = false

[[scanner]]
port = "/dev/ttyUSB0"

[[scanner]]
port = "/dev/ttyUSB1"
baud = 115200
parity = "E"
stopbits = 1.5

[printer.network]
host = "printer.local"
columns = 48

[receipt]
footer = ["Renew by phone:", "555 0142"]

[ils]
live = "sip2"
offline = "sip2"

[ils.sip2]
host = "library.example"
login = "desk-1"
password_file = "{folder}/sip2.password"
checksums = "strict"

[delivery]
longest_pause = 60

[screen]
width = 800
height = 480
theme = "dark"

[support]
name = "Northside IT"
phone = "555 0199"
"""


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "sip2.password").write_text("s3cret\n")
    config = load(write(tmp_path, GOOD.format(folder=tmp_path)))
    assert config.data == tmp_path / "data"
    assert config.zone == ZoneInfo("America/Chicago")
    assert config.desk.loan_days == 14
    assert config.desk.due_presets == (7, 14)
    assert config.desk.answer_wait == 1.0
    assert config.desk.barcodes.item == (r"\d{8}", r"DV\d+")
    assert [scanner.port for scanner in config.scanner] == ["/dev/ttyUSB0", "/dev/ttyUSB1"]
    assert config.scanner[1].stopbits == 1.5
    assert config.printer.network is not None
    assert (config.printer.network.host, config.printer.network.port) == ("printer.local", 9100)
    assert config.ils.sip2 is not None
    assert (config.ils.sip2.host, config.ils.sip2.password) == ("library.example", "s3cret")
    assert config.receipt.footer == ("Renew by phone:", "555 0142")
    assert (config.screen.width, config.screen.theme) == (800, "dark")
    assert config.support.phone == "555 0199"


@pytest.mark.parametrize("written", ["s3cret\r\n", "\ufeffs3cret", " s3cret \n\n"])
def test_a_password_is_read_however_an_editor_has_written_it(tmp_path: Path, written: str) -> None:
    (tmp_path / "sip2.password").write_bytes(written.encode())
    config = load(write(tmp_path, GOOD.format(folder=tmp_path)))
    assert config.ils.sip2 is not None
    assert config.ils.sip2.password == "s3cret"


def test_a_password_file_with_more_in_it_is_told_and_nothing_of_it_shown(tmp_path: Path) -> None:
    (tmp_path / "sip2.password").write_text("s3cret\nof the kiosk\n")
    said = problem(tmp_path, GOOD.format(folder=tmp_path))
    assert "sip2.password' has several lines" in said
    assert "s3cret" not in said


def test_loans_labels_and_closed_days_are_read(tmp_path: Path) -> None:
    desk = load(
        write(
            tmp_path,
            """
            [[desk.loans]]
            kind = "dvd"
            name = "DVD"
            item = ['3\\d{4}9\\d{8}']
            media = ["006"]
            days = 7
            [[desk.loans]]
            kind = "laptop"
            hours = 3
            [desk.closed]
            weekdays = ["sun"]
            days = ["12-25", "2026-12-24..2027-01-01"]
            [[desk.barcodes.labels]]
            kind = "patron"
            prefix = "2"
            institutions = ["1234"]
            lengths = [14]
            """,
        )
    )
    assert [rule.length for rule in desk.desk.loans] == [Length(7), Length(hours=3)]
    assert desk.desk.closed.weekdays == ("sun",)
    assert len(desk.desk.closed.days) == 2
    (label,) = desk.desk.barcodes.of("patron")
    assert desk.blocklist.cards == (label.regex,)
    assert re.fullmatch(label.regex, "21234000094417")


def test_an_empty_file_is_a_desk_that_only_records(tmp_path: Path) -> None:
    config = load(write(tmp_path, ""))
    expected = BlockListSettings(cards=config.desk.barcodes.patron)
    assert config == Config(library=config.library, blocklist=expected)
    assert config.ils.offline == "none"
    assert config.library.terminal


def test_a_block_list_has_the_desks_cards_unless_it_has_others(tmp_path: Path) -> None:
    desk = "[desk.barcodes]\npatron = ['P\\d{6}']\n"
    assert load(write(tmp_path, desk)).blocklist.cards == (r"P\d{6}",)
    assert load(write(tmp_path, desk + "[blocklist]\ncards = ['.+']")).blocklist.cards == (".+",)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text('language = "en"\n', "utf-8-sig")
    assert load(path).language == "en"


def test_a_path_may_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(write(tmp_path, 'data = "~/daybook"')).data == tmp_path / "daybook"


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read: No such file"):
        load(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)
    noise = tmp_path / "noise.toml"
    noise.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load(noise)


def keys(cls: type) -> set[str]:
    """Name every key that a table of kiosk.toml may have, and those of the tables in it."""
    found = set()
    in_file = {x.name for x in fields(cls) if x.metadata.get("in_file", True)}
    for name, hint in typing.get_type_hints(cls).items():
        if name not in in_file:
            continue
        inner = [x for x in (hint, *typing.get_args(hint)) if is_dataclass(x)]
        found |= {name} if not inner else keys(typing.cast("type", inner[0]))
    # Passwords themselves are refused; the files that hold them are named.
    return {f"{name}_file" if name.endswith("password") else name for name in found}


def test_the_manual_has_every_key() -> None:
    spans = " ".join(re.findall("`(.+?)`", ADMINISTRATORS.read_text()))
    assert len(keys(Config)) > len(fields(Config))
    assert keys(Config) - {*re.findall(r"\w+", spans)} == set()
