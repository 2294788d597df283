"""How a library gives out its block list, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from kiosk.desk.checks.blocklist import Actions, Status

ListFormat = Literal["evergreen", "csv", "barcodes"]
DateFrom = Literal["modified", "first_line", "name", "date_file"]
"""Where the list's own date stands: its Last-Modified or time on the disk, or in some text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvSettings:
    """Where card and status stand in a CSV file.

    A column is named as in the first line or, without such a line, by its number from 1. Without
    a status column every card has the default status.
    """

    delimiter: str = ","
    header: bool = True
    barcode: str = "barcode"
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListSettings:
    """How to read a list. `statuses` says what the site's own letters and words mean."""

    format: ListFormat = "evergreen"
    encoding: str = "utf-8"
    default_status: Status = "blocked"
    statuses: dict[str, Status | Literal["ignore"]] = field(default_factory=dict)
    csv: CsvSettings = field(default_factory=CsvSettings)
    date_from: DateFrom = "modified"
    cards: tuple[str, ...] = ()
    """What cards look like: regular expressions for the whole number. Without any, no list is
    refused for it. The configuration takes those of the desk, where it says nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockListSettings(ListSettings):
    """All of `[blocklist]`."""

    use: bool = True
    oldest_days: int = 5
    actions: Actions = field(default_factory=Actions)
    source: Literal["", "evergreen"] = ""
    """Whose list it is, where the kiosk logs in to get it. `url` is set by the configuration."""
    url: str = ""
    ca_file: Path | None = None
    """Who signed the server's certificate, where that is none of the machine's."""
    user: str = ""
    password: str = ""
    timeout: float = 60.0
    """Seconds without a byte, after which a download is given up."""
    largest_mb: int = 500
    times: tuple[str, ...] = ("07:00",)
    """When the URL is asked, by the library's clock. Evergreen makes its list at 6:30."""
    folder: Path | None = None
    files: str = "*"
    """Which files in the folder are lists: a pattern, in which `**/` stands for any folders."""
    every: int = 5
    """Minutes between two looks into the folder."""
    date_file: str = ""
    """With `date_from = "date_file"`: the file beside the list that has its date in it."""
    smallest_share: float = 0.5
    """A list with a smaller share of the old one's cards is taken for a part of a list."""

    @property
    def has_source(self) -> bool:
        """Whether lists come by themselves."""
        return bool(self.url) or self.folder is not None

    @property
    def reading(self) -> str:
        """A digest of all that decides what is made of a list, so that a change is noticed."""
        # Loaded here, because every command reads the settings.
        import hashlib  # noqa: PLC0415

        import msgspec  # noqa: PLC0415

        names = [each.name for each in fields(ListSettings)]
        values = [getattr(self, name) for name in (*names, "date_file", "url", "user")]
        text = msgspec.json.encode(values, order="deterministic")
        return hashlib.sha256(text).hexdigest()[:16]
