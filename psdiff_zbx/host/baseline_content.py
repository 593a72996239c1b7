"""What a baseline's file holds: the tree, and what is known of its names.

In: what runs, what was known before, what is accepted.  Out: the content of a file, and its text.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Container, NamedTuple

from .. import __version__
from ..core.baseline import Users, bare, dump_baseline, users_of
from ..core.model import Baseline, Comparison, Header, Key, PsdiffError, Tree, Units
from .this_host import Host


class Content(NamedTuple):
    """What a baseline holds: its tree, the digest of the rules, its users and their uids, the
    units of its daemons."""

    tree: Tree
    rules: str
    users: Users
    units: Units

    def text(self, by: str) -> str:
        """The whole text of the file."""
        header = Header(int(time.time()), os.uname().nodename, by, __version__, self.rules)
        return dump_baseline(Baseline(self.tree, header, self.users, self.units))

    def is_in(self, found: Baseline) -> bool:
        """Whether a file holds that already, whoever wrote it, and when."""
        if found.header is None or found.header.rules != self.rules:
            return False
        same = Baseline(self.tree, found.header, self.users, self.units)
        return dump_baseline(same) == dump_baseline(found)


def running(host: Host, tree: Tree) -> Content:
    """A tree of what runs as a baseline."""
    return Content(bare(tree), host.config.digest, users_of(tree), host.units(tree))


def edited(host: Host, found: Baseline, tree: Tree, changed: Comparison) -> Content:
    """A baseline of which one line was changed by hand.  If what was added runs, its unit is
    known."""
    rules = found.header.rules if found.header else ""
    added: Units = ()
    with contextlib.suppress(PsdiffError):  # whoever may not see what runs may still write
        added = _units_of(host, host.tree(), changed.extra) if changed.extra else ()
    return Content(tree, rules, found.users, with_units(found.units, added))


def accepted(
    host: Host, found: Baseline, tree: Tree, current: Tree, changed: Comparison
) -> Content:
    """A baseline with some changes.  ``current`` is what runs, ``changed`` what was accepted."""
    users = {**dict(found.users), **dict(users_of(current))}
    units = with_units(found.units, _units_of(host, current, changed.extra))
    return Content(tree, host.config.digest, tuple(sorted(users.items())), units)


def noted(host: Host, found: Baseline, tree: Tree) -> Content:
    """A baseline of which only the units are brought up to date, those of what runs.  ``tree`` is
    its tree as today's rules see it."""
    units = with_units(found.units, _units_of(host, host.tree(), tree))
    return Content(bare(tree), host.config.digest, found.users, units)


def _units_of(host: Host, current: Tree, lines: Tree) -> Units:
    """Those of some lines, as far as they run.  No other daemon gets another unit by the way."""
    keys: Container[Key] = {line.key for line in lines}
    return tuple((key, unit) for key, unit in host.units(current) if key in keys)


def with_units(before: Units, new: Units) -> Units:
    """The units of daemons, those of the ``new`` ones in place of what was known of them."""
    keys = {key for key, _ in new}
    return tuple(sorted({*(row for row in before if row[0] not in keys), *new}))
