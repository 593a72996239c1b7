"""What a package puts where: one table for all kinds of packages.

In: the files of this repository.  Out: an entry for each file and folder on the host.  All of it
belongs to root.
"""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from typing import Dict, Iterator, NamedTuple, Optional, Sequence, Tuple

from psdiff_zbx.core.agent_config import plugin_configuration, userparameters

TOP = Path(__file__).parents[2]
OWN = Path(__file__).parent / "files"
PROGRAMS = ("psdiff-zbx", "psdiff-zbx-agent2")
SHARE = "/usr/share/psdiff-zbx"
DOC = "/usr/share/doc/psdiff-zbx"
CONFIGURATION = "/etc/psdiff-zbx"
STATE = "/var/lib/psdiff-zbx"
COMPILE = f"{SHARE}/byte-compile"
_NO_CODE = {"__pycache__", "README.md"}
_GUIDES = (
    "README.md",
    "userparameters/README.md",
    "templates/README.md",
    "psdiff_zbx/core/rules/README.md",
    "tests/README.md",
)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


class Entry(NamedTuple):
    """A file with these bytes; a link to ``target``; or a folder of the package's own, if it has
    neither."""

    path: str
    data: Optional[bytes] = None
    mode: int = 0o644
    target: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.data is None and not self.target

    @property
    def is_configuration(self) -> bool:
        """Whether it is the administrator's to change, and an upgrade leaves it alone."""
        return self.data is not None and self.path.startswith("/etc/")

    @property
    def is_documentation(self) -> bool:
        """Whether the program does without it."""
        return self.path.startswith(("/usr/share/doc/", "/usr/share/man/"))


def contents(zsh: str) -> Tuple[Entry, ...]:
    """All entries, in the order of their paths.  ``zsh`` is the folder below /usr/share/zsh where
    the distribution's packages have completions."""
    entries = [*_program(), *_for_agents(), *_for_people(zsh), *_documents()]
    return tuple(sorted([*entries, *_folders(entries)], key=lambda entry: entry.path))


def _program() -> Iterator[Entry]:
    for name in PROGRAMS:
        yield Entry(f"/usr/bin/{name}", (TOP / "launchers" / name).read_bytes(), 0o755)
    yield Entry(COMPILE, (OWN / "byte-compile").read_bytes(), 0o755)
    for name, data in modules().items():
        yield Entry(f"{SHARE}/{name}", data)
    yield Entry(f"{CONFIGURATION}/config.toml", (OWN / "config.toml").read_bytes())
    yield Entry(STATE)


def modules() -> Dict[str, bytes]:
    """The package psdiff_zbx, by the paths of its files."""
    found = sorted(path for path in (TOP / "psdiff_zbx").rglob("*") if path.is_file())
    return {
        str(path.relative_to(TOP)): path.read_bytes()
        for path in found
        if not _NO_CODE.intersection(path.parts)
    }


def _for_agents() -> Iterator[Entry]:
    program, plugin = (f"/usr/bin/{name}" for name in PROGRAMS)
    folder = f"{SHARE}/userparameters"
    yield Entry(f"{folder}/psdiff_zbx.conf", userparameters(program).encode())
    yield Entry(f"{folder}/psdiff_zbx_plugin.conf", plugin_configuration(plugin).encode())
    for path in sorted((TOP / "templates").rglob("*.xml")):
        yield Entry(f"{SHARE}/{path.relative_to(TOP)}", path.read_bytes())


def _for_people(zsh: str) -> Iterator[Entry]:
    share = TOP / "psdiff_zbx" / "cli" / "share"
    completions = {
        "bash": "bash-completion/completions/psdiff-zbx",
        "fish": "fish/vendor_completions.d/psdiff-zbx.fish",
        "zsh": f"zsh/{zsh}/_psdiff-zbx",
    }
    for shell, path in completions.items():
        yield Entry(f"/usr/share/{path}", (share / f"psdiff-zbx.{shell}").read_bytes())
    manual, other = (f"/usr/share/man/man1/{name}.1.gz" for name in PROGRAMS)
    yield Entry(manual, compressed((share / "psdiff-zbx.1").read_bytes()))
    yield Entry(other, target=Path(manual).name)


def _documents() -> Iterator[Entry]:
    for name in _GUIDES:
        yield Entry(f"{DOC}/{name}", _guide(name).encode())
    yield Entry(f"{DOC}/changelog.gz", compressed((TOP / "CHANGELOG.md").read_bytes()))


def _guide(name: str) -> str:
    """A guide's text.  What would lead to nothing that a package has becomes its words."""

    def kept(link: re.Match[str]) -> str:
        is_picture, words, target = link.groups()
        file, _, _ = target.partition("#")
        place = os.path.normpath(os.path.join(os.path.dirname(name), file)) if file else name
        if "://" in file or place in _GUIDES:
            return link[0]
        return f"[Picture: {words}]" if is_picture else words

    return _LINK.sub(kept, (TOP / name).read_text(encoding="utf-8"))


def compressed(data: bytes) -> bytes:
    """The same bytes whenever it is compressed, as gzip -9n does."""
    return gzip.compress(data, 9, mtime=0)


def _folders(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The folders that are ours, with all that is in them."""
    paths = {str(parent) for entry in entries for parent in Path(entry.path).parents}
    ours = (SHARE, DOC, CONFIGURATION)
    yield from (Entry(path) for path in paths if path.startswith(ours))


def put(entries: Sequence[Entry], root: Path, when: int) -> None:
    """Write the entries below a folder.  ``when``, Unix time, is that of every file."""
    for entry in entries:
        path = root / entry.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry.target:
            path.symlink_to(entry.target)
        elif entry.data is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(entry.data)
            path.chmod(entry.mode)
    settle(root, when)


def settle(root: Path, when: int) -> None:
    """Give all files and folders that time, and the folders their mode."""
    for path in (root, *root.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        os.utime(path, (when, when), follow_symlinks=False)
