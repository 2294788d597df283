"""What a desk's rules must be beyond their types: [desk] and all that is under it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kiosk.config.errors import ConfigError
from kiosk.config.patterns import check_patterns
from kiosk.desk.checks import barcodes
from kiosk.desk.dates.closed_days import LONGEST, Calendar, ClosedDays

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.desk.checks.barcodes import BarcodeRules
    from kiosk.desk.dates.loans import LoanRule
    from kiosk.desk.policy import DeskSettings, RegistrationRules
    from kiosk.desk.session.sessions import Place


def check_desk(desk: DeskSettings) -> None:
    """Raise ConfigError where two settings contradict each other, or one says nothing."""
    check_patterns("[desk.barcodes] patron", desk.barcodes.patron)
    check_patterns("[desk.barcodes] item", desk.barcodes.item)
    _check_barcodes(desk.barcodes)
    check_patterns("[desk] system_cards", desk.system_cards)
    _check_loans(desk.loans)
    _check_once("[[desk.noncat]] code", (kind.code for kind in desk.noncat))
    _check_once("[[desk.places]]", map(_full_name, desk.places))
    _check_reasons(desk.override_reasons)
    _check_registration(desk.registration)
    _check_closed(desk.closed)


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
        check_patterns(f"{where} pattern", (label.pattern,))
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
        values = (choice.code for choice in getattr(rules, table))
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
        check_patterns(f"{where} item", rule.item)
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
