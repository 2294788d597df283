"""What settings must be beyond their types, and how they fit together.

The rules of the desk, which are many, are in `desk`; a library system's are beside its settings.
"""

from __future__ import annotations

import codecs
import difflib
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from drivers.printer.profiles import DEFAULT, known
from kiosk.config.desk import check_desk
from kiosk.config.errors import ConfigError
from kiosk.config.patterns import check_patterns
from kiosk.ils.addresses import is_web_address
from kiosk.ils.checks import problems
from kiosk.words import LANGUAGES

if TYPE_CHECKING:
    from kiosk.config.settings import Config, PrinterSettings, ScreenSettings
    from kiosk.daybook.blocklist.settings import BlockListSettings
    from kiosk.delivery.settings import DeliverySettings
    from kiosk.desk.policy import DeskSettings

SMALLEST = (800, 480)
"""The smallest screen that everything fits on."""


def check(config: Config) -> None:
    """Check what types alone cannot say. Raises ConfigError."""
    try:
        _ = config.zone
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"[library] timezone = {config.library.timezone!r} is not known: give a name such as "
            '"Europe/Vienna" or "America/Chicago"'
        ) from error
    if config.language not in LANGUAGES:
        known = ", ".join(f'"{code}" ({name})' for code, name in LANGUAGES.items())
        raise ConfigError(f"language = {config.language!r} is not known: give one of {known}")
    if config.screen.language not in ("", *LANGUAGES):
        known = ", ".join(f'"{code}"' for code in LANGUAGES)
        raise ConfigError(
            f"[screen] language = {config.screen.language!r} is not known: give one of {known}"
        )
    _check_screen(config.screen)
    if config.retention.transaction_days < config.retention.patron_days:
        raise ConfigError(
            f"[retention] transaction_days = {config.retention.transaction_days} is less than "
            f"patron_days = {config.retention.patron_days}: give as many or more"
        )
    check_desk(config.desk)
    _check_block_list(config.blocklist)
    _check_pauses(config.delivery)
    if config.delivery.load_at:
        _check_moment("[delivery] load_at", config.delivery.load_at, "a time such as")
    _check_printer(config.printer)
    for problem in problems(config.ils):
        raise ConfigError(problem)
    if config.ils.offline == "evergreen":
        _check_numbers(config.desk)


def _check_screen(settings: ScreenSettings) -> None:
    """Check that a size is given whole, and holds what the screens draw."""
    width, height = settings.width, settings.height
    if (width == 0) != (height == 0):
        raise ConfigError("[screen] needs width and height, or neither for the full screen")
    if width and (width < SMALLEST[0] or height < SMALLEST[1]):
        raise ConfigError(
            f"[screen] width = {width} and height = {height} are too small: give {SMALLEST[0]} and "
            f"{SMALLEST[1]} or more, or neither for the full screen"
        )


def _check_numbers(desk: DeskSettings) -> None:
    """Evergreen knows kinds of items, groups and libraries by their ids."""
    known = {"noncat": [kind.code for kind in desk.noncat]}
    for name in ("profiles", "libraries", "ident_types"):
        known[f"registration.{name}"] = [x.code for x in getattr(desk.registration, name)]
    for table, codes in known.items():
        for code in codes:
            if re.fullmatch(r"[1-9][0-9]{0,8}", code) is None:
                raise ConfigError(
                    f'[[desk.{table}]] code = {code!r} does not fit [ils] offline = "evergreen": '
                    "give the number under which Evergreen knows it"
                )


def _check_block_list(settings: BlockListSettings) -> None:
    check_patterns("[blocklist] cards", settings.cards)
    try:
        codecs.lookup(settings.encoding)
    except LookupError as error:
        raise ConfigError(
            f"[blocklist] encoding = {settings.encoding!r} is not known: give utf-8, latin-1, "
            "cp850 …"
        ) from error
    if settings.url and settings.folder is not None:
        raise ConfigError("[blocklist] names url and folder: keep one of them")
    if settings.url and not is_web_address(settings.url):
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


def _check_pauses(delivery: DeliverySettings) -> None:
    if delivery.first_pause > delivery.longest_pause:
        raise ConfigError(
            f"[delivery] first_pause = {delivery.first_pause:g} is longer than longest_pause = "
            f"{delivery.longest_pause:g}: give as much or less"
        )


def _check_printer(printer: PrinterSettings) -> None:
    chosen = [name for name in ("network", "serial", "terminal") if getattr(printer, name)]
    if len(chosen) > 1:
        raise ConfigError(f"[printer] names {' and '.join(chosen)}: keep one of them")
    for name in ("network", "serial"):
        settings = getattr(printer, name)
        if settings is not None:
            _check_profile(f"[printer.{name}]", settings.profile)


def _check_profile(header: str, profile: str) -> None:
    """Check that the printer's driver will know it: found out at the first receipt, it is late."""
    if profile == DEFAULT or profile in known():
        return
    close = difflib.get_close_matches(profile, known(), n=1, cutoff=0.5)
    advice = (
        f'did you mean "{close[0]}"?' if close else "known are " + ", ".join(sorted(known())) + ";"
    )
    raise ConfigError(
        f'{header} profile = {profile!r} is not known: {advice} "{DEFAULT}" fits most printers'
    )
