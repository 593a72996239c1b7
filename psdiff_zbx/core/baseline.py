"""A tree to and from the text of a baseline file, and psdiff's own files."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from functools import lru_cache
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .daemon_id import daemon_ids
from .digest import hex_digest
from .line import Parsed, escape, format_line, parse_line
from .model import EXACT, OPTIONAL, ROOT, Baseline, BaselineError, Header, Key, Line, Tree, Units
from .units import is_unit

_KIND = "# psdiff-zbx baseline "
_FIRST = f"{_KIND}1"
_LAST = "# end"
_ROOT_LINE = format_line(Line(0, ROOT, ROOT))
_OPTIONAL = "# optional "
_USER = "# user "
_UNIT = "# unit "
_LONGEST_UID = 10
_TIME = "%Y-%m-%dT%H:%M:%SZ"

Users = Tuple[Tuple[str, int], ...]
"""Names of users, with their uids."""


def dump_tree(tree: Iterable[Line]) -> str:
    """The tree as text, one line per process."""
    return "".join(f"{format_line(line)}\n" for line in tree)


def dump_baseline(baseline: Baseline) -> str:
    """The whole text of a baseline file: header, tree, end."""
    values = baseline.header._asdict() if baseline.header else {}
    if values:
        values["written"] = datetime.fromtimestamp(values["written"], timezone.utc).strftime(_TIME)
    fields = [f"# {name}: {escape(str(value))}" for name, value in values.items()]
    notes = [*_optional(baseline.tree), *_users(baseline), *_units(baseline)]
    return "\n".join([_FIRST, *fields, f"{dump_tree(baseline.tree)}{''.join(notes)}{_LAST}\n"])


def bare(tree: Tree) -> Tree:
    """A tree of what runs as a baseline's file holds it."""
    modes = (OPTIONAL if line.mode == OPTIONAL else EXACT for line in tree)
    return tuple(Line(*line[:3], mode=mode) for line, mode in zip(tree, modes))


def users_of(tree: Tree) -> Users:
    """The users of what runs, with their uids, less those that have no name."""
    found = {(line.user, each.uid) for line in tree for each in line.processes}
    return tuple(sorted((name, uid) for name, uid in found if name != str(uid)))


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


def _units(baseline: Baseline) -> Iterator[str]:
    """The units of the daemons that are in the tree."""
    ids = _ids(baseline.tree) if baseline.units else {}
    found = sorted((ids[key], unit) for key, unit in baseline.units if key in ids)
    return (f"{_UNIT}{daemon_id} {unit}\n" for daemon_id, unit in found)


def tree_digest(tree: Iterable[Line]) -> str:
    """Eight hex digits that change when a line does."""
    return hex_digest(dump_tree(tree).encode())[:8]


_ANEW = "or else 'psdiff-zbx write -v' shows and expects all that runs now"
REMEDY = f"restore it, {_ANEW}"
_JOINED = f"give each a file of its own in /etc/psdiff-zbx/baseline.d, where they add up, {_ANEW}"


class _DamagedError(Exception):
    """What is wrong with a file, and, if it is not the usual, what to do about it.  Lines are not
    quoted: whoever wrote them may have written a password."""


def parse_baseline(data: bytes, path: str, remedy: str = REMEDY) -> Baseline:
    """A baseline file, ours or psdiff's.

    Raises BaselineError, with the path, the line and the remedy, on anything that is no baseline.
    """
    try:
        return _parse(data)
    except _DamagedError as damage:
        raise BaselineError(f"{path}: {'; '.join((*damage.args, remedy)[:2])}") from None


def _parse(data: bytes) -> Baseline:
    lines = [line.rstrip("\r") for line in _text(data).split("\n")]
    header = _header(lines)
    tree = _tree(lines, psdiff=header is None)
    units = _known_units(tree, lines)
    if header is None:
        return Baseline(tree, header, units=units)
    return Baseline(_marked(tree, lines), header, tuple(_known_users(lines)), units)


def _text(data: bytes) -> str:
    at = data.find(b"\0")  # of a disk that lost power
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text, at = "", error.start if at < 0 else min(at, error.start)
    if at >= 0:
        number = data.count(b"\n", 0, at) + 1
        raise _DamagedError(f"line {number} is no text")
    return text


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


def _known_units(tree: Tree, lines: Iterable[str]) -> Units:
    """``# unit cron-45c3353f cron.service``; what names no daemon or no unit is passed over."""
    rows = [line[len(_UNIT) :].split(" ") for line in lines if line.startswith(_UNIT)]
    keys = {daemon_id: key for key, daemon_id in _ids(tree).items()} if rows else {}
    return tuple(
        (keys[row[0]], row[1])
        for row in rows
        if len(row) == 2 and row[0] in keys and is_unit(row[1])
    )


def _header(lines: Sequence[str]) -> Optional[Header]:
    is_ours, is_whole = lines[0].startswith(_KIND), _last(lines) == _LAST
    _refuse_joined(lines, is_ours and is_whole)
    if not is_ours:
        return None
    if lines[0] != _FIRST:
        raise _DamagedError(f"{lines[0][2:]!r} is of another version")
    if not is_whole:
        raise _DamagedError(f"cut off, the last line is not '{_LAST}'")
    fields = itertools.takewhile(lambda line: line.startswith("# "), lines[1:])
    found = {name[2:]: value for name, _, value in (line.partition(": ") for line in fields)}
    return Header(
        written=_unix_time(found.get("written", "")),
        **{name: found.get(name, "") for name in Header._fields[1:]},
    )


def _last(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line), "")


def _refuse_joined(lines: Sequence[str], is_whole: bool) -> None:
    """What ``cat a b`` makes of two baselines, of which one or both may lack a header."""
    begins = (at for at, line in enumerate(lines) if line.startswith(_KIND) and at)
    roots = (at for at, line in enumerate(lines) if line.startswith(_ROOT_LINE) and not is_whole)
    second = next(begins, next(itertools.islice(roots, 1, None), None))
    if second is not None:
        raise _DamagedError(f"line {second + 1}: another baseline begins", _JOINED)


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


def _tree(lines: Sequence[str], psdiff: bool) -> Tree:
    tree: List[Line] = []
    above: List[Tuple[int, int]] = []
    parse_text, line_of = lru_cache(None)(_parts), lru_cache(None)(Line)  # twins are many
    for number, text in enumerate(lines, 1):
        try:
            parts = parse_text(text, psdiff)
        except ValueError:
            raise _DamagedError(f"line {number} is no process line") from None
        if parts is None:
            continue
        indent, cmdline, user = parts
        while above and above[-1][0] >= indent:
            above.pop()
        depth = above[-1][1] + 1 if above else 0
        above.append((indent, depth))
        if (depth == 0) != (not tree):
            raise _DamagedError(f"line {number}: the tree has one root")
        tree.append(line_of(depth, cmdline, user))
    if not tree or tree[0][:3] != (0, ROOT, ROOT):
        raise _DamagedError("holds no process tree")
    return tuple(tree)
