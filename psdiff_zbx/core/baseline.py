"""A tree to and from the text of a baseline file, and psdiff's own files."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from functools import lru_cache
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .daemon_id import daemon_ids
from .digest import hex_digest
from .line import Parsed, escape, format_line, parse_line
from .model import OPTIONAL, ROOT, Baseline, BaselineError, Header, Key, Line, Tree

_FIRST = "# psdiff-zbx baseline 1"
_LAST = "# end"
_OPTIONAL = "# optional "
_USER = "# user "
_LONGEST_UID = 10
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def dump_tree(tree: Iterable[Line]) -> str:
    """The tree as text, one line per process."""
    return "".join(f"{format_line(line)}\n" for line in tree)


def dump_baseline(baseline: Baseline) -> str:
    """The whole text of a baseline file: header, tree, end."""
    values = baseline.header._asdict() if baseline.header else {}
    if values:
        values["written"] = datetime.fromtimestamp(values["written"], timezone.utc).strftime(_TIME)
    fields = [f"# {name}: {escape(str(value))}" for name, value in values.items()]
    notes = [*_optional(baseline.tree), *_users(baseline)]
    return "\n".join([_FIRST, *fields, f"{dump_tree(baseline.tree)}{''.join(notes)}{_LAST}\n"])


def _optional(tree: Tree) -> Iterator[str]:
    """The daemons that may run or not: while they do not run, nothing else tells it."""
    keys = {line.key for line in tree if line.mode == OPTIONAL}
    ids = _ids(tree) if keys else {}
    return (f"{_OPTIONAL}{daemon_id}\n" for key, daemon_id in ids.items() if key in keys)


def _ids(tree: Iterable[Line]) -> Dict[Key, str]:
    return daemon_ids(line.key for line in tree if not line.is_frame)


def _users(baseline: Baseline) -> Iterator[str]:
    wanted = {line.user for line in baseline.tree}
    return (f"{_USER}{name}={uid}\n" for name, uid in sorted(baseline.users) if name in wanted)


def tree_digest(tree: Iterable[Line]) -> str:
    """Eight hex digits that change when a line does."""
    return hex_digest(dump_tree(tree).encode())[:8]


def parse_baseline(data: bytes, path: str) -> Baseline:
    """A baseline file, ours or psdiff's.

    Raises BaselineError, with the path and the line, on anything that is no baseline.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise BaselineError(f"{path}: line {number} is no text; {_REMEDY}") from None
    lines = [line.rstrip("\r") for line in text.split("\n")]
    header = _header(lines, path)
    tree = _tree(lines, path, psdiff=header is None)
    if header is None:
        return Baseline(tree, header)
    return Baseline(_marked(tree, lines), header, tuple(_known_users(lines)))


def _marked(tree: Tree, lines: Sequence[str]) -> Tree:
    """The tree with the mode of its optional daemons."""
    wanted = {line[len(_OPTIONAL) :] for line in lines if line.startswith(_OPTIONAL)}
    if not wanted:
        return tree
    keys = {key for key, daemon_id in _ids(tree).items() if daemon_id in wanted}
    return tuple(line._replace(mode=OPTIONAL) if line.key in keys else line for line in tree)


def _known_users(lines: Iterable[str]) -> Iterator[Tuple[str, int]]:
    for line in lines:
        name, found, uid = line[len(_USER) :].rpartition("=")
        if line.startswith(_USER) and found and uid.isdecimal() and len(uid) <= _LONGEST_UID:
            yield name, int(uid)


_REMEDY = "restore it, or write a new one with 'psdiff-zbx write'"


def _header(lines: Sequence[str], path: str) -> Optional[Header]:
    if not lines[0].startswith("# psdiff-zbx baseline "):
        return None
    if lines[0] != _FIRST:
        raise BaselineError(f"{path}: {lines[0][2:]!r} is of another version; {_REMEDY}")
    if next((line for line in reversed(lines) if line), "") != _LAST:
        raise BaselineError(f"{path}: cut off, the last line is not '{_LAST}'; {_REMEDY}")
    fields = itertools.takewhile(lambda line: line.startswith("# "), lines[1:])
    found = {name[2:]: value for name, _, value in (line.partition(": ") for line in fields)}
    return Header(
        written=_unix_time(found.get("written", "")),
        **{name: found.get(name, "") for name in Header._fields[1:]},
    )


def _unix_time(text: str) -> int:
    try:
        found = datetime.fromisoformat(text.removesuffix("Z"))  # strptime takes 5 ms to import
        return int(found.replace(tzinfo=timezone.utc).timestamp())
    except ValueError:  # edited by hand
        return 0


def _parts(text: str, psdiff: bool) -> Optional[Parsed]:
    """The parts of a line, None for one that tells of no process.  Raises ValueError."""
    if text.startswith("#") or not text.strip(" \t"):
        return None
    if psdiff and "] <defunct>  {user=" in text:
        return None  # psdiff stored zombies, as ps shows them
    found = parse_line(text)
    if found is None or found.indent % 2:
        raise ValueError
    return found


def _tree(lines: Sequence[str], path: str, psdiff: bool) -> Tree:
    tree: List[Line] = []
    above: List[Tuple[int, int]] = []
    parse_text, line_of = lru_cache(None)(_parts), lru_cache(None)(Line)  # twins are many
    for number, text in enumerate(lines, 1):
        try:
            parts = parse_text(text, psdiff)
        except ValueError:
            # It is not quoted: whoever wrote it may have written a password.
            problem = f"{path}: line {number} is no process line; {_REMEDY}"
            raise BaselineError(problem) from None
        if parts is None:
            continue
        indent, cmdline, user = parts
        while above and above[-1][0] >= indent:
            above.pop()
        depth = above[-1][1] + 1 if above else 0
        above.append((indent, depth))
        if (depth == 0) != (not tree):
            raise BaselineError(f"{path}: line {number}: the tree has one root; {_REMEDY}")
        tree.append(line_of(depth, cmdline, user))
    if not tree or tree[0][:3] != (0, ROOT, ROOT):
        raise BaselineError(f"{path}: holds no process tree; {_REMEDY}")
    return tuple(tree)
