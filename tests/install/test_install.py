"""`make install` into a fresh Debian root, as an image would have it, and out of it again."""

import os
import platform
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk
from kiosk import config

REPO = Path(__file__).parents[2]
ROOTS = REPO / ".cache" / "roots"
UNITS = ["kiosk-engine.service", "kiosk-screen.service"]

INSTALLED = {  # path -> (mode, owner, group)
    "usr/lib/daybook": (0o755, "root", "root"),
    "usr/lib/daybook/bin/kiosk": (0o755, "root", "root"),
    "usr/lib/systemd/system/kiosk-engine.service": (0o644, "root", "root"),
    "usr/lib/systemd/system/kiosk-screen.service": (0o644, "root", "root"),
    "usr/lib/sysusers.d/kiosk.conf": (0o644, "root", "root"),
    "usr/lib/tmpfiles.d/kiosk.conf": (0o644, "root", "root"),
    "usr/share/polkit-1/rules.d/50-daybook-sticks.rules": (0o644, "root", "root"),
    "etc/daybook": (0o750, "root", "kiosk"),
    "etc/daybook/kiosk.toml": (0o640, "root", "kiosk"),
}


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=REPO,
        env=os.environ | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, f"{command} said:\n{done.stdout}"
    return done.stdout


def need(condition: object, reason: str) -> None:
    """Skip where something is missing; in CI nothing may be."""
    if not condition:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


def debian_tarball() -> Path:
    """Return this machine's own Debian, as small as it comes; made once, then kept."""
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    tarball = ROOTS / f"{suite}.tar"
    if not tarball.exists():
        ROOTS.mkdir(parents=True, exist_ok=True)
        partial = ROOTS / f"{suite}.part.tar"
        mmdebstrap = ["mmdebstrap", "--quiet", "--variant=essential", "--include=python3,systemd"]
        run(*mmdebstrap, suite, partial)
        partial.rename(tarball)
    return tarball


def files_in(root: Path) -> set[str]:
    """Name every file that matters: not what systemd's tools leave behind when they run."""
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    account_files = {f"etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow")}
    return {path for path in found - account_files if not path.startswith(("run/", "tmp/"))}


def outside_daybook(root: Path) -> set[str]:
    return {path for path in files_in(root) if not path.startswith("usr/lib/daybook/")}


def accounts(root: Path, file: str) -> dict[str, list[str]]:
    lines = (root / "etc" / file).read_text().splitlines()
    return {line.split(":")[0]: line.split(":") for line in lines}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    need(os.geteuid() == 0, "only root can make a Debian root to install into")
    need(shutil.which("mmdebstrap"), "no mmdebstrap to make a Debian root with")
    root = tmp_path_factory.mktemp("debian")
    run("tar", "-xf", debian_tarball(), "-C", root)
    yield root
    shutil.rmtree(root)  # pytest would keep three of them, half a gigabyte each


@pytest.fixture(scope="module")
def files_before(fresh: Path) -> set[str]:
    return files_in(fresh)


@pytest.fixture(scope="module")
def root(fresh: Path, files_before: set[str]) -> Path:
    run("make", "install", f"DESTDIR={fresh}")
    return fresh


def test_kiosk_runs_as_its_own_user(root: Path) -> None:
    version = run("chroot", "--userspec=kiosk:kiosk", root, "/usr/bin/kiosk", "--version")
    assert kiosk.__version__ in version


def test_units_are_clean(root: Path) -> None:
    assert run("chroot", root, "systemd-analyze", "verify", *UNITS) == ""


@pytest.mark.parametrize("path", INSTALLED)
def test_modes_and_owners(root: Path, path: str) -> None:
    status = (root / path).stat()
    owners = {int(fields[2]): name for name, fields in accounts(root, "passwd").items()}
    groups = {int(fields[2]): name for name, fields in accounts(root, "group").items()}
    found = (stat.S_IMODE(status.st_mode), owners[status.st_uid], groups[status.st_gid])
    assert found == INSTALLED[path]


def test_the_user_may_use_the_devices_and_may_not_log_in(root: Path) -> None:
    assert accounts(root, "passwd")["kiosk"][5:] == ["/var/lib/daybook", "/usr/sbin/nologin"]
    members = {name for name, fields in accounts(root, "group").items() if fields[3] == "kiosk"}
    assert members == {"dialout", "lp", "video", "render", "input", "tty", "audio"}


def test_the_example_settings_load_as_they_are_and_with_everything_in_use(tmp_path: Path) -> None:
    example = REPO / "systemd/kiosk.toml"
    assert config.load(example).data == Path("/var/lib/daybook")

    password = tmp_path / "password"
    password.write_text("secret\n")
    everything = re.sub("^#(?! |$)", "", example.read_text(), flags=re.MULTILINE)
    in_use = tmp_path / "kiosk.toml"
    in_use.write_text(re.sub(r"/etc/daybook/\w+\.password", str(password), everything))
    loaded = config.load(in_use)
    assert loaded.ils.sip2 is not None
    assert (loaded.ils.sip2.password, loaded.blocklist.password) == ("secret", "secret")


def test_nothing_tells_where_it_was_built(root: Path) -> None:
    places = ["-e", str(REPO), "-e", str(root), "-e", "lib/daybook.new"]
    command = ["grep", "-rlF", *places, str(root / "usr/lib/daybook")]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


def test_installed_again_and_removed_it_leaves_settings_and_records(
    root: Path, files_before: set[str]
) -> None:
    settings = root / "etc/daybook/kiosk.toml"
    settings.write_text("# mine\n")
    record = root / "var/lib/daybook/record"
    record.parent.mkdir(parents=True)
    record.write_text("lent\n")
    run("chroot", root, "systemctl", "enable", *UNITS)

    files = outside_daybook(root)
    # What Daybook needs was put in by the first time, which is what takes so long.
    run("make", "install", f"DESTDIR={root}", PIP_NO_DEPS="1")
    assert outside_daybook(root) == files

    said = run("make", "uninstall", f"DESTDIR={root}")
    assert "/var/lib/daybook" in said
    assert "/etc/daybook" in said
    assert settings.read_text() == "# mine\n"
    assert record.read_text() == "lent\n"
    assert files_in(root) - files_before == {
        "etc/daybook",
        "etc/daybook/kiosk.toml",
        "var/lib/daybook",
        "var/lib/daybook/record",
    }
    assert files_before <= files_in(root)
