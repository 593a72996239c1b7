"""The .deb: one for every Debian and Ubuntu whose Python is 3.9 or newer.

In: the contents.  Out: a file.  It needs dpkg-deb.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from email.utils import formatdate
from pathlib import Path
from typing import Dict, Sequence

from . import maintain
from .about import (
    DESCRIPTION,
    LICENSE,
    MAINTAINER,
    NAME,
    RELEASE,
    SUMMARY,
    VERSION,
)
from .contents import COMPILE, DOC, Entry, compressed, contents, put, settle

_ZSH = "vendor-completions"
_FULL_VERSION = f"{VERSION}-{RELEASE}"
# How python3 tells of its upgrades: /usr/share/doc/python3/python-policy.txt.gz, rtupdate.
_UPGRADED = f"""\
#!/bin/sh
# python3 runs this when it becomes another version.
set -e
if [ "$1" = rtupdate ]; then
    {COMPILE}
fi
"""
# psdiff's own hooks may use psutil; psdiff-zbx reads /proc itself.
_CONTROL = f"""\
Package: {NAME}
Version: {_FULL_VERSION}
Architecture: all
Maintainer: {MAINTAINER}
Installed-Size: {{size}}
Depends: python3 (>= 3.9), python3 (>= 3.11) | python3-tomli
Recommends: python3-psutil
Suggests: zabbix-agent2 | zabbix-agent, python3-pyzabbix (>= 1.3), sudo
Section: net
Priority: optional
Description: {SUMMARY}
 {DESCRIPTION.rstrip().replace(chr(10), chr(10) + " ")}
"""
_COPYRIGHT = f"""\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {NAME}

Files: *
Copyright: {{years}}
License: Expat
{{text}}
"""
_CHANGES = f"""\
{NAME} ({_FULL_VERSION}) unstable; urgency=medium

  * Version {VERSION}; what is new in it stands in changelog.gz.

 -- {MAINTAINER}  {{date}}
"""
_SCRIPT = "#!/bin/sh\nset -e\n"


def _indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())


def _if(condition: str, lines: str) -> str:
    return f"if {condition}; then\n{_indented(lines)}fi\n"


# deb-postinst(5), deb-prerm(5), deb-postrm(5): what the arguments mean.
_SCRIPTS = {
    "postinst": _if(
        '[ "$1" = configure ]',
        maintain.INSTALLED
        + _if('[ -z "$2" ]', maintain.FIRST)
        + _if('[ -n "$2" ]', maintain.UPGRADED),
    ),
    "prerm": _if('[ "$1" = remove ]', maintain.REMOVED) + maintain.CLEAN,
    "postrm": _if('[ "$1" = purge ]', maintain.PURGED),
}


def build(folder: Path, work: Path, at: int) -> Path:
    """Build it in ``folder``; ``work`` is an empty folder, ``at`` the time of its files."""
    entries = [*contents(_ZSH), *_debians(at)]
    root = work / "deb"
    put(entries, root, at)
    for name, (text, mode) in _control(entries).items():
        path = root / "DEBIAN" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    settle(root, at)
    made = folder / f"{NAME}_{_FULL_VERSION}_all.deb"
    command = ("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made))
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(at)}
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    return made


def _debians(at: int) -> Sequence[Entry]:
    """What only Debian's packages have."""
    changes = _CHANGES.format(date=formatdate(at))
    runtime = f"/usr/share/python3/runtime.d/{NAME}.rtupdate"
    return (
        Entry(runtime, _UPGRADED.encode(), 0o755),
        Entry(f"{DOC}/copyright", _copyright().encode()),
        Entry(f"{DOC}/changelog.Debian.gz", compressed(changes.encode())),
    )


def _copyright() -> str:
    _, copyright_line, *text = LICENSE.split("\n\n")
    rows = "\n\n".join(text).strip().splitlines()
    years = copyright_line.replace("Copyright (c) ", "")
    return _COPYRIGHT.format(years=years, text="\n".join(f" {row or '.'}" for row in rows))


def _control(entries: Sequence[Entry]) -> Dict[str, tuple[str, int]]:
    """The control files: text and mode."""
    files = [entry for entry in entries if entry.data is not None]
    size = sum(len(entry.data or b"") // 1024 + 1 for entry in files)
    sums = [
        f"{hashlib.md5(entry.data or b'').hexdigest()}  {entry.path[1:]}\n"  # noqa: S324
        for entry in files
    ]
    own = "".join(f"{entry.path}\n" for entry in files if entry.is_configuration)
    return {
        "control": (_CONTROL.format(size=size), 0o644),
        "conffiles": (own, 0o644),
        "md5sums": ("".join(sums), 0o644),
        **{name: (_SCRIPT + text, 0o755) for name, text in _SCRIPTS.items()},
    }
