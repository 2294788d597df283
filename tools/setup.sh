#!/bin/sh
# Install what is missing, and nothing twice.
#
#   tools/setup.sh list        name the Debian packages that a kiosk needs
#   tools/setup.sh packages    install those of them that are missing
#   tools/setup.sh run         ... and make .venv, with Daybook in it
#   tools/setup.sh dev         ... and add what tests and lint need
#   tools/setup.sh power       install what `make test-power` needs beside
#
# PYTHON=… chooses the Python that .venv is made from.
set -eu
cd "$(dirname "$0")/.."

# The GL libraries draw Kivy's window, with a display or without one. libmtdev1 reads
# touchscreens. Python finds the library's time zone in tzdata.
packages="python3 python3-venv libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1 tzdata"

say() { echo "setup: $*" >&2; }

die() {
    say "$@"
    exit 1
}

installed() {
    # Debian 13 renamed some libraries: libmtdev1 is libmtdev1t64 there.
    for name in "$1" "${1}t64"; do
        case $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) in
            installed) return 0 ;;
        esac
    done
    return 1
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        say "this machine has no apt-get. Going on, but Daybook needs what these Debian" \
            "packages hold: $*"
        return
    fi
    missing=
    for package; do
        installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    by_hand="Please have an administrator run:
    apt-get update && apt-get install --no-install-recommends$missing"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "Debian packages are missing, and installing them takes root's rights. $by_hand"
        as_root=sudo
        [ -t 0 ] || as_root="sudo -n" # nobody is there to type a password
    fi
    say "installing Debian packages (a minute or two):$missing"
    # An update may fail (no network) where the packages are at hand all the same.
    $as_root apt-get update -qq >/dev/null || true
    # shellcheck disable=SC2086 # the list is meant to be split
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
        die "these Debian packages could not be installed (is there a network?). $by_hand"
}

# suitable PYTHON VERSION: it runs, is new enough, and can make a venv.
suitable() {
    "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < ($2))" 2>/dev/null
}

# find_python VERSION: the system's own first, because security updates reach it.
find_python() {
    for python in ${PYTHON:-} /usr/bin/python3 python3.13 python3.12 python3.11 python3.14 python3 \
        "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[1-9]*/bin/python3; do
        if suitable "$python" "$1"; then
            echo "$python"
            return
        fi
    done
    return 1
}

pip_install() { # pip_install VENV REQUIREMENT…
    venv=$1
    shift
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --use-pep517 "$@" >&2 ||
        die "pip could not install into $venv (is there a network?). Nothing is lost: try again."
}

make_venv() { # make_venv run|dev
    # A venv that was moved, or whose Python was upgraded away, cannot be mended.
    if ! grep -qsF "$PWD/.venv" .venv/pyvenv.cfg || ! suitable .venv/bin/python "3, 11"; then
        python=$(find_python "3, 11") ||
            die "no Python 3.11 or later with venv was found. Debian 12 and 13 have it:" \
                "apt-get install python3-venv"
        say "making .venv from $python"
        "$python" -m venv --clear .venv
    fi
    stamp="$(.venv/bin/python --version) $(sha256sum <pyproject.toml)"
    [ "$(cat ".venv/.set-up-for-$1" 2>/dev/null)" != "$stamp" ] || return 0
    say "installing Python packages into .venv"
    case $1 in
        run) pip_install .venv --editable . ;;
        dev) pip_install .venv --editable ".[dev]" ;;
    esac
    echo "$stamp" >".venv/.set-up-for-$1"
    echo "$stamp" >.venv/.set-up-for-run # whoever can test can run
}

# emupos plays receipt printers and serial scanners in the tests. It needs a newer Python than
# Daybook does, so it lives in a venv of its own.
make_emupos() {
    requirement="emupos>=0.4,<0.5"
    [ "$(cat .cache/emupos/.set-up-for 2>/dev/null)" != "$requirement" ] || return 0
    if ! python=$(find_python "3, 13"); then
        say "no Python 3.13 or later was found: tests that need emupos will be skipped"
        return
    fi
    say "installing emupos with $python"
    "$python" -m venv --clear .cache/emupos
    pip_install .cache/emupos "$requirement"
    echo "$requirement" >.cache/emupos/.set-up-for
}

# Two makes at once must not fill one venv.
lock() {
    mkdir -p .cache
    exec 9>.cache/setup.lock
    ! command -v flock >/dev/null || flock 9
}

# shellcheck disable=SC2086 # the package list is meant to be split
case ${1:-} in
    list)
        echo $packages
        ;;
    packages)
        install_packages $packages
        ;;
    run)
        lock
        install_packages $packages
        make_venv run
        ;;
    dev)
        lock
        # Only root can make the Debian root that the tests install into.
        [ "$(id -u)" != 0 ] || packages="$packages mmdebstrap"
        # strace lets the kernel refuse calls in the tests.
        install_packages $packages strace
        make_venv dev
        make_emupos
        ;;
    power)
        install_packages user-mode-linux e2fsprogs
        # On CPUs with AMX a few lines of C have to be compiled for user-mode Linux.
        ! grep -qs amx_tile /proc/cpuinfo || install_packages gcc libc6-dev
        ;;
    *)
        die "usage: tools/setup.sh list|packages|run|dev|power"
        ;;
esac
