"""What both kinds of packages say of themselves."""

from __future__ import annotations

import os
import shutil
import subprocess

from psdiff_zbx import __version__

from .contents import TOP

NAME = "psdiff-zbx"
VERSION = __version__
RELEASE = "1"
MAINTAINER = "psdiff-zbx authors <authors@psdiff-zbx.invalid>"
SUMMARY = "Process-baseline monitor for Zabbix"
DESCRIPTION = """\
psdiff-zbx tells Zabbix which daemons of a host are gone, and which processes
run that nobody expects. It compares what runs with a baseline, which is a text
file, and answers the Zabbix agent with one exact line per process.
"""
LICENSE = (TOP / "LICENSE").read_text(encoding="utf-8")


def when() -> int:
    """Unix time of this version, the time of all files: SOURCE_DATE_EPOCH if that is set, else
    that of the last commit, or of the changelog where there is no repository.
    https://reproducible-builds.org/docs/source-date-epoch/"""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given:
        return int(given)
    command = ("git", "-C", str(TOP), "log", "-1", "--format=%ct")
    told = ""
    if shutil.which("git"):
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return int(told or (TOP / "CHANGELOG.md").stat().st_mtime)
