#!/bin/sh
# What the demo and the tests need of the system: a Python with venv.  As root on Debian it is
# installed; elsewhere this says what to install.
set -e
PYTHON=${PYTHON:-python3}
if "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    sh tools/apt_install.sh python3 python3-venv
else
    echo "$PYTHON with venv is needed: install python3 and python3-venv" >&2
    exit 1
fi
