#!/bin/sh
# Install Daybook to run from boot, or remove it.
#
#   tools/install.sh install|uninstall [DESTDIR]
#
# DESTDIR is a folder that holds another system's files, for example a Debian root from which
# an image is made. The Python that will run there is always that system's own /usr/bin/python3.
set -eu
umask 022
cd "$(dirname "$0")/.."

DESTDIR=${2:-}
DESTDIR=${DESTDIR%/} # "/" is no other system
home=/usr/lib/daybook # where Daybook finds itself when it runs
units="kiosk-engine.service kiosk-screen.service"

die() {
    echo "install: $1" >&2
    exit 1
}

# Which Python a root has: its version, and the processor it is for (from its ELF header).
python_of() {
    readlink "$1/usr/bin/python3" || return
    od -An -tx1 -j18 -N2 "$1/usr/bin/$(readlink "$1/usr/bin/python3")"
}

# Choose what makes the venv: $run is put before each command, $root before each path it is given.
choose_builder() {
    run='' root=$DESTDIR
    if [ ! -e "$DESTDIR/usr/bin/python3" ] && [ -e "$DESTDIR/usr/bin/dpkg" ]; then
        die "there is no Python in $DESTDIR yet. Install python3 there first: its version counts."
    elif [ ! -e "$DESTDIR/usr/bin/python3" ] || [ "$(python_of "$DESTDIR")" = "$(python_of '')" ]; then
        /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null ||
            die "/usr/bin/python3 cannot make a venv: apt-get install python3-venv"
    else
        # Another version or processor: that system must build for itself.
        run="chroot $DESTDIR" root=''
        $run /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null ||
            die "the Python in $DESTDIR is not this machine's, so it must make the venv itself, and cannot. Install python3-venv there (and be root here)."
    fi
}

# A venv without what only its making needed, and without a word of where it was made.
build() {
    choose_builder
    new=$home.new
    rm -rf "$DESTDIR$new"
    trap 'rm -rf "$DESTDIR$new"' EXIT
    mkdir -p "$DESTDIR$new"
    $run /usr/bin/python3 -m venv "$root$new"

    # From a copy: pip would leave its own files, owned by root, in this folder.
    mkdir "$DESTDIR$new/src"
    cp -R pyproject.toml README.md kiosk drivers "$DESTDIR$new/src"
    python=$root$new/bin/python3
    pip="$run $python -m pip --quiet --disable-pip-version-check"
    [ -z "$run" ] || pip="$pip --no-cache-dir"
    $pip install --use-pep517 --no-compile "$root$new/src"
    $pip uninstall --yes setuptools pip
    rm -r "$DESTDIR$new/src"
    find "$DESTDIR$new" -name direct_url.json -delete
    find "$DESTDIR$new/bin" ! -type d ! -name python ! -name 'python3*' -delete
    sed -i "/^command = /d" "$DESTDIR$new/pyvenv.cfg"
    cat >"$DESTDIR$new/bin/kiosk" <<EOF
#!$home/bin/python3
import sys

from kiosk.cli import main

sys.exit(main())
EOF
    chmod 755 "$DESTDIR$new/bin/kiosk"
    # Compiled now, since nobody who runs it may write here. A few packages carry a file that is
    # not meant for this Python; it stays as it is.
    $run "$python" -m compileall -q -j 0 -s "$root$new" -p "$home" "$root$new/lib" >/dev/null || true
}

# Swapped in whole: an install that fails half-way leaves the old one working.
swap() {
    rm -rf "$DESTDIR$home.old"
    [ ! -e "$DESTDIR$home" ] || mv "$DESTDIR$home" "$DESTDIR$home.old"
    mv "$DESTDIR$home.new" "$DESTDIR$home"
    rm -rf "$DESTDIR$home.old"
}

install_files() {
    mkdir -p "$DESTDIR/usr/bin"
    ln -sfn ../lib/daybook/bin/kiosk "$DESTDIR/usr/bin/kiosk"
    for unit in $units; do
        install -D -m 644 "systemd/$unit" "$DESTDIR/usr/lib/systemd/system/$unit"
    done
    install -D -m 644 systemd/sysusers.d/kiosk.conf "$DESTDIR/usr/lib/sysusers.d/kiosk.conf"
    install -D -m 644 systemd/tmpfiles.d/kiosk.conf "$DESTDIR/usr/lib/tmpfiles.d/kiosk.conf"
    install -D -m 644 systemd/polkit-1/50-daybook-sticks.rules \
        "$DESTDIR/usr/share/polkit-1/rules.d/50-daybook-sticks.rules"
    # Its group comes with tmpfiles, once that is known.
    [ -e "$DESTDIR/etc/daybook/kiosk.toml" ] ||
        install -D -m 640 systemd/kiosk.toml "$DESTDIR/etc/daybook/kiosk.toml"
}

# The user, and who owns /etc/daybook. Every boot does the same, so an image may skip it.
make_user() {
    if command -v systemd-sysusers >/dev/null && [ -e "$DESTDIR/etc/passwd" ]; then
        systemd-sysusers --root="${DESTDIR:-/}" kiosk.conf
        systemd-tmpfiles --root="${DESTDIR:-/}" --create kiosk.conf
    else
        echo "install: the user 'kiosk' will be made by systemd at boot"
    fi
}

running() { [ -z "$DESTDIR" ] && [ -d /run/systemd/system ]; }

do_install() {
    [ -n "$DESTDIR" ] || tools/setup.sh packages
    build
    swap
    install_files
    make_user
    if running; then
        systemctl daemon-reload
        # One that is running would look for modules that are gone.
        # shellcheck disable=SC2086 # two units
        systemctl try-restart $units
    fi
    echo "install: Daybook is in $DESTDIR$home. What is left to do:"
    echo "    edit $DESTDIR/etc/daybook/kiosk.toml"
    if [ -n "$DESTDIR" ]; then
        echo "    systemctl --root=$DESTDIR enable kiosk-engine kiosk-screen"
        echo "    see that these Debian packages are there: $(tools/setup.sh list)"
    else
        echo "    systemctl enable --now kiosk-engine kiosk-screen"
    fi
}

do_uninstall() {
    if [ -n "$DESTDIR" ]; then
        for unit in $units; do
            rm -f "$DESTDIR/etc/systemd/system/multi-user.target.wants/$unit"
        done
    elif running; then
        # shellcheck disable=SC2086 # two units
        systemctl disable --now $units || true
    fi
    for file in bin/kiosk lib/sysusers.d/kiosk.conf lib/tmpfiles.d/kiosk.conf \
        lib/systemd/system/kiosk-engine.service lib/systemd/system/kiosk-screen.service \
        share/polkit-1/rules.d/50-daybook-sticks.rules; do
        rm -f "$DESTDIR/usr/$file"
    done
    # Where nothing of polkit's own was there, its folders came with us.
    rmdir "$DESTDIR/usr/share/polkit-1/rules.d" "$DESTDIR/usr/share/polkit-1" 2>/dev/null || true
    rm -rf "$DESTDIR$home" "$DESTDIR$home.new" "$DESTDIR$home.old" "$DESTDIR/var/cache/daybook"
    ! running || systemctl daemon-reload
    echo "uninstall: Daybook is gone from $DESTDIR/usr. These stay, since only you can say they may go:"
    echo "    $DESTDIR/var/lib/daybook    what was recorded"
    echo "    $DESTDIR/etc/daybook        the settings"
    echo "    the user 'kiosk', who owns them"
}

[ -n "$DESTDIR" ] || [ "$(id -u)" = 0 ] || die "writing to /usr takes root's rights: sudo make ${1:-install}"
case ${1:-} in
    install) do_install ;;
    uninstall) do_uninstall ;;
    *) die "usage: tools/install.sh install|uninstall [DESTDIR]" ;;
esac
