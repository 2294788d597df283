"""Web addresses in the settings."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Tell whether it could be the address of a server."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url


def has_login(url: str) -> bool:
    """Tell whether a name or a password stands in an address, which is shown and logged."""
    return "@" in urlsplit(url).netloc


def server(url: str) -> tuple[str, int]:
    """Give the name and the port of the server at a web address."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
