"""TLS to a SIP2 server: what it takes."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kiosk.ils.sip2.settings import Sip2Settings

ALERT: Final = b"\x15\x03"
"""How a record begins in which a TLS server says what is wrong (RFC 8446, 5.1)."""


def context(settings: Sip2Settings) -> ssl.SSLContext:
    """Make what a connection needs. Raise OSError (ssl.SSLError is one) where a file is unfit."""
    ca_file = None if settings.ca_file is None else str(settings.ca_file)
    made = ssl.create_default_context(cafile=ca_file)
    if settings.certificate_file is not None:
        # Asked for no password, OpenSSL would ask for that of an encrypted key on the terminal.
        made.load_cert_chain(settings.certificate_file, settings.key_file, password="")
    return made


def server_name(settings: Sip2Settings) -> str:
    """Give the name that the server's certificate must have."""
    return settings.server_name or settings.host
