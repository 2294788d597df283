"""What can be wrong with Koha's settings before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils.addresses import has_login, is_web_address
from kiosk.ils.koha.settings import read_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.ils.koha.settings import KohaSettings


def problems(settings: KohaSettings) -> Iterator[str]:
    """Say what is wrong, and what would be right."""
    for key in ("staff_url", "rest_url"):
        url = getattr(settings, key)
        if url and not is_web_address(url):
            yield (
                f"[ils.koha] {key} = {url!r} is not a web address: give one such as "
                '"https://staff.koha.example.org"'
            )
        elif url and has_login(url):
            yield (
                f"[ils.koha] {key} has a name or a password in it (before the @): take them out, "
                "and give login and password_file"
            )
    if settings.version and read_version(settings.version) is None:
        yield f'[ils.koha] version = {settings.version!r} does not fit: give one such as "24.05"'
    yield from _login(settings)


def _login(settings: KohaSettings) -> Iterator[str]:
    for name, secret in (("login", "password"), ("client", "client_password")):
        if bool(getattr(settings, name)) != bool(getattr(settings, secret)):
            yield f"[ils.koha] needs {name} and {secret}_file, or neither"
            return
    if settings.login or (settings.client and settings.method == "plugin"):
        return
    if settings.method == "service":
        yield '[ils.koha] method = "service" needs login and password_file: it knows no API keys'
    else:
        yield (
            "[ils.koha] needs login and password_file, or client and client_password_file (an API "
            "key of Koha)"
        )
