"""PINs: which ones are taken, and how they are kept.

A PIN is kept as what scrypt (RFC 7914) makes of it and of a salt of its own, so that whoever reads
the file has to try each one at the price of 32 MB and a tenth of a second. That is no great hurdle
for four digits: the file is readable by the kiosk alone, and the number of tries at the desk is
limited (kiosk.staff.tries).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec

from kiosk.desk.session.pins import LONGEST, SHORTEST

COST, BLOCK, PARALLEL = 1 << 15, 8, 1
_ROOM = 1 << 27
"""Bytes that checking may take, also where the file asks for more than is usual now."""
_LENGTH = 32
_UP, _DOWN = "01234567890123456789", "98765432109876543210"


class PinHash(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a PIN, with the parameters that made it. `salt`, `hash`: hexadecimal."""

    n: int
    r: int
    p: int
    salt: str
    hash: str


def problem(pin: str) -> str:
    """Tell why a PIN is not taken; "" where it is."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        return f"a PIN has {SHORTEST} to {LONGEST} digits"
    if is_weak(pin):
        return "this PIN is among the first that anybody would try: choose digits without a pattern"
    return ""


def is_weak(pin: str) -> bool:
    """Tell a PIN that repeats itself (0000, 1212, 123123) or counts up or down (1234, 9876)."""
    repeats = any(
        len(pin) % width == 0 and pin == pin[:width] * (len(pin) // width)
        for width in range(1, len(pin) // 2 + 1)
    )
    return repeats or pin in _UP or pin in _DOWN


def made_of(pin: str) -> PinHash:
    """Make what is kept of a PIN."""
    salt = secrets.token_bytes(16)
    made = _scrypt(pin, salt, COST, BLOCK, PARALLEL)
    return PinHash(n=COST, r=BLOCK, p=PARALLEL, salt=salt.hex(), hash=made.hex())


def fits(pin: str, kept: PinHash) -> bool:
    """Tell whether this is the PIN. Takes a moment. Raises ValueError where it cannot be told."""
    try:
        made = _scrypt(pin, bytes.fromhex(kept.salt), kept.n, kept.r, kept.p)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"scrypt cannot work with what is kept: {error}") from error
    return hmac.compare_digest(made, bytes.fromhex(kept.hash))


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=_ROOM, dklen=_LENGTH)
