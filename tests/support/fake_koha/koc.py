"""How a .koc file gets into the queue: each line as it stands, without a look at what it says."""

from __future__ import annotations

from .world import Operation

ARGUMENTS = {
    "issue": ("cardnumber", "barcode"),
    "return": ("barcode",),
    "payment": ("cardnumber", "amount"),
}


def read(text: str, userid: str, branchcode: str) -> tuple[list[Operation], str]:
    """Give the operations, and a warning, or "". There is no zone: the time is the server's own.

    Raises KeyError for an unknown command.
    """
    first, *lines = text.replace("\r", "").split("\n")
    header = dict(x.partition("=")[::2] for x in first.split("\t"))
    version = header.get("Version", "")
    warning = "" if version == "1.0" else f"ERROR_file_version: {version}"
    operations = []
    for line in filter(None, lines):
        when, command, *arguments = line.split("\t")
        date, clock, *_ = when.split()
        given = dict(zip(ARGUMENTS[command], arguments, strict=False))
        operations.append(Operation(userid, branchcode, f"{date} {clock}", command, **given))
    return operations, warning
