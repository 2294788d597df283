"""kiosk.toml: one file, read once, into each package's own frozen settings.

An error names the file, the key, the value, and what would be right. Passwords are not written in
it: `password_file` names a file that holds nothing else.
"""

from __future__ import annotations

import codecs
import difflib
import re
import socket
import time
import tomllib
import types
import typing
from collections import Counter
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import platformdirs

from drivers.settings import (
    NetworkPrinterSettings,
    SerialPrinterSettings,
    SerialScannerSettings,
)
from kiosk.daybook.blocklist.settings import BlockListSettings
from kiosk.daybook.settings import RetentionSettings
from kiosk.delivery.settings import Contact, DeliverySettings
from kiosk.desk.checks import barcodes
from kiosk.desk.checks.functions import FunctionRules
from kiosk.desk.dates.closed_days import LONGEST, Calendar, ClosedDays
from kiosk.desk.policy import DeskSettings, NoncatKind, RegistrationRules
from kiosk.desk.session.sessions import SessionRules
from kiosk.ils.settings import Sip2Settings
from kiosk.ils.sip2.checks import problems as sip2_problems
from kiosk.receipts import ReceiptSettings
from kiosk.view.state import Support

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.desk.checks.barcodes import BarcodeRules
    from kiosk.desk.dates.loans import LoanRule
    from kiosk.desk.session.sessions import Place

COLUMNS = (32, 42, 48)
TOO_LONG = 0.2
"""Seconds of work for one look at a number."""

NOT_EMPTY = frozenset({
    "data", "library.name", "library.terminal", "ils.sip2.host", "printer.network.host",
    "printer.serial.port", "scanner.port", "blocklist.files", "blocklist.times",
    "blocklist.csv.barcode", "desk.barcodes.patron", "desk.barcodes.item", "desk.loans.kind",
    "delivery.tell.name", "desk.places.library", "desk.noncat.code", "desk.noncat.name",
    "desk.registration.fields", "desk.registration.profiles.name",
    "desk.registration.libraries.name",
    "desk.registration.languages.name", "desk.registration.ident_types.name",
})  # fmt: skip

RANGES: dict[str, tuple[float, float]] = {
    "desk.noncat.days": (0, 9999),
    "desk.loan_days": (0, 9999),
    "desk.due_presets": (0, 9999),
    "desk.barcodes.labels.lengths": (1, 64),
    "desk.loans.days": (0, 9999),
    "desk.loans.hours": (1, 999),
    "desk.answer_wait": (0, 60),
    "desk.session.idle_minutes": (0, 1440),
    "blocklist.oldest_days": (0, 3650),
    "blocklist.timeout": (1, 3600),
    "blocklist.largest_mb": (1, 100_000),
    "blocklist.every": (1, 1440),
    "blocklist.smallest_share": (0, 1),
    "retention.patron_days": (1, 3650),
    "retention.transaction_days": (1, 36500),
    "delivery.first_pause": (0.1, 3600),
    "delivery.longest_pause": (0.1, 86400),
    "delivery.still_working": (0, 3600),
    "delivery.keep_alive": (0.1, 86400),
    "delivery.tell_after": (0, 1440),
    "ils.sip2.port": (1, 65535),
    "ils.sip2.timeout": (0.1, 600),
    "ils.sip2.connect_timeout": (0.1, 600),
    "printer.network.port": (1, 65535),
    "printer.network.timeout": (0.1, 600),
    "printer.serial.timeout": (0.1, 600),
    "printer.serial.baud": (50, 4_000_000),
    "scanner.baud": (50, 4_000_000),
    "scanner.gap": (0.01, 10),
    "screen.width": (0, 10_000),
    "screen.height": (0, 10_000),
}
"""From which number to which a setting goes: days, seconds, ports, baud, pixels."""

CHOICES: dict[str, tuple[object, ...]] = {
    "printer.network.columns": COLUMNS,
    "printer.serial.columns": COLUMNS,
    "printer.serial.bytesize": (7, 8),
    "printer.serial.parity": ("N", "E", "O"),
    "printer.serial.stopbits": (1, 2),
    "scanner.bytesize": (5, 6, 7, 8),
    "scanner.parity": ("N", "E", "O", "M", "S"),
    "scanner.stopbits": (1, 1.5, 2),
}


class ConfigError(Exception):
    """The configuration cannot be used. The message says where and what would be right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LibrarySettings:
    """Whose desk this is. `timezone` is a name such as Europe/Vienna; "" is the machine's own."""

    name: str = "Library"
    timezone: str = ""
    terminal: str = field(default_factory=socket.gethostname)
    profile: str = ""
    staff: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IlsSettings:
    """Which library system answers while the patron waits, and which takes the rest."""

    live: Literal["none", "sip2"] = "none"
    offline: Literal["none", "sip2"] = "none"
    sip2: Sip2Settings | None = None

    @property
    def system(self) -> Literal["none", "sip2"]:
        """Which one transactions go to at all; `offline` may be none where one is live only."""
        return self.offline if self.offline != "none" else self.live


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterSettings:
    """The receipt printer: one of the two, the terminal, or none at all."""

    network: NetworkPrinterSettings | None = None
    serial: SerialPrinterSettings | None = None
    terminal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreenSettings:
    """The touchscreen. Without a size it takes what there is, full screen."""

    width: int = 0
    height: int = 0
    theme: Literal["light", "dark"] = "light"


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """All that kiosk.toml can say."""

    data: Path = field(default_factory=lambda: platformdirs.user_data_path("daybook"))
    language: str = "en"
    library: LibrarySettings = field(default_factory=LibrarySettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
    scanner: tuple[SerialScannerSettings, ...] = ()
    printer: PrinterSettings = field(default_factory=PrinterSettings)
    receipt: ReceiptSettings = field(default_factory=ReceiptSettings)
    ils: IlsSettings = field(default_factory=IlsSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    blocklist: BlockListSettings = field(default_factory=BlockListSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    support: Support = field(default_factory=Support)

    @property
    def zone(self) -> ZoneInfo:
        """The library's time zone."""
        return ZoneInfo(self.library.timezone or _machine_zone())


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError."""
    try:
        text = path.read_text("utf-8-sig")  # some editors put a mark before the first line
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not text in UTF-8: save it as UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    try:
        config = _with_cards(_build(Config, table, ""))
        _check(config)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return config


def _with_cards(config: Config) -> Config:
    """Expect of a block list the cards that the desk knows, unless it has patterns of its own."""
    if config.blocklist.cards:
        return config
    cards = tuple(label.regex for label in config.desk.barcodes.of("patron"))
    block_list = replace(config.blocklist, cards=cards)
    return replace(config, blocklist=block_list)


def demo(data: Path, port: int) -> Config:
    """Give the configuration of a desk at the demo library, on this machine's own port."""
    sip2 = Sip2Settings(host="127.0.0.1", port=port, login="kiosk", password="kiosk")  # noqa: S106
    return Config(
        data=data,
        library=LibrarySettings(
            name="Northside Branch", terminal="demo-desk", staff="Ines", profile="Circulation"
        ),
        desk=DeskSettings(
            session=SessionRules(required=False),
            functions=FunctionRules(preset="sip2", uncarried="by_hand"),
            noncat=(
                NoncatKind(code="2", name="Paperback", days=28),
                NoncatKind(code="5", name="Magazine", days=7),
            ),
        ),
        printer=PrinterSettings(terminal=True),
        receipt=ReceiptSettings(footer=("Renew by phone:", "555 0142")),
        ils=IlsSettings(live="sip2", offline="sip2", sip2=sip2),
        delivery=DeliverySettings(
            longest_pause=10.0,
            keep_alive=5.0,
            tell=(Contact(name="Westside Consortium", phone="555 0123"),),
            tell_after=0,
        ),
        screen=ScreenSettings(width=1024, height=600),
        support=Support(name="Northside IT", phone="555 0199"),
    )


T = TypeVar("T")


def _build(cls: type[T], table: dict[str, Any], where: str) -> T:
    """Make a settings object of a TOML table."""
    hints = typing.get_type_hints(cls)
    table = _with_secrets(table, hints, where)
    for key, value in table.items():
        if key not in hints:
            raise ConfigError(_unknown(key, value, hints, where))
    values = {key: _fitting(hints[key], value, _join(where, key)) for key, value in table.items()}
    for known in fields(cls):  # type: ignore[arg-type] # every settings class is a dataclass
        required = known.default is MISSING and known.default_factory is MISSING
        if required and known.name not in values:
            raise ConfigError(f"[{where}] needs the key {known.name}")
    return cls(**values)


def _fitting(hint: Any, value: Any, where: str) -> Any:
    """Give a value of its type, and one that makes sense."""
    found = _value(hint, value, where)
    if where in NOT_EMPTY and not (value.strip() if isinstance(value, str) else value):
        raise ConfigError(f"{where} = {value!r} is empty: fill it in, or leave the line out")
    if where in CHOICES and found not in CHOICES[where]:
        known = ", ".join(repr(choice) for choice in CHOICES[where])
        raise ConfigError(f"{where} = {value!r} does not fit: give one of {known}")
    if where in RANGES:
        low, high = RANGES[where]
        for number in found if isinstance(found, tuple) else (found,):
            if not low <= number <= high:
                raise ConfigError(f"{where} = {value!r} does not fit: give {low} to {high}")
    return found


def _value(hint: Any, value: Any, where: str) -> Any:
    hint = _without_none(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigError(f"{where} = {value!r} should be a table: write [{where}]")
        return _build(hint, value, where)
    args = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and is_dataclass(args[0]):
        if not isinstance(value, list):
            raise ConfigError(f"{where} should be a list of tables: write [[{where}]]")
        return tuple(_value(args[0], item, where) for item in value)
    if hint is Path:
        return Path(_value(str, value, where)).expanduser()
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where} = {value!r} does not fit: {_plain(error, hint)}") from error


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (Union, types.UnionType):
        return next(arg for arg in typing.get_args(hint) if arg is not types.NoneType)
    return hint


def _plain(error: msgspec.ValidationError, hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return "give one of " + ", ".join(map(_written, typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        each = {int: "[7, 14, 21]", str: '["one", "two"]'}
        of = typing.get_args(hint)[0]
        if of not in each:
            return "give a list of " + ", ".join(f'"{choice}"' for choice in _choices(of))
        return f"give a list, such as {each[of]}"
    if typing.get_origin(hint) is dict:
        return "give one of " + ", ".join(f'"{choice}"' for choice in _choices(hint))
    wanted = {int: "a whole number", float: "a number", bool: "true or false", str: '"text"'}
    return f"give {wanted[hint]}" if hint in wanted else str(error).replace("`", "")


def _written(choice: str | int) -> str:
    """Give a value as it is written in the file."""
    return f'"{choice}"' if isinstance(choice, str) else str(choice)


def _choices(hint: Any) -> list[str]:
    """Name every word of a choice, however deep it stands in a type."""
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    return [choice for arg in typing.get_args(hint) for choice in _choices(arg)]


def _unknown(key: str, value: Any, hints: dict[str, Any], where: str) -> str:
    close = difflib.get_close_matches(key, hints, n=1)
    advice = f"did you mean {close[0]}?" if close else "known are " + ", ".join(sorted(hints))
    section = f"[{where}] " if where else ""
    shown = "" if isinstance(value, dict | list) else f" = {value!r}"
    return f"{section}{key}{shown} is not known: {advice}"


def _with_secrets(table: dict[str, Any], hints: dict[str, Any], where: str) -> dict[str, Any]:
    """Read `password_file` and its like; refuse a password in the open."""
    table = dict(table)
    for key in [hint for hint in hints if hint.endswith("password")]:
        if key in table:
            raise ConfigError(
                f"[{where}] {key} does not belong in this file: put it into a file of its own, "
                f'readable by the kiosk alone, and write {key}_file = "/etc/daybook/'
                f'{where.rpartition(".")[2]}.{key}"'
            )
        if f"{key}_file" in table:
            file = _value(Path, table.pop(f"{key}_file"), _join(where, f"{key}_file"))
            table[key] = _secret(file, f"[{where}] {key}_file = {str(file)!r}")
    return table


def _secret(file: Path, what: str) -> str:
    try:
        secret = file.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{what} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{what} is not text in UTF-8: save it as UTF-8") from error
    if not secret:
        raise ConfigError(f"{what} is empty: write the password into it, and nothing else")
    return secret


def _check(config: Config) -> None:
    """Check what types alone cannot say."""
    try:
        _ = config.zone
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"[library] timezone = {config.library.timezone!r} is not known: give a name such as "
            '"Europe/Vienna" or "America/Chicago"'
        ) from error
    languages = sorted(po.stem for po in (Path(__file__).parent / "words").glob("*.po"))
    if config.language not in languages:
        known = ", ".join(f'"{language}"' for language in languages)
        raise ConfigError(f"language = {config.language!r} is not known: give one of {known}")
    if (config.screen.width == 0) != (config.screen.height == 0):
        raise ConfigError("[screen] needs width and height, or neither for the full screen")
    if config.retention.transaction_days < config.retention.patron_days:
        raise ConfigError(
            f"[retention] transaction_days = {config.retention.transaction_days} is less than "
            f"patron_days = {config.retention.patron_days}: give as many or more"
        )
    _check_patterns("[desk.barcodes] patron", config.desk.barcodes.patron)
    _check_patterns("[desk.barcodes] item", config.desk.barcodes.item)
    _check_barcodes(config.desk.barcodes)
    _check_patterns("[desk] system_cards", config.desk.system_cards)
    _check_patterns("[blocklist] cards", config.blocklist.cards)
    _check_loans(config.desk.loans)
    _check_once("[[desk.noncat]] code", (kind.code for kind in config.desk.noncat))
    _check_once("[[desk.places]]", map(_full_name, config.desk.places))
    _check_reasons(config.desk.override_reasons)
    _check_registration(config.desk.registration)
    _check_closed(config.desk.closed)
    _check_block_list(config.blocklist)
    if config.delivery.load_at:
        _check_moment("[delivery] load_at", config.delivery.load_at, "a time such as")
    _check_printer(config.printer)
    _check_ils(config.ils)


def _check_ils(ils: IlsSettings) -> None:
    if "sip2" in (ils.live, ils.offline) and ils.sip2 is None:
        raise ConfigError("[ils] names sip2: say where it is in [ils.sip2], with host and port")
    live_only = ils.sip2 is not None and ils.sip2.quirks.no_block == "never"
    if ils.live != "none" and ils.offline == "none" and not live_only:
        raise ConfigError(
            f'[ils] live = "{ils.live}" without offline: name also what takes the rest, '
            f'offline = "{ils.live}"'
        )
    if ils.sip2 is not None:
        for problem in sip2_problems(ils.sip2, backlog=ils.offline == "sip2"):
            raise ConfigError(problem)


def _check_encoding(where: str, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ConfigError(
            f"[{where}] encoding = {encoding!r} is not known: give utf-8, latin-1, cp850 …"
        ) from error


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url


def _check_block_list(settings: BlockListSettings) -> None:
    _check_encoding("blocklist", settings.encoding)
    if settings.url and settings.folder is not None:
        raise ConfigError("[blocklist] names url and folder: keep one of them")
    if settings.url and not _is_web_address(settings.url):
        raise ConfigError(
            f"[blocklist] url = {settings.url!r} is not a web address: begin with https://"
        )
    if settings.date_from == "date_file" and (settings.url or not settings.date_file):
        raise ConfigError(
            '[blocklist] date_from = "date_file" needs a folder, and date_file = "NAME" for the '
            "file in it"
        )
    if len(settings.csv.delimiter) != 1:
        raise ConfigError(
            f"[blocklist.csv] delimiter = {settings.csv.delimiter!r} does not fit: give one "
            'character, such as ";" or "\\t"'
        )
    for moment in settings.times:
        _check_moment("[blocklist] times", moment, "times such as")


def _check_moment(where: str, moment: str, wanted: str) -> None:
    if re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", moment) is None:
        raise ConfigError(f'{where} = {moment!r} does not fit: give {wanted} "07:00"')


def _check_patterns(where: str, patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigError(
                f"{where} = {pattern!r} is not a regular expression: {error}"
            ) from error
        if _takes_ever_longer(pattern):
            raise ConfigError(
                f"{where} = {pattern!r} takes too long: one scan would stop the desk. Do not "
                "repeat what is repeated already, as (a+)+ does"
            )


def _takes_ever_longer(pattern: str) -> bool:
    """Try a regular expression at what it nearly fits, longer and longer, until it takes too long.

    A usual one takes microseconds for the longest label; `(a+)+b` takes twice as long for each
    character more.
    """
    fits = re.compile(pattern, re.ASCII)
    letters = {"0", *(x for x in pattern if x.isalnum())}
    for length, letter, end in product(range(1, barcodes.LONGEST), sorted(letters), ("", "!")):
        began = time.thread_time()
        fits.fullmatch(letter * length + end)
        if time.thread_time() - began > TOO_LONG:
            return True
    return False


def _check_barcodes(rules: BarcodeRules) -> None:
    for number, label in enumerate(rules.labels, 1):
        where = f"[[desk.barcodes.labels]] no. {number}"
        if not (label.prefix or label.lengths or label.pattern or label.institutions):
            raise ConfigError(
                f'{where} fits every number: give prefix = "2", lengths = [14], institutions or a '
                "pattern"
            )
        for key in ("prefix", "institutions"):
            value = getattr(label, key)
            for code in (value,) if isinstance(value, str) else value:
                if code and not code.isalnum():
                    raise ConfigError(
                        f"{where} {key} = {code!r} does not fit: give digits or letters, such as "
                        '"1234"; for anything else there is pattern'
                    )
        _check_patterns(f"{where} pattern", (label.pattern,))
    both = barcodes.both_kinds(rules)
    if both is not None:
        raise ConfigError(
            f"[desk.barcodes] takes {both} for a card and for an item: make the two differ, in "
            "prefix, lengths or pattern"
        )


def _check_registration(rules: RegistrationRules) -> None:
    for name in rules.required:
        if name not in rules.fields:
            raise ConfigError(
                f'[desk.registration] required names "{name}", which is not asked: put it into '
                "fields too"
            )

    _check_once("[desk.registration] fields", rules.fields)
    for table in ("profiles", "libraries", "languages", "ident_types"):
        values = (choice.value for choice in getattr(rules, table))
        _check_once(f"[[desk.registration.{table}]]", values)


def _full_name(place: Place) -> str:
    parts = (place.library, place.library_code, place.profile, place.profile_code)
    return " · ".join(part for part in parts if part)


def _check_once(where: str, values: Iterable[str]) -> None:
    """Refuse what is there twice: staff would choose one of the two, and another is recorded."""
    for value, count in Counter(values).items():
        if count > 1:
            raise ConfigError(f'{where}: "{value}" is there twice, keep one of them')


def _check_reasons(reasons: tuple[str, ...]) -> None:
    where = "[desk] override_reasons"
    _check_once(where, reasons)
    for reason in reasons:
        if not reason.strip() or reason == "other":
            raise ConfigError(
                f'{where} has "{reason}", which is no reason: leave it out. Another reason can be '
                "typed in any case"
            )


def _check_loans(rules: tuple[LoanRule, ...]) -> None:
    known: set[str] = set()
    for rule in rules:
        where = f'[[desk.loans]] kind = "{rule.kind}"'
        if not re.fullmatch(r"[a-z][a-z0-9-]*", rule.kind) or rule.kind == "usual":
            raise ConfigError(
                f'{where} does not fit: give a word of small letters, such as "dvd"; it is scanned '
                "and typed as kind:dvd"
            )
        if rule.kind in known:
            raise ConfigError(f"{where} is there twice: give all its patterns in one, item = [...]")
        if (rule.days is None) == (rule.hours is None):
            raise ConfigError(f"{where} needs days = 7 or hours = 3, one of them")
        _check_patterns(f"{where} item", rule.item)
        for media in rule.media:
            if not re.fullmatch(r"\d{3}", media, re.ASCII):
                raise ConfigError(
                    f'{where} media = "{media}" does not fit: give the three digits of SIP2, such '
                    'as "006" for CDs and DVDs'
                )
        known.add(rule.kind)


def _check_closed(closed: ClosedDays) -> None:
    for day in closed.days:
        try:
            Calendar(ClosedDays(days=(day,)))
        except ValueError as error:
            raise ConfigError(
                f'[desk.closed] days = {day!r} does not fit: give a day such as "2026-12-25", one '
                'of every year such as "12-25", or a range such as "2026-12-24..2027-01-01", the '
                "first day first"
            ) from error
    today = date.today()  # noqa: DTZ011 - any day will do
    calendar = Calendar(closed)
    if all(calendar.closed(today + timedelta(days=n)) for n in range(LONGEST)):
        raise ConfigError("[desk.closed] closes the library for a year: leave some day open")


def _check_printer(printer: PrinterSettings) -> None:
    chosen = [name for name in ("network", "serial", "terminal") if getattr(printer, name)]
    if len(chosen) > 1:
        raise ConfigError(f"[printer] names {' and '.join(chosen)}: keep one of them")


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _machine_zone() -> str:
    """Name the machine's own time zone (Debian keeps it as a link into the zone data)."""
    target = Path("/etc/localtime").resolve()
    _, found, name = str(target).partition("/zoneinfo/")
    return name if found else "UTC"
