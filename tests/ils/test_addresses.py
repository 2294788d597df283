"""Web addresses in the settings."""

from __future__ import annotations

import pytest

from kiosk.ils.addresses import is_web_address, server


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://koha.example.org/api", "koha.example.org", 443),
        ("http://koha.example.org", "koha.example.org", 80),
        ("https://koha.example.org:8443/", "koha.example.org", 8443),
        ("HTTP://[::1]", "::1", 80),
    ],
)
def test_a_web_address_names_a_server_and_its_port(url: str, host: str, port: int) -> None:
    assert is_web_address(url)
    assert server(url) == (host, port)


@pytest.mark.parametrize(
    "url",
    ["", "koha.example.org", "ftp://koha.example.org", "https://", "https://a b", "https://[::1",
     "https://koha.example.org:99999"],
)  # fmt: skip
def test_what_is_no_web_address_is_told(url: str) -> None:
    assert not is_web_address(url)
