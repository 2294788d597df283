"""What each driver has to be told. Light: reading a configuration loads no driver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkPrinterSettings:
    """A printer on the network; `timeout` in seconds, for connecting and for sending.

    `profile` is a name in python-escpos' printer database: it knows code pages and the knife.
    """

    host: str
    port: int = 9100
    name: str = ""
    columns: int = 42
    profile: str = "default"
    timeout: float = 5.0
    cut: bool = True


@dataclass(frozen=True, slots=True)
class SerialPrinterSettings:
    """A printer on a serial port; otherwise as on the network. `parity` is N, E or O.

    At 9600 baud a receipt of 3 kB takes 3 s, hence the longer `timeout`.
    """

    port: str
    baud: int = 9600
    name: str = ""
    columns: int = 42
    profile: str = "default"
    timeout: float = 10.0
    cut: bool = True
    bytesize: int = 8
    parity: str = "N"
    stopbits: int = 1
    xonxoff: bool = False


@dataclass(frozen=True, slots=True)
class SerialScannerSettings:
    """Where a serial scanner is and how it talks; `gap` is in seconds.

    A scan that pauses for longer than `gap` has broken off. `parity` is N, E, O, M or S.
    """

    port: str
    name: str = ""
    baud: int = 9600
    bytesize: int = 8
    parity: str = "N"
    stopbits: float = 1
    gap: float = 0.3
