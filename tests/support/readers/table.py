"""Read the table as a spreadsheet or a script would: comma-separated, UTF-8, by its header."""

from __future__ import annotations

import csv
import io


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
