"""kiosk.toml: a good one is read whole; a bad one is told by file, key, value and remedy."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.config import Config, ConfigError, demo, load
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.desk.dates.duedates import Length

ADMINISTRATORS = Path(__file__).parents[1] / "docs" / "administrators.md"

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


def write(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, "utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert str(error.value).startswith(str(path))
    return str(error.value).removeprefix(str(path)).lstrip(": ")


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


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text('language = "en"\n', "utf-8-sig")
    assert load(path).language == "en"


def test_a_path_may_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(write(tmp_path, 'data = "~/daybook"')).data == tmp_path / "daybook"


def test_the_demo_is_a_whole_configuration(tmp_path: Path) -> None:
    config = demo(tmp_path, 6001)
    assert config.ils.sip2 is not None
    assert config.ils.sip2.port == 6001
    assert config.zone


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[library", "is not TOML"),
        ("lanugage = 'en'", "lanugage = 'en' is not known: did you mean language?"),
        ("language = 'xx'", "language = 'xx' is not known: give one of \"en\""),
        ("language = '../en'", "language = '../en' is not known"),
        ("[desk]\nloan_day = 14", "[desk] loan_day = 14 is not known: did you mean loan_days?"),
        ("[desk]\nzzz = 1", "[desk] zzz = 1 is not known: known are answer_wait, barcodes"),
        ("[desk]\nloan_days = '14'", "desk.loan_days = '14' does not fit: give a whole number"),
        ("[desk]\nloan_days = true", "desk.loan_days = True does not fit: give a whole number"),
        ("[desk]\nloan_days = 1.5", "desk.loan_days = 1.5 does not fit: give a whole number"),
        ("[desk]\nloan_days = -1", "desk.loan_days = -1 does not fit: give 0 to 9999"),
        ("[retention]\npatron_days = 0", "patron_days = 0 does not fit: give 1 to 3650"),
        ("[retention]\npatron_days = 500", "transaction_days = 400 is less than patron_days"),
        ("[desk]\nloan_days = 1000000", "desk.loan_days = 1000000 does not fit: give 0 to 9999"),
        ("[desk]\ndue_presets = 7", "desk.due_presets = 7 does not fit: give a list, such as [7"),
        ("[desk]\ndue_presets = [7, -1]", "desk.due_presets = [7, -1] does not fit: give 0 to"),
        ("[desk]\ndue_presets = [true]", "desk.due_presets = [True] does not fit: give a list"),
        ("[desk]\nanswer_wait = nan", "desk.answer_wait = nan does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = inf", "desk.answer_wait = inf does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = -1", "desk.answer_wait = -1 does not fit: give 0 to 60"),
        ("[desk]\nanswer_wait = true", "desk.answer_wait = True does not fit: give a number"),
        ("[desk]\nreceipts = 'two'", 'give one of "patron", "item", "none"'),
        ("desk = 3", "desk = 3 should be a table: write [desk]"),
        ("[blocklist]\nurl = 'http://[::1/list'", "is not a web address"),
        ("[blocklist]\nurl = 'https://:80/list'", "is not a web address"),
        ("[blocklist]\ncards = ['(']", "[blocklist] cards = '(' is not a regular expression"),
        ("[desk.barcodes]\npatron = ['(']", "patron = '(' is not a regular expression"),
        ("[desk.barcodes]\nitem = ['\\d{14}']", "takes 20000000000000 for a card and for an item"),
        ("[desk.barcodes]\nuse_anyway = true", 'give one of "staff", "supervisor", "nobody"'),
        ("[[desk.barcodes.labels]]\nprefix = '2'", "[desk.barcodes.labels] needs the key kind"),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'",
            "[[desk.barcodes.labels]] no. 1 fits every number: give prefix",
        ),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\nprefix = '3.'",
            "[[desk.barcodes.labels]] no. 1 prefix = '3.' does not fit: give digits or letters",
        ),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\npattern = '3['",
            "[[desk.barcodes.labels]] no. 1 pattern = '3[' is not a regular expression",
        ),
        (
            "[[desk.barcodes.labels]]\nkind = 'item'\nlengths = [0]",
            "desk.barcodes.labels.lengths = [0] does not fit: give 1 to 64",
        ),
        ("[[desk.loans]]\ndays = 7", "[desk.loans] needs the key kind"),
        ("[[desk.loans]]\nkind = 'dvd'", '[[desk.loans]] kind = "dvd" needs days = 7 or hours = 3'),
        ("[[desk.loans]]\nkind = 'dvd'\ndays = 1\nhours = 2", "needs days = 7 or hours = 3"),
        ("[[desk.loans]]\nkind = 'dvd'\nhours = 0", "desk.loans.hours = 0 does not fit: give 1"),
        ("[[desk.loans]]\nkind = 'DVD'\ndays = 1", "give a word of small letters, such as"),
        ("[[desk.loans]]\nkind = 'usual'\ndays = 1", "give a word of small letters, such as"),
        (
            "[[desk.loans]]\nkind = 'dvd'\ndays = 1\n[[desk.loans]]\nkind = 'dvd'\ndays = 2",
            'kind = "dvd" is there twice',
        ),
        (
            "[[desk.noncat]]\ncode = '2'\nname = 'A'\n[[desk.noncat]]\ncode = '2'\nname = 'B'",
            '[[desk.noncat]] code: "2" is there twice',
        ),
        (
            "[[desk.places]]\nlibrary = 'A'\n[[desk.places]]\nlibrary = 'A'",
            '[[desk.places]]: "A" is there twice',
        ),
        (
            "[desk.registration]\nfields = ['born', 'born']\nrequired = []",
            '[desk.registration] fields: "born" is there twice',
        ),
        (
            (
                "[[desk.registration.profiles]]\nname = 'A'\ncode = '1'\n"
                "[[desk.registration.profiles]]\nname = 'B'\ncode = '1'"
            ),
            '[[desk.registration.profiles]]: "1" is there twice',
        ),
        ("[desk]\nsystem_cards = ['(']", "[desk] system_cards = '(' is not a regular expression"),
        ("[desk.barcodes]\npatron = ['(a+)+b']", "patron = '(a+)+b' takes too long: one scan"),
        ("[desk.barcodes]\nitem = ['(\\d+)*']", "item = '(\\\\d+)*' takes too long: one scan"),
        ("[desk]\noverride_reasons = ['a', 'a']", 'override_reasons: "a" is there twice'),
        ("[desk]\noverride_reasons = ['']", 'override_reasons has "", which is no reason'),
        ("[desk]\noverride_reasons = ['other']", 'override_reasons has "other", which is no'),
        (
            "[[desk.loans]]\nkind = 'dvd'\ndays = 1\nitem = ['(']",
            "[[desk.loans]] kind = \"dvd\" item = '(' is not a regular expression",
        ),
        ("[desk.closed]\nweekdays = ['sunday']", 'give a list of "mon", "tue", "wed"'),
        ("[desk.closed]\ndays = ['25.12.']", "[desk.closed] days = '25.12.' does not fit: give a"),
        ("[desk.closed]\ndays = ['02-30']", "[desk.closed] days = '02-30' does not fit"),
        (
            "[desk.closed]\ndays = ['2027-01-02..2026-12-24']",
            "days = '2027-01-02..2026-12-24' does not fit",
        ),
        ("[desk.closed]\ndays = ['01-01..12-31']", "[desk.closed] closes the library for a year"),
        ("[desk.barcodes]\nitem = []", "desk.barcodes.item = [] is empty"),
        ("[desk.barcodes]\nitem = '3.*'", "desk.barcodes.item = '3.*' does not fit: give a list"),
        (
            "[desk.barcodes]\ncheck_digit = 1",
            "desk.barcodes.check_digit = 1 does not fit: give true",
        ),
        ("[library]\nname = ''", "library.name = '' is empty"),
        ("[blocklist]\nurl = 'example.org'", "is not a web address: begin with https://"),
        ("[blocklist]\nurl = 'http://a'\nfolder = '/b'", "names url and folder: keep one of them"),
        ("[blocklist]\npassword = 'x'", 'password_file = "/etc/daybook/blocklist.password"'),
        ("[blocklist]\ntimes = ['7']", "times = '7' does not fit: give times such as"),
        ("[blocklist]\ntimes = ['24:00']", "times = '24:00' does not fit"),
        ("[blocklist]\ntimes = ['7:5']", "times = '7:5' does not fit: give times such as"),
        ("[delivery]\nload_at = '7:5'", "load_at = '7:5' does not fit: give a time such as"),
        ("[blocklist]\ntimes = []", "blocklist.times = [] is empty"),
        ("[blocklist]\nsmallest_share = 2", "blocklist.smallest_share = 2 does not fit"),
        ("[blocklist]\nencoding = 'utf-9'", "[blocklist] encoding = 'utf-9' is not known"),
        ("[blocklist]\ndate_from = 'date_file'", "needs a folder, and date_file"),
        ("[blocklist]\nformat = 'xls'", 'give one of "evergreen", "csv", "barcodes"'),
        ("[blocklist.csv]\ndelimiter = ';;'", "delimiter = ';;' does not fit: give one character"),
        ("[blocklist.actions]\nlost = 'forgive'", 'give one of "refuse", "warn", "ignore"'),
        ("[blocklist.statuses]\nX = 'bad'", 'give one of "blocked", "barred", "lost"'),
        ("[library]\nname = '  '", "library.name = '  ' is empty"),
        ("[library]\nterminal = ''", "library.terminal = '' is empty"),
        ("[library]\nname = 5", 'library.name = 5 does not fit: give "text"'),
        ("[library]\ntimezone = 'Mars/Base'", "timezone = 'Mars/Base' is not known: give a name"),
        ("[library]\ntimezone = 'Europe'", "timezone = 'Europe' is not known"),
        ("[library]\ntimezone = '../passwd'", "timezone = '../passwd' is not known"),
        ("data = ''", "data = '' is empty"),
        ("data = 5", 'data = 5 does not fit: give "text"'),
        ("[scanner]\nport = 'x'", "scanner should be a list of tables: write [[scanner]]"),
        ("[[scanner]]\nbaud = 9600", "[scanner] needs the key port"),
        ("[[scanner]]\nport = ''", "scanner.port = '' is empty"),
        ("[[scanner]]\nport = 'x'\nparity = 'X'", "scanner.parity = 'X' does not fit: give one of"),
        ("[[scanner]]\nport = 'x'\ngap = 0", "scanner.gap = 0 does not fit: give 0.01 to 10"),
        (
            "[printer.network]\nhost = 'p'\nport = -1",
            "printer.network.port = -1 does not fit: give 1",
        ),
        (
            "[printer.network]\nhost = 'p'\ncolumns = 40",
            "columns = 40 does not fit: give one of 32",
        ),
        ("[printer.network]\nhost = 'p'\ncolumns = true", "columns = True does not fit"),
        ("[printer]\nterminal = true\n[printer.network]\nhost = 'p'", "keep one of them"),
        ("[ils]\noffline = 'sip3'", 'give one of "none", "sip2"'),
        ("[ils]\noffline = 'sip2'", "[ils] names sip2: say where it is in [ils.sip2]"),
        ("[ils.sip2]\nlogin = 'desk'", "[ils.sip2] needs the key host"),
        ("[ils.sip2]\nhost = ''", "ils.sip2.host = '' is empty"),
        (
            "[ils.sip2]\nhost = 'l'\nport = 70000",
            "ils.sip2.port = 70000 does not fit: give 1 to 65535",
        ),
        ("[ils.sip2]\nhost = 'l'\nport = true", "ils.sip2.port = True does not fit"),
        ("[ils.sip2]\nhost = 'l'\nencoding = 'marc'", "encoding = 'marc' is not known: give utf-8"),
        ("[ils.sip2]\nhost = 'l'\ntimeout = 0", "ils.sip2.timeout = 0 does not fit: give 0.1"),
        ("[delivery]\nkeep_alive = -3", "delivery.keep_alive = -3 does not fit"),
        ("[screen]\nwidth = 800", "[screen] needs width and height"),
        ("[screen]\nwidth = -800\nheight = 1", "screen.width = -800 does not fit: give 0 to 10000"),
        ("[receipt]\nfooter = 'Thanks'", "receipt.footer = 'Thanks' does not fit: give a list"),
    ],
)
def test_a_mistake_is_told_by_key_and_value_with_what_would_be_right(
    text: str, says: str, tmp_path: Path
) -> None:
    assert says in problem(tmp_path, text)


def test_a_password_does_not_belong_in_the_file(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\npassword = 'hunter2'")
    assert "password_file" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff", "UTF-8")],
)
def test_a_password_file_that_cannot_be_used_is_named(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    told = problem(tmp_path, f"[ils.sip2]\nhost = 'l'\npassword_file = '{secret}'")
    assert f"[ils.sip2] password_file = '{secret}'" in told
    assert says in told


def test_the_terminal_password_has_a_file_of_its_own_too(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\nterminal_password = 'x'")
    assert "terminal_password_file" in told
    (tmp_path / "secret").write_text("s3cret\n")
    path = tmp_path / "good.toml"
    path.write_text(f"[ils.sip2]\nhost = 'l'\nterminal_password_file = '{tmp_path / 'secret'}'\n")
    sip2 = load(path).ils.sip2
    assert sip2 is not None
    assert sip2.terminal_password == "s3cret"


def test_a_password_file_is_named_by_text(tmp_path: Path) -> None:
    told = problem(tmp_path, "[ils.sip2]\nhost = 'l'\npassword_file = 5")
    assert "ils.sip2.password_file = 5 does not fit" in told


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
    for name, hint in typing.get_type_hints(cls).items():
        inner = [x for x in (hint, *typing.get_args(hint)) if is_dataclass(x)]
        found |= {name} if not inner else keys(typing.cast("type", inner[0]))
    # Passwords themselves are refused; the files that hold them are named.
    return {f"{name}_file" if name.endswith("password") else name for name in found}


def test_a_block_list_has_the_desks_cards_unless_it_has_others(tmp_path: Path) -> None:
    desk = "[desk.barcodes]\npatron = ['P\\d{6}']\n"
    assert load(write(tmp_path, desk)).blocklist.cards == (r"P\d{6}",)
    assert load(write(tmp_path, desk + "[blocklist]\ncards = ['.+']")).blocklist.cards == (".+",)


def test_the_manual_has_every_key() -> None:
    spans = " ".join(re.findall("`(.+?)`", ADMINISTRATORS.read_text()))
    assert len(keys(Config)) > len(fields(Config))
    assert keys(Config) - {*re.findall(r"\w+", spans)} == set()
