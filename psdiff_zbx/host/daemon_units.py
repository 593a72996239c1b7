"""Which unit starts each daemon that runs, for the baseline to note.

In: a tree of what runs.  Out: names of units, as core/units.py has them: of systemd's services by
their cgroups, elsewhere of OpenRC's services and of init scripts.
"""

from __future__ import annotations

from typing import Optional

from ..core.model import SESSION, Process, Tree, Unit, Units
from ..core.rules.cgroup import relative
from ..core.rules.facts import Facts
from ..core.units import is_unit
from .script_units import script_units
from .unit_files import place_of
from .user_names import user_name


def units_of(tree: Tree, facts: Facts) -> Units:
    """The units of the daemons in a tree, as far as the host tells.  A daemon whose processes are
    in several units has all of them."""
    live = [each for line in tree for each in line.processes]
    below = relative(facts.cgroup_of, next((each for each in live if each.pid == 1), None))
    cgroups = {each.pid: below(each) or "" for each in live}
    scripts = script_units(live, cgroups) if facts.is_live else {}
    found = {
        (line.key, unit)
        for line in tree
        for each in (() if line.is_frame else line.processes)
        for unit in (
            _service(each, cgroups[each.pid], facts.unit_of(each, cgroups[each.pid]))
            or scripts.get(each.pid, ""),
        )
    }
    return tuple(sorted((key, unit) for key, unit in found if is_unit(unit)))


def _service(process: Process, cgroup: str, unit: Optional[Unit]) -> str:
    """``cron.service``, or ``jane/sync.service`` of a user who lingers.  Nothing starts a scope
    or a session again."""
    place = place_of(cgroup)
    if unit is None or place is None or unit.kind == SESSION:
        return ""
    manager = f"user@{place.uid}.service"
    if place.name in ("init.scope", manager):  # the manager of a user itself
        return manager
    if not place.name.endswith(".service"):
        return ""
    return f"{_user(process, place.uid)}/{place.name}" if place.uid else place.name


def _user(process: Process, uid: str) -> str:
    return process.user if uid == str(process.uid) else user_name(int(uid))
