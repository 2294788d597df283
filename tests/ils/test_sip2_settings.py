"""What can be said of a SIP2 server in kiosk.toml: presets, keys of their own, and mistakes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import trustme

from kiosk.config import ConfigError, load
from kiosk.ils.sip2.servers import SERVERS, Quirks, Server
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from kiosk.ils.settings import IlsSettings

MANUAL = Path(__file__).parents[2] / "docs" / "administrators.md"
SIP2 = '[ils]\nlive = "sip2"\noffline = "sip2"\n[ils.sip2]\nhost = "sip.example.org"\n'
LIVE_ONLY = SIP2.replace('offline = "sip2"', 'offline = "none"')


def read(folder: Path, text: str) -> IlsSettings:
    path = folder / "kiosk.toml"
    path.write_text(text)
    return load(path).ils


def problem(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read(folder, text)
    return str(error.value)


def quirks(**settings: Any) -> Quirks:
    return Sip2Settings(host="sip.example.org", **settings).quirks


class TestPresets:
    def test_there_is_one_for_each_name(self) -> None:
        assert set(SERVERS) == set(get_args(Server))

    @pytest.mark.parametrize("server", get_args(Server))
    def test_what_is_not_set_is_as_the_preset_says(self, server: Server) -> None:
        assert quirks(server=server) == SERVERS[server]

    def test_a_key_of_its_own_comes_before_it(self) -> None:
        own = quirks(server="folio", encoding="utf-8", no_block_checkin=False, checksums="strict")

        assert (own.encoding, own.no_block_checkin, own.checksums) == ("utf-8", False, "strict")
        assert own.no_block == SERVERS["folio"].no_block

    def test_a_switch_that_is_off_is_not_taken_for_one_that_is_not_set(self) -> None:
        assert quirks(error_detection=False).error_detection is False

    def test_the_manual_tells_what_each_sets(self) -> None:
        rows = re.findall(
            r"^\| `([\w.-]+)`.* \| `(.+)` \| `(.+)` \| `(.+)` \| `(.+)` \| `(.+)` \|$",
            MANUAL.read_text("utf-8"),
            re.MULTILINE,
        )
        assert {row[0]: row[1:] for row in rows if row[0] != "server"} == {
            name: (
                x.encoding,
                x.no_block,
                str(x.no_block_checkin).lower(),
                x.renew_offline,
                str(x.connections),
            )
            for name, x in SERVERS.items()
        }


class TestEvergreen:
    def test_nothing_that_was_done_offline_is_sent_there(self, tmp_path: Path) -> None:
        told = problem(tmp_path, SIP2 + 'server = "evergreen"\n')

        assert '[ils] offline = "sip2" does not fit [ils.sip2] server = "evergreen"' in told
        assert 'offline = "none"' in told

    def test_live_alone_may_stand_for_itself(self, tmp_path: Path) -> None:
        ils = read(tmp_path, LIVE_ONLY + 'server = "evergreen"\n')

        assert (ils.live, ils.offline) == ("sip2", "none")

    def test_of_another_server_it_may_not(self, tmp_path: Path) -> None:
        assert "name also what takes the rest" in problem(tmp_path, LIVE_ONLY)

    def test_whoever_knows_better_may_say_so(self, tmp_path: Path) -> None:
        read(tmp_path, SIP2 + 'server = "evergreen"\nno_block = "ignored"\n')

    def test_another_server_may_be_set_to_take_none_either(self, tmp_path: Path) -> None:
        assert 'no_block = "never"' in problem(tmp_path, SIP2 + 'no_block = "never"\n')


class TestDueFormats:
    @pytest.mark.parametrize("style", ["hello", "%Q", "%H:%M", "%d%d", "%d.%m."])
    def test_one_that_tells_no_day_is_refused_in_words(self, tmp_path: Path, style: str) -> None:
        told = problem(tmp_path, SIP2 + f'due_format = "{style}"\n')

        assert f"[ils.sip2] due_format = '{style}' does not tell a day" in told

    @pytest.mark.parametrize("style", ["%d/%m/%Y", "%m/%d/%Y %H:%M", "%d %b %y", "%x", "%c"])
    def test_one_that_does_can_be_used(self, tmp_path: Path, style: str) -> None:
        sip2 = read(tmp_path, SIP2 + f'due_format = "{style}"\n').sip2

        assert sip2 is not None
        assert sip2.due_format == style

    def test_numbers_to_choose_from_are_named_as_they_are_written(self, tmp_path: Path) -> None:
        assert "give one of 1, 2" in problem(tmp_path, SIP2 + "connections = 3\n")


class TestEncodings:
    @pytest.mark.parametrize(
        "name", ["utf-8", "UTF8", "cp850", "IBM850", "latin-1", "iso-8859-15", "ascii", "cp1251"]
    )
    def test_one_that_keeps_plain_letters_can_be_used(self, tmp_path: Path, name: str) -> None:
        sip2 = read(tmp_path, SIP2 + f'encoding = "{name}"\n').sip2

        assert sip2 is not None
        assert sip2.quirks.encoding == name

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("klingon", "is not known"),
            ("rot13", "is not known"),
            ("base64", "is not known"),
            ("utf-16", "does not fit"),
            ("cp037", "does not fit"),
            ("utf-8-sig", "does not fit"),
        ],
    )
    def test_any_other_is_refused(self, tmp_path: Path, name: str, says: str) -> None:
        told = problem(tmp_path, SIP2 + f'encoding = "{name}"\n')

        assert f"[ils.sip2] encoding = '{name}' {says}" in told

    @pytest.mark.parametrize("value", ["MÜNCHEN", "A|B"])
    def test_what_is_sent_with_every_message_has_to_be_writable(
        self, tmp_path: Path, value: str
    ) -> None:
        told = problem(tmp_path, SIP2 + f'encoding = "ascii"\ninstitution = "{value}"\n')

        assert f"[ils.sip2] institution = '{value}' cannot be written to the server" in told

    def test_a_password_is_not_told_that_way(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("a|b")
        told = problem(tmp_path, SIP2 + f'password_file = "{secret}"\n')

        assert "[ils.sip2] password cannot be written" in told
        assert "a|b" not in told


class TestTls:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, Path]:
        ca = trustme.CA(key_type=trustme.KeyType.ECDSA)
        own = ca.issue_cert("kiosk.example.org")
        names = ("ca_file", "certificate_file", "key_file", "noise")
        paths = {name: tmp_path / f"{name}.pem" for name in names}
        ca.cert_pem.write_to_path(paths["ca_file"])
        own.cert_chain_pems[0].write_to_path(paths["certificate_file"])
        own.private_key_pem.write_to_path(paths["key_file"])
        paths["noise"].write_text("no PEM")
        return paths

    @pytest.mark.parametrize(
        "keys", [(), ("ca_file",), ("certificate_file", "key_file"), ("ca_file", "server_name")]
    )
    def test_files_and_names_may_be_given(
        self, tmp_path: Path, files: dict[str, Path], keys: tuple[str, ...]
    ) -> None:
        lines = [f'{key} = "{files.get(key, "sip.example.org")}"\n' for key in keys]

        sip2 = read(tmp_path, SIP2 + "tls = true\n" + "".join(lines)).sip2
        assert sip2 is not None
        assert sip2.tls

    @pytest.mark.parametrize("key", ["ca_file", "server_name", "certificate_file", "key_file"])
    def test_without_tls_they_count_for_nothing_and_are_refused(
        self, tmp_path: Path, key: str
    ) -> None:
        told = problem(tmp_path, SIP2 + f'{key} = "x"\n')
        assert f"[ils.sip2] {key} counts only with TLS" in told

    @pytest.mark.parametrize("key", ["ca_file", "certificate_file"])
    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path, key: str) -> None:
        told = problem(tmp_path, SIP2 + f'tls = true\n{key} = "/nowhere/x.pem"\n')
        assert f"[ils.sip2] {key} = '/nowhere/x.pem' cannot be read: No such file" in told

    def test_a_key_belongs_to_a_certificate(self, tmp_path: Path, files: dict[str, Path]) -> None:
        told = problem(tmp_path, SIP2 + f'tls = true\nkey_file = "{files["key_file"]}"\n')
        assert "certificate_file" in told

    @pytest.mark.parametrize("key", ["ca_file", "certificate_file"])
    def test_a_file_that_holds_something_else_is_named(
        self, tmp_path: Path, files: dict[str, Path], key: str
    ) -> None:
        told = problem(tmp_path, SIP2 + f'tls = true\n{key} = "{files["noise"]}"\n')
        assert f"[ils.sip2] {key} cannot be used for TLS" in told

    def test_a_certificate_without_its_key_is_named(
        self, tmp_path: Path, files: dict[str, Path]
    ) -> None:
        certificate = files["certificate_file"]
        told = problem(tmp_path, SIP2 + f'tls = true\ncertificate_file = "{certificate}"\n')
        assert "certificate_file cannot be used for TLS" in told


def test_telnet_needs_a_login(tmp_path: Path) -> None:
    assert "needs a login" in problem(tmp_path, SIP2 + 'transport = "telnet"\n')
    read(tmp_path, SIP2 + 'transport = "telnet"\nlogin = "kiosk"\n')
