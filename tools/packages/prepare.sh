#!/bin/sh
# What `make packages` needs of the system: RPM's own builder, and both kinds' checkers.  As root on
# Debian they are installed; elsewhere this says what to install.
set -e
missing=
for each in dpkg-deb rpmbuild lintian rpmlint; do
    command -v "$each" >/dev/null || missing="$missing $each"
done
if [ -z "$missing" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    sh tools/apt_install.sh rpm lintian rpmlint
else
    echo "make packages needs$missing: install them" >&2
    exit 1
fi
