"""What a value may be beyond its type, by the key's whole name.

Those of a library system stand beside its settings, in kiosk.ils.
"""

from __future__ import annotations

from kiosk.ils.evergreen import settings as evergreen
from kiosk.ils.files import settings as files
from kiosk.ils.koha import settings as koha
from kiosk.ils.sip2 import settings as sip2
from kiosk.ils.symphony import settings as symphony

COLUMNS = (32, 42, 48)

NOT_EMPTY = frozenset({
    "data", "library.name", "library.terminal", "printer.network.host",
    "printer.serial.port", "scanner.port", "blocklist.files", "blocklist.times",
    "blocklist.csv.barcode", "desk.barcodes.patron", "desk.barcodes.item", "desk.loans.kind",
    "delivery.tell.name", "desk.places.library", "desk.noncat.code", "desk.noncat.name",
    "desk.registration.fields", "desk.registration.profiles.name",
    "desk.registration.libraries.name",
    "desk.registration.languages.name", "desk.registration.ident_types.name",
    "desk.registration.profiles.code", "desk.registration.libraries.code",
    "desk.registration.languages.code", "desk.registration.ident_types.code",
    *(f"ils.sip2.{key}" for key in sip2.NOT_EMPTY),
    *(f"ils.evergreen.{key}" for key in evergreen.NOT_EMPTY),
    *(f"ils.koha.{key}" for key in koha.NOT_EMPTY),
    *(f"ils.symphony.{key}" for key in symphony.NOT_EMPTY),
    *(f"ils.files.{key}" for key in files.NOT_EMPTY),
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
    **{f"ils.sip2.{key}": limits for key, limits in sip2.RANGES.items()},
    **{f"ils.evergreen.{key}": limits for key, limits in evergreen.RANGES.items()},
    **{f"ils.koha.{key}": limits for key, limits in koha.RANGES.items()},
    **{f"ils.symphony.{key}": limits for key, limits in symphony.RANGES.items()},
    **{f"ils.files.{key}": limits for key, limits in files.RANGES.items()},
    "printer.network.port": (1, 65535),
    "printer.network.timeout": (0.1, 600),
    "printer.serial.timeout": (0.1, 600),
    "printer.serial.baud": (50, 4_000_000),
    "scanner.baud": (50, 4_000_000),
    "scanner.gap": (0.01, 10),
    "screen.width": (0, 10_000),
    "screen.height": (0, 10_000),
    "screen.volume": (0, 100),
}
"""From which number to which a setting goes: days, seconds, ports, baud, pixels, loudness."""

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
