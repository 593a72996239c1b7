"""The .rpm: one for every distribution with RPM whose Python is 3.9 or newer.

In: the contents.  Out: a file.  It needs rpmbuild.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

from . import maintain
from .about import DESCRIPTION, MAINTAINER, NAME, RELEASE, SUMMARY, VERSION
from .contents import COMPILE, Entry, contents, put

_ZSH = "site-functions"
# No script of the building host's RPM touches the files, and every RPM reads gzip.
_MACROS = {
    "__os_install_post": "%{nil}",
    "_binary_payload": "w9.gzdio",
    "_buildhost": "localhost",
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
}
_SPEC = f"""\
Name: {NAME}
Version: {VERSION}
Release: {RELEASE}
Summary: {SUMMARY}
License: MIT
Group: Applications/System
Packager: {MAINTAINER}
BuildArch: noarch
AutoReqProv: no
Requires: python3 >= 3.9
Requires: (python3-tomli if python3 < 3.11)
Requires(post): python3
Requires(preun): python3
Recommends: python3-psutil

%description
{DESCRIPTION}
%install
cp -a {{root}}/. %{{{{buildroot}}}}

%post
{maintain.INSTALLED}if [ "$1" = 1 ]; then
{maintain.FIRST}else
{maintain.UPGRADED}fi

%triggerin -- python3
{COMPILE}

%preun
if [ "$1" = 0 ]; then
{maintain.REMOVED}{maintain.CLEAN}fi

%files
%defattr(-, root, root, -)
{{files}}

%changelog
* {{date}} {MAINTAINER} - {VERSION}-{RELEASE}
- Version {VERSION}; what is new in it stands in changelog.gz.
"""


def build(folder: Path, work: Path, at: int) -> Path:
    """Build it in ``folder``; ``work`` is an empty folder, ``at`` the time of its files."""
    entries = contents(_ZSH)
    root = work / "rpm"
    put(entries, root, at)
    spec = work / f"{NAME}.spec"
    files = "\n".join(map(_line, entries))
    day, date, month, year = formatdate(at).replace(",", "").split()[:4]
    date = f"{day} {month} {date} {year}"
    spec.write_text(_SPEC.format(root=root, files=files, date=date), encoding="utf-8")
    macros = {**_MACROS, "_topdir": str(work / "rpmbuild"), "_rpmdir": str(work)}
    defined = [word for name, text in macros.items() for word in ("--define", f"{name} {text}")]
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(at)}
    command = ("rpmbuild", "-bb", "--quiet", *defined, str(spec))
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    name = f"{NAME}-{VERSION}-{RELEASE}.noarch.rpm"
    # They may be on two file systems.
    return Path(shutil.move(work / "noarch" / name, folder / name))


def _line(entry: Entry) -> str:
    if entry.is_folder:
        return f"%dir {entry.path}"
    if entry.is_configuration:
        return f"%config(noreplace) {entry.path}"
    return f"%doc {entry.path}" if entry.is_documentation else entry.path
